"""``pkdocs verify --report`` and ``pkdocs report``: written, signed, and checked against the files."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pkdocs.files import digest
from pkdocs.report.shape import misfits
from tests.city import KEYS, Town, tamper
from tests.cli.runner import Run, pkdocs

AT = (datetime.now(UTC) - timedelta(seconds=20)).replace(microsecond=0).isoformat()
SUFFIXES = ("html", "json", "pdf", "xlsx")


def verify(town: Town, folder: Path, *more: str | Path, suffixes: tuple[str, ...] = SUFFIXES) -> Run:
    reports = [part for suffix in suffixes for part in ("--report", folder / f"laporan.{suffix}")]
    return pkdocs("verify", town.out, "--trust", town.trust, "--at", AT, *reports, *more)


def check(town: Town, report: Path, *more: str | Path, language: str = "id") -> Run:
    return pkdocs("--lang", language, "report", "check", report, town.out, "--trust", town.trust, *more, "--json")


def sign(town: Town, report: Path, key: str = "INSP") -> Run:
    p12 = town.p12(key)
    return pkdocs(
        "report", "sign", report, "--p12", p12, "--passphrase-file", p12.with_suffix(".pass"), "--yes", "--json"
    )


def codes(run: Run) -> set[str]:
    return {finding["code"] for finding in run.json["findings"] if finding["weight"] in {"fail", "unknown"}}


@pytest.fixture
def reported(signed_town: Town, tmp_path: Path) -> tuple[Town, Path]:
    folder = tmp_path / "laporan"
    assert verify(signed_town, folder).exit == 0
    return signed_town, folder


def test_two_runs_give_the_same_bytes_in_every_form(reported: tuple[Town, Path], tmp_path: Path) -> None:
    town, folder = reported
    assert verify(town, tmp_path / "lagi").exit == 0
    for suffix in SUFFIXES:
        name = f"laporan.{suffix}"
        assert (folder / name).read_bytes() == (tmp_path / "lagi" / name).read_bytes()


def test_what_is_written_is_what_standard_output_says(reported: tuple[Town, Path], tmp_path: Path) -> None:
    town, folder = reported
    said = verify(town, tmp_path, "--json", suffixes=()).out
    assert said == (folder / "laporan.json").read_text(encoding="utf-8")
    report = json.loads(said)
    assert list(misfits(report)) == []
    assert [one["use"] for one in report["sources"]] == ["trust"]
    assert report["missing"] is None


def test_of_a_signed_set_the_report_says_who_signed_what(reported: tuple[Town, Path]) -> None:
    _, folder = reported
    report = json.loads((folder / "laporan.json").read_bytes())
    for agreement in report["agreements"]:
        data = Path(agreement["file"]).read_bytes()
        assert [one["role"] for one in agreement["signatures"]] == [one["role"] for one in agreement["parties"]]
        for one, party in zip(agreement["signatures"], agreement["parties"], strict=True):
            assert (one["signer"] in party["name"], one["level"], one["proven"]) == (True, "B-B", None)
            assert one["signed"]["sha256"] == digest(data[: one["signed"]["length"]])


@pytest.mark.parametrize("suffix", ["json", "pdf"])
def test_a_report_of_these_files_passes(reported: tuple[Town, Path], suffix: str) -> None:
    town, folder = reported
    run = check(town, folder / f"laporan.{suffix}")
    assert (run.exit, run.json["result"], run.json["signed"]) == (0, "TOTAL-PASSED", [])
    assert [finding["code"] for finding in run.json["findings"]] == ["REPORT_UNSIGNED"]


def test_a_thorough_report_is_checked_as_thoroughly(signed_town: Town, tmp_path: Path) -> None:
    assert verify(signed_town, tmp_path / "laporan", "--thorough", suffixes=("json",)).exit == 0
    report = tmp_path / "laporan" / "laporan.json"
    assert json.loads(report.read_bytes())["thorough"] is True
    run = check(signed_town, report)
    assert (run.exit, [finding["code"] for finding in run.json["findings"]]) == (0, ["REPORT_UNSIGNED"])


def test_the_files_may_have_been_moved(reported: tuple[Town, Path], tmp_path: Path) -> None:
    town, folder = reported
    town.out.rename(tmp_path / "pindah")
    moved = Town(town.workbook, tmp_path / "pindah", town.pki)
    assert check(moved, folder / "laporan.pdf").exit == 0


def test_an_auditor_signs_once_and_that_is_told(reported: tuple[Town, Path]) -> None:
    town, folder = reported
    report = folder / "laporan.pdf"
    before = report.read_bytes()
    assert sign(town, report).exit == 0
    assert report.read_bytes().startswith(before)
    run = check(town, report)
    assert (run.exit, len(run.json["signed"])) == (0, 1)
    assert {finding["code"] for finding in run.json["findings"]} == {"TRAINING"}
    assert sign(town, report).error == ("REPORT_SIGNED_ALREADY", 7)
    assert verify(town, folder, "--json").error == ("REPORT_IN_THE_WAY", 8)


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_plan_and_the_outcome_are_said(reported: tuple[Town, Path], language: str) -> None:
    town, folder = reported
    p12 = town.p12("INSP")
    given = ("--p12", p12, "--passphrase-file", p12.with_suffix(".pass"), "--yes")
    run = pkdocs("--lang", language, "report", "sign", folder / "laporan.pdf", *given)
    assert "TOTAL-PASSED" in run.out
    run = pkdocs("--lang", language, "report", "check", folder / "laporan.pdf", town.out, "--trust", town.trust)
    assert {"id": "memberi hasil yang sama", "en": "gives the same"}[language] in run.out


@pytest.mark.parametrize("suffix", ["html", "json", "xlsx"])
def test_only_a_report_in_pdf_is_signed(reported: tuple[Town, Path], suffix: str) -> None:
    town, folder = reported
    assert sign(town, folder / f"laporan.{suffix}").error == ("REPORT_NOT_SIGNABLE", 7)


def test_without_anybody_to_ask_consent_must_be_given(reported: tuple[Town, Path]) -> None:
    town, folder = reported
    p12 = town.p12("INSP")
    given = ("--p12", p12, "--passphrase-file", p12.with_suffix(".pass"))
    assert pkdocs("report", "sign", folder / "laporan.pdf", *given).exit == 2


@pytest.mark.parametrize("suffix", ["json", "pdf"])
def test_a_file_that_was_swapped_after_verifying_is_told(reported: tuple[Town, Path], suffix: str) -> None:
    town, folder = reported
    tamper(town.pdf("INSP.IRBAN1"), lambda data: data + b" ")
    run = check(town, folder / f"laporan.{suffix}")
    assert (run.exit, codes(run)) == (9, {"REPORT_FILE_ABSENT", "REPORT_FILE_ADDED"})


def test_a_file_more_and_a_file_less_are_told(reported: tuple[Town, Path]) -> None:
    town, folder = reported
    town.pdf("BKPSDM.PKP.ANALIS").unlink()
    assert codes(check(town, folder / "laporan.json")) == {"REPORT_FILE_ABSENT"}


def test_another_trust_file_than_it_states_is_told(reported: tuple[Town, Path]) -> None:
    town, folder = reported
    town.trust.write_bytes(town.trust.read_bytes() + b"\n")
    run = check(town, folder / "laporan.pdf")
    assert (run.exit, codes(run)) == (9, {"REPORT_SOURCE_OTHER"})


def test_a_register_that_the_report_does_not_state_is_told(reported: tuple[Town, Path]) -> None:
    town, folder = reported
    town.build_register()
    town.sign_register()
    run = check(town, folder / "laporan.json", "--register", town.head)
    assert (run.exit, codes(run)) == (9, {"REPORT_SOURCE_OTHER"})


def test_with_register_and_workbook_the_same_are_needed_again(signed_town: Town, tmp_path: Path) -> None:
    town, report = signed_town, tmp_path / "laporan.pdf"
    town.build_register()
    town.sign_register()
    basis = ("--register", town.head, "--workbook", town.workbook)
    assert verify(town, tmp_path, *basis, suffixes=("pdf", "json")).exit == 0
    written = json.loads(report.with_suffix(".json").read_bytes())
    assert [one["use"] for one in written["sources"]] == ["trust", "register", "list", "workbook"]
    assert (sum(row["required"] for row in written["completeness"]), written["missing"]) == (len(KEYS), [])
    assert check(town, report, *basis).exit == 0
    assert codes(check(town, report)) == {"REPORT_SOURCE_OTHER"}


def test_what_the_workbook_demands_and_nobody_gave_is_missing(signed_town: Town, tmp_path: Path) -> None:
    town = signed_town
    town.pdf("BKPSDM.PKP.ANALIS").unlink()
    run = verify(town, tmp_path, "--workbook", town.workbook, "--json", suffixes=())
    assert [one["id"] for one in run.json["missing"]] == ["PK-2026-BKPSDM.PKP.ANALIS-1"]
    lacking = [row for row in run.json["completeness"] if row["missing"]]
    assert [(row["required"], row["present"], row["missing"]) for row in lacking] == [(1, 0, 1)]
    assert "ada 6" in run.err


def test_a_report_that_was_edited_is_told(reported: tuple[Town, Path]) -> None:
    town, folder = reported
    tamper(folder / "laporan.json", lambda data: data.replace(b'"late": null', b'"late": false', 1))
    run = check(town, folder / "laporan.json")
    assert (run.exit, codes(run)) == (9, {"REPORT_VERDICT_OTHER"})


def test_what_is_no_report_is_told(signed_town: Town) -> None:
    run = check(signed_town, signed_town.pdf("INSP"))
    assert (run.exit, codes(run), run.json["at"]) == (9, {"REPORT_UNREADABLE"}, None)


@pytest.mark.parametrize("suffix", ["html", "xlsx"])
def test_a_form_for_reading_alone_is_not_checked_and_says_what_is(reported: tuple[Town, Path], suffix: str) -> None:
    town, folder = reported
    run = check(town, folder / f"laporan.{suffix}", language="en")
    assert (run.exit, [finding["code"] for finding in run.json["findings"]]) == (9, ["REPORT_UNREADABLE"])
    assert "JSON or PDF that was made with them" in run.err


def test_a_report_in_the_folder_is_no_agreement(signed_town: Town) -> None:
    assert verify(signed_town, signed_town.out, suffixes=("pdf",)).exit == 0
    run = verify(signed_town, signed_town.out, "--json", suffixes=())
    assert (run.exit, len(run.json["agreements"])) == (0, len(KEYS))


def test_the_schema_is_printed() -> None:
    assert json.loads(pkdocs("report", "schema").out)["title"] == "pkdocs-verdict/1"


def test_a_report_of_a_time_to_come_is_told(reported: tuple[Town, Path]) -> None:
    town, folder = reported
    earlier = (datetime.fromisoformat(AT) - timedelta(days=1)).isoformat()
    assert codes(check(town, folder / "laporan.json", "--at", earlier)) == {"REPORT_LATER"}


def test_the_auditor_may_be_judged_by_another_trust_file(reported: tuple[Town, Path], tmp_path: Path) -> None:
    town, folder = reported
    assert sign(town, folder / "laporan.pdf").exit == 0
    newer = tmp_path / "trust-baru.toml"
    newer.write_bytes(town.trust.read_bytes() + b"\n")
    assert check(town, folder / "laporan.pdf", "--signer-trust", newer).exit == 0
    pkdocs("pki", "init", tmp_path / "asing")
    strangers = tmp_path / "asing" / "trust.toml"
    assert check(town, folder / "laporan.pdf", "--signer-trust", strangers).exit == 10


def test_a_report_whose_pages_were_changed_is_not_signed(reported: tuple[Town, Path]) -> None:
    town, folder = reported
    report = folder / "laporan.pdf"
    tamper(report, lambda data: data.replace(b"/MediaBox [0 0 595 842]", b"/MediaBox [0 0 595 142]", 1))
    before = report.read_bytes()
    assert sign(town, report).error == ("REPORT_CHANGED", 8)
    p12 = town.p12("INSP")
    secret = ("--passphrase-file", p12.with_suffix(".pass"), "--yes")
    said = pkdocs("--lang", "en", "report", "sign", report, "--p12", p12, *secret).err
    assert "is not signed: The report's pages" in said
    assert report.read_bytes() == before
