"""The OCSP responder for training: good, revoked, unknown, as other programs read it."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from asn1crypto import ocsp
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.ocsp import OCSPCertStatus, OCSPRequestBuilder, OCSPResponse, load_der_ocsp_response
from hypothesis import given
from hypothesis import strategies as st
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import RevokedError

from pkdocs.pki.authority import KeyKind, Reason, Revocation, Subject, certify
from pkdocs.pki.status import MAX_ASKED
from tests.factory import HEAD, MAYOR
from tests.pki.asking import openssl, write_chain
from tests.signed import AT, BEGUN, answering, authorities, credential, services


def request(algorithm: HashAlgorithm | None = None) -> bytes:
    named = credential(HEAD)[1], authorities()[1].certificate, algorithm or SHA256()
    return OCSPRequestBuilder().add_certificate(*named).build().public_bytes(Encoding.DER)


def revocation(reason: Reason = Reason.UNSPECIFIED, kind: KeyKind = KeyKind.P256) -> Revocation:
    return Revocation(credential(HEAD, kind)[1].serial_number, AT - timedelta(days=1), reason)


def raw(asked: bytes, *revoked: Revocation, kind: KeyKind = KeyKind.P256) -> bytes:
    asked_services = services(HEAD, kind=kind, revoked=revoked)
    return asked_services.responder.answer(asked, asked_services.ledger().standings, at=AT)


def answer(asked: bytes, *revoked: Revocation) -> OCSPResponse:
    return load_der_ocsp_response(raw(asked, *revoked))


@pytest.mark.parametrize("kind", KeyKind)
@pytest.mark.parametrize("digest", ["-sha1", "-sha256"])
def test_openssl_reads_an_answer_about_several(tmp_path: Path, kind: KeyKind, digest: str) -> None:
    write_chain(tmp_path, kind)
    for name, certificate in (("head", credential(HEAD, kind)[1]), ("tsa", answering(kind)[0].certificate)):
        (tmp_path / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    named = ("-cert", "head.pem", "-cert", "tsa.pem", "-serial", "77")
    openssl(tmp_path, "ocsp", digest, "-issuer", "issuing.pem", *named, "-reqout", "q")
    (tmp_path / "r").write_bytes(raw((tmp_path / "q").read_bytes(), revocation(kind=kind), kind=kind))
    known = ("-issuer", "issuing.pem", *named, "-CAfile", "root.pem", "-no_nonce")
    moment = ("-attime", str(int(AT.timestamp())), "-validity_period", str(10**9))
    said = openssl(tmp_path, "ocsp", "-respin", "r", digest, *known, *moment)
    assert "Response verify OK" in said
    assert "head.pem: revoked" in said
    assert "tsa.pem: good" in said
    assert "77: unknown" in said


def validate(*revoked: Revocation) -> None:
    """Let certvalidator judge the same person's certificate, one that names the responder: else it asks none."""
    key = credential(HEAD)[0].public_key()
    known = credential(HEAD)[1].serial_number
    subject = Subject(HEAD.person, HEAD.name, "Dinas", "Pemerintah Kota Wanasari")
    with mock.patch("cryptography.x509.random_serial_number", return_value=known):
        leaf = certify(authorities()[1], subject, key, at=BEGUN, address="http://127.0.0.1:8318")
    context = ValidationContext(
        trust_roots=[Certificate.load(authorities()[1].certificate.public_bytes(Encoding.DER))],
        ocsps=[ocsp.OCSPResponse.load(raw(request(), *revoked))],
        moment=AT,
        allow_fetching=False,
        revocation_mode="require",
    )
    validator = CertificateValidator(Certificate.load(leaf.public_bytes(Encoding.DER)), [], context)
    asyncio.run(validator.async_validate_path())


def test_certvalidator_believes_an_answer() -> None:
    validate()
    with pytest.raises(RevokedError):
        validate(revocation())


def test_an_answer_is_of_the_moment_and_good_for_a_day() -> None:
    given = answer(request())
    assert given.certificate_status is OCSPCertStatus.GOOD
    assert given.this_update_utc == given.produced_at_utc == AT
    assert given.next_update_utc == AT + timedelta(days=1)


@pytest.mark.parametrize("reason", Reason)
def test_a_revoked_certificate_is_named_with_day_and_reason(reason: Reason) -> None:
    given = answer(request(), revocation(reason))
    assert given.certificate_status is OCSPCertStatus.REVOKED
    assert given.revocation_time_utc == AT - timedelta(days=1)
    stated = given.revocation_reason
    assert (stated.value if stated else "unspecified") == reason.value


@pytest.mark.parametrize("algorithm", [SHA1(), SHA256(), SHA512()])  # noqa: S303  # what OCSP names certificates by
def test_the_issuer_may_be_named_by_any_usual_digest(algorithm: HashAlgorithm) -> None:
    assert answer(request(algorithm)).certificate_status is OCSPCertStatus.GOOD


def changed(**fields: Any) -> bytes:
    asked = ocsp.OCSPRequest.load(request())
    for name, value in fields.items():
        asked["tbs_request"]["request_list"][0]["req_cert"][name] = value
    encoded: bytes = asked.dump(force=True)
    return encoded


@pytest.mark.parametrize(
    "asked",
    [
        changed(serial_number=77),
        changed(issuer_name_hash=bytes(20)),
        changed(issuer_key_hash=bytes(20)),
        changed(hash_algorithm={"algorithm": "md5"}),
        OCSPRequestBuilder()
        .add_certificate(authorities()[1].certificate, authorities()[0].certificate, SHA256())
        .build()
        .public_bytes(Encoding.DER),
    ],
)
def test_what_this_authority_has_not_issued_is_unknown(asked: bytes) -> None:
    assert answer(asked).certificate_status is OCSPCertStatus.UNKNOWN


def test_somebody_who_is_not_in_the_records_is_unknown() -> None:
    one = OCSPRequestBuilder().add_certificate(credential(MAYOR)[1], authorities()[1].certificate, SHA256())
    assert answer(one.build().public_bytes(Encoding.DER)).certificate_status is OCSPCertStatus.UNKNOWN


def with_nonce(*nonces: bytes) -> bytes:
    asked = ocsp.OCSPRequest.load(request())
    asked["tbs_request"]["request_extensions"] = [
        {"extn_id": "nonce", "extn_value": ocsp.OctetString(nonce)} for nonce in nonces
    ]
    encoded: bytes = asked.dump(force=True)
    return encoded


def test_a_nonce_comes_back() -> None:
    given = ocsp.OCSPResponse.load(raw(with_nonce(b"0123456789abcdef")), strict=True)
    assert given.nonce_value.native == b"0123456789abcdef"
    assert ocsp.OCSPResponse.load(raw(request())).nonce_value is None


def many(count: int) -> bytes:
    asked = ocsp.OCSPRequest.load(request())
    (one,) = asked["tbs_request"]["request_list"].native
    entries = [{"req_cert": dict(one["req_cert"])} for _ in range(count)]
    encoded: bytes = ocsp.OCSPRequest({"tbs_request": {"request_list": entries}}).dump()
    return encoded


def test_as_many_as_are_allowed_are_answered_in_their_order() -> None:
    given = ocsp.OCSPResponse.load(raw(many(MAX_ASKED)), strict=True)
    assert len(given.response_data["responses"]) == MAX_ASKED


@pytest.mark.parametrize(
    "asked",
    [
        b"",
        b"\x30\x00",
        request()[:-1],
        request() + b"\0",
        many(0),
        many(MAX_ASKED + 1),
        with_nonce(bytes(129)),
        with_nonce(b"a", b"b"),
    ],
)
def test_what_is_no_request_is_refused(asked: bytes) -> None:
    given = ocsp.OCSPResponse.load(raw(asked), strict=True)
    assert given["response_status"].native == "malformed_request"
    assert given["response_bytes"].native is None


@given(st.binary(max_size=200))
def test_whatever_is_sent_has_an_answer(sent: bytes) -> None:
    assert ocsp.OCSPResponse.load(raw(sent), strict=True)["response_status"].native == "malformed_request"


@given(st.integers(0, len(request()) - 1), st.integers(0, 255))
def test_a_request_with_one_other_byte_has_an_answer(place: int, value: int) -> None:
    sent = bytearray(request())
    sent[place] = value
    assert ocsp.OCSPResponse.load(raw(bytes(sent)), strict=True)["response_status"].native


def test_the_responder_answers_for_the_authority_that_issued_it() -> None:
    answering()[1].certificate.verify_directly_issued_by(authorities()[1].certificate)
    assert answering()[1].certificate.not_valid_before_utc == BEGUN
