"""What must be there, what is there, and what it came to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pkdocs.chain import Expected
from pkdocs.content import Role
from pkdocs.report.completeness import by_unit, by_unit_and_level, missing, whole
from pkdocs.report.people import people
from pkdocs.roster import Level
from pkdocs.verification import Result, Step, Weight, find
from tests.factory import division_content, head_content, root_content
from tests.report.test_tree import SET, lines, verdict
from tests.report.test_tree import whole as joined

ROOT, HEAD, DIVISION = root_content(), head_content(), division_content()
EXPECTED = tuple(
    Expected(one.id, one.position.unit, one.position.level, one.position.key) for one in (ROOT, HEAD, DIVISION)
)
ABSENT = Expected("PK-2026-DINKES-1", "Dinas Kesehatan", Level.JPT_PRATAMA, "DINKES")
UNPLACED = Expected("PK-2026-LAMA-1", "Dinas Kesehatan", None, "LAMA")


def test_without_anybody_who_says_it_nothing_is_required_and_nothing_is_missing() -> None:
    assert missing(SET) == ()
    counted = whole(SET).tally
    assert (counted.required, counted.present, counted.missing) == (None, 3, None)
    assert [line for line in lines(SET) if "required –" in line] != []


def test_what_is_required_and_not_there_is_missing_in_its_unit_and_level() -> None:
    judged = replace(SET, expected=(*EXPECTED, ABSENT, UNPLACED))
    assert missing(judged) == (ABSENT, UNPLACED)
    assert list(by_unit(judged))[-1] == "Dinas Kesehatan"
    rows = {(unit, level): (one.required, one.present, one.missing) for unit, level, one in by_unit_and_level(judged)}
    assert rows["Dinas Kesehatan", Level.JPT_PRATAMA] == (1, 0, 1)
    assert rows["Dinas Kesehatan", None] == (1, 0, 1)
    assert rows["Dinas Komunikasi dan Informatika", Level.JPT_PRATAMA] == (1, 1, 0)
    assert any(line.startswith("  Dinas Kesehatan: required 2") for line in lines(judged))


def test_copies_of_one_agreement_do_not_make_up_for_another_that_is_not_there() -> None:
    first, *rest = SET.agreements
    copies = (first, replace(first, file="salinan.pdf"), replace(first, file="lagi.pdf", result=Result.FAILED))
    counted = whole(replace(SET, agreements=(*copies, *rest), expected=(*EXPECTED, ABSENT))).tally
    assert (counted.required, counted.present, counted.missing) == (4, 3, 1)
    assert sum(counted.results.values()) == 3
    # it counts as the worst of its files
    assert counted.results[Result.FAILED] == 1


def test_ids_are_told_apart_without_case() -> None:
    expected = tuple(replace(one, id=one.id.lower()) for one in EXPECTED)
    assert missing(replace(SET, expected=expected)) == ()


def test_who_lacks_a_signature_counts_as_signed_by_one() -> None:
    counted = whole(SET).tally
    assert (counted.unsigned, counted.partly, counted.fully) == (0, 2, 1)
    assert (counted.results[Result.PASSED], counted.open) == (1, 2)


@pytest.mark.parametrize(
    ("days", "late", "undated"), [(None, 0, 1), (0, 0, 0), (1, 1, 0)], ids=["unproven", "on the day", "the day after"]
)
def test_late_is_what_is_proven_only_after_the_printed_date(days: int | None, late: int, undated: int) -> None:
    done = verdict(ROOT)
    if days is not None:
        day = datetime(2026, 1, 22, 5, tzinfo=UTC) + timedelta(days=days)
        late_finding = (
            (find("COMPLETED_LATE", Step.CHAIN, Weight.WARNING, first="2026-01-22", proven="2026-01-23"),)
            if days
            else ()
        )
        done = replace(done, completed=day, findings=late_finding)
    counted = whole(joined(done)).tally
    assert (counted.late, counted.undated) == (late, undated)


def test_many_units_that_lack_something_are_cut_short() -> None:
    expected = tuple(replace(ABSENT, id=f"PK-2026-A{number}-1", unit=f"Dinas {number}") for number in range(9))
    shown = lines(replace(SET, expected=expected))
    assert len([line for line in shown if line.startswith("  Dinas ") and "required" in line]) == 5
    assert "  … and 4 more" in shown


def test_people_are_told_once_with_all_their_roles() -> None:
    found = {one.person: one for one in people(SET)}
    mayor, head = found[ROOT.parties.first.person], found[HEAD.parties.first.person]
    assert (mayor.count(Role.FIRST), mayor.count(Role.SECOND), mayor.awaited) == (1, 1, 1)
    assert (head.count(Role.FIRST), head.count(Role.SECOND), head.awaited) == (1, 1, 1)
    assert head.proven == ()
