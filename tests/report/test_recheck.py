"""What judging again says against a report."""

import json
from dataclasses import replace
from typing import Any

import pytest

from pkdocs.report.json import render_json
from pkdocs.report.recheck import Names, recheck
from pkdocs.verification import Result, Step, Weight, find
from tests.report.test_tree import SET


def said(changes: dict[str, Any], again: Any = SET) -> dict[str, Weight]:
    report = json.loads(render_json(SET, "id")) | changes
    written = f"{json.dumps(report, ensure_ascii=False, indent=1)}\n".encode()
    return {finding.code: finding.weight for finding in recheck(report, written, again)}


def test_the_same_verdict_says_nothing() -> None:
    assert said({}) == {}


@pytest.mark.parametrize(
    "again",
    [
        replace(SET, training=False),
        replace(SET, agreements=(replace(SET.agreements[0], result=Result.FAILED), *SET.agreements[1:])),
        replace(SET, findings=()),
    ],
    ids=["training", "result", "findings"],
)
def test_another_verdict_is_told(again: Any) -> None:
    assert said({}, again) == {"REPORT_VERDICT_OTHER": Weight.FAIL}


def test_another_policy_than_it_states_is_told() -> None:
    assert said({"policy": "pkdocs-algorithms/0"})["REPORT_POLICY_OTHER"] is Weight.FAIL


def test_another_version_compares_results_and_never_passes() -> None:
    made = {"program": "pkdocs 99"}
    assert said(made) == {"REPORT_PROGRAM_OTHER": Weight.UNKNOWN}
    assert said(made, replace(SET, result=Result.FAILED))["REPORT_VERDICT_OTHER"] is Weight.UNKNOWN
    assert said(made | {"policy": "x"})["REPORT_POLICY_OTHER"] is Weight.UNKNOWN


def test_where_other_programs_draw_pages_results_are_compared_and_it_never_passes() -> None:
    drawn = find("RENDERED", Step.REVISIONS, Weight.NOTE, renderers="pdfium, poppler")
    first = replace(SET.agreements[0], findings=(*SET.agreements[0].findings, drawn))
    again = replace(SET, agreements=(first, *SET.agreements[1:]))
    assert said({}, again) == {"REPORT_RENDERERS_OTHER": Weight.UNKNOWN}
    assert said({}, replace(again, result=Result.FAILED)) == {
        "REPORT_RENDERERS_OTHER": Weight.UNKNOWN,
        "REPORT_VERDICT_OTHER": Weight.UNKNOWN,
    }


def test_another_language_of_the_same_verdict_is_another_report() -> None:
    assert said({"language": "en"}) == {"REPORT_VERDICT_OTHER": Weight.FAIL}


def test_a_trust_file_that_is_only_stated_at_the_top_counts() -> None:
    assert said({"trust": "e" * 64}) == {"REPORT_SOURCE_OTHER": Weight.FAIL}


def test_files_of_the_same_bytes_get_each_of_their_names_once() -> None:
    one = {"sha256": "a" * 64}
    names = Names({"agreements": [{**one, "file": "b.pdf"}, {**one, "file": "a.pdf"}]})
    assert [names(file, "a" * 64) for file in ("x", "y", "z")] == ["a.pdf", "b.pdf", "z"]
    assert names("q", "b" * 64) == "q"
