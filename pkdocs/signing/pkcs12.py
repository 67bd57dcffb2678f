"""A key in a PKCS #12 file (RFC 7292)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NoReturn

from asn1crypto import pkcs12 as structure
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from pkdocs.errors import CredentialError
from pkdocs.pki import person_of
from pkdocs.signing.signer import check_usage

MAX_PKCS12_BYTES: Final = 1_000_000
MAX_ROUNDS: Final = 10_000_000
"""Repetitions of a key derivation; usual are 2,000 to 1,000,000."""


@dataclass(frozen=True, slots=True, repr=False)
class FileSigner:
    """A signer whose key is held in memory; nothing of it is shown."""

    certificate: bytes
    chain: tuple[bytes, ...]
    person: str
    friendly_name: str
    _key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = field(compare=False)

    def __repr__(self) -> str:
        return f"FileSigner({self.person})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not handed to other processes")

    @property
    def origin(self) -> str:
        """Where the key is."""
        return "PKCS#12"

    @property
    def batch(self) -> int:
        """A key at hand gains nothing from waiting."""
        return 1

    @property
    def is_remote(self) -> bool:
        """It is here."""
        return False

    def sign_raw(self, data: Sequence[bytes]) -> list[bytes]:
        """Return the raw signature of each of ``data``, with SHA-256."""
        return [self._sign(one) for one in data]

    def _sign(self, data: bytes) -> bytes:
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self._key.sign(data, ec.ECDSA(hashes.SHA256()))


def load_pkcs12(data: bytes, passphrase: str) -> FileSigner:
    """Return the signer in a PKCS #12 file; whether its certificate is in date is ``check_certificate``'s matter.

    Raises:
        CredentialError: damaged, wrong passphrase, without key or certificate, key and certificate of different
            pairs, or not for signing documents.
    """
    loaded = _open(data, passphrase)
    if loaded.key is None or loaded.cert is None:
        raise CredentialError("P12_WITHOUT_KEY")
    certificate = loaded.cert.certificate
    try:
        check_usage(certificate)
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise CredentialError("P12_DAMAGED") from fault
    key = loaded.key
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise CredentialError("KEY_KIND")
    if key.public_key() != certificate.public_key():
        raise CredentialError("P12_KEY_MISMATCH")
    return FileSigner(
        certificate=certificate.public_bytes(Encoding.DER),
        chain=_order(certificate, [extra.certificate for extra in loaded.additional_certs]),
        person=person_of(certificate),
        friendly_name=(loaded.cert.friendly_name or b"").decode(errors="replace"),
        _key=key,
    )


def _open(data: bytes, passphrase: str) -> pkcs12.PKCS12KeyAndCertificates:
    if len(data) > MAX_PKCS12_BYTES:
        raise CredentialError("P12_DAMAGED")
    try:
        # the loader has one error for a damaged file and a wrong passphrase: the outer form tells them apart
        outer = structure.Pfx.load(data, strict=True)
        is_ours = outer["auth_safe"]["content_type"].native == "data" and max(_rounds(outer)) <= MAX_ROUNDS
    except Exception as fault:
        raise CredentialError("P12_DAMAGED") from fault
    if not is_ours:
        raise CredentialError("P12_DAMAGED")
    try:
        return pkcs12.load_pkcs12(data, passphrase.encode())
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise CredentialError("P12_PASSPHRASE") from fault


def _rounds(outer: structure.Pfx) -> Iterator[int]:
    """Yield how often each derivation of a key is repeated (RFC 7292): a file could ask for days of work."""
    yield 1
    if outer["mac_data"].native is not None:
        yield outer["mac_data"]["iterations"].native
    for info in outer.authenticated_safe:
        if info["content_type"].native == "encrypted_data":
            yield info["content"]["encrypted_content_info"]["content_encryption_algorithm"].kdf_iterations
        elif info["content_type"].native == "data":
            for bag in structure.SafeContents.load(info["content"].native):
                if bag["bag_id"].native == "pkcs8_shrouded_key_bag":
                    yield bag["bag_value"]["encryption_algorithm"].kdf_iterations


def _order(leaf: x509.Certificate, others: list[x509.Certificate]) -> tuple[bytes, ...]:
    """Return the certificates above ``leaf``, each followed by its issuer; others are left out."""
    chain: list[x509.Certificate] = []
    below = leaf
    while above := next((c for c in others if c.subject == below.issuer and c not in [leaf, *chain]), None):
        chain.append(above)
        below = above
    return tuple(certificate.public_bytes(Encoding.DER) for certificate in chain)
