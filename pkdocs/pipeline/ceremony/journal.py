"""``.pkdocs-sign-<person>.jsonl``: what one person's batches have planned, handed over and finished in a folder.

Lines are only ever added, each before the next step is taken, so that a run that was killed at any moment is continued
without signing anything twice. Nobody but the file's owner reads it, and one run at a time holds it.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from pkdocs.content import DIGEST, Role, is_agreement_id
from pkdocs.errors import ConflictError
from pkdocs.files import PRIVATE, naming
from pkdocs.index import find_index
from pkdocs.profile import Zone
from pkdocs.receipt import Credential
from pkdocs.schema import NewerSchemaError, SchemaError, demand, from_json, parse_json, to_json
from pkdocs.signing import Level
from pkdocs.temporary import hold

SCHEMA: Final = "pkdocs-batch/1"
_PREFIX: Final = ".pkdocs-sign-"
_SUFFIX: Final = ".jsonl"


class Event(StrEnum):
    """What a line tells; of a document the last one holds.

    ``SENT``: it is being handed to a service, and until another line says more nobody knows whether it is signed.
    """

    BEGUN = "begun"
    PLANNED = "planned"
    SENT = "sent"
    SIGNED = "signed"
    REFUSED = "refused"
    UNKNOWN = "unknown"


OPEN: Final = frozenset({Event.SENT, Event.UNKNOWN})
"""Last lines of documents of which nobody knows whether they are signed."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What a receipt says of a batch beside its documents; ``name`` is the person's as printed."""

    name: str
    certificate: Credential
    origin: str
    level: Level
    zone: Zone
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``begun`` stands where a run begins; all others are about the agreement ``id`` in ``role``.

    ``place`` is its path below the folder, ``content`` the content's digest, ``before`` and ``after`` are SHA-256 of
    the file; ``document`` is the number under which a service keeps it, ``code`` says why.
    """

    event: Event
    batch: str
    at: str
    begun: Begun | None = None
    id: str = ""
    role: Role = Role.FIRST
    place: str = ""
    content: str = ""
    before: str = ""
    after: str | None = None
    code: str | None = None
    document: str | None = None
    schema: str = SCHEMA

    def __post_init__(self) -> None:
        demand((self.event is Event.BEGUN) == (self.begun is not None), "a beginning, and what begins")
        demand(self.begun or is_agreement_id(self.id), "not an id")
        demand(self.begun or (DIGEST.fullmatch(self.before) and DIGEST.fullmatch(self.content)), "not a digest")
        place = Path(self.place)
        demand(not place.is_absolute() and ".." not in place.parts, "a path that leaves the folder")

    @property
    def key(self) -> tuple[str, Role]:
        """What the line is about."""
        return self.id, self.role


class Journal:
    """The journal of one person in ``folder``, held by this run until it is closed."""

    def __init__(self, folder: Path, path: Path, handle: int, lines: list[Line]) -> None:
        self.folder: Final = folder
        self.lines: Final = lines
        self._path = path
        self._handle = handle

    def add(self, lines: Iterable[Line], *, durable: bool = False) -> None:
        """Write ``lines`` to the end; ``durable`` ones are on the disk before this returns.

        Raises:
            OSError: they cannot be written.
        """
        added = list(lines)
        data = b"".join(_written(line) for line in added)
        with naming(self._path):
            while data:
                data = data[os.write(self._handle, data) :]
            if durable:
                os.fsync(self._handle)
        self.lines.extend(added)

    def remove(self) -> None:
        """Forget it: nothing in it is open, and the receipts are there."""
        self._path.unlink(missing_ok=True)


def _written(line: Line) -> bytes:
    return json.dumps(to_json(line), ensure_ascii=False).encode() + b"\n"


def journal_name(person: str) -> str:
    """Return the name of the journal of ``person`` (the content's pseudonym) in its folder."""
    return f"{_PREFIX}{person}{_SUFFIX}"


def home_of(file: Path) -> Path:
    """Return the folder whose journal knows ``file``: that of the nearest index above, else the one it lies in."""
    found = find_index(file)
    return found[0] if found else file.resolve().parent


def journal_folders(paths: Iterable[Path], person: str) -> set[Path]:
    """Return the folders at, above or below ``paths`` in which ``person`` has a journal."""
    name, found = journal_name(person), set()
    for path in paths:
        found.add(home_of(path / name if path.is_dir() else path))
        if path.is_dir():
            found |= {journal.resolve().parent for journal in path.rglob(name)}
    return {folder for folder in found if (folder / name).exists()}


@contextlib.contextmanager
def open_journal(folder: Path, person: str) -> Iterator[Journal]:
    """Give the journal of ``person`` in ``folder``, new if there is none, for this run alone.

    A last line that was cut off is taken away: what it would have told was not done.

    Raises:
        ConflictError: another run holds it, or it is damaged or of a newer pkdocs.
        OSError: it cannot be read or written.
    """
    path = folder / journal_name(person)
    with naming(path):
        handle = _open(path)
    try:
        with naming(path):
            data = path.read_bytes()
            os.ftruncate(handle, data.rfind(b"\n") + 1)
        journal = Journal(folder, path, handle, _parse(path, data))
        yield journal
        if not journal.lines:
            journal.remove()
    finally:
        os.close(handle)


def _open(path: Path) -> int:
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE)
        if hold(handle, path, fcntl.LOCK_EX):
            return handle
        is_there = path.exists() and os.path.samestat(os.fstat(handle), path.stat())
        os.close(handle)
        if is_there:
            raise ConflictError("BATCH_RUNNING", folder=str(path.parent))


def read_journal(folder: Path, person: str) -> list[Line]:
    """Return the lines of ``person`` in ``folder`` as they are now, without holding them.

    Raises:
        ConflictError: damaged, or of a newer pkdocs.
        OSError: they cannot be read.
    """
    path = folder / journal_name(person)
    try:
        return _parse(path, path.read_bytes())
    except FileNotFoundError:
        return []


def open_outcomes(folder: Path, person: str | None) -> dict[tuple[str, Role], Line]:
    """Return in ``folder`` the last line about each document of which nobody knows whether it is signed.

    Those of other persons count where their journals may be read.

    Raises:
        ConflictError: a journal is damaged, or of a newer pkdocs.
        OSError: this person's cannot be read.
    """
    found: dict[tuple[str, Role], Line] = {}
    for path in sorted(folder.glob(f"{_PREFIX}*{_SUFFIX}")):
        owner = path.name.removeprefix(_PREFIX).removesuffix(_SUFFIX)
        try:
            last = {line.key: line for line in read_journal(folder, owner) if line.event is not Event.BEGUN}
        except PermissionError:
            if owner == person:
                raise
            continue
        found |= {key: line for key, line in last.items() if line.event in OPEN}
    return found


def _parse(path: Path, data: bytes) -> list[Line]:
    lines: list[Line] = []
    for number, line in enumerate(data[: data.rfind(b"\n") + 1].splitlines(), 1):
        try:
            lines.append(from_json(Line, parse_json(line), schema=SCHEMA))
        except NewerSchemaError as fault:
            raise ConflictError("SCHEMA_NEWER", fault.params, file=path.name) from fault
        except SchemaError as fault:
            raise ConflictError("BATCH_JOURNAL_DAMAGED", file=str(path), line=number) from fault
    return lines
