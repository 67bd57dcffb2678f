"""Documents of which nobody knows whether a service has signed them, settled one by one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, TypeAlias

from pkdocs.content import Role
from pkdocs.errors import PkdocsError, SigningError
from pkdocs.files import digest, read_regular, write_atomic
from pkdocs.pipeline.ceremony.exchange import demand_continued
from pkdocs.pipeline.ceremony.execution import put_signed
from pkdocs.pipeline.ceremony.journal import Event, journal_folders
from pkdocs.pipeline.ceremony.ledger import Document, Ledger, open_ledger, told
from pkdocs.pipeline.ceremony.planning import Refused, Wishes, system_error
from pkdocs.pipeline.ceremony.result import Written

KEPT: Final = ".dari-layanan"
"""After the name of an agreement: what a service gave for it and was not taken."""

CONFIRMED: Final = "SIGN_CONFIRMED_UNSIGNED"
"""Of documents that the official has found unsigned in the service's own record."""

Fetch: TypeAlias = Callable[[str], bytes]
"""Gives the file that a service keeps under a number; ``PkdocsError`` where it keeps none."""
Confirm: TypeAlias = Callable[["OpenOutcome"], bool]


@dataclass(frozen=True, slots=True)
class OpenOutcome:
    """A document that is open: which, in which role, since when, at which service, and what that said."""

    id: str
    role: Role
    at: str
    origin: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Resolution:
    """What is known now: ids that bear the signature, that were found unsigned, and that are open still.

    ``refused`` says why a service could not settle one.
    """

    signed: tuple[str, ...]
    unsigned: tuple[str, ...]
    open: tuple[str, ...]
    receipts: tuple[Written, ...]
    refused: tuple[Refused, ...] = ()


def resolve(
    paths: Iterable[Path],
    person: str,
    *,
    is_unsigned: Confirm,
    fetch: Fetch | None,
    wishes: Wishes,
    at: datetime,
    receipts: Path | None = None,
) -> Resolution:
    """Settle what is open for ``person`` at and below ``paths``, and bring the receipts of those batches up to it.

    In this order: the file itself bears the signature; the service gives the file under the number that it named; the
    official, asked by ``is_unsigned``, has seen in the service's own record that it was not signed. What none of these
    settles stays open, and is not signed again. A service may give a file once only: what it gave and is not taken
    stays beside the agreement, under its name and ``KEPT``.

    Raises:
        ConflictError: another run of this person is going on, or a journal is damaged.
        OSError: journal or receipt cannot be written.
    """
    faults: list[Refused] = []
    with open_ledger(journal_folders(paths, person), person) as ledger:
        opened = {document.planned.key: document for _, document in _open(ledger)}
        ledger.look_again(wishes.owners, at)
        for origin, document in _open(ledger):
            if fetch and document.last.document:
                fault = _fetch(ledger, document, fetch, wishes, at)
                if fault is None:
                    continue
                faults.append(Refused(document.last.id, fault))
            _ask(ledger, document, origin, is_unsigned, at)
        left = {document.planned.key for _, document in _open(ledger)}
        refused = {key for key in opened if _last(ledger, key) is Event.REFUSED}
        written = ledger.close(receipts, at)
    return Resolution(
        signed=tuple(key[0] for key in opened if key not in left | refused),
        unsigned=tuple(key[0] for key in opened if key in refused),
        open=tuple(key[0] for key in opened if key in left),
        receipts=tuple(written.values()),
        refused=tuple(faults),
    )


def _open(ledger: Ledger) -> list[tuple[str, Document]]:
    return [
        (batch.begun.origin, document) for batch in ledger.batches for document in batch.documents if document.is_open
    ]


def _last(ledger: Ledger, key: tuple[str, Role]) -> Event:
    return [entry.last.event for batch in ledger.batches for entry in batch.documents if entry.planned.key == key][-1]


def _fetch(ledger: Ledger, document: Document, fetch: Fetch, wishes: Wishes, at: datetime) -> PkdocsError | None:
    """Put the file that the service keeps in its place; why not, where that cannot be done: then it stays open."""
    last, role = document.last, document.planned.role
    try:
        before = read_regular(document.file)
        after = fetch(last.document or "")
        # it is given once: whatever happens from here on, it is there
        kept = document.file.with_name(document.file.name + KEPT)
        write_atomic(kept, after)
    except PkdocsError as error:
        return error
    except OSError as fault:
        return system_error(document.file, fault)
    try:
        demand_continued(before, after, ledger.person, replace(wishes, role=role), at)
        put_signed(document.file, before, after)
    except PkdocsError as error:
        return SigningError("RESOLVE_KEPT", id=last.id, file=str(kept), reason=error)
    ledger.note(document.folder, told(document.planned, Event.SIGNED, at, after=digest(after)), durable=True)
    kept.unlink()
    return None


def _ask(ledger: Ledger, document: Document, origin: str, is_unsigned: Confirm, at: datetime) -> None:
    last = document.last
    if is_unsigned(OpenOutcome(last.id, last.role, last.at, origin, last.code)):
        ledger.note(document.folder, told(document.planned, Event.REFUSED, at, code=CONFIRMED), durable=True)
