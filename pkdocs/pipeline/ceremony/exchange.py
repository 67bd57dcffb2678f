"""Files that are signed elsewhere: what waits is copied out, what comes back is put in its place."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from pkdocs.content import Role
from pkdocs.errors import ConflictError, PkdocsError, SigningError
from pkdocs.files import digest, in_the_way, new_folder, pdf_files, read_regular, write_atomic
from pkdocs.pipeline.beside import companion_at
from pkdocs.pipeline.ceremony.execution import put_signed
from pkdocs.pipeline.ceremony.journal import Begun, Event, journal_folders
from pkdocs.pipeline.ceremony.ledger import Ledger, begun_line, open_ledger, planned_line, told
from pkdocs.pipeline.ceremony.planning import Candidate, Refused, SigningPlan, Waiting, Wishes, plan_for, system_error
from pkdocs.pipeline.ceremony.result import Signed, SigningResult
from pkdocs.receipt import describe_certificate
from pkdocs.schema import to_json
from pkdocs.signing import Level, Signatory, Signature, read_form
from pkdocs.signing.acceptance import accept

MANIFEST_NAME: Final = "daftar.json"
SCHEMA: Final = "pkdocs-export/1"
ORIGIN: Final = "ditandatangani di luar pkdocs"


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was copied out: ``file`` is its name, ``sha256`` of its bytes, ``content`` the content's digest."""

    id: str
    role: Role
    file: str
    sha256: str
    content: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was copied out for ``person``, and the digest of that plan."""

    person: str
    plan: str
    documents: tuple[Exported, ...]
    schema: str = SCHEMA


def export_waiting(plan: SigningPlan, folder: Path) -> Manifest:
    """Copy what is planned into a new ``folder``, byte for byte, with a list of it and nothing else.

    Raises:
        ConflictError: something is in the way, or a file was changed meanwhile; nothing is left.
        OSError: it cannot be read or written; nothing is left.
    """
    if hindering := in_the_way(folder):
        raise ConflictError("EXPORT_IN_THE_WAY", folder=str(folder), name=hindering[0])
    manifest = Manifest(plan.signatory.person, plan.digest, tuple(map(_exported, plan.candidates)))
    with new_folder(folder) as building:
        for candidate, exported in zip(plan.candidates, manifest.documents, strict=True):
            data = read_regular(candidate.file)
            if digest(data) != candidate.digest:
                raise ConflictError("FILE_CHANGED", file=candidate.file.name)
            write_atomic(building / exported.file, data)
        written = json.dumps(to_json(manifest), ensure_ascii=False, indent=1)
        write_atomic(building / MANIFEST_NAME, f"{written}\n".encode())
    return manifest


def _exported(candidate: Candidate) -> Exported:
    content = candidate.content
    return Exported(content.id, candidate.role, f"{content.id}.pdf", candidate.digest, content.digest)


def import_signed(
    paths: Iterable[Path],
    incoming: Iterable[Path],
    person: str,
    wishes: Wishes,
    *,
    at: datetime,
    receipts: Path | None = None,
) -> SigningResult:
    """Put files that ``person`` has signed elsewhere in the place of those at and below ``paths`` that they go on from.

    A file is kept only if it begins with all bytes of the one here, and adds this person's signature and nothing else.

    Raises:
        ConflictError: another run of this person is going on, or an index or journal is damaged.
        OSError: journal or receipt cannot be written.
    """
    paths = tuple(paths)
    here = [file for file, _ in pdf_files(paths)]
    arrivals = [_arrive(file, here, person, wishes, at) for file in _incoming(incoming)]
    accepted = [arrival for arrival in arrivals if isinstance(arrival, _Arrival)]
    homes = {arrival.candidate.home for arrival in accepted} | journal_folders(paths, person)
    refused = [arrival for arrival in arrivals if isinstance(arrival, Refused)]
    signed: list[Signed] = []
    batch = ""
    with open_ledger(homes, person) as ledger:
        ledger.look_again(wishes.owners, at)
        for arrival in accepted:
            candidate = arrival.candidate
            try:
                batch = _put(ledger, arrival, at)
                signed.append(Signed(candidate.content.id, candidate.file, candidate.role, digest(arrival.after)))
            except PkdocsError as error:
                refused.append(Refused(candidate.content.id, error))
        ledger.look_again(wishes.owners, at)
        written = ledger.close(receipts, at)
    waiting = tuple(arrival for arrival in arrivals if isinstance(arrival, Waiting))
    return SigningResult(batch, tuple(signed), waiting, tuple(refused), receipt=written.get(batch))


def _incoming(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield what may be signed files: of a folder not what says that it is a receipt or a list."""
    yield from (file for file, is_named in pdf_files(paths) if is_named or companion_at(file) is None)


@dataclass(frozen=True, slots=True)
class _Arrival:
    candidate: Candidate
    before: bytes
    after: bytes
    signature: Signature


def _arrive(
    incoming: Path, here: list[Path], person: str, wishes: Wishes, at: datetime
) -> "_Arrival | Refused | Waiting":
    """Return what an incoming file is, or why it cannot be taken."""
    try:
        after = read_regular(incoming)
        return _match(incoming, after, here, person, wishes, at=at)
    except PkdocsError as error:
        return Refused(incoming.stem, error)
    except OSError as fault:
        return Refused(incoming.stem, system_error(incoming, fault))


def _match(
    incoming: Path, after: bytes, here: list[Path], person: str, wishes: Wishes, *, at: datetime
) -> "_Arrival | Refused | Waiting":
    for file in _likely_first(incoming, here):
        current = read_regular(file)
        if current and after.startswith(current):
            return _take(file, current, after, person, wishes, at=at)
    named = any(_is_named_for(incoming, file) for file in here)
    raise SigningError("IMPORT_NOT_EXTENDED" if named else "IMPORT_UNKNOWN", file=incoming.name)


def _likely_first(incoming: Path, here: list[Path]) -> Iterator[Path]:
    yield from sorted(here, key=lambda file: not _is_named_for(incoming, file))


def _is_named_for(incoming: Path, file: Path) -> bool:
    """Tell whether a name is that of ``file``, perhaps with what programs append (``-signed``, `` (1)``)."""
    rest = incoming.stem.casefold().removeprefix(file.stem.casefold())
    return len(rest) < len(incoming.stem) and not rest[:1].isalnum()


def _take(
    file: Path, current: bytes, after: bytes, person: str, wishes: Wishes, *, at: datetime
) -> "_Arrival | Refused | Waiting":
    if current == after:
        raise SigningError("IMPORT_ALREADY", file=file.name)
    signature = demand_continued(current, after, person, wishes, at)
    plan = plan_for([file], Signatory(person, signature.certificate), wishes)
    if not plan.candidates:
        return plan.refused[0] if plan.refused else plan.waiting[0]
    return _Arrival(plan.candidates[0], current, after, signature)


def _put(ledger: Ledger, arrival: _Arrival, at: datetime) -> str:
    """Put a file in its place, and return the batch that says so."""
    candidate = arrival.candidate
    content, party = candidate.content, candidate.content.party(candidate.role)
    begun = Begun(
        name=party.name if party else ledger.person,
        certificate=describe_certificate(arrival.signature.certificate),
        origin=ORIGIN,
        level=Level.B,
        zone=candidate.zone,
        organisation=content.organisation.name,
    )
    batch = ledger.batch_for(begun)
    line = planned_line(candidate, batch, at)
    ledger.note(candidate.home, begun_line(begun, batch, at), line)
    try:
        put_signed(candidate.file, arrival.before, arrival.after)
    except PkdocsError as error:
        ledger.note(candidate.home, told(line, Event.REFUSED, at, code=error.code))
        raise
    ledger.note(candidate.home, told(line, Event.SIGNED, at, after=digest(arrival.after)))
    return batch


def demand_continued(before: bytes, after: bytes, person: str, wishes: Wishes, at: datetime) -> Signature:
    """Return the signature that ``after`` adds to ``before``: one alone, of ``person``, in the role that is wished.

    Raises:
        SigningError: not all bytes of ``before`` begin it, it adds something else or more, or another's signature.
    """
    if len(after) <= len(before) or not after.startswith(before):
        raise SigningError("IMPORT_NOT_EXTENDED", file="PDF")
    known = len(read_form(before, owners=wishes.owners).signatures)
    form = read_form(after, owners=wishes.owners)
    added = form.signatures[known:]
    if len(added) != 1 or added[0].person != person or wishes.role not in {None, added[0].role}:
        raise SigningError("IMPORT_OTHER_SIGNER", id=form.content.id)
    accept(before, after, added[0].role, owner=person, trust=wishes.trust, at=at, owners=wishes.owners)
    return added[0]
