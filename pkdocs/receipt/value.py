"""A batch of signatures as values: the plan and its digest, and the receipt (``pkdocs-receipt/1``)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from pkdocs.content import Role
from pkdocs.files import digest
from pkdocs.nip import holds_personal_number
from pkdocs.schema import canonical, is_plain_text, to_json
from pkdocs.signing import Level

SCHEMA: Final = "pkdocs-receipt/1"
PLAN_SCHEMA: Final = "pkdocs-plan/1"
_UNSHOWN: Final = "-"


class Fate(StrEnum):
    """What became of a document. ``UNKNOWN``: a service was asked, and nobody knows whether it signed."""

    SIGNED = "signed"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    UNTOUCHED = "untouched"


@dataclass(frozen=True, slots=True)
class Planned:
    """One signature to be made: of which agreement, in which role; ``content`` is the content's digest.

    ``before`` is SHA-256 of the file as it was when the plan was made.
    """

    id: str
    role: Role
    content: str
    before: str


@dataclass(frozen=True, slots=True)
class _Plan:
    documents: tuple[Planned, ...]
    schema: str = PLAN_SCHEMA


def plan_digest(planned: Iterable[Planned]) -> str:
    """Return SHA-256 over the canonical JSON (RFC 8785) of what will be signed, ordered by id and role.

    Anybody can compute it again from a receipt: ``{"documents": [{"before", "content", "id", "role"}, …],
    "schema": "pkdocs-plan/1"}`` without spaces. No document at all: the list is left out.
    """
    return digest(canonical(_Plan(tuple(sorted(planned, key=lambda one: (one.id, one.role))))))


@dataclass(frozen=True, slots=True)
class Credential:
    """A certificate as people compare it: common names of subject and issuer, its days (UTC), SHA-256 of the DER."""

    subject: str
    issuer: str
    begins: date
    ends: date
    sha256: str


def describe_certificate(certificate: bytes) -> Credential:
    """Return what a plan and a receipt say of a certificate (DER); a name that holds somebody's number is not shown."""
    loaded = x509.load_der_x509_certificate(certificate)
    return Credential(
        subject=_common_name(loaded.subject),
        issuer=_common_name(loaded.issuer),
        begins=loaded.not_valid_before_utc.date(),
        ends=loaded.not_valid_after_utc.date(),
        sha256=loaded.fingerprint(SHA256()).hex(),
    )


def _common_name(name: x509.Name) -> str:
    kinds = NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME
    said = next((str(named[-1].value) for kind in kinds if (named := name.get_attributes_for_oid(kind))), "")
    return said if said and is_plain_text(said) and not holds_personal_number(said) else _UNSHOWN


@dataclass(frozen=True, slots=True)
class Item:
    """One document of a batch. ``after`` is SHA-256 of the file as signature and level left it, ``at`` when.

    ``code`` says why a document was refused, why nothing is known of it, or why it is signed without the level.
    """

    id: str
    role: Role
    content: str
    before: str
    outcome: Fate
    at: str | None = None
    after: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A whole batch, over all runs that it took.

    ``person`` is the content's, ``name`` as printed; ``origin`` says where the key was, and whether what was sent there
    went in the clear. Moments are ISO 8601 in UTC, by the clock of the computer: they prove nothing.
    """

    batch: str
    plan: str
    person: str
    name: str
    certificate: Credential
    origin: str
    level: Level
    begun: str
    ended: str
    organisation: str
    documents: tuple[Item, ...]
    schema: str = SCHEMA

    def count(self, fate: Fate) -> int:
        """Return how many documents ended so."""
        return sum(item.outcome is fate for item in self.documents)

    @property
    def json(self) -> bytes:
        """The receipt as it is written, readable for people."""
        return f"{json.dumps(to_json(self), ensure_ascii=False, indent=1)}\n".encode()


def moment(at: datetime) -> str:
    """Return ``at`` as receipts and journals write it."""
    return at.astimezone(UTC).isoformat(timespec="seconds")
