"""The timestamp authority for training: tokens that other programs accept, and requests that it refuses."""

import asyncio
import hashlib
from datetime import UTC, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms, core, tsp
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.sign.validation import async_validate_cms_signature
from pyhanko_certvalidator import ValidationContext

from pkdocs.pki.authority import KeyKind
from pkdocs.pki.timestamping import POLICY
from tests.pki.asking import DATA, openssl, query, write_chain
from tests.signed import AT, answering, authorities, services, training_trust

DIGEST = hashlib.sha256(DATA).digest()


def request(**changed: Any) -> bytes:
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": DIGEST}
    entries = {"version": "v1", "message_imprint": imprint, "cert_req": True, **changed}
    encoded: bytes = tsp.TimeStampReq(entries).dump()
    return encoded


def imprint(algorithm: str, digest: bytes, **more: Any) -> dict[str, Any]:
    return {"hash_algorithm": {"algorithm": algorithm, **more}, "hashed_message": digest}


class Response(core.Sequence):
    """As RFC 3161 has it; asn1crypto demands a token in a refusal too."""

    _fields = [("status", tsp.PKIStatusInfo), ("time_stamp_token", cms.ContentInfo, {"optional": True})]  # noqa: RUF012  # asn1crypto's form


def answer(asked: bytes, kind: KeyKind = KeyKind.P256, at: Any = AT) -> Response:
    return Response.load(services(kind=kind).timestamps.answer(asked, at=at), strict=True)


def token(asked: bytes, kind: KeyKind = KeyKind.P256, at: Any = AT) -> cms.SignedData:
    given = answer(asked, kind, at)
    assert given["status"]["status"].native == "granted"
    return given["time_stamp_token"]["content"]


def info(asked: bytes, at: Any = AT) -> Any:
    return token(asked, at=at)["encap_content_info"]["content"].parsed.native


@pytest.mark.parametrize("kind", KeyKind)
@pytest.mark.parametrize("options", [("-sha256", "-cert"), ("-sha512", "-cert", "-no_nonce"), ("-sha384",)])
def test_openssl_accepts_a_token(tmp_path: Path, kind: KeyKind, options: tuple[str, ...]) -> None:
    write_chain(tmp_path, kind)
    (tmp_path / "r.tsr").write_bytes(services(kind=kind).timestamps.answer(query(tmp_path, *options), at=AT))
    own = answering(kind)[0].certificate.public_bytes(Encoding.PEM)
    (tmp_path / "own.pem").write_bytes(own + (tmp_path / "issuing.pem").read_bytes())
    # what the token does not carry, the verifier has
    at_hand = () if "-cert" in options else ("-untrusted", "own.pem")
    moment = ("-attime", str(int(AT.timestamp())))
    said = openssl(
        tmp_path, "ts", "-verify", "-queryfile", "q.tsq", "-in", "r.tsr", "-CAfile", "root.pem", *at_hand, *moment
    )
    assert "Verification: OK" in said


@pytest.mark.parametrize("kind", KeyKind)
def test_pyhanko_accepts_a_token(kind: KeyKind) -> None:
    trust = training_trust(kind)
    context = ValidationContext(
        trust_roots=[Certificate.load(trust.anchors[0].certificate)],
        crls=list(trust.crls),
        moment=AT,
        allow_fetching=False,
        revocation_mode="require",
    )
    from pyhanko.sign.validation.status import TimestampSignatureStatus

    status = asyncio.run(
        async_validate_cms_signature(
            token(request(), kind),
            status_cls=TimestampSignatureStatus,
            validation_context=context,
            status_kwargs={"timestamp": AT},
        )
    )
    assert status.valid
    assert status.intact
    assert status.trusted


def test_a_token_says_what_when_how_exact_and_that_it_is_for_training() -> None:
    said = info(request(nonce=2**63 + 5), at=AT.replace(microsecond=999_999).astimezone(timezone(timedelta(hours=7))))
    assert said["message_imprint"]["hashed_message"] == DIGEST
    assert said["gen_time"] == AT.astimezone(UTC)
    assert said["accuracy"]["seconds"] == 1
    assert said["policy"] == POLICY
    assert said["nonce"] == 2**63 + 5
    assert "BUKAN UNTUK DIPAKAI RESMI" in said["tsa"]["common_name"]


def test_serial_numbers_are_large_and_never_the_same() -> None:
    serials = {info(request())["serial_number"] for _ in range(50)}
    assert len(serials) == 50
    assert all(serial.bit_length() > 64 for serial in serials)


def test_what_was_not_asked_for_is_left_out() -> None:
    given = token(request(cert_req=False))
    assert given["certificates"].native is None
    assert given["encap_content_info"]["content"].parsed["nonce"].native is None


def test_the_chain_is_carried_without_the_root() -> None:
    carried = {entry.chosen.dump() for entry in token(request())["certificates"]}
    above = answering()[0].certificate, authorities()[1].certificate
    assert carried == {certificate.public_bytes(Encoding.DER) for certificate in above}


@pytest.mark.parametrize(
    ("asked", "failure"),
    [
        (request(message_imprint=imprint("sha1", bytes(20))), "bad_alg"),
        (request(message_imprint=imprint("md5", bytes(16))), "bad_alg"),
        (request(message_imprint=imprint("1.2.3.4", DIGEST)), "bad_alg"),
        (request(message_imprint=imprint("sha256", bytes(20))), "bad_data_format"),
        (request(version=2), "bad_request"),
        (request(req_policy="1.2.3"), "unaccepted_policy"),
        (request(extensions=[{"extn_id": "1.2.3", "extn_value": b"x"}]), "unaccepted_extensions"),
        (request() + b"\0", "bad_data_format"),
        (request()[:-1], "bad_data_format"),
        (b"", "bad_data_format"),
        (b"\x30\x80", "bad_data_format"),
    ],
)
def test_a_request_that_cannot_be_granted_is_refused_with_the_reason(asked: bytes, failure: str) -> None:
    given = answer(asked)
    assert given["status"]["status"].native == "rejection"
    assert given["status"]["fail_info"].native == {failure}
    assert given["time_stamp_token"].native is None


def test_our_policy_may_be_asked_for() -> None:
    assert info(request(req_policy=POLICY))["policy"] == POLICY


def test_openssl_reads_a_refusal(tmp_path: Path) -> None:
    asked = query(tmp_path, "-sha1")
    (tmp_path / "r.tsr").write_bytes(services().timestamps.answer(asked, at=AT))
    assert "unsupported algorithm identifier" in openssl(tmp_path, "ts", "-reply", "-in", "r.tsr", "-text")


@given(st.binary(max_size=200))
def test_whatever_is_sent_has_an_answer(sent: bytes) -> None:
    assert answer(sent)["status"]["status"].native == "rejection"


@given(st.integers(0, len(request()) - 1), st.integers(0, 255))
def test_a_request_with_one_other_byte_has_an_answer(place: int, value: int) -> None:
    changed = bytearray(request())
    changed[place] = value
    assert answer(bytes(changed))["status"]["status"].native in {"granted", "rejection"}
