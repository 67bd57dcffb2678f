"""The published schema of verdicts: real reports have its form, and it says all that is in them."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from pkdocs.content import Role
from pkdocs.messages import LANGUAGES
from pkdocs.report import as_json, json_parts
from pkdocs.report.shape import misfits, schema_text
from tests.chain.kit import LEAF, MIDDLE, ROOT, exhibit, judge
from tests.report.test_tree import SET

SCHEMA = json.loads(schema_text())
REAL = as_json(replace(judge(ROOT, MIDDLE, exhibit(LEAF, Role.FIRST)), trust="f" * 64), "id")


def undescribed(value: Any, schema: Any, at: str = "$") -> Iterator[str]:
    """Yield what ``value`` holds and the schema does not name."""
    while "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema and value is not None:
        yield from undescribed(value, schema["anyOf"][0], at)
    elif isinstance(value, dict):
        yield from (f"{at}.{name}" for name in value.keys() - schema["properties"].keys())
        for name in value.keys() & schema["properties"].keys():
            yield from undescribed(value[name], schema["properties"][name], f"{at}.{name}")
    elif isinstance(value, list):
        for entry in value:
            yield from undescribed(entry, schema["items"], f"{at}[]")


@pytest.mark.parametrize("language", LANGUAGES)
def test_reports_have_the_form_and_hold_nothing_else(language: Any) -> None:
    for report in (REAL, as_json(SET, language)):
        assert list(misfits(report)) == []
        assert list(undescribed(report, SCHEMA)) == []


def test_every_object_of_the_schema_is_described_and_demands_what_it_names() -> None:
    objects = [one for one in [SCHEMA, *SCHEMA["$defs"].values()] if one.get("type") == "object"]
    assert all(one["description"] and set(one["required"]) == set(one["properties"]) for one in objects)


def put(value: Any, *path: Any) -> Callable[[Any], None]:
    def change(report: Any) -> None:
        for step in path[:-1]:
            report = report[step]
        report[path[-1]] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        put("pkdocs-verdict/2", "schema"),
        put(True, "summary", "TOTAL-PASSED"),
        put(-1, "summary", "TOTAL-PASSED"),
        put("x", "agreements", 0, "sha256"),
        put("PASSED", "agreements", 0, "result"),
        put(10, "agreements", 0, "findings", 0, "step"),
        put(0, "agreements", 0, "late"),
        put({}, "agreements", 0, "signatures", 0),
        put([], "set"),
        put("2026-01-22", "at"),
        lambda report: report.pop("trust"),
    ],
    ids=["schema", "boolean", "negative", "digest", "result", "step", "late", "signature", "set", "day", "absent"],
)
def test_another_form_is_told(change: Callable[[Any], None]) -> None:
    report = deepcopy(REAL)
    change(report)
    assert list(misfits(report)) != []


def test_a_report_written_piece_by_piece_is_the_whole() -> None:
    for verdict in (SET, judge(ROOT), judge(ROOT, exhibit(MIDDLE))):
        assert (
            "".join(json_parts(verdict, "en"))
            == json.dumps(as_json(verdict, "en"), ensure_ascii=False, indent=1) + "\n"
        )
