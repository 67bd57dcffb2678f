"""The QR code on a page (ISO/IEC 18004), as a picture."""

from typing import Final

import zxingcpp

from pkdocs.png import Pixels, png

SCALE: Final = 4
"""Pixels for each module, so that no viewer smooths them away: one hexadecimal digit of a row."""
_QUIET: Final = 4
"""Modules that stay white around the code (clause 9.1)."""
_LEVEL: Final = "M"
"""Error correction: 15 % of the code may be unreadable."""


def qr_png(text: str) -> bytes:
    """Return the QR code of ``text`` as a PNG picture."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=_LEVEL)
    # two digits for each byte, which is one module, black or white
    digits = bytes(code.to_image(scale=1, add_quiet_zones=False)).hex()[::2]  # type: ignore[call-overload]  # a buffer
    size = round(len(digits) ** 0.5)
    blank, margin = "f" * (size + 2 * _QUIET), "f" * _QUIET
    lines = [margin + digits[start : start + size] + margin for start in range(0, len(digits), size)]
    rows = [_packed(line) for line in [blank] * _QUIET + lines + [blank] * _QUIET for _ in range(SCALE)]
    return png(len(blank) * SCALE, len(blank) * SCALE, Pixels.BLACK_AND_WHITE, rows)


def _packed(line: str) -> bytes:
    return bytes.fromhex(line + "0" * (len(line) % 2))
