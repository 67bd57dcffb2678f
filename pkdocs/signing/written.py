"""What we wrote, read back: the parts of an issued revision that are asked for, and a signature that follows one.

Nothing is judged here but whether the bytes are exactly those that our writer makes of what they say.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from pkdocs.content import Content, Role
from pkdocs.issue import ATTACHMENT, electronic_roles
from pkdocs.signing.appearance import APPEARANCE_SHAPES
from pkdocs.signing.container import Opened, open_own
from pkdocs.signing.dictionary import MOMENT, reason_of, signature_entries
from pkdocs.signing.font import FONT_SHAPE
from pkdocs.signing.holder import Hash
from pkdocs.signing.increment import Tail
from pkdocs.signing.objects import IrregularError, Objects, entry_of, value_of
from pkdocs.signing.revision import reserve_signature
from pkdocs.signing.shape import have_shapes
from pkdocs.signing.slot import Slot, read_slots
from pkdocs.verification.signature import MAX_CMS_BYTES
from pkdocs.verification.syntax import Ref, Value

CONTENTS: Final = re.compile(rb"<< /Contents <([0-9a-f]+)>\n")
"""How a signature dictionary of ours begins."""
OBJECT_END: Final = b"\nendobj\n"

_NUMBER: Final = re.compile(rb"(\d{1,10}) 0 obj\n")
_IMAGE: Final = b"\nendobj\n%d 0 obj\n<< /Type /XObject /Subtype /Image "


def demand_regular(fulfilled: object, what: str) -> None:
    """Pass what holds.

    Raises:
        IrregularError: it does not; ``what`` is not as we write it.
    """
    if not fulfilled:
        raise IrregularError(what)


def first_number(revision: bytes) -> int:
    """Return the number of the object that a revision begins with.

    Raises:
        IrregularError: it begins with something else.
    """
    matched = _NUMBER.match(revision)
    if matched is None:
        raise IrregularError("object")
    return int(matched[1])


def attachment(objects: Objects, root: int) -> bytes:
    """Return the bytes of the only attachment, which is the content.

    Raises:
        IrregularError: the catalog (object ``root``) does not lead to one as it is issued.
    """
    _, specification = _streams_named(objects.body(root))
    return objects.stream(_embedded_number(objects.body(specification)))


def metadata(objects: Objects, root: int) -> bytes:
    """Return the XMP packet.

    Raises:
        IrregularError: the catalog (object ``root``) does not lead to one as it is issued.
    """
    packet, _ = _streams_named(objects.body(root))
    return objects.stream(packet)


# both are mostly the same bytes in all files of a batch
@lru_cache(maxsize=64)
def _streams_named(catalog: bytes) -> tuple[int, int]:
    """Return the numbers of the metadata and of the attachment's specification."""
    entries = value_of(catalog)
    names = entry_of(entry_of(entry_of(entries, "Names"), "EmbeddedFiles"), "Names")
    demand_regular(isinstance(names, list) and len(names) == 2 and names[0] == ATTACHMENT.encode("ascii"), "/Names")
    return _number(entry_of(entries, "Metadata")), _number(names[1])


@lru_cache(maxsize=64)
def _embedded_number(specification: bytes) -> int:
    """Return the number of the attachment."""
    return _number(entry_of(entry_of(value_of(specification), "EF"), "F"))


def _number(value: Value) -> int:
    demand_regular(isinstance(value, Ref), "no reference")
    number: int = value.number
    return number


def slots_of(objects: Objects, root: int, content: Content) -> dict[int, Slot]:
    """Return the empty fields of an issued revision by the numbers of their objects.

    Raises:
        IrregularError: they are not those of the parties that sign electronically.
    """
    slots = {slot.number: slot for slot in read_slots(objects, root).values() if slot is not None}
    names = sorted(slot.name for slot in slots.values())
    demand_regular(names == sorted(role.value for role in electronic_roles(content)), "fields")
    return slots


@dataclass(frozen=True, slots=True)
class Written:
    """A signature of ours: as what somebody signed, when he says that he did (/M), and why, and its container."""

    role: Role
    moment: bytes
    reason: str
    opened: Opened = field(repr=False)


def read_written(revision: bytes, hashed: Hash, tail: Tail, slot: Slot, content: Content) -> Written:
    """Return the signature that ``revision`` adds in ``slot``, if we would have written the same, byte for byte.

    ``hashed`` has taken in the file so far, which ends as ``tail`` says. The raw signature and its timestamp are
    checked; whose the certificate is, and whether anybody believes it, is not asked.

    Raises:
        IrregularError: we would not.
        ValueError, UnsupportedAlgorithm, InvalidVersion: its container is not even DER, or has no usable certificate.
    """
    shapes = APPEARANCE_SHAPES[_IMAGE % (tail.size + len(FONT_SHAPE)) in revision]
    number = tail.size + len(shapes)
    bodies = _bodies(revision, (slot.number, *range(tail.size, number + 1)))
    appearance = {one: bodies[one] for one in range(tail.size, number)}
    demand_regular(have_shapes(list(appearance.values()), shapes, tail.size), "appearance")
    contents = CONTENTS.match(bodies[number])
    moment = MOMENT.search(bodies[number], contents.end()) if contents else None
    role = Role(slot.name)
    party = content.party(role)
    if party is None or contents is None or moment is None or len(contents[1]) > 2 * MAX_CMS_BYTES:
        raise IrregularError("signature")
    reason = reason_of(content, party)
    entries = signature_entries(tail.root, slot.name, moment[0], name=party.name, location=content.place, reason=reason)
    reserved = reserve_signature(hashed, tail, slot, appearance, entries, size=len(contents[1]) // 2)
    demand_regular(reserved.before + contents[1] + reserved.after == revision, "not our bytes")
    opened = open_own(bytes.fromhex(contents[1].decode("ascii")), reserved.digest)
    if opened is None:
        raise IrregularError("signature")
    return Written(role, moment[0], reason, opened)


def _bodies(revision: bytes, numbers: Sequence[int]) -> Mapping[int, bytes]:
    """Return what the objects say that the revision begins with, in that order."""
    bodies: dict[int, bytes] = {}
    place = 0
    for number, following in zip(numbers, (*numbers[1:], None), strict=True):
        opening = b"%d 0 obj\n" % number
        demand_regular(revision.startswith(opening, place), "object")
        after = b"xref\n" if following is None else b"%d 0 obj\n" % following
        end = revision.index(OBJECT_END + after, place)
        bodies[number] = revision[place + len(opening) : end]
        place = end + len(OBJECT_END)
    return bodies
