"""``DIR/index.json``: what the last run made, and from what. The only index until there is a portal."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Final

from pkdocs.content import PersonScheme, Reference, Role
from pkdocs.errors import ConflictError
from pkdocs.files import folder_name, naming, write_atomic
from pkdocs.profile import Zone
from pkdocs.schema import NewerSchemaError, SchemaError, demand_schema, from_json, parse_json, to_json

SCHEMA: Final = "pkdocs-index/1"
JOURNAL_SCHEMA: Final = "pkdocs-journal/1"
FILE_NAME: Final = "index.json"
_OWN_LEVELS: Final = 2
PLACE: Final = re.compile(r"[a-z0-9-]{1,60}/[A-Za-z0-9._-]{1,80}\.(?:pdf|docx)")
"""Paths of documents below the folder."""
PICTURE_NAME: Final = "tanda-tangan.png"
JOURNAL_NAME: Final = ".pkdocs-journal.jsonl"


@dataclass(frozen=True, slots=True)
class Entry:
    """One agreement; paths are relative to the folder, absent where not made.

    ``persons`` are the electronic signers by role, as the content names them. ``source`` is the digest of the
    Word document and the toolchain: equal sources give equal files. ``held`` says that the review (Paparan)
    has not accepted it: it must not be signed.
    """

    id: str
    key: str
    unit: str
    position: str
    content_digest: str
    template: str
    source: str
    persons: Mapping[Role, str]
    docx: str | None = None
    pdf: str | None = None
    issue_digest: str | None = None
    held: bool | None = None

    def __post_init__(self) -> None:
        for place in (self.docx, self.pdf):
            if place is not None and not PLACE.fullmatch(place):
                raise SchemaError("a path that leaves the folder")

    def is_of(self, unit: str) -> bool:
        """Tell whether the agreement is of ``unit``, a unit's name or folder."""
        folder = PurePath(self.pdf or self.docx or "").parent.name
        return unit == folder or folder_name(unit) == folder_name(self.unit)


@dataclass(frozen=True, slots=True)
class Look:
    """How signatures look here: words above the name, and SHA-256 of the picture ``tanda-tangan.png`` beside it."""

    words: str | None = None
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """The agreements in their order, parents first; ``earlier`` are digests of versions no longer made.

    ``look`` is absent where signatures look as usual.
    """

    schema: str
    year: int
    organisation: str
    workbook: str
    zone: Zone
    person_scheme: PersonScheme
    templates: Mapping[str, str]
    toolchain: Mapping[str, str]
    agreements: tuple[Entry, ...] = ()
    earlier: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    look: Look | None = None

    def __post_init__(self) -> None:
        if self.schema != SCHEMA:
            raise SchemaError(f"schema is not {SCHEMA}")
        for identity, digest in self.digests.items():
            Reference(identity, digest)

    @property
    def entries(self) -> Mapping[str, Entry]:
        """The agreements by their files' paths below the folder."""
        return {entry.pdf: entry for entry in self.agreements if entry.pdf}

    @property
    def digests(self) -> dict[str, str]:
        """Content digests of everything that was ever made here, by id."""
        return {**self.earlier, **{entry.id: entry.content_digest for entry in self.agreements}}


def read_index(folder: Path) -> Index | None:
    """Return the folder's index; None where there is none.

    Raises:
        ConflictError: it is damaged, or of a newer pkdocs; what lies there must not be overwritten.
    """
    try:
        data = (folder / FILE_NAME).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        return from_json(Index, parse_json(data), schema=SCHEMA)
    except NewerSchemaError as fault:
        raise ConflictError("SCHEMA_NEWER", fault.params, file=str(folder / FILE_NAME)) from fault
    except SchemaError as fault:
        raise ConflictError("INDEX_DAMAGED", file=str(folder / FILE_NAME)) from fault


def demand_index(folder: Path) -> Index:
    """Return the folder's index.

    Raises:
        ConflictError: there is none, it is damaged, or of a newer pkdocs.
    """
    index = read_index(folder)
    if index is None:
        raise ConflictError("INDEX_MISSING", folder=str(folder))
    return index


def write_index(folder: Path, index: Index) -> None:
    """Write the index, readable for people."""
    written = json.dumps(to_json(index), ensure_ascii=False, indent=1)
    write_atomic(folder / FILE_NAME, f"{written}\n".encode())


def read_journal(folder: Path) -> dict[str, Entry]:
    """Return what an interrupted run has finished, by id; a line that was cut off is left out.

    Raises:
        ConflictError: a line is of a newer pkdocs.
    """
    try:
        lines = (folder / JOURNAL_NAME).read_bytes().splitlines()
    except FileNotFoundError:
        return {}
    entries: dict[str, Entry] = {}
    for line in lines:
        try:
            entry = _journal_entry(line)
        except NewerSchemaError as fault:
            raise ConflictError("SCHEMA_NEWER", fault.params, file=str(folder / JOURNAL_NAME)) from fault
        except SchemaError:
            continue
        entries[entry.id] = entry
    return entries


def _journal_entry(line: bytes) -> Entry:
    raw = parse_json(line)
    if isinstance(raw, dict) and "schema" in raw:
        # the first lines of all named none
        demand_schema(raw, JOURNAL_SCHEMA)
        del raw["schema"]
    return from_json(Entry, raw)


def append_journal(folder: Path, entry: Entry) -> None:
    """Note one finished agreement, so that a run that is killed need not make it again."""
    journal = folder / JOURNAL_NAME
    with naming(journal), journal.open("ab") as file:
        line = {"schema": JOURNAL_SCHEMA, **to_json(entry)}
        # on a line of its own, also after one that was cut off
        file.write(b"\n" + json.dumps(line, ensure_ascii=False).encode() + b"\n")


def remove_journal(folder: Path) -> None:
    """Forget the journal: the index has it all."""
    (folder / JOURNAL_NAME).unlink(missing_ok=True)


def find_index(file: Path) -> tuple[Path, Index] | None:
    """Return the folder and index that ``file`` belongs to, the nearest above, and what a stopped run has finished."""
    for above, folder in enumerate(file.resolve().parents):
        try:
            if index := read_index(folder):
                done = read_journal(folder)
                agreements = tuple(done.get(entry.id, entry) for entry in index.agreements)
                return folder, replace(index, agreements=agreements)
        except ConflictError:
            # further up an ``index.json`` may be another program's
            if above < _OWN_LEVELS:
                raise
    return None
