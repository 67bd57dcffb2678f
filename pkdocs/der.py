"""DER as far as pkdocs writes it and takes it apart itself (ITU-T X.690): tag, length, contents."""

from datetime import UTC, datetime
from typing import Final

from asn1crypto.core import Integer, ObjectIdentifier

INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTETS: Final = 0x04
ENUMERATED: Final = 0x0A
GENERALIZED_TIME: Final = 0x18
SEQUENCE: Final = 0x30
SET: Final = 0x31

UNREADABLE: Final = (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)
"""What asn1crypto raises on bytes that are not what they should be; some only when they are looked at."""


def encode(tag: int, *parts: bytes) -> bytes:
    """Return one value: ``parts`` are its contents, one after the other."""
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes((tag, len(body))) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(length))) + length + body


def context(number: int, *parts: bytes, constructed: bool = True) -> bytes:
    """Return a value with the context-specific tag ``number``."""
    return encode(0x80 | (0x20 if constructed else 0) | number, *parts)


def retag(tag: int, encoded: bytes) -> bytes:
    """Return the same value under another tag (implicit tagging)."""
    return bytes((tag,)) + encoded[1:]


def identifier(dotted: str) -> bytes:
    """Return an object identifier; its arcs may be of any size."""
    encoded: bytes = ObjectIdentifier(dotted).dump()
    return encoded


def integer(value: int) -> bytes:
    """Return an INTEGER."""
    encoded: bytes = Integer(value).dump()
    return encoded


def bits(data: bytes) -> bytes:
    """Return a BIT STRING of whole bytes."""
    return encode(BIT_STRING, b"\0", data)


def moment(at: datetime) -> bytes:
    """Return a GeneralizedTime in UTC, cut to whole seconds."""
    return encode(GENERALIZED_TIME, f"{at.astimezone(UTC):%Y%m%d%H%M%SZ}".encode("ascii"))


def values(encoded: bytes) -> list[bytes]:
    """Return the values in a constructed value, each with its tag; what follows that value is left out.

    Whether lengths are written as short as DER demands is not asked.

    Raises:
        ValueError: something ends too early, or has a tag of several bytes or no definite length.
    """
    start, end = _contents(encoded, 0)
    found = []
    while start < end:
        # nearly all are short, and say so in one byte
        is_short = start + 2 <= end and encoded[start] & 0x1F != 0x1F and encoded[start + 1] < 0x80
        after = start + 2 + encoded[start + 1] if is_short else _contents(encoded, start)[1]
        found.append(encoded[start:after])
        start = after
    if start != end:
        raise ValueError("a value that ends too late")
    return found


def contents(encoded: bytes) -> bytes:
    """Return what a value holds.

    Raises:
        ValueError: as ``values``.
    """
    start, end = _contents(encoded, 0)
    return encoded[start:end]


def _contents(data: bytes, start: int) -> tuple[int, int]:
    """Return where the contents of the value at ``start`` begin and end."""
    if len(data) < start + 2 or data[start] & 0x1F == 0x1F or data[start + 1] == 0x80:
        raise ValueError("no value")
    length, begin = data[start + 1], start + 2
    if length > 0x80:
        begin += length & 0x7F
        length = int.from_bytes(data[start + 2 : begin])
    if begin + length > len(data):
        raise ValueError("a value that ends too early")
    return begin, begin + length


NULL: Final = b"\x05\x00"
SHA256: Final = encode(SEQUENCE, identifier("2.16.840.1.101.3.4.2.1"))
"""The digest's algorithm, without parameters (RFC 5754, 2)."""
ECDSA_SHA256: Final = encode(SEQUENCE, identifier("1.2.840.10045.4.3.2"))
RSA_SHA256: Final = encode(SEQUENCE, identifier("1.2.840.113549.1.1.11"), NULL)
