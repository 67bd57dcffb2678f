"""The demo's own programs: whatever is not exactly as expected is seen, and ends it."""

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pkdocs.pipeline.checking import check
from pkdocs.sample.sheets import base_city
from samples import compare as program
from samples import holders
from samples.compare import EXPECTED, WITH, WITHOUT, Row, compare, read_json, table

WORKBOOK = Path(__file__).parents[1] / "samples" / "kota-wanasari"
CASES = read_json(EXPECTED, "pkdocs-expected/1")
IDS = [agreement.id for agreement in check(WORKBOOK).cascade.agreements]
Verdict = dict[str, Any]


def verdict(column: str) -> Verdict:
    """Return a verdict that is exactly as expected."""
    given = {
        pattern.format(year=2026): columns.get(column, CASES["others"])
        for case in CASES["cases"]
        for pattern, columns in case["agreements"].items()
    }
    note = {"code": "TRAINING", "weight": "note"}
    agreements = []
    for id_ in IDS:
        entry = copy.deepcopy(given.get(id_, CASES["others"]))
        found = [{"code": code, "weight": "unknown"} for code in entry["findings"] for _ in range(2)]
        agreements.append({**entry, "id": id_, "file": f"{id_}.pdf", "findings": [*found, note]})
    return {"schema": "pkdocs-verdict/1", "agreements": agreements, "set": {"result": CASES["set"][column]}}


def rows(found: Verdict, column: str = WITHOUT) -> list[Row]:
    return list(compare(CASES, found, IDS, year=2026, column=column))


@pytest.mark.parametrize("column", [WITHOUT, WITH])
def test_a_verdict_as_expected_differs_nowhere(column: str) -> None:
    compared = rows(verdict(column), column)
    assert len(compared) == len(IDS) + 1
    assert not [row for row in compared if row.differs]


def test_every_exception_is_of_an_agreement_of_the_sample() -> None:
    named = [name.format(year=2026) for case in CASES["cases"] for name in case["agreements"]]
    assert len(named) == len(set(named))
    assert set(named) <= set(IDS)


def test_a_verdict_without_the_register_is_not_that_with_it() -> None:
    differing = {row.id for row in rows(verdict(WITHOUT), WITH) if row.differs}
    assert differing == {"PK-2026-DPUPR.BM.JALAN-1", "PK-2026-DPUPR.BM.OPR-1", "SET"}


def entry(found: Verdict, id_: str) -> Verdict:
    return next(one for one in found["agreements"] if one["id"] == id_)


PLH, PASSING = "PK-2026-DPUPR.BM.OPR-1", "PK-2026-INSP-1"
CHANGES: dict[str, tuple[str, Callable[[Verdict], object]]] = {
    "another result": (PASSING, lambda found: entry(found, PASSING).update(result="INDETERMINATE")),
    "another own result": (PASSING, lambda found: entry(found, PASSING).update(own="INCOMPLETE")),
    "one code more": (PLH, lambda found: entry(found, PLH)["findings"].append({"code": "PAPER", "weight": "unknown"})),
    "one code less": (PLH, lambda found: entry(found, PLH).update(findings=[])),
    "a case that passes": (
        PLH,
        lambda found: entry(found, PLH).update(result="TOTAL-PASSED", own="TOTAL-PASSED", findings=[]),
    ),
    "one missing": (PASSING, lambda found: found["agreements"].remove(entry(found, PASSING))),
    "a case missing": (PLH, lambda found: found["agreements"].remove(entry(found, PLH))),
    "one twice": (PASSING, lambda found: found["agreements"].append(entry(found, PASSING))),
    "one too many": (
        "PK-2026-INSP-2",
        lambda found: found["agreements"].append({**found["agreements"][0], "id": "PK-2026-INSP-2"}),
    ),
    "one unreadable": (
        "x.pdf",
        lambda found: found["agreements"].append({**found["agreements"][0], "id": None, "file": "x.pdf"}),
    ),
    "another set": ("SET", lambda found: found["set"].update(result="TOTAL-PASSED")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_one_change_is_seen_where_it_is(change: str) -> None:
    where, make = CHANGES[change]
    found = verdict(WITHOUT)
    make(found)
    assert [row.id for row in rows(found) if row.differs] == [where]


def test_an_exception_that_the_workbook_no_longer_has_is_missed() -> None:
    ids = [id_ for id_ in IDS if id_ != PLH]
    found = verdict(WITHOUT)
    found["agreements"].remove(entry(found, PLH))
    assert [row.id for row in compare(CASES, found, ids, year=2026, column=WITHOUT) if row.differs] == [PLH]


def test_the_table_shows_each_case_and_what_differs_elsewhere() -> None:
    found = verdict(WITHOUT)
    entry(found, PASSING).update(result="TOTAL-FAILED", own="TOTAL-PASSED")
    lines = list(table(CASES, rows(found)))
    assert sum(line.startswith(tuple("123456789")) for line in lines) == 9
    assert [line.split() for line in lines if line.startswith("   x")] == [
        ["x", PASSING, "TOTAL-PASSED", "TOTAL-FAILED", "(own:", "TOTAL-PASSED)"]
    ]
    assert f"Lainnya / others: {len(IDS) - 18} TOTAL-PASSED" in lines
    assert lines[-1] == "Himpunan / set: NOT-JUDGED"


def run(*arguments: str | Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setattr(sys, "argv", ["compare.py", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        program.main()
    return stop.value.code


def test_the_program_ends_with_1_on_any_difference(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "verdict.json"
    file.write_text(json.dumps(verdict(WITH)), encoding="utf-8")
    assert run(WORKBOOK, file, "--register", monkeypatch=monkeypatch) == 0
    assert run(WORKBOOK, file, monkeypatch=monkeypatch) == 1
    file.write_text(json.dumps({**verdict(WITH), "schema": "pkdocs-verdict/2"}), encoding="utf-8")
    assert run(WORKBOOK, file, monkeypatch=monkeypatch) == "verdict.json: not pkdocs-verdict/1"


def test_holders_are_those_of_the_workbook_in_its_order(capsys: pytest.CaptureFixture[str]) -> None:
    holders.main(WORKBOOK, "RSUD.YANMED")
    officials = base_city()["Pejabat"].rows
    expected = [row["NIP"] for row in officials if row["Kode Jabatan"] == "RSUD.YANMED"]
    assert capsys.readouterr().out.split() == expected
    assert len(expected) == 2
    with pytest.raises(SystemExit, match="nobody holds it"):
        holders.main(WORKBOOK, "KOMINFO.IKP")


def test_the_demo_is_a_shell_script_without_errors_of_syntax() -> None:
    subprocess.run(["sh", "-n", WORKBOOK.parent / "demo.sh"], check=True)
