"""From the cascade to contents: digests upwards, names as the rules print them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkdocs.cascade import build_cascade
from pkdocs.composition import compose, name_group, printed_number, printed_rank
from pkdocs.content import Content, PersonScheme, Reference, parse_content
from pkdocs.outcome import Outcome
from pkdocs.persons import TRIAL_KEY, pseudonym
from pkdocs.plan import BudgetLine, Indicator, Mode, Plan, PlanRow, Polarity, Target, Tier
from pkdocs.problem import Place
from pkdocs.profile import Ground, Profile, Shown
from pkdocs.roster import Assignment, Employment, Level, Person, Roster, Status

PROFILE = Profile("Pemerintah Kota Wanasari", 2026, "Wanasari", date(2026, 1, 22), secretary_code="SETDA")
CITRA = Person("197111021996032992", "Citra Maheswari", Employment.PNS, "Dra.", "M.M.", "IV/c", "Pembina Utama Muda")
ARUM = Person("walikota", "Arum Pradnyawati", Employment.STATE_OFFICIAL, "Dr.", "M.Si.")
ROWS = (
    Assignment(
        Place("Pejabat", 2), "WALIKOTA", "Wali Kota Wanasari", "Pemkot", Level.HEAD_OF_REGION, Status.DEFINITIVE, ARUM
    ),
    Assignment(
        Place("Pejabat", 3),
        "KOMINFO",
        "Kepala Dinas",
        "Dinas",
        Level.JPT_PRATAMA,
        Status.PLT,
        CITRA,
        superior="WALIKOTA",
    ),
)


def indicator(of: str, **changes: object) -> Indicator:
    basic = Indicator(
        Place("Indikator", len(of)),
        f"{of}-1",
        of,
        "Sasaran",
        "Indeks",
        "-",
        Target.of(Decimal("4.10")),
        Polarity.UP,
        Mode.LAST,
    )
    return replace(basic, **changes)  # type: ignore[arg-type]  # each test names fields of the row


PLAN = Plan(
    indicators=(indicator("WALIKOTA", answers_to=("R1",)), indicator("KOMINFO")),
    budget=(
        BudgetLine(Place("Anggaran", 2), "KOMINFO", "2.16.03", Tier.PROGRAMME, "Program", 1000, "DAU"),
        BudgetLine(Place("Anggaran", 3), "KOMINFO", "2.16.03.2.02", Tier.ACTIVITY, "Kegiatan", 400),
        BudgetLine(Place("Anggaran", 4), "KOMINFO", "2.16.01", Tier.PROGRAMME, "Nihil", 0),
    ),
    rpjmd=(PlanRow(Place("RPJMD", 2), "R1", "Tujuan", "Indeks", measure="indeks", target=Target.of(Decimal(5))),),
)


def contents(*rows: Assignment, previous: dict[str, str] | None = None) -> dict[str, Outcome[str, Content]]:
    cascade = build_cascade(PROFILE, Roster(rows or ROWS), PLAN)
    composed = compose(PROFILE, cascade, PLAN, person_key=TRIAL_KEY, previous=previous or {})
    return {outcome.key: outcome for outcome in composed}


def content(identity: str, *rows: Assignment, previous: dict[str, str] | None = None) -> Content:
    made = contents(*rows, previous=previous)[identity].value
    assert made is not None
    return made


def test_a_child_carries_the_digest_of_its_parent() -> None:
    root = content("PK-2026-WALIKOTA-1")
    child = content("PK-2026-KOMINFO-1")
    assert child.parent == Reference("PK-2026-WALIKOTA-1", root.digest)
    assert root.parent is None
    assert root.parties.second is None
    assert parse_content(child.canonical) == child


def test_names_stand_as_the_rules_print_them() -> None:
    child = content("PK-2026-KOMINFO-1")
    first, second = child.parties.first, child.parties.second
    assert (first.name, first.rank, first.number) == (
        "Dra. Citra Maheswari, M.M.",
        "Pembina Utama Muda (IV/c)",
        "NIP. 197111021996032992",
    )
    assert first.office == "Plt. Kepala Dinas"
    assert second is not None
    assert (second.name, second.rank, second.number) == ("Dr. Arum Pradnyawati, M.Si.", None, None)
    assert first.person == pseudonym(TRIAL_KEY, CITRA.number)
    assert child.person_scheme is PersonScheme.TRIAL


def test_an_acting_head_of_region_has_neither_degrees_nor_number() -> None:
    acting = replace(ROWS[0], status=Status.PJ, person=replace(CITRA, number="196903141994031991"))
    first = content("PK-2026-WALIKOTA-1", acting, ROWS[1]).parties.first
    assert (first.name, first.rank, first.number, first.office) == (
        "Citra Maheswari",
        None,
        None,
        "Pj. Wali Kota Wanasari",
    )


def test_the_total_leaves_out_lines_whose_parent_is_there_and_zero_is_not_printed() -> None:
    budget = content("PK-2026-KOMINFO-1").budget
    assert budget is not None
    assert budget.total == "1000"
    assert [line.code for line in budget.lines] == ["2.16.03", "2.16.03.2.02"]


def test_the_plan_rows_answered_to_are_in_the_content() -> None:
    assert [row.code for row in content("PK-2026-WALIKOTA-1").plans] == ["R1"]
    assert content("PK-2026-KOMINFO-1").plans == ()


def test_a_dash_prints_no_unit() -> None:
    assert content("PK-2026-KOMINFO-1").indicators[0].unit is None


AMENDED = replace(ROWS[1], version=2, ground=Ground.STRATEGY)


def test_an_amendment_names_what_it_supersedes() -> None:
    made = content("PK-2026-KOMINFO-2", ROWS[0], AMENDED, previous={"PK-2026-Kominfo-1": "a" * 64})
    assert made.amendment is not None
    # ids are compared without case; it is named as it names itself
    assert made.amendment.supersedes == Reference("PK-2026-Kominfo-1", "a" * 64)


def test_an_amendment_of_something_unknown_is_an_error_for_it_and_for_those_below() -> None:
    below = replace(ROWS[1], place=Place("Pejabat", 4), code="B", superior="KOMINFO", person=replace(CITRA, number="x"))
    plan = replace(PLAN, indicators=(*PLAN.indicators, indicator("B")))
    cascade = build_cascade(PROFILE, Roster((ROWS[0], AMENDED, below)), plan)
    composed = compose(PROFILE, cascade, plan, person_key=TRIAL_KEY, previous={})
    failed = {outcome.key: outcome.error.code for outcome in composed if outcome.error}
    assert failed == {"PK-2026-KOMINFO-2": "PREDECESSOR_UNKNOWN", "PK-2026-B-1": "PARENT_NOT_MADE"}


class TestSigned:
    """What stands as it was signed, whatever the workbook says by now."""

    def composed(self, *rows: Assignment, plan: Plan = PLAN) -> dict[str, Content | None]:
        signed = {identity: outcome.value for identity, outcome in contents().items() if outcome.value}
        cascade = build_cascade(PROFILE, Roster(rows), plan)
        found = compose(PROFILE, cascade, plan, person_key=TRIAL_KEY, previous={}, signed=signed)
        return {outcome.key: outcome.value for outcome in found}

    @given(st.dates(date(2026, 1, 22), date(2026, 12, 30)))
    def test_a_version_that_ends_sooner_stands_with_those_below(self, ends: date) -> None:
        before = contents()
        made = self.composed(replace(ROWS[0], ends=ends), ROWS[1])
        assert made == {identity: outcome.value for identity, outcome in before.items()}

    def test_a_version_that_is_followed_stands_whatever_else_changed(self) -> None:
        later = replace(ROWS[1], version=2, ground=Ground.STRATEGY, agreement_date=date(2026, 10, 1))
        weaker = replace(PLAN, indicators=(PLAN.indicators[0], indicator("KOMINFO", target=Target.of(Decimal(3)))))
        made = self.composed(*ROWS, replace(later, place=Place("Pejabat", 4)), plan=weaker)
        original, amended = made["PK-2026-KOMINFO-1"], made["PK-2026-KOMINFO-2"]
        assert original == content("PK-2026-KOMINFO-1")
        assert amended is not None
        assert amended.amendment is not None
        assert amended.amendment.supersedes.digest == content("PK-2026-KOMINFO-1").digest
        assert amended.indicators[0].target != content("PK-2026-KOMINFO-1").indicators[0].target

    def test_any_other_change_gives_what_the_workbook_asks_for(self) -> None:
        made = self.composed(ROWS[0], replace(ROWS[1], title="Kepala Badan", ends=date(2026, 6, 30)))
        changed = made["PK-2026-KOMINFO-1"]
        assert changed is not None
        assert (changed.position.title, changed.last_day) == ("Kepala Badan", date(2026, 6, 30))

    def test_what_is_superseded_is_found_among_what_is_signed(self) -> None:
        amended = self.composed(ROWS[0], AMENDED)["PK-2026-KOMINFO-2"]
        assert amended is not None
        assert amended.amendment is not None
        assert amended.amendment.supersedes.digest == content("PK-2026-KOMINFO-1").digest


@pytest.mark.parametrize(
    ("changes", "group"),
    [
        ({"level": Level.HEAD_OF_REGION, "status": Status.DEFINITIVE}, "Kepala Daerah"),
        ({"code": "setda", "status": Status.DEFINITIVE}, "Sekretaris Daerah"),
        ({"code": "SETDA"}, "Pj. Sekretaris Daerah"),
        ({}, "PNS"),
        ({"person": replace(CITRA, employment=Employment.PPPK_PART_TIME)}, "PPPK"),
        ({"person": replace(CITRA, employment=Employment.NON_ASN)}, "Non-ASN"),
    ],
)
def test_the_group_decides_what_stands_with_the_name(changes: dict[str, object], group: str) -> None:
    assert name_group(PROFILE, replace(ROWS[1], **changes)) == group  # type: ignore[arg-type]  # fields of the row
    assert Shown.DEGREES in PROFILE.shows[group] or group.startswith("Pj.")


def test_a_pppk_has_a_grade_and_a_label_of_his_own() -> None:
    intan = Person("199412052023212998", "Intan", Employment.PPPK, grade="IX")
    assert printed_rank(intan) == "Golongan IX"
    assert printed_number(intan, "NI PPPK.") == "NI PPPK. 199412052023212998"
    assert printed_rank(replace(intan, grade="")) is None


def test_a_person_is_not_shown_by_repr() -> None:
    assert CITRA.number not in repr(CITRA)
    assert CITRA.number not in repr(ROWS[1])
