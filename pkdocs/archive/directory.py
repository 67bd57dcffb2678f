"""The directory of an archive, which must say of every byte what it is (APPNOTE 6.3.10, 4.3).

Entries lie one behind the other from the first byte to the directory, the directory up to the end. So there is nothing
before, between or behind them, no two share bytes (which is how small files unpack to large ones), and readers that go
from the front find the same as those that begin at the end.
"""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import BinaryIO, Final

from pkdocs.archive.entry import Entry
from pkdocs.archive.names import decode_name, demand_apart, demand_plain
from pkdocs.archive.refusal import beyond, unsound

MAX_ARCHIVE_BYTES: Final = 4_000_000_000
"""Larger ones need ZIP64, which is not read."""
MAX_TOTAL_BYTES: Final = 16_000_000_000
MAX_RATIO: Final = 100
"""Of what all entries hold to the archive's size; signed PDFs are packed to a third at best."""
_MAX_DIRECTORY_BYTES: Final = 64_000_000

_END: Final = struct.Struct("<4s4H2IH")
_CENTRAL: Final = struct.Struct("<4s6H3I5H2I")
_LOCAL: Final = struct.Struct("<4s5H3I2H")
_SIZES: Final = struct.Struct("<3I")
_END_SIGNATURE, _CENTRAL_SIGNATURE, _LOCAL_SIGNATURE = b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"
_DESCRIPTOR_SIGNATURE: Final = b"PK\x07\x08"
_MOST_COMMENT: Final = 0xFFFF
_IN_ZIP64: Final = 0xFFFFFFFF
_NEWEST, _VERSION = 63, 0xFF
"""The version of the format (6.3) that an entry may need, in the lower byte."""
_HAS_DESCRIPTOR: Final = 0x0008
_PACKING: Final = 0x0006
"""How hard was packed; an entry and the directory may differ in that."""


@dataclass(frozen=True, slots=True)
class _End:
    """The directory as the end of the file has it: how many entries, where, and how long."""

    count: int
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class _Listed:
    """An entry as the directory has it; ``offset`` is where its own header stands, ``raw`` its name as written."""

    entry: Entry
    raw: bytes
    offset: int


def read_directory(archive: BinaryIO) -> tuple[Entry, ...]:
    """Return what is in the archive, in the directory's order; nothing is unpacked.

    Raises:
        ArchiveError: it is no archive, is unsound or beyond a limit, or has names that unpackers take differently.
        OSError: the file cannot be read.
    """
    size = os.fstat(archive.fileno()).st_size
    if size > MAX_ARCHIVE_BYTES:
        raise beyond("ZIP_TOO_LARGE", MAX_ARCHIVE_BYTES)
    end = _read_end(archive, size)
    listed = tuple(_read_listed(_read(archive, end.start, end.length), end.count))
    entries = tuple(_located(archive, listed, end.start))
    _demand_within_limits(entries, size)
    for entry in entries:
        demand_plain(entry.name)
    demand_apart((entry.name, entry.is_folder) for entry in entries)
    return entries


def _read(archive: BinaryIO, start: int, length: int) -> bytes:
    data = os.pread(archive.fileno(), length, start)
    if len(data) != length:
        raise unsound("ZIP_CUT")
    return data


def _read_end(archive: BinaryIO, size: int) -> _End:
    """Return what the end of the file says; it must be the last that looks like one, and fit to the last byte."""
    length = min(size, _END.size + _MOST_COMMENT)
    tail = _read(archive, size - length, length)
    place = tail.rfind(_END_SIGNATURE)
    if place < 0 or place + _END.size > length:
        raise unsound("ZIP_CUT")
    _, disk, first_disk, here, count, directory, start, comment = _END.unpack_from(tail, place)
    if place + _END.size + comment != length:
        raise unsound("ZIP_LOOSE")
    if _IN_ZIP64 in {directory, start} or _MOST_COMMENT in {here, count}:
        raise unsound("ZIP_64")
    if disk or first_disk or here != count:
        raise unsound("ZIP_VOLUMES")
    if start + directory != size - length + place:
        raise unsound("ZIP_LOOSE")
    if directory > _MAX_DIRECTORY_BYTES:
        raise beyond("ZIP_TOO_MANY", _MAX_DIRECTORY_BYTES)
    return _End(count, start, directory)


def _read_listed(directory: bytes, count: int) -> Iterator[_Listed]:
    place = 0
    for _ in range(count):
        if place + _CENTRAL.size > len(directory):
            raise unsound("ZIP_CUT")
        (
            signature, made, needed, flags, method, _time, _date, crc, packed, size,
            name_length, extra_length, comment_length, disk, _internal, attributes, offset,
        ) = _CENTRAL.unpack_from(directory, place)  # fmt: skip
        begin = place + _CENTRAL.size
        raw = directory[begin : begin + name_length]
        extra = directory[begin + name_length : begin + name_length + extra_length]
        place = begin + name_length + extra_length + comment_length
        if signature != _CENTRAL_SIGNATURE or place > len(directory):
            raise unsound("ZIP_CUT")
        if disk:
            raise unsound("ZIP_VOLUMES")
        if needed & _VERSION > _NEWEST:
            raise unsound("ZIP_NEWER")
        if _IN_ZIP64 in {packed, size, offset}:
            raise unsound("ZIP_64")
        name = decode_name(raw, flags, extra)
        is_folder = name.endswith("/")
        if is_folder and size:
            raise unsound("ZIP_TWO_WAYS")
        entry = Entry(
            name.removesuffix("/"), is_folder, method, flags, made >> 8, attributes, crc, packed, size, start=0
        )
        yield _Listed(entry, raw, offset)
    if place != len(directory):
        raise unsound("ZIP_LOOSE")


def _located(archive: BinaryIO, listed: tuple[_Listed, ...], end: int) -> Iterator[Entry]:
    """Yield the entries with their places, when their own headers say the same and they fill all up to ``end``."""
    ordered = sorted(listed, key=lambda one: one.offset)
    if (ordered[0].offset if ordered else end) != 0:
        raise unsound("ZIP_LOOSE")
    ends = {one.offset: following.offset for one, following in pairwise(ordered)}
    if len(ends) != max(0, len(ordered) - 1):
        raise unsound("ZIP_OVERLAP")
    for one in listed:
        start = _data_start(archive, one)
        _demand_end(archive, one.entry, start + one.entry.packed, ends.get(one.offset, end))
        yield replace(one.entry, start=start)


def _data_start(archive: BinaryIO, listed: _Listed) -> int:
    """Return where the packed bytes begin; the header before them must say what the directory says."""
    entry, header = listed.entry, _read(archive, listed.offset, _LOCAL.size)
    signature, _needed, flags, method, _time, _date, crc, packed, size, name_length, extra_length = _LOCAL.unpack(
        header
    )
    own, known = (crc, packed, size), (entry.crc, entry.packed, entry.size)
    # what was written as a stream has its sizes behind it
    is_later = entry.flags & _HAS_DESCRIPTOR and all(a in {0, b} for a, b in zip(own, known, strict=True))
    if (
        signature != _LOCAL_SIGNATURE
        or (flags | _PACKING, method) != (entry.flags | _PACKING, entry.method)
        or not (own == known or is_later)
        or _read(archive, listed.offset + _LOCAL.size, name_length) != listed.raw
    ):
        raise unsound("ZIP_TWO_WAYS")
    start = listed.offset + _LOCAL.size + int(name_length)
    # readers that go from the front know no other than this one
    if decode_name(listed.raw, flags, _read(archive, start, extra_length)).removesuffix("/") != entry.name:
        raise unsound("ZIP_TWO_WAYS")
    return start + int(extra_length)


def _demand_end(archive: BinaryIO, entry: Entry, end: int, following: int) -> None:
    """Pass an entry that ends where the next thing begins, with the sizes once more in between if it has them there."""
    if end > following:
        raise unsound("ZIP_OVERLAP")
    sizes = _SIZES.pack(entry.crc, entry.packed, entry.size)
    allowed = {sizes, _DESCRIPTOR_SIGNATURE + sizes} if entry.flags & _HAS_DESCRIPTOR else {b""}
    if following - end > len(sizes) + 4 or _read(archive, end, following - end) not in allowed:
        raise unsound("ZIP_LOOSE")


def _demand_within_limits(entries: tuple[Entry, ...], size: int) -> None:
    total = sum(entry.size for entry in entries)
    if total > MAX_TOTAL_BYTES:
        raise beyond("ZIP_UNPACKS", MAX_TOTAL_BYTES)
    if total > MAX_RATIO * size:
        raise beyond("ZIP_BOMB", MAX_RATIO)
