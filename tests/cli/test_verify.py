"""``pkdocs verify``."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pkdocs.settings import default_templates
from tests.city import KEYS, Town, number_of, tamper
from tests.cli.runner import Run, pkdocs

IRBAN, AUDITOR = "PK-2026-INSP.IRBAN1-1", "PK-2026-INSP.IRBAN1.AUDITOR-1"
RESULTS = {"TOTAL-PASSED", "TOTAL-FAILED", "INDETERMINATE", "INCOMPLETE"}


def verify(town: Town, *more: str | Path, language: str = "id") -> Run:
    return pkdocs("--lang", language, "verify", town.out, "--trust", town.trust, *more, "--json")


def test_a_signed_set_ends_with_0(signed_town: Town) -> None:
    run = verify(signed_town)
    assert run.exit == 0
    assert run.json.keys() >= {"schema", "summary", "agreements", "set"}
    assert run.json["schema"] == "pkdocs-verdict/1"
    assert run.json["summary"] == dict.fromkeys(RESULTS, 0) | {"TOTAL-PASSED": len(KEYS)}
    assert run.json["set"]["result"] == "NOT-JUDGED"
    for entry in run.json["agreements"]:
        assert entry.keys() >= {"id", "file", "sha256", "own", "result", "parent", "findings"}
        for finding in entry["findings"]:
            assert finding.keys() == {"code", "step", "role", "weight", "inherited", "sub", "message"}
            assert finding["step"] in range(1, 10)
    assert [entry["parent"] for entry in run.json["agreements"]].count(None) == 1


@pytest.mark.parametrize(("language", "said"), [("id", "dari 7"), ("en", "of 7")])
def test_the_tree_is_shown_in_both_languages(signed_town: Town, language: str, said: str) -> None:
    run = pkdocs("--lang", language, "verify", signed_town.out, "--trust", signed_town.trust)
    assert run.exit == 0
    assert f"TOTAL-PASSED        7 {said}" in run.out
    lines = run.out.splitlines()
    assert "Inspektorat Daerah" in lines
    depth = {key: next(line.index("✓") for line in lines if f" PK-2026-{key}-1 " in line) for key in KEYS}
    assert depth["WALIKOTA"] < depth["INSP"] < depth["INSP.IRBAN1"] < depth["INSP.IRBAN1.AUDITOR"]


def test_a_tampered_file_ends_with_9_and_names_the_cause(signed_town: Town) -> None:
    tamper(signed_town.pdf("INSP.IRBAN1"), lambda data: data.replace(b"/Location (W", b"/Location (B"))
    run = verify(signed_town)
    assert run.exit == 9
    found = {entry["id"]: entry for entry in run.json["agreements"]}
    assert (found[IRBAN]["own"], found[AUDITOR]["own"], found[AUDITOR]["result"]) == (
        "TOTAL-FAILED",
        "TOTAL-PASSED",
        "TOTAL-FAILED",
    )
    causes = run.err[run.err.index("Sebab pertama") :]
    assert IRBAN in causes


def test_pages_are_made_again_where_the_templates_are_at_hand(signed_town: Town) -> None:
    file = signed_town.pdf("WALIKOTA")
    for more, noted in (((), True), (("--templates", default_templates(), "--workbook", signed_town.workbook), False)):
        run = pkdocs("verify", file, "--trust", signed_town.trust, *more, "--json")
        (entry,) = run.json["agreements"]
        assert (run.exit, "OTHER_TEXT_NOT_JUDGED" in {finding["code"] for finding in entry["findings"]}) == (0, noted)


def test_a_template_that_cannot_be_used_ends_with_4(signed_town: Town, tmp_path: Path) -> None:
    (tmp_path / "templat").mkdir()
    (tmp_path / "templat" / "umum.docx").write_bytes(b"nothing")
    assert verify(signed_town, "--templates", tmp_path / "templat").error[1] == 4


def test_a_failure_wins_over_what_cannot_be_said(signed_town: Town) -> None:
    signed_town.pdf("WALIKOTA").unlink()
    assert verify(signed_town).exit == 10
    tamper(signed_town.pdf("INSP.IRBAN1"), lambda data: data + b" ")
    assert verify(signed_town).exit == 9


def test_an_incomplete_set_ends_with_10(town: Town) -> None:
    run = verify(town)
    assert (run.exit, run.json["summary"]["INCOMPLETE"]) == (10, len(KEYS))


def test_a_lapsed_certificate_ends_with_10(signed_town: Town) -> None:
    later = (datetime.now(UTC) + timedelta(days=1500)).isoformat()
    assert verify(signed_town, "--at", later).exit == 10


@pytest.mark.parametrize("moment", ["2026-01-22", "2026-01-22T09:00:00", "kemarin"])
def test_a_time_without_zone_is_usage(signed_town: Town, moment: str) -> None:
    assert verify(signed_town, "--at", moment).error == ("AT_WITHOUT_ZONE", 2)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b'schema = "pkdocs-trust/1"',
        b'schema = "pkdocs-trust/9"',
        b"[[[",
        b'a = "' + b"x" * 1000,
    ],
)
def test_a_trust_file_that_cannot_be_used_ends_with_6(signed_town: Town, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "trust.toml").write_bytes(data)
    run = pkdocs("verify", signed_town.out, "--trust", tmp_path / "trust.toml", "--json")
    assert run.error[1] == 6


def test_a_trust_file_of_strangers_vouches_for_nobody(signed_town: Town, tmp_path: Path) -> None:
    pkdocs("pki", "init", tmp_path / "asing")
    run = pkdocs("verify", signed_town.out, "--trust", tmp_path / "asing" / "trust.toml", "--json")
    assert (run.exit in {9, 10}, run.json["summary"]["TOTAL-PASSED"]) == (True, 0)


def test_no_pdf_at_all_is_usage(signed_town: Town, tmp_path: Path) -> None:
    (tmp_path / "kosong").mkdir()
    run = pkdocs("verify", tmp_path / "kosong", "--trust", signed_town.trust, "--json")
    assert run.error == ("NOTHING_TO_VERIFY", 2)


def test_the_root_alone_may_be_verified(signed_town: Town) -> None:
    run = pkdocs("verify", signed_town.pdf("WALIKOTA"), "--trust", signed_town.trust, "--json")
    assert (run.exit, len(run.json["agreements"])) == (0, 1)
    assert run.json["agreements"][0]["file"] == str(signed_town.pdf("WALIKOTA"))


def test_no_number_of_a_person_is_in_a_report(signed_town: Town) -> None:
    tamper(signed_town.pdf("INSP.IRBAN1"), lambda data: data + b" ")
    run = verify(signed_town)
    assert not [key for key in KEYS if number_of(key) in run.out + run.err]


def test_a_thorough_look_is_asked_for_by_name(signed_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pkdocs.pipeline.audit.find_renderers", lambda: ())
    run = verify(signed_town, "--thorough", language="en")
    assert run.exit == 0
    said = [{finding["code"] for finding in entry["findings"]} for entry in run.json["agreements"]]
    assert all("RENDERED" in codes for codes in said)
    assert "pdfium" in run.err
