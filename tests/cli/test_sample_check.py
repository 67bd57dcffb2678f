"""``pkdocs sample`` and ``pkdocs check``."""

from pathlib import Path

import pytest

from tests.city import KEYS, Town, change, number_of, sheets
from tests.cli.runner import pkdocs


class TestSample:
    """A workbook for trials."""

    def test_it_is_made_and_has_no_errors(self, tmp_path: Path) -> None:
        out = tmp_path / "kota.xlsx"
        made = pkdocs("sample", out, "--people", "12", "--date", "2026-01-22", "--json")
        assert (made.exit, made.json) == (0, {"file": str(out), "people": 12})
        assert pkdocs("check", out).exit == 0

    def test_made_again_it_is_the_same_file(self, tmp_path: Path) -> None:
        out = tmp_path / "kota.xlsx"
        for _ in range(2):
            assert pkdocs("sample", out, "--people", "5", "--date", "2026-01-22").exit == 0

    def test_it_says_of_which_day_it_is(self, tmp_path: Path) -> None:
        made = pkdocs("sample", tmp_path / "kota.xlsx", "--people", "3", "--date", "2026-12-31")
        assert (made.exit, "2026-12-30" in made.out) == (0, True)

    def test_another_file_is_never_overwritten(self, tmp_path: Path) -> None:
        (tmp_path / "kota.xlsx").write_bytes(b"mine")
        run = pkdocs("sample", tmp_path / "kota.xlsx", "--people", "5", "--json")
        assert run.error == ("SAMPLE_EXISTS", 8)
        assert (tmp_path / "kota.xlsx").read_bytes() == b"mine"

    @pytest.mark.parametrize("people", ["0", "-3", "1", "50001"])
    def test_a_city_has_some_people_and_not_too_many(self, tmp_path: Path, people: str) -> None:
        run = pkdocs("sample", tmp_path / "kota.xlsx", "--people", people, "--json")
        assert run.error == ("SAMPLE_SIZE", 2)
        assert not (tmp_path / "kota.xlsx").exists()

    @pytest.mark.parametrize("day", ["22/01/2026", "2026-02-30", "besok"])
    def test_a_date_is_a_date(self, tmp_path: Path, day: str) -> None:
        assert pkdocs("sample", tmp_path / "kota.xlsx", "--people", "5", "--date", day, "--json").error == ("USAGE", 2)


class TestCheck:
    """All findings."""

    def test_a_good_workbook_ends_with_0(self, town: Town) -> None:
        run = pkdocs("check", town.workbook, "--json")
        assert run.exit == 0
        assert run.json["counts"]["error"] == 0

    def test_an_error_ends_with_3_and_names_its_cell(self, town: Town) -> None:
        town.write(change(sheets(), "Indikator", "IRBAN1-2", "Target", "0.332"))
        run = pkdocs("--lang", "en", "check", town.workbook, "--json")
        assert run.exit == 3
        (found,) = [entry for entry in run.json["findings"] if entry["severity"] == "error"]
        assert found.keys() == {"severity", "code", "file", "sheet", "row", "column", "message"}
        assert (found["sheet"], found["column"]) == ("Indikator", "Target")
        rows = [row["Kode"] for row in sheets()["Indikator"]]
        assert found["row"] == rows.index("IRBAN1-2") + 2
        assert run.json["counts"].keys() == {"error", "warning", "note"}
        assert found["message"] in run.err

    def test_messages_are_in_the_language_of_the_call(self, town: Town) -> None:
        town.write(change(sheets(), "Pejabat", "INSP", "Atasan", "TIDAKADA"))
        said = {
            language: pkdocs("--lang", language, "check", town.workbook, "--json").json for language in ("id", "en")
        }
        assert [entry["code"] for entry in said["id"]["findings"]] == [
            entry["code"] for entry in said["en"]["findings"]
        ]
        assert not {entry["message"] for entry in said["id"]["findings"]} & {
            entry["message"] for entry in said["en"]["findings"]
        }

    def test_of_each_kind_of_warning_the_first_ones_are_shown(self, town: Town) -> None:
        city = sheets()
        for row in city["Indikator"]:
            row["Realisasi Tahun Lalu"] = "1000000" if row["Polaritas"] == "Naik" else row["Realisasi Tahun Lalu"]
        town.write(city)
        short, whole = pkdocs("check", town.workbook), pkdocs("check", town.workbook, "--all")
        assert (short.exit, whole.exit) == (0, 0)
        assert len(short.out.splitlines()) < len(whole.out.splitlines())
        assert short.out.splitlines()[-1] == whole.out.splitlines()[-1]

    def test_the_count_of_agreements_is_said(self, town: Town) -> None:
        town.write(change(sheets(), "Pejabat", "BKPSDM.PKP", "NIP", "123"))
        assert f"{len(KEYS) - 2} agreements can be made" in pkdocs("--lang", "en", "check", town.workbook).out

    def test_a_wrong_number_is_not_repeated(self, town: Town) -> None:
        wrong = number_of("INSP")[:-1] + "5"
        town.write(change(sheets(), "Pejabat", "INSP", "NIP", wrong[:8] + "9" + wrong[9:]))
        run = pkdocs("check", town.workbook, "--all", "--json")
        assert run.exit == 3
        assert wrong[:8] + "9" + wrong[9:] not in run.out + run.err

    @pytest.mark.parametrize("name", ["kosong", "kosong.xlsx", "kosong.csv", "teks.txt"])
    def test_what_is_no_workbook_ends_with_3(self, tmp_path: Path, name: str) -> None:
        (tmp_path / name).mkdir() if name == "kosong" else (tmp_path / name).write_bytes(b"")
        assert pkdocs("check", tmp_path / name, "--json").error[1] == 3
