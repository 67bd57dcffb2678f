"""A CMS container of one signer (RFC 5652), opened and checked against what it signs: signatures and time-stamp tokens.

Whether its signer is believed is not asked here.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import asn1crypto.tsp  # noqa: F401  # teaches asn1crypto.cms the attributes that name a certificate
from asn1crypto import parser
from asn1crypto.cms import CMSAttributes, ContentInfo
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from pkdocs import der
from pkdocs.messages import Language, Said

DATA: Final = "1.2.840.113549.1.7.1"
TIMESTAMP: Final = "1.2.840.113549.1.9.16.1.4"
HASHES: Final[dict[str, type[hashes.HashAlgorithm]]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
_TIME_PROOF: Final = "signature_time_stamp_token"


class ContainerError(ValueError):
    """A container that shows nothing; says why in either language, as a part of a sentence."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def message(self, language: Language = "id") -> str:
        """Return why."""
        return Said(self.code).message(language)


@dataclass(frozen=True, slots=True)
class Container:
    """What an intact container holds.

    ``certificate`` (DER) is the signer's, ``others`` are those beside it. ``content`` is what was signed where it is
    inside; ``token`` the time-stamp token over ``signature`` (raw), where there is one, as it stands.
    """

    certificate: bytes
    others: tuple[bytes, ...] = field(repr=False)
    signature: bytes = field(repr=False)
    content: bytes = field(repr=False)
    token: bytes | None = field(repr=False)


def open_container(encoded: bytes, kind: str, covered: Iterable[bytes] = ()) -> Container:
    """Return what the container holds, if its one signer has signed its content, of that ``kind``.

    ``covered`` are the bytes outside that it signs, in parts; none: they are inside. SHA-256, -384 or -512; RSA
    (PKCS #1 v1.5) or ECDSA.

    Raises:
        ContainerError: not so; nothing but zeros may follow the container.
    """
    try:
        return _open(encoded[: parser.peek(encoded)], kind, tuple(covered))
    except ContainerError:
        raise
    except Exception as fault:
        # asn1crypto raises whatever damaged bytes lead it to
        raise ContainerError("TOKEN_FORM") from fault


def demand(fulfilled: object, code: str) -> None:
    """Pass what is fulfilled.

    Raises:
        ContainerError: it is not.
    """
    if not fulfilled:
        raise ContainerError(code)


def _open(encoded: bytes, kind: str, covered: tuple[bytes, ...]) -> Container:
    info = ContentInfo.load(encoded, strict=True)
    demand(info["content_type"].native == "signed_data", "TOKEN_FORM")
    data = info["content"]
    enclosed = data["encap_content_info"]
    content = bytes(enclosed["content"]) if enclosed["content"].native is not None else b""
    demand(enclosed["content_type"].dotted == kind and bool(content) != bool(covered), "TOKEN_FORM")
    demand(len(data["signer_infos"]) == 1, "TOKEN_SIGNERS")
    signer = data["signer_infos"][0]
    certificates = tuple(choice.chosen.dump() for choice in data["certificates"] if choice.name == "certificate")
    certificate = _find(certificates, signer["sid"].chosen.dump())
    _check(signer, certificate, kind, covered or (content,))
    others = tuple(entry for entry in certificates if entry != certificate)
    return Container(certificate, others, signer["signature"].native, content, _token(signer))


@lru_cache(maxsize=256)
def _find(certificates: tuple[bytes, ...], sid: bytes) -> bytes:
    named = [entry for entry in certificates if sid == _identity(load(entry))]
    demand(len(named) == 1, "TOKEN_CERTIFICATE_ABSENT")
    return named[0]


def _identity(certificate: x509.Certificate) -> bytes:
    return der.encode(der.SEQUENCE, certificate.issuer.public_bytes(), der.integer(certificate.serial_number))


@lru_cache(maxsize=256)
def load(certificate: bytes) -> x509.Certificate:
    """Return the certificate, looked at once."""
    return x509.load_der_x509_certificate(certificate)


@lru_cache(maxsize=256)
def in_date(certificate: bytes, at: datetime) -> bool:
    """Tell whether ``at`` lies within the days of the certificate."""
    return load(certificate).not_valid_before_utc <= at <= load(certificate).not_valid_after_utc


def _check(signer: Any, certificate: bytes, kind: str, covered: tuple[bytes, ...]) -> None:
    digest = str(signer["digest_algorithm"]["algorithm"].native)
    algorithm = signer["signature_algorithm"]["algorithm"].native
    key = load(certificate).public_key()
    # plain rsaEncryption takes its digest from the field beside it (RFC 3370, 3.2)
    fits = {f"{digest}_rsa", "rsassa_pkcs1v15"} if isinstance(key, rsa.RSAPublicKey) else {f"{digest}_ecdsa"}
    demand(digest in HASHES and algorithm in fits, "TOKEN_ALGORITHM")
    # taken before anything in it is looked at: asn1crypto encodes anew, slowly, what it has opened
    signed = der.retag(der.SET, signer["signed_attrs"].dump())
    attributes = _attributes(CMSAttributes.load(signed))
    hashed = hashlib.new(digest)
    for part in covered:
        hashed.update(part)
    demand(attributes.get("content_type") == der.identifier(kind), "TOKEN_FORM")
    demand(attributes.get("message_digest") == der.encode(der.OCTETS, hashed.digest()), "TOKEN_SIGNATURE")
    demand(_names(attributes, certificate), "TOKEN_CERTIFICATE_ABSENT")
    demand(is_intact(key, signer["signature"].native, signed, HASHES[digest]()), "TOKEN_SIGNATURE")


def _attributes(written: Iterable[Any]) -> dict[str, bytes]:
    """Return each attribute with its one value, DER."""
    found: dict[str, bytes] = {}
    for attribute in written:
        kind, values = str(attribute["type"].native), attribute["values"]
        demand(kind not in found and len(values) == 1, "TOKEN_FORM")
        found[kind] = values[0].dump()
    return found


def _names(attributes: dict[str, bytes], certificate: bytes) -> bool:
    """Tell whether an attribute names the certificate by its digest (RFC 5816, 2.2.1)."""
    versions = {
        "signing_certificate_v2": hashlib.sha256(certificate).digest(),
        # RFC 2634 knows no other than SHA-1 here; the certificate's own signature is what counts
        "signing_certificate": hashlib.sha1(certificate, usedforsecurity=False).digest(),
    }
    named = [(attributes[kind], expected) for kind, expected in versions.items() if kind in attributes]
    return bool(named) and all(der.encode(der.OCTETS, expected) in value for value, expected in named)


def is_intact(key: object, signature: bytes, signed: bytes, algorithm: hashes.HashAlgorithm) -> bool:
    """Tell whether ``signature`` is that of ``key`` over ``signed``; with another kind of key it is not."""
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


def _token(signer: Any) -> bytes | None:
    if not len(signer["unsigned_attrs"]):
        return None
    return _attributes(signer["unsigned_attrs"]).get(_TIME_PROOF)
