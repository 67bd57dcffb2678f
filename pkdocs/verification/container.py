"""What a CMS container of any kind must keep to (RFC 5652): DER, its certificates, its attributes, its signature.

Nothing here knows whose container it is; a signature and a timestamp token are read by the same rules.
"""

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from pkdocs import der
from pkdocs.verification.algorithms import DIGESTS

MAX_CERTIFICATES: Final = 64
"""In one container; usual are two to five."""
HASHES: Final[dict[str, type[hashes.HashAlgorithm]]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
_CONSTRUCTED: Final = 0x20
_LONG_TAG: Final = 0x1F


@lru_cache(maxsize=256)
def certificate_of(encoded: bytes) -> x509.Certificate:
    """Return a certificate (DER), read once: of the files of a run many bear the same.

    Raises:
        ValueError, InvalidVersion: it is none.
    """
    return x509.load_der_x509_certificate(encoded)


def is_der(encoded: bytes) -> bool:
    """Tell whether ``encoded`` is one value in DER, as far as tags and lengths go, to its last byte.

    Each length is definite and as short as can be (ITU-T X.690, 10.1), each tag below 31. Contents of primitive
    values, and the order in a SET, are not looked at.
    """
    pending = [(0, len(encoded), True)]
    while pending:
        place, end, is_single = pending.pop()
        while place < end:
            header = _header(encoded, place)
            if header is None or header[1] > end or (is_single and header[1] != end):
                return False
            if encoded[place] & _CONSTRUCTED:
                pending.append((*header, False))
            place = header[1]
    return bool(encoded)


def _header(encoded: bytes, place: int) -> tuple[int, int] | None:
    """Return where the contents of the value at ``place`` begin and end; None if its header is not DER."""
    if encoded[place] & _LONG_TAG == _LONG_TAG or place + 2 > len(encoded):
        return None
    length, start = encoded[place + 1], place + 2
    if length >= 0x80:
        count = length & 0x7F
        written = encoded[start : start + count]
        length, start = int.from_bytes(written), start + count
        if not 1 <= count <= 4 or length < max(0x80, 1 << 8 * (count - 1)):
            return None
    return start, start + length


def attributes_of(info: Any) -> dict[str, Any] | str:
    """Return the signed attributes by name, each with its one value; else the name of one that is not there once."""
    attributes: dict[str, Any] = {}
    for attribute in info["signed_attrs"]:
        kind = str(attribute["type"].native)
        if kind in attributes or len(attribute["values"]) != 1:
            return kind
        attributes[kind] = attribute["values"][0]
    return attributes


def is_signed(certificate: bytes, digest: str, attributes: bytes, signature: bytes) -> bool:
    """Tell whether ``signature`` is the certificate's over signed ``attributes``, given as in SignerInfo.

    What is signed is the attributes as a SET, not with the tag that they have there (RFC 5652, 5.4).
    """
    return verifies(
        x509.load_der_x509_certificate(certificate), HASHES[digest](), der.retag(der.SET, attributes), signature
    )


def verifies(certificate: x509.Certificate, algorithm: hashes.HashAlgorithm, signed: bytes, signature: bytes) -> bool:
    """Tell whether ``signature`` (RSA with PKCS #1 v1.5, or ECDSA) over ``signed`` is of the certificate's key."""
    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(algorithm))
        else:
            return False
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=256)
def is_sealed(certificate: bytes) -> bool:
    """Tell whether a certificate (DER) is exactly what its issuer signed, the algorithm and the signature.

    Unused bits of a BIT STRING, for one, are looked at by nobody else.
    """
    try:
        signed, _, signature = der.values(certificate)
        fields = der.values(signed)
        # the version is left out where it is 1
        serial, named, *_ = fields if fields[0][0] == der.INTEGER else fields[1:]
        value = der.contents(serial)
        exact = der.encode(der.SEQUENCE, signed, named, der.bits(der.contents(signature)[1:]))
    except (ValueError, IndexError):
        return False
    return exact == certificate and int.from_bytes(value, signed=True) > 0


def certificates_above(certificate: bytes, others: list[bytes]) -> Iterator[bytes]:
    """Yield those of ``others`` (all DER) that vouch for one another above ``certificate``, the nearest first.

    Only the first of very many are looked at: each is tried as the issuer of each.
    """
    below = certificate
    left = [encoded for encoded in dict.fromkeys(others[:MAX_CERTIFICATES]) if encoded != certificate]
    for encoded in (certificate, *left):
        # whoever cannot be read is no bystander
        certificate_of(encoded)
    while issuer := next((encoded for encoded in left if has_issued(encoded, below)), None):
        left.remove(issuer)
        # no signature of others covers a root: it must at least bear its own
        if is_self_issued(issuer) and not has_issued(issuer, issuer):
            return
        below = issuer
        yield issuer


# asked often of the same authorities; their bytes are their names, for a certificate of the library is dear to look up
@lru_cache(maxsize=512)
def has_issued(above: bytes, below: bytes) -> bool:
    """Tell whether ``above`` has signed ``below`` and bears the name of its issuer, both DER.

    Raises:
        ValueError, InvalidVersion: one is no certificate.
    """
    return is_issued(certificate_of(below), certificate_of(above))


@lru_cache(maxsize=256)
def is_self_issued(certificate: bytes) -> bool:
    """Tell whether a certificate (DER) names its own subject as its issuer."""
    loaded = certificate_of(certificate)
    return loaded.issuer == loaded.subject


def is_issued(below: x509.Certificate, above: x509.Certificate) -> bool:
    """Tell whether ``above`` has signed ``below`` and bears the name of its issuer."""
    try:
        below.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def is_for_timestamps(certificate: x509.Certificate) -> bool:
    """Tell whether the one use is timestamping, marked critical (RFC 3161, 2.3), by a key that signs."""
    critical = False
    for extension in certificate.extensions:
        if isinstance(extension.value, x509.ExtendedKeyUsage):
            critical = extension.critical and list(extension.value) == [ExtendedKeyUsageOID.TIME_STAMPING]
        if isinstance(extension.value, x509.KeyUsage) and not (
            extension.value.digital_signature or extension.value.content_commitment
        ):
            return False
        if isinstance(extension.value, x509.BasicConstraints) and extension.value.ca:
            return False
    return critical


def is_named(attribute: Any, certificate: bytes) -> bool:
    """Tell whether the first ESSCertIDv2 is of ``certificate`` (RFC 5035, 5.4.1)."""
    first = attribute["certs"][0]
    algorithm = first["hash_algorithm"]["algorithm"].native
    return algorithm in DIGESTS and first["cert_hash"].native == hashlib.new(algorithm, certificate).digest()


def is_protected(attribute: Any, info: Any) -> bool:
    """Tell whether algorithm protection (RFC 6211) repeats the algorithms of the signature."""
    digest = attribute["digest_algorithm"]["algorithm"].native == info["digest_algorithm"]["algorithm"].native
    named = attribute["signature_algorithm"]
    return (
        digest
        and named.native is not None
        and named["algorithm"].native == info["signature_algorithm"]["algorithm"].native
    )
