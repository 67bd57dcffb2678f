"""Collections of names, numbers and references alone, read at one stroke: nearly all objects of a file.

There is no second grammar: each word means what ``read_value`` takes it for, and what is more than such a
collection, or less, is left to it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from pkdocs.verification.syntax import MAX_DEPTH, Name, Parts, PdfSyntaxError, Ref, Value, read_value

_MAX_BYTES: Final = 100_000
_LONGEST: Final = 100
"""So that what is remembered stays small, whatever a file holds."""

_WHITE: Final = b" \r\n\t"
_REFERENCE: Final = b"0 R"
# a name, a reference, a bracket, any other run without delimiters; else one byte, so that nothing is passed over
_WORD: Final = re.compile(
    rb"[ \r\n\t]*+(/[^ \r\n\t/<>\[\]()]*+|[1-9][0-9]{0,9} 0 R(?=[ \r\n\t/<>\[\]()])"
    rb"|<<|>>|[\[\]]|[^ \r\n\t/<>\[\]()]++|[^ \r\n\t])"
)


@dataclass(frozen=True, slots=True, eq=False)
class _Bracket:
    """What begins a collection; or ends it, with what it began."""

    opening: "_Bracket | None" = None


_DICTIONARY: Final = _Bracket()
_LIST: Final = _Bracket()
_BRACKETS: Final = {b"<<": _DICTIONARY, b">>": _Bracket(_DICTIONARY), b"[": _LIST, b"]": _Bracket(_LIST)}


def read_plain(data: bytes, offset: int) -> tuple[Value, Parts, int] | None:
    """Return the object at ``offset``, its parts and where it ends; None unless it is a plain collection alone.

    What is given is what ``read_value`` gives, but one without references may be given again: nobody changes it.
    """
    end = _end(data, offset)
    if not 0 <= end - offset <= _MAX_BYTES:
        return None
    body = data[offset:end].rstrip(_WHITE)
    # what refers to others is its own thing; the rest is mostly layout, the same again and again
    collection = _read(body) if _REFERENCE in body or len(body) > _LONGEST else _remembered(body)
    return None if collection is None else (*collection, offset + len(body))


def _read(body: bytes) -> tuple[Value, Parts] | None:
    try:
        return _collection(map(_meaning, _WORD.findall(body)))
    except PdfSyntaxError:
        return None


_remembered: Final = lru_cache(maxsize=1_000)(_read)


def _end(data: bytes, offset: int) -> int:
    """Return where the value of the object ends at the latest, if no name or text in it holds these words."""
    end = data.find(b"endobj", offset)
    stream = data.find(b"stream", offset, max(end, offset))
    return end if stream < 0 else stream


# the words of one file are nearly those of the next
@lru_cache(maxsize=10_000)
def _meaning(word: bytes) -> Value:
    """Return what ``word`` means: a value without parts, or a bracket.

    Raises:
        PdfSyntaxError: it means nothing by itself, is null, or is too long to be remembered.
    """
    bracket = _BRACKETS.get(word)
    if bracket is not None:
        return bracket
    value, end = read_value(word, 0)
    if end != len(word) or end > _LONGEST or value is None:
        raise PdfSyntaxError("no plain word", 0)
    return value


def _collection(values: Iterable[Any]) -> tuple[Value, Parts] | None:
    """Return the one collection that ``values`` make, and its parts; None if they make none, or more."""
    entries: list[Any] = []
    around: list[list[Any]] = []
    parts = Parts([], [])
    for value in values:
        kind = value.__class__
        if kind is Ref:
            entries.append(value)
            parts.references.append(value)
        elif kind is not _Bracket:
            entries.append(value)
        elif value.opening is None:
            if len(around) == MAX_DEPTH:
                return None
            around.append(entries)
            entries = [value]
        else:
            made = _closed(entries, value.opening)
            if made is None or not around:
                return None
            if made.__class__ is dict:
                parts.dictionaries.append(made)
            entries = around.pop()
            entries.append(made)
    is_one = not around and len(entries) == 1 and isinstance(entries[0], dict | list)
    return (entries[0], parts) if is_one else None


def _closed(entries: list[Any], opening: _Bracket) -> Value:
    """Return the collection of what follows its ``opening``; None if it is another, or no dictionary can be made."""
    if not entries or entries[0] is not opening:
        return None
    if opening is _LIST:
        return entries[1:]
    keys, values = entries[1::2], entries[2::2]
    if len(keys) != len(values) or not set(map(type, keys)) <= {Name}:
        return None
    made = dict(zip(keys, values, strict=True))
    return made if len(made) == len(keys) else None
