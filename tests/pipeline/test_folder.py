"""The units' workbooks in one folder are read as one: nothing tells them from the workbook that they were cut from."""

import dataclasses
import io
import shutil
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pkdocs.composition import compose
from pkdocs.content import Content
from pkdocs.errors import WorkbookError
from pkdocs.persons import TRIAL_KEY
from pkdocs.pipeline.checking import Checked, check
from pkdocs.pipeline.generation import Format, generate
from pkdocs.pipeline.wording import gather_wordings
from pkdocs.problem import Place
from pkdocs.sample import BASE_SIZE, build_sample
from tests.city import ignore, wishes
from tests.cli.runner import pkdocs

DAY = date(2026, 1, 22)
OWN = ("Pejabat", "Indikator", "Anggaran", "Paparan")
"""Sheets of which each unit fills in its rows; the others are the same in all files."""
ROOT = "WALIKOTA"
COUNT = 32


@cache
def whole() -> bytes:
    """Return the workbook of the city in one file."""
    return build_sample(BASE_SIZE, DAY)


@cache
def sheets() -> dict[str, list[list[Any]]]:
    """Return its cells, each with its value and number format."""
    book = openpyxl.load_workbook(io.BytesIO(whole()))
    return {
        sheet.title: [[(cell.value, cell.number_format) for cell in row] for row in sheet.iter_rows()] for sheet in book
    }


def branch(code: str) -> str:
    return ".".join(code.split(".")[:2])


def parts() -> list[set[str]]:
    """Return the branches of the city, put together for COUNT files in the order of the workbook."""
    codes = [str(row[0][0]) for row in sheets()["Pejabat"][1:]]
    branches = [found for found, _ in groupby(codes, branch)]
    assert len(branches) == len(set(branches)) > COUNT
    numbers = {found: number * COUNT // len(branches) for number, found in enumerate(branches)}
    return [{found for found, own in numbers.items() if own == number} for number in range(COUNT)]


def write_parts(folder: Path) -> None:
    """Write a file for each part, with the common sheets and the head of the region's rows in all of them."""
    folder.mkdir()
    for number, branches in enumerate(parts()):
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for name, lines in sheets().items():
            column = next((n for n, (title, _) in enumerate(lines[0]) if title == "Kode Jabatan"), None)
            kept = [line for line in lines[1:] if name not in OWN or _is_of(line[column or 0][0], branches)]
            _write(book.create_sheet(name), [lines[0], *kept])
        book.save(folder / f"{number:02}.xlsx")


def _is_of(code: Any, branches: set[str]) -> bool:
    return code == ROOT or branch(str(code)) in branches


def _write(target: Any, lines: Iterable[list[Any]]) -> None:
    for number, line in enumerate(lines, 1):
        for column, (value, number_format) in enumerate(line, 1):
            cell = target.cell(number, column, value)
            cell.number_format = number_format


def change(file: Path, sheet: str, row: int, column: str, value: object) -> None:
    """Change one cell of a file; ``row`` is the sheet's own number."""
    book = openpyxl.load_workbook(file)
    titles = [cell.value for cell in book[sheet][1]]
    book[sheet].cell(row, titles.index(column) + 1, value)
    book.save(file)


def without_places(value: Any) -> Any:
    """Return a value of the workbook without the places of its rows: they are what must differ."""
    if isinstance(value, Place):
        return None
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return type(value).__name__, {f.name: without_places(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, tuple | list):
        return [without_places(entry) for entry in value]
    if isinstance(value, dict):
        return {key: without_places(entry) for key, entry in value.items()}
    return value


def contents(checked: Checked) -> Iterator[Content]:
    plan = checked.workbook.plan
    for outcome in compose(checked.profile, checked.cascade, plan, person_key=TRIAL_KEY, previous={}):
        assert outcome.value is not None
        yield outcome.value


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("satu") / "kota.xlsx"
    file.write_bytes(whole())
    return file


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unit") / "unit"
    write_parts(folder)
    return folder


@pytest.fixture
def folder(tmp_path: Path, cut: Path) -> Path:
    return Path(shutil.copytree(cut, tmp_path / "unit"))


def test_the_folder_gives_the_same_cascade_contents_and_digests_as_the_one_workbook(folder: Path, one: Path) -> None:
    first, second = check(one), check(folder)
    assert len(list(folder.iterdir())) == COUNT
    assert (len(first.cascade.agreements), first.errors, second.errors) == (BASE_SIZE, (), ())
    assert without_places(second.cascade.agreements) == without_places(first.cascade.agreements)
    assert list(contents(second)) == list(contents(first))
    assert [content.digest for content in contents(second)] == [content.digest for content in contents(first)]


def test_profile_plan_units_and_wording_are_the_same_too(folder: Path, one: Path) -> None:
    first, second = check(one), check(folder)
    assert without_places(second.workbook.profile) == without_places(first.workbook.profile)
    for name in ("indicators", "broken", "budget", "rpjmd", "reviews", "achievements"):
        before, after = (without_places(getattr(checked.workbook.plan, name)) for checked in (first, second))
        # in the order of the files, where rows of different positions stand mixed in the one workbook
        assert sorted(map(repr, after)) == sorted(map(repr, before)), name
    assert second.workbook.plan.scales == first.workbook.plan.scales
    assert without_places(second.workbook.units) == without_places(first.workbook.units)
    assert gather_wordings(second) == gather_wordings(first)


def test_what_is_warned_of_is_the_same_each_with_its_file(folder: Path, one: Path) -> None:
    def said(checked: Checked) -> list[tuple[str, str]]:
        return sorted((problem.code, problem.message("id")) for problem in checked.problems)

    first, second = check(one), check(folder)
    assert said(second) == said(first)
    rows = [problem.place for problem in second.problems if problem.place.row is not None]
    assert all(place.file for place in rows)


def test_the_documents_are_the_same_bytes(folder: Path, one: Path, tmp_path: Path) -> None:
    keys = ("WALIKOTA", "KOMINFO", "KOMINFO.APTIKA")
    for name, workbook in (("satu", one), ("unit-unit", folder)):
        generate(workbook, tmp_path / name, wishes(only=keys, format=Format.DOCX), ignore)
    files = sorted(file.relative_to(tmp_path / "satu") for file in (tmp_path / "satu").rglob("*.docx"))
    assert len(files) == len(keys)
    assert all(
        (tmp_path / "satu" / file).read_bytes() == (tmp_path / "unit-unit" / file).read_bytes() for file in files
    )


def test_an_error_names_the_file_of_its_row(folder: Path) -> None:
    change(folder / "17.xlsx", "Pejabat", 3, "NIP", "123")
    (error,) = check(folder).errors
    assert (error.place.file, error.place.row, error.place.column) == ("17.xlsx", 3, "NIP")
    run = pkdocs("check", folder, "--json")
    found = [finding for finding in run.json["findings"] if finding["severity"] == "error"]
    assert (run.exit, [finding["file"] for finding in found]) == (3, ["17.xlsx"])
    assert "17.xlsx · Pejabat · 3 · NIP" in pkdocs("check", folder).out


def test_what_no_error_touches_is_made_from_the_folder(folder: Path, tmp_path: Path) -> None:
    change(folder / "17.xlsx", "Pejabat", 3, "NIP", "123")
    done = generate(folder, tmp_path / "hasil", wishes(only=(ROOT, "INSP"), format=Format.DOCX), ignore)
    assert [entry.key for entry in done.agreements] == [ROOT, "INSP"]


def test_a_profile_that_differs_in_one_file_is_an_error_that_names_both(folder: Path) -> None:
    change(folder / "09.xlsx", "Profil", 5, "Nilai", "Wanasri")
    errors = check(folder).errors
    assert [(error.code, error.place.file) for error in errors] == [
        ("PROFILE_CONTRADICTS", "00.xlsx"), ("PROFILE_CONTRADICTS", "09.xlsx"),
    ]  # fmt: skip
    assert "00.xlsx" in errors[1].message("id")
    with pytest.raises(WorkbookError):
        generate(folder, folder.with_name("hasil"), wishes(only=(ROOT,)), ignore)


def test_a_unit_whose_letterhead_differs_in_two_files_is_named_at_both(folder: Path) -> None:
    change(folder / "11.xlsx", "Unit", 3, "Alamat", "Jalan Lain")
    errors = check(folder).errors
    assert {(error.code, error.place.file, error.place.row) for error in errors} == {
        ("UNIT_TWICE", "00.xlsx", 3), ("UNIT_TWICE", "11.xlsx", 3),
    }  # fmt: skip


def test_a_file_that_cannot_be_read_stops_every_agreement(folder: Path) -> None:
    (folder / "05.xlsx").write_bytes(b"PK rusak")
    errors = check(folder).errors
    assert ("FILE_DAMAGED", "05.xlsx") in {(error.code, error.place.file) for error in errors}
    with pytest.raises(WorkbookError):
        generate(folder, folder.with_name("hasil"), wishes(only=(ROOT,)), ignore)
