"""Sheets to files: what is written is what stands there, and the same each time."""

from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkdocs.spreadsheet import Cell, Column, Days, Format, ListOf, Rule, Sheet, Style, Value, Whole, write_spreadsheet
from pkdocs.workbook.cells import clean
from pkdocs.workbook.source import read_source

DAY = date(2026, 1, 2)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=40)
VALUES = st.one_of(st.none(), st.integers(0, 10**14), st.dates(date(1950, 1, 1), date(2100, 1, 1)), TEXTS)


def sheet(*rows: list[Value | Cell], **more: object) -> Sheet:
    return Sheet("Lembar", (Column(10, "Satu"), Column(20, "Dua")), rows, **more)


def loaded(*sheets: Sheet) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(write_spreadsheet(sheets, DAY)))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(VALUES, min_size=2, max_size=2), max_size=5))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, rows: list[list[Value]]) -> None:
    file = tmp_path_factory.mktemp("x") / "x.xlsx"
    file.write_bytes(write_spreadsheet([sheet(*rows)], DAY))
    (read,) = read_source(file).sheets
    found = dict(read.rows)
    for number, row in enumerate(rows, 2):
        told = [str(value) if isinstance(value, int) else value for value in row]
        wanted = {at: clean(value) if isinstance(value, str) else value for at, value in enumerate(told)}
        assert found.get(number, {}) == {at: value for at, value in wanted.items() if value not in {None, ""}}


@pytest.mark.parametrize(
    "text", ["=1+1", "=HYPERLINK(1)", "#N/A", "0012", "2.16.03", "5-10", "TRUE", "197801302003012994"]
)
def test_a_text_stays_text_whatever_it_looks_like(text: str) -> None:
    for cell in (text, Cell(text, Style.PROSE)):
        written = loaded(sheet([cell]))["Lembar"]["A2"]
        assert (written.value, written.data_type) == (text, "s")


def test_cells_of_one_column_keep_their_own_looks() -> None:
    page = loaded(sheet([Cell("a", Style.LABEL)], ["b"], [Cell("c", Style.LABEL)], [7], [Cell(7, format=Format.WHOLE)]))
    cells = [row[0] for row in page["Lembar"].iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == ["a", "b", "c", 7, 7]
    assert [bool(cell.font.bold) for cell in cells] == [True, False, True, False, False]
    assert [cell.number_format for cell in cells] == ["@", "@", "@", "#,##0", "0"]


def test_the_file_knows_no_other_moment_than_its_day(tmp_path: Path) -> None:
    first, again = (write_spreadsheet([sheet(["x", 1])], DAY) for _ in range(2))
    assert first == again != write_spreadsheet([sheet(["x", 1])], date(2026, 1, 3))
    properties = openpyxl.load_workbook(BytesIO(first)).properties
    assert properties.created.date() == properties.modified.date() == DAY


def test_a_sheet_without_header_begins_with_its_rows_and_is_not_frozen() -> None:
    page = loaded(sheet(["x"], has_header=False))["Lembar"]
    assert (page["A1"].value, page.freeze_panes, page.auto_filter.ref) == ("x", None, None)


def test_what_may_be_typed_is_told_by_kind() -> None:
    rules = [
        Rule("a", "tells"),
        Rule("b", "", Whole(1, 9), "no"),
        Rule("c", "", Days(DAY, date(2026, 12, 31)), "no"),
        Rule("d", "", ListOf("Lembar Lain", 2, 3), "no"),
        Rule("e", "", ListOf("Lain", 28), "no", may_insist=True),
    ]
    page = loaded(sheet(*([Cell(rule=rule)] for rule in rules)))["Lembar"]
    found = {rule.promptTitle: rule for rule in page.data_validations.dataValidation}
    assert [str(found[name].sqref) for name in "abcde"] == ["A2", "A3", "A4", "A5", "A6"]
    assert found["a"].prompt == "tells"
    assert not found["a"].showErrorMessage
    assert (found["b"].formula1, found["b"].formula2, found["b"].operator) == ("1", "9", "between")
    # days are counted from 30 December 1899
    assert (found["c"].formula1, found["c"].formula2) == ("46024", "46387")
    assert found["d"].formula1 == "'Lembar Lain'!$B$2:$B$4"
    assert found["e"].formula1 == "OFFSET('Lain'!$AB$2,0,0,MAX(1,COUNTA('Lain'!$AB$2:$AB$1048576)),1)"
    assert [found[name].errorStyle for name in "de"] == ["stop", "warning"]


@pytest.mark.parametrize(("title", "prompt", "refusal"), [("x" * 33, "", ""), ("", "x" * 256, ""), ("", "", "x" * 256)])
def test_a_text_too_long_for_a_rule_is_a_fault_of_the_program(title: str, prompt: str, refusal: str) -> None:
    with pytest.raises(ValueError, match="too long"):
        Rule(title, prompt, refusal=refusal)
