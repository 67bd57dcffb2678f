"""Ways to spoil a ZIP file: its headers, its entries, and what is in them."""

import io
import zipfile
import zlib
from collections.abc import Sequence
from random import Random

from tests.fuzz.spoil import ANY, Spoiler

_NAMES = [
    "../x.pdf",
    "/x.pdf",
    "C:\\x.pdf",
    "a\\b.pdf",
    "X.PDF",
    "x.pdf/",
    "",
    ".",
    "..",
    "a//b.pdf",
    "./x.pdf",
    "con.pdf",
]
_NAMES += ["e\u0301.pdf", "\u00e9.pdf", "x" * 5000 + ".pdf", "\u202efdp.x", "x.zip", "x\x00.pdf", "a/" * 3000 + "x.pdf"]
_SIGNATURES = [b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07", b"PK\x07\x08"]
_NUMBERS = [b"\x00\x00", b"\xff\xff", b"\x01\x00", b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\x08\x00", b"\x63\x00"]


def in_header(data: bytes, chance: Random, _others: Sequence[bytes]) -> bytes:
    """Write over a field of a header."""
    places = [place for signature in _SIGNATURES for place in _all(data, signature)]
    if not places:
        return data
    place = chance.choice(places) + chance.randrange(46)
    new = chance.choice([*_NUMBERS, chance.randbytes(2), chance.randbytes(1)])
    return data[:place] + new + data[place + len(new) :]


def _all(data: bytes, signature: bytes) -> list[int]:
    found, place = [], data.find(signature)
    while place >= 0 and len(found) < 200:
        found.append(place)
        place = data.find(signature, place + 1)
    return found


def packed_again(data: bytes, chance: Random, others: Sequence[bytes]) -> bytes:
    """Take the entries out, spoil one, and pack all again: the names, the order, what is in them."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [
                (one.filename, archive.read(one)) for one in archive.infolist()[:60] if one.file_size < 2_000_000
            ]
    except Exception:  # noqa: BLE001  # what cannot be unpacked any more
        return in_header(data, chance, others)
    if not entries:
        return data
    place = chance.randrange(len(entries))
    name, body = entries[place]
    match chance.randrange(8):
        case 0:
            entries[place] = chance.choice(_NAMES), body
        case 1:
            entries.append((chance.choice([name, name.upper(), *_NAMES]), body))
        case 2:
            del entries[place]
        case 3:
            entries[place] = name, data
        case _:
            entries[place] = name, chance.choice([*ANY, _xml])(body, chance, [])
    return _pack(entries, chance)


def _xml(data: bytes, chance: Random, _others: Sequence[bytes]) -> bytes:
    """Change how cells are numbered, typed and shown."""
    words = [
        b"r=",
        b"t=",
        b"s=",
        b"<row",
        b"<c ",
        b"<v>",
        b"<f>",
        b"<mergeCell ",
        b"numFmtId=",
        b"count=",
        b"r:id=",
        b"ref=",
    ]
    word = chance.choice(words)
    place = data.find(word, chance.randrange(len(data) + 1))
    new = chance.choice(
        [b'r="XFD1048576" ', b'r="ZZZZ99999999" ', b't="s" ', b't="e" ', b's="99999" ', b"<v>1e999</v>", b"<v>NaN</v>"]
    )
    return data if place < 0 else data[:place] + new + data[place + chance.choice([0, len(word)]) :]


def _pack(entries: Sequence[tuple[str, bytes]], chance: Random) -> bytes:
    output = io.BytesIO()
    method = chance.choice([zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2])
    with zipfile.ZipFile(output, "w", method, allowZip64=True) as archive:
        for name, body in entries:
            entry = zipfile.ZipInfo(name or "x")
            entry.compress_type = method
            entry.external_attr = chance.choice([0o100644, 0o100644, 0o100644, 0o120777, 0o040755, 0o010644]) << 16
            try:
                archive.writestr(entry, body)
            except (ValueError, OSError, zlib.error, UnicodeError, RuntimeError):
                continue
    return output.getvalue()


ZIP: list[Spoiler] = [
    *ANY,
    in_header,
    in_header,
    in_header,
    in_header,
    packed_again,
    packed_again,
    packed_again,
    packed_again,
]
