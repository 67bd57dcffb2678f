"""Timestamps from an authority: what is asked, what is accepted, and what is asked again."""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from asn1crypto import tsp

from pkdocs.errors import ServiceError, UnknownOutcomeError
from pkdocs.messages import LANGUAGES, Said
from pkdocs.pki import KeyKind, serving
from pkdocs.pki.authority import Authority
from pkdocs.pki.timestamping import TimestampAuthority
from pkdocs.signing.timestamp import ATTEMPTS, HttpTimestamper, build_request
from pkdocs.transport import Reply, Service
from pkdocs.verification.token import Token, read_token
from tests.signed import AT, BEGUN, answering, authorities, services
from tests.signing.stamping import TYPE, MemoryService, timestamper

DIGEST = hashlib.sha256(b"Perjanjian Kinerja").digest()


@cache
def token(kind: KeyKind = KeyKind.P256) -> bytes:
    return timestamper(MemoryService(kind=kind)).stamp([DIGEST])[0]


def by(authority: Authority) -> MemoryService:
    return MemoryService(authority=TimestampAuthority(authority, ()))


def refused(service: MemoryService) -> str:
    """Return the code of what was wrong the last time; it is said in both languages."""
    with pytest.raises(ServiceError) as caught:
        timestamper(service).stamp([DIGEST])
    assert caught.value.code == "TIMESTAMP_FAILED"
    assert len(service.asked) == ATTEMPTS
    assert all("tsa.example" in caught.value.message(language) for language in LANGUAGES)
    cause = caught.value.params["reason"]
    assert isinstance(cause, ServiceError | UnknownOutcomeError)
    reason = cause.params.get("reason")
    assert len({cause.message(language) for language in LANGUAGES}) == 2
    return reason.code if isinstance(reason, Said) else cause.code


def read(encoded: bytes, digest: bytes = DIGEST) -> Token:
    return read_token(encoded, lambda _algorithm: digest)


def test_request_is_what_the_standard_writes() -> None:
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": DIGEST}
    asked = tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, "nonce": 77, "cert_req": True})
    assert build_request(DIGEST, 77) == asked.dump()


def test_many_are_stamped_over_http_in_their_order() -> None:
    digests = [hashlib.sha256(b"%d" % number).digest() for number in range(20)]
    with serving(services(), clock=lambda: AT) as address:
        tokens = HttpTimestamper(Service(address + "/tsa", timeout_s=20)).stamp(digests)
    assert all(read(one, digest).time == AT for one, digest in zip(tokens, digests, strict=True))


def test_nothing_to_stamp_asks_for_nothing() -> None:
    service = MemoryService()
    assert timestamper(service).stamp([]) == []
    assert service.asked == []


def test_eight_requests_are_under_way_at_once() -> None:
    meeting = threading.Barrier(8, timeout=20)

    def wait(reply: Reply) -> Reply:
        meeting.wait()
        return reply

    assert len(timestamper(MemoryService(wait)).stamp([DIGEST] * 8)) == 8


def test_size_is_measured_once_and_leaves_room() -> None:
    service = MemoryService()
    asking = timestamper(service)
    assert asking.reserved_bytes == asking.reserved_bytes > len(token())
    assert len(service.asked) == 1


def test_failed_request_is_made_again() -> None:
    replies = [Reply(503, {}, b""), Reply(503, {}, b"")]
    service = MemoryService(lambda reply: replies.pop() if replies else reply)
    assert read(timestamper(service).stamp([DIGEST])[0]).time == AT
    assert len(service.asked) == 3


def test_silent_authority_is_an_error_that_leaves_nothing_unknown() -> None:
    def silent(_reply: Reply) -> Reply:
        raise UnknownOutcomeError("SERVICE_SILENT", host="tsa.example")

    assert refused(MemoryService(silent)) == "SERVICE_SILENT"


def test_one_failure_among_many_is_the_failure_of_all() -> None:
    other = hashlib.sha256(b"lain").digest()

    class Choosy(MemoryService):
        def send(self, method: str, *, body: bytes, **more: object) -> Reply:
            return Reply(500, {}, b"") if other in body else super().send(method, body=body, **more)

    with pytest.raises(ServiceError, match="TIMESTAMP_FAILED"):
        timestamper(Choosy()).stamp([other, DIGEST])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda reply: replace(reply, status=500), "TIMESTAMP_HTTP"),
        (lambda reply: replace(reply, headers={"content-type": "text/html"}), "TIMESTAMP_HTTP"),
        (lambda reply: replace(reply, body=b"<html>"), "TOKEN_MALFORMED"),
        (lambda reply: replace(reply, body=reply.body + b"\0"), "TOKEN_MALFORMED"),
        (lambda reply: replace(reply, body=bytes.fromhex("30053003020100")), "TOKEN_MALFORMED"),
        (lambda reply: replace(reply, body=bytes.fromhex("3009300702010203020520")), "TIMESTAMP_REFUSED"),
    ],
)
def test_answer_that_is_no_token_is_named(change: Callable[[Reply], Reply], code: str) -> None:
    assert refused(MemoryService(change)) == code


def test_token_for_another_request_is_refused() -> None:
    authority = services().timestamps

    def answer(digest: bytes) -> Callable[[Reply], Reply]:
        other = authority.answer(build_request(digest, 5), at=AT)
        return lambda reply: replace(reply, body=other)

    assert refused(MemoryService(answer(DIGEST))) == "TOKEN_NONCE"
    assert refused(MemoryService(answer(bytes(32)))) == "TOKEN_IMPRINT"


def test_authority_with_a_certificate_for_something_else_is_refused() -> None:
    assert refused(by(authorities()[1])) == "TOKEN_USE"
    assert refused(by(answering()[1])) == "TOKEN_USE"


def test_time_outside_the_certificate_is_refused() -> None:
    assert refused(MemoryService(at=BEGUN - timedelta(days=1))) == "TOKEN_OUT_OF_DAYS"


def test_wrong_key_is_a_wrong_signature() -> None:
    authority = Authority(answering()[0].certificate, authorities()[0].key)
    assert refused(by(authority)) == "TOKEN_ALTERED"


def test_token_without_certificates_is_refused() -> None:
    authority = services().timestamps

    class Bare(MemoryService):
        def send(self, _method: str, *, body: bytes, **_more: object) -> Reply:
            self.asked.append(body)
            asked = tsp.TimeStampReq.load(body).copy()
            asked["cert_req"] = False
            return Reply(200, TYPE, authority.answer(asked.dump(), at=AT))

    assert refused(Bare()) == "TOKEN_CERTIFICATE"
