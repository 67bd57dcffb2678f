"""One more revision of a file of the closed form, as bytes: how the file ends, and what is joined to it.

ISO 32000-2, 7.5.6: objects, a classic cross-reference section, trailer, ``startxref`` and ``%%EOF``. What the
objects say is for the caller to know.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from pkdocs.signing.objects import MAX_SECTIONS, IrregularError, Section, read_section
from pkdocs.verification.syntax import Ref

_END: Final = re.compile(rb"[\r\n]{1,2}startxref[\r\n]{1,2}(\d{1,10})[\r\n]{1,2}%%EOF([\r\n]{0,2})\Z")
_END_BYTES: Final = 40
_NEXT_END: Final = re.compile(rb"\nstartxref\n\d{1,10}\n%%EOF\n")
"""The same as we write it, with a revision after it."""
_ID_BYTES: Final = 16
_FREE: Final = b"xref\n0 1\n0000000000 65535 f \n"
_OBJECT_END: Final = b"\nendobj\n"


@dataclass(frozen=True, slots=True)
class Tail:
    """How a file of ``length`` bytes ends.

    ``section`` is its last cross-reference section, ``size`` the first number that no object has, ``root`` and
    ``info`` (None: no ``/Info``) the numbers of these objects, ``identifiers`` the two of ``/ID``. ``gap`` must stand
    before what is joined.
    """

    length: int
    section: Section = field(repr=False)
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


Body: TypeAlias = tuple[bytes | int, ...]
"""An object before it has a number: what it says, and where it names another the place of that one among them."""


def number_objects(bodies: Sequence[Body], first: int) -> dict[int, bytes]:
    """Return the objects with the numbers from ``first`` on."""
    return {
        number: b"".join([b"%d 0 R" % (first + piece) if isinstance(piece, int) else piece for piece in body])
        for number, body in enumerate(bodies, first)
    }


def stream_body(entries: bytes, data: bytes) -> bytes:
    """Return a stream with ``data`` as they are; ``entries`` of its dictionary, without ``/Length``."""
    return b"<< %s %s" % (entries, stream_end(data))


def stream_end(data: bytes) -> bytes:
    """Return the end of a stream with ``data`` as they are: the last entry of its dictionary, and all after it."""
    return b"/Length %d >>\nstream\n%s\nendstream" % (len(data), data)


def read_tail(pdf: bytes, length: int | None = None) -> Tail:
    """Return how ``pdf`` ends, or its first ``length`` bytes. Nothing before their last section is looked at.

    Raises:
        IrregularError: it does not end as a file of the closed form does.
    """
    length = len(pdf) if length is None else length
    end = _END.search(pdf, max(0, length - _END_BYTES), length)
    if end is None:
        raise IrregularError("end")
    section = read_section(pdf, int(end[1]))
    if section.end != end.start():
        raise IrregularError("trailer")
    size, root, info, identifiers = (section.trailer.get(key) for key in ("Size", "Root", "Info", "ID"))
    if type(size) is not int or not isinstance(root, Ref) or not isinstance(info, Ref | None):
        raise IrregularError("/Size, /Root or /Info")
    if not isinstance(identifiers, list) or [type(one) for one in identifiers] != [bytes, bytes]:
        raise IrregularError("/ID")
    return Tail(
        length=length,
        section=section,
        size=size,
        root=root.number,
        info=info.number if info else None,
        identifiers=(identifiers[0], identifiers[1]),
        gap=b"" if end[2] else b"\n",
    )


def read_tails(pdf: bytes) -> list[Tail]:
    """Return how each revision of ``pdf`` ends, the first first. Nothing but their last sections is looked at.

    Raises:
        IrregularError: one does not end as a file of the closed form does, or there are too many.
    """
    tails = [read_tail(pdf)]
    while (place := tails[-1].section.trailer.get("Prev")) is not None:
        if type(place) is not int or place >= tails[-1].section.start or len(tails) == MAX_SECTIONS:
            raise IrregularError("/Prev")
        ended = _NEXT_END.match(pdf, read_section(pdf, place).end)
        if ended is None:
            raise IrregularError("end")
        tails.append(read_tail(pdf, ended.end()))
    return tails[::-1]


def render_revision(tail: Tail, objects: Mapping[int, bytes]) -> Increment:
    """Return the revision of ``objects``, bodies by number, that follows a file with that ``tail``.

    New objects have numbers from ``tail.size`` on, one after the other; a lower number writes that object again.
    The second ``/ID`` is a digest of what is written and of the one before: equal revisions are equal bytes.
    """
    numbers = sorted(objects)
    pieces, places, length = [tail.gap], {}, len(tail.gap)
    table, before = [_FREE], -1
    for number, body in ((number, objects[number]) for number in numbers):
        opening = b"%d 0 obj\n" % number
        if number != before + 1:
            table.append(b"%d %d\n" % (number, _run(numbers, number)))
        table.append(b"%010d 00000 n \n" % (tail.length + length))
        places[number] = length + len(opening)
        pieces += (opening, body, _OBJECT_END)
        length = places[number] + len(body) + len(_OBJECT_END)
        before = number
    written = b"".join(pieces)
    identifier = hashlib.sha256(tail.identifiers[1] + written).digest()[:_ID_BYTES]
    trailer = _trailer(tail, max(tail.size, before + 1), identifier)
    end = b"\nstartxref\n%d\n%%%%EOF\n" % (tail.length + length)
    return Increment(b"".join((written, *table, trailer, end)), places)


def _run(numbers: Sequence[int], first: int) -> int:
    """Return how many of ``numbers``, sorted, follow one another from ``first`` on."""
    start = numbers.index(first)
    return next((n for n, number in enumerate(numbers[start:]) if number != first + n), len(numbers) - start)


def _trailer(tail: Tail, size: int, identifier: bytes) -> bytes:
    info = b"" if tail.info is None else b"/Info %d 0 R " % tail.info
    first = tail.identifiers[0].hex().encode("ascii")
    second = identifier.hex().encode("ascii")
    return b"trailer\n<< %s/Root %d 0 R /Size %d /ID [<%s> <%s>] /Prev %d >>" % (
        info,
        tail.root,
        size,
        first,
        second,
        tail.section.start,
    )
