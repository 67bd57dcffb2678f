"""Numbers as a spreadsheet shows them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkdocs.numerals import parse_number
from pkdocs.workbook.cells import Cell, Fault, Number
from pkdocs.workbook.shown import show


@pytest.mark.parametrize(
    ("stored", "code", "shown"),
    [
        ("82.6", "0.00", "82,60"), ("82.599999999999994", "General", "82,6"), ("82.599999999999994", "0.0", "82,6"),
        ("0.85", "0%", "85%"), ("0.855", "0.0%", "85,5%"), ("425000", "#,##0", "425000"),
        ("1234.5", "#,##0.00", "1234,50"),
        ("2.675", "0.00", "2,68"), ("-2.5", "0", "-3"), ("-0.4", "0", "0"), ("7", "000", "007"),
        ("0.5", "#.0", "0,5"),
        ("4.1", "0.##", "4,1"), ("4", "0.##", "4"), ("4.126", "0.##", "4,13"), ("0.1", "@", "0,1"),
        ("4215300000", '"Rp"#,##0', "4215300000"),
        ("4215300000", '_-"Rp"* #,##0_-;-"Rp"* #,##0_-;_-"Rp"* "-"_-;_-@_-', "4215300000"),
        ("0", '_-"Rp"* #,##0_-;-"Rp"* #,##0_-;_-"Rp"* "-"_-;_-@_-', "0"), ("-5", "#,##0_);(#,##0)", "-5"),
        ("12", '0 "dokumen"', "12"), ("12", "[Red]0\\ \\h", "12"), ("1.5", "[$Rp-421]#,##0.00", "1,50"),
        ("1091000000000", "General", "1091000000000"), ("1.2E-3", "General", "0,0012"),
        ("0.3333333333333333", "General", "0,3333333333"),
        ("1234567", "0.00E+00", "1234567"), ("1e300", "0.00", "1" + "0" * 300 + ",00"),
        ("5", "", Fault("CELL_FORMAT")),
        ("0", "0;-0;;@", "0"), ("3", '"Rp"General', "3"),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_shows(stored: str, code: str, shown: str | Fault) -> None:
    cell = show(stored, code)
    assert cell == shown
    assert isinstance(cell, Fault | Number)


@pytest.mark.parametrize(
    ("stored", "code", "shown"),
    [
        ("46044", "yyyy-mm-dd", date(2026, 1, 22)), ("46044.75", "dd/mm/yyyy hh:mm", date(2026, 1, 22)),
        ("46044", "[$-421]dd mmmm yyyy;@", date(2026, 1, 22)), ("1", "d/m/yy", date(1900, 1, 1)),
        ("59", "d/m/yy", date(1900, 2, 28)),
        ("61", "d/m/yy", date(1900, 3, 1)), ("0.5", "h:mm", Fault("CELL_TIME")),
        ("0.09447", "h.mm.ss", Fault("CELL_TIME")),
        ("30", "[h]:mm", Fault("CELL_TIME")), ("0.5", "d/m/yy h:mm", Fault("CELL_TIME")),
        ("-5", "d/m/yy", Fault("CELL_ERROR", "#####")),
        ("9999999", "d/m/yy", Fault("CELL_ERROR", "#####")),
    ],
)  # fmt: skip
def test_a_date_is_a_date_and_a_time_a_fault(stored: str, code: str, shown: Cell) -> None:
    assert show(stored, code) == shown


def test_dates_of_the_1904_system() -> None:
    assert show("44582", "d/m/yy", epoch_1904=True) == date(2026, 1, 22)


@pytest.mark.parametrize("code", ["# ?/?", "0.0,", "#,##0,,", "[>=1000]0;0.0", '"WTP"', "0.0-0.0", "0." + "0" * 31])
def test_a_format_that_shows_something_else_is_a_fault(code: str) -> None:
    assert show("0.5", code) == Fault("CELL_FORMAT", code)


@pytest.mark.parametrize("stored", ["nan", "inf", "satu", ""])
def test_what_is_no_number_is_refused(stored: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        show(stored, "General")


@given(st.integers(-(10**14), 10**14), st.integers(0, 6))
def test_shown_decimals_are_kept_exactly(hundredths: int, decimals: int) -> None:
    shown = show(repr(hundredths / 100), "0." + "0" * decimals if decimals else "0")
    assert isinstance(shown, Number)
    value = parse_number(shown)
    assert value is not None
    assert -value.as_tuple().exponent == decimals  # type: ignore[operator] # a finite number


@given(st.floats(allow_nan=False, allow_infinity=False), st.text('0#?.,%;dmyhs[]"\\_-*E+/ @', max_size=12))
def test_any_format_gives_a_cell(value: float, code: str) -> None:
    assert isinstance(show(repr(value), code), str | date | Fault)
