"""The agreements of a folder packed into one file as they are, with a list of what is in it."""

import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from pkdocs.content import Role
from pkdocs.errors import ConflictError, UsageError
from pkdocs.files import digest, open_atomic, read_regular
from pkdocs.index import Index
from pkdocs.inventory import Absent, Inventory, Item, Mark, Signatory, render_inventory, write_xlsx
from pkdocs.pipeline.attesting import record_of
from pkdocs.pipeline.listed import LeftOut, Listed, choose_units, read_finished, read_listed
from pkdocs.pipeline.sources import find_sources
from pkdocs.roster import Means
from pkdocs.signing import SignedForm

Progress = Callable[[int, int], None]

PAGE_NAME: Final = "daftar.pdf"
SHEET_NAME: Final = "daftar.xlsx"
SUFFIX: Final = ".zip"
COMMENT: Final = b"pkdocs-bundle/1"
"""Of the archive: by it a bundle is known, and gives way to a later one."""

_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""Of every file in a bundle; ZIP knows none earlier."""
_REGULAR: Final = 0o100644
_UNIX: Final = 3


@dataclass(frozen=True, slots=True)
class Bundle:
    """What was packed into ``file``, what was left out, and PDF files of the folder that no index knows."""

    file: Path
    items: tuple[Item, ...]
    left_out: tuple[LeftOut, ...]
    unlisted: tuple[Path, ...]

    @property
    def is_whole(self) -> bool:
        """Whether all is in it that should be."""
        return not any(absent.is_fault for absent in self.left_out)


def bundle(folder: Path, out: Path, *, units: Sequence[str] = (), progress: Progress) -> Bundle:
    """Pack the agreements of ``units`` (none: all) with their list; an equal folder gives an equal file.

    Files are copied byte for byte, signed or not, one at a time, each with its evidence record if it has one, and none
    is compressed: what is packed does not depend on a library. An earlier bundle gives way, once the new one is whole.
    Word documents, drafts and the register stay out.

    Raises:
        UsageError: ``out`` is not called a ZIP file, or a unit is not in the index.
        ConflictError: something else than a bundle is in the way; the folder has no index, a damaged one, or a run of
            ``generate`` has not ended.
        OSError: it cannot be written; what was there stands.
    """
    _demand_place(out)
    index = read_finished(folder)
    chosen = choose_units(index, units)
    unlisted = tuple(_unlisted(folder, index))
    items: list[Item] = []
    left_out: list[LeftOut] = []
    with open_atomic(out) as file, _archive(file) as archive:
        for done, found in enumerate(read_listed(folder, chosen), 1):
            if isinstance(found, Listed):
                item = _item(found)
                _add(archive, item.place, found.pdf)
                if (record := record_of(folder / item.place)).is_file():
                    _add(archive, record_of(Path(item.place)).as_posix(), read_regular(record))
                items.append(item)
            else:
                left_out.append(found)
            progress(done, len(chosen))
        inventory = Inventory(index.organisation, index.year, items, [_absent(entry) for entry in left_out])
        _add(archive, PAGE_NAME, render_inventory(inventory))
        _add(archive, SHEET_NAME, write_xlsx(inventory))
    return Bundle(out, tuple(items), tuple(left_out), unlisted)


def _demand_place(out: Path) -> None:
    if out.suffix.lower() != SUFFIX:
        raise UsageError("BUNDLE_SUFFIX", file=str(out))
    if out.exists() and not _is_bundle(out):
        raise ConflictError("BUNDLE_IN_THE_WAY", file=str(out))


def _is_bundle(file: Path) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            return archive.comment == COMMENT
    except (OSError, zipfile.BadZipFile):
        return False


def _archive(file: BinaryIO) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED)
    archive.comment = COMMENT
    return archive


def _add(archive: zipfile.ZipFile, place: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(place, _TIME)
    entry.create_system, entry.external_attr = _UNIX, _REGULAR << 16
    archive.writestr(entry, data)


def _item(listed: Listed) -> Item:
    entry, content = listed.entry, listed.form.content
    signatories = {
        role: Signatory(party.name, _mark(listed.form, role, party.means))
        for role in content.roles
        if (party := content.party(role))
    }
    return Item(entry.id, entry.unit, content.position.title, str(entry.pdf), digest(listed.pdf), signatories)


def _mark(form: SignedForm, role: Role, means: Means) -> Mark:
    if means is Means.PAPER:
        return Mark.PAPER
    return Mark.SIGNED if role in form.signed else Mark.AWAITED


def _absent(left: LeftOut) -> Absent:
    return Absent(left.entry.id, left.entry.unit, left.entry.position, left.error.message("id"))


def _unlisted(folder: Path, index: Index) -> Iterator[Path]:
    """Yield the PDF files below ``folder`` that ``verify`` would judge there, and the index does not have."""
    known = {(folder / place).resolve() for place in index.entries}
    for source in find_sources([folder]):
        if source.path.resolve() not in known and not source.is_beside and not source.is_head:
            yield source.path
