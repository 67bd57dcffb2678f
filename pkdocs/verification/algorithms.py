"""Which algorithms are believed, and until when: the one table (after ETSI TS 119 312, SOG-IS ACM 1.3)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa


@dataclass(frozen=True, slots=True)
class Key:
    """A kind of key and its size in bits: ``rsa`` 2048, ``secp256r1`` 256."""

    kind: str
    bits: int


def _year_end(year: int) -> datetime:
    return datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC)


DIGESTS: Final = {"sha256": _year_end(2035), "sha384": _year_end(2035), "sha512": _year_end(2035)}
"""Digests and the last moment at which they are believed."""

CURVES: Final = {"secp256r1": _year_end(2035), "secp384r1": _year_end(2035), "secp521r1": _year_end(2035)}

RSA_BITS: Final = ((3000, _year_end(2035)), (2048, _year_end(2030)))
"""Least sizes of RSA moduli, largest first, and the last moment for each."""

POLICY: Final = "pkdocs-algorithms/1"
"""The name of this table: reports say by which one they judged. Whoever changes an entry changes the number."""

SIGNATURES: Final = {
    f"{digest}_{kind}": (digest, kind)
    for digest in DIGESTS
    for kind in ("rsa", "ecdsa")
}  # fmt: skip
"""Signature algorithms by asn1crypto's names, with digest and kind of key (PKCS #1 v1.5 or ECDSA)."""


def key_of(certificate: x509.Certificate) -> Key | None:
    """Return the kind of the certificate's key; None if no signature of ours is made with such."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return Key("rsa", key.key_size)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return Key(key.curve.name, key.key_size)
    return None


def believed_until(digest: str, key: Key) -> datetime | None:
    """Return the last moment at which a signature with these is believed; None: at no time."""
    last = DIGESTS.get(digest)
    if key.kind == "rsa":
        limit = next((until for bits, until in RSA_BITS if key.bits >= bits), None)
    else:
        limit = CURVES.get(key.kind)
    return None if last is None or limit is None else min(last, limit)
