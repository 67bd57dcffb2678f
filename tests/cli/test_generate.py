"""``pkdocs generate``."""

import hashlib
from pathlib import Path

import pytest

from pkdocs.errors import OfficeError
from pkdocs.office import INSTALL
from pkdocs.pipeline import generation, making
from tests.city import KEYS, Town, change, failing, sheets, snapshot, touched, without
from tests.cli.runner import pkdocs

AUDITOR = "PK-2026-INSP.IRBAN1.AUDITOR-1"
IDS = [f"PK-2026-{key}-1" for key in KEYS]


def test_all_made_ends_with_0_and_lists_the_files(town: Town, tmp_path: Path) -> None:
    out = tmp_path / "baru"
    run = pkdocs("generate", town.workbook, "--out", out, "--json")
    assert run.exit == 0
    assert run.json.keys() == {"agreements", "failed", "leftover"}
    assert (run.json["failed"], run.json["leftover"]) == ([], [])
    assert sorted(entry["key"] for entry in run.json["agreements"]) == sorted(KEYS)
    for entry in run.json["agreements"]:
        assert entry.keys() == {
            "id", "key", "unit", "position", "docx", "pdf", "content_digest", "issue_digest",
        }  # fmt: skip
        assert hashlib.sha256(Path(entry["pdf"]).read_bytes()).hexdigest() == entry["issue_digest"]
        assert Path(entry["docx"]).is_file()


@pytest.mark.parametrize(("language", "said"), [("id", "7 perjanjian di"), ("en", "7 agreements in")])
def test_the_end_is_said_in_both_languages(town: Town, language: str, said: str) -> None:
    run = pkdocs("--lang", language, "generate", town.workbook, "--out", town.out)
    assert (run.exit, run.out.startswith(said)) == (0, True)


def test_the_trial_key_is_warned_of_on_standard_error(town: Town, tmp_path: Path) -> None:
    assert "trial key" in pkdocs("--lang", "en", "generate", town.workbook, "--out", town.out).err
    (tmp_path / "person.key").write_bytes(bytes(32))
    quiet = pkdocs("generate", town.workbook, "--out", tmp_path / "k", "--person-key", tmp_path / "person.key",
                   "--format", "docx")  # fmt: skip
    assert (quiet.exit, "uji" in quiet.err) == (0, False)


def test_a_damaged_person_key_ends_with_6(town: Town, tmp_path: Path) -> None:
    (tmp_path / "person.key").write_bytes(b"short")
    run = pkdocs("generate", town.workbook, "--out", tmp_path / "k", "--person-key", tmp_path / "person.key", "--json")
    assert run.error == ("PERSON_KEY_DAMAGED", 6)
    assert not (tmp_path / "k").exists()


def test_some_failed_ends_with_1(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "Pool", failing({AUDITOR: "OFFICE_DIED"}))
    run = pkdocs("--lang", "en", "generate", town.workbook, "--out", tmp_path / "baru", "--json")
    assert run.exit == 1
    (failed,) = run.json["failed"]
    assert (failed["id"], failed["code"], failed.keys()) == (AUDITOR, "OFFICE_DIED", {"id", "code", "message"})
    assert failed["message"] in run.err
    assert len(run.json["agreements"]) == len(KEYS) - 1


@pytest.mark.parametrize(
    "extra", [[], ["--only", "BKPSDM"], ["--only", "BKPSDM.PKP.ANALIS"], ["--only", "INSP", "--only", "BKPSDM"]]
)
def test_errors_of_the_workbook_end_with_3(town: Town, tmp_path: Path, extra: list[str]) -> None:
    town.write(change(sheets(), "Pejabat", "BKPSDM", "NIP", "123"))
    run = pkdocs("generate", town.workbook, "--out", tmp_path / "baru", *extra, "--json")
    assert run.error == ("ONLY_TOUCHED" if extra else "WORKBOOK_HAS_ERRORS", 3)
    assert not (tmp_path / "baru").exists()


def test_what_no_error_touches_ends_with_0(town: Town, tmp_path: Path) -> None:
    town.write(change(sheets(), "Pejabat", "BKPSDM", "NIP", "123"))
    run = pkdocs("generate", town.workbook, "--out", tmp_path / "baru", "--only", "INSP.IRBAN1", "--json")
    assert (run.exit, [entry["key"] for entry in run.json["agreements"]]) == (0, ["INSP.IRBAN1"])


def test_an_unknown_name_is_usage(town: Town) -> None:
    run = pkdocs("generate", town.workbook, "--out", town.out, "--only", "TIDAKADA", "--json")
    assert run.error == ("ONLY_UNKNOWN", 2)


@pytest.mark.parametrize("data", [None, b"", b"PK\x03\x04", b"\x00" * 100])
def test_a_bad_template_ends_with_4(town: Town, tmp_path: Path, data: bytes | None) -> None:
    folder = tmp_path / "templat"
    folder.mkdir()
    for name in ("umum.docx", "kepala-daerah.docx"):
        if data is not None:
            (folder / name).write_bytes(data)
    run = pkdocs("generate", town.workbook, "--out", tmp_path / "baru", "--templates", folder, "--json")
    assert run.error[1] == 4
    assert not (tmp_path / "baru").exists()


class TestLibreOffice:
    """What ends with 5."""

    @pytest.fixture(autouse=True)
    def missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse() -> None:
            raise OfficeError("OFFICE_MISSING", command=INSTALL)

        monkeypatch.setattr(generation, "find_office", refuse)

    def test_missing_it_says_what_to_install(self, town: Town, tmp_path: Path) -> None:
        run = pkdocs("generate", town.workbook, "--out", tmp_path / "baru", "--json")
        assert run.error == ("OFFICE_MISSING", 5)
        assert INSTALL in run.err
        assert not (tmp_path / "baru").exists()

    def test_word_documents_do_without(self, town: Town, tmp_path: Path) -> None:
        run = pkdocs("generate", town.workbook, "--out", tmp_path / "baru", "--format", "docx", "--json")
        assert run.exit == 0
        assert {(entry["pdf"], entry["issue_digest"]) for entry in run.json["agreements"]} == {(None, None)}


def test_nothing_converted_ends_with_5(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "Pool", failing(dict.fromkeys(IDS, "OFFICE_DIED")))
    run = pkdocs("--lang", "en", "generate", town.workbook, "--out", tmp_path / "baru", "--json")
    assert run.error == ("NOTHING_CONVERTED", 5)
    assert set(snapshot(tmp_path / "baru")) == {"index.json"}


def test_a_signed_file_that_would_change_ends_with_8(town: Town) -> None:
    town.sign("INSP.IRBAN1")
    before = snapshot(town.out)
    town.write(change(sheets(), "Indikator", "IRBAN1-2", "Target", "30"))
    run = pkdocs("generate", town.workbook, "--out", town.out, "--json")
    assert run.error == ("SIGNED_WOULD_CHANGE", 8)
    assert touched(before, town.out) == set()


def test_what_is_left_over_is_listed_and_removed_if_wished(town: Town) -> None:
    town.write(without(sheets(), "INSP.IRBAN1.AUDITOR"))
    listed = pkdocs("generate", town.workbook, "--out", town.out, "--json")
    assert [Path(name).stem for name in listed.json["leftover"]] == [AUDITOR, AUDITOR]
    assert listed.json["leftover"][0] in listed.err
    pruned = pkdocs("--lang", "en", "generate", town.workbook, "--out", town.out, "--prune")
    assert "removed: " in pruned.out
    assert pkdocs("generate", town.workbook, "--out", town.out, "--json").json["leftover"] == []


def test_a_file_in_place_of_the_folder_is_usage(town: Town, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert pkdocs("generate", town.workbook, "--out", tmp_path / "file", "--json").exit == 2


def test_a_folder_that_cannot_be_made_is_said(town: Town, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    run = pkdocs("generate", town.workbook, "--out", tmp_path / "file" / "baru", "--json")
    assert run.error == ("SYSTEM", 1)
