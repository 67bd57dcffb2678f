"""What a reader of the pages sees: their text, whether any of it is hidden, and the QR codes.

It shows pages as they are drawn by pdfium; what a glyph looks like is not compared with the character that it
stands for.
"""

import ctypes
import math
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import zxingcpp

from pkdocs.messages import Said
from pkdocs.verification.finding import Finding, Step, Sub, Weight, find
from pkdocs.verification.form import Slot
from pkdocs.verification.ink import Ink
from pkdocs.verification.shapes import (
    LETTERS_TOUCH_PT,
    Box,
    Lettering,
    do_letters_meet,
    does_hide,
    is_transparent,
    overlapping,
)

MAX_CHARACTERS: Final = 2_000_000
_HYPHEN_AT_LINE_END: Final = "\ufffe"
"""What pdfium gives for a hyphen that it takes for a word's division."""
_HYPHEN_IN_LINE: Final = "\x02"
"""The same, of a single character."""

_SAME_LINE_PT: Final = 1.0
_LEAST_HEIGHT_PT: Final = 3.0
_INSET_PT: Final = 1.0
_MAX_FORMS: Final = 10
_MAX_COMPARED: Final = 5_000_000
_MAX_INSETS: Final = 1_000

_INVISIBLE_MODES: Final = frozenset({pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP})

# without the types of their arguments calls take a third of the time, and there is one for each character
_QUICK: Final = ctypes.PYFUNCTYPE(ctypes.c_uint)
_BOX: Final = _QUICK(ctypes.cast(pdfium_c.FPDFText_GetCharBox, ctypes.c_void_p).value or 0)
_UNICODE: Final = _QUICK(ctypes.cast(pdfium_c.FPDFText_GetUnicode, ctypes.c_void_p).value or 0)
_EDGES: Final = struct.Struct("4d").unpack

_QR_CODES: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of all pages in the order in which it is drawn, form feeds between pages, and every QR code's text."""

    text: str
    codes: tuple[str, ...]


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
            looked = _Page(page, [Box(*slot[1:]) for slot in slots if slot.page == number - 1])
            findings.extend(
                find(
                    "PAGE_TEXT_HIDDEN", Step.CONTENT, Weight.FAIL, sub=Sub.FORMAT_FAILURE, page=number, what=Said(code)
                )
                for code in sorted(set(looked.hidden()))
            )
            texts.append(looked.read())
            codes.extend(looked.codes())
    finally:
        document.close()
    return Reading("\f".join(texts), tuple(codes)), tuple(findings)


class _Page:
    """One page as drawn."""

    def __init__(self, page: pdfium.PdfPage, slots: list[Box]) -> None:
        self._page = page
        self._slots = slots
        self._width, self._height = page.get_size()
        self._text = page.get_textpage()
        self._characters = ctypes.cast(self._text.raw, ctypes.c_void_p)
        self._count = min(self._text.count_chars(), MAX_CHARACTERS)
        self._insets: list[tuple[Lettering, Lettering]] = []
        self._ink = Ink(page)

    def read(self) -> str:
        """Return the text as it is drawn, each letter of another font in its place on the line; after ``hidden``."""
        if not self._insets:
            return self._text.get_text_range().replace(_HYPHEN_AT_LINE_END, "-") if self._count else ""
        letters = [self._letter(index) for index in range(self._count)]
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

    def _place(self, host: Lettering, across: float) -> int | None:
        """Return the index of the letter of ``host`` that follows ``across`` on its line; None if none does."""
        following = (index for index, box in self._glyphs.get(host.address, ()) if box.left >= across)
        return next(following, None)

    def codes(self) -> Iterator[str]:
        """Yield the text of every QR code, as cameras read them.

        Micro QR and rMQR are left out: a few modules are enough for them, so an ordinary page now and then seems to
        bear one of some digits.
        """
        for code in zxingcpp.read_barcodes(self._ink.image, formats=_QR_CODES):
            yield code.text

    def hidden(self) -> Iterator[str]:
        """Yield how text is hidden, as codes of the message's words."""
        yield from self._hidden_objects()
        yield from self._hidden_characters()

    def _hidden_objects(self) -> Iterator[str]:
        texts: list[Lettering] = []
        compared = 0
        for drawn in self._page.get_objects(max_depth=_MAX_FORMS):
            if drawn.type != pdfium_c.FPDF_PAGEOBJ_TEXT:
                # what is inside a form covers no more than the form
                compared += len(texts)
                if compared > _MAX_COMPARED:
                    yield "HIDDEN_TOO_MUCH"
                    return
                if drawn.level == 0 and does_hide(drawn, texts):
                    yield "HIDDEN_COVERED"
                continue
            if pdfium_c.FPDFTextObj_GetTextRenderMode(drawn.raw) in _INVISIBLE_MODES:
                yield "HIDDEN_INVISIBLE"
            if is_transparent(drawn):
                yield "HIDDEN_TRANSPARENT"
            # measured in the form's own space, it could not be told what covers it; LibreOffice writes none
            if drawn.level > 0:
                yield "HIDDEN_IN_FORM"
            texts.append(Lettering(Box(*drawn.get_bounds()), drawn))
        yield from self._overprints(texts)

    def _overprints(self, texts: Sequence[Lettering]) -> Iterator[str]:
        """Yield if letters meet; else remember which objects stand in gaps of others."""
        for count, (text, other) in enumerate(overlapping(texts)):
            if count > _MAX_INSETS or do_letters_meet(self._letters(text), self._letters(other)):
                yield "HIDDEN_OVERPRINTED"
                return
            if abs(text.baseline - other.baseline) < _SAME_LINE_PT:
                self._insets.append((text, other))

    def _letters(self, text: Lettering) -> list[Box]:
        """Return the boxes of the letters of ``text``: its whole box where pdfium left out the first or the last."""
        # the box of a space is made up, but lies outside of the ink at either end
        boxes = [box.within(text.box) for _, box in self._glyphs.get(text.address, ())]
        ends = (min((box.left for box in boxes), default=0), max((box.right for box in boxes), default=0))
        if max(abs(ends[0] - text.box.left), abs(ends[1] - text.box.right)) > LETTERS_TOUCH_PT:
            return [text.box]
        return boxes

    @cached_property
    def _glyphs(self) -> dict[int, list[tuple[int, Box]]]:
        """The characters of each text object, their index and box, by the object's address."""
        glyphs: dict[int, list[tuple[int, Box]]] = {}
        for index, (left, right, bottom, top) in self._boxes():
            drawn = pdfium_c.FPDFText_GetTextObject(self._text.raw, index)
            if drawn and not pdfium_c.FPDFText_IsGenerated(self._text.raw, index):
                glyphs.setdefault(ctypes.addressof(drawn.contents), []).append((index, Box(left, bottom, right, top)))
        return glyphs

    def _letter(self, index: int) -> str:
        return chr(_UNICODE(self._characters, index))

    def _hidden_characters(self) -> Iterator[str]:
        lowest = max([slot.top for slot in self._slots] + [_INSET_PT])
        rightmost, highest = self._width - _INSET_PT, self._height - _INSET_PT
        for index, (left, right, bottom, top) in self._boxes():
            # nothing can be wrong with what is large, well inside, above all slots and inked: nearly every letter
            if (
                left >= _INSET_PT
                and bottom >= lowest
                and right <= rightmost
                and top <= highest
                and top - bottom >= _LEAST_HEIGHT_PT
                and self._ink.is_along(left, bottom, right, top)
            ):
                continue
            if not self._letter(index).isspace():
                yield from self._hidden_character(index, Box(left, bottom, right, top))

    def _hidden_character(self, index: int, box: Box) -> Iterator[str]:
        if box.left < 0 or box.bottom < 0 or box.right > self._width or box.top > self._height:
            yield "HIDDEN_OFF_PAGE"
        elif not self._ink.is_in(box):
            yield "HIDDEN_WITHOUT_INK"
        elif box.top - box.bottom < _LEAST_HEIGHT_PT and self._is_tiny(index):
            yield "HIDDEN_TINY"
        elif any(slot.holds_centre_of(box) for slot in self._slots):
            yield "HIDDEN_UNDER_SIGNATURE"

    def _boxes(self) -> Iterator[tuple[int, tuple[float, ...]]]:
        """Yield the index of each character that has a box, and the box: left, right, bottom, top."""
        edges = (ctypes.c_double * 4)()
        left, right, bottom, top = (ctypes.byref(edges, place * ctypes.sizeof(ctypes.c_double)) for place in range(4))
        for index in range(self._count):
            if _BOX(self._characters, index, left, right, bottom, top):
                yield index, _EDGES(edges)

    def _is_tiny(self, index: int) -> bool:
        """Tell whether the character is set too small to read, and is not just a full stop.

        By its font size: LibreOffice writes fonts without ascent, so their boxes say nothing of the line's height.
        """
        matrix = pdfium_c.FS_MATRIX()
        if not pdfium_c.FPDFText_GetMatrix(self._text.raw, index, matrix):
            return True
        size = pdfium_c.FPDFText_GetFontSize(self._text.raw, index)
        return bool(size * math.hypot(matrix.c, matrix.d) < _LEAST_HEIGHT_PT)
