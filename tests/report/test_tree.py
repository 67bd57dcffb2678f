"""Verdicts as text and as JSON."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from pkdocs.chain import AgreementVerdict, SetVerdict
from pkdocs.content import Content, Role
from pkdocs.profile import Zone
from pkdocs.report import as_json, tree_lines
from pkdocs.verification import Finding, Result, Step, Sub, Weight, find, result_of
from tests.factory import division_content, head_content, root_content

AT = datetime(2026, 1, 22, 2, 15, tzinfo=UTC)
MISSING = find("SIGNATURE_MISSING", Step.SIGNATURES, Weight.MISSING, role=Role.SECOND, office="Wali Kota")
TRAINING = find("TRAINING", Step.CERTIFICATES, Weight.NOTE)
ABOVE = replace(find("ABOVE", Step.CHAIN, Weight.MISSING, parent="A", origin="A", cause="B"), inherited=True)
LAPSED = find(
    "ALGORITHM_LAPSED",
    Step.SIGNATURES,
    Weight.UNKNOWN,
    role=Role.FIRST,
    sub=Sub.CRYPTO_CONSTRAINTS_FAILURE_NO_POE,
    until="2030-01-01",
)


def verdict(content: Content | None, *findings: Finding, depth: int = 0, file: str = "a.pdf") -> AgreementVerdict:
    own = result_of(finding for finding in findings if not finding.inherited) if content else Result.FAILED
    parent = content.parent.id if content and content.parent else None
    return AgreementVerdict(
        file, "0" * 64, content, parent, depth, own, result_of(findings) if content else own, findings, (Role.FIRST,)
    )


def whole(*agreements: AgreementVerdict, findings: tuple[Finding, ...] = ()) -> SetVerdict:
    return SetVerdict(
        agreements=agreements,
        result=Result.NOT_JUDGED,
        findings=findings,
        at=AT.astimezone(Zone.WIB.info),
        zone=Zone.WIB,
        trust="f" * 64,
        organisation="Pemerintah Kota Wanasari",
        register=None,
        training=True,
    )


SET = whole(
    verdict(root_content(), TRAINING),
    verdict(head_content(), TRAINING, MISSING, depth=1),
    verdict(division_content(), TRAINING, ABOVE, depth=2),
    verdict(None, find("FILE_TWICE", Step.SET, Weight.WARNING, file="b.pdf"), file="x/aneh.pdf"),
    findings=(find("REGISTER_ABSENT", Step.SET, Weight.NOTE),),
)


def lines(shown: SetVerdict, language: Any = "en") -> list[str]:
    return [line.text for line in tree_lines(shown, language)]


def test_units_and_levels_make_a_tree_with_one_line_for_each_agreement() -> None:
    shown = lines(SET)
    assert shown[:2] == ["Pemerintah Kota Wanasari", shown[1]]
    assert shown[1].startswith("  ✓ TOTAL-PASSED  PK-2026-WALIKOTA-1  Wali Kota Wanasari (Arum Pradnyawati), 1/1")
    assert shown.count("Dinas Komunikasi dan Informatika") == 1
    assert shown[3].startswith("    … INCOMPLETE  PK-2026-KOMINFO-1 ")
    assert shown[3].endswith("  [SIGNATURE_MISSING]")
    assert shown[4].startswith("      … INCOMPLETE  PK-2026-KOMINFO.APTIKA-1 ")
    assert shown[4].endswith("  [ABOVE]")


def test_a_file_that_could_not_be_read_is_shown_by_its_path() -> None:
    assert "  ✗ TOTAL-FAILED  x/aneh.pdf" in lines(SET)


def test_each_line_knows_its_result() -> None:
    results = [line.result for line in tree_lines(SET, "id")]
    assert results[:2] == [None, Result.PASSED]
    assert Result.INCOMPLETE in results


@pytest.mark.parametrize(("language", "count", "set_line"), [("id", "dari 4", "Himpunan: "), ("en", "of 4", "Set: ")])
def test_all_four_results_are_counted(language: str, count: str, set_line: str) -> None:
    shown = lines(SET, language)
    counted = [line for line in shown if line.endswith(count)]
    assert [line.split()[:2] for line in counted] == [
        ["TOTAL-FAILED", "1"],
        ["INDETERMINATE", "0"],
        ["INCOMPLETE", "2"],
        ["TOTAL-PASSED", "1"],
    ]
    assert f"{set_line}NOT-JUDGED" in shown


def test_findings_of_the_set_are_said() -> None:
    assert [line for line in lines(SET) if line.startswith("  REGISTER_ABSENT: ")] != []


def test_first_causes_are_own_findings_alone() -> None:
    shown = lines(SET)
    causes = shown[shown.index("First causes:") + 1 :]
    assert causes[0] == "  1 × SIGNATURE_MISSING"
    assert causes[1].startswith("    PK-2026-KOMINFO-1: ")
    assert not [line for line in causes if "ABOVE" in line]


def test_without_causes_there_is_no_heading_for_them() -> None:
    assert "First causes:" not in lines(whole(verdict(root_content(), TRAINING)))


def test_of_many_causes_the_first_are_said() -> None:
    many = whole(*(verdict(head_content(), MISSING, depth=1) for _ in range(25)))
    shown = lines(many)
    causes = shown[shown.index("First causes:") + 1 :]
    assert causes[0] == "  25 × SIGNATURE_MISSING"
    assert len([line for line in causes if line.startswith("    PK-2026-KOMINFO-1: ")]) == 5
    assert "    … and 20 more" in causes


def test_what_fails_is_said_before_what_is_unknown_or_missing() -> None:
    shown = lines(
        whole(
            verdict(
                head_content(),
                MISSING,
                LAPSED,
                find("ABOVE", Step.CHAIN, Weight.FAIL, parent="A", origin="A", cause="B"),
            )
        )
    )
    causes = [line for line in shown if " × " in line]
    assert causes == ["  1 × ABOVE", "  1 × ALGORITHM_LAPSED", "  1 × SIGNATURE_MISSING"]


def test_warnings_and_notes_are_said_once_for_each_kind() -> None:
    kinds = [line for line in lines(SET) if "×" in line and ":" in line]
    assert [line.split(":")[0].strip() for line in kinds] == ["1 × FILE_TWICE", "3 × TRAINING"]


def test_the_last_line_says_by_what_was_judged() -> None:
    assert lines(SET)[-1] == f"Judged at 2026-01-22 09:15:00 WIB by the trust file with SHA-256 {'f' * 64}."


def test_json_has_the_contracts_form() -> None:
    report = as_json(SET, "en")
    assert json.loads(json.dumps(report)) == report
    assert report["schema"] == "pkdocs-verdict/1"
    assert report["summary"] == {"TOTAL-PASSED": 1, "TOTAL-FAILED": 1, "INDETERMINATE": 0, "INCOMPLETE": 2}
    assert report["set"]["result"] == "NOT-JUDGED"
    assert [entry["code"] for entry in report["set"]["findings"]] == ["REGISTER_ABSENT"]
    unread = report["agreements"][-1]
    assert (unread["id"], unread["file"], unread["parent"], unread["result"]) == (
        None,
        "x/aneh.pdf",
        None,
        "TOTAL-FAILED",
    )
    child = report["agreements"][2]
    assert (child["own"], child["result"], child["parent"]) == ("TOTAL-PASSED", "INCOMPLETE", "PK-2026-KOMINFO-1")


def test_a_finding_in_json_says_step_role_weight_and_sub_indication() -> None:
    report = as_json(whole(verdict(root_content(), LAPSED, ABOVE)), "en")
    lapsed, above = report["agreements"][0]["findings"]
    assert lapsed["message"]
    del lapsed["message"]
    assert lapsed == {
        "code": "ALGORITHM_LAPSED",
        "step": 2,
        "role": "pihak-pertama",
        "weight": "unknown",
        "inherited": False,
        "sub": "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
    }
    assert (above["inherited"], above["role"], above["sub"]) == (True, None, None)


def test_messages_of_the_report_are_in_its_language() -> None:
    said = {language: as_json(SET, language)["agreements"][1]["findings"][1]["message"] for language in ("id", "en")}
    assert said["id"] != said["en"]
