"""Paths as people give them: with spaces, slashes at the end, bytes that are no text, and too long."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.city import Town
from tests.cli.runner import pkdocs

STRANGE = [
    " ",
    "dua kata  ",
    "-awal",
    "kutip'\"`$x",
    "baris\nbaru",
    "é",
    "e\u0301",
    os.fsdecode(b"\xff\xfe"),
    "a" * 255,
]


@pytest.mark.parametrize("name", STRANGE)
def test_a_workbook_may_be_called_anything(town: Town, tmp_path: Path, name: str) -> None:
    book = tmp_path / "lain" / name
    shutil.copytree(town.workbook, book)
    assert pkdocs("check", book).exit == 0
    assert pkdocs("check", f"{book}/", "--json").json["counts"]["error"] == 0


@pytest.mark.parametrize("name", STRANGE)
def test_agreements_are_made_shown_and_verified_in_a_folder_called_anything(
    town: Town, tmp_path: Path, name: str
) -> None:
    out = tmp_path / "lain" / name
    made = pkdocs("generate", town.workbook, "--out", f"{out}/", "--only", "WALIKOTA", "--json")
    assert made.exit == 0
    (agreement,) = made.json["agreements"]
    assert Path(agreement["pdf"]).parent.parent == out
    assert pkdocs("status", f"{out}/").exit == 0
    verified = pkdocs("verify", f"{out}/", "--trust", town.trust, "--json")
    assert (verified.exit, verified.json["agreements"][0]["file"]) == (10, agreement["pdf"])


@pytest.mark.parametrize("name", STRANGE[:-1])
def test_a_sample_is_written_under_any_name(tmp_path: Path, name: str) -> None:
    run = pkdocs("sample", "--people", "2", "--json", "--", tmp_path / f"{name}.xlsx")
    assert run.exit == 0
    assert os.fsencode(run.json["file"]) == os.fsencode(tmp_path / f"{name}.xlsx")


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("command", [["generate", "{book}", "--out"], ["pki", "init"]])
def test_a_name_that_is_too_long_is_said_and_leaves_nothing(
    town: Town, tmp_path: Path, command: list[str], language: str
) -> None:
    parts = [part.format(book=town.workbook) for part in command]
    before = sorted(tmp_path.rglob("*"))
    run = pkdocs("--lang", language, *parts, tmp_path / ("x" * 300))
    assert run.exit in {1, 8}
    assert {"id": "terlalu panjang", "en": "too long"}[language] in run.err
    assert sorted(tmp_path.rglob("*")) == before


def test_a_sample_with_a_name_that_is_too_long_is_said(tmp_path: Path) -> None:
    run = pkdocs("sample", tmp_path / ("x" * 300), "--people", "2")
    assert (run.exit, "nama atau jalurnya terlalu panjang" in run.err) == (1, True)
    assert list(tmp_path.iterdir()) == []


def test_a_file_with_a_slash_at_its_end_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "buku.xlsx").touch()
    run = pkdocs("check", f"{tmp_path / 'buku.xlsx'}/")
    assert run.exit == 2
    assert "bagian dari jalurnya adalah berkas, bukan folder" in run.err


def test_json_with_bytes_that_are_no_text_is_json(town: Town) -> None:
    strange = town.out.with_name(os.fsdecode(b"hasil\xff"))
    town.out.rename(strange)
    out = pkdocs("verify", strange, "--trust", town.trust, "--json").out
    assert {Path(entry["file"]).parent.parent for entry in json.loads(out)["agreements"]} == {strange}
