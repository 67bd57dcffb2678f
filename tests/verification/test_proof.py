"""What time is proven for a signature, and what its certificate is worth at that time."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from pkdocs.pki.authority import Authority, KeyKind, Reason, Revocation, make_crl, make_issuing, make_root
from pkdocs.trust import Anchor, Purpose, Trust
from pkdocs.verification import Finding, Signature, Sub, Weight, paths
from pkdocs.verification.algorithms import Key
from pkdocs.verification.belief import SignatureJudge, Signing
from pkdocs.verification.evidence import Evidence
from pkdocs.verification.proof import Proof, Source, Timeline
from pkdocs.verification.stamp import Stamp
from pkdocs.verification.token import Token
from tests.factory import HEAD
from tests.signed import AT, BEGUN, authorities, signer_of, training_trust
from tests.stamping import STAMPED, Clock, authority, der, usual
from tests.verification.test_certificates import made
from tests.verification.test_evidence import an_answer

DAY = timedelta(days=1)
LATER = AT + 30 * DAY
EXPIRED = BEGUN + timedelta(days=800)
"""When the signer's certificate has ended, and the authorities' have not."""


@cache
def token(at: datetime = STAMPED, by: Authority | None = None) -> Token:
    return Clock(at=at, by=by).token()


def signature(timestamp: Token | None = None, *, end: int = 100, certificate: bytes = b"", **changes) -> Signature:
    signer = signer_of(HEAD)
    return Signature(
        **{
            "field": "pihak-pertama",
            "revision": 1,
            "end": end,
            "claimed": AT,
            "certificate": certificate or signer.certificate,
            "chain": signer.chain,
            "digest": "sha256",
            "key": Key("secp256r1", 256),
            "timestamp": timestamp,
            **changes,
        }
    )


def stamp(at: datetime = STAMPED, end: int = 200, by: Authority | None = None) -> Stamp:
    return Stamp(f"waktu-{end}", end // 100, end, token(at, by))


def lists(at: datetime, *revoked: Revocation) -> tuple[bytes, ...]:
    """Return lists of both authorities as of ``at``."""
    root, issuing = authorities()
    made_then = (make_crl(root, (), number=5, at=at), make_crl(issuing, revoked, number=5, at=at))
    return tuple(crl.public_bytes(Encoding.DER) for crl in made_then)


def trust(*times: datetime) -> Trust:
    """Return the trust file with lists of ``times``."""
    return replace(training_trust(), crls=tuple(entry for at in times for entry in lists(at)))


def judged(
    one: Signature,
    *stamps: Stamp,
    evidence: tuple[Evidence, ...] = (),
    at: datetime = LATER,
    by: Trust | None = None,
    listed: datetime | None = None,
) -> tuple[Signing, dict[str, Finding]]:
    """Return how the signature is judged, and the findings about it and its file by code."""
    judge = SignatureJudge(by or training_trust(), at)
    timeline = judge.timeline([one], stamps, evidence)
    assert one.certificate is not None
    signing = judge.signing(one, one.certificate, timeline, listed=Proof(listed, Source.REGISTER) if listed else None)
    found = (*judge.findings(signing), *timeline.about(""))
    return signing, {finding.code: finding for finding in found}


def heavy(found: dict[str, Finding]) -> dict[str, Sub | None]:
    """Return what weighs more than a note, with its sub-indication."""
    return {code: finding.sub for code, finding in found.items() if finding.weight is not Weight.NOTE}


def test_without_timestamps_nothing_is_proven():
    signing, found = judged(signature())
    assert signing.proof is None
    assert found == {}


def test_a_timestamp_proves_its_time():
    signing, found = judged(signature(token()))
    assert signing.proof == Proof(STAMPED, Source.TIMESTAMP)
    assert set(found) == {"PROVEN_TIME"}
    assert "09:15" in found["PROVEN_TIME"].message()


def test_the_earliest_proof_counts():
    one = signature(token(STAMPED + DAY))
    assert judged(one, stamp(STAMPED + 2 * DAY))[0].proof == Proof(STAMPED + DAY, Source.TIMESTAMP)
    assert judged(signature(), stamp(STAMPED + 2 * DAY))[0].proof == Proof(STAMPED + 2 * DAY, Source.DOCUMENT)
    assert judged(one, listed=STAMPED)[0].proof == Proof(STAMPED, Source.REGISTER)


def test_of_one_time_the_signatures_own_timestamp_counts():
    assert judged(signature(token()), stamp(STAMPED))[0].proof == Proof(STAMPED, Source.TIMESTAMP)


def test_a_document_timestamp_before_the_signature_proves_nothing_for_it():
    assert judged(signature(end=300), stamp(end=200))[0].proof is None


def test_what_a_register_proves_needs_no_note():
    assert judged(signature(), listed=STAMPED)[1] == {}


class TestAuthorities:
    """Whose timestamps count."""

    def cause(self, found: dict[str, Finding]) -> object:
        finding = found["TIMESTAMP_NOT_BELIEVED"]
        assert finding.weight is Weight.WARNING
        return dict(finding.params)["cause"]

    def test_one_of_nobody_known_proves_nothing(self):  # 35
        stranger = authority(issuer=make_issuing(make_root(KeyKind.P256, at=BEGUN), KeyKind.P256, at=BEGUN))
        signing, found = judged(signature(token(by=stranger)))
        assert signing.proof is None
        assert self.cause(found) == "CERTIFICATE_NO_CHAIN"

    def test_an_anchor_for_persons_vouches_for_no_time(self):  # 96
        anchor = replace(training_trust().anchors[0], purposes=frozenset({Purpose.PERSONS}))
        signing, found = judged(signature(token()), by=replace(training_trust(), anchors=(anchor,)))
        assert signing.proof is None
        assert self.cause(found) == "CERTIFICATE_PURPOSE"

    def test_one_that_has_ended_proves_nothing(self):  # 35, 44
        ended = authority(ends=AT + 10 * DAY)
        signing, found = judged(signature(token(by=ended)))
        assert signing.proof is None
        assert self.cause(found) == "CERTIFICATE_EXPIRED"

    def test_one_that_has_ended_counts_under_a_later_timestamp(self):
        ended = authority(ends=AT + 10 * DAY)
        signing, found = judged(signature(token(by=ended)), stamp(AT + 5 * DAY))
        assert signing.proof == Proof(STAMPED, Source.TIMESTAMP)
        assert heavy(found) == {}

    def test_a_later_timestamp_that_came_too_late_saves_nothing(self):
        ended = authority(ends=AT + 10 * DAY)
        signing, found = judged(signature(token(by=ended)), stamp(AT + 11 * DAY))
        assert signing.proof == Proof(AT + 11 * DAY, Source.DOCUMENT)
        assert self.cause(found) == "CERTIFICATE_EXPIRED"

    def test_a_chain_of_timestamps_carries_on(self):
        first, second = authority(ends=AT + 10 * DAY), authority(ends=AT + 20 * DAY)
        stamps = (stamp(AT + 5 * DAY, 200, first), stamp(AT + 9 * DAY, 300, second), stamp(AT + 19 * DAY, 400))
        assert judged(signature(), *stamps)[0].proof == Proof(AT + 5 * DAY, Source.DOCUMENT)
        broken = judged(signature(), *stamps[:2])
        assert broken[0].proof is None
        assert self.cause(broken[1]) == "CERTIFICATE_EXPIRED"

    def test_one_that_was_revoked_proves_nothing(self):  # 44
        revoked = Revocation(usual().certificate.serial_number, AT + DAY, Reason.KEY_COMPROMISE)
        by = replace(training_trust(), crls=lists(AT + 2 * DAY, revoked))
        signing, found = judged(signature(token()), by=by)
        assert signing.proof is None
        assert self.cause(found) == "CERTIFICATE_REVOKED"

    def test_one_of_a_time_to_come_proves_nothing_yet(self):  # 35
        signing, found = judged(signature(token(LATER + DAY)))
        assert signing.proof is None
        assert found["TIMESTAMP_LATER"].weight is Weight.WARNING

    def test_an_algorithm_that_is_weak_or_has_lapsed_proves_nothing(self):  # 36
        for key, cause in ((Key("rsa", 1024), "ALGORITHM_WEAK"), (Key("rsa", 2048), "ALGORITHM_LAPSED")):
            at = datetime.fromisoformat("2031-01-01T00:00:00Z")
            assert self.cause(judged(signature(replace(token(), key=key)), at=at)[1]) == cause

    def test_a_document_timestamp_that_is_not_believed_is_named(self):
        stranger = authority(issuer=make_issuing(make_root(KeyKind.P256, at=BEGUN), KeyKind.P256, at=BEGUN))
        found = judged(signature(), stamp(by=stranger))[1]
        assert "waktu-200" in found["TIMESTAMP_NOT_BELIEVED"].message("en")

    def test_times_out_of_order_are_unknown(self):  # 35
        found = judged(signature(token(STAMPED + DAY)), stamp(STAMPED))[1]
        assert heavy(found)["TIMESTAMP_ORDER"] is Sub.TIMESTAMP_ORDER_FAILURE

    def test_clocks_a_second_apart_are_in_order(self):
        found = judged(signature(token(STAMPED + timedelta(seconds=1))), stamp(STAMPED))[1]
        assert heavy(found) == {}


class TestCertificates:
    """The signer's certificate at the proven time."""

    def test_one_that_has_ended_since_stands(self):
        by = trust(AT, EXPIRED - DAY)
        assert heavy(judged(signature(), at=EXPIRED, by=by)[1]) == {"CERTIFICATE_EXPIRED": Sub.OUT_OF_BOUNDS_NO_POE}
        assert heavy(judged(signature(token()), at=EXPIRED, by=by)[1]) == {}

    def test_one_that_had_ended_before_is_unknown(self):  # 44
        by = trust(EXPIRED - DAY)
        found = judged(signature(token(EXPIRED), claimed=None), at=EXPIRED + DAY, by=by)[1]
        assert heavy(found) == {"CERTIFICATE_EXPIRED": Sub.OUT_OF_BOUNDS_NO_POE}

    def test_one_that_began_after_the_proof_fails(self):  # 35, 44
        young = made(lambda builder: replaced(builder, AT + DAY))
        found = judged(signature(token(), certificate=young, claimed=None))[1]
        assert found["CERTIFICATE_AFTER_PROOF"].weight is Weight.FAIL
        assert found["CERTIFICATE_AFTER_PROOF"].sub is Sub.NOT_YET_VALID

    def test_one_that_began_within_the_accuracy_stands(self):
        young = made(lambda builder: replaced(builder, STAMPED + timedelta(seconds=1)))
        blurred = replace(token(), accuracy=timedelta(seconds=2))
        assert heavy(judged(signature(blurred, certificate=young, claimed=None))[1]) == {}

    def revoked(self, at: datetime, **parts: object) -> dict[str, Finding]:
        serial = x509.load_der_x509_certificate(signer_of(HEAD).certificate).serial_number
        crls = lists(AT + 10 * DAY, Revocation(serial, at, Reason.KEY_COMPROMISE))
        return judged(signature(token()), by=replace(training_trust(), crls=crls), **parts)[1]  # type: ignore[arg-type]

    def test_one_revoked_before_is_unknown(self):  # 44
        assert heavy(self.revoked(AT - DAY)) == {"CERTIFICATE_REVOKED": Sub.REVOKED_NO_POE}

    def test_one_revoked_later_stands_with_a_note(self):
        found = self.revoked(AT + DAY)
        assert heavy(found) == {}
        assert found["CERTIFICATE_REVOKED_LATER"].weight is Weight.NOTE

    def test_what_the_file_brings_does_not_outweigh_a_revocation(self):  # 33, 45
        good = Evidence(200, answers=(an_answer(at=AT - DAY, until=AT + DAY),), lists=lists(AT))
        found = self.revoked(AT - DAY, evidence=(good,))
        assert heavy(found) == {"CERTIFICATE_REVOKED": Sub.REVOKED_NO_POE}

    def test_the_status_of_then_is_enough(self):
        by = trust(AT - DAY, LATER + 700 * DAY)
        assert heavy(judged(signature(token()), at=LATER + 701 * DAY, by=by)[1]) == {}

    def test_a_list_of_after_the_certificates_end_says_nothing(self):  # 45
        found = judged(signature(token()), at=EXPIRED + DAY, by=trust(EXPIRED))[1]
        assert heavy(found) == {"CERTIFICATE_STATUS_UNKNOWN": Sub.TRY_LATER}


def replaced(builder: x509.CertificateBuilder, begins: datetime) -> x509.CertificateBuilder:
    builder._not_valid_before = begins.replace(tzinfo=None)
    return builder


class TestEvidence:
    """What the file itself brings to judge by."""

    root, issuing = authorities()

    def status(self, *evidence: Evidence, at: datetime = LATER, **parts: object) -> dict[str, Sub | None]:
        """Judge by the root's list from the trust file, and the file's own evidence for the rest."""
        by = replace(training_trust(), crls=(lists(AT)[0],))
        listed = parts.pop("listed", STAMPED)
        found = judged(signature(), at=at, by=by, evidence=evidence, listed=listed, **parts)[1]  # type: ignore[arg-type]
        return heavy(found)

    def test_an_answer_counts(self):
        assert self.status() == {"CERTIFICATE_STATUS_UNKNOWN": Sub.TRY_LATER}
        assert self.status(Evidence(200, answers=(an_answer(at=STAMPED),))) == {}
        assert self.status(Evidence(200, answers=(an_answer(at=STAMPED + DAY),))) == {}

    def test_a_list_counts(self):
        assert self.status(Evidence(200, lists=(lists(AT)[1],))) == {}

    def test_an_answer_that_had_ended_before_says_nothing(self):  # 45
        old = an_answer(at=AT - 9 * DAY, until=AT - 8 * DAY)
        assert self.status(Evidence(200, answers=(old,))) == {"CERTIFICATE_STATUS_UNKNOWN": Sub.TRY_LATER}

    def test_an_answer_of_after_the_time_of_judging_says_nothing(self):
        early = an_answer(at=LATER + DAY, until=LATER + 2 * DAY)
        assert self.status(Evidence(200, answers=(early,))) == {"CERTIFICATE_STATUS_UNKNOWN": Sub.TRY_LATER}

    def test_an_answer_of_nobodys_says_nothing(self):  # 33, 45
        forged = an_answer(authority(uses=(x509.ObjectIdentifier("1.3.6.1.5.5.7.3.9"),)))
        assert self.status(Evidence(200, answers=(forged,))) == {"CERTIFICATE_STATUS_UNKNOWN": Sub.TRY_LATER}

    def test_an_answer_that_says_revoked_is_heard(self):  # 44
        said = an_answer(at=AT + DAY, revoked=AT - DAY)
        assert self.status(Evidence(200, answers=(said,))) == {"CERTIFICATE_REVOKED": Sub.REVOKED_NO_POE}

    def test_certificates_that_the_file_brings_show_the_way(self):  # 43
        evidence = Evidence(200, certificates=(der(self.issuing.certificate),))
        for brought, expected in (((), {"CERTIFICATE_NO_CHAIN"}), ((evidence,), set())):
            assert set(heavy(judged(signature(chain=()), evidence=brought)[1])) == expected


ENDS = AT + 20 * DAY
"""When the old authority has ended."""


@cache
def old_authority() -> Authority:
    key = KeyKind.P256.make_key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "OSD Uji Kelas 2")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(BEGUN)
        .not_valid_after(ENDS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return Authority(builder.sign(key, hashes.SHA256()), key)


def old_list() -> bytes:
    return make_crl(old_authority(), (), number=1, at=AT + DAY).public_bytes(Encoding.DER)


class TestGenerations:
    """An authority that has ended still judges what was proven in its days."""

    def judged(
        self, *stamps: Stamp, pinned: bool = True, evidence: tuple[Evidence, ...] = (), at: datetime = LATER
    ) -> dict[str, Sub | None]:
        old = old_authority()
        anchor = Anchor(der(old.certificate), frozenset({Purpose.PERSONS}), training=False)
        today = training_trust()
        crls = (old_list(), *today.crls) if pinned else today.crls
        by = replace(today, anchors=(anchor, *today.anchors), crls=crls)
        one = signature(token(), certificate=made(issuer=old), chain=())
        return heavy(judged(one, *stamps, evidence=evidence, at=at, by=by)[1])

    def test_by_a_list_of_its_days_in_the_trust_file(self):
        assert self.judged() == {}

    def test_by_a_list_in_the_file_only_if_that_is_proven_in_time(self):
        evidence = (Evidence(150, lists=(old_list(),)),)
        unknown = {"CERTIFICATE_STATUS_UNKNOWN": Sub.TRY_LATER}
        assert self.judged(pinned=False, evidence=evidence) == unknown
        assert self.judged(stamp(ENDS + DAY), pinned=False, evidence=evidence) == unknown
        assert self.judged(stamp(ENDS - DAY), pinned=False, evidence=evidence) == {}

    def test_a_timestamp_covers_the_evidence_of_its_own_revision(self):
        evidence = (Evidence(200, lists=(old_list(),)),)
        assert self.judged(stamp(ENDS - DAY, 200), pinned=False, evidence=evidence) == {}


class TestClaims:
    """The time that the signer claims, beside the proven one."""

    def why(self, claimed: datetime, **parts: object) -> str | None:
        found = judged(signature(parts.pop("timestamp", None), claimed=claimed), **parts)[1]  # type: ignore[arg-type]
        return found["CLAIMED_TIME"].message("en") if "CLAIMED_TIME" in found else None

    def test_clocks_a_quarter_of_an_hour_apart_are_no_matter(self):
        for minutes in (-15, 15):
            assert self.why(STAMPED + timedelta(minutes=minutes), timestamp=token()) is None

    @pytest.mark.parametrize("days", [-10, 10], ids=["earlier", "later"])
    def test_a_date_that_was_moved_is_a_warning(self, days):  # 53
        said = self.why(STAMPED + days * DAY, timestamp=token())
        assert said is not None
        assert "2026-01-22 09:15 WIB" in said

    def test_a_proof_that_was_added_later_contradicts_no_earlier_claim(self):
        assert self.why(AT, listed=AT + 5 * DAY) is None
        assert self.why(AT + 5 * DAY, listed=AT) is not None

    def test_a_time_that_cannot_be_is_a_warning(self):  # 44, 53
        for claimed in (BEGUN - DAY, LATER + DAY):
            said = self.why(claimed)
            assert said is not None
            assert "before the certificate began" in said


def test_the_algorithm_is_judged_at_the_proven_time():
    one = signature(token(), key=Key("rsa", 2048))
    at = datetime.fromisoformat("2031-02-01T00:00:00Z")
    by = trust(AT, at - DAY)
    assert "ALGORITHM_LAPSED" in judged(replace(one, timestamp=None), at=at, by=by)[1]
    assert "ALGORITHM_LAPSED" not in judged(one, at=at, by=by)[1]


def test_a_certificate_is_judged_once_however_many_times_are_proven(monkeypatch):
    judge = SignatureJudge(training_trust(), LATER)
    calls = []
    monkeypatch.setattr(paths, "validate", counted(paths.validate, calls))
    for minute in range(5):
        one = signature(token(STAMPED + timedelta(minutes=minute)))
        timeline = judge.timeline([one], (), ())
        assert judge.signing(one, one.certificate or b"", timeline).standing.findings == ()
    # the signer's, and the authority's
    assert len(calls) == 2


def counted(function: Callable[..., list[bytes]], calls: list[object]) -> Callable[..., list[bytes]]:
    def call(*arguments: object) -> list[bytes]:
        calls.append(arguments)
        return function(*arguments)

    return call


TIMES = st.lists(st.tuples(st.integers(0, 29), st.integers(1, 9)), max_size=5)
"""Days after signing, and places in the file in hundreds of bytes."""
LAWS = settings(max_examples=30, deadline=None)


@cache
def stamp_after(days: int, place: int) -> Stamp:
    return stamp(STAMPED + days * DAY, 100 * place)


@LAWS
@given(TIMES, st.integers(0, 29), st.integers(1, 9))
def test_one_more_timestamp_never_makes_a_proof_later(times, days, place):
    one = signature()
    before = judged(one, *itertools.starmap(stamp_after, times))[0].proof
    after = judged(one, *itertools.starmap(stamp_after, times), stamp_after(days, place))[0].proof
    assert before is None or (after is not None and after.at <= before.at)


@LAWS
@given(TIMES)
def test_a_proof_is_the_earliest_timestamp_over_the_signature(times):
    proof = judged(signature(), *itertools.starmap(stamp_after, times))[0].proof
    over = [STAMPED + days * DAY for days, place in times if place > 1]
    assert (proof and proof.at) == min(over, default=None)


@LAWS
@given(st.lists(st.sampled_from([-9, -2, 0, 5, 20]), max_size=4), st.booleans())
def test_whatever_a_file_brings_a_certificate_revoked_before_never_passes(days, in_time):
    serial = x509.load_der_x509_certificate(signer_of(HEAD).certificate).serial_number
    by = replace(training_trust(), crls=lists(AT + 10 * DAY, Revocation(serial, AT - DAY, Reason.KEY_COMPROMISE)))
    brought = tuple(Evidence(200, answers=(good_answer(day),), lists=lists_of(day)) for day in days)
    found = judged(signature(token() if in_time else None), evidence=brought, by=by)[1]
    assert found["CERTIFICATE_REVOKED"].weight is Weight.UNKNOWN


@cache
def good_answer(day: int) -> bytes:
    return an_answer(at=AT + day * DAY, until=AT + (day + 30) * DAY)


@cache
def lists_of(day: int) -> tuple[bytes, ...]:
    return lists(AT + day * DAY)


def test_a_file_without_timestamps_has_an_empty_timeline():
    assert SignatureJudge(training_trust(), LATER).timeline([signature()], (), ()) == Timeline()
