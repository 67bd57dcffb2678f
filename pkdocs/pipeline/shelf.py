"""What already lies in the output folder: what to keep, what must not be touched, what is left over."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path

from pkdocs.content import Content
from pkdocs.errors import PkdocsError
from pkdocs.files import digest
from pkdocs.index import PLACE, Entry, Index, read_index, read_journal
from pkdocs.issue import electronic_roles
from pkdocs.signing import SignedForm, read_form

_SIGNATURE_MARK = b"/ByteRange"


@dataclass(frozen=True, slots=True)
class Found:
    """The file of an agreement: its ``path`` below the folder, SHA-256 of its bytes, signed or not.

    ``content`` and ``issue_digest`` are told of a signed file alone; without content somebody changed it.
    """

    path: str
    digest: str
    signed: bool
    content: Content | None = None
    issue_digest: str = ""


class Shelf:
    """The output folder as the last runs left it, an interrupted one too. Each file is looked at once.

    Raises:
        ConflictError: its index is damaged, or of a newer pkdocs.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.index: Index | None = read_index(folder)
        known = [*(self.index.agreements if self.index else ()), *read_journal(folder).values()]
        self._entries = {entry.id.casefold(): entry for entry in known}
        self._looked: dict[str, Found | None] = {}

    def entry(self, identity: str) -> Entry | None:
        """Return what is known of an agreement from earlier runs; ids are compared without case."""
        return self._entries.get(identity.casefold())

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """Content digests of all that was ever made here, by id without case."""
        earlier = {identity.casefold(): found for identity, found in self.index.digests.items()} if self.index else {}
        return earlier | {identity: entry.content_digest for identity, entry in self._entries.items()}

    def unchanged(self, entry: Entry) -> Entry | None:
        """Return what is known of an issued file that need not be made again: same source, nobody touched it."""
        known = self.entry(entry.id)
        if known is None or known.source != entry.source or known.pdf != entry.pdf or entry.pdf is None:
            return None
        file = self.folder / entry.pdf
        return known if file.is_file() and _is_issue(file.read_bytes(), str(known.issue_digest)) else None

    def look(self, identity: str, path: str = "") -> Found | None:
        """Return the agreement's file, where it belongs (``path``) or where it was; a signed one before any other.

        Elsewhere in the folder counts only the signed content that the index knows.
        """
        known = self.entry(identity)
        places = dict.fromkeys(place for place in (path, known.pdf if known else None) if place)
        found = [one for place in places if (one := self._at(place, known))]
        return next(chain((one for one in found if one.signed), self._signed_elsewhere(identity), found), None)

    def digest_at(self, path: str) -> str:
        """Return SHA-256 of what lay at ``path`` when it was looked at; empty where nothing did."""
        found = self._at(path, None)
        return found.digest if found else ""

    def issued(self, identity: str) -> Content | None:
        """Return the content of an agreement's file, signed or not; None where it cannot be read."""
        found = self.look(identity)
        form = _read((self.folder / found.path).read_bytes()) if found else None
        return form.content if form else None

    def _signed_elsewhere(self, identity: str) -> Iterator[Found]:
        for place in self._places.get(identity.casefold(), ()):
            found = self._at(place, None)
            if found and found.content and found.content.digest == self.digests.get(identity.casefold()):
                yield found

    @cached_property
    def _places(self) -> Mapping[str, list[str]]:
        """Where there are PDF files by the names that they bear, without case."""
        places: dict[str, list[str]] = defaultdict(list)
        for file in sorted(self.folder.glob("*/*.pdf")):
            place = file.relative_to(self.folder).as_posix()
            if PLACE.fullmatch(place):
                places[file.stem.casefold()].append(place)
        return places

    def _at(self, place: str, known: Entry | None) -> Found | None:
        if place not in self._looked:
            file = self.folder / place
            self._looked[place] = _found(place, file.read_bytes(), known) if file.is_file() else None
        return self._looked[place]

    def leftover(self, ids: Iterable[str], indexed: Iterable[Entry]) -> Iterator[Path]:
        """Yield files of agreements that the workbook no longer makes, and copies that are not where they belong."""
        known = {identity.casefold() for identity in ids}
        entries = {entry.id.casefold(): entry for entry in indexed}
        for file in sorted(self.folder.glob("*/*")):
            identity, place = file.stem.casefold(), file.relative_to(self.folder).as_posix()
            is_ours = file.suffix in {".pdf", ".docx"} and identity.startswith(("pk-", "pi-"))
            if is_ours and (identity not in known or not _belongs(place, entries.get(identity))):
                yield file


def _belongs(place: str, entry: Entry | None) -> bool:
    """Tell whether ``entry`` names a file here, or one of the other kind beside it."""
    if entry is None:
        return True
    own, other = (entry.pdf, entry.docx) if place.endswith(".pdf") else (entry.docx, entry.pdf)
    return place == own if own else place.rpartition(".")[0] == (other or "").rpartition(".")[0]


def entry_of(content: Content, *, template: str) -> Entry:
    """Return the entry of an agreement of which nothing has been made yet."""
    parties = {role: content.party(role) for role in electronic_roles(content)}
    return Entry(
        id=content.id,
        key=content.position.key,
        unit=content.position.unit,
        position=content.position.title,
        content_digest=content.digest,
        template=template,
        source="",
        persons={role: party.person for role, party in parties.items() if party},
    )


def _is_issue(data: bytes, issue_digest: str) -> bool:
    """Tell whether the file is that issue, or that issue with the organisation's seal alone."""
    if digest(data) == issue_digest:
        return True
    form = _read(data) if _SIGNATURE_MARK in data else None
    return form is not None and form.seal is not None and not form.signatures and form.issue_digest == issue_digest


def _found(place: str, data: bytes, known: Entry | None) -> Found:
    found = digest(data)
    is_marked = _SIGNATURE_MARK in data
    if known and known.issue_digest == found and not is_marked:
        return Found(place, found, signed=False)
    form = _read(data)
    if form is None:
        # changed by somebody, or no agreement at all: what bears a signature is nobody's to overwrite
        return Found(place, found, signed=is_marked)
    if not form.signatures:
        return Found(place, found, signed=False)
    return Found(place, found, signed=True, content=form.content, issue_digest=form.issue_digest)


def _read(data: bytes) -> SignedForm | None:
    try:
        return read_form(data, owners=None)
    except PkdocsError:
        return None


def bears_signature(file: Path) -> bool:
    """Tell whether a file must be kept because somebody may have signed it."""
    return file.suffix == ".pdf" and _SIGNATURE_MARK in file.read_bytes()
