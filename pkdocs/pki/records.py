"""What the training PKI remembers: whom it has certified, whom it has revoked, who are registrars."""

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from pkdocs.errors import CredentialError
from pkdocs.files import is_device_name
from pkdocs.pki.authority import Reason, Revocation
from pkdocs.schema import NewerSchemaError, SchemaError, canonical, parse_canonical

RECORDS_SCHEMA: Final = "pkdocs-pki/1"
RECORDS_FILE: Final = "records.json"
ENROLMENT_SCHEMA: Final = "pkdocs-enrolment/1"

_ENROLLED_BY: Final = "pki-uji"
_SECONDS_BITS: Final = 40
_NUMBER = re.compile(r"(?=.*[0-9A-Za-z])[0-9A-Za-z-]{1,40}")


@dataclass(frozen=True, slots=True)
class Enrollee:
    """Somebody who shall have a certificate: ``name`` without degrees; ``number`` (NIP) stays on this machine.

    Raises:
        CredentialError: the number has other characters than letters, digits and hyphens, or cannot name a file.
    """

    number: str = field(repr=False)
    person: str
    name: str
    unit: str

    def __post_init__(self) -> None:
        # it becomes a file name
        if not _NUMBER.fullmatch(self.number) or is_device_name(self.number):
            raise CredentialError("PKI_NUMBER", name=self.name)


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate that was given out, as base64 of DER."""

    number: str = field(repr=False)
    person: str
    certificate: str

    @property
    def loaded(self) -> x509.Certificate:
        """The certificate."""
        return x509.load_der_x509_certificate(base64.b64decode(self.certificate))


@dataclass(frozen=True, slots=True)
class Revoked:
    """A certificate that was taken back: serial number in hexadecimal, moment in ISO 8601."""

    serial: str
    at: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Records:
    """Everything since ``init``, each person's newest certificate last; holds NIPs, so it is for its owner's eyes.

    ``address`` is that of the services, as new certificates name it; None: they name none.
    """

    schema: str = RECORDS_SCHEMA
    crl_number: int = 1
    address: str | None = None
    registrars: tuple[str, ...] = field(default=(), repr=False)
    issued: tuple[Issued, ...] = ()
    revoked: tuple[Revoked, ...] = ()

    def __post_init__(self) -> None:
        if self.schema != RECORDS_SCHEMA:
            raise SchemaError(f"schema is not {RECORDS_SCHEMA}")

    @property
    def numbers(self) -> frozenset[str]:
        """Who has been certified."""
        return frozenset(entry.number for entry in self.issued)

    @property
    def revocations(self) -> tuple[Revocation, ...]:
        """What the next list says."""
        return tuple(
            Revocation(int(entry.serial, 16), datetime.fromisoformat(entry.at), entry.reason) for entry in self.revoked
        )

    @property
    def registrar_certificates(self) -> tuple[bytes, ...]:
        """The newest certificate (DER) of each registrar who has one, in the order of ``init``."""
        newest = {entry.number: base64.b64decode(entry.certificate) for entry in self.issued}
        return tuple(newest[number] for number in self.registrars if number in newest)

    def list_number(self, at: datetime) -> int:
        """Return the number of a list that is made ``at`` that time: later lists have greater ones (RFC 5280, 5.2.3).

        Lists are made without being published too, by the services, so the second counts beside ``crl_number``.
        """
        return self.crl_number << _SECONDS_BITS | int(at.timestamp())

    def with_issued(self, enrollee: Enrollee, certificate: x509.Certificate) -> "Records":
        """Return the records with one certificate more."""
        encoded = base64.b64encode(certificate.public_bytes(Encoding.DER)).decode("ascii")
        return replace(self, issued=(*self.issued, Issued(enrollee.number, enrollee.person, encoded)))

    def with_revoked(self, number: str, reason: Reason, at: datetime) -> "Records":
        """Return the records with all certificates of ``number`` revoked; those that were stay as they were."""
        known = {entry.serial for entry in self.revoked}
        serials = [f"{entry.loaded.serial_number:x}" for entry in self.issued if entry.number == number]
        moment = at.isoformat(timespec="seconds")
        added = tuple(Revoked(serial, moment, reason) for serial in serials if serial not in known)
        return replace(self, revoked=self.revoked + added)


def read_records(data: bytes) -> Records:
    """Return what a ``records.json`` says.

    Raises:
        CredentialError: not such a file, damaged, or of a newer pkdocs.
    """
    try:
        return parse_canonical(Records, data, schema=RECORDS_SCHEMA)
    except NewerSchemaError as fault:
        raise CredentialError("SCHEMA_NEWER", fault.params, file=RECORDS_FILE) from fault
    except SchemaError as fault:
        raise CredentialError("PKI_DAMAGED", file=RECORDS_FILE) from fault


def render_records(records: Records) -> bytes:
    """Return the file for its owner alone."""
    return canonical(records)


def render_enrolment(records: Records) -> bytes:
    """Return ``enrolment.json``: who holds which certificate, who keeps the register; pseudonyms, no NIP."""
    entries = [_enrolment_entry(entry, is_registrar=entry.number in records.registrars) for entry in records.issued]
    written = {"schema": ENROLMENT_SCHEMA, "certificates": entries}
    return (json.dumps(written, ensure_ascii=False, indent=1) + "\n").encode()


def _enrolment_entry(entry: Issued, *, is_registrar: bool) -> dict[str, str | bool]:
    certificate = entry.loaded
    written: dict[str, str | bool] = {
        "person": entry.person,
        "sha256": hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest(),
        "begins": certificate.not_valid_before_utc.isoformat(),
        "ends": certificate.not_valid_after_utc.isoformat(),
        "enrolled": _ENROLLED_BY,
        "certificate": certificate.public_bytes(Encoding.PEM).decode("ascii"),
    }
    return {**written, "registrar": True} if is_registrar else written
