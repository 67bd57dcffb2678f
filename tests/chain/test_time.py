"""Signatures judged at the time that is proven for them: by timestamps, and by the day on which a register had them."""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest

from pkdocs.chain import AgreementVerdict, Exhibit
from pkdocs.content import Content, Role
from pkdocs.pki.authority import KeyKind, make_issuing, make_root
from pkdocs.register import AssignmentLine, CertificateLine
from pkdocs.signing import FileSigner
from pkdocs.signing.level import Level
from pkdocs.verification import Facts, Finding, Result, Weight, examine_pdf
from pkdocs.verification.evidence import Evidence
from pkdocs.verification.stamp import Stamp
from tests.chain.books import DAY, account_of, lines_of
from tests.chain.kit import AT, LEAF, MIDDLE, ROOT, amended, codes, exhibit, facts, judge, verdict
from tests.factory import HEAD, MAYOR
from tests.issued import issued
from tests.signed import BEGUN, signer_of, training_trust
from tests.signing.stamped import stamped
from tests.signing.test_augmentation import augment
from tests.stamping import STAMPED, Clock, authority, signed_in_time
from tests.verification.forge import Beside, Hand
from tests.verification.test_certificates import made
from tests.verification.test_proof import EXPIRED, trust

STRANGE = Clock(by=authority(issuer=make_issuing(make_root(KeyKind.P256, at=BEGUN), KeyKind.P256, at=BEGUN)))


@cache
def in_time(content: Content) -> Exhibit:
    """Return the file of ``content``, whose signatures have timestamps."""
    return Exhibit(f"{content.id}.pdf", examine_pdf(signed_in_time(content)))


def untimely(content: Content, *clocks: Clock) -> Exhibit:
    return Exhibit(f"{content.id}.pdf", examine_pdf(signed_in_time(content, *clocks)))


def found(one: AgreementVerdict, code: str) -> Finding:
    return next(finding for finding in one.findings if finding.code == code)


FILES = tuple(in_time(content) for content in (ROOT, MIDDLE, LEAF))


def test_timestamped_agreements_pass_and_say_when():
    judged = judge(*FILES)
    assert {one.result for one in judged.agreements} == {Result.PASSED}
    notes = [one for one in verdict(judged, LEAF).findings if one.code == "PROVEN_TIME"]
    assert [note.role for note in notes] == [Role.FIRST, Role.SECOND]


def test_they_pass_when_the_certificates_have_ended():  # 44
    by = trust(AT, EXPIRED - timedelta(days=1))
    assert {one.result for one in judge(*FILES, trust=by, at=EXPIRED).agreements} == {Result.PASSED}
    without = judge(ROOT, MIDDLE, LEAF, trust=by, at=EXPIRED)
    assert {one.own for one in without.agreements} == {Result.INDETERMINATE}
    assert codes(verdict(without, LEAF)) == {"CERTIFICATE_EXPIRED"}


def test_a_stranger_s_timestamp_is_a_warning_and_proves_nothing():  # 35
    strange = untimely(LEAF, STRANGE, Clock())
    judged = verdict(judge(exhibit(ROOT), exhibit(MIDDLE), strange), LEAF)
    assert judged.result is Result.PASSED
    assert found(judged, "TIMESTAMP_NOT_BELIEVED").role is Role.FIRST
    by = trust(AT, EXPIRED - timedelta(days=1))
    late = verdict(judge(exhibit(ROOT), exhibit(MIDDLE), strange, trust=by, at=EXPIRED), LEAF)
    assert found(late, "CERTIFICATE_EXPIRED").role is Role.FIRST


def test_a_document_timestamp_proves_both_signatures():
    length = max(signature.end for signature in facts(LEAF).signatures)
    stamped = replace(facts(LEAF), stamps=(Stamp("waktu-1", 3, length + 100, Clock().token()),))
    by = trust(AT, EXPIRED - timedelta(days=1))
    judged = verdict(judge(in_time(ROOT), in_time(MIDDLE), Exhibit("leaf.pdf", stamped), trust=by, at=EXPIRED), LEAF)
    assert judged.result is Result.PASSED
    assert "waktu dokumen" in found(judged, "PROVEN_TIME").message()


def test_a_document_timestamp_that_is_not_believed_is_said_once():
    stamped = replace(facts(LEAF), stamps=(Stamp("waktu-1", 3, 10**7, STRANGE.token()),), evidence=(Evidence(10**7),))
    judged = verdict(judge(exhibit(ROOT), exhibit(MIDDLE), Exhibit("leaf.pdf", stamped)), LEAF)
    assert [one.role for one in judged.findings if one.code == "TIMESTAMP_NOT_BELIEVED"] == [None]


@pytest.mark.parametrize(
    ("level", "expected"), [(Level.T, Result.INDETERMINATE), (Level.LT, Result.PASSED), (Level.LTA, Result.PASSED)]
)
def test_what_was_signed_and_augmented_here_is_judged_by_itself_years_later(level, expected):
    """The trust file has lists of today alone, which say nothing of certificates that have ended."""
    by = trust(EXPIRED - timedelta(days=1))
    pdf = stamped(ROOT)
    one = examine_pdf(pdf if level is Level.T else augment(pdf, level))
    assert [finding.message("en") for finding in one.findings] == []
    assert verdict(judge(Exhibit("root.pdf", one), trust=by, at=EXPIRED), ROOT).own is expected


class TestRegister:
    """A register had the signed bytes on a day: by its end they were there."""

    plain = (exhibit(ROOT), exhibit(MIDDLE), exhibit(LEAF))

    def test_what_it_listed_in_time_passes_when_the_certificates_have_ended(self):
        by = trust(AT, EXPIRED - timedelta(days=1))
        account = account_of(lines_of(self.plain), next_by=EXPIRED.date())
        judged = judge(*self.plain, trust=by, at=EXPIRED, account=account)
        assert "CERTIFICATE_EXPIRED" not in codes(verdict(judged, LEAF))

    def test_a_day_to_come_proves_nothing(self):
        tomorrow = [replace(line, entered=DAY + timedelta(days=2)) for line in lines_of(self.plain)]
        account = account_of(tomorrow, dated=DAY + timedelta(days=2), next_by=date(2026, 12, 31))
        judged = judge(*self.plain, account=account, at=AT)
        assert "CERTIFICATE_ENTERED_LATE" not in codes(verdict(judged, LEAF))

    @pytest.mark.parametrize("days", [0, 1])
    def test_a_certificate_entered_after_the_proof_is_a_warning(self, days):  # 94
        lines = [
            replace(line, entered=DAY + timedelta(days=days)) if isinstance(line, CertificateLine) else line
            for line in lines_of(FILES)
        ]
        account = account_of(sorted(lines, key=lambda line: line.entered), dated=DAY + timedelta(days=1))
        judged = verdict(judge(*FILES, account=account, at=AT + timedelta(days=2)), LEAF)
        late = [one for one in judged.findings if one.code == "CERTIFICATE_ENTERED_LATE"]
        assert [one.weight for one in late] == [Weight.WARNING] * (2 * days)

    def test_the_office_is_asked_about_on_the_proven_day(self):  # 48
        later = STAMPED.date() + timedelta(days=200)
        lines = [
            replace(line, ends=later - timedelta(days=1))
            if isinstance(line, AssignmentLine) and line.person == HEAD.person
            else line
            for line in lines_of(FILES)
        ]
        account = account_of(lines, next_by=date(2026, 12, 31))
        judged = verdict(judge(*FILES, account=account, at=AT + timedelta(days=200)), MIDDLE)
        assert not codes(judged) & {"OFFICE_UNPROVEN", "OFFICE_NOT_HELD"}


@pytest.mark.parametrize(("days", "expected"), [(0, []), (-1, [Weight.WARNING])], ids=["in time", "backdated"])
def test_an_amendment_proven_complete_after_its_first_day_is_a_warning(days, expected):  # 92
    first = STAMPED.date() + timedelta(days=days)
    amendment = in_time(amended(LEAF, first_day=first))
    judged = verdict(judge(*FILES, amendment), amendment.facts.content)
    late = [one for one in judged.findings if one.code == "AMENDMENT_COMPLETED_LATE"]
    assert [one.weight for one in late] == expected
    assert all(str(first) in one.message() for one in late)


def test_of_an_amendment_that_nothing_proves_nothing_is_said():
    amendment = exhibit(amended(LEAF, first_day=STAMPED.date() - timedelta(days=1)))
    judged = verdict(judge(*FILES, amendment), amendment.facts.content)
    assert "AMENDMENT_COMPLETED_LATE" not in codes(judged)


class TestSeal:
    """An organisation's seal before the parties sign."""

    def judged(self, signer: FileSigner, **changes: object) -> set[str]:
        pdf = Beside(signer, name=b"segel").append(issued(ROOT))
        sealed = Exhibit("root.pdf", examine_pdf(Hand(signer_of(MAYOR)).sign(pdf, Role.FIRST)))
        assert sealed.facts.findings == ()
        by = replace(training_trust(), **changes)  # type: ignore[arg-type]  # names of fields
        one = verdict(judge(sealed, trust=by), ROOT)
        assert one.result is (Result.FAILED if changes else Result.PASSED)
        return codes(one)

    def test_one_of_the_organisation_needs_no_word(self):
        assert self.judged(signer_of(HEAD)) == set()

    def test_one_of_another_organisation_is_a_warning(self):
        assert "SEAL_OTHER" in self.judged(signer_of(HEAD), organisation="Pemerintah Kota Lain")

    def test_one_of_nobody_known_is_a_warning(self):
        certificate = made(issuer=make_root(KeyKind.P256, at=BEGUN))
        sealed = replace(facts(ROOT), seal=replace(facts(ROOT).signatures[0], certificate=certificate, end=1))
        judged = verdict(judge(Exhibit("root.pdf", sealed)), ROOT)
        assert (judged.result, codes(judged)) == (Result.PASSED, {"SEAL_NOT_BELIEVED"})


def test_facts_of_timestamped_files_are_plain_values():
    one: Facts = in_time(LEAF).facts
    assert all(signature.timestamp for signature in one.signatures)
    assert "0x" not in repr(one.signatures[0].timestamp)
