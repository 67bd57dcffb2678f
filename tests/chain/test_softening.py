"""Step 8: what is promised as less or as something else than above or before. Warnings for an auditor, never more."""

from dataclasses import replace

import pytest

from pkdocs.chain import softening
from pkdocs.chain.softening import amendment_findings, budget_findings, carried_findings, change_findings
from pkdocs.content import Budget, Content, Expense, Goal, Promise, Value
from pkdocs.plan import Mode, Polarity, Tier
from pkdocs.review import covers
from pkdocs.verification import Result, Step, Weight
from tests.chain.kit import LEAF, MIDDLE, ROOT, amended, codes, judge, verdict

ABOVE = Promise("A-1", "Sertifikat terbit", Value(number="300"), Polarity.UP, Mode.CUMULATIVE, unit="bidang")
BELOW = replace(ABOVE, code="B-1", answers_to=("A-1",), target=Value(number="100"))


def softer(content: Content, **changes: object) -> Content:
    goal = content.goals[0]
    return replace(content, goals=(Goal(goal.text, (replace(goal.indicators[0], **changes), *goal.indicators[1:])),))  # type: ignore[arg-type]  # names of fields


@pytest.mark.parametrize(
    ("targets", "expected"),
    [(["100", "200"], []), (["100", "150"], ["INDICATOR_SUM_WEAKER"]), (["299"], ["INDICATOR_SUM_WEAKER"])],
    ids=["enough", "too little", "one alone"],
)
def test_what_is_counted_up_is_summed_over_those_who_carry_it(targets, expected):  # 62
    carriers = [replace(BELOW, target=Value(number=target)) for target in targets]
    assert [finding.code for finding in carried_findings(ABOVE, carriers)] == expected


def test_of_what_is_better_lower_the_sum_may_not_be_more():  # 62
    above = replace(ABOVE, polarity=Polarity.DOWN)
    carriers = [replace(BELOW, polarity=Polarity.DOWN, target=Value(number=target)) for target in ("200", "101")]
    (finding,) = carried_findings(above, carriers)
    assert (finding.step, finding.weight) == (Step.CASCADE, Weight.WARNING)
    assert dict(finding.params) == {"indicator": "A-1", "sum": "301", "target": "300"}
    assert finding.message("id") != finding.message("en")


def test_of_what_is_no_sum_the_best_must_reach_it():  # 62
    above = replace(ABOVE, mode=Mode.LAST, unit="%", target=Value(number="90"))
    below = replace(BELOW, mode=Mode.LAST, unit="%")
    good, weak = replace(below, target=Value(number="92")), replace(below, target=Value(number="80"))
    assert list(carried_findings(above, [weak, good])) == []
    assert [finding.code for finding in carried_findings(above, [weak])] == ["INDICATOR_SUM_WEAKER"]


@pytest.mark.parametrize(
    "change",
    [{"text": "Berkas"}, {"unit": "berkas"}, {"mode": Mode.LAST}, {"target": Value(category="Baik")}],
    ids=["another name", "another unit", "another mode", "no number"],
)
def test_what_is_something_else_is_not_summed(change):
    assert list(carried_findings(ABOVE, [replace(BELOW, **change)])) == []


def test_the_sum_is_judged_in_the_set():  # 62
    above = softer(MIDDLE, text="Sertifikat terbit", unit="bidang", mode=Mode.CUMULATIVE, target=Value(number="300"))
    child = replace(softer(LEAF, text="Sertifikat terbit", unit="bidang", mode=Mode.CUMULATIVE, quarters=()))
    child = replace(child, parent=replace(child.parent, digest=above.digest))
    judged = judge(ROOT, above, child)
    assert codes(verdict(judged, above)) == {"INDICATOR_SUM_WEAKER"}
    assert verdict(judged, above).result is Result.PASSED


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"target": Value(number="3.90")}, "AMENDMENT_SOFTER"),
        ({"polarity": Polarity.DOWN}, "AMENDMENT_REDEFINED"),
        ({"unit": "%"}, "AMENDMENT_REDEFINED"),
        ({"mode": Mode.LAST}, "AMENDMENT_REDEFINED"),
        ({"definition": "Nilai sendiri"}, "AMENDMENT_REDEFINED"),
        ({"code": "KOMINFO-2"}, "AMENDMENT_DROPPED"),
        ({"target": Value(number="4.20")}, None),
    ],
    ids=["target", "direction", "unit", "mode", "definition", "dropped", "stronger"],
)
def test_what_an_amendment_softens_is_a_warning(change, code):  # 62, 81
    later = softer(amended(MIDDLE), **change)
    found = verdict(judge(ROOT, MIDDLE, later), later)
    assert codes(found) - {"INDICATOR_NOT_CARRIED"} == ({code} if code else set())
    assert found.result is Result.PASSED


def test_a_category_is_softer_by_its_scale():  # 62
    before = softer(MIDDLE, polarity=Polarity.CATEGORY, target=Value(category="A"), unit="predikat")
    later = softer(amended(before), target=Value(category="BB"))
    assert [finding.code for finding in amendment_findings(later, before)] == ["AMENDMENT_SOFTER"]
    assert list(amendment_findings(before, before)) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"mode": Mode.LAST}, "INDICATOR_MODE_CHANGED"),
        ({"definition": "Nilai sendiri"}, "INDICATOR_DEFINITION_CHANGED"),
        ({"definition": None}, None),
    ],
    ids=["mode", "definition", "left to who is above"],
)
def test_what_an_indicator_of_the_same_name_means_is_compared(change, code):  # 81
    above = MIDDLE.indicators[0]
    assert [finding.code for finding in change_findings(replace(above, code="X-1", **change), above)] == (
        [code] if code else []
    )


@pytest.mark.parametrize(
    ("code", "amount", "expected"),
    [
        ("2.16.03", "4215300000", []),
        ("2.16.03.2.02", "4215300001", ["BUDGET_EXCEEDS_PARENT"]),
        ("1.01.02", "9999999999", []),
    ],
    ids=["as much", "more", "not the parent's"],
)
def test_a_budget_beyond_the_parents_is_a_warning(code, amount, expected):  # 61, 62
    lines = (Expense(code, Tier.PROGRAMME, "Program", amount),)
    child = replace(LEAF, budget=Budget(lines, amount))
    assert [finding.code for finding in budget_findings(child, MIDDLE)] == expected
    assert [finding.code for finding in budget_findings(MIDDLE, LEAF)] == []


def test_budgets_of_many_lines_are_compared_in_steps_that_grow_with_their_number(monkeypatch):  # 39
    asked: list[str] = []
    monkeypatch.setattr(softening, "covers", lambda above, code: asked.append(code) or covers(above, code))
    lines = tuple(Expense(f"2.16.{number:03}", Tier.PROGRAMME, "Program", "1") for number in range(400))
    many = Budget(lines, "400")
    assert list(budget_findings(replace(LEAF, budget=many), replace(MIDDLE, budget=many))) == []
    assert len(asked) == 400
