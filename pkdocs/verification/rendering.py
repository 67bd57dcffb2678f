"""Pages as pictures in greys, to be compared: two states of one file, or two readers of the same state."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pypdfium2 as pdfium

from pkdocs.verification.form import Slot

SCALE: Final = 2.0
"""Pixels for a point."""
WHITE: Final = b"\xff"

_AROUND: Final = 2
"""Pixels around a slot that are of it: edges are drawn softly."""
_CELL: Final = 24
"""Pixels of a cell's side, by whose greys readers are compared: 12 points, a line of text."""
_ALIKE: Final = 36
"""How far apart the average greys of a cell may be between two readers: letters have other edges, and none is lost."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A page: its pixels row by row from the top, a byte each from black to white."""

    width: int
    height: int
    pixels: bytes

    def without(self, boxes: Iterable[Slot]) -> "Picture":
        """Return the page with white ``boxes``."""
        pixels = bytearray(self.pixels)
        for box in boxes:
            left, right = (self._clip(edge, self.width) for edge in (box.left * SCALE, box.right * SCALE))
            top, bottom = (self._clip(self.height - edge * SCALE, self.height) for edge in (box.top, box.bottom))
            left, right = max(left - _AROUND, 0), min(right + _AROUND, self.width)
            for row in range(max(top - _AROUND, 0), min(bottom + _AROUND, self.height)):
                pixels[row * self.width + left : row * self.width + right] = WHITE * (right - left)
        return Picture(self.width, self.height, bytes(pixels))

    @staticmethod
    def _clip(edge: float, most: int) -> int:
        return min(max(round(edge), 0), most)

    def cells(self) -> Iterator[float]:
        """Yield the average grey of each cell, row by row."""
        for top in range(0, self.height, _CELL):
            rows = [row * self.width for row in range(top, min(top + _CELL, self.height))]
            for left in range(0, self.width, _CELL):
                right = min(left + _CELL, self.width)
                yield sum(sum(self.pixels[row + left : row + right]) for row in rows) / ((right - left) * len(rows))


def draw(pdf: bytes) -> list[Picture]:
    """Return the pages as pdfium draws them, signatures' appearances included.

    Raises:
        Exception: whatever pdfium raises on what it does not like.
    """
    document = pdfium.PdfDocument(pdf)
    try:
        # without it no field is drawn
        document.init_forms()
        return [_picture(page) for page in document]
    finally:
        document.close()


def _picture(page: pdfium.PdfPage) -> Picture:
    bitmap = page.render(scale=SCALE, grayscale=True)
    pixels = bytes(bitmap.buffer)
    starts = range(0, bitmap.height * bitmap.stride, bitmap.stride)
    return Picture(bitmap.width, bitmap.height, b"".join(pixels[start : start + bitmap.width] for start in starts))


def changed_pages(before: Sequence[Picture], after: Sequence[Picture], slots: Sequence[Slot]) -> Iterator[int]:
    """Yield the numbers of pages, from 1, that look different outside of ``slots``; pages too many do."""
    return (number for number, pair in _paired(before, after, slots) if len(pair) == 1 or pair[0] != pair[1])


def differing_pages(one: Sequence[Picture], other: Sequence[Picture], slots: Sequence[Slot]) -> Iterator[int]:
    """Yield the same of two readers' pictures of one state, as far as their drawing can be compared."""
    return (number for number, pair in _paired(one, other, slots) if len(pair) == 1 or not _are_alike(*pair))


def _paired(
    one: Sequence[Picture], other: Sequence[Picture], slots: Sequence[Slot]
) -> Iterator[tuple[int, list[Picture]]]:
    for place in range(max(len(one), len(other))):
        boxes = [slot for slot in slots if slot.page == place]
        yield place + 1, [pages[place].without(boxes) for pages in (one, other) if place < len(pages)]


def _are_alike(one: Picture, other: Picture) -> bool:
    # a page of broken size is a pixel larger for some
    if abs(one.width - other.width) > 1 or abs(one.height - other.height) > 1:
        return False
    width, height = min(one.width, other.width), min(one.height, other.height)
    cells = zip(_cut(one, width, height).cells(), _cut(other, width, height).cells(), strict=True)
    return all(abs(grey - its) <= _ALIKE for grey, its in cells)


def _cut(picture: Picture, width: int, height: int) -> Picture:
    if (picture.width, picture.height) == (width, height):
        return picture
    rows = (picture.pixels[row * picture.width :][:width] for row in range(height))
    return Picture(width, height, b"".join(rows))
