"""Ways to spoil any bytes: digits, tokens, stretches, and pieces of others."""

import re
from collections.abc import Callable, Sequence
from random import Random

Spoiler = Callable[[bytes, Random, Sequence[bytes]], bytes]
"""Bytes, chance and the other seeds of the kind to other bytes."""

NUMBERS = [b"0", b"-1", b"1", b"2", b"255", b"256", b"65535", b"65536", b"2147483647", b"2147483648", b"4294967296"]
NUMBERS += [b"9999999999", b"9" * 20, b"9" * 400, b"9" * 5000, b"-9223372036854775809", b"1.5", b"00000000000000001"]
NUMBERS += [b"+1", b"1e9", b"--1", b".", b"1" + b"0" * 309 + b".0"]
TOKENS = [b"null", b"true", b"<<", b">>", b"[", b"]", b"(", b")", b"<", b">", b"{", b"}", b"%", b"\\", b"\x00", b"\r"]
TOKENS += [b"\n", b"obj", b"endobj", b"stream", b"endstream", b"xref", b"trailer", b"startxref", b"%%EOF", b"1 0 R"]
TOKENS += [b"/Type /Page", b"/Kids", b"/Parent", b"/Prev 0", b"/Length 0", b"/Filter [/FlateDecode /FlateDecode]"]
TOKENS += [b"/XRefStm 0", b"/ObjStm", b"/Encrypt 1 0 R", b"/#41", b'"', b"'", b"\\u0000", b"\xef\xbb\xbf", b"\xff\xfe"]
TOKENS += ["é".encode(), "\u202e".encode(), "\U0001f600".encode(), b"\xed\xa0\x80", b"&amp;", b"&#0;", b"]]>", b"<!--"]
TOKENS += [b"<!DOCTYPE x [<!ENTITY a 'a'>]>", b"[" * 300, b"<<" * 300, b"(" * 300, b"[" * 30000, b"\\" * 999]
NUMBER = re.compile(rb"(?<![0-9A-Fa-f])[+-]?\d{1,20}(?![0-9A-Fa-f])")
WORD = re.compile(rb"/?[A-Za-z][A-Za-z0-9_:.#-]{1,40}")


def one_bit(data: bytes, chance: Random, _others: Sequence[bytes]) -> bytes:
    """Turn one bit over."""
    if not data:
        return b"\x00"
    changed = bytearray(data)
    changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def some_bytes(data: bytes, chance: Random, _others: Sequence[bytes]) -> bytes:
    """Write over a short stretch."""
    start = chance.randrange(len(data) + 1)
    new = chance.choice([chance.randbytes(chance.randrange(1, 17)), b"\x00" * 8, b"\xff" * 8])
    return data[:start] + new + data[start + len(new) :]


def put_in(data: bytes, chance: Random, _others: Sequence[bytes]) -> bytes:
    """Put a token in."""
    start = chance.randrange(len(data) + 1)
    return data[:start] + chance.choice(TOKENS + NUMBERS) + data[start:]


def take_out(data: bytes, chance: Random, _others: Sequence[bytes]) -> bytes:
    """Take a stretch out."""
    start, end = stretch(data, chance)
    return data[:start] + data[end:]


def repeat(data: bytes, chance: Random, _others: Sequence[bytes]) -> bytes:
    """Write a stretch again, there or elsewhere, once or many times."""
    start, end = stretch(data, chance)
    place = chance.choice([end, chance.randrange(len(data) + 1)])
    times = chance.choice([1, 1, 2, max(1, min(2000, 100_000 // max(1, end - start)))])
    return data[:place] + data[start:end] * times + data[place:]


def cut(data: bytes, chance: Random, _others: Sequence[bytes]) -> bytes:
    """Cut the end or the beginning off."""
    place = chance.randrange(len(data) + 1)
    return data[:place] if chance.random() < 0.8 else data[place:]


def other_number(data: bytes, chance: Random, _others: Sequence[bytes]) -> bytes:
    """Put another number in a number's place, of the same width or not."""
    if not (found := near(NUMBER, data, chance)):
        return one_bit(data, chance, _others)
    written = int(found[0]) if len(found[0]) < 20 else 0
    near_by = b"%d" % (written + chance.choice([-2, -1, 1, 2, 8, 100]))
    new = chance.choice([*NUMBERS, near_by, near_by, near_by])
    if chance.random() < 0.5:
        new = new[-len(found[0]) :].rjust(len(found[0]), chance.choice([b"0", b" "]))
    return data[: found.start()] + new + data[found.end() :]


def other_word(data: bytes, chance: Random, others: Sequence[bytes]) -> bytes:
    """Put another word of this or another seed in a word's place."""
    source = chance.choice([data, data, *others[:3]])
    if not (found := near(WORD, data, chance)) or not (new := near(WORD, source, chance)):
        return some_bytes(data, chance, others)
    return data[: found.start()] + new[0] + data[found.end() :]


def cross(data: bytes, chance: Random, others: Sequence[bytes]) -> bytes:
    """Go on with another seed from some place on, or put a stretch of it in."""
    if not others:
        return repeat(data, chance, others)
    other = chance.choice(others)
    if chance.random() < 0.3:
        return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other) + 1) :]
    start, end = stretch(other, chance)
    place = chance.randrange(len(data) + 1)
    return data[:place] + other[start:end] + data[chance.choice([place, min(len(data), place + end - start)]) :]


def around(data: bytes, chance: Random, others: Sequence[bytes]) -> bytes:
    """Put something before or behind the whole."""
    more = chance.choice([chance.randbytes(20), b"\n", b"%!PS\n", b"PK\x03\x04", data[:2000], *(others[:2])])
    return more + data if chance.random() < 0.5 else data + more


def stretch(data: bytes, chance: Random) -> tuple[int, int]:
    """Return where some stretch begins and ends: short, a line, or long."""
    start = chance.randrange(len(data) + 1)
    kind = chance.random()
    if kind < 0.4:
        return start, min(len(data), start + chance.randrange(1, 20))
    if kind < 0.8:
        begin = data.rfind(b"\n", 0, start) + 1
        end = data.find(b"\n", start)
        return begin, min(len(data), end + 1 if end >= 0 else len(data))
    return start, chance.randrange(start, len(data) + 1)


def near(pattern: "re.Pattern[bytes]", data: bytes, chance: Random) -> "re.Match[bytes] | None":
    """Return what fits ``pattern`` behind a place of chance."""
    return pattern.search(data, chance.randrange(len(data) + 1)) or pattern.search(data)


ANY: list[Spoiler] = [one_bit, some_bytes, put_in, take_out, repeat, cut, other_number, other_number]
ANY += [other_word, other_word, cross, around]
