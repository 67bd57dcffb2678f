"""How two states of one PDF look, drawn by a reader of its own kind: where the later one shows something else.

It is the second opinion on what was compared object by object, by a library that reads files in its own way.
"""

import ctypes
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self, TypeAlias

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image, ImageChops

from pkdocs.verification.finding import Step, Weight
from pkdocs.verification.foreign.fault import InspectionError

Box: TypeAlias = tuple[float, float, float, float]
"""Left, bottom, right and top of a rectangle of a page, in points."""

_SCALE: Final = 1.0
"""Pixels for a point."""
_MAX_PIXELS: Final = 1_000_000
_AROUND: Final = 2
"""Pixels around a box that count as in it."""
_CONTRAST: Final = 32
_LEAST_PIXELS: Final = 4
_MAX_PAGES: Final = 24
_MAX_BYTES: Final = 24_000_000
"""What one comparison may draw, in pages and in bytes of the file that they take on average: a second or two."""


@dataclass(frozen=True, slots=True)
class Looks:
    """The pages of one state of a PDF, to be drawn."""

    document: pdfium.PdfDocument
    size: int

    @classmethod
    def of(cls, pdf: bytes) -> Self:
        """Return the pages of ``pdf``.

        Raises:
            PdfiumError: it cannot be opened.
        """
        document = pdfium.PdfDocument(pdf)
        # without it no field is drawn
        document.init_forms()
        return cls(document, len(pdf))

    def __len__(self) -> int:
        return len(self.document)

    def page(self, number: int, without: Sequence[Box]) -> Image.Image:
        """Return a page drawn in greys, annotations included, with the boxes ``without`` in black.

        Raises:
            PdfiumError: it cannot be drawn.
        """
        page = self.document[number]
        width, height = page.get_size()
        scale = min(_SCALE, math.sqrt(_MAX_PIXELS / max(width * height, 1.0)))
        bitmap = page.render(scale=scale, grayscale=True)
        shape = (bitmap.width, bitmap.height)
        image = Image.frombuffer("L", shape, bytes(bitmap.buffer), "raw", "L", bitmap.stride, 1).copy()
        for box in without:
            image.paste(0, _pixels(page, box, shape))
        page.close()
        return image


def demand_same_looks(
    old: bytes, new: Looks, drawn: Mapping[int, Sequence[Box]], redrawn: Mapping[int, Sequence[tuple[Box, str]]]
) -> None:
    """Demand that ``new`` looks as the state ``old``, but for the boxes ``drawn`` of each page.

    In those ``redrawn``, each with its field's name, only what was there may be seen. Of many pages as many are
    compared as are bearable, those with boxes first.

    Raises:
        InspectionError: a page looks different, there are others, or a redrawn field cannot be looked at.
    """
    try:
        before = Looks.of(old)
        if len(before) != len(new):
            raise InspectionError.changed("LATER_PAGE", what="/Pages")
        for number in _chosen(len(before), new.size, (*redrawn, *drawn)):
            _demand_same_page(before, new, number, drawn.get(number, ()), redrawn.get(number, ()))
        before.document.close()
    except pdfium.PdfiumError as fault:
        raise InspectionError("LATER_NOT_SHOWN", Step.REVISIONS, Weight.UNKNOWN, {}) from fault


def _chosen(count: int, size: int, first: Sequence[int]) -> list[int]:
    bearable = max(min(_MAX_PAGES, _MAX_BYTES * count // max(size, 1)), len(set(first)))
    return list(dict.fromkeys((*first, *range(count))))[:bearable]


def _demand_same_page(
    old: Looks, new: Looks, number: int, drawn: Sequence[Box], redrawn: Sequence[tuple[Box, str]]
) -> None:
    fields = [box for box, _ in redrawn]
    if _is_other(old, new, number, (*drawn, *fields)):
        raise InspectionError("LATER_LOOKS", Step.REVISIONS, Weight.FAIL, {"page": number + 1})
    if fields and _is_other(old, new, number, drawn):
        raise InspectionError.changed("LATER_VALUE_CHANGED", name=redrawn[0][1])


def _is_other(old: Looks, new: Looks, number: int, without: Sequence[Box]) -> bool:
    before, after = (state.page(number, without) for state in (old, new))
    if before.size != after.size:
        return True
    differences = ImageChops.difference(before, after)
    return sum(differences.histogram()[_CONTRAST:]) >= _LEAST_PIXELS


def _pixels(page: pdfium.PdfPage, box: Box, shape: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return where a box is drawn, however the page is turned and cropped."""
    places = [_pixel(page, x, y, shape) for x in (box[0], box[2]) for y in (box[1], box[3])]
    columns, rows = ([place[axis] for place in places] for axis in (0, 1))
    return min(columns) - _AROUND, min(rows) - _AROUND, max(columns) + _AROUND, max(rows) + _AROUND


def _pixel(page: pdfium.PdfPage, x: float, y: float, shape: tuple[int, int]) -> tuple[int, int]:
    column, row = ctypes.c_int(), ctypes.c_int()
    pdfium_c.FPDF_PageToDevice(page, 0, 0, *shape, 0, x, y, column, row)
    return column.value, row.value
