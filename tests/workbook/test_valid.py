"""What a workbook without faults says."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkdocs.errors import WorkbookError
from pkdocs.plan import Target
from pkdocs.problem import EVERYTHING, Severity
from pkdocs.profile import Paper, Shown, Zone
from pkdocs.roster import Level, Means, Status
from pkdocs.schema import is_plain_text
from pkdocs.workbook import Workbook, order_of, read_workbook, scale_of
from pkdocs.workbook.cells import Fault, clean
from tests.workbook.book import found, profil, put, read, serious, valid, write_csv, write_xlsx, xlsx_bytes


def test_the_valid_workbook_has_no_problem(tmp_path: Path) -> None:
    workbook = read(tmp_path, valid())
    assert workbook.problems == ()
    assert workbook.profile is not None
    assert workbook.profile.agreement_date == date(2026, 1, 22)
    assert workbook.profile.dpa_date == date(2026, 1, 5)
    assert [unit.name for unit in workbook.units] == ["Pemerintah Kota", "Dinas Kominfo"]


def test_csv_and_xlsx_of_the_same_sheets_say_the_same(tmp_path: Path) -> None:
    from_csv = read_workbook(write_csv(tmp_path / "csv", valid()))
    from_comma = read_workbook(write_csv(tmp_path / "koma", valid(), delimiter=","))
    from_xlsx = read_workbook(write_xlsx(tmp_path / "buku.xlsx", valid()))
    assert replace(from_csv, digest="") == replace(from_xlsx, digest="") == replace(from_comma, digest="")


_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)
_CELLS = [("Pejabat", "Nama"), ("Pejabat", "Kode Jabatan"), ("Indikator", "Target"), ("Indikator", "Sasaran"),
          ("Anggaran", "Anggaran"), ("Profil", "Nilai"), ("Indikator", "Induk"), ("Pejabat", "NIP")]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(text=_TEXT, cell=st.sampled_from(_CELLS))
def test_an_arbitrary_text_is_read_and_never_crashes(
    tmp_path_factory: pytest.TempPathFactory, text: str, cell: tuple[str, str]
) -> None:
    sheets = put(valid(), cell[0], 3, cell[1], text)
    workbook = read_workbook(write_csv(tmp_path_factory.mktemp("buku"), sheets))
    for problem in workbook.problems:
        assert problem.message("id")
        assert problem.message("en")
    assert workbook.roster.assignments


_XML_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), max_size=30
)


@settings(max_examples=50, deadline=None)
@given(text=_XML_TEXT.filter(lambda text: not text.lstrip().startswith("=") and "_x" not in text))
def test_any_text_reads_alike_from_csv_and_xlsx(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("buku")
    sheets = put(valid(), "Indikator", 3, "Definisi", text)
    from_csv = read_workbook(write_csv(folder / "csv", sheets))
    from_xlsx = read_workbook(write_xlsx(folder / "buku.xlsx", sheets))
    assert replace(from_csv, digest="") == replace(from_xlsx, digest="")


@given(st.text(max_size=20))
def test_a_clean_text_is_one_that_a_content_can_hold(text: str) -> None:
    cleaned = clean(text)
    assert isinstance(cleaned, Fault) or (is_plain_text(cleaned) and clean(cleaned) == cleaned)


def test_line_breaks_tabs_and_special_spaces_are_one_space() -> None:
    assert clean(" Kepala\r\n Bidang\tAplikasi\u00a0Dua ") == "Kepala Bidang Aplikasi Dua"
    assert clean("e\u0301") == "\u00e9"
    assert clean("a\u202eb") == Fault("CELL_CONTROL", "U+202E")


def test_names_of_sheets_and_columns_go_without_case_space_and_order(tmp_path: Path) -> None:
    sheets = valid()
    rows = sheets.pop("Pejabat")
    rows[0] = [f"  {header.upper()} " for header in rows[0]]
    sheets[" pejaBAT "] = [row[::-1] for row in rows]
    assert len(read(tmp_path, sheets).roster.assignments) == 5


def test_the_header_may_stand_in_the_tenth_row_and_not_below(tmp_path: Path) -> None:
    def lowered(by: int) -> Workbook:
        sheets = valid()
        sheets["Pejabat"] = [["Daftar Pejabat, Kota Wanasari"], *[[] for _ in range(by - 1)], *sheets["Pejabat"]]
        return read(tmp_path / str(by), sheets)

    assert lowered(9).roster.assignments[0].place.row == 11
    assert ("SHEET_NO_HEADER", "Pejabat", None, None) in found(lowered(10))


def test_the_key_is_the_code_with_the_number_where_it_is_shared(tmp_path: Path) -> None:
    keys = [row.key for row in read(tmp_path, valid()).roster.assignments]
    assert keys == ["WALIKOTA", "KOMINFO", "KOMINFO.APTIKA", "KOMINFO.APTIKA.STAF.1", "KOMINFO.APTIKA.STAF.2"]


def test_levels_in_the_words_of_the_eselon_are_understood(tmp_path: Path) -> None:
    levels = [row.level for row in read(tmp_path, valid()).roster.assignments]
    assert levels[1:4] == [Level.JPT_PRATAMA, Level.ADMINISTRATOR, Level.FUNCTIONAL]


def test_an_empty_pangkat_follows_from_the_golongan_and_the_number_is_digits(tmp_path: Path) -> None:
    person = read(tmp_path, valid()).roster.assignments[1].person
    assert person is not None
    assert (person.rank, person.number) == ("Pembina Utama Muda", "197111021996032992")


def test_an_empty_sasaran_is_that_of_the_row_before(tmp_path: Path) -> None:
    indicators = read(tmp_path, valid()).plan.indicators
    assert indicators[1].goal == indicators[0].goal
    assert indicators[4].goal == "Meningkatnya kualitas SPBE"


def test_merged_cells_hide_what_stands_beneath_their_first(tmp_path: Path) -> None:
    import openpyxl

    path = write_xlsx(tmp_path / "buku.xlsx", put(valid(), "Indikator", 3, "Sasaran", ""))
    book = openpyxl.load_workbook(path)
    book["Indikator"].merge_cells("C2:C3")
    book["Indikator"].row_dimensions[3].hidden = True
    book.save(path)
    indicators = read_workbook(path).plan.indicators
    assert [row.goal for row in indicators[:3]] == [
        "Meningkatnya kualitas SDM", "Meningkatnya kualitas SDM", "Meningkatnya kualitas keuangan",
    ]  # fmt: skip


def test_indicators_without_code_are_numbered_within_their_position(tmp_path: Path) -> None:
    codes = [row.code for row in read(tmp_path, valid()).plan.indicators]
    assert codes == ["IKU-1", "IKU-2", "IKU-3", "KOMINFO-1", "KOMINFO-2", "KOMINFO.APTIKA-1", "KOMINFO.APTIKA.STAF-1"]


def test_targets_are_numbers_ranges_and_categories(tmp_path: Path) -> None:
    targets = [row.target for row in read(tmp_path, valid()).plan.indicators]
    assert targets[:3] == [
        Target.of(Decimal("82.60")), Target(Decimal("5.10"), Decimal("5.50")), Target(category="WTP"),
    ]  # fmt: skip
    assert str(targets[0]) == "82,60"


def test_equal_budget_lines_are_added_up_and_zero_is_dropped(tmp_path: Path) -> None:
    (line,) = read(tmp_path, valid()).plan.budget
    assert (line.amount, line.note, line.place.row) == (4_216_300_000, "PAD, DAU", 2)


def test_achievements_are_values_or_states(tmp_path: Path) -> None:
    awaited, value = read(tmp_path, valid()).plan.achievements
    assert (awaited.value, awaited.state, awaited.period) == (None, "belum rilis", "Tahun")
    assert (value.value, value.period) == (Target.of(Decimal("20.5")), "TW1")


def test_optional_sheets_may_be_absent_and_any_unit_will_do(tmp_path: Path) -> None:
    sheets = valid()
    for name in ("Anggaran", "Unit", "Skala", "Paparan", "Realisasi"):
        del sheets[name]
    workbook = read(tmp_path, sheets)
    assert workbook.problems == ()
    assert workbook.units == ()


def test_local_choices_are_read(tmp_path: Path) -> None:
    sheets = valid()
    for key, value in {
        "Sebutan Pihak Pertama": "PIHAK KESATU", "Kertas": "f4", "Zona Waktu": "WITA", "Label NI PPPK": "nipppk",
        "Tampil Kepala Daerah": "-", "Tampil PPPK": "Gelar, NIP",
        "Ketua Tim Pihak Kedua": "Ya", "Wajib Paparan": "Tidak",
        "Alamat Verifikasi": "https://pk.example.go.id/v/", "NIP Pengecualian": "199999992023212998; ",
    }.items():  # fmt: skip
        profil(sheets, key, value)
    profile = read(tmp_path, sheets).profile
    assert profile is not None
    assert (profile.first_label, profile.paper, profile.zone) == ("PIHAK KESATU", Paper.F4, Zone.WITA)
    assert (profile.pppk_label, profile.team_lead_signs, profile.review_required) == ("NIPPPK.", True, False)
    assert profile.shows["Kepala Daerah"] == frozenset()
    assert profile.shows["PPPK"] == {Shown.DEGREES, Shown.NUMBER}
    assert profile.shows["PNS"] == frozenset(Shown)


def test_an_issued_number_that_breaks_the_pattern_passes_as_exception(tmp_path: Path) -> None:
    sheets = put(valid(), "Pejabat", 5, "NIP", "199999992023212998")
    assert found(read(tmp_path / "a", sheets)) == [("NIP_BIRTH", "Pejabat", 5, "NIP")]
    profil(sheets, "NIP Pengecualian", "19999999 202321 2 998")
    assert serious(read(tmp_path / "b", sheets)) == []


def test_unknown_keys_reach_the_templates_with_a_note(tmp_path: Path) -> None:
    sheets = profil(profil(valid(), "Provinsi", "Jawa Timur"), "Tempa", "Wanasari")
    workbook = read(tmp_path, sheets)
    assert workbook.profile is not None
    assert workbook.profile.extra == {"Provinsi": "Jawa Timur", "Tempa": "Wanasari"}
    notes = [(problem.severity, problem.code) for problem in workbook.problems]
    assert notes == [(Severity.NOTE, "PROFILE_EXTRA"), (Severity.NOTE, "PROFILE_EXTRA_NEAR")]
    assert "Tempat" in workbook.problems[1].message("id")


def test_unknown_sheets_and_columns_are_noted_with_the_nearest_name(tmp_path: Path) -> None:
    sheets = put(put(valid(), "Pejabat", 2, "Catatan Pribadi", "x"), "Pejabat", 2, "Gelar Dpan", "x")
    sheets |= {"Rekap": [["a", "b"]], "Indikatorr": [["a", "b"]]}
    problems = read(tmp_path, sheets).problems
    assert {problem.severity for problem in problems} == {Severity.NOTE}
    assert {(problem.code, problem.params.get("near")) for problem in problems} == {
        ("COLUMN_UNKNOWN", None), ("COLUMN_UNKNOWN_NEAR", "Gelar Depan"), ("SHEET_UNKNOWN", None),
        ("SHEET_UNKNOWN_NEAR", "Indikator"),
    }  # fmt: skip


def test_without_a_code_the_name_of_the_government_serves_with_a_note(tmp_path: Path) -> None:
    (problem,) = read(tmp_path, profil(valid(), "Kode Pemerintah Daerah", "")).problems
    assert (problem.severity, problem.code) == (Severity.NOTE, "PROFILE_NO_CODE")


def test_an_amendment_makes_second_versions_on_the_ground_of_the_profile(tmp_path: Path) -> None:
    sheets = profil(profil(valid(), "Jenis Dokumen", "Perubahan"), "Alasan", "Perubahan Strategi")
    workbook = read(tmp_path, sheets)
    assert workbook.problems == ()
    assert {row.version for row in workbook.roster.assignments} == {2}


def test_a_vacant_position_has_no_person(tmp_path: Path) -> None:
    sheets = put(valid(), "Pejabat", 6, "Status", "Kosong")
    for column in ("NIP", "Nama", "Jenis Pegawai"):
        put(sheets, "Pejabat", 6, column, "")
    workbook = read(tmp_path, sheets)
    assert serious(workbook) == []
    assert workbook.roster.assignments[-1].status is Status.VACANT
    assert workbook.roster.assignments[-1].person is None


def test_a_stand_in_may_have_the_key_of_the_holder(tmp_path: Path) -> None:
    sheets = valid()
    row = dict(zip(sheets["Pejabat"][0], sheets["Pejabat"][2], strict=True))
    row |= {"NIP": "198305092008121995", "Nama": "Fajar Adiwangsa", "Gelar Depan": "", "Gelar Belakang": "S.Sos.",
            "Golongan": "III/d", "Status": "Plh.", "Nomor SK": "1", "TMT": "2026-01-20"}  # fmt: skip
    sheets["Pejabat"].append(list(row.values()))
    assert serious(read(tmp_path, sheets)) == []


def test_a_row_that_ended_before_the_agreement_leaves_its_key_to_the_successor(tmp_path: Path) -> None:
    sheets = valid()
    successor = dict(zip(sheets["Pejabat"][0], sheets["Pejabat"][2], strict=True))
    successor |= {"NIP": "197407251999031993", "Nama": "Damar Kusumabrata", "TMT": "2026-01-11", "Golongan": "IV/b"}
    sheets["Pejabat"].append(list(successor.values()))
    put(sheets, "Pejabat", 3, "Berakhir", "2026-01-10")
    assert serious(read(tmp_path / "a", sheets)) == []
    put(sheets, "Pejabat", 3, "Berakhir", "2026-01-22")
    codes = {problem.code for problem in serious(read(tmp_path / "b", sheets))}
    assert codes == {"KEY_TWICE"}


def test_personal_columns_may_change_over_time(tmp_path: Path) -> None:
    sheets = valid()
    promoted = dict(zip(sheets["Pejabat"][0], sheets["Pejabat"][2], strict=True))
    promoted |= {"Golongan": "IV/d", "Versi": "2", "Alasan": "Perubahan Strategi", "TMT": "2026-04-01"}
    sheets["Pejabat"].append(list(promoted.values()))
    put(sheets, "Pejabat", 3, "Berakhir", "2026-03-31")
    assert serious(read(tmp_path, sheets)) == []


def test_paper_signers_and_own_dates_are_read(tmp_path: Path) -> None:
    sheets = put(
        put(valid(), "Pejabat", 6, "Cara Tanda Tangan", "kertas"), "Pejabat", 6, "Tanggal Perjanjian", "1/2/2026"
    )
    row = read(tmp_path, sheets).roster.assignments[-1]
    assert (row.means, row.agreement_date) == (Means.PAPER, date(2026, 2, 1))


def test_categories_are_ordered_by_their_scale(tmp_path: Path) -> None:
    scales = read(tmp_path, valid()).plan.scales
    assert scale_of(scales, "strata", ["Tinggi"]) == ("Rendah", "Tinggi")
    sakip = scale_of(scales, "predikat", ["BB", "A"])
    kla = scale_of(scales, "predikat", ["Nindya"])
    assert sakip is not None
    assert order_of(sakip, "BB") < order_of(sakip, "A")  # type: ignore[operator] # both are on it
    assert kla is not None
    assert "Nindya" in kla
    opinion = scales["opini"]
    assert order_of(opinion, "Wajar Tanpa Pengecualian") == order_of(opinion, "WTP")
    assert scale_of(scales, "predikat", ["Istimewa"]) is None


def test_own_scales_take_the_place_of_built_in_ones(tmp_path: Path) -> None:
    sheets = valid()
    sheets["Skala"] += [["Opini", "WDP", "1"], ["Opini", "WTP", "2"]]
    scales = read(tmp_path, sheets).plan.scales
    assert scale_of(scales, "opini", []) == ("WDP", "WTP")


class TestSeveralFiles:
    def test_files_of_units_are_read_as_one_and_repeated_rows_count_once(self, tmp_path: Path) -> None:
        whole, part = valid(), valid()
        part["Pejabat"] = [part["Pejabat"][0], *part["Pejabat"][3:]]
        part["Anggaran"] = part["Anggaran"][:2]
        write_xlsx(tmp_path / "a.xlsx", whole)
        write_xlsx(tmp_path / "b.xlsx", part)
        workbook = read_workbook(tmp_path)
        assert workbook.problems == ()
        assert len(workbook.roster.assignments) == 5
        assert workbook.roster.assignments[0].place.file == "a.xlsx"
        assert workbook.plan.budget[0].amount == 4_216_300_000

    def test_contradicting_profiles_are_an_error_that_names_both(self, tmp_path: Path) -> None:
        write_xlsx(tmp_path / "a.xlsx", valid())
        write_xlsx(tmp_path / "b.xlsx", profil(valid(), "Tempat", "Wanasri"))
        problems = serious(read_workbook(tmp_path))
        assert [(problem.code, problem.place.file, problem.place.row) for problem in problems] == [
            ("PROFILE_CONTRADICTS", "a.xlsx", 5), ("PROFILE_CONTRADICTS", "b.xlsx", 5),
        ]  # fmt: skip
        message = problems[1].message("id")
        for said in ("Tempat", '"Wanasri"', '"Wanasari"', "a.xlsx · Profil · 5"):
            assert said in message

    def test_of_many_profiles_the_one_that_differs_is_named_and_one_of_the_others(self, tmp_path: Path) -> None:
        for name in "abdef":
            write_xlsx(tmp_path / f"{name}.xlsx", valid())
        write_xlsx(tmp_path / "c.xlsx", profil(profil(valid(), "Tempat", "Wanasri"), "Tahun", "2027"))
        problems = serious(read_workbook(tmp_path))
        assert {(problem.params["key"], problem.place.file) for problem in problems} == {
            ("Tempat", "a.xlsx"), ("Tempat", "c.xlsx"), ("Tahun", "a.xlsx"), ("Tahun", "c.xlsx"),
        }  # fmt: skip

    def test_a_value_that_files_type_differently_contradicts_nothing(self, tmp_path: Path) -> None:
        for name, day, year in (("a", "2026-01-22", "2026"), ("b", "22/1/2026", 2026), ("c", date(2026, 1, 22), "")):
            sheets = profil(profil(valid(), "Tanggal Perjanjian", day), "Tahun", year)
            write_xlsx(tmp_path / f"{name}.xlsx", sheets)
        assert serious(read_workbook(tmp_path)) == []

    def test_rows_that_contradict_each_other_are_named_with_their_files(self, tmp_path: Path) -> None:
        write_xlsx(tmp_path / "a.xlsx", valid())
        write_xlsx(tmp_path / "b.xlsx", put(valid(), "Pejabat", 3, "Nama", "Citra M."))
        problems = serious(read_workbook(tmp_path))
        assert {(problem.code, problem.place.file, problem.place.row) for problem in problems} == {
            (code, file, 3) for code in ("KEY_TWICE", "PERSON_CONTRADICTS") for file in ("a.xlsx", "b.xlsx")
        }
        assert all("a.xlsx · 3, b.xlsx · 3" in problem.message("id") for problem in problems)

    def test_a_damaged_or_foreign_file_among_others_stops_every_agreement(self, tmp_path: Path) -> None:
        write_xlsx(tmp_path / "a.xlsx", valid())
        (tmp_path / "b.xlsx").write_bytes(b"PK rusak")
        (tmp_path / "c.xls").write_bytes(b"x")
        (tmp_path / "~$a.xlsx").write_bytes(b"kunci")
        problems = serious(read_workbook(tmp_path))
        assert [(problem.code, problem.place.file, problem.touches) for problem in problems] == [
            ("FILE_DAMAGED", "b.xlsx", EVERYTHING), ("FILE_OTHER_FORMAT", "c.xls", EVERYTHING),
        ]  # fmt: skip

    def test_the_digest_does_not_depend_on_names(self, tmp_path: Path) -> None:
        contents = xlsx_bytes(valid()), xlsx_bytes(profil(valid(), "Provinsi", "Jawa Timur"))
        digests = set()
        for names in (("a", "b"), ("b", "a")):
            folder = tmp_path / names[0]
            folder.mkdir()
            for name, data in zip(names, contents, strict=True):
                (folder / f"{name}.xlsx").write_bytes(data)
            digests.add(read_workbook(folder).digest)
        assert len(digests) == 1

    def test_a_folder_of_damaged_files_alone_cannot_be_read(self, tmp_path: Path) -> None:
        (tmp_path / "a.xlsx").write_bytes(b"rusak")
        with pytest.raises(WorkbookError, match="FILE_FOREIGN"):
            read_workbook(tmp_path)
