"""Time-stamp tokens (RFC 3161, RFC 5816): the request for one, and what one that is intact says.

Whether its authority is believed is a matter of the trust file, and not asked here.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from asn1crypto.cms import CMSAttributes, ContentInfo
from asn1crypto.tsp import TSTInfo
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from pkdocs import der
from pkdocs.messages import Language, Said

MAX_TOKEN_BYTES: Final = 64_000

_HASHES: Final[dict[str, type[hashes.HashAlgorithm]]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
_SHA256: Final = der.encode(der.SEQUENCE, der.identifier("2.16.840.1.101.3.4.2.1"), der.NULL)
"""With NULL as parameters: that is how the usual clients ask, so every authority takes it."""

_CERTIFICATES_WANTED: Final = bytes.fromhex("0101ff")
_VERSION_1: Final = der.integer(1)


class TokenError(ValueError):
    """A token that proves nothing; says why in either language."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def message(self, language: Language = "id") -> str:
        """Return why, as a part of a sentence."""
        return Said(self.code).message(language)


@dataclass(frozen=True, slots=True)
class Token:
    """What an intact token says: what was there (SHA-256 ``digest``) at the latest ``at``.

    ``certificate`` (DER) is that of the authority, ``others`` are the certificates beside it in the token.
    """

    digest: bytes
    at: datetime
    nonce: int | None
    certificate: bytes
    others: tuple[bytes, ...] = field(repr=False)


def build_request(digest: bytes, nonce: int) -> bytes:
    """Return a request (``TimeStampReq``, DER) to stamp the SHA-256 ``digest`` and send the certificate too."""
    imprint = der.encode(der.SEQUENCE, _SHA256, der.encode(der.OCTETS, digest))
    return der.encode(der.SEQUENCE, _VERSION_1, imprint, der.integer(nonce), _CERTIFICATES_WANTED)


def read_token(encoded: bytes) -> Token:
    """Return what a token (``ContentInfo``, DER) says, after checking its form, certificate and signature.

    It has one signer, whose certificate is inside, is for timestamps alone (RFC 3161, 2.3) and in date then.

    Raises:
        TokenError: not so.
    """
    if len(encoded) > MAX_TOKEN_BYTES:
        raise TokenError("TOKEN_FORM")
    try:
        return _read(encoded)
    except TokenError:
        raise
    except Exception as fault:
        # asn1crypto raises whatever damaged bytes lead it to
        raise TokenError("TOKEN_FORM") from fault


def _demand(fulfilled: object, code: str) -> None:
    if not fulfilled:
        raise TokenError(code)


def _read(encoded: bytes) -> Token:
    info = ContentInfo.load(encoded, strict=True)
    _demand(info["content_type"].native == "signed_data", "TOKEN_FORM")
    data = info["content"]
    enclosed = data["encap_content_info"]
    _demand(enclosed["content_type"].native == "tst_info", "TOKEN_FORM")
    _demand(len(data["signer_infos"]) == 1, "TOKEN_SIGNERS")
    signer = data["signer_infos"][0]
    certificates = tuple(choice.chosen.dump() for choice in data["certificates"] if choice.name == "certificate")
    authority = _find_authority(certificates, signer["sid"].chosen.dump())
    written = bytes(enclosed["content"])
    _check_signature(signer, authority, written)
    stated = TSTInfo.load(written, strict=True)
    imprint, at = stated["message_imprint"], stated["gen_time"].native
    _demand(imprint["hash_algorithm"]["algorithm"].native == "sha256", "TOKEN_ALGORITHM")
    _demand(authority.begins <= at <= authority.ends, "TOKEN_CERTIFICATE_DATE")
    others = tuple(entry for entry in certificates if entry != authority.certificate)
    return Token(imprint["hashed_message"].native, at, stated["nonce"].native, authority.certificate, others)


@dataclass(frozen=True, slots=True)
class _Authority:
    certificate: bytes
    key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey
    begins: datetime
    ends: datetime


@lru_cache(maxsize=64)
def _find_authority(certificates: tuple[bytes, ...], sid: bytes) -> _Authority:
    """Return the one of ``certificates`` that ``sid`` names, if it is for timestamps; looked at once."""
    named = [entry for entry in certificates if _is_named(x509.load_der_x509_certificate(entry), sid)]
    _demand(len(named) == 1, "TOKEN_CERTIFICATE_ABSENT")
    loaded = x509.load_der_x509_certificate(named[0])
    _demand(_is_for_timestamps(loaded), "TOKEN_CERTIFICATE_USE")
    try:
        key = loaded.public_key()
    except UnsupportedAlgorithm as fault:
        raise TokenError("TOKEN_ALGORITHM") from fault
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise TokenError("TOKEN_ALGORITHM")
    return _Authority(named[0], key, loaded.not_valid_before_utc, loaded.not_valid_after_utc)


def _is_named(certificate: x509.Certificate, sid: bytes) -> bool:
    by_issuer = der.encode(der.SEQUENCE, certificate.issuer.public_bytes(), der.integer(certificate.serial_number))
    return sid == by_issuer


def _is_for_timestamps(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return False
    return usage.critical and list(usage.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


def _check_signature(signer: Any, authority: _Authority, written: bytes) -> None:
    digest = str(signer["digest_algorithm"]["algorithm"].native)
    kind = "rsa" if isinstance(authority.key, rsa.RSAPublicKey) else "ecdsa"
    algorithm = signer["signature_algorithm"]["algorithm"].native
    # plain rsaEncryption takes its digest from the field beside it (RFC 3370, 3.2)
    fits = {f"{digest}_{kind}"} | ({"rsassa_pkcs1v15"} if kind == "rsa" else set())
    _demand(digest in _HASHES and algorithm in fits, "TOKEN_ALGORITHM")
    # taken before anything in it is looked at: asn1crypto encodes anew, slowly, what it has opened
    covered = der.retag(der.SET, signer["signed_attrs"].dump())
    attributes = _attributes(CMSAttributes.load(covered))
    _demand(attributes.get("content_type") == der.identifier("1.2.840.113549.1.9.16.1.4"), "TOKEN_FORM")
    stated = der.encode(der.OCTETS, hashlib.new(digest, written).digest())
    _demand(attributes.get("message_digest") == stated, "TOKEN_SIGNATURE")
    _demand(_names(attributes, authority.certificate), "TOKEN_CERTIFICATE_ABSENT")
    try:
        _verify(authority.key, signer["signature"].native, covered, _HASHES[digest]())
    except InvalidSignature as fault:
        raise TokenError("TOKEN_SIGNATURE") from fault


def _attributes(written: Iterable[Any]) -> dict[str, bytes]:
    """Return each attribute with its one value, DER."""
    found: dict[str, bytes] = {}
    for attribute in written:
        kind, values = str(attribute["type"].native), attribute["values"]
        _demand(kind not in found and len(values) == 1, "TOKEN_FORM")
        found[kind] = values[0].dump()
    return found


def _names(attributes: dict[str, bytes], certificate: bytes) -> bool:
    """Tell whether an attribute names the certificate by its digest (RFC 5816, 2.2.1)."""
    versions = {
        "signing_certificate_v2": hashlib.sha256(certificate).digest(),
        # RFC 3161 knows no other than SHA-1 here; the certificate's own signature is what counts
        "signing_certificate": hashlib.sha1(certificate, usedforsecurity=False).digest(),
    }
    named = [(attributes[kind], expected) for kind, expected in versions.items() if kind in attributes]
    return bool(named) and all(der.encode(der.OCTETS, expected) in value for value, expected in named)


def _verify(
    key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey, signature: bytes, covered: bytes, algorithm: hashes.HashAlgorithm
) -> None:
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, covered, padding.PKCS1v15(), algorithm)
    else:
        key.verify(signature, covered, ec.ECDSA(algorithm))
