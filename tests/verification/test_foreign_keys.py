"""The cryptography of strangers' signatures: what holds however it is written, and what each refusal is called."""

import asyncio
from collections.abc import Callable

import pytest
from asn1crypto import algos, cms
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_private_key

from pkdocs.pki.authority import KeyKind
from pkdocs.verification.foreign.cms import demand_holds, read_container
from pkdocs.verification.foreign.fault import InspectionError
from pkdocs.verification.foreign.keys import digest_name, digest_of, fits, recovered_digest
from tests import foreign
from tests.foreign_corpus import rsa_private, stranger

TEXT = b"text"
PLAIN_ECDSA_SHA256 = "0.4.0.127.0.7.1.1.4.1.3"


def method(name: str) -> algos.SignedDigestAlgorithm:
    return algos.SignedDigestAlgorithm({"algorithm": name})


def test_a_plain_ecdsa_value_fits() -> None:
    made = foreign.signer()
    key = load_der_private_key(made.signing_key.dump(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    numbers = decode_dss_signature(key.sign(TEXT, ec.ECDSA(hashes.SHA256())))
    value = b"".join(number.to_bytes(32) for number in numbers)
    named = method(PLAIN_ECDSA_SHA256)
    public = made.signing_cert.public_key
    assert fits(public, value, TEXT, named, "sha256", is_digest=False)
    assert not fits(public, value, b"other", named, "sha256", is_digest=False)


@pytest.mark.parametrize("written", ["sha256_rsa", "sha1_rsa", "rsassa_pkcs1v15"])
def test_the_digest_of_the_signer_counts_whatever_the_method_says(written: str) -> None:
    made = foreign.signer(kind=KeyKind.RSA2048)
    value = asyncio.run(made.async_sign_raw(TEXT, "sha256"))
    public = made.signing_cert.public_key
    assert fits(public, value, TEXT, method(written), "sha256", is_digest=False)
    assert fits(public, value, digest_of("sha256", [TEXT]), method(written), "sha256", is_digest=True)
    assert not fits(public, value[:-1] + bytes([value[-1] ^ 1]), TEXT, method(written), "sha256", is_digest=False)


def test_a_method_that_does_not_suit_the_key_is_not_computed() -> None:
    public = stranger("ed25519").signing_cert.public_key
    with pytest.raises(InspectionError, match="INSPECT_METHOD"):
        fits(public, b"x" * 64, TEXT, method("ed25519"), "sha512", is_digest=True)


def test_digests_have_the_names_of_signatures_too() -> None:
    names = ["sha256", "1.2.840.113549.1.1.5", "2.16.840.1.101.3.4.3.14", "1.2.840.10045.4.3.2", "1.3.36.3.2.1"]
    assert [digest_name(name) for name in names] == ["sha256", "sha1", "sha3_256", "sha256", "1.3.36.3.2.1"]
    assert len(digest_of("1.3.36.3.2.1", [TEXT])) == 20
    assert len(digest_of("shake256", [TEXT])) == 64
    with pytest.raises(InspectionError, match="INSPECT_METHOD"):
        digest_of("1.2.643.7.1.1.2.2", [TEXT])


def by_hand(key: rsa.RSAPrivateKey, info: bytes) -> bytes:
    """Return the RSA value over any encoding of a digest (RFC 8017, 8.2.1)."""
    numbers = key.private_numbers()
    modulus = numbers.public_numbers.n
    length = (modulus.bit_length() + 7) // 8
    padded = b"\0\1" + b"\xff" * (length - 3 - len(info)) + b"\0" + info
    return pow(int.from_bytes(padded), numbers.d, modulus).to_bytes(length)


def test_a_digest_without_parameters_counts_and_one_with_more_does_not() -> None:
    key = rsa_private(stranger("rsa"))
    digest = digest_of("sha256", [TEXT])
    name = bytes.fromhex("0609608648016503040201")
    short = b"\x30\x2f\x30\x0b" + name + b"\x04\x20" + digest
    assert recovered_digest(key.public_key(), by_hand(key, short)) == ("sha256", digest)
    more = b"\x30\x33\x30\x0f" + name + b"\x04\x02xx" + b"\x04\x20" + digest
    assert recovered_digest(key.public_key(), by_hand(key, more)) is None
    assert recovered_digest(key.public_key(), by_hand(key, short + b"xx")) is None
    assert recovered_digest(key.public_key(), b"x" * 128) is None
    value = key.sign(digest, padding.PKCS1v15(), Prehashed(hashes.SHA256()))
    assert recovered_digest(key.public_key(), value) == ("sha256", digest)


def signed(*, use_pades: bool = True) -> cms.ContentInfo:
    info = asyncio.run(foreign.signer().async_sign(digest_of("sha256", [TEXT]), "sha256", use_pades=use_pades))
    assert isinstance(info, cms.ContentInfo)
    return cms.ContentInfo.load(info.dump(force=True))


def covered(name: str) -> bytes:
    return digest_of(name, [TEXT])


def named_by_key(info: cms.ContentInfo) -> None:
    (signer,) = info["content"]["signer_infos"]
    signer["sid"] = cms.SignerIdentifier("subject_key_identifier", foreign.signer().signing_cert.key_identifier)


def named_wrongly(info: cms.ContentInfo) -> None:
    (signer,) = info["content"]["signer_infos"]
    signer["sid"].chosen["serial_number"] = 7


@pytest.mark.parametrize("change", [named_by_key, named_wrongly])
def test_the_certificate_is_found_by_what_names_it(change: Callable[[cms.ContentInfo], None]) -> None:
    info = signed()
    change(info)
    certificate, _ = demand_holds(cms.ContentInfo.load(info.dump(force=True))["content"], covered, "data")
    assert certificate == foreign.signer().signing_cert.dump()


def without(kind: str) -> Callable[[cms.ContentInfo], None]:
    def change(info: cms.ContentInfo) -> None:
        (signer,) = info["content"]["signer_infos"]
        kept = [attribute for attribute in signer["signed_attrs"] if attribute["type"].native != kind]
        signer["signed_attrs"] = cms.CMSAttributes(kept)

    return change


def of_another(info: cms.ContentInfo) -> None:
    (signer,) = info["content"]["signer_infos"]
    for attribute in signer["signed_attrs"]:
        if attribute["type"].native == "signing_certificate_v2":
            attribute["values"][0]["certs"][0]["cert_hash"] = b"x" * 32


def protected_wrongly(info: cms.ContentInfo) -> None:
    (signer,) = info["content"]["signer_infos"]
    protection = cms.CMSAlgorithmProtection(
        {
            "digest_algorithm": {"algorithm": "sha512"},
            "signature_algorithm": cms.SignedDigestAlgorithm({"algorithm": "sha512_ecdsa"}, implicit=1),
        }
    )
    kept = [one for one in signer["signed_attrs"] if one["type"].native != "cms_algorithm_protection"]
    added = cms.CMSAttribute({"type": "cms_algorithm_protection", "values": [protection]})
    signer["signed_attrs"] = cms.CMSAttributes([*kept, added])


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (without("message_digest"), "message-digest"),
        (without("content_type"), "content-type"),
        (of_another, "signing-certificate"),
        (protected_wrongly, "algorithm-protection"),
    ],
)
def test_attributes_that_contradict_each_other_are_named(change: Callable[[cms.ContentInfo], None], what: str) -> None:
    info = signed()
    change(info)
    with pytest.raises(InspectionError, match="INSPECT_CMS") as raised:
        demand_holds(cms.ContentInfo.load(info.dump(force=True))["content"], covered, "data")
    assert raised.value.params["what"] == what


def test_content_of_another_type_is_named() -> None:
    with pytest.raises(InspectionError, match="INSPECT_CMS"):
        demand_holds(signed()["content"], covered, "tst_info")


@pytest.mark.parametrize(
    "container",
    [
        b"",
        b"\x30",
        b"\x04\x02ab",
        cms.ContentInfo({"content_type": "data", "content": b"x"}).dump(),
        b"\x30\x03\x02\x01",
    ],
)
def test_a_container_that_is_none_is_called_so(container: bytes) -> None:
    with pytest.raises(InspectionError, match="INSPECT_CONTAINER"):
        read_container(container)


def test_a_signature_without_attributes_holds_over_the_digest() -> None:
    made = foreign.signer(kind=KeyKind.RSA2048)
    info = asyncio.run(made.async_sign(covered("sha256"), "sha256", use_pades=False))
    (signer,) = info["content"]["signer_infos"]
    kept = {key: signer[key] for key in ("version", "sid", "digest_algorithm", "signature_algorithm")}
    value = asyncio.run(made.async_sign_raw(TEXT, "sha256"))
    info["content"]["signer_infos"] = cms.SignerInfos([cms.SignerInfo({**kept, "signature": value})])
    plain = cms.ContentInfo.load(info.dump(force=True))["content"]
    assert demand_holds(plain, covered, "data")[0] == made.signing_cert.dump()
    with pytest.raises(InspectionError, match="INSPECT_VALUE"):
        demand_holds(plain, lambda name: digest_of(name, [b"other"]), "data")
