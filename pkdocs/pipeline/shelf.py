"""What already lies in the output folder: what to keep, what must not be touched, what is left over."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pkdocs.content import Content
from pkdocs.errors import PkdocsError
from pkdocs.files import digest
from pkdocs.index import Entry, Index, read_index, read_journal
from pkdocs.signing import read_form

_SIGNATURE_MARK = b"/ByteRange"


@dataclass(frozen=True, slots=True)
class Found:
    """The file of an agreement: its ``path`` below the folder; signed or not; equal in content or not."""

    path: str
    signed: bool
    same: bool
    issue_digest: str


class Shelf:
    """The output folder as the last runs left it, an interrupted one too.

    Raises:
        ConflictError: its index is damaged, or of a newer pkdocs.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.index: Index | None = read_index(folder)
        known = [*(self.index.agreements if self.index else ()), *read_journal(folder).values()]
        self._entries = {entry.id.casefold(): entry for entry in known}

    def entry(self, identity: str) -> Entry | None:
        """Return what is known of an agreement from earlier runs; ids are compared without case."""
        return self._entries.get(identity.casefold())

    def unchanged(self, entry: Entry) -> Entry | None:
        """Return what is known of an issued file that need not be made again: same source, nobody touched it."""
        known = self.entry(entry.id)
        if known is None or known.source != entry.source or known.pdf != entry.pdf or entry.pdf is None:
            return None
        file = self.folder / entry.pdf
        return known if file.is_file() and digest(file.read_bytes()) == known.issue_digest else None

    def look(self, content: Content, path: str) -> Found | None:
        """Return the agreement's file, where it belongs or where it was; a signed one before any other."""
        known = self.entry(content.id)
        places = dict.fromkeys(place for place in (path, known.pdf if known else None) if place)
        found = [self._found(content, place, known) for place in places if (self.folder / place).is_file()]
        return next((entry for entry in found if entry.signed), found[0] if found else None)

    def digest_at(self, path: str) -> str:
        """Return SHA-256 of what lies at ``path`` now; empty where nothing does."""
        file = self.folder / path
        return digest(file.read_bytes()) if file.exists() else ""

    def _found(self, content: Content, place: str, known: Entry | None) -> Found:
        data = (self.folder / place).read_bytes()
        found = digest(data)
        if known and known.issue_digest == found and _SIGNATURE_MARK not in data:
            return Found(place, signed=False, same=known.content_digest == content.digest, issue_digest=found)
        try:
            form = read_form(data)
        except PkdocsError:
            # changed by somebody, or no agreement at all: what bears a signature is nobody's to overwrite
            return Found(place, signed=_SIGNATURE_MARK in data, same=False, issue_digest=found)
        same = form.content.digest == content.digest
        return Found(place, signed=bool(form.signatures), same=same, issue_digest=form.issue_digest)

    def leftover(self, ids: Iterable[str], indexed: Iterable[Entry]) -> Iterator[Path]:
        """Yield files of agreements that the workbook no longer makes, and copies that are not where they belong."""
        known = {identity.casefold() for identity in ids}
        places = {entry.id.casefold(): _stem(entry.pdf or entry.docx or "") for entry in indexed}
        for file in sorted(self.folder.glob("*/*")):
            identity, place = file.stem.casefold(), _stem(file.relative_to(self.folder).as_posix())
            is_ours = file.suffix in {".pdf", ".docx"} and identity.startswith(("pk-", "pi-"))
            if is_ours and (identity not in known or places.get(identity, place) != place):
                yield file


def _stem(place: str) -> PurePosixPath:
    return PurePosixPath(place).with_suffix("") if place else PurePosixPath()


def bears_signature(file: Path) -> bool:
    """Tell whether a file must be kept because somebody may have signed it."""
    return file.suffix == ".pdf" and _SIGNATURE_MARK in file.read_bytes()
