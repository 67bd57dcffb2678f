"""What evidence records are worth to who judges a file: each timestamp at the time of the one that renews it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from pkdocs.chain import Exhibit
from pkdocs.pki.authority import KeyKind, Reason, Revocation, make_crl, make_issuing, make_root
from pkdocs.register import examine_head, judge_head
from pkdocs.trust import Anchor, Purpose, Trust
from pkdocs.verification import Result, Sub, Weight, records
from pkdocs.verification.algorithms import Key, Policy
from pkdocs.verification.attestation import Attestation
from pkdocs.verification.belief import SignatureJudge, Signing
from pkdocs.verification.evidence import Evidence
from pkdocs.verification.finding import Finding
from pkdocs.verification.proof import Proof, Source
from pkdocs.verification.signature import Signature
from tests.chain.kit import DIVISION_HEAD, HEAD, LEAF, MIDDLE, ROOT, codes, exhibit, judge, verdict
from tests.preservation.records import STAMPED, Clock, read, renewed, sealed
from tests.register.heads import pinning
from tests.register.test_head_judging import both
from tests.signed import AT, BEGUN, training_trust
from tests.stamping import authority, der
from tests.verification.test_proof import DAY, EXPIRED, LATER, heavy, lists, signature, stamp, token, trust

DATA = b"berkas"
YEAR = timedelta(days=365)
STRANGER = authority(issuer=make_issuing(make_root(KeyKind.P256, at=BEGUN), KeyKind.P256, at=BEGUN))


def record(*clocks: Clock, end: int = 300, hashing: tuple[str | None, ...] = ()) -> Attestation:
    """Return a record made by the first of ``clocks`` and renewed by the others; ``hashing`` are the renewals'."""
    made = sealed(DATA, clock=clocks[0])
    for clock, algorithm in zip(clocks[1:], hashing or (None,) * len(clocks), strict=False):
        made = renewed(made, [DATA], clock, algorithm)
    return replace(read(made[0], DATA), end=end)


def judged(
    *records: Attestation,
    one: Signature | None = None,
    at: datetime = LATER,
    by: Trust | None = None,
    stamps: tuple = (),
    evidence: tuple[Evidence, ...] = (),
) -> tuple[Signing, dict[str, Finding]]:
    judge_ = SignatureJudge(by or training_trust(), at)
    signed = one or signature()
    timeline = judge_.timeline([signed], stamps, evidence, records)
    assert signed.certificate is not None
    signing = judge_.signing(signed, signed.certificate, timeline)
    return signing, {finding.code: finding for finding in (*judge_.findings(signing), *timeline.about(""))}


def cause(found: dict[str, Finding], code: str) -> object:
    assert found[code].weight is Weight.WARNING
    assert "PK-2026-SETDA-1.pdf.ers" in found[code].message()
    return dict(found[code].params)["cause"]


def test_a_record_proves_its_time_for_all_that_it_covers() -> None:
    signing, found = judged(record(Clock()))
    assert signing.proof == Proof(STAMPED, Source.RECORD)
    assert set(found) == {"PROVEN_TIME"}
    assert "catatan bukti" in found["PROVEN_TIME"].message()


def test_it_covers_its_own_revision_and_none_after() -> None:
    assert judged(record(Clock(), end=100), one=signature(end=100))[0].proof == Proof(STAMPED, Source.RECORD)
    assert judged(record(Clock(), end=100), one=signature(end=101))[0].proof is None


def test_the_earliest_proof_counts() -> None:
    late = record(Clock(at=STAMPED + DAY))
    assert judged(late, one=signature(token()))[0].proof == Proof(STAMPED, Source.TIMESTAMP)
    assert judged(late, record(Clock()))[0].proof == Proof(STAMPED, Source.RECORD)
    assert heavy(judged(late, record(Clock()))[1]) == {}


def test_a_signature_whose_certificate_has_ended_is_judged_at_the_proven_time() -> None:
    by = trust(AT, EXPIRED - DAY)
    assert heavy(judged(at=EXPIRED, by=by)[1]) == {"CERTIFICATE_EXPIRED": Sub.OUT_OF_BOUNDS_NO_POE}
    assert heavy(judged(record(Clock()), at=EXPIRED, by=by)[1]) == {}


def test_a_timestamp_inside_whose_authority_has_ended_counts_under_the_record() -> None:
    ended = authority(ends=AT + 10 * DAY)
    inside = (stamp(by=ended),)
    assert judged(stamps=inside)[0].proof is None
    proven = judged(record(Clock(at=AT + 5 * DAY)), stamps=inside)
    assert proven[0].proof == Proof(STAMPED, Source.DOCUMENT)
    assert heavy(proven[1]) == {}


def test_evidence_in_the_file_is_known_since_the_record() -> None:
    """What a file brings counts only if it was there while the authorities were believed."""
    judge_, brought = SignatureJudge(training_trust(), LATER), (Evidence(200, lists=lists(AT)),)
    for over, since in (((), LATER), ((record(Clock()),), STAMPED), ((record(Clock(), end=199),), LATER)):
        assert [one.since for one in judge_.timeline([signature()], (), brought, over).known] == [since]


class TestRenewal:
    """A record is worth what its last timestamp is worth, and each before by the one after it."""

    def test_one_whose_authority_has_ended_counts_if_it_was_renewed_in_time(self) -> None:
        ended = authority(ends=AT + 10 * DAY)
        alone = judged(record(Clock(by=ended)))
        assert alone[0].proof is None
        assert cause(alone[1], "RECORD_LAPSED") == "CERTIFICATE_EXPIRED"
        carried = judged(record(Clock(by=ended), Clock(at=AT + 9 * DAY)))
        assert carried[0].proof == Proof(STAMPED, Source.RECORD)
        assert heavy(carried[1]) == {}

    def test_a_gap_costs_what_lies_before_it(self) -> None:
        ended = authority(ends=AT + 10 * DAY)
        late = judged(record(Clock(by=ended), Clock(at=AT + 11 * DAY)))
        assert late[0].proof == Proof(AT + 11 * DAY, Source.RECORD)
        assert cause(late[1], "RECORD_LAPSED") == "CERTIFICATE_EXPIRED"

    def test_a_long_line_carries_on(self) -> None:
        ends = [authority(ends=AT + days * DAY) for days in (5, 10, 15)]
        clocks = [Clock(by=one, at=STAMPED + days * DAY) for one, days in zip(ends, (0, 4, 9), strict=True)]
        assert judged(record(*clocks, Clock(at=AT + 14 * DAY)))[0].proof == Proof(STAMPED, Source.RECORD)
        assert judged(record(*clocks))[0].proof is None

    def test_renewals_after_the_time_of_judging_are_left_aside(self) -> None:
        one = record(Clock(), Clock(at=LATER + DAY))
        assert judged(one)[0].proof == Proof(STAMPED, Source.RECORD)
        assert heavy(judged(one)[1]) == {}

    def test_one_made_after_the_time_of_judging_proves_nothing_yet(self) -> None:
        signing, found = judged(record(Clock(at=LATER + DAY)))
        assert signing.proof is None
        assert found["RECORD_LATER"].weight is Weight.WARNING

    def test_an_old_authority_that_has_ended_since_still_judges(self) -> None:
        """domain.md 7.2: the old CA, which stood alone, has ended; its timestamps count under those of the new one."""
        old = make_issuing(make_root(KeyKind.P256, at=BEGUN - 9 * YEAR), KeyKind.P256, at=BEGUN - 9 * YEAR)
        ends = old.certificate.not_valid_after_utc
        begins = ends - 30 * DAY
        root = make_root(KeyKind.P256, at=begins)
        new = make_issuing(root, KeyKind.P256, at=begins)
        early = Clock(by=authority(issuer=old, ends=ends - DAY), chain=())
        late = Clock(
            by=authority(issuer=new, begins=begins, ends=ends + 900 * DAY),
            chain=(der(new.certificate),),
            at=begins + DAY,
        )
        crls = [make_crl(old, (), number=1, at=begins), *(make_crl(one, (), number=1, at=ends) for one in (root, new))]
        anchors = [Anchor(der(one.certificate), frozenset({Purpose.TIMESTAMPS}), training=False) for one in (old, root)]
        by = replace(
            training_trust(),
            anchors=(*training_trust().anchors, *anchors),
            crls=(*lists(AT), *(one.public_bytes(Encoding.DER) for one in crls)),
        )
        signing, found = judged(record(early, late), at=ends + DAY, by=by)
        assert signing.proof == Proof(STAMPED, Source.RECORD)
        assert heavy(found) == {}
        assert judged(record(early), at=ends + DAY, by=by)[0].proof is None

    def test_a_hash_that_lapsed_before_its_tree_was_renewed_proves_nothing(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        at = datetime(2027, 1, 1, tzinfo=UTC)
        # of trees alone: certificates go on
        lasts = {"sha256": AT + 100 * DAY, "sha384": datetime(2035, 1, 1, tzinfo=UTC)}
        monkeypatch.setattr(Policy, "digest_until", lambda _policy, digest: lasts[digest])
        by = trust(AT, at - DAY)
        hashed = record(Clock(digest="sha384"), Clock(digest="sha384", at=AT + 90 * DAY), hashing=("sha384",))
        late = record(Clock(digest="sha384"), Clock(digest="sha384", at=AT + 101 * DAY), hashing=("sha384",))
        never = record(Clock(digest="sha384"), Clock(digest="sha384", at=AT + 90 * DAY))
        assert judged(hashed, at=at, by=by)[0].proof == Proof(STAMPED, Source.RECORD)
        signing, found = judged(late, at=at, by=by)
        assert signing.proof == Proof(AT + 101 * DAY, Source.RECORD)
        assert cause(found, "RECORD_LAPSED") == "sha256"
        signing, found = judged(never, at=at, by=by)
        assert signing.proof is None
        assert cause(found, "RECORD_LAPSED") == "sha256"


class TestAuthorities:
    """Whose records count."""

    def test_one_of_nobody_known_proves_nothing(self) -> None:
        signing, found = judged(record(Clock(by=STRANGER)))
        assert signing.proof is None
        assert cause(found, "RECORD_NOT_BELIEVED") == "CERTIFICATE_NO_CHAIN"

    def test_a_renewal_of_nobody_known_renews_nothing(self) -> None:
        ended = authority(ends=AT + 10 * DAY)
        one = record(Clock(by=ended), Clock(by=STRANGER, at=AT + 9 * DAY))
        signing, found = judged(one)
        assert signing.proof is None
        assert found.keys() >= {"RECORD_LAPSED", "RECORD_NOT_BELIEVED"}

    def test_one_that_was_revoked_proves_nothing(self) -> None:
        known = authority()
        revoked = Revocation(known.certificate.serial_number, AT + DAY, Reason.KEY_COMPROMISE)
        by = replace(training_trust(), crls=lists(AT + 2 * DAY, revoked))
        signing, found = judged(record(Clock(by=known)), by=by)
        assert signing.proof is None
        assert cause(found, "RECORD_NOT_BELIEVED") == "CERTIFICATE_REVOKED"

    def test_what_is_out_of_order_is_unknown_as_with_any_timestamp(self) -> None:
        found = judged(record(Clock()), one=signature(token(STAMPED + DAY)))[1]
        assert heavy(found)["TIMESTAMP_ORDER"] is Sub.TIMESTAMP_ORDER_FAILURE
        assert "PK-2026-SETDA-1.pdf.ers" in found["TIMESTAMP_ORDER"].message()

    def test_one_over_a_beginning_says_nothing_against_what_was_joined_before_it_was_made(self) -> None:
        """Anybody can have the first revision stamped at any time, and lay that beside the file."""
        later = record(Clock(at=STAMPED + 2 * DAY), end=50)
        signing, found = judged(later, one=signature(token()), stamps=(stamp(),))
        assert signing.proof == Proof(STAMPED, Source.TIMESTAMP)
        assert heavy(found) == {}

    def test_the_records_of_a_ceremony_are_judged_once(self) -> None:
        judge_ = SignatureJudge(training_trust(), LATER)
        shared = record(Clock())
        for name in ("a.ers", "b.ers"):
            assert judge_.timeline([signature()], (), (), [replace(shared, name=name)]).marks
        assert len(judge_._times._records._known) == 1

    def test_of_many_ceremonies_the_first_are_forgotten(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(records, "_KEPT", 1)
        judge_ = SignatureJudge(training_trust(), LATER)
        for days in (0, 1, 2):
            assert judge_.timeline([signature()], (), (), [record(Clock(at=STAMPED + days * DAY))]).marks
        assert len(judge_._times._records._known) == 1

    @pytest.mark.parametrize(
        ("key", "code"),
        [(Key("rsa", 1024), "RECORD_NOT_BELIEVED"), (Key("rsa", 2048), "RECORD_LAPSED")],
        ids=["weak", "lapsed"],
    )
    def test_an_algorithm_that_is_weak_or_has_lapsed_proves_nothing(self, key: Key, code: str) -> None:
        one = record(Clock())
        weak = replace(one, chains=(replace(one.chains[0], tokens=(replace(one.chains[0].tokens[0], key=key),)),))
        signing, found = judged(weak, at=datetime(2031, 1, 1, tzinfo=UTC))
        assert signing.proof is None
        assert str(cause(found, code)).startswith("ALGORITHM_")


class TestChain:
    """Records among agreements."""

    plain = (ROOT, MIDDLE, LEAF)

    def exhibits(self, *records: Attestation) -> list[Exhibit]:
        found = [exhibit(content) for content in self.plain]
        return [replace(one, facts=replace(one.facts, records=records)) for one in found]

    def test_sealed_agreements_pass_when_the_certificates_have_ended(self) -> None:
        by = trust(AT, EXPIRED - timedelta(days=1))
        without = judge(*self.plain, trust=by, at=EXPIRED)
        assert {one.own for one in without.agreements} == {Result.INDETERMINATE}
        among = judge(*self.exhibits(record(Clock(), end=10**7)), trust=by, at=EXPIRED)
        assert {one.result for one in among.agreements} == {Result.PASSED}

    def test_files_without_a_record_among_others_with_one_are_a_note(self) -> None:
        some = self.exhibits(record(Clock(), end=10**7))
        for files, count in ((some, 0), (self.plain, 0), ([*some[:1], *self.plain[1:]], 2)):
            found = [one for one in judge(*files).findings if one.code == "RECORD_ABSENT"]
            assert [(one.weight, dict(one.params)["count"]) for one in found] == [(Weight.NOTE, count)] * bool(count)

    def test_a_record_that_is_not_believed_changes_no_verdict(self) -> None:
        judged_ = judge(*self.exhibits(record(Clock(by=STRANGER), end=10**7)))
        assert {one.result for one in judged_.agreements} == {Result.PASSED}
        assert codes(verdict(judged_, LEAF)) == {"RECORD_NOT_BELIEVED"}


def test_a_head_counts_when_its_registrars_certificates_have_ended() -> None:
    facts = examine_head(both())
    by = replace(pinning(HEAD, DIVISION_HEAD), crls=trust(AT, EXPIRED - DAY).crls)
    without = judge_head(facts, by, EXPIRED)
    assert "HEAD_THRESHOLD" in {one.code for one in without.findings}
    among = judge_head(replace(facts, records=(record(Clock(), end=10**7),)), by, EXPIRED)
    assert "HEAD_THRESHOLD" not in {one.code for one in among.findings}
