"""The bytes of one signature: what its byte range covers, and that nothing but its container is left out."""

import re
from dataclasses import dataclass
from typing import Final

from asn1crypto import parser

from pkdocs.verification.foreign.fault import InspectionError
from pkdocs.verification.foreign.keys import digest_of

_BLANK: Final = b"\0\t\n\f\r \x1a"
_HEXADECIMAL: Final = re.compile(rb"<([0-9A-Fa-f\0\t\n\f\r ]*)>")
_MAX_TAIL: Final = 1024
_ONCE: Final = (rb"/ByteRange\b", rb"/Contents\b")


@dataclass(frozen=True, slots=True)
class Range:
    """A byte range that leaves out exactly ``pdf[opening:closing]``, the container, and ends at ``end``."""

    opening: int
    closing: int
    end: int

    def digest(self, pdf: bytes, name: str) -> bytes:
        """Return the digest of what it covers."""
        whole = memoryview(pdf)
        return digest_of(name, [whole[: self.opening], whole[self.closing : self.end]])

    def is_whole(self, pdf: bytes) -> bool:
        """Tell whether nothing but white space follows it."""
        return not pdf[self.end :].strip(_BLANK)


def read_range(pdf: bytes, numbers: object, container: bytes) -> Range:
    """Return the byte range of ``numbers``, whose gap must be the hexadecimal string ``container`` and no byte more.

    ISO 32000-2, 12.8.1. A gap that held anything else could hold another document.

    Raises:
        InspectionError: it is not exact, ends within a revision, or the container holds more than signature and zeros.
    """
    match numbers:
        case [int(start), int(opening), int(closing), int(rest)]:
            end = closing + rest
        case _:
            raise InspectionError.broken("INSPECT_BYTE_RANGE")
    if start != 0 or not 0 < opening < closing < end <= len(pdf):
        raise InspectionError.broken("INSPECT_BYTE_RANGE")
    if pdf[opening - 1 : opening] == b"<" and pdf[closing : closing + 1] == b">":
        # its brackets are covered too, as some signers do it
        opening, closing = opening - 1, closing + 1
        inner = 1
    else:
        inner = 0
    written = _HEXADECIMAL.fullmatch(pdf[opening:closing])
    if written is None or _decoded(written[1]) != container:
        raise InspectionError.broken("INSPECT_GAP")
    covered = Range(opening + inner, closing - inner, end)
    if not covered.is_whole(pdf) and not _ends_revision(pdf, end):
        raise InspectionError.broken("INSPECT_PART")
    if not is_padded_with_zeros(container):
        raise InspectionError.unclear("INSPECT_PADDING")
    return covered


def demand_alone(pdf: bytes, start: int, covered: Range) -> None:
    """Demand that the signature's dictionary, in the object at ``start``, stands around the gap and says all once.

    Raises:
        InspectionError: it stands elsewhere, so that it may say what was never signed, or it could be read in two ways.
    """
    ending = pdf.find(b"endobj", covered.closing)
    around = pdf[start : covered.opening], pdf[covered.closing : ending]
    if not 0 <= start < covered.opening or ending < 0 or b"endobj" in around[0]:
        raise InspectionError.broken("INSPECT_OUTSIDE")
    if any(sum(len(re.findall(key, part)) for part in around) != 1 for key in _ONCE):
        raise InspectionError.unclear("INSPECT_TWO_READINGS")


def is_padded_with_zeros(container: bytes) -> bool:
    """Tell whether behind the signature's own bytes the container holds zeros alone."""
    return not container[parser.peek(container) :].strip(b"\0")


def _decoded(written: bytes) -> bytes:
    digits = written.translate(None, _BLANK)
    # an odd last digit counts as if a zero followed it (ISO 32000-2, 7.3.4.3)
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))


def _ends_revision(pdf: bytes, end: int) -> bool:
    return pdf[max(0, end - _MAX_TAIL) : end].rstrip(_BLANK).endswith(b"%%EOF")
