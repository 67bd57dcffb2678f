"""The training PKI as values: what its certificates say, and that they say that they are for training."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from pkdocs.pki import KeyKind, Reason, is_training, person_of
from pkdocs.pki.authority import Revocation, Subject, certify, make_crl
from tests.factory import HEAD
from tests.signed import AT, BEGUN, answering, authorities, credential


@pytest.mark.parametrize("kind", KeyKind)
def test_each_certificate_is_issued_by_the_one_above(kind: KeyKind) -> None:
    root, issuing = authorities(kind)
    key, certificate = credential(HEAD, kind)
    certificate.verify_directly_issued_by(issuing.certificate)
    issuing.certificate.verify_directly_issued_by(root.certificate)
    root.certificate.verify_directly_issued_by(root.certificate)
    assert key.public_key() == certificate.public_key()
    expected = ec.EllipticCurvePublicKey if kind is KeyKind.P256 else rsa.RSAPublicKey
    assert isinstance(certificate.public_key(), expected)
    assert certificate.public_key().key_size == (256 if kind is KeyKind.P256 else 2048)


def test_a_person_is_the_serial_number_and_no_nip_is_inside() -> None:
    certificate = credential(HEAD)[1]
    assert person_of(certificate) == HEAD.person
    assert [(entry.oid, entry.value) for entry in certificate.subject] == [
        (NameOID.COUNTRY_NAME, "ID"),
        (NameOID.ORGANIZATION_NAME, "Pemerintah Kota Wanasari"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "Dinas Komunikasi dan Informatika"),
        (NameOID.COMMON_NAME, HEAD.name),
        (NameOID.SERIAL_NUMBER, HEAD.person),
    ]
    assert b"197111021996032992" not in certificate.public_bytes(Encoding.DER)


def test_nobody_is_named_by_an_authority() -> None:
    assert person_of(authorities()[0].certificate) == ""


def test_every_certificate_says_that_it_is_for_training() -> None:
    for certificate in (credential(HEAD)[1], *(authority.certificate for authority in authorities())):
        assert is_training(certificate.public_bytes(Encoding.DER))
        assert "uji" in certificate.issuer.rfc4514_string().casefold()


def test_another_issuer_is_not_for_training() -> None:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "BSRE CA DS G1")])
    key = ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, BEGUN, AT)
    from cryptography.hazmat.primitives.hashes import SHA256

    assert not is_training(builder.sign(key, SHA256()).public_bytes(Encoding.DER))


def test_a_persons_certificate_signs_documents_for_two_years_and_issues_nothing() -> None:
    certificate = credential(HEAD)[1]
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.digital_signature
    assert usage.value.content_commitment
    assert not usage.value.key_cert_sign
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert certificate.not_valid_before_utc == BEGUN
    assert certificate.not_valid_after_utc - BEGUN == timedelta(days=730)


def test_nothing_is_to_be_fetched() -> None:
    for certificate in (credential(HEAD)[1], authorities()[1].certificate):
        kinds = {type(extension.value) for extension in certificate.extensions}
        assert not kinds & {x509.AuthorityInformationAccess, x509.CRLDistributionPoints}


@given(st.text(st.characters(categories=["L", "P", "Zs"]), min_size=1, max_size=200).filter(str.strip))
def test_any_name_fits(name: str) -> None:
    issuing = authorities()[1]
    key = credential(HEAD)[0].public_key()
    subject = Subject(HEAD.person, "x" + name, "x" + name, "x" + name)
    entries = certify(issuing, subject, key, at=AT).subject
    assert all(0 < len(str(entry.value).encode()) <= 64 for entry in entries)


@pytest.mark.parametrize("reason", Reason)
def test_a_list_names_what_is_revoked_since_when_and_why(reason: Reason) -> None:
    _, issuing = authorities()
    crl = make_crl(issuing, [Revocation(77, BEGUN, reason)], number=5, at=AT)
    assert crl.is_signature_valid(issuing.key.public_key())
    assert crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 5
    entry = crl.get_revoked_certificate_by_serial_number(77)
    assert entry is not None
    assert entry.revocation_date_utc == BEGUN
    given = [extension.value.reason.value for extension in entry.extensions]
    assert given == ([] if reason is Reason.UNSPECIFIED else [reason.value])
    assert crl.last_update_utc == AT
    assert crl.next_update_utc is not None
    assert crl.next_update_utc > AT


def test_no_key_is_shown() -> None:
    assert "key" not in repr(authorities()[0])


@pytest.mark.parametrize("kind", KeyKind)
def test_the_services_have_certificates_for_that_alone(kind: KeyKind) -> None:
    timestamping, responder = (authority.certificate for authority in answering(kind))
    for certificate, use in ((timestamping, "1.3.6.1.5.5.7.3.8"), (responder, "1.3.6.1.5.5.7.3.9")):
        uses = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
        assert [purpose.dotted_string for purpose in uses.value] == [use]
        assert uses.critical is (certificate is timestamping)
        certificate.verify_directly_issued_by(authorities(kind)[1].certificate)
        assert certificate.not_valid_after_utc == authorities(kind)[1].certificate.not_valid_after_utc
        assert is_training(certificate.public_bytes(Encoding.DER))
        assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert responder.extensions.get_extension_for_class(x509.OCSPNoCheck)
    assert not any(isinstance(entry.value, x509.OCSPNoCheck) for entry in timestamping.extensions)
