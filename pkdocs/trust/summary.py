"""A trust file as facts and fingerprints: what an auditor compares by eye with what reached him another way."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from cryptography import x509
from cryptography.x509.oid import NameOID

from pkdocs.errors import TrustError


class Currency(StrEnum):
    """Whether something is in date at a moment."""

    CURRENT = "current"
    LAPSED = "lapsed"
    FUTURE = "future"


@dataclass(frozen=True, slots=True)
class PinnedCertificate:
    """A certificate: names by RFC 4514 on one line, days in UTC, SHA-256 of its DER form in hexadecimal."""

    subject: str
    issuer: str
    begins: datetime
    ends: datetime
    sha256: str

    @classmethod
    def of(cls, certificate: bytes) -> "PinnedCertificate":
        """Return what the DER form of a certificate says.

        Raises:
            TrustError: its names cannot be read.
        """
        loaded = x509.load_der_x509_certificate(certificate)
        try:
            subject, issuer = _printable(loaded.subject), _printable(loaded.issuer)
        except ValueError as fault:
            raise TrustError("TRUST_ENTRY", field="certificate") from fault
        digest = sha256(certificate).hexdigest()
        return cls(subject, issuer, loaded.not_valid_before_utc, loaded.not_valid_after_utc, digest)

    @property
    def is_self_issued(self) -> bool:
        """Tell whether it names itself as issuer, as roots do."""
        return self.subject == self.issuer

    def currency(self, at: datetime) -> Currency:
        """Tell whether it is in date at the moment ``at``."""
        return _currency(self.begins, self.ends, at)


@dataclass(frozen=True, slots=True)
class PinnedList:
    """A revocation list: whose, from when, good until when (None: not said), how many certificates it takes back."""

    issuer: str
    issued: datetime
    due: datetime | None
    revoked: int

    @classmethod
    def of(cls, crl: bytes) -> "PinnedList":
        """Return what the DER form of a revocation list says.

        Raises:
            TrustError: its issuer's name cannot be read.
        """
        loaded = x509.load_der_x509_crl(crl)
        try:
            issuer = _printable(loaded.issuer)
        except ValueError as fault:
            raise TrustError("TRUST_ENTRY", field="crls") from fault
        return cls(issuer, loaded.last_update_utc, loaded.next_update_utc, len(loaded))

    def currency(self, at: datetime) -> Currency:
        """Tell whether it is in date at the moment ``at``; one that does not say until when is not."""
        return _currency(self.issued, self.due or self.issued, at)


def fingerprint(digest: str) -> str:
    """Return a digest as authorities print it: ``AB:CD:…``."""
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2)).upper()


def _currency(begins: datetime, ends: datetime, at: datetime) -> Currency:
    if at < begins:
        return Currency.FUTURE
    return Currency.CURRENT if at <= ends else Currency.LAPSED


def _printable(name: x509.Name) -> str:
    # a name is whatever its maker wrote: nothing of it may steer a terminal or turn the text around
    written = name.rfc4514_string({NameOID.SERIAL_NUMBER: "serialNumber"})
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04X}" for sign in written)
