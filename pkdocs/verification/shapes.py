"""What drawn shapes do to letters: cover, strike out, or only underline them.

A white strip as thick as a stroke of a letter makes an 8 a 0, so no shape may touch a letter that was drawn before
it; only a dark line below the letters may, which underlines them.
"""

import ctypes
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

_TOUCH_PT: Final = 0.3
"""How far a shape may reach into a letter: what rounding makes."""

LETTERS_TOUCH_PT: Final = 0.5
"""How far letters of different fonts may reach into one another: less than a stroke."""

_LINE_PT: Final = 1.5
"""The thickest line."""

_DARK: Final = 128
_MAX_SEGMENTS: Final = 2_000

_Point = tuple[float, float]


class Box(NamedTuple):
    """A rectangle on the page in points, from its lower left corner."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def thickness(self) -> float:
        """The shorter side."""
        return min(self.right - self.left, self.top - self.bottom)

    def holds_centre_of(self, other: "Box") -> bool:
        """Tell whether the middle of ``other`` lies inside."""
        across, up = (other.left + other.right) / 2, (other.bottom + other.top) / 2
        return self.left < across < self.right and self.bottom < up < self.top

    def meets(self, other: "Box", touch: float) -> bool:
        """Tell whether the two overlap by more than ``touch`` both ways."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.top, other.top) - max(self.bottom, other.bottom)
        return width > touch and height > touch

    def within(self, other: "Box") -> "Box":
        """Return what of this box lies in ``other``; of no or negative size, which meets nothing, if none does."""
        return Box(
            max(self.left, other.left),
            max(self.bottom, other.bottom),
            min(self.right, other.right),
            min(self.top, other.top),
        )


@dataclass(frozen=True, slots=True)
class Lettering:
    """A text object, and its ink's box."""

    box: Box
    drawn: pdfium.PdfObject

    @property
    def address(self) -> int:
        """Where pdfium keeps it."""
        return ctypes.addressof(self.drawn.raw.contents)

    @property
    def baseline(self) -> float:
        """The height on which the letters stand; their lower edge where they are turned."""
        a, b, c, d, _, up = self.drawn.get_matrix().get()
        return float(up) if b == c == 0 and a > 0 and d > 0 else self.box.bottom


def does_hide(drawn: pdfium.PdfObject, texts: Iterable[Lettering]) -> bool:
    """Tell whether ``drawn``, drawn after ``texts``, covers or strikes out any of their letters."""
    left, bottom, right, top = drawn.get_bounds()
    whole = Box(left, bottom, right, top)
    below = [
        text
        for text in texts
        if text.box.top > bottom and text.box.bottom < top and text.box.left < right and text.box.right > left
    ]
    if not below:
        return False
    is_dark = _is_dark(drawn)
    return any(_covers(box, text, is_dark=is_dark) for box in _reach(drawn, whole) for text in below)


def overlapping(texts: Sequence[Lettering]) -> Iterator[tuple[Lettering, Lettering]]:
    """Yield each two of ``texts`` whose boxes overlap; line by line, so that it stays quick.

    A letter of another font is an object of its own and stands in a gap of the object around it, so this alone
    does not say that one is printed over the other.
    """
    ordered = sorted(texts, key=lambda text: -text.box.top)
    for index, text in enumerate(ordered):
        for other in itertools.islice(ordered, index + 1, None):
            if other.box.top <= text.box.bottom + LETTERS_TOUCH_PT:
                break
            if text.box.meets(other.box, LETTERS_TOUCH_PT):
                yield text, other


def do_letters_meet(letters: list[Box], others: list[Box]) -> bool:
    """Tell whether any of ``letters`` reaches into any of ``others``."""
    return any(box.meets(other, LETTERS_TOUCH_PT) for box in letters for other in others)


def _covers(box: Box, text: Lettering, *, is_dark: bool) -> bool:
    if not box.meets(text.box, min(_TOUCH_PT, box.thickness / 2)):
        return False
    is_underline = is_dark and box.top - box.bottom <= _LINE_PT and box.top <= text.baseline + _TOUCH_PT
    return not is_underline


def _reach(drawn: pdfium.PdfObject, whole: Box) -> list[Box]:
    """Return boxes that hold all that ``drawn`` paints: of a frame its sides, of nothing painted none."""
    if drawn.type != pdfium_c.FPDF_PAGEOBJ_PATH:
        return [whole]
    mode, stroke = ctypes.c_int(), pdfium_c.FPDF_BOOL()
    pdfium_c.FPDFPath_GetDrawMode(drawn.raw, mode, stroke)
    if mode.value != pdfium_c.FPDF_FILLMODE_NONE:
        return [whole]
    return (_sides(drawn) or [whole]) if stroke.value else []


def _sides(drawn: pdfium.PdfObject) -> list[Box]:
    """Return a box for each side of a stroked path; none if one is neither level nor upright, or they are many."""
    lines = list(itertools.islice(_lines(drawn), _MAX_SEGMENTS + 1))
    if len(lines) > _MAX_SEGMENTS or any(a[0] != b[0] and a[1] != b[1] for a, b in lines):
        return []
    matrix, width = drawn.get_matrix(), ctypes.c_float()
    pdfium_c.FPDFPageObj_GetStrokeWidth(drawn.raw, width)
    half = width.value / 2
    return [
        Box(
            *matrix.on_rect(
                min(a[0], b[0]) - half, min(a[1], b[1]) - half, max(a[0], b[0]) + half, max(a[1], b[1]) + half
            )
        )
        for a, b in lines
    ]


def _lines(drawn: pdfium.PdfObject) -> Iterator[tuple[_Point, _Point]]:
    """Yield the two ends of each line of a path; for a curve two that are not on a level."""
    start = place = (0.0, 0.0)
    for index in range(pdfium_c.FPDFPath_CountSegments(drawn.raw)):
        segment = pdfium_c.FPDFPath_GetPathSegment(drawn.raw, index)
        across, up = ctypes.c_float(), ctypes.c_float()
        pdfium_c.FPDFPathSegment_GetPoint(segment, across, up)
        point, kind = (across.value, up.value), pdfium_c.FPDFPathSegment_GetType(segment)
        if kind == pdfium_c.FPDF_SEGMENT_BEZIERTO:
            yield (0.0, 0.0), (1.0, 1.0)
        elif kind == pdfium_c.FPDF_SEGMENT_LINETO:
            yield place, point
        else:
            start = point
        if pdfium_c.FPDFPathSegment_GetClose(segment):
            yield point, start
        place = point


def is_transparent(drawn: pdfium.PdfObject) -> bool:
    """Tell whether what stands below a text shows through it: a reader could take that for the text."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    return bool(pdfium_c.FPDFPageObj_GetFillColor(drawn.raw, red, green, blue, alpha)) and alpha.value < _DARK


def _is_dark(drawn: pdfium.PdfObject) -> bool:
    """Tell whether all that a path paints is dark."""
    mode, stroke = ctypes.c_int(), pdfium_c.FPDF_BOOL()
    if not pdfium_c.FPDFPath_GetDrawMode(drawn.raw, mode, stroke):
        return False
    fills = [pdfium_c.FPDFPageObj_GetFillColor] if mode.value != pdfium_c.FPDF_FILLMODE_NONE else []
    strokes = [pdfium_c.FPDFPageObj_GetStrokeColor] if stroke.value else []
    for read in fills + strokes:
        red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
        if not read(drawn.raw, red, green, blue, alpha) or max(red.value, green.value, blue.value) > _DARK:
            return False
    return True
