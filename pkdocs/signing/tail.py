"""A PDF from its end: trailer, objects in their latest form, and the revision that is appended to it.

Only what an appended revision needs is read, and strictly: classic cross-reference sections alone (ISO 32000-2, 7.5.4).
Whether the revisions before are as they should be is not asked here.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pkdocs.errors import SigningError
from pkdocs.verification.syntax import PdfSyntaxError, Ref, Stream, Value, read_value

MAX_SECTIONS: Final = 64

_END: Final = re.compile(rb"startxref[\r\n]{1,2}(\d{1,10})[\r\n]{1,2}%%EOF(?:\r\n|\n|\r)?\Z")
_END_BYTES: Final = 64
_XREF: Final = re.compile(rb"xref[\r\n]{1,2}")
_SUBSECTION: Final = re.compile(rb"(\d{1,10}) (\d{1,6})[ ]?[\r\n]{1,2}")
_ENTRY: Final = re.compile(rb"(\d{10}) (\d{5}) ([nf])(?: \n| \r|\r\n)")
_TRAILER: Final = re.compile(rb"trailer[\r\n ]{1,2}")
_OBJECT: Final = re.compile(rb"([1-9]\d{0,9}) 0 obj\b")
_STREAM: Final = re.compile(rb"[\r\n ]{0,2}stream\r?\n")
_KEPT: Final = ("Info", "Root")
_FREE: Final = b"0 1\n0000000000 65535 f \n"


@dataclass(frozen=True, slots=True)
class Tail:
    """A file's last trailer, and where each object stands in its latest form."""

    pdf: bytes
    xref: int
    trailer: Mapping[str, Any]
    offsets: Mapping[int, int]

    @property
    def catalog(self) -> int:
        """The number of the document catalog."""
        return int(self.trailer["Root"].number)

    @property
    def size(self) -> int:
        """The first number that is free."""
        return int(self.trailer["Size"])

    def get(self, value: Value) -> Value:
        """Return the object that ``value`` refers to, in its latest form, or ``value`` itself.

        Raises:
            PdfSyntaxError: there is no such object, or it is not strictly written.
        """
        if not isinstance(value, Ref):
            return value
        begins, ends = self.span(value.number)
        read, _ = read_value(self.pdf, begins)
        length = read.get("Length") if isinstance(read, dict) else None
        stream = _STREAM.match(self.pdf, ends)
        if stream is None or type(length) is not int or not 0 <= length <= len(self.pdf) - stream.end():
            return read
        return Stream(read, self.pdf[stream.end() : stream.end() + length])

    def span(self, number: int) -> tuple[int, int]:
        """Return where the value of an object begins and ends; of a stream, its dictionary.

        Raises:
            PdfSyntaxError: there is no such object.
        """
        offset = self.offsets.get(number, len(self.pdf))
        matched = _OBJECT.match(self.pdf, offset)
        if matched is None or int(matched[1]) != number:
            raise PdfSyntaxError("object", offset)
        return matched.end(), read_value(self.pdf, matched.end())[1]


def read_tail(pdf: bytes) -> Tail:
    """Return what an appended revision must know of ``pdf``.

    Raises:
        SigningError: the file does not end in a classic cross-reference section, or what it says does not fit.
    """
    try:
        return _read(pdf)
    except (PdfSyntaxError, KeyError, TypeError, ValueError, AttributeError) as fault:
        raise SigningError("AUGMENT_FORM") from fault


def _read(pdf: bytes) -> Tail:
    matched = _END.search(pdf, max(0, len(pdf) - _END_BYTES))
    if matched is None:
        raise PdfSyntaxError("startxref", len(pdf))
    xref = int(matched[1])
    offsets: dict[int, int] = {}
    last: Mapping[str, Any] = {}
    for trailer, entries in _sections(pdf, xref):
        last = last or trailer
        # the latest section comes first
        offsets = entries | offsets
    tail = Tail(pdf, xref, last, offsets)
    if tail.size <= max(offsets, default=0) or not isinstance(tail.get(last["Root"]), dict):
        raise PdfSyntaxError("trailer", xref)
    return tail


def _sections(pdf: bytes, xref: int) -> Iterator[tuple[Mapping[str, Any], dict[int, int]]]:
    """Yield trailers and entries, the latest first; each must stand before the one that names it."""
    for _ in range(MAX_SECTIONS):
        matched = _XREF.match(pdf, xref)
        if matched is None:
            raise PdfSyntaxError("xref", xref)
        entries, offset = _entries(pdf, matched.end())
        begun = _TRAILER.match(pdf, offset)
        trailer = read_value(pdf, begun.end())[0] if begun else None
        if not isinstance(trailer, dict) or trailer.keys() & {"XRefStm", "Encrypt"}:
            raise PdfSyntaxError("trailer", offset)
        yield trailer, entries
        if "Prev" not in trailer:
            return
        if not 0 < trailer["Prev"] < xref:
            raise PdfSyntaxError("/Prev", offset)
        xref = trailer["Prev"]
    raise PdfSyntaxError("too many revisions", xref)


def _entries(pdf: bytes, offset: int) -> tuple[dict[int, int], int]:
    entries: dict[int, int] = {}
    while matched := _SUBSECTION.match(pdf, offset):
        first, count, offset = int(matched[1]), int(matched[2]), matched.end()
        for number in range(first, first + count):
            entry = _ENTRY.match(pdf, offset)
            if entry is None:
                raise PdfSyntaxError("cross-reference entry", offset)
            offset = entry.end()
            if entry[3] == b"n":
                entries[number] = int(entry[1])
    return entries, offset


def append_objects(tail: Tail, objects: Mapping[int, bytes]) -> bytes:
    """Return the revision that writes ``objects`` (number: value as it shall stand) after ``tail``'s file.

    One object after the other, ascending, a classic cross-reference section, trailer; root and information dictionary
    stay. The second half of /ID is drawn from what is appended, so the same revision has the same bytes.
    """
    parts: list[bytes] = [] if tail.pdf.endswith((b"\n", b"\r")) else [b"\n"]
    position = len(tail.pdf) + sum(map(len, parts))
    positions: dict[int, int] = {}
    for number in sorted(objects):
        positions[number] = position
        parts.append(b"%d 0 obj\n%b\nendobj\n" % (number, objects[number]))
        position += len(parts[-1])
    parts += [b"xref\n", _FREE, *_subsections(positions)]
    parts.append(_trailer(tail, max(tail.size, max(objects) + 1), hashlib.sha256(b"".join(parts)).digest()[:16]))
    parts.append(b"startxref\n%d\n%%%%EOF\n" % position)
    return b"".join(parts)


def _subsections(positions: Mapping[int, int]) -> Iterator[bytes]:
    run: list[int] = []
    for number in sorted(positions):
        if run and number != run[-1] + 1:
            yield _subsection(run, positions)
            run = []
        run.append(number)
    yield _subsection(run, positions)


def _subsection(run: list[int], positions: Mapping[int, int]) -> bytes:
    return b"%d %d\n" % (run[0], len(run)) + b"".join(b"%010d 00000 n \n" % positions[number] for number in run)


def _trailer(tail: Tail, size: int, changed: bytes) -> bytes:
    kept = [b"/%b %d 0 R" % (key.encode(), tail.trailer[key].number) for key in _KEPT if key in tail.trailer]
    named = tail.trailer.get("ID")
    if isinstance(named, list) and len(named) == 2 and isinstance(named[0], bytes):
        kept.append(b"/ID [ <%b> <%b> ]" % (named[0].hex().encode(), changed.hex().encode()))
    lines = (b"trailer\n<<", *kept, b"/Size %d" % size, b"/Prev %d" % tail.xref, b">>\n")
    return b"\n".join(lines)
