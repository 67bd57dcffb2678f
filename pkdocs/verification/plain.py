"""Collections of names, numbers and references alone, read at one stroke: nearly all objects of a file.

There is no second grammar: each word means what ``read_value`` takes it for, and what is more than such a
collection, or less, is left to it.
"""

import re
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from pkdocs.verification.syntax import MAX_DEPTH, Name, PdfSyntaxError, Value, read_value

_MAX_BYTES: Final = 100_000
_WHITE: Final = b" \r\n\t"
# a name, a reference, a bracket, any other run without delimiters; else one byte, so that nothing is passed over
_WORD: Final = re.compile(
    rb"[ \r\n\t]*+(/[^ \r\n\t/<>\[\]()]*+|[1-9][0-9]{0,9} 0 R(?=[ \r\n\t/<>\[\]()])"
    rb"|<<|>>|[\[\]]|[^ \r\n\t/<>\[\]()]++|[^ \r\n\t])"
)


@dataclass(frozen=True, slots=True)
class _Bracket:
    """What begins a collection; or ends it, with what it began."""

    opening: "_Bracket | None" = None


_DICTIONARY: Final = _Bracket()
_LIST: Final = _Bracket()
_BRACKETS: Final = {b"<<": _DICTIONARY, b">>": _Bracket(_DICTIONARY), b"[": _LIST, b"]": _Bracket(_LIST)}


class _Vocabulary(dict[bytes, Any]):
    """What words mean; each is read once."""

    def __missing__(self, word: bytes) -> Value:
        value, end = read_value(word, 0)
        if end != len(word) or value is None:
            raise PdfSyntaxError("no plain word", 0)
        self[word] = value
        return value


_Entries: TypeAlias = list[Any]


class PlainReader:
    """Reads the plain collections of one file."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._known = _Vocabulary(_BRACKETS)

    def read(self, offset: int) -> tuple[Value, int] | None:
        """Return the object at ``offset`` and where it ends; None unless it is a plain collection and nothing follows.

        What is given is what ``read_value`` gives.
        """
        end = self._end(offset)
        if not 0 <= end - offset <= _MAX_BYTES:
            return None
        try:
            values = map(self._known.__getitem__, _WORD.findall(self._data, offset, end))
            collection = _collection(values)
        except PdfSyntaxError:
            return None
        return None if collection is None else (collection, offset + len(self._data[offset:end].rstrip(_WHITE)))

    def _end(self, offset: int) -> int:
        """Return where the object's value ends at the latest, if no name or text holds these words."""
        end = self._data.find(b"endobj", offset)
        stream = self._data.find(b"stream", offset, max(end, offset))
        return end if stream < 0 else stream


def _collection(values: "map[Any]") -> Value:
    """Return the one collection that ``values`` make; None if they make none, or more."""
    entries: _Entries = []
    around: list[_Entries] = []
    for value in values:
        if value.__class__ is not _Bracket:
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
            entries = around.pop()
            entries.append(made)
    is_one = not around and len(entries) == 1 and isinstance(entries[0], dict | list)
    return entries[0] if is_one else None


def _closed(entries: _Entries, opening: _Bracket) -> Value:
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
