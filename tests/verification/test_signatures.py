"""Attacks on signatures: a signed file with one thing wrong, and the finding that names it."""

import os
from functools import cache

import pytest
from asn1crypto import cms, core

from pkdocs.content import Role
from pkdocs.pki.authority import KeyKind
from pkdocs.verification import Facts, Sub, examine_pdf
from tests.factory import DIVISION_HEAD, HEAD, division_content
from tests.issued import issued
from tests.signed import signed, signer_of
from tests.verification.forge import Hand


def codes(facts: Facts) -> set[str]:
    return {finding.code for finding in facts.findings}


def judged(**errs) -> set[str]:
    """Return what is found in a division head's file that he signs by a hand that errs."""
    return codes(examine_pdf(Hand(signer_of(DIVISION_HEAD), **errs).sign(issued(division_content()), Role.FIRST)))


@cache
def both() -> bytes:
    return signed(division_content())


def test_a_freshly_signed_file_has_no_finding():
    facts = examine_pdf(both())
    assert facts.findings == ()
    assert [signature.role for signature in facts.signatures] == [Role.FIRST, Role.SECOND]
    assert all(signature.certificate for signature in facts.signatures)


@pytest.mark.parametrize("kind", KeyKind)
def test_both_kinds_of_keys_are_accepted(kind):
    assert examine_pdf(signed(division_content(), kind=kind)).findings == ()


def test_a_hand_that_does_not_err_is_accepted():
    assert judged() == set()


def test_changed_bytes_are_named():  # 1
    changed = bytearray(both())
    place = changed.index(b"/Name (", len(issued(division_content()))) + 8
    changed[place] ^= 1
    facts = examine_pdf(bytes(changed))
    assert codes(facts) == {"SIGNATURE_DIGEST"}
    assert {finding.sub for finding in facts.findings} == {Sub.HASH_FAILURE}


def test_a_changed_signature_value_is_named():  # 2
    def flip(info):
        value = bytearray(info["content"]["signer_infos"][0]["signature"].native)
        value[-1] ^= 1
        info["content"]["signer_infos"][0]["signature"] = bytes(value)

    assert judged(content_info=flip) == {"SIGNATURE_INVALID"}


def test_changed_signed_attributes_are_named():  # 2
    def change(info):
        attributes = info["content"]["signer_infos"][0]["signed_attrs"]
        attributes.append(cms.CMSAttribute({"type": "1.2.3.4", "values": [core.OctetString(b"x")]}))

    assert "SIGNATURE_INVALID" in judged(content_info=change)


def test_content_inside_the_signature_is_named():  # 3
    def encapsulate(info):
        info["content"]["encap_content_info"] = {"content_type": "data", "content": b"something else"}

    assert judged(content_info=encapsulate) == {"SIGNATURE_ENCAPSULATES"}


@pytest.mark.parametrize(
    "wrong",
    [
        lambda exact: [1, *exact[1:]],
        lambda exact: [0, exact[1] - 1, exact[2], exact[3]],
        lambda exact: [0, exact[1] + 1, exact[2], exact[3]],
        lambda exact: [0, exact[1], exact[2] - 1, exact[3] + 1],
        lambda exact: [0, exact[1], exact[2] + 1, exact[3] - 1],
        lambda exact: [0, exact[1], exact[2], exact[3] - 1],
        lambda exact: [0, exact[1], exact[2], exact[3] + 10_000],
        lambda exact: [0, exact[1], exact[2], -exact[3]],
        lambda exact: [0, exact[1], exact[2]],
        lambda exact: [*exact, 0, 0],
        lambda _: [],
    ],
)
def test_a_byte_range_that_is_not_exact_is_named(wrong):  # 4, 5, 6, 7
    assert judged(byte_range=wrong) == {"SIGNATURE_BYTE_RANGE"}


def test_an_absent_or_null_byte_range_is_named():  # 4
    def without(text):
        return text.replace(b"/ByteRange [0 0000000000 0000000000 0000000000]", b"")

    def null(text):
        return text.replace(b"[0 0000000000 0000000000 0000000000]", b"null")

    assert judged(dictionary_change=without) >= {"SIGNATURE_DICTIONARY", "SIGNATURE_BYTE_RANGE"}
    assert judged(dictionary_change=null) == {"FILE_STRUCTURE"}


def test_spaces_and_comments_around_the_container_are_named():  # 6
    def spaces(digits):
        return b" " + digits[:-1]

    def comment(text):
        return text.replace(b"/Contents <", b"/Contents %x\n<")

    assert judged(contents=spaces) == {"FILE_STRUCTURE"}
    assert judged(dictionary_change=comment) == {"FILE_STRUCTURE"}


@pytest.mark.parametrize(
    ("digits", "code"),
    [
        (b"00", "SIGNATURE_CONTENTS"),
        (b"", "SIGNATURE_CONTENTS"),
        (b"3000", "SIGNATURE_CMS"),
        (b"30820500", "SIGNATURE_CMS"),
    ],
    ids=["a zero", "nothing", "an empty sequence", "zeros in a sequence"],
)
def test_an_empty_container_is_named(digits, code):  # 8
    assert judged(contents=lambda old: digits.ljust(len(old), b"0")) == {code}


def test_bytes_hidden_behind_the_container_are_named():
    assert judged(contents=lambda digits: digits[:-2] + b"01") == {"SIGNATURE_CONTENTS"}


def test_mixed_case_in_the_container_is_named():
    assert judged(contents=lambda digits: digits.replace(b"a", b"A", 1)) == {"SIGNATURE_CONTENTS"}


@pytest.mark.parametrize("key", [b"Contents", b"ByteRange"])
def test_a_second_entry_in_the_signature_is_named(key):  # 9
    twice = b" /%s [0 1 2 3] >>" % key
    assert judged(dictionary_change=lambda text: text.removesuffix(b" >>") + twice) == {"FILE_STRUCTURE"}


@pytest.mark.parametrize(
    ("entry", "direct"),
    [(b"/M", b"(D:20260122091500+07'00')"), (b"/ByteRange", b"[0 0000000000 0000000000 0000000000]")],
)
def test_entries_moved_to_indirect_objects_are_named(entry, direct):  # 9
    found = judged(
        dictionary_change=lambda text: text.replace(entry + b" " + direct, entry + b" 1 0 R"),
    )
    assert found & {"SIGNATURE_DICTIONARY", "SIGNATURE_BYTE_RANGE"}


def test_other_entries_in_the_signature_are_named():
    assert judged(dictionary_change=lambda text: text.replace(b" /M", b" /Cert (x) /M")) == {"SIGNATURE_DICTIONARY"}
    lock = b" /Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /P 1 >> >>] /M"
    assert judged(dictionary_change=lambda text: text.replace(b" /M", lock)) == {"SIGNATURE_DICTIONARY"}


@pytest.mark.parametrize(
    "stamp", [b"(D:20260122)", b"(D:20261322091500Z)", b"(20260122091500Z)", b"/Now", b"(D:00010101000000+23'59')"]
)
def test_a_claimed_time_that_is_none_is_named(stamp):
    found = judged(dictionary_change=lambda text: text.replace(b"(D:20260122091500+07'00')", stamp))
    assert found == {"SIGNATURE_DICTIONARY"}


def test_another_kind_of_signature_is_named():
    def adobe(text):
        return text.replace(b"/ETSI.CAdES.detached", b"/adbe.pkcs7.detached")

    assert judged(dictionary_change=adobe) == {"SIGNATURE_DICTIONARY"}


def test_several_signer_infos_are_named():  # 37
    def double(info):
        infos = info["content"]["signer_infos"]
        infos.append(infos[0].copy())

    assert judged(content_info=double) == {"SIGNATURE_SIGNERS"}


def test_no_signer_info_is_named():  # 37
    def none(info):
        info["content"]["signer_infos"] = []

    assert judged(content_info=none) == {"SIGNATURE_SIGNERS"}


def test_an_absent_certificate_is_named():  # 37
    assert judged(certificates=signer_of(DIVISION_HEAD).chain) == {"SIGNATURE_CERTIFICATE_ABSENT"}


def test_a_certificate_that_the_signature_does_not_name_is_named():  # 37
    def other(attributes):
        named = attributes["signing_certificate_v2"][0].copy()
        named["certs"][0]["cert_hash"] = bytes(32)
        attributes["signing_certificate_v2"] = [named]

    assert judged(attributes=other) == {"SIGNATURE_CERTIFICATE_MISMATCH"}


def test_a_certificate_outside_the_chain_is_named():
    stray = (signer_of(DIVISION_HEAD).certificate, *signer_of(DIVISION_HEAD).chain, signer_of(HEAD).certificate)
    assert judged(certificates=stray) == {"SIGNATURE_STRAY_CERTIFICATE"}


def test_a_changed_root_in_the_container_is_named():
    leaf, issuing, root = signer_of(DIVISION_HEAD).certificate, *signer_of(DIVISION_HEAD).chain
    changed = root[:-1] + bytes([root[-1] ^ 1])
    assert judged(certificates=(leaf, issuing, changed)) == {"SIGNATURE_STRAY_CERTIFICATE"}


def test_other_digests_than_those_allowed_are_named():  # 36
    assert judged(digest="sha1") == {"SIGNATURE_ALGORITHM"}


def test_digest_and_signature_that_do_not_match_are_named():  # 36
    assert judged(digest="sha512") == {"SIGNATURE_ALGORITHM"}


def test_a_signature_algorithm_of_another_key_is_named():  # 36
    def rsa(info):
        info["content"]["signer_infos"][0]["signature_algorithm"] = {"algorithm": "sha256_rsa"}

    assert judged(content_info=rsa) == {"SIGNATURE_ALGORITHM"}


@pytest.mark.parametrize("name", ["content_type", "message_digest", "signing_certificate_v2"])
def test_an_absent_attribute_is_named(name):
    assert judged(attributes=lambda attributes: attributes.pop(name)) == {"SIGNATURE_ATTRIBUTE"}


def test_a_signing_time_among_the_attributes_is_unknown():
    def dated(attributes):
        attributes["signing_time"] = [cms.Time({"utc_time": core.UTCTime("260122021500Z")})]

    assert judged(attributes=dated) == {"SIGNATURE_ATTRIBUTE_UNKNOWN"}


def test_another_content_type_is_named():
    def typed(attributes):
        attributes["content_type"] = ["tst_info"]

    assert judged(attributes=typed) == {"SIGNATURE_ATTRIBUTE"}


def test_two_values_of_one_attribute_are_named():
    def doubled(attributes):
        attributes["message_digest"] = [*attributes["message_digest"], bytes(32)]

    assert judged(attributes=doubled) == {"SIGNATURE_ATTRIBUTE"}


def test_a_signed_attribute_that_nobody_knows_is_unknown():
    def more(attributes):
        attributes["1.2.3.4"] = [core.OctetString(b"x")]

    assert judged(attributes=more) == {"SIGNATURE_ATTRIBUTE_UNKNOWN"}


def test_an_unsigned_attribute_is_unknown():
    def more(info):
        attribute = cms.CMSAttribute({"type": "1.2.3.4", "values": [core.OctetString(b"x")]})
        info["content"]["signer_infos"][0]["unsigned_attrs"] = [attribute]

    assert judged(content_info=more) == {"SIGNATURE_UNSIGNED_ATTRIBUTE"}


def test_algorithm_protection_that_names_others_is_named():
    def protect(attributes):
        attributes["cms_algorithm_protection"] = [
            cms.CMSAlgorithmProtection(
                {
                    "digest_algorithm": {"algorithm": "sha512"},
                    "signature_algorithm": cms.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}).retag(
                        {"implicit": 1}
                    ),
                }
            )
        ]

    assert judged(attributes=protect) == {"SIGNATURE_ATTRIBUTE"}


def test_a_container_of_another_version_is_named():
    def version(info):
        info["content"]["version"] = "v3"

    assert judged(content_info=version) == {"SIGNATURE_CMS"}


def test_a_container_that_is_no_signature_is_named():
    digits = cms.ContentInfo({"content_type": "data", "content": b"x"}).dump().hex().encode()
    assert judged(contents=lambda old: digits.ljust(len(old), b"0")) == {"SIGNATURE_CMS"}


def test_random_bytes_as_container_never_raise():
    for _ in range(20):
        digits = (b"30820400" + os.urandom(0x400).hex().encode()).ljust(8192, b"0")
        assert judged(contents=lambda old, digits=digits: digits[: len(old)])


def test_a_signature_copied_into_another_revision_is_named():  # 10, 14, 18
    file = signed(division_content(), (Role.FIRST,))
    container = file[file.rindex(b"/Contents <") + 11 :].split(b">")[0]
    hand = Hand(signer_of(HEAD), contents=lambda old: container.ljust(len(old), b"0")[: len(old)])
    assert codes(examine_pdf(hand.sign(file, Role.SECOND))) == {"SIGNATURE_DIGEST"}
