"""The report as a spreadsheet: every agreement, finding, person and gap is a row; nothing is a formula."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from pkdocs.chain import Borne, Expected, RegisterMark
from pkdocs.content import Role
from pkdocs.messages import LANGUAGES
from pkdocs.report import FORMS
from pkdocs.verification import Step, Weight, find
from pkdocs.verification.basis import Basis as Named
from pkdocs.verification.basis import Use
from pkdocs.verification.finding import Keeper
from pkdocs.verification.inspection import Level
from pkdocs.verification.proof import Proof, Source
from tests.factory import head_content, root_content
from tests.report.test_tree import AT, SET, verdict, whole

FORMULA = '=HYPERLINK("http://contoh","x")'


def book(judged: Any, language: Any = "en") -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(FORMS[".xlsx"].render(judged, language)))


def rows(judged: Any, sheet: str) -> list[dict[str, Any]]:
    header, *found = book(judged)[sheet].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in found]


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("id", ["Sampul", "Kelengkapan", "Perjanjian", "Temuan", "Orang", "Belum ada"]),
        ("en", ["Cover", "Completeness", "Agreements", "Findings", "People", "Missing"]),
    ],
    ids=LANGUAGES,
)
def test_there_is_a_sheet_for_each_question(language: str, names: list[str]) -> None:
    assert book(SET, language).sheetnames == names


def test_headers_stay_in_view_and_filter_all_rows() -> None:
    for sheet in book(SET).worksheets[1:]:
        assert sheet.freeze_panes == "A2"
        assert str(sheet.auto_filter.ref).startswith("A1:")
        assert str(sheet.auto_filter.ref).endswith(str(sheet.max_row))
        header = [cell.value for cell in sheet[1]]
        assert all(header)
        assert len(set(header)) == len(header)


def test_each_agreement_and_finding_is_a_row() -> None:
    agreements, findings = rows(SET, "Agreements"), rows(SET, "Findings")
    assert [row["Id"] for row in agreements] == [one.id for one in SET.agreements]
    assert agreements[-1]["File"] == "x/aneh.pdf"
    assert len(findings) == len(SET.findings) + sum(len(one.findings) for one in SET.agreements)
    assert {row["Code"] for row in findings} >= {"REGISTER_ABSENT", "SIGNATURE_MISSING", "ABOVE"}


def test_what_is_missing_is_a_file_or_a_signature() -> None:
    absent = Expected("PK-2026-X-1", "Dinas X", None, "X")
    found = rows(replace(SET, expected=(absent,)), "Missing")
    assert [(row["What is missing"], row["Id"]) for row in found[:2]] == [
        ("File", "PK-2026-X-1"),
        ("Signature", "PK-2026-KOMINFO-1"),
    ]
    assert found[1]["Name"] == head_content().parties.second.name


def borne(role: Any, **changes: Any) -> Borne:
    usual = Borne(role, str(role), "Arum", "c" * 64, Level.T, Proof(AT, Source.TIMESTAMP), AT, 100, "d" * 64)
    return replace(usual, **changes)


def test_signatures_are_told_with_level_and_proven_time() -> None:
    broken = borne(Role.SECOND, signer=None, certificate=None, level=Level.NONE, proven=None, claimed=None)
    one = replace(verdict(head_content()), borne=(borne(Keeper.SEAL), borne(Role.FIRST), broken), completed=AT)
    (row,) = rows(whole(one), "Agreements")
    assert (row["Certificate of the first party"], row["Level reached"], row["late"]) == ("Arum", "B-T", "no")
    assert row["Proven time"].endswith("(its own timestamp)")
    assert (row["Certificate of the second party"], row["Proven time (2)"]) == ("not intact", None)
    people = {row["Name"]: row for row in rows(whole(one), "People")}
    assert people[head_content().parties.first.name]["Earliest proven time"] is not None


def test_the_cover_says_by_what_was_judged() -> None:
    mark = RegisterMark(3, "a" * 64, date(2026, 2, 1))
    judged = replace(SET, sources=(Named(Use.TRUST, "trust.toml", "f" * 64),), register=mark, policy="pkdocs 2026.1")
    cells = [cell.value for row in book(judged)["Cover"].iter_rows() for cell in row]
    assert {"trust.toml", "f" * 64, "TOTAL-FAILED", judged.policy, AT.astimezone(judged.zone.info).isoformat()} <= set(
        cells
    )


def test_what_others_wrote_is_text_and_never_a_formula() -> None:
    content = root_content()
    party = replace(content.parties.first, name=FORMULA, office="+1")
    content = replace(content, parties=replace(content.parties, first=party))
    finding = find("FILE_TWICE", Step.SET, Weight.WARNING, file="x" * 40_000)
    judged = replace(whole(verdict(content, finding, file="=1\u202e")), organisation=FORMULA)
    for sheet in book(judged).worksheets:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)
    (row,) = rows(judged, "Agreements")
    assert (row["Name of the first party"], row["Office of the first party"]) == (FORMULA, "+1")
    assert row["File"] == "=1\\u202e"
    assert len(max((row["Finding"] for row in rows(judged, "Findings")), key=len)) == 32_000


def test_the_same_verdict_gives_the_same_bytes_another_day_others() -> None:
    render = FORMS[".xlsx"].render
    assert render(SET, "id") == render(SET, "id")
    assert render(SET, "id") != render(replace(SET, at=datetime(2026, 3, 1, tzinfo=UTC)), "id")
