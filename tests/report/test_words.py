"""Every word that a report may need is in the catalogue, and states stand where auditors look for them."""

import io
import json
from dataclasses import replace
from enum import Enum
from html import escape
from typing import Any

import openpyxl
import pytest

from pkdocs.chain import Phase
from pkdocs.messages import LANGUAGES, text
from pkdocs.report import FORMS, as_json
from pkdocs.report.shape import misfits, schema_text
from pkdocs.verification import Result, Step, Weight
from pkdocs.verification.basis import Basis, Use
from pkdocs.verification.proof import Proof, Source
from tests.chain.kit import AT, LEAF, MIDDLE, ROOT, amended
from tests.chain.test_force import OCTOBER, at_time, judged_on, withdrawal_of
from tests.factory import head_content
from tests.report.test_pdf import text_of
from tests.report.test_tree import SET, lines, verdict, whole
from tests.report.test_xlsx import borne, rows

SCHEMA = json.loads(schema_text())
WORDS: dict[str, type[Enum]] = {
    "PROVEN_BY": Source,
    "REPORT_USE": Use,
    "REPORT_STATE": Phase,
    "REPORT_PHASE": Phase,
    "REPORT_WEIGHT": Weight,
    "REPORT_STEP": Step,
    "REPORT_MEANING": Result,
}
LATER = amended(LEAF)
VERSIONS = replace(judged_on(OCTOBER, ROOT, MIDDLE, LEAF, at_time(LATER, AT)), trust="f" * 64)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("prefix", WORDS)
def test_there_is_a_word_for_each(prefix: str, language: Any) -> None:
    known = {"since": "2026-01-02", "successor": "PK-2026-X-2"}
    told = [text(f"{prefix}_{one.name}", language, known) for one in WORDS[prefix]]
    assert all(told)
    assert len(set(told)) == len(told)


def test_the_schema_names_each_word_of_the_program() -> None:
    agreement, signature, source = (
        SCHEMA["$defs"][name]["properties"] for name in ("agreement", "signature", "source")
    )
    assert agreement["state"]["enum"] == [*Phase, None]
    assert signature["proven_by"]["enum"] == [*Source, None]
    assert set(source["use"]["enum"]) == set(Use)


@pytest.mark.parametrize("source", Source)
def test_every_proof_is_told_in_words_in_every_form(source: Source) -> None:
    judged = whole(replace(verdict(head_content()), borne=(borne(None, proven=Proof(SET.at, source)),)))
    assert list(misfits(as_json(judged, "en"))) == []
    word = text(f"PROVEN_BY_{source.name}", "en")
    assert escape(word) in FORMS[".html"].render(judged, "en").decode()
    assert word in text_of(FORMS[".pdf"].render(judged, "en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_two_versions_every_form_says_which_is_in_force_and_since_when(language: Any) -> None:
    told = {
        text("REPORT_STATE_SUPERSEDED", language, {"since": LEAF.first_day.isoformat(), "successor": LATER.id}),
        text("REPORT_STATE_IN_FORCE", language, {"since": "2026-09-01"}),
    }
    shown = "\n".join(lines(VERSIONS, language))
    page = FORMS[".html"].render(VERSIONS, language).decode()
    pdf = text_of(FORMS[".pdf"].render(VERSIONS, language))
    assert all(words in shown and words in page and words in pdf for words in told)


def test_json_and_spreadsheet_have_them_apart() -> None:
    agreements = {one["id"]: one for one in as_json(VERSIONS, "en")["agreements"]}
    before, after = agreements[LEAF.id], agreements[LATER.id]
    assert (before["state"], before["superseded_by"]) == ("superseded", LATER.id)
    assert (after["state"], after["in_force_from"], after["superseded_by"]) == ("in-force", "2026-09-01", None)
    table = {row["Id"]: row for row in rows(VERSIONS, "Agreements")}
    assert (table[LEAF.id]["State"], table[LEAF.id]["Superseded by"]) == ("superseded", LATER.id)
    assert (table[LATER.id]["State"], table[LATER.id]["In force from"]) == ("in force", "2026-09-01")


def test_what_ends_an_agreement_is_named() -> None:
    ended = withdrawal_of(LEAF)
    judged = judged_on(OCTOBER, ROOT, MIDDLE, LEAF, at_time(ended, AT))
    assert [one.superseded_by for one in judged.agreements if one.id == LEAF.id] == [ended.id]
    assert f"ended by {ended.id}" in "\n".join(lines(judged))


def test_states_are_counted() -> None:
    assert "State: 3 in force, 1 superseded" in lines(VERSIONS)
    assert not [line for line in lines(SET) if line.startswith("State:")]


@pytest.mark.parametrize("thorough", [True, False], ids=["thorough", "usual"])
def test_how_thoroughly_files_were_looked_at_is_said(thorough: bool) -> None:  # a parameter
    judged = replace(SET, thorough=thorough)
    words = text("REPORT_LOOK_THOROUGH" if thorough else "REPORT_LOOK_USUAL", "en")
    assert words in FORMS[".html"].render(judged, "en").decode()
    assert words in text_of(FORMS[".pdf"].render(judged, "en"))
    cover = openpyxl.load_workbook(io.BytesIO(FORMS[".xlsx"].render(judged, "en")))["Cover"]
    assert words in {cell.value for row in cover.iter_rows() for cell in row}


def test_of_many_records_people_see_the_first_and_the_json_has_all() -> None:
    records = tuple(Basis(Use.RECORD, f"pk/{number:03}.pdf.ers", f"{number:064x}") for number in range(300))
    judged = replace(SET, sources=records)
    assert len(as_json(judged, "en")["sources"]) == 300
    for shown in (FORMS[".html"].render(judged, "en").decode(), text_of(FORMS[".pdf"].render(judged, "en"))):
        assert "pk/000.pdf.ers" in shown
        assert "pk/299.pdf.ers" not in shown
        assert "295 more" in shown
