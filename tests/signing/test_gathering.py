"""Validation data: where they come from, what counts, and what is an error that names the certificate."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509 import ocsp

from pkdocs.content import Role
from pkdocs.errors import ServiceError, SigningError, UnknownOutcomeError, UsageError
from pkdocs.messages import LANGUAGES
from pkdocs.outcome import demand
from pkdocs.pki import Reason, Services, serving
from pkdocs.pki.authority import (
    KeyKind,
    Revocation,
    Subject,
    certify,
    make_crl,
    make_issuing,
    make_responder,
    make_root,
    make_timestamping,
)
from pkdocs.pki.ledger import Ledger
from pkdocs.pki.records import Records, Revoked
from pkdocs.profile import Zone
from pkdocs.signing import FileSigner, Keyed, Level, Stamp, Task, load_pkcs12
from pkdocs.signing.asking import answer_addresses, build_question, fetch, list_addresses
from pkdocs.signing.augmentation import augment_pdf
from pkdocs.signing.evidence import Evidence
from pkdocs.signing.gathering import MAX_ANSWER_BYTES, Gatherer, Used
from pkdocs.signing.preserved import read_preserved
from pkdocs.signing.timestamp import HttpTimestamper
from pkdocs.trust import Anchor, Purpose, Trust
from tests.factory import HEAD, MAYOR, head_content
from tests.issued import issued
from tests.signed import AT, BEGUN, PASSPHRASE, signer_of, training_trust
from tests.signing.ades import PASSED, ades_lta, ades_with_time
from tests.signing.stamping import MemoryService, timestamper

ADDRESS = "http://pki.example"
SIGNED = AT
NOW = AT + timedelta(minutes=3)


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


class Place:
    """A PKI whose certificates say where they can be asked about, and what is asked there."""

    def __init__(self, revoked: datetime | None = None) -> None:
        kind = KeyKind.P256
        self.root = make_root(kind, at=BEGUN)
        self.issuing = make_issuing(self.root, kind, at=BEGUN, address=ADDRESS)
        timestamping = make_timestamping(self.issuing, kind, at=BEGUN, address=ADDRESS)
        self.key = kind.make_key()
        subject = Subject(MAYOR.person, "Arum Pradnyawati", "Dinas", "Kota Wanasari")
        self.person = certify(self.issuing, subject, self.key.public_key(), at=BEGUN, address=ADDRESS)
        entry = Revocation(self.person.serial_number, revoked, Reason.SUPERSEDED) if revoked else None
        standings = {self.person.serial_number: entry, timestamping.certificate.serial_number: None}
        known = (Revoked(f"{entry.serial:x}", entry.at.isoformat(), entry.reason),) if entry else ()
        responder = make_responder(self.issuing, kind, at=BEGUN)
        ledger = Ledger(Records(revoked=known), standings)
        self.services = Services(self.root, self.issuing, timestamping, responder, lambda: ledger)
        self.asked: list[str] = []
        self.at = NOW

    def fetch(self, address: str, body: bytes | None, _limit: int) -> bytes:
        parts = urlsplit(address)
        self.asked.append(parts.path)
        if body is None:
            return self.services.get(parts.path, at=self.at).body
        return self.services.post(parts.path, "application/ocsp-request", body, at=self.at).body

    def trust(self, *lists: x509.CertificateRevocationList) -> Trust:
        anchor = Anchor(der(self.root.certificate), frozenset(Purpose), training=True)
        return replace(
            training_trust(), anchors=(anchor,), crls=tuple(entry.public_bytes(Encoding.DER) for entry in lists)
        )

    def lists(self, at: datetime) -> tuple[x509.CertificateRevocationList, x509.CertificateRevocationList]:
        return make_crl(self.root, (), number=1, at=at), make_crl(self.issuing, (), number=1, at=at)

    def timestamper(self, at: datetime) -> HttpTimestamper:
        return timestamper(MemoryService(authority=self.services.timestamps, at=at))

    def signer(self) -> FileSigner:
        encryption = BestAvailableEncryption(PASSPHRASE.encode())
        chain = [self.issuing.certificate]
        return load_pkcs12(
            pkcs12.serialize_key_and_certificates(b"", self.key, self.person, chain, encryption), PASSPHRASE
        )

    def used(self, proven: datetime | None = SIGNED) -> Used:
        return Used(der(self.person), (der(self.issuing.certificate),), Purpose.PERSONS, None, proven)


@cache
def place() -> Place:
    return Place()


@pytest.fixture
def pki() -> Place:
    """Return the PKI, asked nothing so far."""
    place().asked.clear()
    place().at = NOW
    return place()


def gather(pki: Place, trust: Trust | None = None, proven: datetime | None = SIGNED, at: datetime = NOW) -> Evidence:
    return Gatherer(trust or pki.trust(), fetch=pki.fetch).gather([pki.used(proven)], at=at)


def refused(gathering: Callable[[], object]) -> str:
    """Return the code of the refusal, which names the certificate in both languages."""
    with pytest.raises(SigningError) as caught:
        gathering()
    assert all("Arum" in caught.value.message(one) or "pkdocs" in caught.value.message(one) for one in LANGUAGES)
    return caught.value.code


def test_person_is_asked_about_by_ocsp_and_the_authority_by_its_list(pki: Place) -> None:
    evidence = gather(pki)
    assert evidence.certificates == (
        der(pki.person),
        der(pki.issuing.certificate),
        der(pki.root.certificate),
    )
    assert (len(evidence.ocsps), len(evidence.crls)) == (1, 1)
    assert pki.asked == ["/ocsp", "/root.crl"]


def test_new_list_at_hand_comes_before_asking(pki: Place) -> None:
    evidence = gather(pki, pki.trust(*pki.lists(NOW)))
    assert (len(evidence.ocsps), len(evidence.crls)) == (0, 2)
    assert pki.asked == []


def test_list_older_than_the_signature_is_the_last_resort(pki: Place) -> None:
    older = pki.lists(SIGNED - timedelta(days=1))
    assert gather(pki, pki.trust(*older)).crls[0] != older[0].public_bytes(Encoding.DER)
    assert pki.asked == ["/ocsp", "/root.crl"]

    def silent(address: str, _body: bytes | None, _limit: int) -> bytes:
        raise UnknownOutcomeError("SERVICE_SILENT", host=address)

    trust = pki.trust(*pki.lists(SIGNED - timedelta(days=2)), *older)
    kept = Gatherer(trust, fetch=silent).gather([pki.used()], at=NOW)
    assert set(kept.crls) == {entry.public_bytes(Encoding.DER) for entry in older}


def test_list_is_asked_for_where_the_answer_is_of_no_use(pki: Place) -> None:
    def fetch(address: str, body: bytes | None, limit: int) -> bytes:
        return b"no" if body else pki.fetch(address, body, limit)

    evidence = Gatherer(pki.trust(), fetch=fetch).gather([pki.used()], at=NOW)
    assert (len(evidence.ocsps), len(evidence.crls)) == (0, 2)


def test_each_certificate_is_asked_about_once_for_a_batch(pki: Place) -> None:
    gatherer = Gatherer(pki.trust(), fetch=pki.fetch)
    both = [gatherer.gather([pki.used()], at=NOW) for _ in range(2)]
    assert both[0] == both[1]
    assert pki.asked == ["/ocsp", "/root.crl"]


def test_what_was_asked_before_the_last_signature_is_asked_again(pki: Place) -> None:
    gatherer = Gatherer(pki.trust(), fetch=pki.fetch)
    gatherer.gather([pki.used(None)], at=SIGNED - timedelta(minutes=1))
    gatherer.gather([pki.used(SIGNED)], at=NOW)
    assert pki.asked == ["/ocsp", "/root.crl"] * 2


def test_failure_is_not_asked_for_again_either(pki: Place) -> None:
    asked: list[str] = []

    def silent(address: str, _body: bytes | None, _limit: int) -> bytes:
        asked.append(address)
        raise ServiceError("SERVICE_UNREACHABLE", host=address)

    gatherer = Gatherer(pki.trust(), fetch=silent)
    for _ in range(2):
        assert refused(lambda: gatherer.gather([pki.used()], at=NOW)) == "EVIDENCE_STATUS"
    assert len(asked) == 2


def test_address_that_is_none_is_a_source_less(pki: Place) -> None:
    def wrong(_address: str, _body: bytes | None, _limit: int) -> bytes:
        raise UsageError("SERVICE_ADDRESS")

    assert refused(lambda: Gatherer(pki.trust(), fetch=wrong).gather([pki.used()], at=NOW)) == "EVIDENCE_STATUS"


def test_without_any_source_the_certificate_is_named() -> None:
    signer = signer_of(HEAD)
    used = Used(signer.certificate, signer.chain, Purpose.PERSONS, None, SIGNED)
    with pytest.raises(SigningError, match="EVIDENCE_STATUS") as caught:
        Gatherer(replace(training_trust(), crls=()), fetch=fetch).gather([used], at=NOW)
    assert "names no address" in caught.value.message("en")


def test_stale_answer_and_list_are_of_no_use(pki: Place) -> None:
    pki.at = NOW - timedelta(days=400)
    assert refused(lambda: gather(pki)) == "EVIDENCE_STATUS"
    pki.at = NOW + timedelta(days=1)
    assert refused(lambda: gather(pki)) == "EVIDENCE_STATUS"


@pytest.mark.parametrize("proven", [None, SIGNED], ids=["unproven", "proven"])
def test_revoked_before_its_use_is_an_error(proven: datetime | None) -> None:
    pki = Place(revoked=SIGNED - timedelta(days=1))
    assert refused(lambda: gather(pki, proven=proven)) == "EVIDENCE_REVOKED"


def test_revoked_after_its_proven_use_is_evidence_like_any_other() -> None:
    pki = Place(revoked=SIGNED + timedelta(minutes=1))
    assert gather(pki).ocsps
    assert refused(lambda: gather(pki, proven=None)) == "EVIDENCE_REVOKED"


def test_lapsed_certificate_cannot_be_shown_good_any_more(pki: Place) -> None:
    later = NOW + timedelta(days=800)
    pki.at = later
    assert refused(lambda: gather(pki, at=later)) == "EVIDENCE_EXPIRED"


def test_certificate_of_another_root_or_use_leads_nowhere(pki: Place) -> None:
    assert refused(lambda: gather(pki, training_trust())) == "EVIDENCE_PATH"
    anchors = (replace(pki.trust().anchors[0], purposes=frozenset({Purpose.TIMESTAMPS})),)
    assert refused(lambda: gather(pki, replace(pki.trust(), anchors=anchors))) == "EVIDENCE_PATH"
    lone = replace(pki.used(), others=())
    gatherer = Gatherer(pki.trust(), fetch=pki.fetch)
    assert refused(lambda: gatherer.gather([lone], at=NOW)) == "EVIDENCE_PATH"
    assert not gatherer.covers(Evidence(), lone)


def test_evidence_covers_what_it_was_gathered_for(pki: Place) -> None:
    gatherer = Gatherer(pki.trust(), fetch=pki.fetch)
    evidence = gatherer.gather([pki.used()], at=NOW)
    assert gatherer.covers(evidence, pki.used())
    assert gatherer.covers(evidence, pki.used(None), at=NOW)
    assert not gatherer.covers(evidence, pki.used(None))
    assert not gatherer.covers(evidence, pki.used(None), at=NOW + timedelta(days=9))
    assert not gatherer.covers(Evidence(evidence.certificates), pki.used())
    assert not gatherer.covers(replace(evidence, certificates=evidence.certificates[:2]), pki.used())


def test_evidence_of_a_revocation_covers_nothing_after_it() -> None:
    pki = Place(revoked=SIGNED + timedelta(minutes=1))
    gatherer = Gatherer(pki.trust(), fetch=pki.fetch)
    evidence = gatherer.gather([pki.used()], at=NOW)
    assert gatherer.covers(evidence, pki.used())
    assert not gatherer.covers(evidence, pki.used(NOW))


def test_certificates_name_their_addresses(pki: Place) -> None:
    assert answer_addresses(pki.person) == (ADDRESS + "/ocsp",)
    assert list_addresses(pki.person) == (ADDRESS + "/issuing.crl",)
    assert answer_addresses(pki.root.certificate) == list_addresses(pki.root.certificate) == ()


def test_answers_are_fetched_over_plain_http(pki: Place) -> None:
    question = build_question(pki.person, pki.issuing.certificate)
    with serving(pki.services, clock=lambda: NOW) as address:
        evidence = Evidence(ocsps=(fetch(address + "/ocsp", question, MAX_ANSWER_BYTES),))
        crl = fetch(address + "/root.crl", None, 100_000)
        with pytest.raises(ServiceError, match="EVIDENCE_HTTP"):
            fetch(address + "/none?x=1", None, 100)
        with pytest.raises(UnknownOutcomeError, match="SERVICE_ANSWER_LARGE"):
            fetch(address + "/root.crl", None, 10)
    assert x509.load_der_x509_crl(crl).issuer == pki.root.certificate.subject
    assert ocsp.load_der_ocsp_response(evidence.ocsps[0]).serial_number == pki.person.serial_number


@pytest.mark.parametrize("level", [Level.LT, Level.LTA])
def test_file_with_answers_in_it_passes_the_validation_of_ades(pki: Place, level: Level) -> None:
    stamp = Stamp("Arum Pradnyawati", "Wali Kota", SIGNED, Zone.WIB, training=True)
    task = Task("PK", issued(head_content()), Role.SECOND.value, stamp, None, "uji")
    (signed,) = Keyed(pki.signer(), pki.timestamper(SIGNED)).sign([task])
    gatherer = Gatherer(pki.trust(), fetch=pki.fetch)
    pdf = augment_pdf(demand(signed), level, gatherer, pki.timestamper(NOW), at=NOW)
    assert len(read_preserved(pdf).evidence.ocsps) == 2
    # as long as the answers are good: later the last timestamp's own status has to be asked for anew
    validate = ades_lta if level is Level.LTA else ades_with_time
    assert validate(pdf, at=NOW + timedelta(hours=1), root=der(pki.root.certificate)) == [PASSED]


def test_evidence_keeps_order_and_takes_nothing_twice() -> None:
    one, other = Evidence((b"a", b"b", b"a"), (b"o",)), Evidence((b"c", b"b"), (), (b"l",))
    assert one | other == Evidence((b"a", b"b", b"c"), (b"o",), (b"l",))
    assert other - one == Evidence((b"c",), (), (b"l",))
    assert not one - one
    assert one
