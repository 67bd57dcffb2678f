"""One entry of an archive: where it lies, and what is in it, read within its own limits."""

import os
import stat
import zlib
from dataclasses import dataclass
from typing import BinaryIO, Final

from pkdocs.archive.refusal import ArchiveError, Refusal, unread

STORED: Final = 0
DEFLATED: Final = 8

_ENCRYPTED: Final = 0x2041
"""Any encryption, strong encryption, masked headers (APPNOTE, 4.4.4)."""
_UNIX: Final = frozenset({3, 19})
"""Whose external attributes have the kind of file: Unix and macOS."""
_DOS_FOLDER: Final = 0x10
_SMALL: Final = 65_536
_RAW: Final = -zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder in an archive; its packed bytes begin at ``start``. Picklable, and small."""

    name: str
    is_folder: bool
    method: int
    flags: int
    system: int
    attributes: int
    crc: int
    packed: int
    size: int
    start: int

    @property
    def refusal(self) -> Refusal | None:
        """Why it is not read, as far as its headers tell; None if it is."""
        kind = stat.S_IFMT(self.attributes >> 16) if self.system in _UNIX else 0
        if kind not in {0, stat.S_IFREG} or (self.attributes & _DOS_FOLDER and not self.is_folder):
            return unread("ZIP_LINK")
        if self.flags & _ENCRYPTED:
            return unread("ZIP_ENCRYPTED")
        return unread("ZIP_METHOD") if self.method not in {STORED, DEFLATED} else None


def read_entry(archive: BinaryIO, entry: Entry, *, limit: int) -> bytes:
    """Return what the entry holds: exactly as much as it says, with its checksum.

    Raises:
        ArchiveError: it is not read, is larger than ``limit``, or damaged.
        OSError: the file cannot be read.
    """
    if entry.refusal:
        raise ArchiveError(entry.refusal)
    # packing makes nothing larger than by some bytes in a thousand
    if entry.size > limit or entry.packed > limit + limit // 100 + 1000:
        raise ArchiveError(unread("ZIP_ENTRY_LARGE"))
    packed = os.pread(archive.fileno(), entry.packed, entry.start)
    data = packed if entry.method == STORED else _inflate(packed, entry.size)
    if len(packed) != entry.packed or len(data) != entry.size or zlib.crc32(data) != entry.crc:
        raise ArchiveError(unread("ZIP_DAMAGED"))
    return data


def _inflate(packed: bytes, size: int) -> bytes:
    """Return ``size`` bytes that ``packed`` is, to its last byte."""
    stream = zlib.decompressobj(_RAW)
    try:
        data = stream.decompress(packed, size + 1)
    except zlib.error as fault:
        raise ArchiveError(unread("ZIP_DAMAGED")) from fault
    if not stream.eof or stream.unused_data:
        raise ArchiveError(unread("ZIP_DAMAGED"))
    return data


def read_beginning(archive: BinaryIO, entry: Entry, count: int) -> bytes:
    """Return the first ``count`` bytes of what the entry holds, fewer where that cannot be read; cheap, unchecked."""
    if entry.refusal:
        return b""
    packed = os.pread(archive.fileno(), min(entry.packed, _SMALL), entry.start)
    try:
        return packed[:count] if entry.method == STORED else zlib.decompressobj(_RAW).decompress(packed, count)
    except zlib.error:
        return b""
