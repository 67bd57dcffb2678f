"""Where the container of a signature or timestamp stands in its revision, and the DER in it (ISO 32000-2, 12.8.1)."""

from typing import Final

from pkdocs.verification.layout import Layout
from pkdocs.verification.syntax import PdfSyntaxError, entry_spans

MAX_CMS_BYTES: Final = 1_000_000


def gap_of(layout: Layout, index: int, number: int) -> tuple[int, int] | None:
    """Return where /Contents stands, if /ByteRange is everything else up to the revision's end, exactly."""
    revision = layout.revisions[index]
    start, _ = revision.spans[number]
    try:
        spans = entry_spans(layout.data, layout.data.index(b"obj", start) + len(b"obj"))
    except PdfSyntaxError:
        return None
    named = revision.objects[number].get("ByteRange")
    if "Contents" not in spans or not isinstance(named, list) or any(type(entry) is not int for entry in named):
        return None
    opening, closing = spans["Contents"]
    exact = [0, opening, closing, revision.end - closing]
    return (opening, closing) if named == exact and layout.data[opening : opening + 1] == b"<" else None


def container_of(written: bytes) -> bytes | None:
    """Return the DER in the hexadecimal digits of /Contents, if nothing but zeros follows it.

    One spelling only: digits in mixed case could be changed without a trace.
    """
    if written not in {written.lower(), written.upper()} or not 4 <= len(written) <= 2 * MAX_CMS_BYTES:
        return None
    data = bytes.fromhex(written.decode("ascii"))
    length = _der_length(data)
    return None if length is None or data[length:].strip(b"\0") else data[:length]


def _der_length(data: bytes) -> int | None:
    """Return the length of the DER SEQUENCE that ``data`` begins with."""
    if data[0] != 0x30:
        return None
    if data[1] < 0x80:
        return 2 + data[1]
    count = data[1] & 0x7F
    if not 1 <= count <= 4 or len(data) < 2 + count:
        return None
    length = 2 + count + int.from_bytes(data[2 : 2 + count])
    return length if length <= len(data) else None


