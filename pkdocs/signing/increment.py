"""One more revision of a file of the closed form, as bytes: how the file ends, and what is joined to it.

ISO 32000-2, 7.5.6: objects, a classic cross-reference section, trailer, ``startxref`` and ``%%EOF``. What the
objects say is for the caller to know.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pkdocs.verification.syntax import PdfSyntaxError, Ref, read_value

_END: Final = re.compile(rb"[\r\n]{1,2}startxref[\r\n]{1,2}(\d{1,10})[\r\n]{1,2}%%EOF([\r\n]{0,2})\Z")
_END_BYTES: Final = 40
_TABLE: Final = re.compile(
    rb"xref[\r\n]{1,2}(?:\d{1,10} \d{1,6} ?[\r\n]{1,2}(?:\d{10} \d{5} [nf](?: \n| \r|\r\n))+)+trailer[\r\n ]{1,2}"
)
_KEYS: Final = frozenset({"Size", "Root", "Info", "ID", "Prev"})
_ID_BYTES: Final = 16
_FREE: Final = b"0 1\n0000000000 65535 f \n"


class IrregularError(ValueError):
    """A file to which nothing can be joined as bytes; says what is not of the closed form."""


@dataclass(frozen=True, slots=True)
class Tail:
    """How a file of ``length`` bytes ends.

    ``table`` is where its last cross-reference section begins, ``size`` the first number that no object has,
    ``root`` and ``info`` (None: no ``/Info``) the numbers of these objects, ``identifiers`` the two of ``/ID``.
    ``gap`` must stand before what is joined.
    """

    length: int
    table: int
    size: int
    root: int
    info: int | None
    identifiers: tuple[bytes, bytes]
    gap: bytes = b""


@dataclass(frozen=True, slots=True)
class Increment:
    """A revision: its ``data``, to be joined to the file, and where in them the body of each object begins."""

    data: bytes
    places: Mapping[int, int]


def read_tail(pdf: bytes) -> Tail:
    """Return how ``pdf`` ends. Nothing before its last cross-reference section is looked at.

    Raises:
        IrregularError: it does not end as a file of the closed form does.
    """
    end = _END.search(pdf, max(0, len(pdf) - _END_BYTES))
    table = _TABLE.match(pdf, int(end[1])) if end else None
    if end is None or table is None:
        raise IrregularError("no plain cross-reference table at the end")
    try:
        trailer, after = read_value(pdf, table.end())
    except PdfSyntaxError as fault:
        raise IrregularError("trailer") from fault
    if after != end.start() or not isinstance(trailer, dict) or not trailer.keys() <= _KEYS:
        raise IrregularError("trailer")
    size, root, info, identifiers = (trailer.get(key) for key in ("Size", "Root", "Info", "ID"))
    if type(size) is not int or not isinstance(root, Ref) or not isinstance(info, Ref | None):
        raise IrregularError("/Size, /Root or /Info")
    if not isinstance(identifiers, list) or [type(one) for one in identifiers] != [bytes, bytes]:
        raise IrregularError("/ID")
    return Tail(
        length=len(pdf),
        table=table.start(),
        size=size,
        root=root.number,
        info=info.number if info else None,
        identifiers=(identifiers[0], identifiers[1]),
        gap=b"" if end[2] else b"\n",
    )


def render_revision(tail: Tail, objects: Mapping[int, bytes]) -> Increment:
    """Return the revision of ``objects``, bodies by number, that follows a file with that ``tail``.

    New objects have numbers from ``tail.size`` on, one after the other; a lower number writes that object again.
    The second ``/ID`` is a digest of what is written and of the one before: equal revisions are equal bytes.
    """
    pieces, places, offsets, length = [tail.gap], {}, {}, len(tail.gap)
    for number, body in sorted(objects.items()):
        opening = b"%d 0 obj\n" % number
        offsets[number] = tail.length + length
        places[number] = length + len(opening)
        pieces += (opening, body, b"\nendobj\n")
        length += len(opening) + len(body) + len(b"\nendobj\n")
    written = b"".join(pieces)
    identifier = hashlib.sha256(tail.identifiers[1] + written).digest()[:_ID_BYTES]
    ending = (
        b"xref\n" + _FREE + b"".join(_subsections(offsets)) + b"trailer\n",
        _trailer(tail, max(tail.size, *(number + 1 for number in objects)), identifier),
        b"\nstartxref\n%d\n%%%%EOF\n" % (tail.length + length),
    )
    return Increment(b"".join((written, *ending)), places)


def _subsections(offsets: Mapping[int, int]) -> Iterator[bytes]:
    """Yield one subsection for each run of numbers."""
    run: list[int] = []
    for number in (*offsets, -1):
        if run and number != run[-1] + 1:
            entries = b"".join(b"%010d 00000 n \n" % offsets[one] for one in run)
            yield b"%d %d\n%s" % (run[0], len(run), entries)
            run = []
        run.append(number)


def _trailer(tail: Tail, size: int, identifier: bytes) -> bytes:
    info = b"" if tail.info is None else b"/Info %d 0 R " % tail.info
    first = tail.identifiers[0].hex().encode("ascii")
    second = identifier.hex().encode("ascii")
    return b"<< %s/Root %d 0 R /Size %d /ID [<%s> <%s>] /Prev %d >>" % (
        info,
        tail.root,
        size,
        first,
        second,
        tail.table,
    )
