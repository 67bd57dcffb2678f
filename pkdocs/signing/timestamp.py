"""Proof of time by a timestamp authority (RFC 3161), seen from who needs one."""

import secrets
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from typing import Final, Protocol

from asn1crypto import parser
from asn1crypto.tsp import PKIStatusInfo

from pkdocs import der
from pkdocs.errors import ServiceError, UnknownOutcomeError
from pkdocs.messages import Said
from pkdocs.transport import Reply, Service
from pkdocs.verification.token import Token, TokenError, read_token

MAX_TOKEN_BYTES: Final = 64_000
IN_FLIGHT: Final = 8
ATTEMPTS: Final = 3
_PAUSES_S: Final = (0.5, 2.0)
_SLACK_BYTES: Final = 64
"""More than a token can grow: fractions of a second, serial number and nonce vary in length."""

_HEADERS: Final = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
_MEDIA_TYPE: Final = "application/timestamp-reply"
_OK: Final = 200
_GRANTED: Final = frozenset({"granted", "granted_with_mods"})
_VERSION_1: Final = der.integer(1)
_DIGESTS: Final = {
    name: der.encode(der.SEQUENCE, der.identifier(f"2.16.840.1.101.3.4.2.{number}"), der.NULL)
    for number, name in enumerate(("sha256", "sha384", "sha512"), 1)
}
"""With NULL as parameters: that is how the usual clients ask, so every authority takes it."""

_FAULTS: Final = {
    "TIMESTAMP_NOT_JUDGED": "TOKEN_NOT_JUDGED",
    "TIMESTAMP_ALTERED": "TOKEN_ALTERED",
    "TIMESTAMP_IMPRINT": "TOKEN_IMPRINT",
    "TIMESTAMP_CERTIFICATE": "TOKEN_CERTIFICATE",
    "TIMESTAMP_USE": "TOKEN_USE",
    "TIMESTAMP_OUT_OF_DAYS": "TOKEN_OUT_OF_DAYS",
}
"""What is wrong with a token, said to who asked for it; the sentences for who judges a file are others."""

_WITH_CERTIFICATES: Final = bytes.fromhex("0101ff")


class Timestamper(Protocol):
    """Gives timestamps; several at once where it has to be asked over a network."""

    def stamp(self, digests: Sequence[bytes]) -> Sequence[bytes]:
        """Return for each SHA-256 of ``digests`` a time-stamp token (``ContentInfo``, DER) that was checked.

        Raises:
            ServiceError, UnknownOutcomeError: the authority was not reached, or gave no usable token. A timestamp
                that was asked for in vain does no harm: it may be asked for again.
        """


class SampledTimestamper(Timestamper, Protocol):
    """A timestamper that shows its certificate, and how large its tokens are, before it is used in earnest."""

    @property
    def reserved_bytes(self) -> int:
        """How many bytes to keep free for a token of this authority."""

    @property
    def sample(self) -> Token:
        """What one token of this authority says, whatever it is over.

        Raises:
            ServiceError: the authority does not answer.
        """


class HttpTimestamper:
    """The authority behind ``service`` (RFC 3161, 3.4); up to ``IN_FLIGHT`` requests at once.

    A request that fails is made again, ``ATTEMPTS`` times in all, after ``sleep``. Only what can be checked with
    the token alone is checked: whether the authority is believed says the trust file, when evidence is gathered.
    """

    def __init__(self, service: Service, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._service: Final = service
        self._sleep = sleep

    @property
    def host(self) -> str:
        """Whose service it is, for messages."""
        return self._service.host

    @cached_property
    def _sample(self) -> tuple[bytes, Token]:
        """A token over a random digest, and what it says; asked for once."""
        digest = secrets.token_bytes(32)
        encoded = self._ask(digest)
        return encoded, read_stamped(encoded, digest)

    @property
    def sample(self) -> Token:
        """What a token over a random digest says: it shows that the authority answers, and with what.

        Raises:
            ServiceError: it does not.
        """
        return self._sample[1]

    @property
    def reserved_bytes(self) -> int:
        """The size of a token, measured, and some more.

        Raises:
            ServiceError: the authority does not answer.
        """
        return len(self._sample[0]) + _SLACK_BYTES

    def stamp(self, digests: Sequence[bytes]) -> list[bytes]:
        """Return for each SHA-256 of ``digests`` a token that was checked, in their order.

        Raises:
            ServiceError: the authority was not reached, refused, or gave no usable token, each time it was asked.
        """
        if len(digests) <= 1:
            return [self._ask(digest) for digest in digests]
        with ThreadPoolExecutor(min(IN_FLIGHT, len(digests))) as threads:
            try:
                return list(threads.map(self._ask, digests))
            except BaseException:
                # what waits need not be asked any more
                threads.shutdown(wait=False, cancel_futures=True)
                raise

    def stamp_root(self, digest: bytes, hashing: str) -> bytes:
        """Return a token over one ``digest`` of another algorithm, or of the same (SHA-2 by asn1crypto's names).

        Raises:
            ServiceError: as ``stamp``.
        """
        return self._ask(digest, hashing)

    def _ask(self, digest: bytes, hashing: str = "sha256") -> bytes:
        faults = []
        for pause in (*_PAUSES_S, None):
            try:
                return self._ask_once(digest, hashing)
            except (ServiceError, UnknownOutcomeError) as fault:
                faults.append(fault)
            if pause is not None:
                self._sleep(pause)
        raise ServiceError("TIMESTAMP_FAILED", host=self.host, attempts=ATTEMPTS, reason=faults[-1]) from faults[-1]

    def _ask_once(self, digest: bytes, hashing: str) -> bytes:
        nonce = secrets.randbits(63) | 1 << 62
        request = build_request(digest, nonce, hashing)
        encoded = self._token_in(self._service.send("POST", body=request, headers=_HEADERS, limit=MAX_TOKEN_BYTES))
        try:
            token = read_stamped(encoded, digest, hashing)
        except TokenError as fault:
            raise self._unusable(_FAULTS.get(fault.code, "TOKEN_MALFORMED")) from fault
        if token.nonce != nonce:
            raise self._unusable("TOKEN_NONCE")
        return encoded

    def _unusable(self, code: str) -> ServiceError:
        return ServiceError("TIMESTAMP_UNUSABLE", host=self.host, reason=Said(code))

    def _token_in(self, reply: Reply) -> bytes:
        """Return the token of a response that grants one."""
        kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
        if reply.status != _OK or kind != _MEDIA_TYPE:
            raise ServiceError("TIMESTAMP_HTTP", host=self.host, status=reply.status)
        try:
            status, encoded = _split(reply.body)
            reasons = _reasons(status)
        except (ValueError, TypeError, KeyError, IndexError) as fault:
            raise self._unusable("TOKEN_MALFORMED") from fault
        if reasons[0] not in _GRANTED:
            raise ServiceError("TIMESTAMP_REFUSED", host=self.host, status=", ".join(reasons))
        return encoded


def build_request(digest: bytes, nonce: int, hashing: str = "sha256") -> bytes:
    """Return a request (``TimeStampReq``, DER) to stamp ``digest`` and send the certificate too."""
    imprint = der.encode(der.SEQUENCE, _DIGESTS[hashing], der.encode(der.OCTETS, digest))
    return der.encode(der.SEQUENCE, _VERSION_1, imprint, der.integer(nonce), _WITH_CERTIFICATES)


@lru_cache(maxsize=4096)
def read_stamped(encoded: bytes, digest: bytes, hashing: str = "sha256") -> Token:
    """Return what a token over ``digest`` says; what was just received is not read twice.

    Raises:
        TokenError: it says nothing, or is over something else.
    """
    return read_token(encoded, lambda algorithm: digest if algorithm == hashing else b"")


def _split(response: bytes) -> tuple[bytes, bytes]:
    """Return the two parts of a ``TimeStampResp``; asn1crypto's own demands a token in a refusal too."""
    parts = parser.parse(response, strict=True)[4]
    length = parser.peek(parts)
    return parts[:length], parts[length:]


@lru_cache(maxsize=64)
def _reasons(encoded: bytes) -> tuple[str, ...]:
    """Return the status (``PKIStatusInfo``) and what failed; of a batch they are nearly always the same."""
    status = PKIStatusInfo.load(encoded, strict=True)
    return (str(status["status"].native), *sorted(status["fail_info"].native or ()))
