"""Which codes on a page count: those that cameras read."""

import segno
import zxingcpp

from pkdocs.verification.pages import _QR_CODES


def read(code: segno.QRCode, formats: object) -> list[str]:
    rows = [bytes(0 if dark else 255 for dark in row) for row in code.matrix_iter(scale=4, border=4)]
    image = memoryview(b"".join(rows)).cast("B", (len(rows), len(rows[0])))
    return [found.text for found in zxingcpp.read_barcodes(image, formats=formats)]


def test_a_qr_code_is_read() -> None:
    assert read(segno.make("pkdocs:PK-2026-SETDA-1/ABC", micro=False), _QR_CODES) == ["pkdocs:PK-2026-SETDA-1/ABC"]


def test_a_micro_code_which_a_page_may_seem_to_bear_by_chance_does_not_count() -> None:
    code = segno.make("853", micro=True)
    assert read(code, zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.MicroQRCode)) == ["853"]
    assert read(code, _QR_CODES) == []
