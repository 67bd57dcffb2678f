"""Ways to spoil a PDF that leave it one: objects, streams, containers and revisions, with offsets that fit again."""

import re
import zlib
from collections.abc import Sequence
from random import Random

from tests.fuzz.spoil import ANY, Spoiler, near
from tests.fuzz.spoil_der import spoil_der
from tests.verification.forge import revision

_OBJECT = re.compile(rb"(?:(?<=\n)|(?<=\r))(\d{1,9}) 0 obj\s(.*?)\sendobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_CONTENTS = re.compile(rb"/Contents\s*<([0-9A-Fa-f]{200,})>")
_RANGE = re.compile(rb"/ByteRange\s*\[([^\]]*)\]")
_TABLE = re.compile(rb"\nxref\r?\n((?:\d+ \d+ ?\r?\n(?:\d{10} \d{5} [nf][ \r]\n)*)+)")
_LINE = re.compile(rb"(\d{10}) \d{5} ([nf])[ \r]\n|(\d+) \d+ ?\r?\n")
_PREVIOUS = re.compile(rb"/Prev (\d+)")
_START = re.compile(rb"startxref\s+(\d+)")
_LENGTH = re.compile(rb"/Length \d+")
_LARGEST = 3_000_000


def in_object(data: bytes, chance: Random, others: Sequence[bytes]) -> bytes:
    """Spoil one object where it stands, and write the cross-references again."""
    found = near(_OBJECT, data, chance)
    if not found:
        return chance.choice(ANY)(data, chance, others)
    body = chance.choice(ANY)(found[2], chance, [])
    return mended(data[: found.start(2)] + body[:_LARGEST] + data[found.end(2) :])


def as_revision(data: bytes, chance: Random, others: Sequence[bytes]) -> bytes:
    """Append a revision with spoilt, foreign or new objects, well-formed around them."""
    mine = _OBJECT.findall(data[:_LARGEST])
    if not mine:
        return data
    source = chance.choice([mine, mine, *(_OBJECT.findall(other) or mine for other in others[:1])])
    objects = {}
    for _ in range(chance.choice([0, 1, 1, 2, 5])):
        number, body = chance.choice(source)
        new = chance.choice([int(number), int(number), len(mine) + 1, chance.randrange(1, 400)])
        objects[new] = chance.choice(ANY)(body, chance, []) if chance.random() < 0.7 else body
    try:
        trailer = chance.choice([b"", b"", b"/Root 1 0 R", b"/XRefStm 20", b"/Encrypt 3 0 R", b"/Prev 10"])
        return revision(data, objects, trailer=trailer)
    except (IndexError, ValueError):
        return data


def many_revisions(data: bytes, chance: Random, others: Sequence[bytes]) -> bytes:
    """Append many small revisions."""
    for _ in range(chance.choice([5, 70])):
        data = as_revision(data, chance, others)
        if len(data) > _LARGEST:
            break
    return data


def in_stream(data: bytes, chance: Random, _others: Sequence[bytes]) -> bytes:
    """Spoil what a stream holds, packed again, with its length."""
    found = near(_STREAM, data, chance)
    if not found:
        return data
    try:
        plain, pack = zlib.decompress(found[1]), zlib.compress
    except zlib.error:
        plain, pack = found[1], bytes
    new = chance.choice([*ANY, _bomb])(plain, chance, [])
    packed = pack(new)[:_LARGEST]
    start = data.rfind(b" obj", 0, found.start())
    before = data[:start] + _LENGTH.sub(b"/Length %d" % len(packed), data[start : found.start(1)])
    return mended(before + packed + data[found.end(1) :])


def _bomb(data: bytes, chance: Random, _others: Sequence[bytes]) -> bytes:
    return data + chance.choice([b"\x00", b"q ", b"[", b"BT ET ", b"/a /b "]) * chance.choice([10_000, 3_000_000])


def in_container(data: bytes, chance: Random, others: Sequence[bytes]) -> bytes:
    """Spoil a signature's container as DER, in the same gap."""
    found = near(_CONTENTS, data, chance)
    if not found:
        return data
    room = len(found[1])
    encoded = bytes.fromhex(found[1].decode() + "0" * (room % 2))
    length = 4 + int.from_bytes(encoded[2:4]) if encoded[:2] == b"\x30\x82" else len(encoded)
    new = chance.choice([spoil_der, spoil_der, chance.choice(ANY)])(encoded[:length], chance, others).hex().encode()
    padding = chance.choice([b"0", b"0", b"0", b"f"])
    return data[: found.start(1)] + new[:room].ljust(room, padding) + data[found.end(1) :]


def in_range(data: bytes, chance: Random, _others: Sequence[bytes]) -> bytes:
    """Change a byte range, in its place."""
    found = near(_RANGE, data, chance)
    if not found:
        return data
    numbers = found[1].split()
    if numbers:
        place = chance.randrange(len(numbers))
        written = int(numbers[place]) if numbers[place].isdigit() and len(numbers[place]) < 18 else 0
        numbers[place] = b"%d" % (written + chance.choice([-1, 1, 2, -100, 100, 2**31, -written]))
    return data[: found.start(1)] + b" ".join(numbers).ljust(len(found[1])) + data[found.end(1) :]


def without_object(data: bytes, chance: Random, _others: Sequence[bytes]) -> bytes:
    """Leave an object out, or write it twice, and write the cross-references again."""
    found = near(_OBJECT, data, chance)
    if not found:
        return data
    times = chance.choice([0, 0, 2, 3000])
    return mended(data[: found.start()] + (found[0] + b"\n") * times + data[found.end() :])[:_LARGEST]


def mended(data: bytes) -> bytes:
    """Return ``data`` with cross-reference tables and their places set to where things stand; as far as it goes."""
    output, begin, before = bytearray(data), 0, b""
    for table in _TABLE.finditer(data):
        places = {int(one[1]): one.start(1) for one in _OBJECT.finditer(data, begin, table.start() + 1)}
        number = 0
        for line in _LINE.finditer(data, table.start(1), table.end(1)):
            if line[3]:
                number = int(line[3])
                continue
            if line[2] == b"n" and number in places:
                output[line.start(1) : line.end(1)] = b"%010d" % places[number]
            number += 1
        here, begin = b"%d" % (table.start() + 1), table.end()
        for pattern, place in ((_PREVIOUS, before), (_START, here)):
            found = pattern.search(data, begin, begin + 2000)
            if found and len(found[1]) == len(place):
                output[found.start(1) : found.end(1)] = place
        before = here
    return bytes(output)


PDF: list[Spoiler] = [*ANY, in_object, in_object, in_object, in_object, as_revision, as_revision, many_revisions]
PDF += [in_stream, in_stream, in_container, in_container, in_container, in_range, without_object, without_object]
