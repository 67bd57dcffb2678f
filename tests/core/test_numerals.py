"""Numbers, money and dates as Indonesian documents write them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkdocs.numerals import (
    format_date,
    format_number,
    format_rupiah,
    has_sen,
    is_ambiguous,
    parse_number,
    parse_rupiah,
)

NUMBERS = st.builds(
    lambda units, places: Decimal(f"{units}e-{places}"), st.integers(-(10**18), 10**18), st.integers(0, 6)
)


@given(NUMBERS)
def test_a_formatted_number_reads_as_itself_with_all_its_decimals(value: Decimal) -> None:
    read = parse_number(format_number(value))
    assert read is not None
    assert read.as_tuple() == value.as_tuple()


@given(st.integers(0, 10**15))
def test_formatted_rupiah_read_as_themselves(amount: int) -> None:
    written = format_rupiah(amount)
    assert [parse_rupiah(form.format(written)) for form in ("{}", "Rp{}", "Rp. {},00", "rp{},-")] == [amount] * 4


@given(st.text())
def test_any_text_is_a_number_or_none(written: str) -> None:
    assert parse_number(written) is None or set(written) <= set("+-0123456789.,")
    assert parse_rupiah(written) is None or not has_sen(written)


@given(st.integers(1, 999), st.integers(0, 999))
def test_a_single_point_before_three_digits_counts_as_thousands_and_is_ambiguous(left: int, right: int) -> None:
    written = f"{left}.{right:03d}"
    assert parse_number(written) == left * 1000 + right
    assert is_ambiguous(written)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1.234,56", "1234.56"),
        ("1.234.567", "1234567"),
        ("4,10", "4.10"),
        ("0,332", "0.332"),
        ("100", "100"),
        ("-2,5", "-2.5"),
        ("+3", "3"),
        ("2026", "2026"),
    ],
)
def test_a_number_of_the_locale_keeps_its_decimals(written: str, value: str) -> None:
    read = parse_number(written)
    assert read is not None
    assert read.as_tuple() == Decimal(value).as_tuple()


@pytest.mark.parametrize(
    "written",
    [
        "",
        " 1",
        "0.332",
        "0.500",
        "1,234.5",
        "1.23",
        "12.3456",
        "1..000",
        "1,",
        ",5",
        "1e3",
        "NaN",
        "1_000",
        "½",
        "٣",
        "１",
    ],
)
def test_what_is_no_number_of_the_locale_is_none(written: str) -> None:
    assert parse_number(written) is None


@pytest.mark.parametrize("written", ["1.234.567", "0.332", "1234", "1.234,5", "1,234"])
def test_other_forms_are_not_ambiguous(written: str) -> None:
    assert not is_ambiguous(written)


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("4215300000", 4215300000),
        ("4.215.300.000", 4215300000),
        ("Rp4.215.300.000,00", 4215300000),
        ("Rp. 1.000,-", 1000),
        ("0", 0),
    ],
)
def test_rupiah_are_read_in_all_their_forms(written: str, amount: int) -> None:
    assert parse_rupiah(written) == amount


@pytest.mark.parametrize("written", ["", "Rp", "-5", "1.00", "4,215,300,000", "1.000,50", "IDR 5", "12.34.567", "٣"])
def test_what_is_no_whole_rupiah_is_none(written: str) -> None:
    assert parse_rupiah(written) is None


@pytest.mark.parametrize("written", ["9" * 19, "9" * 5000, "9" + ".999" * 6])
def test_an_amount_without_measure_is_none(written: str) -> None:
    assert parse_rupiah(written) is None


@pytest.mark.parametrize(
    ("written", "fraction"),
    [("1.000,50", True), ("Rp0,01", True), ("1.000,00", False), ("1.000", False), ("sen", False)],
)
def test_a_fraction_of_a_rupiah_is_noticed(written: str, *, fraction: bool) -> None:
    assert has_sen(written) is fraction


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 1, 22), "22 Januari 2026"),
        (date(2024, 2, 29), "29 Februari 2024"),
        (date(2026, 8, 1), "1 Agustus 2026"),
        (date(2026, 12, 31), "31 Desember 2026"),
    ],
)
def test_dates_are_written_out(day: date, written: str) -> None:
    assert format_date(day) == written
