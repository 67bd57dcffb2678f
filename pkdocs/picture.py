"""PDF pages as PNG pictures, for people to look at; nothing is judged by them."""

from collections.abc import Iterator
from typing import Final

import pypdfium2 as pdfium

from pkdocs.png import Pixels, png

DPI: Final = 100
_POINTS: Final = 72
_CHANNELS: Final = 3


def draw_pages(pdf: bytes, *, dpi: int = DPI) -> Iterator[bytes]:
    """Yield each page of ``pdf`` as a PNG picture.

    Raises:
        PdfiumError: no PDF; give only files made here.
    """
    with pdfium.PdfDocument(pdf) as document:
        for page in document:
            bitmap = page.render(scale=dpi / _POINTS, rev_byteorder=True)
            pixels, length = bytes(bitmap.buffer), bitmap.width * _CHANNELS
            starts = range(0, bitmap.height * bitmap.stride, bitmap.stride)
            rows = (pixels[start : start + length] for start in starts)
            yield png(bitmap.width, bitmap.height, Pixels.TRUECOLOUR, rows)
