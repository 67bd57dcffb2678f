"""Names in an archive: those that every unpacker takes for the same place below its folder, each once."""

import struct
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from pkdocs.archive.refusal import badly_named, unsound

MAX_NAME_BYTES: Final = 1024
MAX_DEPTH: Final = 32

_UTF8: Final = 0x0800
_UNICODE_PATH: Final = 0x7075
_FIELD: Final = struct.Struct("<HH")
_UNPRINTED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def decode_name(raw: bytes, flags: int, extra: bytes) -> str:
    """Return an entry's name: UTF-8 where it says so or is it, else code page 437 (APPNOTE, appendix D).

    A Unicode path beside it (Info-ZIP's field 0x7075) holds where the name itself is no UTF-8; it may not contradict.

    Raises:
        ArchiveError: not what it says that it is, or two names.
    """
    try:
        name, is_sure = raw.decode(), True
    except UnicodeDecodeError:
        name, is_sure = raw.decode("cp437"), False
    found = set(_unicode_paths(raw, extra))
    beside = found.pop() if found else None
    if found or (flags & _UTF8 and not is_sure) or (is_sure and beside not in {None, raw}):
        raise badly_named("ZIP_NAME_TWO", name)
    return name if beside is None else beside.decode(errors="replace")


def _unicode_paths(raw: bytes, extra: bytes) -> Iterator[bytes]:
    """Yield the Unicode paths of that name (APPNOTE, 4.6.9).

    Raises:
        ArchiveError: a field is longer than there is room for.
    """
    place = 0
    while place + _FIELD.size <= len(extra):
        kind, length = _FIELD.unpack_from(extra, place)
        body = extra[place + _FIELD.size :][:length]
        if len(body) < length:
            raise unsound("ZIP_CUT")
        if kind == _UNICODE_PATH and length > 5 and struct.unpack_from("<I", body, 1)[0] == zlib.crc32(raw):
            yield body[5:]
        place += _FIELD.size + length


def demand_plain(name: str) -> None:
    """Pass a name of a file or folder, without the slash at its end, that leads to one place below.

    Raises:
        ArchiveError: absolute, with a drive or a stream of NTFS, climbing, with a backslash, with a letter that is not
            printed, too long.
    """
    parts = name.split("/")
    if (
        {"", ".", ".."} & set(parts)
        or "\\" in name
        or ":" in name
        or any(unicodedata.category(letter) in _UNPRINTED for letter in name)
    ):
        raise badly_named("ZIP_NAME_PLACE", name)
    if len(name.encode(errors="replace")) > MAX_NAME_BYTES or len(parts) > MAX_DEPTH:
        raise badly_named("ZIP_NAME_LONG", name)


def demand_apart(names: Iterable[tuple[str, bool]]) -> None:
    """Pass names, each with whether it is a folder's, that no file system takes for the same.

    Windows and macOS do not tell upper from lower case, nor composed letters from others, and Windows drops points and
    spaces at the end. A file that others lie below would be a link to another place.

    Raises:
        ArchiveError: two are the same for one of these.
    """
    seen: set[str] = set()
    files: set[str] = set()
    above: set[str] = set()
    for name, is_folder in names:
        key = _key(name)
        if key in seen:
            raise badly_named("ZIP_NAME_TWICE", name)
        seen.add(key)
        if not is_folder:
            files.add(key)
        while "/" in key:
            key = key.rpartition("/")[0]
            above.add(key)
    if both := files & above:
        raise badly_named("ZIP_NAME_TWICE", min(both))


def _key(name: str) -> str:
    return "/".join(part.rstrip(". ") for part in unicodedata.normalize("NFKC", name).casefold().split("/"))
