"""What a reader of the pages sees: their text, whether any of it is hidden, and the QR codes.

The only module that knows pdfium and ZXing. It shows pages as they are drawn; what a glyph looks like is
not compared with the character that it stands for.

A white strip as thick as a stroke of a letter makes an 8 a 0, so no shape may touch a letter that was drawn before
it; only a dark line below the letters may, which underlines them.
"""

import ctypes
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import zxingcpp

from pkdocs.verification.finding import Finding, Step, Sub, Weight, find
from pkdocs.verification.form import Slot

_SCALE: Final = 2.0
"""Pixels for a point: 144 to the inch, at which the modules of the QR code are told apart."""

MAX_CHARACTERS: Final = 2_000_000
_HYPHEN_AT_LINE_END: Final = "\ufffe"
"""What pdfium gives for a hyphen that it takes for a word's division."""
_HYPHEN_IN_LINE: Final = "\x02"
"""The same, of a single character."""

_SAME_LINE_PT: Final = 1.0
_LEAST_HEIGHT_PT: Final = 3.0
_LEAST_CONTRAST: Final = 48
_MAX_FORMS: Final = 10
_TOUCH_PT: Final = 0.3
"""How far a shape may reach into a letter: what rounding makes."""

_LETTERS_TOUCH_PT: Final = 0.5
"""How far letters of different fonts may reach into one another: less than a stroke."""

_LINE_PT: Final = 1.5
"""The thickest line."""

_DARK: Final = 128
_MAX_SEGMENTS: Final = 2_000
_MAX_COMPARED: Final = 5_000_000
_MAX_INSETS: Final = 1_000

_Point = tuple[float, float]
_INVISIBLE_MODES: Final = frozenset({pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP})


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of all pages in the order in which it is drawn, form feeds between pages, and every QR code's text."""

    text: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Box:
    """A rectangle on the page in points, from its lower left corner."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def thickness(self) -> float:
        """The shorter side."""
        return min(self.right - self.left, self.top - self.bottom)

    def holds_centre_of(self, other: "_Box") -> bool:
        """Tell whether the middle of ``other`` lies inside."""
        across, up = (other.left + other.right) / 2, (other.bottom + other.top) / 2
        return self.left < across < self.right and self.bottom < up < self.top

    def meets(self, other: "_Box", touch: float) -> bool:
        """Tell whether the two overlap by more than ``touch`` both ways."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.top, other.top) - max(self.bottom, other.bottom)
        return width > touch and height > touch

    def within(self, other: "_Box") -> "_Box":
        """Return what of this box lies in ``other``; of no or negative size, which meets nothing, if none does."""
        return _Box(
            max(self.left, other.left),
            max(self.bottom, other.bottom),
            min(self.right, other.right),
            min(self.top, other.top),
        )


@dataclass(frozen=True, slots=True)
class _Lettering:
    """A text object, and its ink's box."""

    box: _Box
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


def read_pages(pdf: bytes, slots: Iterable[Slot]) -> tuple[Reading, tuple[Finding, ...]]:
    """Return what the pages of ``pdf`` show, and a finding for each page with text hidden or within ``slots``.

    Raises:
        Exception: whatever pdfium and ZXing raise on what they do not like.
    """
    slots = tuple(slots)
    texts: list[str] = []
    codes: list[str] = []
    findings: list[Finding] = []
    document = pdfium.PdfDocument(pdf)
    try:
        for number, page in enumerate(document, 1):
            looked = _Page(page, [_Box(*slot[1:]) for slot in slots if slot.page == number - 1])
            findings.extend(
                find("PAGE_TEXT_HIDDEN", Step.CONTENT, Weight.FAIL, sub=Sub.FORMAT_FAILURE, page=number, what=what)
                for what in sorted(set(looked.hidden()))
            )
            texts.append(looked.read())
            codes.extend(looked.codes())
    finally:
        document.close()
    return Reading("\f".join(texts), tuple(codes)), tuple(findings)


class _Page:
    """One page as drawn."""

    def __init__(self, page: pdfium.PdfPage, slots: list[_Box]) -> None:
        self._page = page
        self._slots = slots
        self._width, self._height = page.get_size()
        self._text = page.get_textpage()
        self._count = min(self._text.count_chars(), MAX_CHARACTERS)
        self._insets: list[tuple[_Lettering, _Lettering]] = []
        bitmap = page.render(scale=_SCALE, grayscale=True)
        self._pixels = bytes(bitmap.buffer)
        self._shape = (bitmap.height, bitmap.stride)

    def read(self) -> str:
        """Return the text as it is drawn, each letter of another font in its place on the line; after ``hidden``."""
        if not self._insets:
            return self._text.get_text_range().replace(_HYPHEN_AT_LINE_END, "-") if self._count else ""
        letters = [chr(pdfium_c.FPDFText_GetUnicode(self._text.raw, index)) for index in range(self._count)]
        before: dict[int, str] = {}
        for text, other in self._insets:
            host, inset = sorted((text, other), key=lambda one: one.box.left - one.box.right)
            for index, box in self._glyphs.get(inset.address, ()):
                place = self._place(host, (box.left + box.right) / 2)
                if letters[index].strip() and place is not None:
                    before[place] = before.get(place, "") + letters[index]
                    letters[index] = " "
        read = "".join(before.get(index, "") + letter for index, letter in enumerate(letters))
        return read.replace(_HYPHEN_AT_LINE_END, "-").replace(_HYPHEN_IN_LINE, "-")

    def _place(self, host: _Lettering, across: float) -> int | None:
        """Return the index of the letter of ``host`` that follows ``across`` on its line; None if none does."""
        following = (index for index, box in self._glyphs.get(host.address, ()) if box.left >= across)
        return next(following, None)

    def codes(self) -> Iterator[str]:
        """Yield the text of every QR code."""
        image = memoryview(self._pixels).cast("B", self._shape)
        for code in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)):
            yield code.text

    def hidden(self) -> Iterator[str]:
        """Yield how text is hidden, as short words for the message."""
        yield from self._hidden_objects()
        yield from self._hidden_characters()

    def _hidden_objects(self) -> Iterator[str]:
        texts: list[_Lettering] = []
        compared = 0
        for drawn in self._page.get_objects(max_depth=_MAX_FORMS):
            if drawn.type != pdfium_c.FPDF_PAGEOBJ_TEXT:
                # what is inside a form covers no more than the form
                compared += len(texts)
                if compared > _MAX_COMPARED:
                    yield "too much to judge"
                    return
                if drawn.level == 0 and _does_hide(drawn, texts):
                    yield "covered"
                continue
            if pdfium_c.FPDFTextObj_GetTextRenderMode(drawn.raw) in _INVISIBLE_MODES:
                yield "render mode"
            if _is_transparent(drawn):
                yield "transparent"
            # measured in the form's own space, it could not be told what covers it; LibreOffice writes none
            if drawn.level > 0:
                yield "inside a form"
            texts.append(_Lettering(_Box(*drawn.get_bounds()), drawn))
        yield from self._overprints(texts)

    def _overprints(self, texts: Sequence[_Lettering]) -> Iterator[str]:
        """Yield if letters meet; else remember which objects stand in gaps of others."""
        for count, (text, other) in enumerate(_overlapping(texts)):
            if count > _MAX_INSETS or _do_letters_meet(self._letters(text), self._letters(other)):
                yield "overprinted"
                return
            if abs(text.baseline - other.baseline) < _SAME_LINE_PT:
                self._insets.append((text, other))

    def _letters(self, text: _Lettering) -> list[_Box]:
        """Return the boxes of the letters of ``text``: its whole box where pdfium left out the first or the last."""
        # the box of a space is made up, but lies outside of the ink at either end
        boxes = [box.within(text.box) for _, box in self._glyphs.get(text.address, ())]
        ends = (min((box.left for box in boxes), default=0), max((box.right for box in boxes), default=0))
        if max(abs(ends[0] - text.box.left), abs(ends[1] - text.box.right)) > _LETTERS_TOUCH_PT:
            return [text.box]
        return boxes

    @cached_property
    def _glyphs(self) -> dict[int, list[tuple[int, _Box]]]:
        """The characters of each text object, their index and box, by the object's address."""
        glyphs: dict[int, list[tuple[int, _Box]]] = {}
        for index in range(self._count):
            drawn = pdfium_c.FPDFText_GetTextObject(self._text.raw, index)
            box = self._box(index)
            if drawn and box is not None and not pdfium_c.FPDFText_IsGenerated(self._text.raw, index):
                glyphs.setdefault(ctypes.addressof(drawn.contents), []).append((index, box))
        return glyphs

    def _hidden_characters(self) -> Iterator[str]:
        for index in range(self._count):
            if chr(pdfium_c.FPDFText_GetUnicode(self._text.raw, index)).isspace():
                continue
            box = self._box(index)
            if box is None:
                continue
            if box.left < 0 or box.bottom < 0 or box.right > self._width or box.top > self._height:
                yield "off the page"
            elif not self._has_ink(box):
                yield "without ink"
            elif box.top - box.bottom < _LEAST_HEIGHT_PT and self._is_tiny(index):
                yield "tiny"
            elif any(slot.holds_centre_of(box) for slot in self._slots):
                yield "under a signature"

    def _box(self, index: int) -> _Box | None:
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        if not pdfium_c.FPDFText_GetCharBox(self._text.raw, index, left, right, bottom, top):
            return None
        return _Box(left.value, bottom.value, right.value, top.value)

    def _is_tiny(self, index: int) -> bool:
        """Tell whether the character is set too small to read, and is not just a full stop.

        By its font size: LibreOffice writes fonts without ascent, so their boxes say nothing of the line's height.
        """
        matrix = pdfium_c.FS_MATRIX()
        if not pdfium_c.FPDFText_GetMatrix(self._text.raw, index, matrix):
            return True
        size = pdfium_c.FPDFText_GetFontSize(self._text.raw, index)
        return bool(size * math.hypot(matrix.c, matrix.d) < _LEAST_HEIGHT_PT)

    def _has_ink(self, box: _Box) -> bool:
        """Tell whether anything is drawn where the character stands: light beside dark."""
        height, stride = self._shape
        left, right = max(int(box.left * _SCALE) - 1, 0), min(int(box.right * _SCALE) + 2, stride)
        top = max(int((self._height - box.top) * _SCALE) - 1, 0)
        bottom = min(int((self._height - box.bottom) * _SCALE) + 2, height)
        darkest, lightest = 255, 0
        for row in _from_middle(top, bottom):
            pixels = self._pixels[row * stride + left : row * stride + right]
            darkest, lightest = min(darkest, *pixels), max(lightest, *pixels)
            if lightest - darkest >= _LEAST_CONTRAST:
                return True
        return False


def _does_hide(drawn: pdfium.PdfObject, texts: Iterable[_Lettering]) -> bool:
    """Tell whether ``drawn``, drawn after ``texts``, covers or strikes out any of their letters."""
    left, bottom, right, top = drawn.get_bounds()
    whole = _Box(left, bottom, right, top)
    below = [
        text
        for text in texts
        if text.box.top > bottom and text.box.bottom < top and text.box.left < right and text.box.right > left
    ]
    if not below:
        return False
    is_dark = _is_dark(drawn)
    return any(_covers(box, text, is_dark=is_dark) for box in _reach(drawn, whole) for text in below)


def _overlapping(texts: Sequence[_Lettering]) -> Iterator[tuple[_Lettering, _Lettering]]:
    """Yield each two of ``texts`` whose boxes overlap; line by line, so that it stays quick.

    A letter of another font is an object of its own and stands in a gap of the object around it, so this alone
    does not say that one is printed over the other.
    """
    ordered = sorted(texts, key=lambda text: -text.box.top)
    for index, text in enumerate(ordered):
        for other in itertools.islice(ordered, index + 1, None):
            if other.box.top <= text.box.bottom + _LETTERS_TOUCH_PT:
                break
            if text.box.meets(other.box, _LETTERS_TOUCH_PT):
                yield text, other


def _do_letters_meet(letters: list[_Box], others: list[_Box]) -> bool:
    return any(box.meets(other, _LETTERS_TOUCH_PT) for box in letters for other in others)


def _covers(box: _Box, text: _Lettering, *, is_dark: bool) -> bool:
    if not box.meets(text.box, min(_TOUCH_PT, box.thickness / 2)):
        return False
    is_underline = is_dark and box.top - box.bottom <= _LINE_PT and box.top <= text.baseline + _TOUCH_PT
    return not is_underline


def _reach(drawn: pdfium.PdfObject, whole: _Box) -> list[_Box]:
    """Return boxes that hold all that ``drawn`` paints: of a frame its sides, of nothing painted none."""
    if drawn.type != pdfium_c.FPDF_PAGEOBJ_PATH:
        return [whole]
    mode, stroke = ctypes.c_int(), pdfium_c.FPDF_BOOL()
    pdfium_c.FPDFPath_GetDrawMode(drawn.raw, mode, stroke)
    if mode.value != pdfium_c.FPDF_FILLMODE_NONE:
        return [whole]
    return (_sides(drawn) or [whole]) if stroke.value else []


def _sides(drawn: pdfium.PdfObject) -> list[_Box]:
    """Return a box for each side of a stroked path; none if one is neither level nor upright, or they are many."""
    lines = list(itertools.islice(_lines(drawn), _MAX_SEGMENTS + 1))
    if len(lines) > _MAX_SEGMENTS or any(a[0] != b[0] and a[1] != b[1] for a, b in lines):
        return []
    matrix, width = drawn.get_matrix(), ctypes.c_float()
    pdfium_c.FPDFPageObj_GetStrokeWidth(drawn.raw, width)
    half = width.value / 2
    return [
        _Box(
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


def _is_transparent(drawn: pdfium.PdfObject) -> bool:
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


def _from_middle(top: int, bottom: int) -> Iterator[int]:
    middle = (top + bottom) // 2
    yield from range(middle, bottom)
    yield from range(top, middle)
