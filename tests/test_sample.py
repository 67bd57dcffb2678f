"""The workbook for trials: valid at any size and on any day, whole trees, invented people."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pkdocs.cascade import Cascade, build_cascade
from pkdocs.errors import UsageError
from pkdocs.messages import LANGUAGES
from pkdocs.nip import check_number
from pkdocs.plan import Mode, Polarity
from pkdocs.problem import Severity
from pkdocs.review import deadline, review
from pkdocs.roster import Employment, Level, Status
from pkdocs.sample import BASE_SIZE, FEWEST, MOST, build_sample, ceremony_day, usual_day
from pkdocs.sample import sheets as sheets_module
from pkdocs.sample.dating import REFERENCE, date_for
from pkdocs.sample.growth import grow
from pkdocs.sample.sheets import City, base_city, is_vacant, key_of, makes_agreement, sample_folder, top
from pkdocs.workbook import Workbook, read_workbook
from tests.city import write
from tests.workbook.book import without_places

NEW_OFFICER = "PK-{year}-RSUD.YANMED-2"
DAYS = (date(2026, 1, 22), date(2026, 11, 21), date(2027, 2, 28), date(2028, 2, 29))
INTENDED = {
    "DECREE_MISSING": 1,
    "GOAL_WITHOUT_BUDGET": 1,
    "LATE": 1,
    "NOT_CARRIED": 1,
    "QUARTERS_UNFIT": 1,
    "TARGET_WEAKER": 1,
    "UNIT_DIFFERS": 1,
    "WITHOUT_PARENT": 1,
}
"""What the reference city leaves for its operator to find, once each."""


@cache
def city_of(people: int) -> City:
    base = base_city()
    return top(base, people) if people <= BASE_SIZE else grow(base, people - BASE_SIZE)


def read(tmp_path: Path, people: int, day: date) -> Workbook:
    file = tmp_path / "sample.xlsx"
    file.write_bytes(build_sample(people, day))
    return read_workbook(file)


def read_sheets(people: int, day: date) -> Workbook:
    """Return the same as ``read`` in a third of the time, for tests that need many."""
    with TemporaryDirectory() as folder:
        sheets = {name: list(map(dict, sheet.rows)) for name, sheet in date_for(city_of(people), day).items()}
        return read_workbook(write(Path(folder), sheets))


def cascade_of(workbook: Workbook) -> Cascade:
    assert workbook.profile
    return build_cascade(workbook.profile, workbook.roster, workbook.plan)


def found(workbook: Workbook) -> Counter[tuple[Severity, str]]:
    assert workbook.profile
    cascade = cascade_of(workbook)
    problems = (*workbook.problems, *cascade.problems, *review(workbook.profile, cascade, workbook.plan))
    return Counter((problem.severity, problem.code) for problem in problems)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("people", [BASE_SIZE, 200, 1000])
def test_a_sample_has_the_intended_warnings_and_nothing_else(tmp_path: Path, people: int, day: date) -> None:
    assert found(read(tmp_path, people, day)) == {(Severity.WARNING, code): n for code, n in INTENDED.items()}


@pytest.mark.parametrize("people", [200, 1000])
def test_there_are_as_many_agreements_as_people(tmp_path: Path, people: int) -> None:
    assert len(cascade_of(read(tmp_path, people, DAYS[1])).agreements) == people


def test_every_small_sample_is_whole_and_has_no_error() -> None:
    for people in range(FEWEST, 81):
        workbook = read_sheets(people, DAYS[1])
        assert {severity for severity, _ in found(workbook)} <= {Severity.WARNING}, people
        assert len(cascade_of(workbook).agreements) == people


@settings(max_examples=25, deadline=None)
@given(st.dates(date(2024, 1, 1), date(2035, 12, 31)))
@example(date(2028, 2, 29))
@example(date(2027, 1, 1))
@example(date(2027, 3, 31))
@example(date(2026, 12, 30))
@example(date(2026, 12, 31))
def test_on_every_day_the_city_is_in_order_and_who_signs_is_in_office(day: date) -> None:
    workbook = read_sheets(BASE_SIZE, day)
    assert found(workbook) == {(Severity.WARNING, code): n for code, n in INTENDED.items()}
    assert workbook.profile
    dpa, signed = workbook.profile.dpa_date, ceremony_day(day)
    assert dpa
    assert dpa < signed <= deadline(dpa) <= signed + timedelta(days=3)
    assert (workbook.profile.year, workbook.profile.agreement_date) == (day.year, signed)
    assert_in_office(workbook, signed)


def assert_in_office(workbook: Workbook, day: date) -> None:
    """Pass a city in which whoever signs holds the office on ``day``, but the new officer, who does not."""
    assert workbook.profile
    for agreement in cascade_of(workbook).agreements:
        signs = agreement.id != NEW_OFFICER.format(year=workbook.profile.year)
        assert agreement.assignment.holds_on(day) is signs
        assert agreement.second is None or agreement.second.holds_on(day)


def test_a_sample_of_31_december_is_dated_the_day_before() -> None:
    assert ceremony_day(date(2026, 12, 31)) == date(2026, 12, 30)
    assert ceremony_day(date(2026, 12, 30)) == date(2026, 12, 30)


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2026, 1, 1), date(2026, 1, 1)),
        (date(2026, 12, 10), date(2026, 12, 10)),
        (date(2026, 12, 11), date(2027, 1, 22)),
        (date(2026, 12, 31), date(2027, 1, 22)),
    ],
)
def test_without_a_day_it_is_today_or_at_the_years_end_the_next_january(today: date, day: date) -> None:
    assert usual_day(today) == day
    assert_in_office(read_sheets(BASE_SIZE, day), today)


@pytest.mark.parametrize("day", DAYS)
def test_acting_officials_in_vacant_positions_began_before_the_year(tmp_path: Path, day: date) -> None:
    acting = [row for row in read(tmp_path, BASE_SIZE, day).roster.assignments if row.status is Status.PLT]
    assert len(acting) == 2
    assert all(row.begins and row.begins < date(day.year, 1, 1) for row in acting)


@pytest.mark.parametrize("day", [*DAYS, date(2027, 1, 5)])
def test_a_decree_is_of_the_year_in_which_its_term_begins(tmp_path: Path, day: date) -> None:
    rows = [row for row in read(tmp_path, BASE_SIZE, day).roster.assignments if row.decree]
    assert len(rows) == 3
    assert all(row.begins and row.decree.endswith(f"/{row.begins.year}") for row in rows)


def test_the_folder_of_csv_and_the_xlsx_of_the_reference_day_say_the_same(tmp_path: Path) -> None:
    folder = read_workbook(Path(str(sample_folder())) / "kota-wanasari")
    assert without_places(folder) == without_places(read(tmp_path, BASE_SIZE, REFERENCE))


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert build_sample(90, DAYS[1]) == build_sample(90, DAYS[1])


@pytest.mark.parametrize("people", [-1, 0, FEWEST - 1, MOST + 1])
def test_an_impossible_size_is_a_usage_error(people: int) -> None:
    with pytest.raises(UsageError) as stop:
        build_sample(people, REFERENCE)
    assert stop.value.exit_code == 2
    assert all(str(people) in stop.value.message(language) for language in LANGUAGES)


@settings(max_examples=40, deadline=None)
@given(st.integers(FEWEST, 600))
def test_every_size_is_exact_and_everybody_has_all_superiors(people: int) -> None:
    officials = city_of(people)["Pejabat"].rows
    keys = {key_of(row) for row in officials}
    assert sum(makes_agreement(row) for row in officials) == people
    assert {row["Atasan"] for row in officials if "Atasan" in row} <= keys
    assert {row["Pihak Kedua"] for row in officials if "Pihak Kedua" in row} <= keys


@settings(max_examples=10, deadline=None)
@given(st.integers(BASE_SIZE + 1, 2000))
def test_everybody_added_promises_two_to_four_indicators_of_the_superior(people: int) -> None:
    city = city_of(people)
    added = {key_of(row): row["Atasan"] for row in city["Pejabat"].rows[len(base_city()["Pejabat"].rows) :]}
    owners = {row["Kode"]: row["Kode Jabatan"] for row in city["Indikator"].rows if "Kode" in row}
    promised = [row for row in city["Indikator"].rows if row["Kode Jabatan"] in added]
    counts = Counter(row["Kode Jabatan"] for row in promised)
    assert counts.keys() == added.keys()
    assert set(counts.values()) <= {2, 3, 4}
    assert all(owners[row["Induk"]] == added[row["Kode Jabatan"]] for row in promised)
    assert all(f"TW{quarter}" in row for row in promised for quarter in range(1, 5))


def test_nobody_comes_twice_in_the_largest_city() -> None:
    officials = [row for row in city_of(MOST)["Pejabat"].rows if makes_agreement(row)]
    agreements = Counter((key_of(row).casefold(), row.get("Versi", "1")) for row in officials)
    numbers = Counter(row["NIP"] for row in officials)
    assert max(agreements.values()) == 1
    assert sorted(numbers.values())[-3:] == [1, 2, 2], "two people hold two positions each"


def numbers_of(city: City) -> Iterator[tuple[str, Employment, bool]]:
    for row in city["Pejabat"].rows:
        if not is_vacant(row):
            yield row["NIP"], Employment(row["Jenis Pegawai"]), row["Jenjang"] == Level.FUNCTIONAL


@pytest.mark.parametrize("year", range(2026, 2036))
def test_numbers_are_valid_in_every_year_and_end_as_invented_ones_do(year: int) -> None:
    for number, employment, functional in numbers_of(date_for(city_of(2000), date(year, 12, 31))):
        assert check_number(number, employment, year, functional=functional) is None
        assert len(number) != 18 or 991 <= int(number[-3:]) <= 998


@pytest.mark.parametrize("day", [date(2026, 1, 1), *DAYS, date(2035, 12, 31)])
def test_everybody_was_appointed_before_the_day_and_is_of_working_age(day: date) -> None:
    for number, employment, _ in numbers_of(date_for(city_of(2000), day)):
        if employment in {Employment.PNS, Employment.CPNS}:
            assert (int(number[8:12]), int(number[12:14])) < (day.year, day.month)
        if len(number) == 18:
            assert 20 <= day.year - int(number[:4]) <= 60


def test_identifiers_are_text_and_dates_are_dates() -> None:
    book = openpyxl.load_workbook(BytesIO(build_sample(BASE_SIZE, DAYS[1])))
    cells = {cell.value: column for column in book["Pejabat"].iter_cols() for cell in column[:1]}
    assert {(cell.data_type, cell.number_format) for cell in cells["NIP"][1:] if cell.value} == {("s", "@")}
    assert all(cell.is_date for cell in cells["TMT"][1:] if cell.value)
    assert book["Pejabat"].freeze_panes == "A2"
    amounts = [row[4] for row in book["Anggaran"].iter_rows(min_row=2)]
    assert all(cell.data_type == "n" and cell.number_format == "#,##0" for cell in amounts)


def test_the_samples_come_with_an_installed_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert (sample_folder() / "kota-wanasari" / "Profil.csv").is_file()
    (tmp_path / "_samples").mkdir()
    monkeypatch.setattr(sheets_module, "files", lambda _: tmp_path)
    assert sample_folder() == tmp_path / "_samples"


# --- what the reference city has to show


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    return read(tmp_path_factory.mktemp("sample"), BASE_SIZE, REFERENCE)


def test_the_city_has_over_sixty_officials_in_over_twelve_agencies(city: Workbook) -> None:
    agreements = cascade_of(city).agreements
    assert len(agreements) == BASE_SIZE >= 60
    assert len({entry.assignment.unit for entry in agreements}) >= 13


def test_the_city_has_five_levels(city: Workbook) -> None:
    parents = {entry.id: entry.parent for entry in cascade_of(city).agreements}

    def depth(agreement: str) -> int:
        parent = parents[agreement]
        return 1 + depth(parent) if parent else 1

    assert {depth(agreement) for agreement in parents} == {1, 2, 3, 4, 5}


def test_the_city_has_all_kinds_of_employees(city: Workbook) -> None:
    people = [row.person for row in city.roster.assignments if row.person]
    assert {person.employment for person in people} == set(Employment)


def test_the_city_has_staff_who_share_a_code_a_vacancy_and_team_leads(city: Workbook) -> None:
    rows = city.roster.assignments
    assert len({row.code for row in rows if row.number}) >= 3
    assert [row.key for row in rows if row.status is Status.VACANT] == ["KOMINFO.IKP"]
    assert sum(row.role.startswith("Ketua Tim") for row in rows) >= 3


def test_a_secretary_acts_as_his_own_head_and_signs_with_the_sekda(city: Workbook) -> None:
    made = {entry.key: entry for entry in cascade_of(city).agreements}
    head, secretary = made["DLH"], made["DLH.SEK"]
    assert head.assignment.person == secretary.assignment.person
    assert head.assignment.status is Status.PLT
    assert secretary.second
    assert secretary.second.key == "SETDA"


def test_staff_of_a_team_sign_with_the_head_of_division(city: Workbook) -> None:
    made = {entry.key: entry for entry in cascade_of(city).agreements}
    assert made["KOMINFO.APTIKA.STAF.1"].parent == made["KOMINFO.APTIKA"].id


def test_staff_of_a_vacant_position_sign_with_the_one_above(city: Workbook) -> None:
    made = {entry.key: entry for entry in cascade_of(city).agreements}
    assert made["KOMINFO.IKP.HUMAS"].parent == made["KOMINFO"].id


def test_the_city_has_every_direction_mode_and_kind_of_target(city: Workbook) -> None:
    rows = city.plan.indicators
    assert {row.polarity for row in rows} == set(Polarity)
    assert {row.mode for row in rows} == set(Mode)
    targets = {str(row.target) for row in rows}
    assert {"82,60", "100", "0", "WTP", "60-85", "2,05-2,15", "0,345", "14,250", "1.250.000.000", "415"} <= targets
    assert {"%", "per 100.000 KH", "per 1.000", "Rp", "Rp miliar", "level"} <= {row.unit for row in rows}
