"""Timestamp tokens: what the RFCs allow is read, and each contradiction is named."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1
from asn1crypto.crl import CertificateList
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st

from pkdocs.content import Role
from pkdocs.pki.authority import KeyKind, make_crl, make_root
from pkdocs.verification import Weight, examine_pdf
from pkdocs.verification.container import is_der
from pkdocs.verification.finding import Sub
from pkdocs.verification.token import Token, TokenError
from tests.factory import DIVISION_HEAD, division_content
from tests.issued import issued
from tests.signed import AT, BEGUN, answering, authorities, services, signer_of
from tests.stamping import (
    STAMPED,
    Clock,
    authority,
    der,
    named_by_sha1,
    named_by_sha256,
    read,
    signed_in_time,
    timestamped,
    usual,
)
from tests.verification.forge import Hand

DATA = b"the value of a signature"


def fault(clock: Clock, over: bytes = DATA) -> TokenError:
    """Return what is wrong with a token of a clock that errs."""
    with pytest.raises(TokenError) as caught:
        read(clock.stamp(DATA), over)
    return caught.value


def test_a_token_says_when_and_who():
    token = Clock().token(DATA)
    assert token == Token(
        STAMPED,
        timedelta(0),
        der(usual().certificate),
        (der(authorities()[1].certificate),),
        "sha256",
        token.key,
    )
    assert token.latest == STAMPED


def test_the_training_authority_is_read():
    digest = hashlib.sha256(DATA).digest()
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest}
    request = tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, "cert_req": True})
    answer = services().timestamps.answer(request.dump(), at=AT)
    token = read(tsp.TimeStampResp.load(answer)["time_stamp_token"].dump(), DATA)
    assert (token.time, token.accuracy) == (AT, timedelta(seconds=1))


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("kind", KeyKind)
def test_all_digests_and_kinds_of_keys_are_read(kind, digest):
    assert Clock(by=answering(kind)[0], digest=digest).token(DATA).digest == digest


def test_rsa_without_a_digest_in_its_name_is_read():
    assert Clock(by=answering(KeyKind.RSA2048)[0], algorithm="rsassa_pkcs1v15").token(DATA).time == STAMPED


def sha1_only(attributes: dict[str, Any]) -> None:
    del attributes["signing_certificate_v2"]
    attributes["signing_certificate"] = [named_by_sha1(der(usual().certificate))]


def dated(attributes: dict[str, Any]) -> None:
    attributes["signing_time"] = [cms.Time({"utc_time": core.UTCTime("260122021500Z")})]


@pytest.mark.parametrize("attributes", [sha1_only, dated])
def test_attributes_of_older_authorities_are_read(attributes):
    assert Clock(attributes=attributes).token(DATA).time == STAMPED


def with_more(info: dict[str, Any]) -> None:
    name = asn1.Certificate.load(der(usual().certificate)).subject
    info |= {
        "accuracy": {"seconds": 2, "millis": 500, "micros": 7},
        "ordering": True,
        "nonce": 99,
        "tsa": asn1.GeneralName("directory_name", name),
        "extensions": [{"extn_id": "1.2.3.4", "critical": False, "extn_value": b"\x05\x00"}],
    }


def test_all_that_a_token_may_hold_is_read():
    token = Clock(info=with_more).token(DATA)
    assert token.latest == STAMPED + timedelta(seconds=2, milliseconds=500, microseconds=7)


def test_parts_of_a_second_are_read():
    exact = STAMPED.replace(microsecond=250000)
    assert Clock(at=exact).token(DATA).time == exact


def test_certificates_beyond_the_chain_are_left_aside():
    stranger = der(make_root(KeyKind.P256, at=BEGUN).certificate)
    chain = tuple(der(one.certificate) for one in reversed(authorities()))
    token = Clock(chain=(*chain, stranger)).token(DATA)
    assert token.chain == chain


def by_key_identifier(info: Any) -> None:
    identifier = asn1.Certificate.load(der(usual().certificate)).key_identifier
    info["content"]["signer_infos"][0]["sid"] = cms.SignerIdentifier("subject_key_identifier", identifier)


def test_an_authority_named_by_its_key_is_found():
    assert Clock(container=by_key_identifier).token(DATA).certificate == der(usual().certificate)


def test_a_token_of_other_bytes_is_named():  # 34
    wrong = fault(Clock(), over=b"another signature")
    assert (wrong.code, wrong.sub, wrong.weight) == ("TIMESTAMP_IMPRINT", Sub.HASH_FAILURE, Weight.FAIL)


def later(info: Any) -> None:
    content = info["content"]["encap_content_info"]
    stamped = content["content"].parsed.copy()
    stamped["gen_time"] = STAMPED - timedelta(days=300)
    content["content"] = core.ParsableOctetString(stamped.dump(force=True))


def flipped(info: Any) -> None:
    value = bytearray(info["content"]["signer_infos"][0]["signature"].native)
    value[-1] ^= 1
    info["content"]["signer_infos"][0]["signature"] = bytes(value)


@pytest.mark.parametrize("change", [later, flipped])
def test_an_altered_token_is_named(change):  # 35
    assert fault(Clock(container=change)).code == "TIMESTAMP_ALTERED"


def test_another_authoritys_certificate_in_its_place_is_named():  # 35
    def swap(attributes: dict[str, Any]) -> None:
        sha1_only(attributes)
        attributes["signing_certificate"] = [named_by_sha1(der(authorities()[0].certificate))]

    assert fault(Clock(attributes=swap)).params == {"what": "signing_certificate"}


NO_KEY = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=True,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


@pytest.mark.parametrize(
    "wrong",
    [
        {"uses": ()},
        {"critical": False},
        {"uses": (ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.EMAIL_PROTECTION)},
        {"uses": (ExtendedKeyUsageOID.OCSP_SIGNING,)},
        {"extensions": (NO_KEY,)},
        {"extensions": (x509.BasicConstraints(ca=True, path_length=None),)},
    ],
    ids=["no use", "not critical", "two uses", "another use", "no signing key", "an authority"],
)
def test_a_certificate_that_is_not_for_timestamps_alone_is_named(wrong):  # 35, 46
    assert fault(Clock(by=authority(**wrong))).code == "TIMESTAMP_USE"


@pytest.mark.parametrize("at", [BEGUN - timedelta(days=1), BEGUN + timedelta(days=4000)], ids=["before", "after"])
def test_a_time_outside_of_the_certificates_days_is_named(at):  # 35
    assert fault(Clock(at=at)).code == "TIMESTAMP_OUT_OF_DAYS"


def without(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda attributes: attributes.pop(name)


def other(name: str, values: list[Any]) -> Callable[[dict[str, Any]], None]:
    return lambda attributes: attributes.update({name: values})


@pytest.mark.parametrize(
    ("attributes", "what"),
    [
        (without("content_type"), "content_type"),
        (without("message_digest"), "message_digest"),
        (without("signing_certificate_v2"), "signing_certificate_v2"),
        (other("content_type", ["data"]), "content_type"),
        (other("signing_certificate_v2", [named_by_sha256(b"another")]), "signing_certificate_v2"),
        (other("message_digest", [b"1", b"2"]), "message_digest"),
        (
            other(
                "cms_algorithm_protection",
                [
                    cms.CMSAlgorithmProtection(
                        {
                            "digest_algorithm": {"algorithm": "sha512"},
                            "signature_algorithm": {"algorithm": "sha256_ecdsa"},
                        }
                    )
                ],
            ),
            "cms_algorithm_protection",
        ),
    ],
    ids=[
        "no type",
        "no digest",
        "no certificate",
        "other type",
        "other certificate",
        "two digests",
        "other algorithms",
    ],
)
def test_attributes_that_contradict_are_named(attributes, what):
    wrong = fault(Clock(attributes=attributes))
    assert (wrong.code, wrong.params) == ("TIMESTAMP_MALFORMED", {"what": what})


def set_part(*path: Any, value: Any) -> Callable[[Any], None]:
    def change(info: Any) -> None:
        for step in path[:-1]:
            info = info[step]
        info[path[-1]] = value

    return change


def second_signer(info: Any) -> None:
    info["content"]["signer_infos"].append(info["content"]["signer_infos"][0].copy())


def no_container(info: Any) -> None:
    info["content_type"] = "data"
    info["content"] = b"no token"


def with_lists(info: Any) -> None:
    encoded = make_crl(authorities()[1], (), number=1, at=AT).public_bytes(Encoding.DER)
    info["content"]["crls"] = [cms.RevocationInfoChoice("crl", CertificateList.load(encoded))]


def other_digests(info: Any) -> None:
    info["content"]["digest_algorithms"] = [{"algorithm": "sha512"}]


@pytest.mark.parametrize(
    "change",
    [set_part("content", "version", value="v1"), second_signer, other_digests, no_container],
    ids=["version", "two signers", "other digests", "no container"],
)
def test_a_container_that_contradicts_is_named(change):
    assert fault(Clock(container=change)).code == "TIMESTAMP_MALFORMED"


@pytest.mark.parametrize(
    "info",
    [
        {"accuracy": {"seconds": -1}},
        {"serial_number": -1},
        {"tsa": asn1.GeneralName("directory_name", asn1.Name.build({"common_name": "Orang lain"}))},
    ],
    ids=["accuracy", "serial number", "another name"],
)
def test_what_is_signed_and_contradicts_is_named(info):
    assert fault(Clock(info=lambda stamped: stamped.update(info))).code == "TIMESTAMP_MALFORMED"


def unsigned(info: Any) -> None:
    attribute = cms.CMSAttribute({"type": "1.2.3.4", "values": [core.OctetString(b"x")]})
    info["content"]["signer_infos"][0]["unsigned_attrs"] = [attribute]


def critical(stamped: dict[str, Any]) -> None:
    stamped["extensions"] = [{"extn_id": "1.2.3.4", "critical": True, "extn_value": b"\x05\x00"}]


def by_sha1(stamped: dict[str, Any]) -> None:
    digest = hashlib.sha1(DATA, usedforsecurity=False).digest()
    stamped["message_imprint"] = {"hash_algorithm": {"algorithm": "sha1"}, "hashed_message": digest}


@pytest.mark.parametrize(
    "errs",
    [
        {"container": unsigned},
        {"container": with_lists},
        {"info": critical},
        {"info": by_sha1},
        {"algorithm": "sha384_ecdsa"},
    ],
    ids=["unsigned attributes", "lists", "critical extension", "SHA-1", "another algorithm"],
)
def test_what_is_not_judged_is_unknown(errs):  # 36
    wrong = fault(Clock(**errs))
    assert (wrong.code, wrong.weight) == ("TIMESTAMP_NOT_JUDGED", Weight.UNKNOWN)


def test_a_token_without_certificate_is_unknown():
    wrong = fault(Clock(certified=False))
    assert (wrong.code, wrong.weight) == ("TIMESTAMP_CERTIFICATE", Weight.UNKNOWN)


def test_lax_lengths_are_named():
    encoded = Clock().stamp(DATA)
    assert encoded[1] == 0x82
    lax = encoded[:1] + b"\x83\0" + encoded[2:]
    for changed in (lax, encoded + b"\0", encoded[:-1], b"0\x80" + encoded[4:] + b"\0\0"):
        assert not is_der(changed)
        with pytest.raises(TokenError) as caught:
            read(changed, DATA)
        assert caught.value.params == {"what": "DER"}


TOKEN = Clock().stamp(DATA)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_flipped_bit_is_no_other_time(data):
    changed = bytearray(TOKEN)
    changed[data.draw(st.integers(0, len(TOKEN) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        token = read(bytes(changed), DATA)
    except TokenError:
        return
    # what is left may only be the way to an anchor, or the authority's own encoding of what nobody asks
    assert (token.time, token.certificate) == (STAMPED, der(usual().certificate))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_garbage_is_no_token(garbage):
    with pytest.raises(TokenError):
        read(garbage, DATA)


class TestInSignatures:
    """Tokens as the one unsigned attribute of a signature."""

    def codes(self, change: Callable[[bytes], bytes]) -> set[str]:
        pdf = Hand(signer_of(DIVISION_HEAD), container=change).sign(issued(division_content()), Role.FIRST)
        return {finding.code for finding in examine_pdf(pdf).findings}

    def test_a_timestamp_over_the_signature_is_read(self):
        facts = examine_pdf(signed_in_time(division_content()))
        assert facts.findings == ()
        assert [one.timestamp and one.timestamp.time for one in facts.signatures] == [STAMPED, STAMPED]

    def test_one_copied_from_another_signature_is_named(self):  # 34
        assert self.codes(timestamped(Clock(), over=b"another value")) == {"TIMESTAMP_IMPRINT"}

    def test_two_tokens_are_unknown(self):  # 35
        assert self.codes(timestamped(Clock(chain=()), Clock(chain=()))) == {"SIGNATURE_UNSIGNED_ATTRIBUTE"}

    def test_another_attribute_beside_it_is_unknown(self):
        attribute = cms.CMSAttribute({"type": "1.2.3.4", "values": [core.OctetString(b"x")]})
        assert self.codes(timestamped(Clock(), more=(attribute,))) == {"SIGNATURE_UNSIGNED_ATTRIBUTE"}

    def test_a_broken_one_names_the_signature(self):
        pdf = Hand(signer_of(DIVISION_HEAD), container=timestamped(Clock(container=flipped)))
        facts = examine_pdf(pdf.sign(issued(division_content()), Role.FIRST))
        (finding,) = facts.findings
        assert (finding.code, finding.role) == ("TIMESTAMP_ALTERED", Role.FIRST)
        assert facts.signatures[0].timestamp is None
        assert facts.signatures[0].certificate is not None


def test_times_are_in_utc():
    assert Clock().token(DATA).time.tzinfo is not None
    assert Clock(at=datetime(2026, 1, 22, tzinfo=UTC)).token(DATA).time == datetime(2026, 1, 22, tzinfo=UTC)
