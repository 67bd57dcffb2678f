"""The pixels of a page: where there is ink."""

from typing import Final

import pypdfium2 as pdfium

from pkdocs.verification.shapes import Box

_SCALE: Final = 2.0
"""Pixels for a point: 144 to the inch, at which the modules of the QR code are told apart."""

_LEAST_CONTRAST: Final = 48
_DARK, _LIGHT, _BETWEEN = range(3)
_SHADES: Final = bytes(
    _DARK if grey < 128 - _LEAST_CONTRAST // 2 else _LIGHT if grey >= 128 + _LEAST_CONTRAST // 2 else _BETWEEN
    for grey in range(256)
)
"""Each grey's shade; dark and light differ by the contrast at least."""


class Ink:
    """One page as drawn, in greys."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        self._rows = page.get_height() * _SCALE
        bitmap = page.render(scale=_SCALE, grayscale=True)
        self._pixels = bytes(bitmap.buffer)
        self._height, self._stride = bitmap.height, bitmap.stride

    @property
    def image(self) -> memoryview:
        """The pixels, row by row from the top."""
        return memoryview(self._pixels).cast("B", (self._height, self._stride))

    def is_along(self, left: float, bottom: float, right: float, top: float) -> bool:
        """Tell whether there is ink on the row of pixels through the middle of a box, a point or more off the edges.

        That is enough for :meth:`is_in`; nearly every letter has it, and it is quick.
        """
        row = int(self._rows - (bottom + top) * (_SCALE / 2)) * self._stride
        return _is_plain(self._pixels[row + int(left * _SCALE) - 1 : row + int(right * _SCALE) + 2])

    def is_in(self, box: Box) -> bool:
        """Tell whether anything is drawn in a box of the page, or a pixel around it: light beside dark."""
        left, right = max(int(box.left * _SCALE) - 1, 0), min(int(box.right * _SCALE) + 2, self._stride)
        top = max(int(self._rows - box.top * _SCALE) - 1, 0)
        bottom = min(int(self._rows - box.bottom * _SCALE) + 2, self._height)
        rows = range(top * self._stride, bottom * self._stride, self._stride)
        pixels = b"".join([self._pixels[row + left : row + right] for row in rows])
        return _is_plain(pixels) or max(pixels, default=0) - min(pixels, default=0) >= _LEAST_CONTRAST


def _is_plain(pixels: bytes) -> bool:
    """Tell whether some pixels are dark and some light: then they differ by the contrast, which is slower to find."""
    shades = pixels.translate(_SHADES)
    return _DARK in shades and _LIGHT in shades
