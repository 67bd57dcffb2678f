"""Single objects of a file of the closed form, found by its cross-reference tables; the rest is not looked at.

This is for writing to a file, and for reading one whose bytes are known: whether nothing lies between its objects
is for ``pkdocs.verification`` to say.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from pkdocs.verification.plain import read_plain
from pkdocs.verification.syntax import PdfSyntaxError, Ref, Value, read_value

_XREF: Final = re.compile(rb"xref[\r\n]{1,2}")
_RUN: Final = re.compile(rb"(\d{1,10}) (\d{1,6}) ?[\r\n]{1,2}(?=\d)")
_ENTRY: Final = re.compile(rb"(\d{10}) 00000 n(?: \n| \r|\r\n)")
_ENTRY_BYTES: Final = 20
_TRAILER: Final = re.compile(rb"trailer[\r\n ]{1,2}")
_PLAIN: Final = re.compile(
    rb"<< (?:/Info ([1-9]\d{0,9}) 0 R )?/Root ([1-9]\d{0,9}) 0 R /Size (\d{1,10})"
    rb" /ID \[<([0-9a-f]{32})> ?<([0-9a-f]{32})>\] (?:/Prev (\d{1,10}) )?>>"
)
"""A trailer as the issued file has it, and as we write it."""
_KEYS: Final = frozenset({"Size", "Root", "Info", "ID", "Prev"})
_OBJECT_END: Final = b"\nendobj\n"
_STREAM: Final = b"\nstream\n"
_STREAM_END: Final = b"\nendstream"
MAX_SECTIONS: Final = 32
_SHORT_BYTES: Final = 16_384


class IrregularError(ValueError):
    """A file that is not of the closed form; says what in it is not."""


@dataclass(frozen=True, slots=True)
class Section:
    """A cross-reference section from ``start`` to the ``end`` of its trailer.

    ``runs`` are the first number, how many follow one another, and where the first one's entry stands.
    """

    start: int
    end: int
    runs: tuple[tuple[int, int, int], ...]
    trailer: Mapping[str, Any]


def read_section(pdf: bytes, start: int) -> Section:
    """Return the section that begins at ``start``. Its entries are read when they are asked for.

    Raises:
        IrregularError: no classic table with a plain trailer is there.
    """
    opened = _XREF.match(pdf, start)
    if opened is None:
        raise IrregularError("cross-reference table")
    runs, place = [], opened.end()
    while run := _RUN.match(pdf, place):
        runs.append((int(run[1]), int(run[2]), run.end()))
        place = run.end() + _ENTRY_BYTES * int(run[2])
    words = _TRAILER.match(pdf, place)
    if words is None:
        raise IrregularError("cross-reference table")
    trailer, end = _trailer(pdf, words.end())
    return Section(start, end, tuple(runs), trailer)


def _trailer(pdf: bytes, start: int) -> tuple[Mapping[str, Any], int]:
    """Return a trailer and where it ends; one of our own spelling at one stroke, as ``read_value`` takes it too."""
    if plain := _PLAIN.match(pdf, start):
        info, root, size, first, second, previous = plain.groups()
        trailer: dict[str, Any] = {
            "Root": Ref(int(root)),
            "Size": int(size),
            "ID": [bytes.fromhex(first.decode("ascii")), bytes.fromhex(second.decode("ascii"))],
        }
        trailer |= {"Info": Ref(int(info))} if info else {}
        trailer |= {"Prev": int(previous)} if previous else {}
        return trailer, plain.end()
    try:
        trailer, end = read_value(pdf, start)
    except PdfSyntaxError as fault:
        raise IrregularError("trailer") from fault
    if not isinstance(trailer, dict) or not trailer.keys() <= _KEYS:
        raise IrregularError("trailer")
    return trailer, end


class Objects:
    """The objects of ``pdf`` as its last revision has them; ``last`` is its last cross-reference section.

    Raises:
        IrregularError: a section is not of the closed form.
    """

    def __init__(self, pdf: bytes, last: Section) -> None:
        self._pdf = pdf
        self._runs = [*last.runs]
        place, sections = last.trailer.get("Prev"), 1
        while place is not None:
            if type(place) is not int or sections == MAX_SECTIONS:
                raise IrregularError("/Prev")
            section = read_section(pdf, place)
            self._runs += section.runs
            place, sections = section.trailer.get("Prev"), sections + 1

    def place(self, number: int) -> int:
        """Return where the body of an object begins.

        Raises:
            IrregularError: there is none of that number.
        """
        for first, count, start in self._runs:
            if first <= number < first + count:
                entry = _ENTRY.match(self._pdf, start + _ENTRY_BYTES * (number - first))
                opening = b"%d 0 obj\n" % number
                if entry is None or not self._pdf.startswith(opening, int(entry[1])):
                    break
                return int(entry[1]) + len(opening)
        raise IrregularError(f"object {number}")

    def body(self, number: int) -> bytes:
        """Return what an object says that is no stream, from behind its number to before ``endobj``.

        Raises:
            IrregularError: there is none of that number.
        """
        start = self.place(number)
        end = self._pdf.find(_OBJECT_END, start)
        if end < 0:
            raise IrregularError(f"object {number}")
        return self._pdf[start:end]

    def value(self, number: int) -> tuple[Value, int]:
        """Return the value of an object, of a stream its dictionary, and where it ends in the file.

        Raises:
            IrregularError: there is none of that number, or not strictly written.
        """
        start = self.place(number)
        try:
            return _value(self._pdf, start, self._pdf.find(_OBJECT_END, start, start + _SHORT_BYTES))
        except PdfSyntaxError as fault:
            raise IrregularError(f"object {number}") from fault

    def stream(self, number: int) -> bytes:
        """Return the bytes of a stream that has no filter.

        Raises:
            IrregularError: there is none of that number, or it has one.
        """
        dictionary, end = self.value(number)
        length, start = entry_of(dictionary, "Length"), end + len(_STREAM)
        if type(length) is not int or "Filter" in dictionary or not self._pdf.startswith(_STREAM, end):
            raise IrregularError(f"object {number}")
        if not self._pdf.startswith(_STREAM_END, start + length):
            raise IrregularError(f"object {number}")
        return self._pdf[start : start + length]


def _value(pdf: bytes, start: int, end: int) -> tuple[Value, int]:
    """Return the value at ``start`` and where it ends; ``end`` is where that of a short object may end (-1: no)."""
    try:
        value, length = _short_value(pdf[start:end] if end >= 0 else b"")
    except PdfSyntaxError:
        # long, a stream, or it has the word for its end in a string
        return read_value(pdf, start)
    return value, start + length


@lru_cache(maxsize=256)
def _short_value(body: bytes) -> tuple[Value, int]:
    """Return a value and its length, to be read only; catalogs of a batch, for one, mostly are equal bytes."""
    return read_value(body, 0)


def value_of(body: bytes) -> Value:
    """Return the value that ``body`` is.

    Raises:
        IrregularError: not strictly written, or more than one value.
    """
    try:
        plain = read_plain(body, 0)
        value, end = (plain[0], plain[2]) if plain else read_value(body, 0)
    except PdfSyntaxError as fault:
        raise IrregularError("object") from fault
    if end != len(body):
        raise IrregularError("object")
    return value


def entry_of(value: Value, key: str) -> Value:
    """Return that entry of a dictionary.

    Raises:
        IrregularError: no dictionary, or it has no such entry.
    """
    if not isinstance(value, dict) or key not in value:
        raise IrregularError(f"/{key}")
    return value[key]
