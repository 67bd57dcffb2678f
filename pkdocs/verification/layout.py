"""The revisions of a PDF, read from the first byte to the last so that nothing can lie between.

Each revision is objects, one classic cross-reference section, trailer, ``startxref`` and ``%%EOF``
(ISO 32000-2, 7.5): a closed form with one interpretation. Cross-reference streams, hybrids, object
streams, encryption and generations other than 0 are not part of it, nor are comments, but for one line
before ``startxref`` (docs/decisions/0022).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pkdocs.messages import Said
from pkdocs.verification.finding import Finding, Step, Sub, Weight, find
from pkdocs.verification.plain import read_plain
from pkdocs.verification.syntax import Parts, PdfSyntaxError, Ref, Stream, Value, name_of, parts_of, read_value

MAX_FILE_BYTES: Final = 64_000_000
MAX_OBJECTS: Final = 100_000
MAX_REVISIONS: Final = 64
"""Seal, signatures, then validation data and timestamps, renewed for ten years, each in a revision of its own."""

_HEADER: Final = re.compile(rb"%PDF-1\.7\n%[\x80-\xff]{4}\n")
_GAP: Final = rb"[\r\n]{0,2}"
_OBJECT: Final = re.compile(_GAP + rb"(?P<object>([1-9]\d{0,9}) 0 obj\b)")
_STREAM: Final = re.compile(rb"[\r\n ]{0,2}stream\r?\n")
_STREAM_END: Final = re.compile(rb"\r?\n?endstream[\r\n]{1,2}endobj\b")
_OBJECT_END: Final = re.compile(rb"[\r\n ]{0,2}endobj\b")
_XREF: Final = re.compile(_GAP + rb"(?P<xref>xref)[\r\n]{1,2}")
_SUBSECTION: Final = re.compile(rb"(\d{1,10}) (\d{1,6})[ ]?[\r\n]{1,2}")
_ENTRY: Final = re.compile(rb"(\d{10}) (\d{5}) ([nf])(?: \n| \r|\r\n)")
_TRAILER: Final = re.compile(rb"trailer[\r\n ]{1,2}")
# one line by which some writers name themselves; no word in it that a reader might look for
_SIGNED_BY: Final = rb"(?:%(?!.{0,99}(?:xref|trailer|obj|EOF))[A-Za-z][\w .,:;()+/-]{0,99}[\r\n]{1,2})?"
_END: Final = re.compile(
    rb"[\r\n]{1,2}" + _SIGNED_BY + rb"startxref[\r\n]{1,2}(\d{1,10})[\r\n]{1,2}%%EOF(?:\r\n|\n|\r)?"
)
_TRAILER_KEYS: Final = frozenset({"Size", "Root", "Info", "ID", "Prev"})
_FORBIDDEN_TYPES: Final = frozenset({"ObjStm", "XRef"})


class FileError(Exception):
    """The file is not of the closed form; carries the finding that says so."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding)
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision: where it stands in the file, the objects that it brings with their parts, and its trailer."""

    start: int
    end: int
    objects: Mapping[int, Value]
    parts: Mapping[int, Parts]
    spans: Mapping[int, tuple[int, int]]
    trailer: Mapping[str, Any]
    xref: int


@dataclass(frozen=True, slots=True)
class Layout:
    """A PDF of the closed form: its bytes and its revisions, first to last."""

    data: bytes
    revisions: tuple[Revision, ...]

    @property
    def issued(self) -> Revision:
        """The first revision."""
        return self.revisions[0]

    def resolve(self, value: Value) -> Value:
        """Return what ``value`` refers to in the issued revision, or itself."""
        return self.issued.objects[value.number] if isinstance(value, Ref) else value


def read_layout(data: bytes) -> Layout:
    """Return the revisions of ``data``.

    Raises:
        FileError: not of the closed form, or beyond a limit; the finding says where and why.
    """
    if len(data) > MAX_FILE_BYTES:
        raise limit_fault("LIMIT_BYTES", MAX_FILE_BYTES)
    if (header := _HEADER.match(data)) is None:
        raise FileError(find("FILE_NOT_PDF", Step.FILE, Weight.FAIL, sub=Sub.FORMAT_FAILURE))
    try:
        return Layout(data, _read_revisions(data, header.end()))
    except PdfSyntaxError as fault:
        raise _structure_fault(fault.what, fault.offset) from fault


def limit_fault(code: str, limit: int) -> FileError:
    """Return the fault that says which limit is passed; ``code`` is that of the word for what is counted."""
    return FileError(find("FILE_LIMIT", Step.FILE, Weight.FAIL, sub=Sub.FORMAT_FAILURE, what=Said(code), limit=limit))


def _structure_fault(what: str, offset: int) -> FileError:
    finding = find("FILE_STRUCTURE", Step.FILE, Weight.FAIL, sub=Sub.FORMAT_FAILURE, what=what, offset=offset)
    return FileError(finding)


def _read_revisions(data: bytes, offset: int) -> tuple[Revision, ...]:
    revisions: list[Revision] = []
    start = 0
    while start < len(data):
        if len(revisions) == MAX_REVISIONS:
            raise limit_fault("LIMIT_REVISIONS", MAX_REVISIONS)
        if revisions and not _OBJECT.match(data, start) and not _XREF.match(data, start):
            finding = find("FILE_TRAILING_BYTES", Step.FILE, Weight.FAIL, sub=Sub.FORMAT_FAILURE, offset=start)
            raise FileError(finding)
        revision = _read_revision(data, start, offset if not revisions else start)
        _check_trailer(revision, revisions)
        revisions.append(revision)
        start = revision.end
    return tuple(revisions)


def _read_revision(data: bytes, start: int, offset: int) -> Revision:
    objects: dict[int, Value] = {}
    parts: dict[int, Parts] = {}
    spans: dict[int, tuple[int, int]] = {}
    while matched := _OBJECT.match(data, offset):
        number = int(matched[2])
        if number in objects:
            raise FileError(find("FILE_OBJECT_TWICE", Step.FILE, Weight.FAIL, sub=Sub.FORMAT_FAILURE, object=number))
        if len(objects) == MAX_OBJECTS:
            raise limit_fault("LIMIT_OBJECTS", MAX_OBJECTS)
        objects[number], parts[number], offset = _read_object(data, matched.end())
        spans[number] = (matched.start("object"), offset)
    if (matched := _XREF.match(data, offset)) is None:
        raise PdfSyntaxError("neither object nor cross-reference section", offset)
    xref = matched.start("xref")
    offset = _read_section(data, matched.end(), {number: span[0] for number, span in spans.items()}, start)
    trailer, offset = _read_trailer(data, offset)
    if (matched := _END.match(data, offset)) is None or int(matched[1]) != xref:
        raise PdfSyntaxError("startxref", offset)
    return Revision(start, matched.end(), objects, parts, spans, trailer, xref)


def _read_object(data: bytes, offset: int) -> tuple[Value, Parts, int]:
    value, parts, offset = read_plain(data, offset) or _read_closely(data, offset)
    if isinstance(value, dict) and name_of(value.get("Type")) in _FORBIDDEN_TYPES:
        what = f"/{value['Type']}"
        raise FileError(find("FILE_STREAMS", Step.FILE, Weight.FAIL, sub=Sub.FORMAT_FAILURE, what=what, offset=offset))
    if matched := _OBJECT_END.match(data, offset):
        return value, parts, matched.end()
    matched = _STREAM.match(data, offset)
    if matched is None or not isinstance(value, dict):
        raise PdfSyntaxError("object without end", offset)
    length = value.get("Length")
    # an indirect length could be read in two ways; nobody who writes for us needs one
    if type(length) is not int or not 0 <= length <= len(data) - matched.end():
        raise PdfSyntaxError("/Length of a stream", offset)
    end = matched.end() + length
    if (closed := _STREAM_END.match(data, end)) is None:
        raise PdfSyntaxError("stream without end", end)
    return Stream(value, data[matched.end() : end]), parts, closed.end()


def _read_closely(data: bytes, offset: int) -> tuple[Value, Parts, int]:
    value, offset = read_value(data, offset)
    parts = parts_of(value)
    for dictionary in parts.dictionaries:
        # an absent and a null entry mean the same, so only one of them is allowed
        if None in dictionary.values():
            raise PdfSyntaxError("null entry", offset)
    return value, parts, offset


def _read_section(data: bytes, offset: int, positions: dict[int, int], start: int) -> int:
    """Demand that the section lists exactly ``positions``, ascending, and return where it ends."""
    listed: list[int] = []
    while matched := _SUBSECTION.match(data, offset):
        first, count, offset = int(matched[1]), int(matched[2]), matched.end()
        for number in range(first, first + count):
            entry = _ENTRY.match(data, offset)
            if entry is None:
                raise PdfSyntaxError("cross-reference entry", offset)
            offset = entry.end()
            if number == 0:
                if entry.groups() != (b"0000000000", b"65535", b"f"):
                    raise PdfSyntaxError("cross-reference entry 0", offset)
                continue
            if entry[3] != b"n" or entry[2] != b"00000" or positions.get(number) != int(entry[1]):
                raise _reference_fault(number)
            listed.append(number)
    if listed != sorted(positions):
        raise _reference_fault(min(set(positions).symmetric_difference(listed), default=0))
    if start == 0 and listed != list(range(1, len(listed) + 1)):
        raise PdfSyntaxError("free objects", offset)
    return offset


def _reference_fault(number: int) -> FileError:
    return FileError(find("FILE_CROSS_REFERENCE", Step.FILE, Weight.FAIL, sub=Sub.FORMAT_FAILURE, object=number))


def _read_trailer(data: bytes, offset: int) -> tuple[Mapping[str, Any], int]:
    matched = _TRAILER.match(data, offset)
    if matched is None:
        raise PdfSyntaxError("trailer", offset)
    trailer, end = read_value(data, matched.end())
    if not isinstance(trailer, dict) or trailer.keys() - _TRAILER_KEYS:
        if isinstance(trailer, dict) and "Encrypt" in trailer:
            raise FileError(find("FILE_ENCRYPTED", Step.FILE, Weight.FAIL, sub=Sub.FORMAT_FAILURE))
        raise PdfSyntaxError("trailer", offset)
    return trailer, end


def _check_trailer(revision: Revision, before: list[Revision]) -> None:
    trailer = revision.trailer
    highest = max((number for one in (*before, revision) for number in one.objects), default=0)
    if trailer.get("Size") != highest + 1 or not isinstance(trailer.get("Root"), Ref):
        raise PdfSyntaxError("/Size or /Root of the trailer", revision.xref)
    if trailer.get("Prev") != (before[-1].xref if before else None):
        raise PdfSyntaxError("/Prev of the trailer", revision.xref)
    if before and any(trailer.get(key) != before[0].trailer.get(key) for key in ("Root", "Info")):
        raise PdfSyntaxError("/Root or /Info of the trailer", revision.xref)
    _check_references(revision, before)


def _check_references(revision: Revision, before: list[Revision]) -> None:
    known = set(revision.objects).union(*(one.objects for one in before))
    parts = (*revision.parts.values(), parts_of(dict(revision.trailer)))
    for number in {reference.number for one in parts for reference in one.references} - known:
        # what is not there yet could be supplied later, and change what was signed
        raise FileError(find("FILE_DANGLING", Step.FILE, Weight.FAIL, sub=Sub.FORMAT_FAILURE, object=number))
