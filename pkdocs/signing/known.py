"""A file whose issued bytes are known by their digest: how far it has come, told without reading all of it.

The digest vouches for the issued revision; a later one counts only if it is, byte for byte, what we would write.
Whatever is not exactly so is left to ``pkdocs.signing.form``: nothing passes here that does not pass there.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from pkdocs import der
from pkdocs.content import REASONED_SCHEMA, Content, Role
from pkdocs.issue import ATTACHMENT, electronic_roles
from pkdocs.schema import from_json, parse_json
from pkdocs.signing.appearance import APPEARANCE_SHAPES
from pkdocs.signing.container import open_own
from pkdocs.signing.dictionary import MOMENT, reason_of, signature_entries
from pkdocs.signing.form import Signature, SignedForm
from pkdocs.signing.holder import Hash
from pkdocs.signing.increment import Tail, read_tail
from pkdocs.signing.objects import IrregularError, Objects, entry_of, value_of
from pkdocs.signing.revision import reserve_signature
from pkdocs.signing.shape import have_shapes
from pkdocs.signing.slot import Slot, read_slots
from pkdocs.verification.attribution import owner_of
from pkdocs.verification.syntax import Ref

_UNREADABLE: Final = (*der.UNREADABLE, IndexError, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension)
"""Not as we write it; much of it is what damaged certificates lead to."""
_END: Final = b"%%EOF\n"
_STREAM: Final = b"\nstream\n"
_NUMBER: Final = re.compile(rb"(\d{1,10}) 0 obj\n")
_IMAGE: Final = re.compile(rb"\nendobj\n\d+ 0 obj\n<< /Type /XObject /Subtype /Image ")
_OBJECT_END: Final = b"\nendobj\n"
_CONTENTS: Final = re.compile(rb"<< /Contents <([0-9a-f]+)>\n")


@dataclass(frozen=True, slots=True)
class Known:
    """What a file holds, and the SHA-256 of all its bytes, to go on with."""

    form: SignedForm
    hashed: Hash = field(repr=False, compare=False)


def read_known(pdf: bytes, issue_digest: str, *, owners: Mapping[bytes, str] = MappingProxyType({})) -> Known | None:
    """Return what ``read_form`` gives, if the issued revision has that digest and all later ones are ours; else None.

    Checked are digests, raw signatures, and that each signer is the party: ``owners`` says whose certificates (DER)
    are, else they name their person themselves. That the content is canonical is not checked again.
    """
    try:
        return _read(pdf, issue_digest, owners)
    except _UNREADABLE:
        return None


def _read(pdf: bytes, issue_digest: str, owners: Mapping[bytes, str]) -> Known:
    end = _end(pdf, 0)
    hashed = hashlib.sha256(memoryview(pdf)[:end])
    _demand(hashed.hexdigest() == issue_digest, "another issue")
    tail = read_tail(pdf, end)
    objects = Objects(pdf, tail.section)
    content = _content(_attachment(pdf, objects, tail.root))
    slots = {slot.number: slot for slot in read_slots(objects, tail.root).values() if slot is not None}
    names = [slot.name for slot in slots.values()]
    _demand(sorted(names) == sorted(role.value for role in electronic_roles(content)), "fields")
    signatures: list[Signature] = []
    while tail.length < len(pdf):
        revision = pdf[tail.length : _end(pdf, tail.length)]
        slot = slots.pop(_first_number(revision))
        certificate = _certificate(revision, hashed, tail, slot, content)
        person = owner_of(certificate, owners)
        role = Role(slot.name)
        party = content.party(role)
        _demand(party is not None and person and party.person == person, "another person")
        signatures.append(Signature(role, person, certificate, tail.length + len(revision)))
        hashed.update(revision)
        tail = read_tail(pdf, signatures[-1].end)
    return Known(SignedForm(content, tuple(signatures), issue_digest), hashed)


def _demand(fulfilled: object, what: str) -> None:
    if not fulfilled:
        raise IrregularError(what)


def _end(pdf: bytes, start: int) -> int:
    return pdf.index(_END, start) + len(_END)


def _attachment(pdf: bytes, objects: Objects, root: int) -> bytes:
    """Return the bytes of the only attachment."""
    files = entry_of(value_of(objects.body(_attachment_number(objects.body(root)))), "EF")
    embedded = entry_of(files, "F")
    _demand(isinstance(embedded, Ref), "/EF")
    dictionary, end = objects.value(embedded.number)
    length = entry_of(dictionary, "Length")
    _demand(type(length) is int and "Filter" not in dictionary and pdf.startswith(_STREAM, end), "attachment")
    start = end + len(_STREAM)
    return pdf[start : start + length]


@lru_cache(maxsize=64)
def _attachment_number(catalog: bytes) -> int:
    """Return the number of the file specification; catalogs of a batch mostly are equal bytes."""
    names = entry_of(entry_of(entry_of(value_of(catalog), "Names"), "EmbeddedFiles"), "Names")
    _demand(isinstance(names, list) and len(names) == 2 and names[0] == ATTACHMENT.encode("ascii"), "/Names")
    _demand(isinstance(names[1], Ref), "/Names")
    number: int = names[1].number
    return number


@lru_cache(maxsize=1024)
def _content(data: bytes) -> Content:
    """Return the content; kept, for what is planned is read again when it is signed."""
    return from_json(Content, parse_json(data), schema=REASONED_SCHEMA)


def _first_number(revision: bytes) -> int:
    matched = _NUMBER.match(revision)
    _demand(matched, "object")
    return int(matched[1]) if matched else 0


def _certificate(revision: bytes, hashed: Hash, tail: Tail, slot: Slot, content: Content) -> bytes:
    """Return the certificate of the signature that ``revision`` adds in ``slot``, if we would have written the same."""
    has_emblem = bool(_IMAGE.search(revision))
    shapes = APPEARANCE_SHAPES[has_emblem]
    number = tail.size + len(shapes)
    bodies = _bodies(revision, (slot.number, *range(tail.size, number + 1)))
    appearance = {one: bodies[one] for one in range(tail.size, number)}
    _demand(have_shapes(list(appearance.values()), shapes, tail.size), "appearance")
    contents, moment = _CONTENTS.match(bodies[number]), MOMENT.search(bodies[number])
    party = content.party(Role(slot.name))
    if party is None or contents is None or moment is None:
        raise IrregularError("signature")
    reason = reason_of(content, party)
    entries = signature_entries(tail.root, slot.name, moment[0], name=party.name, location=content.place, reason=reason)
    reserved = reserve_signature(hashed, tail, slot, appearance, entries, size=len(contents[1]) // 2)
    _demand(b"".join((reserved.before, contents[1], reserved.after)) == revision, "not our bytes")
    certificate = open_own(bytes.fromhex(contents[1].decode("ascii")), reserved.digest)
    if certificate is None:
        raise IrregularError("signature")
    return certificate


def _bodies(revision: bytes, numbers: Sequence[int]) -> Mapping[int, bytes]:
    """Return what the objects say that the revision begins with, in that order."""
    bodies: dict[int, bytes] = {}
    place = 0
    for number, following in zip(numbers, (*numbers[1:], None), strict=True):
        opening = b"%d 0 obj\n" % number
        _demand(revision.startswith(opening, place), "object")
        after = b"xref\n" if following is None else b"%d 0 obj\n" % following
        end = revision.index(_OBJECT_END + after, place)
        bodies[number] = revision[place + len(opening) : end]
        place = end + len(_OBJECT_END)
    return bodies
