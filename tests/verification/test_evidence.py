"""Lists and answers: what they say of a certificate, and when they say nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from asn1crypto.ocsp import OCSPRequest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from pkdocs.pki.authority import Authority, KeyKind, Reason, Revocation, make_crl
from pkdocs.verification import evidence
from pkdocs.verification.container import verifies
from pkdocs.verification.evidence import Library, Statement
from tests.factory import HEAD
from tests.signed import AT, BEGUN, authorities, credential, services
from tests.stamping import authority

CERTIFICATE = credential(HEAD)[1]
ROOT, ISSUING = authorities()
DAY = timedelta(days=1)


def listed(encoded: bytes, certificate: x509.Certificate = CERTIFICATE, by: Authority = ISSUING) -> Statement | None:
    return Library().by_list(encoded, certificate, by.certificate)


def a_list(
    change: Callable[[x509.CertificateRevocationListBuilder], x509.CertificateRevocationListBuilder] = lambda builder: (
        builder
    ),
    *,
    by: Authority = ISSUING,
    signer: Authority | None = None,
    algorithm: hashes.HashAlgorithm | None = None,
) -> bytes:
    """Return an empty list of an authority with one thing other."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(by.certificate.subject)
        .last_update(AT)
        .next_update(AT + DAY)
    )
    crl = change(builder).sign((signer or by).key, algorithm or hashes.SHA256())
    return der_of(crl)


def der_of(value: x509.CertificateRevocationList) -> bytes:
    return value.public_bytes(Encoding.DER)


def revoking(at: datetime, *extensions: x509.ExtensionType) -> bytes:
    entry = x509.RevokedCertificateBuilder().serial_number(CERTIFICATE.serial_number).revocation_date(at)
    for extension in extensions:
        entry = entry.add_extension(extension, critical=False)
    return a_list(lambda builder: builder.add_revoked_certificate(entry.build()))


def test_a_list_says_that_nothing_is_revoked():
    assert listed(a_list()) == Statement(AT, AT + DAY, None)


def test_a_list_says_since_when():
    assert listed(revoking(AT - DAY)) == Statement(AT, AT + DAY, AT - DAY)


def test_the_day_on_which_a_key_was_lost_counts():  # 44
    said = listed(revoking(AT - DAY, x509.InvalidityDate(AT - 3 * DAY)))
    assert said is not None
    assert said.revoked == AT - 3 * DAY


def point(**parts: object) -> Callable[[x509.CertificateRevocationListBuilder], x509.CertificateRevocationListBuilder]:
    absent = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    value = x509.IssuingDistributionPoint(**(absent | parts))  # type: ignore[arg-type]  # names of parts
    return lambda builder: builder.add_extension(value, critical=True)


ELSEWHERE = [x509.UniformResourceIdentifier("http://pencabutan.example/lain.crl")]


@pytest.mark.parametrize(
    "change",
    [
        point(only_contains_ca_certs=True),
        point(only_some_reasons=frozenset({x509.ReasonFlags.key_compromise})),
        point(indirect_crl=True),
        point(only_contains_attribute_certs=True),
        point(full_name=ELSEWHERE),
        lambda builder: builder.add_extension(x509.DeltaCRLIndicator(1), critical=True),
        lambda builder: builder.add_extension(
            x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\x05\x00"), critical=True
        ),
    ],
    ids=["authorities", "some reasons", "indirect", "attributes", "another place", "delta", "unknown"],
)
def test_a_list_of_less_than_all_says_nothing(change):  # 45
    assert listed(a_list(change)) is None


def test_a_list_of_persons_is_for_persons_alone():
    of_persons = point(only_contains_user_certs=True)
    assert listed(a_list(of_persons)) is not None
    assert listed(a_list(of_persons, by=ROOT), ISSUING.certificate, ROOT) is None
    assert listed(a_list(point(only_contains_ca_certs=True), by=ROOT), ISSUING.certificate, ROOT) is not None


def test_a_list_of_the_certificates_own_place_counts():
    key = KeyKind.P256.make_key()
    points = x509.CRLDistributionPoints([x509.DistributionPoint(ELSEWHERE, None, None, None)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Orang")]))
        .issuer_name(ISSUING.certificate.subject)
        .public_key(key.public_key())
        .serial_number(9)
        .not_valid_before(BEGUN)
        .not_valid_after(BEGUN + DAY)
        .add_extension(points, critical=False)
        .sign(ISSUING.key, hashes.SHA256())
    )
    assert listed(a_list(point(full_name=ELSEWHERE)), certificate) is not None


def test_a_list_signed_by_somebody_else_says_nothing():  # 45
    assert listed(a_list(signer=authority())) is None
    assert listed(a_list(by=ROOT)) is None
    assert listed(b"0\x00") is None


def test_a_list_of_who_may_not_sign_lists_says_nothing():  # 45
    no_lists = x509.KeyUsage(True, False, False, False, False, True, False, False, False)
    rogue = authority(uses=(), extensions=(no_lists,))
    below = authority(issuer=rogue)
    assert listed(a_list(by=rogue), below.certificate, rogue) is None


def test_each_list_is_read_once(monkeypatch):
    library = Library()
    encoded = a_list()
    assert library.by_list(encoded, CERTIFICATE, ISSUING.certificate)
    with monkeypatch.context() as patched:
        patched.setattr(x509, "load_der_x509_crl", None)
        assert library.by_list(encoded, CERTIFICATE, ISSUING.certificate)


def test_of_endless_lists_the_first_are_forgotten(monkeypatch):
    monkeypatch.setattr(evidence, "_MOST_LISTS", 2)
    library = Library()
    for number in range(4):
        crl = der_of(make_crl(ISSUING, (), number=number, at=AT))
        assert library.by_list(crl, CERTIFICATE, ISSUING.certificate)
    assert len(library._lists) <= 2


def test_an_issuer_that_says_nothing_of_its_key_s_use_may_sign_lists():
    plain = authority(uses=())
    below = authority(issuer=plain)
    assert listed(a_list(by=plain), below.certificate, plain) is not None


def test_an_answer_by_an_algorithm_that_is_not_believed_says_nothing():  # 36
    builder = ocsp.OCSPResponseBuilder().add_response(
        CERTIFICATE,
        ISSUING.certificate,
        hashes.SHA1(),  # noqa: S303 names, as answers everywhere do
        ocsp.OCSPCertStatus.GOOD,
        AT,
        AT + DAY,
        None,
        None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, ISSUING.certificate)
    weak = builder.sign(ISSUING.key, hashes.SHA224())
    assert answered(weak.public_bytes(Encoding.DER)) == []


def answered(encoded: bytes, certificate: x509.Certificate = CERTIFICATE, by: Authority = ISSUING) -> list[Statement]:
    return list(Library().by_answer(encoded, certificate, by.certificate))


def an_answer(
    responder: Authority = ISSUING,
    *,
    at: datetime = AT,
    until: datetime | None = AT + DAY,
    revoked: datetime | None = None,
    status: ocsp.OCSPCertStatus | None = None,
    algorithm: hashes.HashAlgorithm | None = None,
    issuer: Authority = ISSUING,
    with_certificate: bool = True,
) -> bytes:
    """Return an answer about the certificate with one thing other."""
    said = status or (ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD)
    builder = ocsp.OCSPResponseBuilder().add_response(
        CERTIFICATE,
        issuer.certificate,
        algorithm or hashes.SHA1(),  # noqa: S303 names, as answers everywhere do
        said,
        at,
        until,
        revoked,
        None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, responder.certificate)
    if with_certificate and responder is not ISSUING:
        builder = builder.certificates([responder.certificate])
    return builder.sign(responder.key, hashes.SHA256()).public_bytes(Encoding.DER)


def responder(*extensions: x509.ExtensionType, **changes: object) -> Authority:
    uses = changes.pop("uses", (ExtendedKeyUsageOID.OCSP_SIGNING,))
    return authority(uses=uses, extensions=extensions, **changes)  # type: ignore[arg-type]  # names of fields


@pytest.mark.parametrize("algorithm", [hashes.SHA1(), hashes.SHA256()], ids=["sha1", "sha256"])  # noqa: S303 names
def test_the_issuer_may_answer(algorithm):
    assert answered(an_answer(algorithm=algorithm)) == [Statement(AT, AT + DAY, None)]


def test_the_training_responder_is_heard():
    request = ocsp.OCSPRequestBuilder().add_certificate(CERTIFICATE, ISSUING.certificate, hashes.SHA1())  # noqa: S303
    asked = request.build().public_bytes(Encoding.DER)
    assert OCSPRequest.load(asked)
    revoked = Revocation(CERTIFICATE.serial_number, AT - DAY, Reason.KEY_COMPROMISE)
    for entries in ((), (revoked,)):
        serving = services(HEAD, revoked=entries)
        answer = serving.responder.answer(asked, {CERTIFICATE.serial_number: revoked if entries else None}, at=AT)
        assert answered(answer) == [Statement(AT, AT + DAY, AT - DAY if entries else None)]


def test_an_answer_by_rsa_is_heard():
    root, issuing = authorities(KeyKind.RSA2048)
    encoded = an_answer(issuing, issuer=issuing, with_certificate=False)
    assert answered(encoded, CERTIFICATE, issuing) == [Statement(AT, AT + DAY, None)]
    assert answered(encoded, CERTIFICATE, root) == []


def test_a_delegate_may_answer():
    assert answered(an_answer(responder(x509.OCSPNoCheck())))


@pytest.mark.parametrize(
    "by",
    [
        lambda: responder(x509.OCSPNoCheck(), uses=()),
        lambda: responder(x509.OCSPNoCheck(), uses=(ExtendedKeyUsageOID.TIME_STAMPING,)),
        responder,
        lambda: responder(x509.OCSPNoCheck(), issuer=ROOT),
        lambda: responder(x509.OCSPNoCheck(), ends=AT - DAY),
    ],
    ids=["no use", "another use", "revocable", "of another issuer", "ended"],
)
def test_who_has_no_right_to_answer_is_not_heard(by):  # 45
    assert answered(an_answer(by())) == []


def test_an_answer_that_was_changed_says_nothing():  # 33
    encoded = bytearray(an_answer())
    encoded[-1] ^= 1
    assert answered(bytes(encoded)) == []
    assert answered(b"0\x03\x0a\x01\x06") == []
    assert answered(b"garbage") == []


def test_an_answer_about_another_certificate_says_nothing():
    assert answered(an_answer(), credential(HEAD, KeyKind.P256, BEGUN + DAY)[1]) == []
    assert answered(an_answer(issuer=ROOT)) == []


def test_a_certificate_that_the_responder_does_not_know_is_not_shown():
    assert answered(an_answer(status=ocsp.OCSPCertStatus.UNKNOWN)) == []


def test_an_answer_without_end_is_of_its_moment():
    assert answered(an_answer(until=None)) == [Statement(AT, AT, None)]


def test_keys_of_other_kinds_sign_nothing():
    key = ed25519.Ed25519PrivateKey.generate()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(CERTIFICATE.subject)
        .issuer_name(CERTIFICATE.subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(BEGUN)
        .not_valid_after(AT)
        .sign(key, None)
    )
    assert not verifies(certificate, hashes.SHA256(), b"x", key.sign(b"x"))


@pytest.mark.parametrize(
    ("moment", "expected"),
    [(AT - DAY, True), (AT, True), (AT + DAY, True), (AT + 2 * DAY, False)],
    ids=["before it", "as it was made", "as it ends", "after it"],
)
def test_a_statement_speaks_of_its_time_and_of_what_was_before(moment, expected):
    assert Statement(AT, AT + DAY, None).speaks_of(moment, AT + 100 * DAY) is expected


def test_a_statement_says_nothing_of_a_certificate_that_had_ended():
    assert not Statement(AT, AT + DAY, None).speaks_of(AT - 2 * DAY, AT - DAY)


def test_lists_of_the_training_authorities_count():
    assert listed(der_of(make_crl(ISSUING, (), number=1, at=AT))) is not None
