"""The journals of one person in all folders that a run concerns: the batches in them, and how they end."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

from pkdocs.content import Role
from pkdocs.errors import PkdocsError
from pkdocs.files import digest, read_regular, write_atomic
from pkdocs.pipeline.ceremony.journal import OPEN, Begun, Event, Journal, Line, open_journal
from pkdocs.pipeline.ceremony.planning import Candidate
from pkdocs.pipeline.ceremony.result import Written
from pkdocs.receipt import Fate, Item, Planned, Receipt, moment, plan_digest, render_receipt
from pkdocs.signing import SignedForm, read_form
from pkdocs.temporary import sweep

FOLDER_NAME: Final = "tanda-terima"
INTERRUPTED: Final = "SIGN_INTERRUPTED"
"""Of what was handed over by a run that ended before the answer came."""

_FATES: Final = {
    Event.PLANNED: Fate.UNTOUCHED,
    Event.SENT: Fate.UNKNOWN,
    Event.UNKNOWN: Fate.UNKNOWN,
    Event.SIGNED: Fate.SIGNED,
    Event.REFUSED: Fate.REFUSED,
}


@dataclass(frozen=True, slots=True)
class Document:
    """A document of a batch: its folder, the line that planned it last, and the last line about it."""

    folder: Path
    planned: Line
    last: Line

    @property
    def file(self) -> Path:
        """Where it lies."""
        return self.folder / self.planned.place

    @property
    def is_open(self) -> bool:
        """Whether nobody knows that it is signed, or that it is not."""
        return self.last.event in OPEN

    @property
    def item(self) -> Item:
        """What the receipt says of it."""
        planned, last = self.planned, self.last
        at = last.at if last.event is not Event.PLANNED else None
        fate = _FATES[last.event]
        return Item(planned.id, planned.role, planned.content, planned.before, fate, at, last.after, last.code)


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch over all its runs: when and as what the first and the last began, and its documents in their order."""

    id: str
    person: str
    at: str
    begun: Begun
    documents: tuple[Document, ...]

    def receipt(self, at: datetime) -> Receipt:
        """Return what somebody takes home."""
        items = tuple(document.item for document in self.documents)
        planned = [Planned(item.id, item.role, item.content, item.before) for item in items]
        begun = self.begun
        return Receipt(
            batch=self.id,
            plan=plan_digest(planned),
            person=self.person,
            name=begun.name,
            certificate=begun.certificate,
            origin=begun.origin,
            level=begun.level,
            begun=self.at,
            ended=moment(at),
            organisation=begun.organisation,
            documents=items,
        )


class Ledger:
    """The journals of ``person``, held; ``open_ledger`` makes it."""

    def __init__(self, person: str, journals: Mapping[Path, Journal]) -> None:
        self.person: Final = person
        self._journals = journals

    def note(self, folder: Path, *lines: Line, durable: bool = False) -> None:
        """Add ``lines`` to the journal of ``folder``."""
        self._journals[folder].add(lines, durable=durable)

    @property
    def batches(self) -> tuple[Batch, ...]:
        """The batches that have no end yet, in their order."""
        begun: dict[str, tuple[str, Begun]] = {}
        # one agreement may lie in two folders
        planned: dict[str, dict[tuple[Path, str, Role], tuple[Path, Line]]] = {}
        last: dict[str, dict[tuple[Path, str, Role], Line]] = {}
        for folder, line in self._lines():
            if line.begun:
                begun[line.batch] = begun.get(line.batch, (line.at, line.begun))[0], line.begun
                continue
            if line.event is Event.PLANNED:
                planned.setdefault(line.batch, {})[folder, *line.key] = folder, line
            last.setdefault(line.batch, {})[folder, *line.key] = line
        return tuple(
            Batch(
                batch,
                self.person,
                at,
                how,
                tuple(Document(*found, last[batch][key]) for key, found in planned.get(batch, {}).items()),
            )
            for batch, (at, how) in begun.items()
        )

    def documents(self, batch: str) -> tuple[Document, ...]:
        """Return what is known of the documents of ``batch``."""
        return next((one.documents for one in self.batches if one.id == batch), ())

    def _lines(self) -> Iterator[tuple[Path, Line]]:
        for folder, journal in self._journals.items():
            yield from ((folder, line) for line in journal.lines)

    @property
    def open(self) -> Mapping[tuple[str, Role], Line]:
        """The last lines about documents of which nobody knows whether they are signed."""
        documents = [document for batch in self.batches for document in batch.documents]
        return {document.last.key: document.last for document in documents if document.is_open}

    def batch_for(self, begun: Begun) -> str:
        """Return the name of the batch that goes on, begun with the same key to the same level; else a new one."""
        same = begun.certificate, begun.origin, begun.level
        known = [one.id for one in self.batches if (one.begun.certificate, one.begun.origin, one.begun.level) == same]
        return known[-1] if known else str(uuid4())

    def look_again(self, owners: Mapping[bytes, str], at: datetime) -> None:
        """Note what the files themselves say of documents whose outcome no line tells: a signature that is there."""
        for batch in self.batches:
            for document in batch.documents:
                if document.last.event in {Event.PLANNED, *OPEN}:
                    self._look_at(document, owners, at)

    def _look_at(self, document: Document, owners: Mapping[bytes, str], at: datetime) -> None:
        after = signed_digest(document.file, document.planned.role, self.person, owners)
        if after is not None:
            self.note(document.folder, told(document.planned, Event.SIGNED, at, after=after))
        elif document.last.event is Event.SENT:
            self.note(document.folder, told(document.planned, Event.UNKNOWN, at, code=INTERRUPTED))

    def close(self, receipts: Path | None, at: datetime) -> dict[str, Written]:
        """Write the receipt of each batch, by its id, then forget the journals unless something in them is open.

        Raises:
            OSError: a receipt cannot be written; the journals stay, and the same command tries again.
        """
        batches = self.batches
        written = {batch.id: self._write(batch, receipts, at) for batch in batches}
        if not any(document.is_open for batch in batches for document in batch.documents):
            for journal in self._journals.values():
                journal.remove()
        return written

    def _write(self, batch: Batch, receipts: Path | None, at: datetime) -> Written:
        receipt = batch.receipt(at)
        folder = receipts or self._home(batch) / FOLDER_NAME
        place = folder / f"{batch.id}.json", folder / f"{batch.id}.pdf"
        write_atomic(place[0], receipt.json)
        write_atomic(place[1], render_receipt(receipt, batch.begun.zone))
        return Written(receipt, *place)

    def _home(self, batch: Batch) -> Path:
        return next(folder for folder, line in self._lines() if line.batch == batch.id)


@contextlib.contextmanager
def open_ledger(folders: Iterable[Path], person: str) -> Iterator[Ledger]:
    """Give the journals of ``person`` in ``folders``, for this run alone.

    Raises:
        ConflictError: another run holds one, or one is damaged or of a newer pkdocs.
        OSError: one cannot be read or written.
    """
    with contextlib.ExitStack() as held:
        # in one order, so that two runs never wait for each other
        journals = {folder: held.enter_context(open_journal(folder, person)) for folder in sorted(folders)}
        for folder in journals:
            sweep(folder)
        yield Ledger(person, journals)


def begun_line(begun: Begun, batch: str, at: datetime) -> Line:
    """Return the line with which a run begins."""
    return Line(Event.BEGUN, batch, moment(at), begun)


def planned_line(candidate: Candidate, batch: str, at: datetime) -> Line:
    """Return the line that plans ``candidate``."""
    planned = candidate.planned
    return Line(
        Event.PLANNED,
        batch,
        moment(at),
        id=planned.id,
        role=planned.role,
        place=candidate.file.resolve().relative_to(candidate.home).as_posix(),
        content=planned.content,
        before=planned.before,
    )


def told(
    line: Line,
    event: Event,
    at: datetime,
    *,
    after: str | None = None,
    code: str | None = None,
    number: str | None = None,
) -> Line:
    """Return the line that says ``event`` of the document that ``line`` is about, in the same batch.

    ``number`` is that under which a service keeps the document.
    """
    return replace(line, event=event, at=moment(at), after=after, code=code, document=number)


def signed_digest(file: Path, role: Role, person: str, owners: Mapping[bytes, str]) -> str | None:
    """Return SHA-256 of ``file`` up to the end of this person's signature in ``role``; None where there is none."""
    try:
        data = read_regular(file)
        form = read_form(data, owners=owners)
    except (PkdocsError, OSError):
        return None
    end = _end(form, role, person)
    return digest(data[:end]) if end else None


def _end(form: SignedForm, role: Role, person: str) -> int | None:
    ends = (one.end for one in form.signatures if one.role is role and one.person == person)
    return next(ends, None)
