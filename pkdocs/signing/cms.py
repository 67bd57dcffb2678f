"""One signature as CMS for PAdES B-B (RFC 5652; ETSI EN 319 142-1, 6.3), joined from prepared parts.

Only the digest and the signature differ between documents, so the rest is encoded once for each signer.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from asn1crypto.cms import ContentInfo
from asn1crypto.core import Null, ObjectIdentifier
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from pkdocs.signing.signer import Signer

_SEQUENCE: Final = 0x30
_SET: Final = 0x31
_INTEGER: Final = 0x02
_OCTETS: Final = 0x04
_CONTEXT_0: Final = 0xA0
_CONTEXT_1: Final = 0xA1

_P256_SIGNATURE_BYTES: Final = 72


def _encode(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes((tag, len(body))) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(length))) + length + body


def _identifier(dotted: str) -> bytes:
    encoded: bytes = ObjectIdentifier(dotted).dump()
    return encoded


_DATA: Final = _identifier("1.2.840.113549.1.7.1")
_SIGNED_DATA: Final = _identifier("1.2.840.113549.1.7.2")
_CONTENT_TYPE: Final = _identifier("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST: Final = _identifier("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE: Final = _identifier("1.2.840.113549.1.9.16.2.47")
_ALGORITHM_PROTECTION: Final = _identifier("1.2.840.113549.1.9.52")
_SHA256: Final = _encode(_SEQUENCE, _identifier("2.16.840.1.101.3.4.2.1"))
_ECDSA_SHA256: Final = _encode(_SEQUENCE, _identifier("1.2.840.10045.4.3.2"))
_RSA_SHA256: Final = _encode(_SEQUENCE, _identifier("1.2.840.113549.1.1.11"), Null().dump())
_VERSION_1: Final = _encode(_INTEGER, b"\x01")


@dataclass(frozen=True, slots=True)
class _Parts:
    """What all signatures of one signer share, encoded."""

    sid: bytes
    attributes: tuple[bytes, ...]
    algorithm: bytes
    certificates: bytes
    signature_bytes: int


def build_cms(signer: Signer, digest: bytes) -> bytes:
    """Return a detached CMS signature over content whose SHA-256 is ``digest``.

    Signed attributes: content type, message digest, signing certificate (RFC 5035) and algorithm protection
    (RFC 6211); no signing time, as PAdES demands. The whole chain is inside.
    """
    parts = _prepare(signer.certificate, signer.chain)
    attributes = b"".join(sorted((*parts.attributes, _attribute(_MESSAGE_DIGEST, _encode(_OCTETS, digest)))))
    return _assemble(parts, attributes, signer.sign_raw([_encode(_SET, attributes)])[0])


def cms_size(signer: Signer) -> int:
    """Return how many bytes ``build_cms`` gives at most for this signer."""
    parts = _prepare(signer.certificate, signer.chain)
    attributes = b"".join((*parts.attributes, _attribute(_MESSAGE_DIGEST, _encode(_OCTETS, bytes(32)))))
    return len(_assemble(parts, attributes, bytes(parts.signature_bytes)))


@lru_cache(maxsize=64)
def _prepare(certificate: bytes, chain: tuple[bytes, ...]) -> _Parts:
    parsed = Certificate.load(certificate)
    key = x509.load_der_x509_certificate(certificate).public_key()
    algorithm = _RSA_SHA256 if isinstance(key, rsa.RSAPublicKey) else _ECDSA_SHA256
    hashed = _encode(_SEQUENCE, _encode(_OCTETS, hashlib.sha256(certificate).digest()))
    protection = _encode(_SEQUENCE, _SHA256, _retag(_CONTEXT_1, algorithm))
    return _Parts(
        sid=_encode(_SEQUENCE, parsed.issuer.dump(), parsed["tbs_certificate"]["serial_number"].dump()),
        attributes=(
            _attribute(_CONTENT_TYPE, _DATA),
            _attribute(_SIGNING_CERTIFICATE, _encode(_SEQUENCE, _encode(_SEQUENCE, hashed))),
            _attribute(_ALGORITHM_PROTECTION, protection),
        ),
        algorithm=algorithm,
        certificates=_encode(_CONTEXT_0, *sorted((certificate, *chain))),
        signature_bytes=key.key_size // 8 if isinstance(key, rsa.RSAPublicKey) else _P256_SIGNATURE_BYTES,
    )


def _attribute(kind: bytes, value: bytes) -> bytes:
    return _encode(_SEQUENCE, kind, _encode(_SET, value))


def _retag(tag: int, encoded: bytes) -> bytes:
    return bytes((tag,)) + encoded[1:]


def _assemble(parts: _Parts, attributes: bytes, signature: bytes) -> bytes:
    signer_info = _encode(
        _SEQUENCE,
        _VERSION_1,
        parts.sid,
        _SHA256,
        _encode(_CONTEXT_0, attributes),
        parts.algorithm,
        _encode(_OCTETS, signature),
    )
    signed_data = _encode(
        _SEQUENCE,
        _VERSION_1,
        _encode(_SET, _SHA256),
        _encode(_SEQUENCE, _DATA),
        parts.certificates,
        _encode(_SET, signer_info),
    )
    return _encode(_SEQUENCE, _SIGNED_DATA, _encode(_CONTEXT_0, signed_data))


def open_cms(contents: bytes, digest: bytes) -> bytes | None:
    """Return the signer's certificate (DER) if ``contents`` is an intact signature over ``digest``, else None.

    Padding after the CMS must be zeros. Whether the certificate is worth anything is not asked.

    Raises:
        ValueError, TypeError, KeyError: not CMS, or with an algorithm other than ``build_cms`` has.
    """
    info = ContentInfo.load(contents)
    if any(contents[len(info.dump()) :]):
        return None
    signed = info["content"]
    (signer,) = signed["signer_infos"]
    sid = signer["sid"].chosen
    (certificate,) = (
        entry.chosen
        for entry in signed["certificates"]
        if entry.chosen.issuer.dump() == sid["issuer"].dump()
        and entry.chosen.serial_number == sid["serial_number"].native
    )
    attributes = signer["signed_attrs"]
    (stated,) = (entry["values"] for entry in attributes if entry["type"].native == "message_digest")
    if signer["digest_algorithm"]["algorithm"].native != "sha256" or [value.native for value in stated] != [digest]:
        return None
    encoded: bytes = certificate.dump()
    covered = _retag(_SET, attributes.dump())
    return encoded if _is_intact(encoded, signer["signature"].native, covered) else None


def _is_intact(certificate: bytes, signature: bytes, data: bytes) -> bool:
    key = x509.load_der_x509_certificate(certificate).public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
        else:
            return False
    except InvalidSignature:
        return False
    return True
