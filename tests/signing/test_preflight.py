"""What is asked of a key before a batch: for documents, in date until the ceremony is over, not revoked."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding

from pkdocs.content import Party
from pkdocs.errors import CredentialError
from pkdocs.messages import LANGUAGES
from pkdocs.pki import KeyKind, Reason
from pkdocs.pki.authority import Revocation, make_crl, make_issuing, make_root
from pkdocs.profile import Zone
from pkdocs.signing import Keyed, demand_ready
from pkdocs.signing.preflight import issuer_missing
from pkdocs.signing.signer import is_signature_by
from tests.factory import HEAD, MAYOR
from tests.signed import AT, BEGUN, answering, authorities, credential, signer_of, training_trust
from tests.signing.test_pkcs12 import own_certificate, usage

ENDS = datetime(2028, 1, 5, 1, 0, tzinfo=UTC)
"""When a certificate that began with the authorities ends: 08.00 WIB, 10.00 WIT."""


@dataclass(frozen=True)
class Bare:
    """Certificates without a key."""

    certificate: bytes
    chain: tuple[bytes, ...] = ()


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def refused(code: str, signer: Any = None, **asked: Any) -> str:
    given = {"at": AT, "zone": Zone.WIB, **asked}
    with pytest.raises(CredentialError) as caught:
        demand_ready(signer or signer_of(HEAD), **given)
    assert (caught.value.code, caught.value.exit_code) == (code, 6)
    assert all(caught.value.message(language) for language in LANGUAGES)
    return caught.value.message("en")


@pytest.mark.parametrize("kind", KeyKind)
def test_a_good_key_passes_without_a_word(kind: KeyKind) -> None:
    signer, crls = signer_of(HEAD, kind), training_trust(kind).crls
    for ready in (signer, Keyed(signer)):
        assert demand_ready(ready, at=AT, zone=Zone.WIB, until=AT.date(), crls=crls) is None


def test_certificates_that_are_not_for_documents_are_refused() -> None:
    for authority in (*authorities(), *answering()):
        refused("KEY_USAGE", Bare(der(authority.certificate)))
    key = ec.generate_private_key(ec.SECP384R1())
    refused("KEY_KIND", Bare(der(own_certificate(key, usage(digital_signature=True)))))


@pytest.mark.parametrize(
    ("at", "code"),
    [(BEGUN - timedelta(seconds=1), "SIGNER_NOT_YET_VALID"), (ENDS + timedelta(seconds=1), "SIGNER_EXPIRED")],
)
def test_one_that_is_not_in_date_is_refused(at: datetime, code: str) -> None:
    refused(code, at=at)


@pytest.mark.parametrize("zone", Zone)
def test_the_whole_day_of_the_ceremony_counts_where_it_is_held(zone: Zone) -> None:
    last = date(2028, 1, 4)
    demand_ready(signer_of(HEAD), at=AT, zone=zone, until=last)
    said = refused("SIGNER_ENDS_BEFORE", zone=zone, until=last + timedelta(days=1))
    assert f"2028-01-05 {8 + list(Zone).index(zone):02}:00 {zone}" in said


def test_an_end_at_midnight_is_the_end_of_that_day() -> None:
    midnight = datetime(2026, 2, 1, tzinfo=Zone.WIB.info)
    certificate = Bare(der(credential(HEAD, at=midnight - timedelta(days=730))[1]))
    demand_ready(certificate, at=AT, zone=Zone.WIB, until=date(2026, 1, 31))
    refused("SIGNER_ENDS_BEFORE", certificate, until=date(2026, 2, 1))


@pytest.mark.parametrize(
    ("left", "days"), [(timedelta(days=30, seconds=1), None), (timedelta(days=30), 30), (timedelta(hours=1), 0)]
)
def test_an_end_that_is_near_is_worth_a_word(left: timedelta, days: int | None) -> None:
    word = demand_ready(signer_of(HEAD), at=ENDS - left, zone=Zone.WIB)
    if days is None:
        assert word is None
    else:
        assert word is not None
        assert f"({days} hari lagi)" in word.message("id")
        assert "2028-01-05 08:00 WIB" in word.message("en")


def revoked(*parties: Party, at: datetime = BEGUN) -> tuple[bytes, ...]:
    serials = [credential(party)[1].serial_number for party in parties]
    return training_trust(revoked=tuple(Revocation(serial, at, Reason.SUPERSEDED) for serial in serials)).crls


def test_a_revoked_one_is_refused_with_the_day() -> None:
    assert "2026-01-05" in refused("SIGNER_REVOKED", crls=revoked(HEAD))
    demand_ready(signer_of(MAYOR), at=AT, zone=Zone.WIB, crls=revoked(HEAD))


def test_one_whose_authority_is_revoked_is_refused() -> None:
    root, issuing = authorities()
    entry = Revocation(issuing.certificate.serial_number, BEGUN, Reason.CESSATION)
    crl = make_crl(root, [entry], number=2, at=AT).public_bytes(Encoding.DER)
    refused("SIGNER_REVOKED", crls=[crl])


def test_the_list_of_another_generation_with_the_same_name_says_nothing() -> None:
    other = make_issuing(make_root(KeyKind.P256, at=BEGUN), KeyKind.P256, at=BEGUN)
    entry = Revocation(credential(HEAD)[1].serial_number, BEGUN, Reason.SUPERSEDED)
    crls = [make_crl(other, [entry], number=2, at=AT).public_bytes(Encoding.DER)]
    alone = Bare(signer_of(HEAD).certificate)
    for signer in (signer_of(HEAD), alone):
        demand_ready(signer, at=AT, zone=Zone.WIB, crls=crls)
    refused("SIGNER_REVOKED", alone, crls=revoked(HEAD))


def test_the_list_of_another_authority_says_nothing() -> None:
    entry = Revocation(credential(HEAD)[1].serial_number, BEGUN, Reason.SUPERSEDED)
    crl = make_crl(authorities()[0], [entry], number=2, at=AT).public_bytes(Encoding.DER)
    demand_ready(signer_of(HEAD), at=AT, zone=Zone.WIB, crls=[crl])


def test_a_list_without_a_key_identifier_counts_by_its_name() -> None:
    issuing = authorities()[1]
    entry = x509.RevokedCertificateBuilder(credential(HEAD)[1].serial_number, BEGUN).build()
    builder = x509.CertificateRevocationListBuilder(issuing.certificate.subject, AT, AT, revoked_certificates=[entry])
    crl = builder.sign(issuing.key, hashes.SHA256()).public_bytes(Encoding.DER)
    refused("SIGNER_REVOKED", Bare(signer_of(HEAD).certificate), crls=[crl])


def test_a_chain_that_leads_nowhere_is_worth_a_word() -> None:
    root, issuing = (der(authority.certificate) for authority in authorities())
    whole, person = signer_of(HEAD), signer_of(HEAD).certificate
    assert issuer_missing(whole) is None
    assert issuer_missing(Bare(person, (issuing,)), [root]) is None
    for gap in (Bare(person), Bare(person, (issuing,))):
        word = issuer_missing(gap)
        assert word is not None
        assert all("--chain" in word.message(language) for language in LANGUAGES)
    assert issuer_missing(Bare(person), [root]) is not None


@pytest.mark.parametrize("kind", KeyKind)
def test_a_raw_signature_is_known_by_its_certificate(kind: KeyKind) -> None:
    signer, data = signer_of(HEAD, kind), b"perjanjian"
    (signature,) = signer.sign_raw([data])
    assert is_signature_by(signer.certificate, signature, data)
    assert not is_signature_by(signer.certificate, signature, data + b"x")
    assert not is_signature_by(signer_of(MAYOR, kind).certificate, signature, data)
    assert not is_signature_by(signer.certificate, b"", data)


def test_a_key_of_another_kind_has_made_no_signature_of_ours() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    certificate = der(own_certificate(key, usage(digital_signature=True)))
    assert not is_signature_by(certificate, key.sign(b"x"), b"x")
