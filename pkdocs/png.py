"""PNG pictures from rows of pixels (ISO/IEC 15948), without any chunk that a picture can do without."""

import struct
import zlib
from collections.abc import Iterable
from enum import Enum


class Pixels(Enum):
    """Depth and colour type of the pixels (11.2.2)."""

    BLACK_AND_WHITE = 1, 0
    TRUECOLOUR = 8, 2


def png(width: int, height: int, pixels: Pixels, rows: Iterable[bytes]) -> bytes:
    """Return a picture; each row is packed as ``pixels`` says, from the left, the last byte filled up.

    The same rows give the same bytes, with one version of zlib.
    """
    # the only methods of compression and interlace, and no filter
    head = struct.pack(">II5B", width, height, *pixels.value, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
