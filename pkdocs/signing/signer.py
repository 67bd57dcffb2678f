"""Who signs: a certificate and something that signs with its key, wherever that key is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from pkdocs.errors import CredentialError
from pkdocs.verification.certificates import may_sign

_SMALLEST_RSA_BITS: Final = 2048


class Certified(Protocol):
    """Whoever signs, by the certificates alone."""

    @property
    def certificate(self) -> bytes:
        """The signer's certificate, DER."""

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The certificates above it as far as they are known, DER."""


class Signer(Certified, Protocol):
    """A key that signs bytes, unlocked. One implementation a module: files here, tokens and services beside them."""

    @property
    def person(self) -> str:
        """Whom the certificate names: its subject ``serialNumber``; empty where it has none."""

    @property
    def friendly_name(self) -> str:
        """The local name of the key, in the training PKI the NIP; never written to a document or a log."""

    @property
    def origin(self) -> str:
        """Where the key is, for plan and receipt: the kind, and for a service its host. No name of a person."""

    @property
    def batch(self) -> int:
        """How many signatures to ask for at once, at most."""

    @property
    def is_remote(self) -> bool:
        """Whether it is asked over a network, so that an outcome can stay unknown."""

    def sign_raw(self, data: Sequence[bytes]) -> Sequence[bytes]:
        """Return the raw signature of each of ``data``: SHA-256 with RSA (PKCS #1 v1.5) or ECDSA (DER), as the key is.

        Raises:
            CredentialError: the key is locked, or refuses.
            ServiceError, UnknownOutcomeError: a remote one was not reached, or did not answer.
        """


def check_usage(certificate: x509.Certificate) -> None:
    """Refuse a certificate that is not for signing documents with an algorithm of ours.

    Raises:
        CredentialError: an authority's certificate, (extended) key usage without signing, or a key that is neither
            RSA of 2048 bits or more nor P-256.
        ValueError, UnsupportedAlgorithm: the certificate itself is malformed.
    """
    key = certificate.public_key()
    strong = isinstance(key, rsa.RSAPublicKey) and key.key_size >= _SMALLEST_RSA_BITS
    if not strong and not (isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)):
        raise CredentialError("KEY_KIND")
    if not may_sign(certificate.public_bytes(Encoding.DER)):
        raise CredentialError("KEY_USAGE")


def is_signature_by(certificate: bytes, signature: bytes, data: bytes) -> bool:
    """Tell whether ``signature`` is a raw one of ``data`` by the key of ``certificate`` (DER), with SHA-256."""
    key = x509.load_der_x509_certificate(certificate).public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(SHA256()))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def check_certificate(signer: Certified, at: datetime) -> None:
    """Refuse a certificate that is not in date ``at`` that moment.

    Raises:
        CredentialError: expired, or not yet valid.
    """
    certificate = x509.load_der_x509_certificate(signer.certificate)
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if at < begins:
        raise CredentialError("SIGNER_NOT_YET_VALID", begins=f"{begins:%Y-%m-%d %H:%M} UTC")
    if at > ends:
        raise CredentialError("SIGNER_EXPIRED", ends=f"{ends:%Y-%m-%d %H:%M} UTC")
