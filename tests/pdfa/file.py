"""ISO 19005-3, 6.1: how the file is written."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

import pikepdf
from pikepdf import Array, Stream

from tests.pdfa.opened import Opened

_FILTERS: Final = frozenset({"/FlateDecode", "/ASCIIHexDecode", "/ASCII85Decode", "/RunLengthDecode", "/DCTDecode"})
_XREF: Final = re.compile(rb"(?<!start)xref(\r\n|\n|\r)\d+ \d+\s*?(\r\n|\n|\r)\d{10} \d{5} [nf]( \r| \n|\r\n)")
_OBJECT: Final = re.compile(rb"(?:^|[\r\n])(\d+) (\d+) obj(?=[\r\n])")
_STREAM: Final = re.compile(rb">>[ \r\n]*stream(\r\n|\n)")
_TABLE: Final = re.compile(rb"startxref\s+(\d+)\s+%%EOF")

MAX_STRING: Final = 32_767
MAX_NAME: Final = 127
MAX_INTEGER: Final = 2_147_483_647
MAX_REAL: Final = 3.403e38
MAX_OBJECTS: Final = 8_388_607
MAX_NESTED: Final = 28
PAGE_SIDES: Final = (3, 14_400)


def clause_6_1_2_header(opened: Opened) -> Iterator[str]:
    if not re.match(rb"%PDF-1\.[0-7](\r\n|\n|\r)%[\x80-\xff]{4}", opened.data):
        yield "no header with a comment of four bytes above 127"


def clause_6_1_3_trailer(opened: Opened) -> Iterator[str]:
    trailer = opened.document.trailer
    identifiers = trailer.get("/ID", Array())
    if len(identifiers) != 2 or not all(bytes(entry) for entry in identifiers):
        yield "no file identifier"
    if opened.document.is_encrypted or "/Encrypt" in trailer:
        yield "encrypted"
    if not re.search(rb"%%EOF(\r\n|\n|\r)?\Z", opened.data):
        yield "bytes after the end"


def clause_6_1_4_cross_references(opened: Opened) -> Iterator[str]:
    for start in map(int, _TABLE.findall(opened.data)):
        if not _XREF.match(opened.data, start):
            yield f"no table at {start}"
    yield from map(str, opened.document.get_warnings())


def clause_6_1_7_streams(opened: Opened) -> Iterator[str]:
    for stream in (found for found in opened.objects if isinstance(found, Stream)):
        if {"/F", "/FFilter", "/FDecodeParms"}.intersection(stream.keys()):
            yield f"{stream.objgen} is outside of the file"
        filters = stream.get("/Filter", Array())
        for entry in filters if isinstance(filters, Array) else [filters]:
            if str(entry) not in _FILTERS:
                yield f"{stream.objgen} has the filter {entry}"
    begun = len(_STREAM.findall(opened.data))
    if begun < sum(isinstance(found, Stream) for found in opened.document.objects):
        yield "a stream does not begin on a line of its own"


def clause_6_1_8_names(opened: Opened) -> Iterator[str]:
    for name in opened.names:
        try:
            name.decode()
        except UnicodeDecodeError:
            yield f"{name!r} is not UTF-8"


def clause_6_1_9_objects(opened: Opened) -> Iterator[str]:
    written = {int(number) for number, _ in _OBJECT.findall(opened.data)}
    known = {found.objgen[0] for found in opened.document.objects if isinstance(found, pikepdf.Object)}
    if absent := known - written - {0}:
        yield f"not written on lines of their own: {sorted(absent)[:5]}"


def clause_6_1_12_permissions(opened: Opened) -> Iterator[str]:
    if extra := set(opened.document.Root.get("/Perms", {}).keys()) - {"/UR3", "/DocMDP"}:
        yield f"{extra}"


def clause_6_1_13_limits(opened: Opened) -> Iterator[str]:
    for found in opened.objects:
        if isinstance(found, pikepdf.String) and len(bytes(found)) > MAX_STRING:
            # the container of a signature is one of the strings that the limit is about
            yield f"a string of {len(bytes(found))} bytes"
        elif isinstance(found, int | Decimal) and abs(found) > (MAX_INTEGER if isinstance(found, int) else MAX_REAL):
            yield f"{found}"
    yield from (f"a name of {len(name)} bytes" for name in opened.names if len(name) > MAX_NAME)
    if len(opened.document.objects) > MAX_OBJECTS:
        yield "too many objects"
    if (deepest := max((step.nested for step in opened.done), default=0)) > MAX_NESTED:
        yield f"q nested {deepest} times"
    for page in opened.document.pages:
        left, bottom, right, top = map(float, page.mediabox)
        if not all(PAGE_SIDES[0] <= side <= PAGE_SIDES[1] for side in (right - left, top - bottom)):
            yield f"a page of {right - left} by {top - bottom}"


RULES: Final = (
    clause_6_1_2_header,
    clause_6_1_3_trailer,
    clause_6_1_4_cross_references,
    clause_6_1_7_streams,
    clause_6_1_8_names,
    clause_6_1_9_objects,
    clause_6_1_12_permissions,
    clause_6_1_13_limits,
)
