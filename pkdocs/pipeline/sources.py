"""The files that an auditor hands in, on disk or in an archive: each is a source, and none is passed over.

An archive that is refused, an entry that cannot be read and a folder that cannot be listed are sources as well: reading
them fails, and that counts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from pkdocs.archive import SIGNATURE, SUFFIX, ArchiveError, Entry, Refusal, read_beginning, read_directory, read_entry
from pkdocs.files import open_regular, pdf_files, read_regular
from pkdocs.issue import BEGINNING_BYTES, companion_kind
from pkdocs.messages import Said, reason_of
from pkdocs.pipeline.drafting import is_draft_at
from pkdocs.register import is_head
from pkdocs.verification.ers import RECORD_SUFFIX
from pkdocs.verification.layout import MAX_FILE_BYTES

_PDF: Final = ".pdf"


@dataclass(frozen=True, slots=True)
class Source:
    """A file to look at. ``name`` is how it is reported, ``path`` the file on disk, ``entry`` what of an archive it is.

    ``named`` tells whether it, or its archive's file, was named itself; ``beside`` is its evidence record in the
    archive; ``refusal`` why it cannot be read, as far as that is known already.
    """

    name: str
    path: Path
    named: bool = False
    entry: Entry | None = field(default=None, repr=False)
    beside: Entry | None = field(default=None, repr=False)
    refusal: Refusal | None = None

    @classmethod
    def of(cls, path: Path, *, named: bool = False) -> "Source":
        """Return the file at ``path``, reported as it is called there."""
        return cls(str(path), path, named)

    def read(self, *, limit: int = MAX_FILE_BYTES) -> bytes:
        """Return its bytes.

        Raises:
            SourceError: it cannot be read, or is larger than ``limit``.
        """
        if self.refusal:
            raise SourceError(self.refusal)
        try:
            if self.entry is None:
                return read_regular(self.path, limit=limit)
            with open_regular(self.path) as file:
                return read_entry(file, self.entry, limit=limit)
        except ArchiveError as fault:
            raise SourceError(fault.refusal) from fault
        except OSError as fault:
            raise SourceError(unreadable(reason_of(fault))) from fault

    def beginning(self) -> bytes:
        """Return its first bytes; none where it cannot be read."""
        if self.refusal:
            return b""
        try:
            with open_regular(self.path) as file:
                return read_beginning(file, self.entry, BEGINNING_BYTES) if self.entry else file.read(BEGINNING_BYTES)
        except OSError:
            return b""

    @property
    def base(self) -> str:
        """Its name without folders."""
        return PurePosixPath(self.name).name

    def record(self, base: str = "") -> "Source | None":
        """Return the evidence record that lies beside it; on disk one of a file called ``base``, if that is given."""
        if self.entry:
            return Source(self.name + RECORD_SUFFIX, self.path, entry=self.beside) if self.beside else None
        file = self.path.with_name((base or self.path.name) + RECORD_SUFFIX)
        return Source.of(file) if file.exists() else None

    @property
    def is_head(self) -> bool:
        """Whether it begins as a head of the register does."""
        return is_head(self.beginning())

    @property
    def is_beside(self) -> bool:
        """Whether it says that it is a draft, a list of a bundle, a print or a receipt: nobody judges it."""
        is_draft = self.entry is None and is_draft_at(self.path)
        return is_draft or companion_kind(self.beginning()) is not None


class SourceError(Exception):
    """A source cannot be read; ``refusal`` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


def unreadable(reason: Said | str) -> Refusal:
    """Return that the system, or a limit of ours, lets nobody read it."""
    return Refusal("FILE_NOT_READ", reason)


def find_sources(paths: Iterable[Path]) -> list[Source]:
    """Return the files at and below ``paths`` and in archives that are named, each once and in order.

    Archives below a folder are not opened. Hidden files and links are left out, below a folder and in an archive; a
    named file counts whatever it is called.
    """
    unlisted: list[Source] = []

    def unread(folder: Path, fault: OSError) -> None:
        unlisted.append(Source(str(folder), folder, refusal=unreadable(reason_of(fault))))

    found: list[Source] = []
    for path, named in pdf_files(paths, unread=unread):
        found += _entries(path) if named and is_archive(path) else [Source.of(path, named=named)]
    return found + unlisted


def is_archive(path: Path) -> bool:
    """Tell whether a file is called or begins as a ZIP archive."""
    return path.suffix.lower() == SUFFIX or Source.of(path).beginning().startswith(SIGNATURE)


def _entries(path: Path) -> Iterator[Source]:
    """Yield the PDF files in an archive, and archives in it, which are not opened; or the archive that is refused."""
    try:
        with open_regular(path) as file:
            entries = read_directory(file)
    except ArchiveError as fault:
        yield Source(str(path), path, named=True, refusal=fault.refusal)
        return
    except OSError as fault:
        yield Source(str(path), path, named=True, refusal=unreadable(reason_of(fault)))
        return
    chosen = [entry for entry in entries if _counts(entry)]
    records = {entry.name: entry for entry in entries if entry.name.endswith(RECORD_SUFFIX)}
    for entry in chosen:
        beside = records.get(entry.name + RECORD_SUFFIX)
        refusal = entry.refusal if entry.name.lower().endswith(_PDF) else Refusal("ARCHIVE_ENTRY", Said("ZIP_NESTED"))
        yield Source(f"{path}/{entry.name}", path, entry=entry, beside=beside, refusal=refusal)
    if not chosen:
        yield Source(str(path), path, named=True, refusal=Refusal("ARCHIVE_ENTRY", Said("ZIP_EMPTY")))


def _counts(entry: Entry) -> bool:
    name = PurePosixPath(entry.name)
    is_hidden = any(part.startswith(".") for part in name.parts)
    return not entry.is_folder and not is_hidden and name.suffix.lower() in {_PDF, SUFFIX}
