"""What pages take from the workbook beside their contents."""

from pathlib import Path

import pytest

from pkdocs.errors import WorkbookError
from pkdocs.page import Letterhead
from pkdocs.pipeline.wording import Wordings, read_wordings
from pkdocs.profile import Paper
from pkdocs.roster import Level
from tests.city import change, sheets, write
from tests.factory import head_content, root_content

IRBAN = "PK-2026-INSP.IRBAN1-1"


def test_the_wording_comes_from_the_workbook(tmp_path: Path) -> None:
    city = change(sheets(), "Profil", "Kertas", "Nilai", "F4")
    city["Profil"].append({"Kunci": "Provinsi", "Nilai": "Jawa Raya"})
    wordings = read_wordings(write(tmp_path, change(city, "Pejabat", "INSP.IRBAN1", "Templat", "JPT Pratama")))
    assert (wordings.paper, wordings.is_known, dict(wordings.extra)) == (Paper.F4, True, {"Provinsi": "Jawa Raya"})
    assert {key: form for key, form in wordings.forms.items() if form} == {IRBAN: Level.JPT_PRATAMA}


def test_the_form_is_that_of_the_holder_not_of_who_stands_in(tmp_path: Path) -> None:
    city = change(sheets(), "Pejabat", "INSP.IRBAN1", "Templat", "JPT Pratama")
    holder = next(row for row in city["Pejabat"] if row["Kode Jabatan"] == "INSP.IRBAN1")
    other = next(row for row in city["Pejabat"] if row["Kode Jabatan"] == "BKPSDM.PKP")
    acting = {"Status": "Plh.", "Templat": "Pengawas", "TMT": "2026-01-20", "Berakhir": "2026-01-31"}
    person = {column: other[column] for column in ("NIP", "Nama", "Gelar Depan", "Gelar Belakang", "Golongan")}
    city["Pejabat"].append(holder | person | {"Pangkat": other["Pangkat"]} | acting)
    assert read_wordings(write(tmp_path, city)).forms[IRBAN] is Level.JPT_PRATAMA


def test_a_letterhead_is_that_of_sheet_unit(tmp_path: Path) -> None:
    wordings = read_wordings(write(tmp_path, sheets()))
    assert wordings.letterheads["Inspektorat Daerah"] == Letterhead(
        nama="INSPEKTORAT DAERAH",
        alamat="Jalan Pengawasan Nomor 3, Wanasari",
        telepon="(0399) 500111",
        surel="inspektorat@wanasarikota.example",
        laman="inspektorat.wanasarikota.example",
    )


def test_a_unit_without_a_letterhead_of_its_own_goes_by_its_name(tmp_path: Path) -> None:
    wordings = read_wordings(write(tmp_path, change(sheets(), "Unit", "Inspektorat Daerah", "Nama Kop", "")))
    assert wordings.letterheads["Inspektorat Daerah"].nama == "Inspektorat Daerah"


def test_a_page_takes_the_letterhead_of_its_unit_and_the_form_of_its_agreement() -> None:
    kop = Letterhead("DISKOMINFO")
    forms = {head_content().id: Level.ADMINISTRATOR}
    wordings = Wordings(extra={"a": "b"}, forms=forms, letterheads={head_content().position.unit: kop})
    head, root = wordings.of(head_content()), wordings.of(root_content())
    assert (head.form, head.letterhead, dict(head.extra)) == (Level.ADMINISTRATOR, kop, {"a": "b"})
    assert (root.form, root.letterhead) == (None, None)


def test_a_workbook_without_profile_has_no_wording(tmp_path: Path) -> None:
    with pytest.raises(WorkbookError):
        read_wordings(write(tmp_path, change(sheets(), "Profil", "Tahun", "Nilai", "")))
