"""The bytes behind a signature: every one must belong to a revision that the cross-references know.

Readers that repair a file also show objects that no cross-reference names; so nothing of that kind may be there.
"""

import re
from collections.abc import Iterator
from typing import Final

from pyhanko.pdf_utils.generic import Reference, read_object
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.xref import XRefSection, XRefSectionType, read_object_header

from pkdocs.verification.foreign.opening import Opened

_BLANK: Final = b"\0\t\n\f\r \x1a"
_OBJECT: Final = re.compile(rb"[\0\t\n\f\r ]*\d+[\0\t\n\f\r ]+\d+[\0\t\n\f\r ]+obj\b")
_OBJECT_END: Final = re.compile(rb"[\0\t\n\f\r ]*(?:endobj\b)?")
_TABLE: Final = re.compile(rb"[\0\t\n\f\r ]*xref[\0\t\n\f\r 0-9fn]*trailer\b")
_FILLER: Final = re.compile(rb"(?:[\0\t\n\f\r \x1a]|startxref[\0\t\n\f\r ]+\d+|%(?:(?!\bobj\b)[^\r\n])*(?=[\r\n]|$))*")
_KEYWORD: Final = b"xref\n"
"""What the library has read of a table where it says that the section starts."""
_TABLES: Final = frozenset({XRefSectionType.STANDARD, XRefSectionType.HYBRID_MAIN})


def loose_bytes(opened: Opened, start: int) -> int | None:
    """Return where, from ``start`` on, the first bytes stand that belong to no revision; None if all do.

    Raises:
        PdfReadError, ValueError: an object there cannot be read.
    """
    reader, pdf = opened.reader, opened.body(len(opened.pdf))
    start -= opened.shift
    cursor, last = _filled(pdf, start), -1
    for piece in sorted(set(_pieces(reader, start))):
        if last >= 0 and not pdf[last:piece].strip(_BLANK):
            # the same object, with the white space before it or without
            continue
        low, high = sorted((piece, cursor))
        if pdf[low:high].strip(_BLANK):
            return low + opened.shift
        cursor, last = _filled(pdf, _piece_end(reader, pdf, piece)), piece
    return cursor + opened.shift if cursor < len(pdf) else None


def _pieces(reader: PdfFileReader, start: int) -> Iterator[int]:
    """Yield where, from ``start`` on, the objects and cross-reference sections of all revisions stand."""
    for revision in range(reader.xrefs.total_revisions):
        data = reader.xrefs.get_xref_data(revision)
        sections = [XRefSection(reader.xrefs.get_xref_container_info(revision), data)]
        if data.hybrid is not None:
            sections.append(data.hybrid)
        for section in sections:
            places = [place for _, place in section.xref_data.standard_xrefs.values()]
            is_table = section.meta_info.xref_section_type in _TABLES
            places.append(section.meta_info.start_location - len(_KEYWORD) * is_table)
            yield from (place for place in places if place >= start)


def _filled(pdf: bytes, offset: int) -> int:
    matched = _FILLER.match(pdf, offset)
    return matched.end() if matched else offset


def _piece_end(reader: PdfFileReader, pdf: bytes, start: int) -> int:
    """Return where the object or table at ``start`` ends; ``start`` itself if there is none."""
    if _OBJECT.match(pdf, start):
        reader.stream.seek(start)
        number, generation = read_object_header(reader.stream, strict=False)
        # read in earnest: what looks like its end may stand in a string
        read_object(reader.stream, Reference(number, generation, reader))
        ending = _OBJECT_END.match(pdf, reader.stream.tell())
        return ending.end() if ending else start
    table = _TABLE.match(pdf, start)
    return _dictionary_end(pdf, table.end()) if table else start


def _dictionary_end(pdf: bytes, start: int) -> int:
    """Return where the trailer's dictionary, which ``startxref`` follows, ends; ``start`` if it is not alone there."""
    following = pdf.find(b"startxref", start)
    return following if following >= 0 and b"obj" not in pdf[start:following] else start
