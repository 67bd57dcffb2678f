"""Certificates by the hundred: none counts that no anchor vouches for, and the work grows with their number alone."""

from datetime import timedelta
from functools import cache
from itertools import pairwise

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from pkdocs.trust import Purpose
from pkdocs.verification import vouching
from pkdocs.verification.certificates import CertificateJudge, When
from pkdocs.verification.container import MAX_CERTIFICATES, certificates_above
from pkdocs.verification.evidence import Evidence
from pkdocs.verification.revocation import Known
from pkdocs.verification.vouching import FEW, few_or_vouched_for, vouched_for
from tests.factory import HEAD
from tests.signed import AT, BEGUN, authorities, signer_of, training_trust

KEY = ec.generate_private_key(ec.SECP256R1())
ROOT, ISSUING = (authority.certificate for authority in authorities())
ANCHOR = (ROOT.public_bytes(Encoding.DER),)
GENUINE = ISSUING.public_bytes(Encoding.DER)


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def made(subject: x509.Name, issuer: x509.Name) -> bytes:
    """Return a certificate by a key of anybody's."""
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(KEY.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(BEGUN)
    builder = builder.not_valid_after(BEGUN + timedelta(days=900))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(Encoding.DER)


@cache
def mesh(depth: int) -> tuple[bytes, ...]:
    """Return certificates that lead to the anchor's name in as many ways as two to the power of ``depth``."""
    names = [*(named(f"tingkat {level}") for level in range(depth)), ROOT.subject]
    return tuple(made(*pair) for pair in pairwise(names) for _ in range(2))


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Count the signatures that are checked."""
    counted: list[object] = []
    usual = vouching.is_issued
    monkeypatch.setattr(vouching, "is_issued", lambda below, above: counted.append(below) or usual(below, above))
    vouched_for.cache_clear()
    return counted


def judged(certificate: bytes, chain: tuple[bytes, ...], *brought: bytes) -> list[str]:
    known = (Known(Evidence(10, brought), AT),)
    standing = CertificateJudge(training_trust(), Purpose.PERSONS, AT).judge(certificate, chain, When(None, known))
    return [finding.code for finding in standing.findings]


def test_many_ways_by_names_are_not_tried(tried: list[object]) -> None:
    leaf = made(named("orang"), named("tingkat 0"))
    assert judged(leaf, (), *mesh(40)) == ["CERTIFICATE_USE", "CERTIFICATE_NO_CHAIN"]
    assert judged(leaf, mesh(40)) == ["CERTIFICATE_USE", "CERTIFICATE_NO_CHAIN"]
    # the two that bear the anchor's name as their issuer's, once
    assert len(tried) == 2


def test_what_the_file_brings_still_leads_to_the_anchor_among_many_others(tried: list[object]) -> None:
    assert judged(signer_of(HEAD).certificate, (), *mesh(40), GENUINE) == []
    assert judged(signer_of(HEAD).certificate, (*mesh(10), GENUINE)[-6:]) == []
    assert len(tried) <= 8


def test_only_what_is_signed_from_an_anchor_down_is_vouched_for() -> None:
    person, stray = signer_of(HEAD).certificate, made(named("lain"), ISSUING.subject)
    assert vouched_for((person, stray, b"no certificate", GENUINE), ANCHOR) == (GENUINE, person)
    assert vouched_for((person, stray), ANCHOR) == ()
    assert vouched_for((GENUINE,), (b"no certificate",)) == ()
    # a person's key signs nobody
    assert vouched_for((made(named("x"), x509.load_der_x509_certificate(person).subject),), (*ANCHOR, person)) == ()


def test_few_are_left_as_they_are() -> None:
    assert few_or_vouched_for(mesh(2), ANCHOR) == mesh(2)
    assert len(mesh(2)) == FEW
    assert few_or_vouched_for(mesh(3), ANCHOR) == ()


def test_of_very_many_in_a_container_the_first_are_looked_at() -> None:
    one = named("sama")
    alike = [made(one, one) for _ in range(MAX_CERTIFICATES + 20)]
    assert len(list(certificates_above(made(named("orang"), one), alike))) == MAX_CERTIFICATES
