"""Judging with the register: what it proves, and every way to contradict it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from pkdocs.chain import AgreementVerdict, Exhibit, SetVerdict
from pkdocs.content import Content, Parties, Role
from pkdocs.profile import Ground
from pkdocs.register import (
    Account,
    AgreementLine,
    AssignmentLine,
    CertificateLine,
    Line,
    PositionLine,
    Proven,
    State,
    Stretch,
    TemplateLine,
)
from pkdocs.roster import Level, Status
from pkdocs.verification import Result, Step, Weight, find
from tests.chain.books import DAY, account_of, lines_of
from tests.chain.kit import (
    AT,
    DIVISION_HEAD,
    HEAD,
    LATER,
    LEAF,
    MIDDLE,
    ROOT,
    amended,
    codes,
    exhibit,
    judge,
    results,
    second,
    verdict,
)
from tests.factory import reference
from tests.signed import training_trust

FILES = (exhibit(ROOT), exhibit(MIDDLE), exhibit(LEAF))
LINES = lines_of(FILES)
DECEMBER = datetime.fromisoformat("2026-12-01T10:00:00+07:00")


def changed(lines: list[Line], wanted: Callable[[Line], bool], **changes: object) -> list[Line]:
    """Return ``lines`` with every line that is ``wanted`` changed; at least one is."""
    assert any(map(wanted, lines))
    return [replace(line, **changes) if wanted(line) else line for line in lines]  # type: ignore[arg-type]  # names of fields


def without(lines: list[Line], wanted: Callable[[Line], bool]) -> list[Line]:
    assert any(map(wanted, lines))
    return [line for line in lines if not wanted(line)]


def is_office(line: Line, key: str = "KOMINFO.APTIKA") -> bool:
    return isinstance(line, AssignmentLine) and line.position == key


def is_listed(line: Line, content: Content = LEAF) -> bool:
    return isinstance(line, AgreementLine) and line.content == content.digest


def judged(lines: list[Line], *files: Exhibit, at: datetime = LATER, **head: object) -> SetVerdict:
    return judge(*(files or FILES), account=account_of(lines, **head), at=at)


def leaf(lines: list[Line], *files: Exhibit, at: datetime = LATER, **head: object) -> AgreementVerdict:
    return verdict(judged(lines, *files, at=at, **head), LEAF)


def weights(one: SetVerdict) -> dict[str, Weight]:
    return {finding.code: finding.weight for finding in one.findings}


def test_a_whole_set_passes() -> None:
    whole = judged(LINES)
    assert set(results(whole).values()) == {Result.PASSED}
    assert (whole.result, whole.findings) == (Result.PASSED, ())
    assert whole.register is not None
    assert whole.register.version == 3


def test_a_register_that_is_not_believed_judges_nothing() -> None:
    wrong = find("HEAD_THRESHOLD", Step.SET, Weight.UNKNOWN)
    whole = judge(*FILES, account=Account(None, (wrong,)))
    assert set(results(whole).values()) == {Result.PASSED}
    assert (whole.result, set(weights(whole))) == (Result.INDETERMINATE, {"HEAD_THRESHOLD", "REGISTER_NOT_BELIEVED"})
    assert whole.register is None


def test_the_root_is_the_registers_where_the_trust_file_names_none() -> None:
    trust = replace(training_trust(), root_position="")
    assert judge(*FILES, account=account_of(LINES), trust=trust).result is Result.PASSED
    elsewhere = judge(*FILES, account=account_of(LINES, root_position="GUBERNUR"), trust=trust)
    assert "NOT_THE_ROOT" in codes(verdict(elsewhere, ROOT))


# --- persons and offices


def test_an_office_that_was_never_held_is_a_contradiction() -> None:
    lines = changed(LINES, lambda line: is_office(line) and line.person == DIVISION_HEAD.person, person="Z" * 16)
    one = leaf(lines)
    assert (codes(one), one.own) == ({"OFFICE_NOT_HELD"}, Result.FAILED)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ({"begins": DAY}, set()),
        ({"ends": DAY}, {"OFFICE_UNPROVEN"}),
        ({"begins": DAY + timedelta(days=1)}, {"OFFICE_UNPROVEN"}),
        ({"ends": DAY - timedelta(days=1)}, {"OFFICE_NOT_HELD"}),
    ],
)
def test_both_the_claimed_day_and_that_of_judging_count_where_no_signed_bytes_are_listed(
    days: dict[str, date], expected: set[str]
) -> None:
    before = changed(LINES, is_listed, state=State.ISSUED, signed=None)
    assert codes(leaf(changed(before, is_office, **days))) == expected


def test_the_day_of_entry_proves_what_the_day_of_judging_cannot() -> None:
    left = changed(LINES, is_office, ends=date(2026, 6, 30))
    assert codes(leaf(left, at=DECEMBER)) == set()
    unlisted = changed(left, is_listed, state=State.ISSUED, signed=None)
    assert codes(leaf(unlisted, at=DECEMBER)) == {"OFFICE_UNPROVEN"}


def test_a_timestamp_over_the_head_that_first_lists_the_signed_bytes_proves_their_time() -> None:
    moment = AT + timedelta(hours=1)
    account = account_of(LINES)
    assert account.register is not None
    place = account.register.signed_at[LEAF.digest]

    def proven(*heads: Proven) -> AgreementVerdict:
        register = replace(account.register, proven=heads)  # type: ignore[type-var]  # believed
        return verdict(judge(*FILES, account=replace(account, register=register), at=DECEMBER), LEAF)

    def notes(one: AgreementVerdict) -> list[str]:
        return [str(dict(finding.params)["proven"]) for finding in one.findings if finding.code == "PROVEN_TIME"]

    late, early = Proven(len(LINES), moment + timedelta(hours=2)), Proven(place + 1, moment)
    assert notes(proven(late, early)) == ["2026-01-22 10:15 WIB"] * 2
    # a head that does not have the line yet, or one that is later than the day of entry, adds nothing
    assert notes(proven(Proven(place, moment))) == []
    assert notes(proven(Proven(len(LINES), moment + timedelta(days=9)))) == []


def test_signed_bytes_that_are_listed_prove_no_signature_that_came_after_them() -> None:
    first_only = Stretch(FILES[2].facts.revisions[1][1], FILES[2].facts.revisions[1][0])
    lines = changed(LINES, lambda line: isinstance(line, AgreementLine) and line.id == LEAF.id, signed=first_only)
    borne = verdict(judge(*FILES, account=account_of(lines), at=DECEMBER), LEAF).borne
    assert [one.role for one in borne if one.proven] == [Role.FIRST]
    whole = verdict(judge(*FILES, account=account_of(LINES), at=DECEMBER), LEAF).borne
    assert all(one.proven for one in whole)


def test_days_are_those_of_the_zone() -> None:
    assert AT.date() == DAY
    early = changed(LINES, is_office, begins=DAY)
    assert codes(leaf(early)) == set()


def test_days_after_the_head_are_unknown_not_failed() -> None:
    lines = changed(LINES, is_office, begins=date(2026, 3, 1))
    one = leaf(lines, dated=date(2026, 1, 10))
    assert codes(one) == {"OFFICE_UNPROVEN"}


def test_a_certificate_of_another_person_is_a_contradiction() -> None:
    def is_theirs(line: Line) -> bool:
        return isinstance(line, CertificateLine) and line.person == DIVISION_HEAD.person

    one = leaf(changed(LINES, is_theirs, person="Z" * 16))
    assert "PERSON_OTHER" in codes(one)
    # a training certificate that is not listed names its person itself
    assert codes(leaf(without(LINES, is_theirs))) == set()


def test_whose_a_certificate_in_earnest_is_only_the_register_shows() -> None:
    trust = training_trust()
    earnest = replace(trust, anchors=tuple(replace(anchor, training=False) for anchor in trust.anchors))
    unknown = judge(*FILES, trust=earnest)
    assert {"PERSON_UNKNOWN", "TRIAL_PERSONS"} <= codes(verdict(unknown, LEAF))
    known = judge(*FILES, trust=earnest, account=account_of(LINES))
    assert codes(verdict(known, LEAF)) == {"TRIAL_PERSONS"}


# --- the chain


STAND_IN = replace(HEAD, person="D" * 16, name="Pengganti", office="Plh. Kepala Dinas", status=Status.PLH)


def with_stand_in() -> Content:
    return replace(LEAF, parties=Parties(DIVISION_HEAD, second(STAND_IN)))


def test_a_stand_in_is_known_by_the_register_alone() -> None:
    content = with_stand_in()
    files = (exhibit(ROOT), exhibit(MIDDLE), exhibit(content))
    assert codes(verdict(judge(*files), content)) == {"NEEDS_REGISTER"}
    lines = lines_of(files)
    whole = judged(lines, *files)
    assert (codes(verdict(whole, content)), whole.result) == (set(), Result.PASSED)
    assert "STAND_IN" in {finding.code for finding in verdict(whole, content).findings}
    unknown = judged(without(lines, lambda line: getattr(line, "person", "") == STAND_IN.person), *files)
    assert "OFFICE_NOT_HELD" in codes(verdict(unknown, content))


def test_an_officer_replaced_is_known_by_the_register_alone() -> None:
    successor = replace(DIVISION_HEAD, person="E" * 16, name="Penerus")
    later = amended(
        LEAF,
        parties=Parties(successor, second(HEAD)),
        amendment=replace(amended(LEAF).amendment, ground=Ground.STRATEGY),
    )
    files = (*FILES, exhibit(later))
    assert "OFFICER_NEEDS_REGISTER" in codes(verdict(judge(*files), later))
    whole = judged(lines_of(files), *files)
    assert codes(verdict(whole, later)) == set()
    assert "SUPERSEDED" in {finding.code for finding in verdict(whole, LEAF).findings}


def test_another_position_above_than_the_registers_is_named() -> None:
    lines = changed(
        LINES, lambda line: isinstance(line, PositionLine) and line.key == "KOMINFO.APTIKA", superior="SETDA"
    )
    assert codes(leaf(lines)) == {"SUPERIOR_OTHER"}
    signs = changed(
        lines, lambda line: isinstance(line, PositionLine) and line.key == "KOMINFO.APTIKA", signs_with="KOMINFO"
    )
    assert codes(leaf(signs)) == set()


# --- what is listed


@pytest.mark.parametrize(("closed", "result"), [(None, Result.INDETERMINATE), (True, Result.FAILED)])
def test_what_is_not_listed_is_unknown_while_the_year_is_open(closed: bool | None, result: Result) -> None:
    lines = without(LINES, is_listed)
    one = leaf(lines, closed=closed)
    assert (codes(one), one.own) == ({"UNLISTED"}, result)
    assert weights(judged(lines)) == {"SET_UNLISTED": Weight.UNKNOWN, "SET_IDLE_POSITIONS": Weight.WARNING}


def test_a_draft_that_was_taken_back_is_a_contradiction() -> None:
    drafted = changed(LINES, is_listed, state=State.ISSUED, signed=None)
    (line,) = filter(is_listed, drafted)
    assert codes(leaf([*drafted, replace(line, void=True)])) == {"DRAFT_REPLACED"}


def test_another_content_of_the_id_is_a_contradiction() -> None:
    assert codes(leaf(changed(LINES, is_listed, content="5" * 64))) == {"CONTENT_OTHER"}


def test_other_bytes_of_the_content_are_a_contradiction() -> None:
    (line,) = filter(is_listed, LINES)
    assert isinstance(line, AgreementLine)
    assert codes(leaf(changed(LINES, is_listed, issued=replace(line.issued, digest="5" * 64)))) == {"ISSUE_OTHER"}


def test_another_signed_file_and_one_cut_back_are_told_apart() -> None:
    (line,) = filter(is_listed, LINES)
    assert isinstance(line, AgreementLine)
    assert line.signed is not None
    other = changed(LINES, is_listed, signed=Stretch("5" * 64, line.signed.length))
    assert "SIGNED_OTHER" in codes(leaf(other))
    cut = (exhibit(ROOT), exhibit(MIDDLE), exhibit(LEAF, Role.FIRST))
    assert {"FILE_CUT_BACK", "SIGNATURE_MISSING"} <= codes(leaf(LINES, *cut))


def test_a_template_that_is_not_listed_is_a_contradiction() -> None:
    assert codes(leaf(changed(LINES, lambda line: isinstance(line, TemplateLine), digest="5" * 64))) == {
        "TEMPLATE_UNLISTED"
    }


# --- the set


def test_a_listed_agreement_without_a_file_makes_the_set_unknown() -> None:
    whole = judged(LINES, *FILES[:2])
    assert (whole.result, weights(whole)) == (Result.INDETERMINATE, {"SET_MISSING": Weight.UNKNOWN})


def test_two_signed_contents_of_one_id_fail_the_set() -> None:
    (line,) = filter(is_listed, LINES)
    whole = judged([*LINES, replace(line, content="5" * 64)])
    assert weights(whole)["SET_LISTED_TWICE"] is Weight.FAIL
    assert whole.result is Result.FAILED


def test_a_position_that_is_held_and_promises_nothing_is_a_warning() -> None:
    idle = [
        PositionLine(DAY, "KOMINFO.IKP", "Kepala Bidang", "Dinas", Level.ADMINISTRATOR, "KOMINFO"),
        AssignmentLine(DAY, "F" * 16, "KOMINFO.IKP", Status.DEFINITIVE),
    ]
    whole = judged([*LINES, *idle])
    assert (whole.result, weights(whole)) == (Result.PASSED, {"SET_IDLE_POSITIONS": Weight.WARNING})
    # a stand-in makes no agreement of his own
    assert weights(judged([*LINES, idle[0], replace(idle[1], status=Status.PLH)])) == {}


def test_a_superseded_version_is_still_awaited_in_the_set() -> None:
    later = amended(LEAF)
    files = (*FILES, exhibit(later))
    assert judged(lines_of(files), *files).result is Result.PASSED
    assert reference(LEAF) == later.amendment.supersedes  # type: ignore[union-attr]  # amended
    assert "SET_MISSING" in weights(judged(lines_of(files), exhibit(ROOT), exhibit(MIDDLE), exhibit(later)))
