"""What an auditor would ask: each warning by one change of a plan that is in order."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkdocs.cascade import build_cascade
from pkdocs.plan import BudgetLine, Indicator, Mode, Plan, Polarity, Target, Tier
from pkdocs.problem import Place
from pkdocs.profile import Profile
from pkdocs.review import deadline, is_weaker, quarters_fit, review
from pkdocs.roster import Assignment, Employment, Level, Person, Roster, Status

PROFILE = Profile("Pemerintah Kota Wanasari", 2026, "Wanasari", date(2026, 1, 22), dpa_date=date(2026, 1, 5))
INDICATOR = Indicator(
    place=Place("Indikator", 2),
    code="A-1",
    position="A",
    goal="Meningkatnya mutu",
    text="Indeks mutu",
    unit="indeks",
    target=Target.of(Decimal("4.10")),
    polarity=Polarity.UP,
    mode=Mode.YEARLY,
)
CHILD = replace(
    INDICATOR, place=Place("Indikator", 3), code="B-1", position="B", text="Jumlah berkas", answers_to=("A-1",)
)


def number(written: str) -> Target:
    return Target.of(Decimal(written))


def assignment(at: int, code: str, superior: str, level: Level) -> Assignment:
    holder = Person(number=f"id-{code}", name=code, employment=Employment.PNS)
    return Assignment(
        Place("Pejabat", at), code, f"Jabatan {code}", "Dinas", level, Status.DEFINITIVE, holder, superior=superior
    )


def money(of: str, amount: int, *, goal: int | None = 1, code: str = "2.16.03") -> BudgetLine:
    return BudgetLine(Place("Anggaran", amount), of, code, Tier.PROGRAMME, "Program", amount, goal=goal)


PLAN = Plan(indicators=(INDICATOR, CHILD), budget=(money("A", 1000), money("B", 900, code="2.16.03.2.02")))


def warnings(*, plan: Plan = PLAN, profile: Profile = PROFILE) -> list[tuple[str, str | None]]:
    rows = (assignment(2, "A", "", Level.HEAD_OF_REGION), assignment(3, "B", "A", Level.JPT_PRATAMA))
    cascade = build_cascade(profile, Roster(rows), plan)
    return [(problem.code, problem.place.column) for problem in review(profile, cascade, plan)]


def test_a_plan_in_order_gives_no_warning() -> None:
    assert warnings() == []


def changed(child: Indicator) -> Plan:
    return replace(PLAN, indicators=(INDICATOR, child))


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (changed(replace(CHILD, answers_to=(), stands_alone=True)), [("NOT_CARRIED", "Kode")]),
        (changed(replace(CHILD, answers_to=())), [("NOT_CARRIED", "Kode"), ("WITHOUT_PARENT", "Induk")]),
        (changed(replace(CHILD, baseline=number("4.20"))), [("TARGET_WEAKER", "Target")]),
        (changed(replace(CHILD, quarters=(None, None, None, number("4.00")))), [("QUARTERS_UNFIT", "TW4")]),
        (changed(replace(CHILD, text="INDEKS MUTU", unit="%")), [("UNIT_DIFFERS", "Satuan")]),
        (changed(replace(CHILD, text="Indeks Mutu", polarity=Polarity.DOWN)), [("POLARITY_DIFFERS", "Polaritas")]),
        (replace(PLAN, budget=()), [("GOAL_WITHOUT_BUDGET", "Sasaran")] * 2),
        (replace(PLAN, budget=(money("A", 1000), money("B", 2000))), [("BUDGET_ABOVE_PARENT", "Anggaran")]),
    ],
)
def test_each_question_of_an_auditor_is_one_warning(plan: Plan, expected: list[tuple[str, str]]) -> None:
    assert warnings(plan=plan) == expected


def test_what_is_marked_as_own_need_not_be_carried() -> None:
    own = replace(INDICATOR, own=True)
    plan = replace(PLAN, indicators=(own, replace(CHILD, answers_to=(), stands_alone=True)))
    assert warnings(plan=plan) == []


def test_late_is_later_than_one_calendar_month_after_the_budget_document() -> None:
    assert warnings(profile=replace(PROFILE, agreement_date=date(2026, 2, 5))) == []
    late = warnings(profile=replace(PROFILE, agreement_date=date(2026, 2, 6)))
    assert late == [("LATE", "Tanggal Perjanjian")] * 2


@pytest.mark.parametrize(
    ("dpa", "last"),
    [
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2025, 12, 30), date(2026, 1, 30)),
        (date(2028, 1, 30), date(2028, 2, 29)),
        (date(2026, 1, 5), date(2026, 2, 5)),
    ],
)
def test_the_limit_is_the_same_day_of_the_next_month_or_its_last(dpa: date, last: date) -> None:
    assert deadline(dpa) == last


SAKIP = ("D", "C", "CC", "B", "BB", "A", "AA")


@pytest.mark.parametrize(
    ("target", "before", "polarity", "weaker"),
    [
        (number("4.10"), number("4.20"), Polarity.UP, True),
        (number("4.20"), number("4.20"), Polarity.UP, False),
        (number("5.50"), number("5.05"), Polarity.DOWN, True),
        (number("4.95"), number("5.05"), Polarity.DOWN, False),
        (Target(Decimal("5.1"), Decimal("5.5")), number("5.2"), Polarity.UP, True),
        (Target(category="B"), Target(category="BB"), Polarity.CATEGORY, True),
        (Target(category="a"), Target(category="BB"), Polarity.CATEGORY, False),
        (Target(category="WTP"), Target(category="BB"), Polarity.CATEGORY, False),
        (Target(Decimal(60), Decimal(85)), number("90"), Polarity.RANGE, False),
        (number("1"), number("0"), Polarity.ZERO, True),
        (Target(category="BB"), number("70"), Polarity.UP, False),
    ],
)
def test_weaker_is_judged_in_the_direction_of_the_indicator(
    target: Target, before: Target, polarity: Polarity, weaker: bool
) -> None:
    assert is_weaker(target, before, polarity, SAKIP) is weaker


@pytest.mark.parametrize(
    ("mode", "quarters", "target", "fit"),
    [
        (Mode.LAST, ("20", "40", "60", "75"), "75", True),
        (Mode.LAST, ("20", "40", "60", None), "75", False),
        (Mode.CUMULATIVE, ("1", "2", "3", "4"), "10", True),
        (Mode.CUMULATIVE, ("1", "2", "3", "10"), "10", False),
        (Mode.YEARLY, (None, None, None, "10"), "10", True),
        (Mode.YEARLY, ("0", "0", "0", "10"), "10", True),
        (Mode.YEARLY, ("5", None, None, "10"), "10", False),
        (Mode.MEAN, ("80", "81", "81", "82"), "81", True),
        (Mode.MEAN, ("80", "81", "81", "90"), "81", False),
        (Mode.HIGHEST, ("80", "95", "81", "90"), "95", True),
        (Mode.HIGHEST, ("80", "95", "81", "90"), "90", False),
    ],
)
def test_quarters_fit_the_mode(mode: Mode, quarters: tuple[str | None, ...], target: str, fit: bool) -> None:
    given_quarters = tuple(number(entry) if entry else None for entry in quarters)
    assert quarters_fit(replace(INDICATOR, mode=mode, quarters=given_quarters, target=number(target))) is fit


@given(st.lists(st.decimals(0, 100, places=2), min_size=4, max_size=4))
def test_increments_always_fit_their_own_sum(increments: list[Decimal]) -> None:
    row = replace(
        INDICATOR,
        mode=Mode.CUMULATIVE,
        quarters=tuple(Target.of(value) for value in increments),
        target=Target.of(sum(increments, Decimal())),
    )
    assert quarters_fit(row)
