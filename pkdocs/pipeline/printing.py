"""The unsigned agreements of one unit as one PDF for the printer, for those who sign on paper."""

import itertools
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final

from pkdocs.content import Content, Role
from pkdocs.errors import ConflictError, PkdocsError, UsageError
from pkdocs.files import open_atomic
from pkdocs.issue import join_pages
from pkdocs.pipeline.beside import demand_print_or_nothing
from pkdocs.pipeline.listed import LeftOut, Listed, choose_units, read_finished, read_listed
from pkdocs.roster import Means

Progress = Callable[[int, int], None]

SUFFIX: Final = ".pdf"
_AT_ONCE: Final = 40
"""Agreements in memory at a time; each such part lies on disk until all are joined."""


@dataclass(frozen=True, slots=True)
class Printed:
    """An agreement in the print: its first page there, how many it takes, and which roles sign on paper."""

    id: str
    position: str
    page: int
    pages: int
    paper: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Print:
    """What is in ``file``, in its order, and what was left out of it."""

    file: Path
    printed: tuple[Printed, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def is_whole(self) -> bool:
        """Whether all is in it that should be."""
        return not any(absent.is_fault for absent in self.left_out)


def print_unit(
    folder: Path, unit: str, out: Path, *, everyone: bool = False, duplex: bool = False, progress: Progress
) -> Print:
    """Join the agreements of ``unit`` that nobody has signed and somebody signs on paper, in the order of the index.

    With ``everyone`` also those that all parties sign electronically, to be read: a signature on that paper is not one
    on the agreement. With ``duplex`` each begins on a new sheet. A signed file is never joined. Nothing is stamped.

    Raises:
        UsageError: ``out`` is not called a PDF, the unit is not in the index, or nothing of it is to be printed.
        ConflictError: something else than a print is in the way; the folder has no index, a damaged one, or a run of
            ``generate`` has not ended.
        DocumentError: pages cannot be joined.
        OSError: it cannot be written; what was there stands.
    """
    if out.suffix.lower() != SUFFIX:
        raise UsageError("PRINT_SUFFIX", file=str(out))
    demand_print_or_nothing(out)
    index = read_finished(folder)
    chosen = choose_units(index, [unit])
    sorting = _Sorting(everyone=everyone)
    title, day = f"Cetakan Perjanjian Kinerja Tahun {index.year} - {chosen[0].unit}", date(index.year, 1, 1)
    with ExitStack() as parts:
        stored: list[BinaryIO] = []
        pages: list[int] = []
        for pdfs in _batches(sorting.sort(read_listed(folder, chosen), len(chosen), progress)):
            part = parts.enter_context(tempfile.TemporaryFile())
            pages += join_pages(map(BytesIO, pdfs), part, title=title, day=day, duplex=duplex)
            stored.append(part)
        if not stored:
            raise _nothing(chosen[0].unit, sorting.left_out)
        with open_atomic(out) as file:
            join_pages(stored, file, title=title, day=day, duplex=duplex)
    return Print(out, tuple(_numbered(sorting.contents, pages)), tuple(sorting.left_out))


class _Sorting:
    """What is printed and what is left out, as the files are looked at."""

    def __init__(self, *, everyone: bool) -> None:
        self._everyone = everyone
        self.contents: list[Content] = []
        self.left_out: list[LeftOut] = []

    def sort(self, found: Iterable[Listed | LeftOut], total: int, progress: Progress) -> Iterator[bytes]:
        """Yield the file of each agreement that is printed."""
        for done, one in enumerate(found, 1):
            if isinstance(one, LeftOut):
                self.left_out.append(one)
            elif reason := self._reason(one):
                self.left_out.append(LeftOut(one.entry, reason))
            else:
                self.contents.append(one.form.content)
                yield one.pdf
            progress(done, total)

    def _reason(self, listed: Listed) -> PkdocsError | None:
        if listed.form.signatures:
            return ConflictError("PRINT_SIGNED", id=listed.entry.id)
        if not self._everyone and not paper_roles(listed.form.content):
            return ConflictError("PRINT_ELECTRONIC", id=listed.entry.id)
        return None


def paper_roles(content: Content) -> tuple[Role, ...]:
    """Return the roles whose parties sign on paper."""
    return tuple(role for role in content.roles if (party := content.party(role)) and party.means is Means.PAPER)


def _batches(pdfs: Iterator[bytes]) -> Iterator[list[bytes]]:
    while batch := list(itertools.islice(pdfs, _AT_ONCE)):
        yield batch


def _numbered(contents: Sequence[Content], pages: Sequence[int]) -> Iterator[Printed]:
    first = 1
    for content, count in zip(contents, pages, strict=True):
        yield Printed(content.id, content.position.title, first, count, paper_roles(content))
        first += count


def _nothing(unit: str, left_out: Sequence[LeftOut]) -> UsageError:
    codes = [absent.error.code for absent in left_out]
    signed, electronic = codes.count("PRINT_SIGNED"), codes.count("PRINT_ELECTRONIC")
    other = len(codes) - signed - electronic
    return UsageError("PRINT_NOTHING", unit=unit, signed=signed, electronic=electronic, other=other)
