"""The workbook to fill in: what it offers is what the reader takes, and nothing else."""

from collections.abc import Iterator, Mapping
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook as Book
from openpyxl.worksheet.datavalidation import DataValidation

from pkdocs.messages import LANGUAGES, Language, text
from pkdocs.pipeline.checking import check
from pkdocs.problem import Problem, Severity
from pkdocs.profile import Profile
from pkdocs.rank import CONTRACT_GRADES, RANKS
from pkdocs.sample.sheets import base_city
from pkdocs.spreadsheet import Format, Whole
from pkdocs.workbook import GUIDE, LISTS, reading
from pkdocs.workplace import blank_workbook
from pkdocs.workplace.field import CodeOf, Field, Way
from pkdocs.workplace.forms import PROFILE, SHEETS, Form
from pkdocs.workplace.listing import GRADE, LISTINGS, RANK, SHOWN, Listing
from tests.workbook.book import without_places
from tests.workplace.clerk import DAY, blank, fill, read

FORMS = {form.name: form for form in (PROFILE, *SHEETS)}
FIELDS = [(form, field) for form in FORMS.values() for field in form.fields]
FILLED = {"Pemerintah Daerah": "Kota Baru", "Tahun": "2027", "Tempat": "Baru", "Tanggal Perjanjian": "2027-01-20"}


@pytest.fixture(scope="module")
def book() -> Book:
    return openpyxl.load_workbook(BytesIO(blank()))


def profil(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Kunci": key, "Nilai": value} for key, value in values.items()]


def everywhere(written: str) -> dict[str, list[dict[str, str]]]:
    """Return one row of each sheet with the same in every cell, and in every key."""
    return {
        name: profil({field.name: written for field in form.fields})
        if form is PROFILE
        else [{field.name: written for field in form.fields}]
        for name, form in FORMS.items()
    }


def cell_name(problem: Problem) -> tuple[str, str]:
    """Return sheet and column of a problem, or the key of ``Profil``."""
    place = problem.place
    if place.sheet == "Profil" and place.row:
        return "Profil", PROFILE.fields[place.row - 2].name
    return str(place.sheet), str(place.column)


# --- the workbook as a whole


def test_every_sheet_and_column_of_the_reader_is_there_once(book: Book) -> None:
    specs = {spec.name: spec for spec in (*reading.REQUIRED, *reading.OPTIONAL)}
    assert {name: sorted(field.name for field in form.fields) for name, form in FORMS.items() if name != "Profil"} == {
        name: sorted(spec.columns) for name, spec in specs.items() if name != "Profil"
    }
    assert set(book.sheetnames) == {GUIDE, LISTS, *specs}
    headers = {name: [cell.value for cell in book[name][1] if cell.value] for name in specs}
    assert {name: sorted(found) for name, found in headers.items()} == {
        name: sorted(spec.columns) for name, spec in specs.items()
    }


def test_the_guide_comes_first_and_the_lists_last(book: Book) -> None:
    assert (book.sheetnames[0], book.sheetnames[1], book.sheetnames[-1]) == (GUIDE, "Profil", LISTS)


def test_every_key_of_the_profile_is_there_once(book: Book) -> None:
    keys = [line[0] for line in book["Profil"].iter_rows(min_row=2, values_only=True)]
    assert sorted(keys) == sorted((*reading.government.REQUIRED, *reading.government.OPTIONAL))


def test_the_empty_workbook_lacks_what_is_still_to_be_filled_in_and_nothing_else(tmp_path: Path) -> None:
    read(tmp_path, blank())
    checked = check(tmp_path / "buku-kerja.xlsx")
    found = [(problem.code, problem.place.sheet, problem.params.get("key")) for problem in checked.problems]
    assert found == [
        ("PROFILE_NO_CODE", "Profil", None),
        *(("PROFILE_MISSING", "Profil", key) for key in FILLED),
        ("SHEET_EMPTY", "Pejabat", None),
        ("SHEET_EMPTY", "Indikator", None),
    ]


def test_with_the_required_keys_alone_the_profile_is_the_usual_one(tmp_path: Path) -> None:
    workbook = read(tmp_path, fill(blank(), {"Profil": profil(FILLED)}))
    assert workbook.profile == Profile("Kota Baru", 2027, "Baru", date(2027, 1, 20))


def test_filled_in_with_the_sample_city_it_says_what_the_sample_says(tmp_path: Path) -> None:
    sample = reading.read_workbook(Path(__file__).parents[2] / "samples" / "kota-wanasari")
    filled = read(tmp_path, fill(blank(), {name: sheet.rows for name, sheet in base_city().items()}))
    assert [problem.code for problem in filled.problems] == [problem.code for problem in sample.problems]
    assert without_places(filled) == without_places(sample)


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert blank_workbook("en", DAY) == blank_workbook("en", DAY) != blank()


# --- what may be typed


@pytest.fixture(scope="module")
def nonsense(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Problem]:
    """What the reader says to nonsense in every cell."""
    workbook = read(tmp_path_factory.mktemp("nonsense"), fill(blank(), everywhere("bukan ini")))
    return {cell_name(problem): problem for problem in workbook.problems if problem.severity is Severity.ERROR}


@pytest.mark.parametrize(("form", "field"), FIELDS, ids=lambda entry: entry.name)
def test_a_column_offers_what_the_reader_asks_for(
    nonsense: Mapping[tuple[str, str], Problem], form: Form, field: Field
) -> None:
    said = nonsense.get((form.name, field.name))
    closed = set(said.params["choices"].split(" · ")) if said and said.code == "CELL_CHOICE" else None
    if isinstance(field.kind, Listing) and field.kind not in {GRADE, RANK}:
        offered = field.kind.values
        assert closed == (
            {word for value in offered for word in value.split(", ")} if field.kind is SHOWN else {*offered}
        )
        assert len(set(offered)) == len(offered)
    else:
        assert closed is None
    if isinstance(field.kind, Whole):
        assert said
        assert (said.code, said.params["low"], said.params["high"]) == (
            "CELL_NO_INTEGER",
            field.kind.low,
            field.kind.high,
        )
    assert (said is not None and said.code == "CELL_NO_INTEGER") is isinstance(field.kind, Whole)
    assert (said is not None and said.code == "CELL_NO_DATE") is (field.kind is Way.DAY)
    assert (said is not None and said.code == "BUDGET_AMOUNT") is (field.kind is Way.AMOUNT)


def choosing() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Yield each sheet with rows that go through all choices of its columns."""
    for form in SHEETS:
        for field in form.fields:
            if isinstance(field.kind, Listing):
                yield form.name, [{field.name: value} for value in field.kind.values]


def test_every_choice_is_understood(tmp_path: Path) -> None:
    for sheet, rows in choosing():
        workbook = read(tmp_path, fill(blank(), {sheet: rows}))
        assert [problem for problem in workbook.problems if problem.code == "CELL_CHOICE"] == []


def test_every_choice_of_the_profile_is_understood(tmp_path: Path) -> None:
    choices = {field.name: field.kind.values for field in PROFILE.fields if isinstance(field.kind, Listing)}
    for turn in range(max(map(len, choices.values()))):
        chosen = {name: values[turn % len(values)] for name, values in choices.items()}
        workbook = read(tmp_path, fill(blank(), {"Profil": profil(FILLED | chosen)}))
        assert workbook.profile is not None, chosen


def test_every_golongan_is_that_of_a_pns_or_of_a_pppk_with_its_pangkat(tmp_path: Path) -> None:
    assert GRADE.values == (*RANKS, *CONTRACT_GRADES)
    servants = [{"Jenis Pegawai": "PNS", "Golongan": grade, "Pangkat": rank} for grade, rank in RANKS.items()]
    assert {row["Pangkat"] for row in servants} == set(RANK.values)
    contracts = [{"Jenis Pegawai": "PPPK", "Golongan": grade} for grade in CONTRACT_GRADES]
    workbook = read(tmp_path, fill(blank(), {"Pejabat": servants + contracts}))
    assert [problem for problem in workbook.problems if problem.place.column in {"Golongan", "Pangkat"}] == []


def test_every_example_is_what_the_reader_takes(tmp_path: Path) -> None:
    examples = {form.name: [{field.name: field.example for field in form.fields}] for form in SHEETS}
    workbook = read(
        tmp_path, fill(blank(), {"Profil": profil({field.name: field.example for field in PROFILE.fields})} | examples)
    )
    assert [(cell_name(problem), problem.code) for problem in workbook.problems] == []


# --- how cells wait to be typed in


def validations(book: Book, sheet: str) -> dict[str, DataValidation]:
    """Return the rules of a sheet by where they hold."""
    return {str(rule.sqref): rule for rule in book[sheet].data_validations.dataValidation}


def rule_of(book: Book, form: Form, field: Field) -> DataValidation:
    number = 1 + form.fields.index(field)
    rules = validations(book, form.name)
    if form is PROFILE:
        return rules[f"B{number + 1}"]
    letter = openpyxl.utils.get_column_letter(number)
    return rules[f"{letter}2:{letter}1048576"]


@pytest.mark.parametrize(("form", "field"), FIELDS, ids=lambda entry: entry.name)
def test_every_cell_says_what_belongs_there_and_refuses_the_rest(book: Book, form: Form, field: Field) -> None:
    rule = rule_of(book, form, field)
    assert (rule.promptTitle, rule.showInputMessage) == (field.name, True)
    assert rule.prompt.startswith(field.meaning(form.name, "id"))
    free = field.kind in {Way.TEXT, Way.PROSE}
    assert (bool(rule.showErrorMessage), bool(rule.error)) == (not free, not free)
    assert rule.errorStyle == ("warning" if isinstance(field.kind, CodeOf) else "stop")
    kinds = {Way.DAY: "date", Way.AMOUNT: "whole"}
    wanted = (
        kinds.get(field.kind) if isinstance(field.kind, Way) else "whole" if isinstance(field.kind, Whole) else "list"
    )
    assert (rule.type if rule.type != "none" else None) == wanted


@pytest.mark.parametrize(
    ("form", "field"), [entry for entry in FIELDS if isinstance(entry[1].kind, Listing)], ids=lambda entry: entry.name
)
def test_a_list_drops_down_with_all_its_values(book: Book, form: Form, field: Field) -> None:
    assert isinstance(field.kind, Listing)
    sheet, _, area = rule_of(book, form, field).formula1.rpartition("!")
    assert sheet == f"'{LISTS}'"
    assert tuple(cell.value for (cell,) in book[LISTS][area.replace("$", "")]) == field.kind.values


def test_the_sheet_of_lists_names_every_list(book: Book) -> None:
    assert [cell.value for cell in book[LISTS][1]] == [entry.name for entry in LISTINGS]


def test_codes_of_other_sheets_drop_down_as_far_as_they_are_filled_in(book: Book) -> None:
    references = {
        (form.name, field.name): rule_of(book, form, field).formula1
        for form, field in FIELDS
        if isinstance(field.kind, CodeOf)
    }
    assert set(references.values()) == {
        "OFFSET('Unit'!$A$2,0,0,MAX(1,COUNTA('Unit'!$A$2:$A$1048576)),1)",
        "OFFSET('Pejabat'!$A$2,0,0,MAX(1,COUNTA('Pejabat'!$A$2:$A$1048576)),1)",
    }
    assert {("Pejabat", "Unit"), ("Pejabat", "Atasan"), ("Indikator", "Kode Jabatan")} <= references.keys()
    assert (book["Unit"]["A1"].value, book["Pejabat"]["A1"].value) == ("Unit", "Kode Jabatan")


@pytest.fixture(scope="module")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    """Cells in which the reader refuses a number."""
    loose = openpyxl.load_workbook(BytesIO(blank()))
    for name, form in FORMS.items():
        for number in range(1, len(form.fields) + 1):
            row, column = (number + 1, 2) if form is PROFILE else (2, number)
            loose[name].cell(row, column, 12).number_format = "General"
    stored = BytesIO()
    loose.save(stored)
    workbook = read(tmp_path_factory.mktemp("numbers"), stored.getvalue())
    return {cell_name(problem) for problem in workbook.problems if problem.code == "CELL_NUMBER"}


def test_what_must_not_become_a_number_waits_as_text(book: Book, numbers: set[tuple[str, str]]) -> None:
    assert {("Pejabat", "NIP"), ("Anggaran", "Kode"), ("Profil", "Kode Pemerintah Daerah")} <= numbers
    for form, field in FIELDS:
        if (form.name, field.name) in numbers:
            assert format_of(book, form, field) == "@", field.name


def test_targets_wait_as_text_days_as_dates_and_amounts_with_grouping(book: Book) -> None:
    found = {(form.name, field.name): format_of(book, form, field) for form, field in FIELDS}
    targets = ("Target", "TW1", "TW2", "TW3", "TW4", "Realisasi Tahun Lalu")
    assert {found["Indikator", column] for column in targets} == {"@"}
    assert found["Anggaran", "Anggaran"] == "#,##0"
    assert found["Pejabat", "TMT"] == found["Profil", "Tanggal DPA"] == "yyyy-mm-dd"


def test_sentences_are_wrapped_and_codes_are_not(book: Book) -> None:
    for form in SHEETS:
        for number, field in enumerate(form.fields, 1):
            column = book[form.name].column_dimensions[openpyxl.utils.get_column_letter(number)]
            assert bool(column.alignment.wrap_text) is (field.kind is Way.PROSE)
            assert column.width >= len(field.name)


def format_of(book: Book, form: Form, field: Field) -> str:
    number = 1 + form.fields.index(field)
    page = book[form.name]
    if form is PROFILE:
        return str(page.cell(number + 1, 2).number_format)
    return str(page.column_dimensions[openpyxl.utils.get_column_letter(number)].number_format)


def test_headers_stay_in_view_can_be_filtered_and_show_what_is_required(book: Book) -> None:
    for form in SHEETS:
        page = book[form.name]
        assert page.freeze_panes == "A2"
        last = openpyxl.utils.get_column_letter(len(form.fields))
        assert page.auto_filter.ref == f"A1:{last}5000"
        colours = {cell.value: cell.fill.fgColor.rgb for cell in page[1]}
        required, optional = (
            {colours[field.name] for field in form.fields if (field.name in form.required) is wanted}
            for wanted in (True, False)
        )
        assert len(required) == 1
        assert not required & optional


def test_what_must_be_filled_in_is_marked_while_it_is_empty(book: Book) -> None:
    marked = {str(area.sqref): area.rules[0].formula for area in book["Profil"].conditional_formatting}
    keys = [line[0].value for line in book["Profil"].iter_rows(min_row=2)]
    assert marked == {f"B{keys.index(key) + 2}": [f"ISBLANK(B{keys.index(key) + 2})"] for key in FILLED}
    assert [book["Profil"][at].value for at in marked] == [None] * 4


# --- the guide


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guide_explains_every_column_with_its_example(language: Language) -> None:
    book = openpyxl.load_workbook(BytesIO(blank_workbook(language, DAY)))
    rows = [tuple(cell or "" for cell in row[:5]) for row in book[GUIDE].iter_rows(values_only=True)]
    for form in FORMS.values():
        start = rows.index((text("GUIDE_SHEET", language, {"sheet": form.name}), "", "", "", ""))
        explained = {row[0]: row for row in rows[start + 3 : start + 3 + len(form.fields)]}
        assert explained.keys() == {field.name for field in form.fields}
        for field in form.fields:
            _, meaning, need, example, source = explained[field.name]
            assert meaning == field.meaning(form.name, language)
            assert example == field.example
            assert need
            assert source


def test_the_guide_asks_for_what_the_reader_asks_for(book: Book, tmp_path: Path) -> None:
    """An empty row but for one cell names the others that are required: they are those that the guide calls so."""
    need = {form.name: {field.name: field.need_in(form.required) for field in form.fields} for form in SHEETS}
    for form in SHEETS:
        last = form.fields[-1]
        workbook = read(tmp_path, fill(blank(), {form.name: [{last.name: last.example}]}))
        asked = {problem.place.column for problem in workbook.problems if problem.code == "CELL_EMPTY"}
        conditional = {"ALWAYS", "HELD", "FIRST", "BELOW"}
        called = {name for name, when in need[form.name].items() if when in conditional and name != last.name}
        # the superior is asked for where the level is known
        assert asked == called - {"Atasan"}, form.name


def test_long_texts_of_the_guide_have_the_height_that_they_need(book: Book) -> None:
    page = book[GUIDE]
    for row in page.iter_rows():
        wrapped = [cell for cell in row if cell.value and cell.alignment.wrap_text]
        lines = (len(str(cell.value)) / page.column_dimensions[cell.column_letter].width for cell in wrapped)
        needed = max(lines, default=0)
        if needed > 1.1:
            assert (page.row_dimensions[row[0].row].height or 0) >= 15 * needed / 1.1


@pytest.mark.parametrize("field", [field for _, field in FIELDS if field.usual])
def test_a_usual_value_is_one_that_may_be_chosen(field: Field) -> None:
    assert not isinstance(field.kind, Listing) or field.usual in field.kind.values


def test_formats_are_told_apart() -> None:
    formats = {field.format for _, field in FIELDS}
    assert formats == set(Format)


def test_the_documentation_names_every_column_and_key() -> None:
    page = (Path(__file__).parents[2] / "docs" / "workbook.md").read_text(encoding="utf-8")
    shows = [field.name for field in PROFILE.fields if field.kind is SHOWN]
    assert [field.name for _, field in FIELDS if field.name not in page and field.name not in shows] == ["TW2", "TW3"]
    assert "Tampil …" in page
