"""A timestamp authority for training (RFC 3161, RFC 5816): a request in, a response out.

Only time, digest, serial number, nonce and signature differ between tokens, so the rest is encoded once.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import cached_property
from typing import Final

from asn1crypto.tsp import TimeStampReq
from cryptography.hazmat.primitives.serialization import Encoding

from pkdocs import der
from pkdocs.pki.authority import Authority

POLICY: Final = "2.25.333644845854584001117227806244163650563"
"""What the tokens say of themselves: practice, nobody vouches for the clock. An arc of our own (ITU-T X.667)."""

ACCURACY_S: Final = 1
"""The time is cut to whole seconds."""

_DIGEST_BYTES: Final = {"sha256": 32, "sha384": 48, "sha512": 64}

_TST_INFO: Final = der.identifier("1.2.840.113549.1.9.16.1.4")
_SIGNED_DATA: Final = der.identifier("1.2.840.113549.1.7.2")
_CONTENT_TYPE: Final = der.identifier("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST: Final = der.identifier("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE: Final = der.identifier("1.2.840.113549.1.9.16.2.47")
_POLICY: Final = der.identifier(POLICY)
_ACCURACY: Final = der.encode(der.SEQUENCE, der.integer(ACCURACY_S))
_GRANTED: Final = der.encode(der.SEQUENCE, der.integer(0))


class Failure(IntEnum):
    """Why a request is refused (PKIFailureInfo, RFC 3161, 2.4.2)."""

    BAD_ALGORITHM = 0
    BAD_REQUEST = 2
    BAD_DATA_FORMAT = 5
    UNACCEPTED_POLICY = 15
    UNACCEPTED_EXTENSION = 16


class _RefusedError(Exception):
    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        super().__init__(failure)


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a sound request asks for; ``imprint`` and ``nonce`` (empty: none) as they were encoded."""

    imprint: bytes
    nonce: bytes
    with_certificates: bool


@dataclass(frozen=True)
class TimestampAuthority:
    """Stamps what it is asked to with ``authority``; ``chain`` (DER) goes with its certificate, if asked for."""

    authority: Authority
    chain: tuple[bytes, ...]

    def answer(self, request: bytes, *, at: datetime) -> bytes:
        """Return the response (``TimeStampResp``, DER) to ``request``: a token of the time ``at``, or why none.

        The imprint may be SHA-256, SHA-384 or SHA-512; the only policy is ``POLICY``; extensions are not accepted.
        """
        try:
            wish = _read(request)
        except _RefusedError as refusal:
            return _refused(refusal.failure)
        return der.encode(der.SEQUENCE, _GRANTED, self._token(wish, at))

    def _token(self, wish: _Wish, at: datetime) -> bytes:
        info = der.encode(
            der.SEQUENCE,
            der.integer(1),
            _POLICY,
            wish.imprint,
            der.integer(1 << 126 | secrets.randbits(126)),
            der.moment(at),
            _ACCURACY,
            wish.nonce,
            self._name,
        )
        digest = _attribute(_MESSAGE_DIGEST, der.encode(der.OCTETS, hashlib.sha256(info).digest()))
        attributes = b"".join(sorted((*self._attributes, digest)))
        signer = der.encode(
            der.SEQUENCE,
            self._signer_head,
            der.context(0, attributes),
            self.authority.algorithm,
            der.encode(der.OCTETS, self.authority.sign(der.encode(der.SET, attributes))),
        )
        signed = der.encode(
            der.SEQUENCE,
            der.integer(3),
            der.encode(der.SET, der.SHA256),
            der.encode(der.SEQUENCE, _TST_INFO, der.context(0, der.encode(der.OCTETS, info))),
            self._certificates if wish.with_certificates else b"",
            der.encode(der.SET, signer),
        )
        return der.encode(der.SEQUENCE, _SIGNED_DATA, der.context(0, signed))

    @cached_property
    def _certificate(self) -> bytes:
        return self.authority.certificate.public_bytes(Encoding.DER)

    @cached_property
    def _certificates(self) -> bytes:
        return der.context(0, *sorted((self._certificate, *self.chain)))

    @cached_property
    def _name(self) -> bytes:
        # directoryName, which is a CHOICE and so tagged explicitly
        return der.context(0, der.context(4, self.authority.certificate.subject.public_bytes()))

    @cached_property
    def _attributes(self) -> tuple[bytes, bytes]:
        hashed = der.encode(der.OCTETS, hashlib.sha256(self._certificate).digest())
        named = der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, hashed)))
        return _attribute(_CONTENT_TYPE, _TST_INFO), _attribute(_SIGNING_CERTIFICATE, named)

    @cached_property
    def _signer_head(self) -> bytes:
        certificate = self.authority.certificate
        sid = der.encode(der.SEQUENCE, certificate.issuer.public_bytes(), der.integer(certificate.serial_number))
        return der.integer(1) + sid + der.SHA256


def _attribute(kind: bytes, value: bytes) -> bytes:
    return der.encode(der.SEQUENCE, kind, der.encode(der.SET, value))


def _read(request: bytes) -> _Wish:
    try:
        asked = TimeStampReq.load(request, strict=True)
        version, policy = asked["version"].native, asked["req_policy"].native
        hashing, digest = asked["message_imprint"]["hash_algorithm"], asked["message_imprint"]["hashed_message"].native
        algorithm, parameters = hashing["algorithm"].native, hashing["parameters"].native
        nonce = b"" if asked["nonce"].native is None else asked["nonce"].dump()
        wish = _Wish(asked["message_imprint"].dump(), nonce, bool(asked["cert_req"].native))
        is_extended = bool(asked["extensions"].native)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as fault:
        raise _RefusedError(Failure.BAD_DATA_FORMAT) from fault
    wrong = {
        Failure.BAD_REQUEST: version != "v1",
        Failure.BAD_ALGORITHM: algorithm not in _DIGEST_BYTES or parameters is not None,
        Failure.BAD_DATA_FORMAT: len(digest) != _DIGEST_BYTES.get(algorithm),
        Failure.UNACCEPTED_POLICY: policy not in {None, POLICY},
        Failure.UNACCEPTED_EXTENSION: is_extended,
    }
    for failure, is_so in wrong.items():
        if is_so:
            raise _RefusedError(failure)
    return wish


def _refused(failure: Failure) -> bytes:
    """Return a rejection: ``failure`` is the number of the one bit that is set (DER cuts the zeros after it)."""
    unused = 7 - failure % 8
    flags = der.encode(der.BIT_STRING, bytes((unused, *bytes(failure // 8), 1 << unused)))
    return der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, der.integer(2), flags))
