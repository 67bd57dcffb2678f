"""Whose certificates are: found out when people were enrolled, never read off the files to be judged."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date
from functools import cached_property
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pkdocs.errors import CredentialError
from pkdocs.persons import PSEUDONYM
from pkdocs.pki import ENROLMENT_SCHEMA
from pkdocs.register.lines import CertificateLine
from pkdocs.schema import NewerSchemaError, SchemaError, demand_schema, is_plain_text, parse_json

MAX_ENROLMENT_BYTES: Final = 256_000_000
_LONGEST: Final = 120


@dataclass(frozen=True)
class Enrolled:
    """One certificate (DER) of one person; ``how`` says how that was found out, ``registrar`` who keeps the register.

    Raises:
        CredentialError: not a certificate, or not a person.
    """

    person: str
    certificate: bytes = field(repr=False)
    how: str
    registrar: bool = False

    def __post_init__(self) -> None:
        if not PSEUDONYM.fullmatch(self.person) or not self.how or not is_plain_text(self.how):
            raise CredentialError("ENROLMENT_ENTRY", person=self.person[:_LONGEST])
        try:
            self.loaded.public_key()
        except Exception as fault:
            # the loader raises whatever a damaged certificate leads it to
            raise CredentialError("ENROLMENT_ENTRY", person=self.person) from fault

    @cached_property
    def loaded(self) -> x509.Certificate:
        """The certificate."""
        return x509.load_der_x509_certificate(self.certificate)

    @property
    def digest(self) -> str:
        """SHA-256 of the certificate, in hexadecimal."""
        return self.loaded.fingerprint(SHA256()).hex()

    @property
    def key(self) -> bytes:
        """The public key, DER."""
        return self.loaded.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def line(self, entered: date) -> CertificateLine:
        """Return what the register says of it."""
        begins, ends = self.loaded.not_valid_before_utc, self.loaded.not_valid_after_utc
        days = begins.astimezone(UTC).date(), ends.astimezone(UTC).date()
        return CertificateLine(entered, self.person, self.digest, *days, self.how)


def parse_enrolment(data: bytes) -> tuple[Enrolled, ...]:
    """Return what an ``enrolment.json`` says (docs/contracts.md).

    Raises:
        CredentialError: not such a file, of a newer pkdocs, or an entry that is not what it says.
    """
    try:
        raw: Any = parse_json(data) if len(data) <= MAX_ENROLMENT_BYTES else None
        demand_schema(raw, ENROLMENT_SCHEMA)
    except NewerSchemaError as fault:
        raise CredentialError("SCHEMA_NEWER", fault.params, file="enrolment.json") from fault
    except SchemaError as fault:
        raise CredentialError("ENROLMENT_UNREADABLE") from fault
    if not isinstance(raw.get("certificates"), list):
        raise CredentialError("ENROLMENT_UNREADABLE")
    return demand_one_owner(_parse_entry(entry) for entry in raw["certificates"])


def _parse_entry(entry: Any) -> Enrolled:
    fields = entry if isinstance(entry, dict) else {}
    person = str(fields.get("person"))
    try:
        certificate = x509.load_pem_x509_certificate(str(fields.get("certificate")).encode())
    except ValueError as fault:
        raise CredentialError("ENROLMENT_ENTRY", person=person[:_LONGEST]) from fault
    enrolled = Enrolled(
        person, certificate.public_bytes(Encoding.DER), str(fields.get("enrolled", "")), fields.get("registrar") is True
    )
    if fields.get("sha256") != enrolled.digest:
        raise CredentialError("ENROLMENT_ENTRY", person=person[:_LONGEST])
    return enrolled


def demand_one_owner(entries: Iterable[Enrolled]) -> tuple[Enrolled, ...]:
    """Pass entries in which each key is one person's.

    Raises:
        CredentialError: two persons have one key.
    """
    passed = tuple(entries)
    owners: dict[bytes, str] = {}
    for entry in passed:
        if owners.setdefault(entry.key, entry.person) != entry.person:
            raise CredentialError("ENROLMENT_SHARED_KEY", one=owners[entry.key], other=entry.person)
    return passed
