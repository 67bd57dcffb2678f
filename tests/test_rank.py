"""Golongan and pangkat, and the ways in which people write them."""

import pytest

from pkdocs.rank import (
    CONTRACT_GRADES,
    RANKS,
    is_below,
    is_rank_of,
    parse_contract_grade,
    parse_grade,
    without_grade,
)


def test_each_golongan_reads_as_itself() -> None:
    assert len(RANKS) == 17
    assert [parse_grade(grade) for grade in RANKS] == list(RANKS)
    assert [parse_contract_grade(grade) for grade in CONTRACT_GRADES] == list(CONTRACT_GRADES)


@pytest.mark.parametrize(
    "written", ["III/d", "iii/D", "III.d", "IIId", "(III/d)", "Gol. III/d", "Golongan III / d", "III-d"]
)
def test_ways_of_writing_a_golongan(written: str) -> None:
    assert parse_grade(written) == "III/d"


@pytest.mark.parametrize("written", ["III/e", "V/a", "III", "", "IX", "IIII/a"])
def test_what_is_no_golongan_of_a_civil_servant(written: str) -> None:
    assert parse_grade(written) is None


@pytest.mark.parametrize(
    ("written", "grade"),
    [("9", "IX"), ("Gol. ix", "IX"), ("17", "XVII"), ("18", None), ("0", None), ("", None), ("III/a", None)],
)
def test_ways_of_writing_a_contract_grade(written: str, grade: str | None) -> None:
    assert parse_contract_grade(written) == grade


@pytest.mark.parametrize(
    "written", ["Pembina Tingkat I", "Pembina Tk. I", "Pembina Tk.I", "PEMBINA TK I", "Pembina  Tkt. 1"]
)
def test_tingkat_may_be_shortened(written: str) -> None:
    assert is_rank_of(written, "IV/b")
    assert not is_rank_of(written, "IV/a")
    assert not is_rank_of("Pembina", "IV/b")


@pytest.mark.parametrize(
    ("written", "parted"),
    [
        ("Pembina Tk. I (IV/b)", ("Pembina Tk. I", "IV/b")), ("Penata, III/c", ("Penata", "III/c")),
        ("Pembina Tk. I", ("Pembina Tk. I", None)), ("", ("", None)), ("Penata (III/f)", ("Penata (III/f)", None)),
    ],
)  # fmt: skip
def test_a_golongan_behind_the_pangkat_is_parted(written: str, parted: tuple[str, str | None]) -> None:
    assert without_grade(written) == parted


def test_golongan_are_ordered() -> None:
    assert is_below("III/d", "IV/a")
    assert not is_below("IV/a", "IV/a")
