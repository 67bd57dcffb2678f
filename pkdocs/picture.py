"""PDF pages as PNG pictures, for people to look at; nothing is judged by them."""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

import pypdfium2 as pdfium

DPI: Final = 100
_POINTS: Final = 72
_CHANNELS: Final = 3
_TRUECOLOUR: Final = (8, 2, 0, 0, 0)
"""Depth, colour type, and the only compression, filter and interlace methods (PNG, 11.2.2)."""


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
            rows = b"".join(b"\0" + pixels[start : start + length] for start in starts)
            yield _png(bitmap.width, bitmap.height, rows)


def _png(width: int, height: int, filtered: bytes) -> bytes:
    head = struct.pack(">II5B", width, height, *_TRUECOLOUR)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(filtered)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, *zip(*chunks, strict=True)))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
