"""The objects of a PDF as LibreOffice writes it, as bytes: to take a file apart and put others together quickly.

LibreOffice's writer is regular: one revision, a classic cross-reference table, no object streams, references as
``12 0 R``, texts in hexadecimal. Anything else is refused, never guessed: this is no reader for other people's files.
"""

import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

REFERENCE: Final = re.compile(rb"(?<![\d.])(\d+) 0 R(?![A-Za-z])")

_HEADER: Final = b"%PDF-1.6\n%\xc3\xa4\xc3\xbc\xc3\xb6\xc3\x9f\n"
_END: Final = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")
_TABLE: Final = re.compile(rb"xref\s+0 \d+\s+((?:\d{10} \d{5} [nf][ \r][\r\n])+)trailer\s*")
_ENTRY: Final = re.compile(rb"(\d{10}) \d{5} ([nf])")
_LENGTH: Final = re.compile(rb"/Length (\d+)( 0 R)?(?=[\s/>]|\Z)")
_NAMED: Final = re.compile(rb"/(\w+) (\d+) 0 R")
_LISTED: Final = re.compile(rb"/(\w+)\s*\[([^\]]*)\]")
_STREAM: Final = b">>\nstream\n"
_END_OF_STREAM: Final = b"endstream"
_END_OF_OBJECT: Final = b"endobj"


class IrregularError(ValueError):
    """A file that is not as LibreOffice writes them; says what is not."""


@dataclass(frozen=True, slots=True)
class Item:
    """An object: what it says, of a stream its dictionary without ``/Length``, and the stream as it is encoded."""

    body: bytes
    stream: bytes | None = None

    def saying(self, body: bytes) -> "Item":
        """Return the same with another body."""
        return replace(self, body=body)


class Items(Mapping[int, Item]):
    """The objects of a file by their numbers, each read when it is asked for.

    Raises:
        IrregularError: not as LibreOffice writes files.
        KeyError: there is no such object.
    """

    def __init__(self, pdf: bytes) -> None:
        end = _END.search(pdf, max(0, len(pdf) - 100))
        table = _TABLE.match(pdf, int(end[1])) if end else None
        if end is None or table is None:
            raise IrregularError("cross-reference table")
        self.trailer: Final = pdf[table.end() : end.start()]
        places = [(int(place), number) for number, (place, kind) in enumerate(_ENTRY.findall(table[1])) if kind == b"n"]
        places.sort()
        ends = [*(place for place, _ in places[1:]), table.start()]
        self._raw = {number: pdf[place:after] for (place, number), after in zip(places, ends, strict=True)}
        self._read: dict[int, Item] = {}

    def __getitem__(self, number: int) -> Item:
        if number not in self._read:
            self._read[number] = self._item(number)
        return self._read[number]

    def saying(self, words: bytes) -> Iterator[int]:
        """Yield the numbers of objects in which ``words`` occur, be it by chance in a stream."""
        return (number for number, raw in self._raw.items() if words in raw)

    def decoded(self, number: int) -> bytes:
        """Return what a stream says.

        Raises:
            TypeError: it is no stream.
            zlib.error: it is not compressed.
        """
        return zlib.decompress(self[number].stream)  # type: ignore[arg-type]  # said above

    def __iter__(self) -> Iterator[int]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)

    def _item(self, number: int) -> Item:
        frame = b"%d 0 obj\n" % number
        raw = self._raw[number].rstrip()
        if not raw.startswith(frame) or not raw.endswith(_END_OF_OBJECT):
            raise IrregularError(f"object {number}")
        body = raw[len(frame) : -len(_END_OF_OBJECT)]
        head, stream, data = body.partition(_STREAM)
        return Item(body.rstrip()) if not stream else self._stream(number, head, data)

    def _stream(self, number: int, head: bytes, data: bytes) -> Item:
        written = _LENGTH.search(head)
        if written is None:
            raise IrregularError(f"length of {number}")
        length = int(self[int(written[1])].body if written[2] else written[1])
        if data[length:].strip() != _END_OF_STREAM:
            raise IrregularError(f"stream of {number}")
        return Item(head[: written.start()] + head[written.end() :] + b">>", data[:length])


def named(name: bytes, item: Item) -> int:
    """Return the number of the object that ``item`` has under ``name``.

    Raises:
        KeyError: it has none.
    """
    return {key: int(number) for key, number in _NAMED.findall(item.body)}[name]


def listed(name: bytes, item: Item) -> list[int]:
    """Return the numbers of the objects in the array that ``item`` has under ``name``; none where it has no array."""
    arrays = (array for key, array in _LISTED.findall(item.body) if key == name)
    return [int(number) for array in arrays for number in REFERENCE.findall(array)]


def with_list(name: bytes, numbers: Iterable[int], item: Item) -> Item:
    """Return ``item`` with other objects in that array."""
    array = b"/%s[%s]" % (name, b" ".join(b"%d 0 R" % number for number in numbers))
    return item.saying(_LISTED.sub(lambda found: array if found[1] == name else found[0], item.body))


def write_file(root: int, item: Callable[[int], Item]) -> bytes:
    """Return a file of the object ``root``, its catalog, and all that it names, numbered in the order of naming."""
    numbers = {root: 1}
    order = [root]

    def renumber(found: re.Match[bytes]) -> bytes:
        old = int(found[1])
        if old not in numbers:
            numbers[old] = len(numbers) + 1
            order.append(old)
        return b"%d 0 R" % numbers[old]

    pieces = [_HEADER]
    places, length = [], len(_HEADER)
    for old in order:  # grows while it is read
        entry = item(old)
        body = REFERENCE.sub(renumber, entry.body)
        if entry.stream is not None:
            body = b"%s/Length %d>>\nstream\n%s\nendstream" % (body[:-2], len(entry.stream), entry.stream)
        places.append(length)
        pieces.append(b"%d 0 obj\n%s\nendobj\n" % (numbers[old], body))
        length += len(pieces[-1])
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(places) + 1
    pieces.append(b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\n" % (count, table, count))
    pieces.append(b"startxref\n%d\n%%%%EOF\n" % length)
    return b"".join(pieces)
