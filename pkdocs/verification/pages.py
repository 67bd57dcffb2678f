"""What a reader of the pages sees: their text, whether any of it is hidden, and the QR codes.

The only module that knows pdfium and ZXing. It shows pages as they are drawn; what a glyph looks like is
not compared with the character that it stands for.
"""

import ctypes
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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
_LEAST_HEIGHT_PT: Final = 3.0
_LEAST_CONTRAST: Final = 48
_OVERLAP_PT: Final = 1.5
_MAX_FORMS: Final = 4
_COVERING: Final = frozenset({pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_SHADING, pdfium_c.FPDF_PAGEOBJ_FORM})
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
    def is_thin(self) -> bool:
        """Too thin to cover a letter: a line or border."""
        return min(self.right - self.left, self.top - self.bottom) < _OVERLAP_PT

    def holds_centre_of(self, other: "_Box") -> bool:
        """Tell whether the middle of ``other`` lies inside."""
        across, up = (other.left + other.right) / 2, (other.bottom + other.top) / 2
        return self.left < across < self.right and self.bottom < up < self.top

    def covers(self, other: "_Box") -> bool:
        """Tell whether the two overlap by more than borders and descenders do."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.top, other.top) - max(self.bottom, other.bottom)
        return width > _OVERLAP_PT and height > _OVERLAP_PT


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
            texts.append(looked.text)
            codes.extend(looked.codes())
            findings.extend(
                find("PAGE_TEXT_HIDDEN", Step.CONTENT, Weight.FAIL, sub=Sub.FORMAT_FAILURE, page=number, what=what)
                for what in sorted(set(looked.hidden()))
            )
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
        self.text = self._text.get_text_range().replace(_HYPHEN_AT_LINE_END, "-") if self._count else ""
        bitmap = page.render(scale=_SCALE, grayscale=True)
        self._pixels = bytes(bitmap.buffer)
        self._shape = (bitmap.height, bitmap.stride)

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
        texts: list[_Box] = []
        for drawn in self._page.get_objects(max_depth=_MAX_FORMS):
            is_text = drawn.type == pdfium_c.FPDF_PAGEOBJ_TEXT
            if is_text and pdfium_c.FPDFTextObj_GetTextRenderMode(drawn.raw) in _INVISIBLE_MODES:
                yield "render mode"
            # what is inside a form is measured in the form's space, and covers no more than the form
            if drawn.level == 0:
                box = _Box(*drawn.get_bounds())
                if is_text:
                    texts.append(box)
                elif not box.is_thin and _is_opaque(drawn) and any(box.covers(text) for text in texts):
                    yield "covered"
        yield from ("overprinted" for _ in _overlaps(texts))

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
        """Tell whether the whole line of the character is too low to read, and not just a full stop."""
        box = pdfium_c.FS_RECTF()
        found = pdfium_c.FPDFText_GetLooseCharBox(self._text.raw, index, box)
        return not found or bool(box.top - box.bottom < _LEAST_HEIGHT_PT)

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


def _overlaps(boxes: list[_Box]) -> Iterator[_Box]:
    """Yield boxes that overlap one below their upper edge; line by line, so that it stays quick."""
    ordered = sorted(boxes, key=lambda box: -box.top)
    for index, box in enumerate(ordered):
        for other in itertools.islice(ordered, index + 1, None):
            if other.top <= box.bottom + _OVERLAP_PT:
                break
            if box.covers(other):
                yield other


def _from_middle(top: int, bottom: int) -> Iterator[int]:
    middle = (top + bottom) // 2
    yield from range(middle, bottom)
    yield from range(top, middle)


def _is_opaque(drawn: pdfium.PdfObject) -> bool:
    if drawn.type == pdfium_c.FPDF_PAGEOBJ_PATH:
        mode, stroke = ctypes.c_int(), pdfium_c.FPDF_BOOL()
        pdfium_c.FPDFPath_GetDrawMode(drawn.raw, mode, stroke)
        return bool(mode.value != pdfium_c.FPDF_FILLMODE_NONE)
    return bool(drawn.type in _COVERING)
