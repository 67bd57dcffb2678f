"""A valid workbook with one change: which finding, and where."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from pkdocs.messages import catalogue
from pkdocs.pipeline.checking import check
from pkdocs.problem import EVERYTHING, Severity
from pkdocs.workbook import read_workbook
from tests.workbook.book import drop, found, profil, put, read, serious, valid, write_csv, write_xlsx

MAYOR, HEAD, ACTING, STAFF, LOCAL = 2, 3, 4, 5, 6
PEJABAT, INDIKATOR, ANGGARAN = "Pejabat", "Indikator", "Anggaran"

ERRORS: list[tuple[str, int, str, Any, str]] = [
    # cells
    (PEJABAT, HEAD, "NIP", 197111021996032992, "CELL_NUMBER"),
    (PEJABAT, HEAD, "NIP", 1.97111021996033e17, "CELL_NUMBER"),
    (PEJABAT, HEAD, "Kode Jabatan", 12, "CELL_NUMBER"),
    (PEJABAT, HEAD, "Atasan", 12.5, "CELL_NUMBER"),
    (INDIKATOR, 2, "Kode", date(2026, 1, 2), "CELL_DATE"),
    (INDIKATOR, 2, "Indikator", datetime(2026, 1, 2), "CELL_DATE"),  # noqa: DTZ001 - as a cell holds it
    (ANGGARAN, 2, "Kode", time(2, 16, 3), "CELL_TIME"),
    (ANGGARAN, 2, "Kode", 2.16, "CELL_NUMBER"),
    (INDIKATOR, 2, "Target", date(2026, 10, 5), "TARGET_DATE"),
    (PEJABAT, HEAD, "Nama", "#N/A", "CELL_ERROR"),
    (INDIKATOR, 2, "Target", "=1/0", "CELL_FORMULA"),
    (PEJABAT, HEAD, "Nama", "Citra\u202eMaheswari", "CELL_CONTROL"),
    (PEJABAT, HEAD, "Nama", "Citra\u200bMaheswari", "CELL_CONTROL"),
    (PEJABAT, HEAD, "Nama", "Citra \ue000", "CELL_CONTROL"),
    (INDIKATOR, 2, "Target", (4215300000, '0.0,,"jt"'), "CELL_FORMAT"),
    # Pejabat
    (PEJABAT, HEAD, "Jabatan", "", "CELL_EMPTY"),
    (PEJABAT, HEAD, "Unit", "", "CELL_EMPTY"),
    (PEJABAT, HEAD, "Nama", "", "CELL_EMPTY"),
    (PEJABAT, HEAD, "Atasan", "", "CELL_EMPTY"),
    (PEJABAT, HEAD, "Golongan", "", "CELL_EMPTY"),
    (PEJABAT, ACTING, "TMT", "", "CELL_EMPTY"),
    (PEJABAT, HEAD, "Kode Jabatan", "KOMINFO 1", "CODE_PATTERN"),
    (PEJABAT, HEAD, "Kode Jabatan", "A" * 41, "CODE_PATTERN"),
    (PEJABAT, HEAD, "Kode Jabatan", "K-197111021996032992", "CODE_PERSONAL"),
    (PEJABAT, HEAD, "Kode Jabatan", "19711102.199603.2.992", "CODE_PERSONAL"),
    (PEJABAT, HEAD, "Atasan", "3576010101800001", "CODE_PERSONAL"),
    (PEJABAT, STAFF, "Nomor", "0", "CELL_NO_INTEGER"),
    (PEJABAT, STAFF, "Nomor", "10000", "CELL_NO_INTEGER"),
    (PEJABAT, STAFF, "Nomor", "satu", "CELL_NO_INTEGER"),
    (PEJABAT, STAFF, "Nomor", "", "NUMBER_MISSING"),
    (PEJABAT, HEAD, "Jenjang", "Eselon VI", "CELL_CHOICE"),
    (PEJABAT, HEAD, "Jenis Pegawai", "Honorer", "CELL_CHOICE"),
    (PEJABAT, HEAD, "Status", "Aktif", "CELL_CHOICE"),
    (PEJABAT, HEAD, "Unit", "Dinas Komifo", "UNIT_UNKNOWN_NEAR"),
    (PEJABAT, HEAD, "Unit", "XYZ", "UNIT_UNKNOWN"),
    (PEJABAT, ACTING, "Jabatan", "Plt. Kepala Bidang Aplikasi", "TITLE_ACTING"),
    (PEJABAT, ACTING, "Jabatan", "PLH Kepala Bidang Aplikasi", "TITLE_ACTING"),
    (PEJABAT, ACTING, "Jabatan", "Pelaksana Tugas Kepala Bidang", "TITLE_ACTING"),
    (PEJABAT, HEAD, "NIP", "19711102 199603 2 99", "NIP_LENGTH"),
    (PEJABAT, HEAD, "NIP", "1,97111E+17", "NIP_SCIENTIFIC"),
    (PEJABAT, HEAD, "NIP", "199412052023212998", "NIP_START"),
    (PEJABAT, STAFF, "NIP", "197111021996032992", "NIP_CONTRACT_YEAR"),
    (PEJABAT, MAYOR, "NIP", "3576010101800001", "NIP_NIK"),
    (PEJABAT, LOCAL, "NIP", "NON/2", "NIP_LOCAL"),
    (PEJABAT, LOCAL, "NIP", "CON", "NIP_DEVICE"),
    (PEJABAT, LOCAL, "NIP", "aux", "NIP_DEVICE"),
    (PEJABAT, HEAD, "Golongan", "III/e", "GRADE_UNKNOWN"),
    (PEJABAT, HEAD, "Pangkat", "Pembina", "RANK_NOT_OF_GRADE"),
    (PEJABAT, HEAD, "Pangkat", "Pembina Utama Muda (IV/d)", "RANK_NOT_OF_GRADE"),
    (PEJABAT, STAFF, "Golongan", "XVIII", "GRADE_OF_PPPK"),
    (PEJABAT, STAFF, "Pangkat", "Penata Muda", "RANK_OF_PPPK"),
    (PEJABAT, HEAD, "TMT", "2026-02-30", "CELL_NO_DATE"),
    (PEJABAT, HEAD, "TMT", "1 Januari 2026", "CELL_NO_DATE"),
    (PEJABAT, ACTING, "Berakhir", "2026-01-01", "TERM_BACKWARDS"),
    (PEJABAT, HEAD, "Berlaku Mulai", "2027-01-01", "FIRST_DAY_OTHER_YEAR"),
    (PEJABAT, HEAD, "Templat", "../rahasia", "TEMPLATE_CHOICE"),
    (PEJABAT, HEAD, "Versi", "2", "GROUND_MISSING@Alasan"),
    (PEJABAT, HEAD, "Versi", "dua", "CELL_NO_INTEGER"),
    (PEJABAT, HEAD, "Alasan", "Mutasi", "CELL_CHOICE"),
    (PEJABAT, HEAD, "Cara Tanda Tangan", "Cap jempol", "CELL_CHOICE"),
    # Indikator
    (INDIKATOR, 2, "Sasaran", "", "CELL_EMPTY"),
    (INDIKATOR, 2, "Indikator", "", "CELL_EMPTY"),
    (INDIKATOR, 2, "Satuan", "", "CELL_EMPTY"),
    (INDIKATOR, 2, "Target", "", "CELL_EMPTY"),
    (INDIKATOR, 2, "Polaritas", "Stabil", "CELL_CHOICE"),
    (INDIKATOR, 2, "Mode", "", "CELL_EMPTY"),
    (INDIKATOR, 2, "Diampu Sendiri", "Mungkin", "CELL_CHOICE"),
    (INDIKATOR, 2, "Kode", "A;B", "CODE_PATTERN"),
    (INDIKATOR, 2, "Induk", "-;RPJMD-1", "PARENT_NONE_AND_SOME"),
    (INDIKATOR, 2, "Induk", "RPJMD-1;197111021996032992", "CODE_PERSONAL"),
    (INDIKATOR, 2, "Target", "0.332", "TARGET_POINT"),
    (INDIKATOR, 2, "Target", "82.6", "TARGET_POINT"),
    (INDIKATOR, 2, "Target", "1,234.5", "TARGET_NOT_NUMBER"),
    (INDIKATOR, 2, "Target", "BB", "TARGET_NOT_NUMBER"),
    (INDIKATOR, 3, "Target", "%", "TARGET_NOT_NUMBER"),
    (INDIKATOR, 2, "Target", "5,50-5,10", "TARGET_RANGE"),
    (INDIKATOR, 2, "Target", "85%", "TARGET_PERCENT"),
    (INDIKATOR, 2, "Target", (0.85, "0%"), "TARGET_PERCENT"),
    (INDIKATOR, 3, "Target", "5,10", "TARGET_NEEDS_RANGE"),
    (INDIKATOR, 2, "Polaritas", "Rentang", "TARGET_NEEDS_RANGE@Target"),
    (INDIKATOR, 3, "Polaritas", "Maksimum", "TARGET_NEEDS_NUMBER@Target"),
    (INDIKATOR, 6, "Target", "1", "TARGET_NEEDS_ZERO"),
    (INDIKATOR, 2, "Polaritas", "Kategori", "TARGET_NEEDS_CATEGORY@Target"),
    (INDIKATOR, 4, "Target", "Bagus", "TARGET_NOT_ON_SCALE"),
    (INDIKATOR, 4, "Realisasi Tahun Lalu", "Bagus", "TARGET_NOT_ON_SCALE"),
    (INDIKATOR, 2, "Realisasi Tahun Lalu", "82.35", "TARGET_POINT"),
    (INDIKATOR, 2, "TW4", "delapan", "TARGET_NOT_NUMBER"),
    # Anggaran
    (ANGGARAN, 2, "Anggaran", "", "CELL_EMPTY"),
    (ANGGARAN, 2, "Anggaran", "empat", "BUDGET_AMOUNT"),
    (ANGGARAN, 2, "Anggaran", "-5000", "BUDGET_AMOUNT"),
    (ANGGARAN, 2, "Anggaran", "1.000,50", "BUDGET_SEN"),
    (ANGGARAN, 2, "Kode", "2.16..03", "CODE_PATTERN"),
    (ANGGARAN, 2, "Tingkat", "Proyek", "CELL_CHOICE"),
    (ANGGARAN, 2, "Sasaran", "nol", "CELL_NO_INTEGER"),
    (ANGGARAN, 3, "Tingkat", "Kegiatan", "BUDGET_TIERS_DIFFER"),
    # the others
    ("RPJMD", 2, "Unit", "XYZ", "UNIT_UNKNOWN"),
    ("RPJMD", 2, "Target", "82.60", "TARGET_POINT"),
    ("RPJMD", 2, "Indikator", "", "CELL_EMPTY"),
    ("Unit", 3, "Telepon", 321555, "CELL_NUMBER"),
    ("Skala", 3, "Urutan", "1", "SCALE_ORDER_TWICE"),
    ("Skala", 3, "Nilai", "rendah", "SCALE_VALUE_TWICE"),
    ("Skala", 3, "Urutan", "", "CELL_EMPTY"),
    ("Paparan", 2, "Hasil", "Oke", "CELL_CHOICE"),
    ("Paparan", 2, "Tanggal", "kemarin", "CELL_NO_DATE"),
    ("Realisasi", 2, "Kode", "IKU-9", "ACHIEVEMENT_UNKNOWN"),
    ("Realisasi", 2, "Periode", "Semester", "CELL_CHOICE"),
    ("Realisasi", 3, "Nilai", "20.5", "TARGET_POINT"),
    ("Realisasi", 3, "Nilai", "", "CELL_EMPTY"),
]


@pytest.mark.parametrize("case", ERRORS)
def test_one_wrong_cell_is_one_error_at_its_place(tmp_path: Path, case: tuple[str, int, str, Any, str]) -> None:
    sheet, row, column, value, expected = case
    code, _, where = expected.partition("@")
    workbook = read(tmp_path, put(valid(), sheet, row, column, value))
    errors = [problem for problem in serious(workbook) if problem.severity is Severity.ERROR]
    assert [problem.code for problem in errors] == [code]
    place = errors[0].place
    assert (place.sheet, place.row, place.column, place.file) == (sheet, row, where or column, None)
    assert errors[0].message("id") != errors[0].message("en")


def test_twin_codes_of_units_are_errors_at_both(tmp_path: Path) -> None:
    sheets = valid()
    sheets["Unit"].append(["dinas  KOMINFO"])
    assert found(read(tmp_path, sheets)) == [("UNIT_TWICE", "Unit", 3, "Unit"), ("UNIT_TWICE", "Unit", 4, "Unit")]


WARNINGS: list[tuple[str, int, str, Any, str]] = [
    (PEJABAT, ACTING, "Nomor SK", "", "DECREE_MISSING"),
    (PEJABAT, HEAD, "Nama", "Citra Maheswari, M.M.", "NAME_WITH_DEGREE"),
    (PEJABAT, HEAD, "Nama", "Dra. Citra Maheswari", "NAME_WITH_DEGREE"),
    (PEJABAT, HEAD, "Golongan", "III/d", "GRADE_LOW"),
    (PEJABAT, HEAD, "Surel", "citra.wanasari", "EMAIL_MALFORMED"),
    (PEJABAT, HEAD, "Alasan", "Perubahan Strategi", "GROUND_UNUSED"),
    (PEJABAT, HEAD, "Tanggal Perjanjian", "2025-01-22", "DATE_OTHER_YEAR"),
    (PEJABAT, STAFF, "Jabatan", "Ketua Tim Kerja Aplikasi", "TITLE_ASSIGNMENT"),
    (PEJABAT, STAFF, "Jabatan", "Sub Koordinator Aplikasi", "TITLE_ASSIGNMENT"),
    (PEJABAT, LOCAL, "Golongan", "III/a", "RANK_UNUSED"),
    (PEJABAT, LOCAL, "NIP", "199002172015031997", "NIP_OF_SERVANT@Jenis Pegawai"),
    (PEJABAT, LOCAL, "Jenjang", "JFU", "LEVEL_EMPLOYMENT@Jenis Pegawai"),
    (INDIKATOR, 2, "Indikator", "Indeks Pembangunan Manusia, 82,60", "INDICATOR_NAMES_TARGET"),
    (INDIKATOR, 4, "Indikator", "Opini BPK (WTP)", "INDICATOR_NAMES_TARGET"),
    (INDIKATOR, 7, "Indikator", "Layanan terintegrasi 75%", "INDICATOR_NAMES_TARGET"),
    (ANGGARAN, 2, "Tingkat", "Perangkat Daerah", ""),
    (ANGGARAN, 3, "Uraian", "Aplikasi", "BUDGET_LABELS_DIFFER"),
    (ANGGARAN, 3, "Sasaran", "2", "BUDGET_GOALS_DIFFER"),
    (ANGGARAN, 4, "Kode", "2.16.02.2", "BUDGET_TIER_DEPTH@Tingkat"),
]


@pytest.mark.parametrize("case", WARNINGS)
def test_a_likely_slip_is_a_warning_that_stops_nothing(tmp_path: Path, case: tuple[str, int, str, Any, str]) -> None:
    sheet, row, column, value, expected = case
    code, _, where = expected.partition("@")
    sheets = put(valid(), sheet, row, column, value)
    if not code:  # rows that agree in Tingkat
        put(sheets, sheet, row + 1, column, value)
    workbook = read(tmp_path, sheets)
    assert found(workbook) == ([(code, sheet, row, where or column)] if code else [])
    assert all(problem.severity is Severity.WARNING and not problem.touches for problem in serious(workbook))
    assert workbook.roster.broken == ()


def test_harmless_ways_of_writing_are_no_findings(tmp_path: Path) -> None:
    sheets = valid()
    for sheet, row, column, value in [
        (PEJABAT, MAYOR, "Atasan", "-"), (PEJABAT, HEAD, "Gelar Depan", "-"),
        (PEJABAT, HEAD, "NIP", "'19711102.199603.2.992"),
        (PEJABAT, HEAD, "Pangkat", "Pembina Utama Muda, (IV/c)"), (PEJABAT, ACTING, "Golongan", "IV.a"),
        (PEJABAT, STAFF, "Golongan", "9"), (PEJABAT, ACTING, "Status", "plt"), (PEJABAT, ACTING, "TMT", "02/01/2026"),
        (INDIKATOR, 3, "Target", "5,10 % \u2013 5,50 %"), (INDIKATOR, 7, "Target", "75 %"), (INDIKATOR, 5, "TW1", "-"),
        (INDIKATOR, 2, "Indikator", "Usia 0-82 tahun"), (INDIKATOR, 8, "Induk", "KOMINFO.APTIKA-1; KOMINFO-1;"),
        (INDIKATOR, 6, "Satuan", "-"), (ANGGARAN, 2, "Tingkat", "program"),
    ]:  # fmt: skip
        put(sheets, sheet, row, column, value)
    workbook = read(tmp_path, sheets)
    assert workbook.problems == ()
    assert workbook.plan.indicators[-1].answers_to == ("KOMINFO.APTIKA-1", "KOMINFO-1")
    assert workbook.plan.indicators[1].stands_alone
    assert workbook.plan.indicators[4].unit == ""


@pytest.mark.parametrize(
    ("target", "baseline", "column"),
    [
        ("1.234", "1,2", "Target"),
        ("1,3", "1.234", "Realisasi Tahun Lalu"),
        ("1.234", "1.200", None),
        ("1.234", "", None),
    ],
)
def test_an_ambiguous_number_is_reported_if_last_year_says_otherwise(
    tmp_path: Path, target: str, baseline: str, column: str | None
) -> None:
    sheets = put(put(valid(), INDIKATOR, 2, "Target", target), INDIKATOR, 2, "Realisasi Tahun Lalu", baseline)
    workbook = read(tmp_path, put(sheets, INDIKATOR, 2, "TW4", ""))
    assert found(workbook) == ([("TARGET_AMBIGUOUS", INDIKATOR, 2, column)] if column else [])


def test_a_pj_who_is_not_a_civil_servant_is_warned_of(tmp_path: Path) -> None:
    sheets = valid()
    for column, value in {"Status": "Pj.", "TMT": "2026-01-01", "Nomor SK": "1"}.items():
        put(sheets, PEJABAT, MAYOR, column, value)
    assert found(read(tmp_path, sheets)) == [("PJ_NOT_PNS", PEJABAT, MAYOR, "Jenis Pegawai")]


def test_a_vacant_position_with_a_person_contradicts_itself(tmp_path: Path) -> None:
    codes = found(read(tmp_path, put(valid(), PEJABAT, LOCAL, "Status", "Kosong")))
    assert codes == [("VACANT_PERSON", PEJABAT, LOCAL, "NIP"), ("VACANT_PERSON", PEJABAT, LOCAL, "Nama")]


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("Tahun", "26", "CELL_NO_INTEGER"), ("Tahun", "", "PROFILE_MISSING"), ("Tempat", "", "PROFILE_MISSING"),
        ("Tanggal Perjanjian", "Januari", "CELL_NO_DATE"), ("Tanggal DPA", "31/02/2026", "CELL_NO_DATE"),
        ("Kode Pemerintah Daerah", 35.99, "CELL_NUMBER"), ("Jenis Dokumen", "Baru", "CELL_CHOICE"),
        ("Label NI PPPK", "NIK", "CELL_CHOICE"), ("Kertas", "Folio", "CELL_CHOICE"),
        ("Zona Waktu", "GMT", "CELL_CHOICE"),
        ("Tampil PNS", "gelar, foto", "CELL_CHOICE"), ("Wajib Paparan", "kadang", "CELL_CHOICE"),
        ("Alamat Verifikasi", "pk.example.go.id", "PROFILE_ADDRESS"),
        ("Alamat Verifikasi", "https://x.id/v", "PROFILE_ADDRESS"),
        ("Kode Sekretaris Daerah", "SET DA", "CODE_PATTERN"), ("NIP Pengecualian", 197111021996032992, "CELL_NUMBER"),
        ("Provinsi", date(2026, 1, 1), "CELL_DATE"), ("Tempat", "#REF!", "CELL_ERROR"),
    ],
)  # fmt: skip
def test_an_error_in_the_profile_stops_everything(tmp_path: Path, key: str, value: object, code: str) -> None:
    workbook = read(tmp_path, profil(valid(), key, value))
    assert [(problem.code, problem.touches) for problem in serious(workbook)] == [(code, EVERYTHING)]
    assert workbook.profile is None
    assert workbook.roster.broken == ()


def test_an_agreement_date_outside_its_year_is_warned_of(tmp_path: Path) -> None:
    workbook = read(tmp_path, profil(valid(), "Tanggal Perjanjian", "2025-01-22"))
    assert found(workbook) == [("DATE_OTHER_YEAR", "Profil", 6, "Nilai")]
    assert workbook.profile is not None


def test_a_value_without_its_key_is_an_error(tmp_path: Path) -> None:
    sheets = valid()
    sheets["Profil"].append(["", "Wanasari"])
    assert found(read(tmp_path, sheets)) == [("CELL_EMPTY", "Profil", 8, "Kunci")]


class TestKeys:
    def test_one_key_and_version_twice_is_an_error_at_both_whatever_the_case(self, tmp_path: Path) -> None:
        sheets = put(valid(), PEJABAT, ACTING, "Kode Jabatan", "kominfo")
        workbook = read(tmp_path, sheets)
        assert [entry for entry in found(workbook) if entry[1] == PEJABAT] == [
            ("KEY_TWICE", PEJABAT, HEAD, "Kode Jabatan"), ("KEY_TWICE", PEJABAT, ACTING, "Kode Jabatan"),
        ]  # fmt: skip
        assert "4" in serious(workbook)[0].message("id")
        assert [row.key for row in workbook.roster.broken] == ["KOMINFO", "kominfo"]

    def test_a_code_typed_for_all_staff_is_told_at_each_row_in_short(self, tmp_path: Path) -> None:
        sheets = put(valid(), PEJABAT, LOCAL, "Nomor", "3")
        row = sheets[PEJABAT][LOCAL - 1]
        sheets[PEJABAT] += [[*row] for _ in range(80)]
        problems = [problem for problem in serious(read(tmp_path, sheets)) if problem.code == "KEY_TWICE"]
        assert len(problems) == 81
        assert problems[0].params["rows"] == "6, 7, 8, 9, 10, 11, …"

    def test_one_number_for_all_staff_is_told_at_each_row(self, tmp_path: Path) -> None:
        sheets = valid()
        row = dict(zip(sheets[PEJABAT][0], sheets[PEJABAT][LOCAL - 1], strict=True))
        people = [row | {"Nomor": str(number), "Nama": f"Joko {number}"} for number in range(3, 83)]
        sheets[PEJABAT] += [list(person.values()) for person in people]
        assert {problem.code for problem in serious(read(tmp_path, sheets))} == {"PERSON_CONTRADICTS"}
        assert len(found(read(tmp_path, sheets))) == 81

    def test_a_later_version_may_stand_beside_with_its_ground(self, tmp_path: Path) -> None:
        sheets = valid()
        later = dict(zip(sheets[PEJABAT][0], sheets[PEJABAT][HEAD - 1], strict=True))
        sheets[PEJABAT].append(list((later | {"Versi": "2", "Alasan": "Perubahan Prioritas"}).values()))
        assert found(read(tmp_path, sheets)) == []

    def test_no_key_is_anothers_shared_code(self, tmp_path: Path) -> None:
        sheets = valid()
        sheets[PEJABAT].append([*sheets[PEJABAT][LOCAL - 1]])
        put(put(sheets, PEJABAT, 7, "Kode Jabatan", "KOMINFO.APTIKA"), PEJABAT, 7, "Nomor", "9")
        put(put(sheets, PEJABAT, 7, "NIP", "NON-3"), PEJABAT, STAFF, "Kode Jabatan", "KOMINFO.APTIKA.9")
        codes = {entry[:3] for entry in found(read(tmp_path, sheets))}
        assert ("KEY_IS_SHARED_CODE", PEJABAT, 7) in codes
        assert ("NUMBER_MISSING", PEJABAT, ACTING) in codes

    def test_broken_rows_count_too(self, tmp_path: Path) -> None:
        sheets = put(put(valid(), PEJABAT, STAFF, "NIP", "1"), PEJABAT, LOCAL, "Nomor", "1")
        assert {entry[:3] for entry in found(read(tmp_path, sheets))} == {
            ("NIP_LENGTH", PEJABAT, STAFF), ("KEY_TWICE", PEJABAT, STAFF), ("KEY_TWICE", PEJABAT, LOCAL),
        }  # fmt: skip


def test_one_person_is_told_in_one_way_where_times_overlap(tmp_path: Path) -> None:
    sheets = valid()
    for column, value in {
        "NIP": "197111021996032992", "Nama": "Citra M.", "Gelar Depan": "Dra.", "Gelar Belakang": "M.M.",
        "Pangkat": "", "Golongan": "IV/c",
    }.items():  # fmt: skip
        put(sheets, PEJABAT, ACTING, column, value)
    workbook = read(tmp_path, sheets)
    assert found(workbook) == [
        ("PERSON_CONTRADICTS", PEJABAT, HEAD, "Nama"),
        ("PERSON_CONTRADICTS", PEJABAT, ACTING, "Nama"),
    ]
    assert {row.key for row in workbook.roster.broken} == {"KOMINFO", "KOMINFO.APTIKA"}


def test_two_numbers_that_differ_in_case_alone_stand_at_both_cells(tmp_path: Path) -> None:
    workbook = read(tmp_path, put(valid(), PEJABAT, LOCAL, "NIP", "wk-1"))
    assert found(workbook) == [("NIP_CASE", PEJABAT, MAYOR, "NIP"), ("NIP_CASE", PEJABAT, LOCAL, "NIP")]
    (message, _) = (problem.message("id") for problem in serious(workbook))
    assert (f"baris {MAYOR}, {LOCAL}" in message, "wk-1" in message.lower()) == (True, False)


def test_units_typed_in_two_ways_are_warned_of(tmp_path: Path) -> None:
    sheets = put(valid(), PEJABAT, ACTING, "Unit", "DINAS KOMINFO")
    assert read(tmp_path / "a", sheets).roster.assignments[2].unit == "Dinas Kominfo"
    del sheets["Unit"]
    assert found(read(tmp_path / "b", sheets)) == [("UNIT_SPELLING", PEJABAT, ACTING, "Unit")]


def test_indicator_codes_are_unique_with_those_of_the_plan(tmp_path: Path) -> None:
    sheets = put(put(valid(), INDIKATOR, 2, "Kode", "rpjmd-1"), INDIKATOR, 5, "Kode", "KOMINFO-2")
    workbook = read(tmp_path, put(sheets, "Realisasi", 2, "Kode", "IKU-2"))
    assert found(workbook) == [
        ("INDICATOR_CODE_TWICE", INDIKATOR, 2, "Kode"), ("INDICATOR_CODE_TWICE", INDIKATOR, 5, "Kode"),
        ("INDICATOR_CODE_TWICE", INDIKATOR, 6, "Kode"), ("INDICATOR_CODE_TWICE", "RPJMD", 2, "Kode"),
    ]  # fmt: skip
    assert "RPJMD · 2" in serious(workbook)[0].message("id")


class TestTouches:
    def test_an_error_touches_its_position(self, tmp_path: Path) -> None:
        workbook = read(tmp_path, put(valid(), PEJABAT, STAFF, "NIP", "1"))
        assert serious(workbook)[0].touches == {"KOMINFO.APTIKA.STAF.1"}
        (broken,) = workbook.roster.broken
        assert (broken.key, broken.code, broken.superior) == (
            "KOMINFO.APTIKA.STAF.1", "KOMINFO.APTIKA.STAF", "KOMINFO.APTIKA",
        )  # fmt: skip

    def test_an_unreadable_number_touches_all_holders_of_the_code(self, tmp_path: Path) -> None:
        workbook = read(tmp_path, put(valid(), PEJABAT, STAFF, "Nomor", "x"))
        assert serious(workbook)[0].touches == {"KOMINFO.APTIKA.STAF"}

    def test_an_indicator_touches_whose_promise_it_is(self, tmp_path: Path) -> None:
        workbook = read(tmp_path, put(valid(), INDIKATOR, 5, "Target", "x"))
        assert serious(workbook)[0].touches == {"KOMINFO"}
        assert [(row.code, row.position) for row in workbook.plan.broken] == [("KOMINFO-1", "KOMINFO")]

    @pytest.mark.parametrize("sheet", [INDIKATOR, ANGGARAN])
    def test_a_promise_of_nobody_knows_who_touches_everybody(self, tmp_path: Path, sheet: str) -> None:
        workbook = read(tmp_path, put(valid(), sheet, 3, "Kode Jabatan", ""))
        assert serious(workbook)[0].touches == EVERYTHING

    def test_a_row_of_the_plan_touches_those_who_answer_to_it(self, tmp_path: Path) -> None:
        workbook = read(tmp_path, put(valid(), "RPJMD", 2, "Target", "x,"))
        assert serious(workbook)[0].touches == {"WALIKOTA"}
        assert [row.code for row in workbook.plan.rpjmd] == ["RPJMD-1"]

    def test_a_unit_touches_its_positions(self, tmp_path: Path) -> None:
        workbook = read(tmp_path, put(valid(), "Unit", 2, "Telepon", 5))
        assert serious(workbook)[0].touches == {"WALIKOTA"}


def test_a_sasaran_that_cannot_be_read_is_told_once_and_stops_its_rows(tmp_path: Path) -> None:
    workbook = read(tmp_path, put(valid(), INDIKATOR, 2, "Sasaran", "#N/A"))
    assert found(workbook) == [("CELL_ERROR", INDIKATOR, 2, "Sasaran")]
    assert [row.code for row in workbook.plan.broken] == ["IKU-1", "IKU-2"]


class TestSheets:
    @pytest.mark.parametrize("sheet", ["Profil", PEJABAT, INDIKATOR])
    def test_a_missing_sheet_is_one_error(self, tmp_path: Path, sheet: str) -> None:
        sheets = valid()
        del sheets[sheet]
        del sheets["Realisasi"]
        workbook = read(tmp_path, sheets)
        assert [(problem.code, problem.place.sheet, problem.touches) for problem in serious(workbook)] == [
            ("SHEET_MISSING", sheet, EVERYTHING)
        ]

    @pytest.mark.parametrize("sheet", [PEJABAT, INDIKATOR])
    def test_a_sheet_that_has_its_headers_alone_is_one_error(self, tmp_path: Path, sheet: str) -> None:
        sheets = valid()
        del sheets[sheet][1:]
        del sheets["Realisasi"]
        checked = check(write_csv(tmp_path, sheets))
        wrong = [problem for problem in checked.errors if problem.place.sheet == sheet]
        assert [(problem.code, problem.touches) for problem in wrong] == [("SHEET_EMPTY", EVERYTHING)]

    def test_a_sheet_of_one_units_file_may_have_its_headers_alone(self, tmp_path: Path) -> None:
        sheets = valid()
        write_xlsx(tmp_path / "a.xlsx", sheets)
        write_xlsx(tmp_path / "b.xlsx", sheets | {INDIKATOR: sheets[INDIKATOR][:1]})
        assert found(read_workbook(tmp_path)) == []

    def test_a_sheet_of_units_that_has_its_headers_alone_counts_as_absent(self, tmp_path: Path) -> None:
        sheets = valid()
        del sheets["Unit"][1:]
        assert found(read(tmp_path, sheets)) == []

    @pytest.mark.parametrize("name", ["Petunjuk", "PILIHAN "])
    def test_sheets_for_people_are_passed_over_in_silence(self, tmp_path: Path, name: str) -> None:
        workbook = read(tmp_path, valid() | {name: [["Jabatan", "Nama"], ["x", "y"]]})
        assert workbook.problems == read(tmp_path / "tanpa", valid()).problems

    @pytest.mark.parametrize(
        ("sheet", "column"),
        [(PEJABAT, "Jenjang"), (PEJABAT, "NIP"), (INDIKATOR, "Target"), (ANGGARAN, "Anggaran"), (INDIKATOR, "Sasaran")],
    )
    def test_a_missing_column_is_one_error_and_no_follow_ups(self, tmp_path: Path, sheet: str, column: str) -> None:
        workbook = read(tmp_path, drop(valid(), sheet, column))
        (problem,) = serious(workbook)
        assert (problem.code, problem.place.sheet, problem.place.row, problem.touches) == (
            "COLUMN_MISSING",
            sheet,
            1,
            EVERYTHING,
        )
        assert column in problem.message("id")

    def test_a_column_that_stands_twice_is_an_error(self, tmp_path: Path) -> None:
        sheets = put(valid(), PEJABAT, 1, "Peran", "NAMA")
        assert found(read(tmp_path, sheets)) == [("COLUMN_TWICE", PEJABAT, 1, "NAMA")]

    def test_a_sheet_that_stands_twice_is_an_error(self, tmp_path: Path) -> None:
        sheets = valid()
        sheets["PEJABAT "] = sheets[PEJABAT]
        assert [(problem.code, problem.touches) for problem in serious(read(tmp_path, sheets))] == [
            ("SHEET_TWICE", EVERYTHING)
        ]


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    sheets = valid()
    wanted = set()
    for sheet, row, column, value, _ in ERRORS[28:40]:
        if isinstance(value, str) and (sheet, row) not in wanted:
            wanted.add((sheet, row))
            put(sheets, sheet, row, column, value)
    assert wanted <= {entry[1:3] for entry in found(read(tmp_path, sheets))}


def test_personal_numbers_never_stand_in_messages(tmp_path: Path) -> None:
    for row, column, value in [
        (HEAD, "NIP", "1971110219960329"), (HEAD, "Kode Jabatan", "197111021996032992"),
        (HEAD, "Atasan", "197111021996032992"), (LOCAL, "NIP", "3576-0101-0180-0001"),
    ]:  # fmt: skip
        workbook = read(tmp_path / column / str(row), put(valid(), PEJABAT, row, column, value))
        for problem in workbook.problems:
            assert value not in problem.message("id") + problem.message("en") + str(problem.params)


def test_every_message_of_the_workbook_is_used() -> None:
    import tomllib

    folder = Path(__file__).parents[2] / "pkdocs"
    codes = tomllib.loads((folder / "messages" / "workbook.toml").read_text(encoding="utf-8"))
    files = [*(folder / "workbook").glob("*.py"), folder / "nip.py"]
    source = "".join(file.read_text(encoding="utf-8") for file in files)
    assert [code for code in codes if f'"{code}"' not in source] == []
    assert set(codes) <= set(catalogue())
