"""A way that is found beside one of the same family is the way that is found from the beginning, or none is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from unittest.mock import patch

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from pkdocs.pki.authority import Authority, KeyKind, certify, make_issuing, make_root
from pkdocs.pki.authority import Subject as Whose
from pkdocs.trust import Purpose
from pkdocs.verification import paths
from pkdocs.verification.certificates import CertificateJudge
from pkdocs.verification.family import constrains_names, family_of
from tests.factory import HEAD
from tests.signed import AT, BEGUN, authorities, signer_of, training_trust

# cryptography warns of names in damaged certificates
pytestmark = pytest.mark.filterwarnings("ignore:Attribute's length:UserWarning")

LATER = AT + timedelta(days=1)
CHAIN = signer_of(HEAD).chain
KEY = KeyKind.P256.make_key()
Change = Callable[[x509.CertificateBuilder], x509.CertificateBuilder]


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


@cache
def person(name: str, at: datetime = BEGUN, kind: KeyKind = KeyKind.P256) -> bytes:
    """Return a certificate of somebody."""
    return der(certify(authorities(kind)[1], Whose(name * 16, name, "Dinas", "Kota"), KEY.public_key(), at=at))


def judge(at: datetime = LATER, *known: bytes) -> CertificateJudge:
    """Return who has judged the certificates ``known`` already."""
    made = CertificateJudge(training_trust(), Purpose.PERSONS, at)
    for one in known:
        assert made.judge(one, CHAIN).anchor is not None
    return made


@contextmanager
def counting() -> Iterator[list[bytes]]:
    """Give the certificates whose way is found from the beginning."""
    asked: list[bytes] = []
    real = paths.validate

    def validate(certificate: bytes, *more: object) -> list[bytes]:
        asked.append(certificate)
        return real(certificate, *more)  # type: ignore[arg-type]  # handed on

    with patch.object(paths, "validate", validate):
        yield asked


def rebuilt(change: Change = lambda builder: builder, *, issuer: Authority | None = None, name: str = "C") -> bytes:
    """Return the certificate of somebody, built anew with one thing other."""
    above = issuer or authorities()[1]
    like = x509.load_der_x509_certificate(person(name))
    builder = x509.CertificateBuilder(
        above.certificate.subject,
        like.subject,
        like.public_key(),
        like.serial_number,
        like.not_valid_before_utc,
        like.not_valid_after_utc,
        list(like.extensions),
    )
    return der(change(builder).sign(above.key, hashes.SHA256()))


def test_the_way_of_the_second_person_follows_from_that_of_the_first() -> None:
    with counting() as asked:
        standing = judge(LATER, person("A")).judge(person("B"), CHAIN)
    assert asked == [person("A")]
    assert standing == judge().judge(person("B"), CHAIN)
    assert standing.anchor is not None


def test_it_does_not_for_another_chain_or_another_time_outside_of_its_days() -> None:
    with counting() as asked:
        one = judge(LATER, person("A"))
        assert one.judge(person("B"), CHAIN[:1]) == judge().judge(person("B"), CHAIN[:1])
    assert asked.count(person("B")) == 2
    young = person("D", LATER + timedelta(days=1))
    assert judge(LATER, person("A")).judge(young, CHAIN) == judge().judge(young, CHAIN)
    assert judge().judge(young, CHAIN).anchor is None


def unknown(*, critical: bool) -> Change:
    """Return the change that adds an extension that nobody knows."""
    extension = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    return lambda builder: builder.add_extension(extension, critical=critical)


@pytest.mark.parametrize("critical", [True, False], ids=["critical", "not critical"])
def test_another_extension_makes_another_family(critical: bool) -> None:
    certificate = rebuilt(unknown(critical=critical))
    assert family_of(rebuilt()) == family_of(person("A"))
    assert family_of(certificate) != family_of(person("A"))
    with counting() as asked:
        standing = judge(LATER, person("A")).judge(certificate, CHAIN)
    assert certificate in asked
    assert standing == judge().judge(certificate, CHAIN)
    assert (standing.anchor is None) == critical


def test_one_that_another_key_signed_is_refused_as_ever() -> None:
    root = make_root(KeyKind.P256, at=BEGUN)
    pretender = Authority(authorities()[1].certificate, make_issuing(root, KeyKind.P256, at=BEGUN).key)
    forged = rebuilt(issuer=pretender)
    assert family_of(forged) == family_of(person("A"))
    standing = judge(LATER, person("A")).judge(forged, CHAIN)
    assert standing.anchor is None
    assert standing == judge().judge(forged, CHAIN)


def test_below_one_who_constrains_names_every_way_is_found_from_the_beginning() -> None:
    root = authorities()[0]
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Otoritas sempit")])
    key = KeyKind.P256.make_key()
    narrow = x509.NameConstraints([x509.DirectoryName(x509.Name([]))], None)
    like = authorities()[1].certificate
    builder = x509.CertificateBuilder(
        root.certificate.subject,
        name,
        key.public_key(),
        x509.random_serial_number(),
        like.not_valid_before_utc,
        like.not_valid_after_utc,
        [one for one in like.extensions if not isinstance(one.value, x509.SubjectKeyIdentifier)],
    )
    above = builder.add_extension(narrow, critical=True).sign(root.key, hashes.SHA256())
    assert constrains_names(der(above))
    assert not constrains_names(CHAIN[0])
    authority = Authority(above, key)
    first, second = (rebuilt(issuer=authority, name=name) for name in "EF")
    chain = (der(above), *CHAIN[1:])
    one = CertificateJudge(training_trust(), Purpose.PERSONS, LATER)
    with counting() as asked:
        standings = [one.judge(certificate, chain) for certificate in (first, second)]
    assert {first, second} <= set(asked)
    assert standings == [
        CertificateJudge(training_trust(), Purpose.PERSONS, LATER).judge(certificate, chain)
        for certificate in (first, second)
    ]


@pytest.mark.parametrize(
    "certificate", [b"", b"0\x03abc", CHAIN[-1], person("A")[:-1]], ids=["", "DER", "a root", "cut"]
)
def test_what_is_no_persons_certificate_has_no_family(certificate: bytes) -> None:
    assert family_of(certificate) is None


@settings(max_examples=150, deadline=None)
@given(st.data(), st.integers(1, 255))
def test_a_changed_certificate_stands_as_before_whoever_was_judged_first(data: st.DataObject, change: int) -> None:
    altered = bytearray(person("G"))
    altered[data.draw(st.integers(0, len(altered) - 1))] ^= change
    assert warmed().judge(bytes(altered), CHAIN) == judge().judge(bytes(altered), CHAIN)


@cache
def warmed() -> CertificateJudge:
    return judge(LATER, person("A"))
