"""The key files of persons in a training PKI: for each one PKCS #12 file and its passphrase; none is overwritten."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from pkdocs.errors import ConflictError
from pkdocs.pki.authority import Authority, KeyKind, PrivateKey, Subject, certify, certify_seal, person_of
from pkdocs.pki.disk import write_secret
from pkdocs.pki.records import Enrollee

_RETIRED: Final = "lama"


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """Makes key files in ``folder``, certified by ``issuing`` under ``root``; ``address`` is that of the services."""

    folder: Path
    root: Authority
    issuing: Authority
    kind: KeyKind
    address: str

    def make(self, enrollee: Enrollee, organisation: str, at: datetime, *, known: bool) -> x509.Certificate:
        """Return the certificate in the new file of ``enrollee``; who is ``known`` has one, which is put aside.

        What an interrupted run has left of somebody unknown is taken over.

        Raises:
            ConflictError: a file of another origin is in the way, or the folder cannot be written.
        """
        path = self.folder / f"{enrollee.number}.p12"
        secret = path.with_suffix(".pass")
        if path.exists() and not known:
            return self._adopt(enrollee, path, secret)
        if known:
            self._retire(path, secret, at)
        key = self.kind.make_key()
        subject = Subject(enrollee.person, enrollee.name, enrollee.unit, organisation)
        certificate = certify(self.issuing, subject, key.public_key(), at=at, address=self.address)
        self._write(path, enrollee.number, key, certificate)
        return certificate

    def make_seal(self, path: Path, organisation: str, at: datetime) -> None:
        """Make the key file of the organisation's seal; one that is there stays.

        Raises:
            ConflictError: the folder cannot be written.
        """
        if not path.exists():
            key = self.kind.make_key()
            self._write(path, "segel", key, certify_seal(self.issuing, organisation, key.public_key(), at=at))

    def _write(self, path: Path, name: str, key: PrivateKey, certificate: x509.Certificate) -> None:
        passphrase = secrets.token_urlsafe(24).encode("ascii")
        chain = [self.issuing.certificate, self.root.certificate]
        data = pkcs12.serialize_key_and_certificates(
            name.encode(), key, certificate, chain, BestAvailableEncryption(passphrase)
        )
        # the passphrase first: where a key is, it can be opened
        write_secret(path.with_suffix(".pass"), passphrase + b"\n")
        write_secret(path, data)

    def _adopt(self, enrollee: Enrollee, path: Path, secret: Path) -> x509.Certificate:
        try:
            loaded = pkcs12.load_pkcs12(path.read_bytes(), secret.read_bytes().strip())
            certificate = loaded.cert.certificate if loaded.cert else None
            if certificate is not None and person_of(certificate) == enrollee.person:
                certificate.verify_directly_issued_by(self.issuing.certificate)
                return certificate
        except (OSError, ValueError, TypeError, InvalidSignature) as fault:
            raise ConflictError("PKI_FOREIGN_KEY", name=enrollee.name) from fault
        raise ConflictError("PKI_FOREIGN_KEY", name=enrollee.name)

    def _retire(self, path: Path, secret: Path, at: datetime) -> None:
        retired = self.folder / _RETIRED
        retired.mkdir(mode=0o700, exist_ok=True)
        moment = at.astimezone(UTC)
        for file in (path, secret):
            if file.exists():
                file.replace(retired / f"{file.stem}-{moment:%Y%m%dT%H%M%SZ}{file.suffix}")
