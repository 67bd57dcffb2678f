"""How two states of one PDF look, drawn by a reader of its own kind: where the later one shows something else.

It is the second opinion on what was compared object by object, by a library that reads files in its own way.
"""

import ctypes
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image, ImageChops

from pkdocs.verification.finding import Step, Weight
from pkdocs.verification.foreign.fault import InspectionError
from pkdocs.verification.foreign.ground import hides

Box: TypeAlias = tuple[float, float, float, float]
"""Left, bottom, right and top of a rectangle of a page, in points."""

_SCALE: Final = 1.0
"""Pixels for a point."""
_MAX_PIXELS: Final = 1_000_000
_AROUND: Final = 2
"""Pixels around a box that count as in it."""
_CONTRAST: Final = 32
_LEAST_PIXELS: Final = 4
_UNIT: Final = 1000
_LEAST_PAGES: Final = 2
_MAX_PAGES: Final = 48
_MOST_PAGES: Final = 96
_MAX_BYTES: Final = 24_000_000
"""What may be drawn for one file, in pages and in bytes of the file that they take on average: a second or two."""


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A page in greys, and where on it the points (0, 0), (1000, 0) and (0, 1000) lie, however it is turned."""

    image: Image.Image
    corners: tuple[tuple[int, int], ...]

    def without(self, boxes: Sequence[Box]) -> Image.Image:
        """Return the page with the boxes in black."""
        image = self.image.copy()
        for box in boxes:
            image.paste(0, self._around(box))
        return image

    def part(self, box: Box) -> Image.Image | None:
        """Return what the box shows; None if nothing of it is on the page."""
        left, upper, right, lower = self._around(box)
        inner = max(left, 0), max(upper, 0), min(right, self.image.width), min(lower, self.image.height)
        return self.image.crop(inner) if inner[0] < inner[2] and inner[1] < inner[3] else None

    def _around(self, box: Box) -> tuple[int, int, int, int]:
        left, bottom, right, top = box
        places = [self._pixel(x, y) for x in (left, right) for y in (bottom, top)]
        columns, rows = ([place[axis] for place in places] for axis in (0, 1))
        return min(columns) - _AROUND, min(rows) - _AROUND, max(columns) + _AROUND, max(rows) + _AROUND

    def _pixel(self, x: float, y: float) -> tuple[int, int]:
        origin, across, up = self.corners
        column, row = (
            origin[axis] + ((across[axis] - origin[axis]) * x + (up[axis] - origin[axis]) * y) / _UNIT
            for axis in (0, 1)
        )
        return round(column), round(row)


class Looks:
    """The pages of one state of a PDF, each drawn once when it is asked for.

    Raises:
        PdfiumError: it cannot be opened.
    """

    def __init__(self, pdf: bytes) -> None:
        self.size = len(pdf)
        self._document = pdfium.PdfDocument(pdf)
        # without it no field is drawn
        self._document.init_forms()
        self._drawn: dict[int, _Drawn] = {}

    def __len__(self) -> int:
        return len(self._document)

    def close(self) -> None:
        """Let go of the file."""
        self._drawn.clear()
        self._document.close()

    def page(self, number: int) -> _Drawn:
        """Return a page, annotations and fields included.

        Raises:
            PdfiumError: it cannot be drawn.
        """
        if number not in self._drawn:
            page = self._document[number]
            width, height = page.get_size()
            scale = min(_SCALE, math.sqrt(_MAX_PIXELS / max(width * height, 1.0)))
            bitmap = page.render(scale=scale, grayscale=True)
            shape = (bitmap.width, bitmap.height)
            image = Image.frombuffer("L", shape, bytes(bitmap.buffer), "raw", "L", bitmap.stride, 1)
            corners = tuple(_place(page, x, y, shape) for x, y in ((0, 0), (_UNIT, 0), (0, _UNIT)))
            page.close()
            self._drawn[number] = _Drawn(image, corners)
        return self._drawn[number]


def demand_same_looks(
    old: bytes,
    new: Looks,
    drawn: Mapping[int, Sequence[Box]],
    redrawn: Mapping[int, Sequence[tuple[Box, str]]],
    laid: Mapping[int, Sequence[Box]],
    *,
    share: int,
) -> None:
    """Demand that ``new`` looks as the state ``old``, but for the boxes ``drawn`` of each page.

    In those ``redrawn``, each with its field's name, only what was there may be seen; those ``laid`` upon a page may
    hide nothing. Of many pages as many are compared as are bearable when ``share`` states are, those with boxes first.

    Raises:
        InspectionError: a page looks different, there are others, something is hidden, or there are too many pages
            that must be looked at.
    """
    try:
        before = Looks(old)
        if len(before) != len(new):
            raise InspectionError.changed("LATER_PAGE", what="/Pages")
        bearable = max(min(_MAX_PAGES, _MAX_BYTES * len(new) // max(new.size, 1)) // share, _LEAST_PAGES)
        needed = dict.fromkeys((*redrawn, *laid))
        if len(needed) > max(bearable, _MOST_PAGES // share):
            raise InspectionError("LATER_NOT_SHOWN", Step.REVISIONS, Weight.UNKNOWN, {})
        bearable = max(bearable, len(needed))
        for number in list(dict.fromkeys((*needed, *drawn, *range(len(before)))))[:bearable]:
            _demand_same_page(before, new, number, drawn.get(number, ()), redrawn.get(number, ()))
        hidden = [number for number, boxes in laid.items() if _hides(before, new, number, boxes)]
        before.close()
        if hidden:
            raise InspectionError("LATER_HIDES", Step.REVISIONS, Weight.UNKNOWN, {"page": min(hidden) + 1})
    except pdfium.PdfiumError as fault:
        raise InspectionError("LATER_NOT_SHOWN", Step.REVISIONS, Weight.UNKNOWN, {}) from fault


def _demand_same_page(
    old: Looks, new: Looks, number: int, drawn: Sequence[Box], redrawn: Sequence[tuple[Box, str]]
) -> None:
    fields = [box for box, _ in redrawn]
    if _is_other(old, new, number, (*drawn, *fields)):
        raise InspectionError("LATER_LOOKS", Step.REVISIONS, Weight.FAIL, {"page": number + 1})
    if fields and _is_other(old, new, number, drawn):
        raise InspectionError.changed("LATER_VALUE_CHANGED", name=redrawn[0][1])


def _hides(old: Looks, new: Looks, number: int, boxes: Sequence[Box]) -> bool:
    pairs = ((old.page(number).part(box), new.page(number).part(box)) for box in boxes)
    return any(before is not None and after is not None and hides(before, after) for before, after in pairs)


def _is_other(old: Looks, new: Looks, number: int, without: Sequence[Box]) -> bool:
    before, after = (state.page(number).without(without) for state in (old, new))
    if before.size != after.size:
        return True
    return sum(ImageChops.difference(before, after).histogram()[_CONTRAST:]) >= _LEAST_PIXELS


def _place(page: pdfium.PdfPage, x: int, y: int, shape: tuple[int, int]) -> tuple[int, int]:
    column, row = ctypes.c_int(), ctypes.c_int()
    pdfium_c.FPDF_PageToDevice(page, 0, 0, *shape, 0, x, y, column, row)
    return column.value, row.value
