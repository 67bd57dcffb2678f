"""One signature as CMS for PAdES B-B and B-T (RFC 5652; ETSI EN 319 142-1, 6.3), joined from prepared parts.

Only the digest, the signature and the timestamp differ between documents, so the rest is encoded once for each
signer.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from asn1crypto.cms import ContentInfo
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from pkdocs import der
from pkdocs.verification.container import certificate_of

_CONTEXT_0: Final = 0xA0
_CONTEXT_1: Final = 0xA1
_CONTEXT_4: Final = 0xA4

_P256_SIGNATURE_BYTES: Final = 72

_DATA: Final = der.identifier("1.2.840.113549.1.7.1")
_SIGNED_DATA: Final = der.identifier("1.2.840.113549.1.7.2")
_CONTENT_TYPE: Final = der.identifier("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST: Final = der.identifier("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE: Final = der.identifier("1.2.840.113549.1.9.16.2.47")
_TOKEN: Final = der.identifier("1.2.840.113549.1.9.16.2.14")
_VERSION_1: Final = der.integer(1)


@dataclass(frozen=True, slots=True)
class Parts:
    """What all signatures of one signer share, encoded."""

    sid: bytes
    attributes: tuple[bytes, ...]
    algorithm: bytes
    certificates: bytes
    signature_bytes: int

    def covered(self, digest: bytes) -> bytes:
        """Return what is signed: the attributes of a signature over content whose SHA-256 is ``digest``.

        Content type, message digest and signing certificate (RFC 5035), as pyHanko's signer makes them; no signing
        time, as PAdES demands.
        """
        stated = _attribute(_MESSAGE_DIGEST, der.encode(der.OCTETS, digest))
        return der.encode(der.SET, *sorted((*self.attributes, stated)))

    def join(self, covered: bytes, signature: bytes, token: bytes | None = None) -> bytes:
        """Return the detached CMS with the whole chain; ``token`` is a timestamp over ``signature``."""
        unsigned = b"" if token is None else der.encode(_CONTEXT_1, _attribute(_TOKEN, token))
        signer_info = der.encode(
            der.SEQUENCE,
            _VERSION_1,
            self.sid,
            der.SHA256,
            der.retag(_CONTEXT_0, covered),
            self.algorithm,
            der.encode(der.OCTETS, signature),
            unsigned,
        )
        signed_data = der.encode(
            der.SEQUENCE,
            _VERSION_1,
            der.encode(der.SET, der.SHA256),
            der.encode(der.SEQUENCE, _DATA),
            self.certificates,
            der.encode(der.SET, signer_info),
        )
        return der.encode(der.SEQUENCE, _SIGNED_DATA, der.encode(_CONTEXT_0, signed_data))

    def size(self, token_bytes: int | None = None) -> int:
        """Return how many bytes a CMS has at most; ``token_bytes`` are those of its timestamp, if it has one."""
        token = None if token_bytes is None else bytes(token_bytes)
        return len(self.join(self.covered(bytes(hashlib.sha256().digest_size)), bytes(self.signature_bytes), token))


@lru_cache(maxsize=1024)
def parts_of(certificate: bytes, chain: tuple[bytes, ...]) -> Parts:
    """Return what the signatures with ``certificate`` (DER; ``chain`` are those above it) share."""
    key = certificate_of(certificate).public_key()
    algorithm = der.RSA_SHA256 if isinstance(key, rsa.RSAPublicKey) else der.ECDSA_SHA256
    issuer, serial = _issuer_and_serial(certificate)
    named = der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, der.encode(_CONTEXT_4, issuer)), serial)
    hashed = der.encode(der.OCTETS, hashlib.sha256(certificate).digest())
    identified = der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, hashed, named)))
    return Parts(
        sid=signer_identifier(certificate),
        attributes=(_attribute(_CONTENT_TYPE, _DATA), _attribute(_SIGNING_CERTIFICATE, identified)),
        algorithm=algorithm,
        certificates=der.encode(_CONTEXT_0, *sorted((certificate, *chain))),
        signature_bytes=key.key_size // 8 if isinstance(key, rsa.RSAPublicKey) else _P256_SIGNATURE_BYTES,
    )


def signer_identifier(certificate: bytes) -> bytes:
    """Return IssuerAndSerialNumber of a certificate (DER; RFC 5652, 10.2.4).

    Raises:
        ValueError: it is not DER.
    """
    return der.encode(der.SEQUENCE, *_issuer_and_serial(certificate))


@lru_cache(maxsize=1024)
def _issuer_and_serial(certificate: bytes) -> tuple[bytes, bytes]:
    (signed, *_) = der.values(certificate)
    fields = der.values(signed)
    # the version is left out where it is 1
    serial, _, issuer, *_ = fields if fields[0][0] == der.INTEGER else fields[1:]
    return issuer, serial


def _attribute(kind: bytes, value: bytes) -> bytes:
    return der.encode(der.SEQUENCE, kind, der.encode(der.SET, value))


def open_cms(contents: bytes, digest: bytes) -> bytes | None:
    """Return the signer's certificate (DER) if ``contents`` is an intact signature over ``digest``, else None.

    Padding after the CMS must be zeros. Whether the certificate is worth anything is not asked.

    Raises:
        ValueError, TypeError, KeyError: not CMS, or with an algorithm other than ours.
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
    covered = der.retag(der.SET, attributes.dump())
    return encoded if is_intact(encoded, signer["signature"].native, covered) else None


def is_intact(certificate: bytes, signature: bytes, data: bytes) -> bool:
    """Tell whether ``signature`` is that of the certificate's key over ``data``, with SHA-256."""
    key = certificate_of(certificate).public_key()
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
