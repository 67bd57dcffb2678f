"""A file whose issued bytes are known by their digest: how far it has come, told without reading all of it.

The digest vouches for the issued revision; a later one counts only if it is, byte for byte, what we would write.
Whatever is not exactly so is left to ``pkdocs.signing.form``: nothing passes here that does not pass there.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from pkdocs import der
from pkdocs.content import REASONED_SCHEMA, Content
from pkdocs.schema import from_json, parse_json
from pkdocs.signing.form import Signature, SignedForm
from pkdocs.signing.holder import Hash
from pkdocs.signing.increment import read_tails
from pkdocs.signing.objects import Objects
from pkdocs.signing.written import attachment, demand_regular, first_number, read_written, slots_of
from pkdocs.verification.attribution import owner_of

_UNREADABLE: Final = (*der.UNREADABLE, IndexError, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension)
"""Not as we write it; much of it is what damaged certificates lead to."""


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
    tail, *later = read_tails(pdf)
    hashed = hashlib.sha256(memoryview(pdf)[: tail.length])
    demand_regular(hashed.hexdigest() == issue_digest, "another issue")
    objects = Objects(pdf, tail.section)
    content = _content(attachment(objects, tail.root))
    slots = slots_of(objects, tail.root, content)
    signatures: list[Signature] = []
    for following in later:
        revision = pdf[tail.length : following.length]
        written = read_written(revision, hashed, tail, slots.pop(first_number(revision)), content)
        certificate = written.opened.certificate
        person = owner_of(certificate, owners)
        party = content.party(written.role)
        demand_regular(party is not None and person and party.person == person, "another person")
        signatures.append(Signature(written.role, person, certificate, following.length))
        hashed.update(revision)
        tail = following
    return Known(SignedForm(content, tuple(signatures), issue_digest), hashed)


@lru_cache(maxsize=1024)
def _content(data: bytes) -> Content:
    """Return the content; kept, for what is planned is read again when it is signed."""
    return from_json(Content, parse_json(data), schema=REASONED_SCHEMA)
