"""Numbers of officials: one well-formed number of each kind, of which a test changes one part."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkdocs.nip import NumberFault, check_number, clean_number, holds_personal_number
from pkdocs.roster import Employment

NIP = "197111021996032992"
PPPK = "199412052023212998"


def test_well_formed_numbers_pass() -> None:
    assert check_number(NIP, Employment.PNS, 2026) is None
    assert check_number(NIP, Employment.CPNS, None) is None
    assert check_number(PPPK, Employment.PPPK, 2026) is None
    assert check_number(PPPK, Employment.PPPK_PART_TIME, 2026) is None
    assert check_number("THL-007", Employment.NON_ASN, 2026) is None


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("19711102199603299", NumberFault.LENGTH),
        ("1971110219960329922", NumberFault.LENGTH),
        ("1971110219960329X2", NumberFault.LENGTH),
        ("\u0661971110219960329" + "92", NumberFault.LENGTH),
        ("1,97111E+17", NumberFault.SCIENTIFIC),
        ("1971110219960329", NumberFault.NIK),
        ("197113021996032992", NumberFault.BIRTH),
        ("197102301996032992", NumberFault.BIRTH),
        ("195011021976032992", NumberFault.AGE),
        ("201011022026032992", NumberFault.AGE),
        ("197111021996132992", NumberFault.START),
        ("197111021996002992", NumberFault.START),
        ("197111022027032992", NumberFault.START),
        ("197111021988102992", NumberFault.EARLY),
        ("197111021996033992", NumberFault.SEX),
        ("197111021996030992", NumberFault.SEX),
        ("197111021996032000", NumberFault.SERIAL),
        (PPPK, NumberFault.START),
    ],
)
def test_a_nip_with_one_wrong_part_is_refused(number: str, fault: NumberFault) -> None:
    assert check_number(number, Employment.PNS, 2026) is fault


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("199412052013212998", NumberFault.CONTRACT_YEAR),
        ("199412052027212998", NumberFault.CONTRACT_YEAR),
        ("200712052023212998", NumberFault.EARLY),
        ("199412052023002998", NumberFault.CONTRACT_COUNT),
        ("199412052023213998", NumberFault.SEX),
        ("199413052023212998", NumberFault.BIRTH),
        (NIP, NumberFault.CONTRACT_YEAR),
    ],
)
def test_an_ni_pppk_with_one_wrong_part_is_refused(number: str, fault: NumberFault) -> None:
    assert check_number(number, Employment.PPPK, 2026) is fault


def test_seventeen_years_are_counted_by_the_month() -> None:
    assert check_number("197111021988112992", Employment.PNS, 2026) is None


def test_the_highest_age_is_higher_for_functional_officials() -> None:
    number = "195811021986032992"
    assert check_number(number, Employment.PNS, 2026) is NumberFault.AGE
    assert check_number(number, Employment.PNS, 2026, functional=True) is None
    assert check_number(number, Employment.PNS, 2029, functional=True) is NumberFault.AGE
    assert check_number(number, Employment.PNS, None) is None


def test_an_issued_exception_passes_but_a_nik_never_does() -> None:
    assert check_number("197113021996032992", Employment.PNS, 2026, issued=True) is None
    assert check_number("3576010101800001", Employment.PNS, 2026, issued=True) is NumberFault.NIK


@pytest.mark.parametrize("number", ["3576010101800001", "3576-0101-0180-0001"])
@pytest.mark.parametrize("employment", list(Employment))
def test_sixteen_digits_are_refused_for_everybody(number: str, employment: Employment) -> None:
    assert check_number(number, employment, 2026) is NumberFault.NIK


@pytest.mark.parametrize("number", ["", "-", "A" * 41, "A_1", "A/1", "\u00e91"])
def test_local_ids_are_letters_digits_and_hyphens(number: str) -> None:
    assert check_number(number, Employment.NON_ASN, 2026) is NumberFault.LOCAL


@pytest.mark.parametrize("written", ["'197111021996032992", "19711102 199603 2 992", "19711102.199603.2.992", NIP])
def test_display_forms_are_the_same_number(written: str) -> None:
    assert clean_number(written) == NIP


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (NIP, True), ("JAB-3576010101800001", True), ("19711102-199603-2-992", True), ("19711102 199603 2 992", True),
        ("2.16.03.2.02.0017", False), ("1.02.2.14.0.00.01.0000", False), ("KOMINFO.APTIKA", False),
    ],
)  # fmt: skip
def test_personal_numbers_are_found_in_codes(text: str, expected: bool) -> None:
    assert holds_personal_number(text) is expected


@given(st.text(max_size=25), st.sampled_from(Employment))
def test_any_text_is_judged_without_fail(text: str, employment: Employment) -> None:
    fault = check_number(clean_number(text), employment, 2026)
    assert fault is None or fault.value.startswith("NIP_")
