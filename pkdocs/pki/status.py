"""An OCSP responder for training (RFC 6960): which certificates of one authority are good, and which revoked."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from functools import cached_property
from typing import Final

from asn1crypto.keys import PublicKeyInfo
from asn1crypto.ocsp import CertId, OCSPRequest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pkdocs import der
from pkdocs.pki.authority import Authority, Reason, Revocation

Standings = Mapping[int, Revocation | None]
"""All certificates of an authority by serial number; None: not revoked."""

MAX_ASKED: Final = 100
"""Certificates in one request."""

_GOOD_FOR: Final = timedelta(days=1)
_MAX_NONCE_BYTES: Final = 128
_HASHES: Final = frozenset({"sha1", "sha256", "sha384", "sha512"})
_BASIC: Final = der.identifier("1.3.6.1.5.5.7.48.1.1")
_GOOD: Final = der.context(0, constructed=False)
_UNKNOWN: Final = der.context(2, constructed=False)
_REASONS: Final = {
    Reason.KEY_COMPROMISE: 1,
    Reason.AFFILIATION_CHANGED: 3,
    Reason.SUPERSEDED: 4,
    Reason.CESSATION: 5,
}


class Failure(IntEnum):
    """Why there is no answer (RFC 6960, 4.2.1)."""

    MALFORMED_REQUEST = 1
    INTERNAL_ERROR = 2


def failed(failure: Failure) -> bytes:
    """Return the response that gives no answer."""
    return der.encode(der.SEQUENCE, der.encode(der.ENUMERATED, bytes((failure,))))


@dataclass(frozen=True)
class Responder:
    """Answers with ``authority``, a certificate for that, about those that ``issuer`` has issued."""

    issuer: x509.Certificate
    authority: Authority

    def answer(self, request: bytes, standings: Standings, *, at: datetime) -> bytes:
        """Return the response (``OCSPResponse``, DER) as of ``at``; good for a day.

        What ``issuer`` has not issued is *unknown*, and so are the certificates of others. A nonce is echoed.
        """
        try:
            asked, extensions = _read(request)
            single = [self._single(certificate, standings, at) for certificate in asked]
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            return failed(Failure.MALFORMED_REQUEST)
        data = der.encode(
            der.SEQUENCE,
            der.context(2, der.encode(der.OCTETS, self._key_hash(self.authority.certificate, "sha1"))),
            der.moment(at),
            der.encode(der.SEQUENCE, *single),
            extensions,
        )
        return self._signed(data)

    def _signed(self, data: bytes) -> bytes:
        certificate = self.authority.certificate.public_bytes(Encoding.DER)
        basic = der.encode(
            der.SEQUENCE,
            data,
            self.authority.algorithm,
            der.bits(self.authority.sign(data)),
            der.context(0, der.encode(der.SEQUENCE, certificate)),
        )
        answer = der.encode(der.SEQUENCE, _BASIC, der.encode(der.OCTETS, basic))
        return der.encode(der.SEQUENCE, der.encode(der.ENUMERATED, b"\0"), der.context(0, answer))

    def _single(self, asked: CertId, standings: Standings, at: datetime) -> bytes:
        until = der.context(0, der.moment(at + _GOOD_FOR))
        return der.encode(der.SEQUENCE, asked.dump(), self._status(asked, standings), der.moment(at), until)

    def _status(self, asked: CertId, standings: Standings) -> bytes:
        serial = asked["serial_number"].native
        if not self._is_ours(asked) or serial not in standings:
            return _UNKNOWN
        revocation = standings[serial]
        return _GOOD if revocation is None else _revoked(revocation)

    def _is_ours(self, asked: CertId) -> bool:
        name, key = asked["issuer_name_hash"].native, asked["issuer_key_hash"].native
        algorithm = asked["hash_algorithm"]["algorithm"].native
        return algorithm in _HASHES and (name, key) == (
            hashlib.new(algorithm, self._issuer_name, usedforsecurity=False).digest(),
            self._key_hash(self.issuer, algorithm),
        )

    @cached_property
    def _issuer_name(self) -> bytes:
        return self.issuer.subject.public_bytes()

    @staticmethod
    def _key_hash(certificate: x509.Certificate, algorithm: str) -> bytes:
        key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        # without the count of unused bits before it
        written = PublicKeyInfo.load(key)["public_key"].contents[1:]
        return hashlib.new(algorithm, written, usedforsecurity=False).digest()


def _read(request: bytes) -> tuple[list[CertId], bytes]:
    """Return what is asked for, and the extensions of the response.

    Raises:
        ValueError, TypeError, KeyError: no such request, or too much in it.
    """
    asked = OCSPRequest.load(request, strict=True)["tbs_request"]
    asked.native  # noqa: B018  # decodes the whole: what is wrong anywhere in it is found here
    certificates = [entry["req_cert"] for entry in asked["request_list"]]
    if not 1 <= len(certificates) <= MAX_ASKED:
        raise ValueError("none, or too many")
    nonces = [entry for entry in asked["request_extensions"] if entry["extn_id"].native == "nonce"]
    if len(nonces) > 1 or any(len(nonce["extn_value"].native or b"") > _MAX_NONCE_BYTES for nonce in nonces):
        raise ValueError("nonces")
    echoed = der.encode(der.SEQUENCE, *(nonce.dump() for nonce in nonces))
    return certificates, der.context(1, echoed) if nonces else b""


def _revoked(revocation: Revocation) -> bytes:
    code = _REASONS.get(revocation.reason)
    reason = b"" if code is None else der.context(0, der.encode(der.ENUMERATED, bytes((code,))))
    return der.context(1, der.moment(revocation.at), reason)
