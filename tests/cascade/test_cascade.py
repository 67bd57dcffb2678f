"""How rows of Pejabat hang together: each rule one change of a city that is in order."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkdocs.cascade import Cascade, build_cascade, reference_problems
from pkdocs.plan import BudgetLine, Indicator, Mode, Plan, Polarity, Target, Tier
from pkdocs.problem import EVERYTHING, Place, Severity
from pkdocs.profile import Ground, Kind, Profile
from pkdocs.roster import Assignment, Broken, Employment, Level, Person, Roster, Status

PROFILE = Profile("Pemerintah Kota Wanasari", 2026, "Wanasari", date(2026, 1, 22), dpa_date=date(2026, 1, 5))


def person(name: str) -> Person:
    return Person(number=f"id-{name}", name=name, employment=Employment.PNS, grade="III/d", rank="Penata Tingkat I")


def row(at: int, code: str, superior: str, level: Level, **changes: object) -> Assignment:
    basic = Assignment(
        place=Place("Pejabat", at),
        code=code,
        title=f"Jabatan {code}",
        unit="Dinas",
        level=level,
        status=Status.DEFINITIVE,
        person=person(code),
        superior=superior,
    )
    return replace(basic, **changes)  # type: ignore[arg-type]  # each test names fields of the row


def indicator(of: str, number: int = 1, **changes: object) -> Indicator:
    basic = Indicator(
        place=Place("Indikator", sum(of.encode()) * 100 + number),
        code=f"{of}-{number}",
        position=of,
        goal="Meningkatnya mutu",
        text=f"Indeks {of}",
        unit="indeks",
        target=Target.of(Decimal("4.10")),
        polarity=Polarity.UP,
        mode=Mode.YEARLY,
    )
    return replace(basic, **changes)  # type: ignore[arg-type]  # each test names fields of the row


CITY = {
    "WALIKOTA": row(2, "WALIKOTA", "", Level.HEAD_OF_REGION),
    "KOMINFO": row(3, "KOMINFO", "WALIKOTA", Level.JPT_PRATAMA),
    "APTIKA": row(4, "APTIKA", "KOMINFO", Level.ADMINISTRATOR),
    "TIM": row(5, "TIM", "APTIKA", Level.FUNCTIONAL, role="Ketua Tim Kerja Aplikasi"),
    "STAF.1": row(6, "STAF", "APTIKA", Level.EXECUTIVE, number=1, person=person("S1")),
    "STAF.2": row(7, "STAF", "TIM", Level.EXECUTIVE, number=2, person=person("S2")),
    "DLH": row(8, "DLH", "WALIKOTA", Level.JPT_PRATAMA),
}
RIVAL = row(9, "KOMINFO", "WALIKOTA", Level.JPT_PRATAMA, person=person("X"))
PLAN = Plan(indicators=tuple(indicator(code) for code in ("WALIKOTA", "KOMINFO", "APTIKA", "TIM", "STAF", "DLH")))


def build(
    *,
    plan: Plan = PLAN,
    profile: Profile = PROFILE,
    touched: frozenset[str] = frozenset(),
    broken: tuple[Broken, ...] = (),
    added: tuple[Assignment, ...] = (),
    **changes: dict[str, object],
) -> Cascade:
    rows = [replace(CITY[key], **changes.get(key.replace(".", "_"), {})) for key in CITY]  # type: ignore[arg-type]
    gone = {entry.key for entry in broken}
    kept = tuple(entry for entry in (*rows, *added) if entry.key not in gone)
    return build_cascade(profile, Roster(kept, broken), plan, touched=touched)


def ids(cascade: Cascade) -> dict[str, str | None]:
    return {agreement.key: agreement.parent for agreement in cascade.agreements}


def errors(cascade: Cascade) -> list[tuple[str, int | None, str | None]]:
    found = (problem for problem in cascade.problems if problem.severity is Severity.ERROR)
    return [(problem.code, problem.place.row, problem.place.column) for problem in found]


def agreement(cascade: Cascade, key: str):
    return next(entry for entry in cascade.agreements if entry.key == key)


def test_a_city_in_order_gives_every_agreement_with_its_parent() -> None:
    cascade = build()
    assert not cascade.problems
    assert not cascade.stopped
    assert ids(cascade) == {
        "WALIKOTA": None,
        "KOMINFO": "PK-2026-WALIKOTA-1",
        "DLH": "PK-2026-WALIKOTA-1",
        "APTIKA": "PK-2026-KOMINFO-1",
        "TIM": "PK-2026-APTIKA-1",
        "STAF.1": "PK-2026-APTIKA-1",
        "STAF.2": "PK-2026-APTIKA-1",
    }


def test_a_team_lead_without_authority_is_passed_over_and_one_with_it_signs() -> None:
    assert agreement(build(), "STAF.2").above == ("TIM", "APTIKA", "KOMINFO", "WALIKOTA")
    with_authority = build(profile=replace(PROFILE, team_lead_signs=True))
    assert agreement(with_authority, "STAF.2").parent == "PK-2026-TIM-1"


def test_a_vacant_position_is_passed_over() -> None:
    cascade = build(APTIKA={"status": Status.VACANT, "person": None})
    assert not cascade.problems
    assert agreement(cascade, "STAF.1").parent == "PK-2026-KOMINFO-1"
    assert "APTIKA" not in ids(cascade)


def test_a_stand_in_signs_while_the_holder_makes_the_agreement() -> None:
    stand_in = row(9, "KOMINFO", "WALIKOTA", Level.JPT_PRATAMA, status=Status.PLH, person=person("P"), version=2)
    cascade = build(added=(stand_in,))
    assert agreement(cascade, "APTIKA").second == stand_in
    assert agreement(cascade, "APTIKA").parent == "PK-2026-KOMINFO-1"
    assert [entry.id for entry in cascade.agreements if entry.key == "KOMINFO"] == ["PK-2026-KOMINFO-1"]


def test_who_left_before_the_agreement_makes_none_and_the_successor_signs() -> None:
    successor = row(
        9, "KOMINFO", "WALIKOTA", Level.JPT_PRATAMA, person=person("N"), begins=date(2026, 1, 10), first_day=None
    )
    cascade = build(KOMINFO={"ends": date(2026, 1, 9)}, added=(successor,))
    assert not errors(cascade)
    assert agreement(cascade, "KOMINFO").assignment == successor
    # nothing below can begin before the agreement that it hangs on
    assert agreement(cascade, "APTIKA").first_day == date(2026, 1, 10)


def test_a_new_officer_in_the_year_supersedes_and_leaves_those_below_alone() -> None:
    new = row(
        9, "KOMINFO", "WALIKOTA", Level.JPT_PRATAMA, person=person("N"), begins=date(2026, 7, 1),
        agreement_date=date(2026, 7, 3), version=2, ground=Ground.OFFICER,
    )  # fmt: skip
    cascade = build(KOMINFO={"ends": date(2026, 6, 30)}, added=(new,))
    assert not errors(cascade)
    later = next(entry for entry in cascade.agreements if entry.id == "PK-2026-KOMINFO-2")
    assert later.supersedes == "PK-2026-KOMINFO-1"
    assert later.first_day == date(2026, 7, 1)
    assert agreement(cascade, "APTIKA").parent == "PK-2026-KOMINFO-1"


def test_an_amendment_begins_on_its_date() -> None:
    profile = replace(PROFILE, kind=Kind.AMENDMENT, ground=Ground.STRATEGY, agreement_date=date(2026, 10, 1))
    changes = {key.replace(".", "_"): {"version": 2} for key in CITY}
    cascade = build(profile=profile, **changes)
    assert {entry.first_day for entry in cascade.agreements} == {date(2026, 10, 1)}


@pytest.mark.parametrize(
    ("code", "place", "build_it"),
    [
        ("TWO_HOLDERS", (3, "Kode Jabatan"), lambda: build(added=(RIVAL,))),
        ("NOT_YET_IN_OFFICE", (4, "TMT"), lambda: build(APTIKA={"begins": date(2026, 2, 1)})),
        ("SUPERIOR_UNKNOWN", (4, "Atasan"), lambda: build(APTIKA={"superior": "HILANG"})),
        ("SUPERIOR_UNKNOWN", (4, "Pihak Kedua"), lambda: build(APTIKA={"second": "HILANG"})),
        ("SUPERIOR_SHARED", (5, "Atasan"), lambda: build(TIM={"superior": "STAF"})),
        ("SUPERIOR_NOBODY", (4, "Atasan"), lambda: build(KOMINFO={"ends": date(2026, 1, 9)})),
        ("SELF_AGREEMENT", (4, "Pihak Kedua"), lambda: build(APTIKA={"person": person("KOMINFO")})),
        ("CIRCLE", (3, "Atasan"), lambda: build(KOMINFO={"superior": "APTIKA"})),
        ("NO_ROOT", (None, "Jenjang"), lambda: build(WALIKOTA={"level": Level.JPT_PRATAMA})),
        ("SECOND_ROOT", (2, "Jenjang"), lambda: build(DLH={"level": Level.HEAD_OF_REGION, "superior": ""})),
        ("ROOT_WITH_SUPERIOR", (2, "Atasan"), lambda: build(WALIKOTA={"superior": "DLH"})),
        ("DAYS_IMPOSSIBLE", (4, "Berlaku Mulai"), lambda: build(APTIKA={"first_day": date(2025, 12, 1)})),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_named_at_its_row(
    code: str, place: tuple[int, str], build_it: Callable[[], Cascade]
) -> None:
    assert (code, *place) in errors(build_it())


def test_a_person_is_never_superior_to_himself_even_through_an_acting_post() -> None:
    cascade = build(APTIKA={"person": person("KOMINFO"), "second": "WALIKOTA"})
    assert not errors(cascade)
    assert agreement(cascade, "APTIKA").parent == "PK-2026-WALIKOTA-1"


def test_an_error_stops_its_row_and_everybody_below_and_nobody_else() -> None:
    cascade = build(touched=frozenset({"APTIKA"}))
    assert set(ids(cascade)) == {"WALIKOTA", "KOMINFO", "DLH"}
    assert cascade.stopped == {"PK-2026-APTIKA-1", "PK-2026-TIM-1", "PK-2026-STAF.1-1", "PK-2026-STAF.2-1"}


def test_an_error_in_a_passed_over_position_stops_those_below_it() -> None:
    assert build(touched=frozenset({"TIM"})).stopped == {"PK-2026-TIM-1", "PK-2026-STAF.2-1"}


def test_a_row_that_could_not_be_read_stops_those_below_without_a_second_error() -> None:
    cascade = build(broken=(Broken(Place("Pejabat", 4), "APTIKA", "APTIKA", "KOMINFO"),))
    assert not cascade.problems
    assert set(ids(cascade)) == {"WALIKOTA", "KOMINFO", "DLH"}


def test_an_error_in_the_profile_stops_everything() -> None:
    assert not build(touched=EVERYTHING).agreements


def test_a_position_without_indicators_is_an_error_above_and_a_warning_at_the_bottom() -> None:
    plan = Plan(indicators=tuple(entry for entry in PLAN.indicators if entry.position != "APTIKA"))
    assert errors(build(plan=plan)) == [("NO_INDICATORS_ABOVE", 4, "Kode Jabatan")]
    plan = Plan(indicators=tuple(entry for entry in PLAN.indicators if entry.position != "DLH"))
    cascade = build(plan=plan)
    assert [problem.code for problem in cascade.problems] == ["NO_INDICATORS"]
    assert "DLH" not in ids(cascade)
    assert not cascade.stopped


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"position": "HILANG"}, "INDICATOR_POSITION_UNKNOWN"),
        ({"answers_to": ("HILANG-1",)}, "PARENT_INDICATOR_UNKNOWN"),
        ({"answers_to": ("dlh-2",)}, "PARENT_INDICATOR_ITSELF"),
    ],
)
def test_an_indicator_that_refers_to_nothing_is_an_error(changes: dict[str, object], code: str) -> None:
    plan = replace(PLAN, indicators=(*PLAN.indicators, indicator("DLH", 2, **changes)))
    assert [entry[0] for entry in errors(build(plan=plan))] == [code]


@pytest.mark.parametrize(
    ("position", "goal", "code"),
    [
        ("HILANG", None, "BUDGET_POSITION_UNKNOWN"),
        ("STAF", None, "BUDGET_POSITION_SHARED"),
        ("DLH", 2, "BUDGET_GOAL_UNKNOWN"),
    ],
)
def test_a_budget_line_belongs_to_one_holder_and_an_existing_goal(position: str, goal: int | None, code: str) -> None:
    line = BudgetLine(Place("Anggaran", 2), position, "2.16.03", Tier.PROGRAMME, "Program", 1000, goal=goal)
    assert [entry[0] for entry in errors(build(plan=replace(PLAN, budget=(line,))))] == [code]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=30))
def test_each_agreement_comes_after_its_parent(superiors: list[int]) -> None:
    rows = [row(2, "P0", "", Level.HEAD_OF_REGION)]
    for number, above in enumerate(superiors, 1):
        rows.append(row(number + 2, f"P{number}", f"P{above % (number + 3)}", Level.EXECUTIVE))
    plan = Plan(indicators=tuple(indicator(entry.code) for entry in rows))
    cascade = build_cascade(PROFILE, Roster(tuple(rows)), plan)
    seen: set[str] = set()
    for made in cascade.agreements:
        assert made.parent is None or made.parent in seen
        seen.add(made.id)
    assert len(cascade.agreements) + len(cascade.stopped) == len(rows)
    assert bool(cascade.stopped) == bool(errors(cascade))


def test_two_stand_ins_on_one_day_are_one_too_many() -> None:
    stand_ins = tuple(
        row(at, "KOMINFO", "WALIKOTA", Level.JPT_PRATAMA, status=Status.PLH, person=person(f"P{at}")) for at in (9, 10)
    )
    assert errors(build(added=stand_ins)) == [("TWO_HOLDERS", 9, "Kode Jabatan"), ("TWO_HOLDERS", 10, "Kode Jabatan")]


def test_without_a_profile_what_refers_to_nothing_is_named_all_the_same() -> None:
    rows = tuple(replace(entry, superior="HILANG") if entry.key == "APTIKA" else entry for entry in CITY.values())
    plan = replace(PLAN, indicators=(*PLAN.indicators, indicator("DLH", 2, answers_to=("HILANG-1",))))
    assert [(problem.code, problem.place.row) for problem in reference_problems(Roster(rows), plan)] == [
        ("PARENT_INDICATOR_UNKNOWN", plan.indicators[-1].place.row),
        ("SUPERIOR_UNKNOWN", 4),
    ]
    assert reference_problems(Roster(tuple(CITY.values())), PLAN) == ()
