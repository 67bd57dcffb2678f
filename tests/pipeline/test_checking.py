"""Reading a workbook and saying everything that is wrong with it."""

import gc
from pathlib import Path

import pytest

from pkdocs.errors import WorkbookError
from pkdocs.pipeline.checking import check, demand_no_errors
from pkdocs.problem import Severity
from tests.city import KEYS, change, sheets, write
from tests.workbook.book import valid, write_xlsx


def test_a_good_workbook_has_no_errors(tmp_path: Path) -> None:
    checked = check(write(tmp_path, sheets()))
    demand_no_errors(checked)
    assert (checked.errors, len(checked.cascade.agreements)) == ((), len(KEYS))
    assert checked.profile.organisation == "Pemerintah Kota Wanasari"


def test_an_error_stops_its_row_and_those_below_alone(tmp_path: Path) -> None:
    checked = check(write(tmp_path, change(sheets(), "Indikator", "IRBAN1-2", "Target", "0.332")))
    made = {agreement.key for agreement in checked.cascade.agreements}
    assert set(KEYS) - made == {"INSP.IRBAN1", "INSP.IRBAN1.AUDITOR"}
    assert [(problem.place.sheet, problem.place.column) for problem in checked.errors] == [("Indikator", "Target")]
    with pytest.raises(WorkbookError, match="WORKBOOK_HAS_ERRORS"):
        demand_no_errors(checked)


def test_problems_of_all_stages_stand_in_the_order_of_the_sheets(tmp_path: Path) -> None:
    city = change(sheets(), "Indikator", "IRBAN1-2", "Target", "0.332")
    change(city, "Pejabat", "BKPSDM.PKP", "Atasan", "TIDAKADA")
    change(city, "Profil", "Zona Waktu", "Nilai", "CET")
    city["Skala"].append(dict.fromkeys(city["Skala"][0], "") | {"Skala": "x"})
    found = [problem.place.sheet for problem in check(write(tmp_path, city)).problems]
    ranks = [("Profil", "Pejabat", "Indikator", "Anggaran").index(sheet) if sheet != "Skala" else 4 for sheet in found]
    assert ranks == sorted(ranks)
    assert {"Profil", "Indikator"} <= set(found)


def test_problems_of_one_sheet_stand_in_the_order_of_its_rows(tmp_path: Path) -> None:
    city = change(sheets(), "Pejabat", "BKPSDM.PKP", "Atasan", "TIDAKADA")
    change(city, "Pejabat", "INSP", "NIP", "1")
    change(city, "Pejabat", "BKPSDM.PKP.ANALIS", "Nama", "")
    rows = [problem.place.row for problem in check(write(tmp_path, city)).errors if problem.place.sheet == "Pejabat"]
    assert rows == sorted(rows)
    assert len(rows) >= 3


def test_without_a_profile_nothing_can_be_made(tmp_path: Path) -> None:
    checked = check(write(tmp_path, change(sheets(), "Profil", "Tahun", "Nilai", "")))
    assert checked.cascade.agreements == ()
    with pytest.raises(WorkbookError, match="WORKBOOK_HAS_ERRORS"):
        _ = checked.profile


def test_problems_are_counted_by_severity(tmp_path: Path) -> None:
    checked = check(write(tmp_path, change(sheets(), "Pejabat", "INSP", "NIP", "1")))
    counted = {str(level): sum(problem.severity is level for problem in checked.problems) for level in Severity}
    assert checked.counts == counted
    assert set(counted) == {"error", "warning", "note"}


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"nothing")
    with pytest.raises(WorkbookError):
        check(tmp_path / "a.xlsx")


def test_the_collector_is_left_as_it_was(tmp_path: Path) -> None:
    good, bad = write(tmp_path / "city", sheets()), tmp_path / "a.xlsx"
    bad.write_bytes(b"nothing")
    try:
        for switch in (gc.enable, gc.disable):
            switch()
            was_on = gc.isenabled()
            check(good)
            with pytest.raises(WorkbookError):
                check(bad)
            assert gc.isenabled() is was_on
    finally:
        gc.enable()


def test_reading_and_checking_make_no_circles_of_references(tmp_path: Path) -> None:
    """The collector may rest meanwhile only because it would find nothing."""
    city = write_xlsx(tmp_path / "city.xlsx", valid())
    check(city)
    gc.collect()
    gc.disable()
    try:
        checked = check(city)
        assert gc.collect() == 0
        assert checked.errors == ()
    finally:
        gc.enable()
