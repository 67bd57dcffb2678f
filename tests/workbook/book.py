"""One valid workbook of invented people, of which a test changes one thing; written as .csv or .xlsx."""

import csv
import dataclasses
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from pkdocs.problem import Place, Problem, Severity
from pkdocs.workbook import Workbook, read_workbook

Rows = list[list[Any]]
Sheets = dict[str, Rows]


def _rows(header: str, *rows: str) -> Rows:
    width = len(header.split("|"))
    cells = [row.split("|") for row in (header, *rows)]
    return [row + [""] * (width - len(row)) for row in cells]


def valid() -> Sheets:
    """The workbook of a mayor, a head of agency, a head of division (vacant, with a Plt.) and her staff."""
    return {
        "Profil": _rows(
            "Kunci|Nilai",
            "Pemerintah Daerah|Pemerintah Kota Wanasari",
            "Kode Pemerintah Daerah|35.99",
            "Tahun|2026",
            "Tempat|Wanasari",
            "Tanggal Perjanjian|2026-01-22",
            "Tanggal DPA|05/01/2026",
        ),
        "Pejabat": _rows(
            "Kode Jabatan|Nomor|Jabatan|Unit|Jenjang|Atasan|NIP|Gelar Depan|Nama|Gelar Belakang|Jenis Pegawai"
            "|Pangkat|Golongan|Status|Nomor SK|TMT|Berakhir|Versi|Alasan|Surel|Templat|Tanggal Perjanjian"
            "|Berlaku Mulai|Pihak Kedua|Peran|Cara Tanda Tangan",
            "WALIKOTA||Wali Kota Wanasari|Pemerintah Kota|Kepala Daerah||WK-1||Arum Pradnyawati||Pejabat Negara"
            "|||Definitif",
            "KOMINFO||Kepala Dinas Kominfo|Dinas Kominfo|II.b|WALIKOTA|19711102 199603 2 992|Dra.|Citra Maheswari|M.M."
            "|PNS||IV/c|Definitif",
            "KOMINFO.APTIKA||Kepala Bidang Aplikasi|Dinas Kominfo|Administrator|KOMINFO|197801302003012994"
            "||Elok Larasasih|S.Kom.|PNS|Pembina|IV/a|Plt.|821/7/2026|2026-01-02",
            "KOMINFO.APTIKA.STAF|1|Pranata Komputer Ahli Pertama|Dinas Kominfo|JFT|KOMINFO.APTIKA|199412052023212998"
            "||Intan Rarasati|S.Kom.|PPPK||IX|Definitif",
            "KOMINFO.APTIKA.STAF|2|Petugas Layanan|Dinas Kominfo|non asn|KOMINFO.APTIKA|NON-2||Joko Samudra||Non-ASN"
            "|||Definitif",
        ),
        "Indikator": _rows(
            "Kode|Kode Jabatan|Sasaran|Indikator|Satuan|Target|Polaritas|Mode|Induk|Diampu Sendiri|Realisasi Tahun Lalu"
            "|TW1|TW2|TW3|TW4|Definisi|Sumber Data|Rencana Aksi",
            "IKU-1|WALIKOTA|Meningkatnya kualitas SDM|Indeks Pembangunan Manusia|indeks|82,60|Naik|Tahunan|RPJMD-1"
            "||82,35||||82,60",
            "IKU-2|WALIKOTA||Pertumbuhan ekonomi|%|5,10-5,50|Rentang|Tahunan|-|Ya|5,01",
            "IKU-3|WALIKOTA|Meningkatnya kualitas keuangan|Opini BPK|opini|WTP|Kategori|Tahunan|-|Ya|WDP",
            "|KOMINFO|Meningkatnya kualitas SPBE|Indeks SPBE|indeks|4,10|Naik|Tahunan|IKU-1",
            "|KOMINFO||Jumlah kebocoran data|kejadian|0|Nol|Kumulatif|-|Ya||0|0|0|0",
            "|KOMINFO.APTIKA|Meningkatnya layanan|Layanan terintegrasi|%|75|Naik|Akhir|KOMINFO-1||70|20|40|60|75",
            "|KOMINFO.APTIKA.STAF|Terselesaikannya pengujian|Laporan uji|laporan|12|Naik|Kumulatif|KOMINFO.APTIKA-1"
            "|||3|3|3|3",
        ),
        "Anggaran": _rows(
            "Kode Jabatan|Kode|Tingkat|Uraian|Anggaran|Keterangan|Sasaran",
            "KOMINFO|2.16.03|Program|Aplikasi Informatika|Rp4.215.300.000,00|PAD|1",
            "KOMINFO|2.16.03|Program|Aplikasi Informatika|1.000.000|DAU|1",
            "KOMINFO|2.16.02|Program|Informasi Publik|0|PAD|1",
        ),
        "RPJMD": _rows(
            "Kode|Unit|Sasaran|Indikator|Satuan|Target|Target Akhir|Polaritas",
            "RPJMD-1||Kualitas SDM|Indeks Pembangunan Manusia|indeks|82,60|83,50|Naik",
        ),
        "Unit": _rows(
            "Unit|Nama Kop|Alamat|Telepon|Surel|Laman|Kode SKPD",
            "Pemerintah Kota|PEMERINTAH KOTA WANASARI",
            "Dinas Kominfo|DINAS KOMUNIKASI DAN INFORMATIKA|Jalan Jati 1|0321-555|||2.16",
        ),
        "Skala": _rows("Skala|Nilai|Urutan", "strata|Rendah|1", "strata|Tinggi|2"),
        "Paparan": _rows("Kode Jabatan|Tanggal|Penelaah|Hasil|Catatan", "KOMINFO|2026-01-15|Tim Sekda|Diterima"),
        "Realisasi": _rows(
            "Kode|Kode Jabatan|Periode|Nilai|Catatan",
            "IKU-1||Tahun|belum rilis",
            "KOMINFO.APTIKA-1||TW I|20,5",
        ),
    }


def put(sheets: Sheets, sheet: str, row: int, column: str, value: object) -> Sheets:
    """Change one cell; ``row`` is the sheet's own number, 1 the header; a column that is absent is added."""
    rows = sheets[sheet]
    if column not in rows[0]:
        for index, cells in enumerate(rows):
            cells.append(column if index == 0 else "")
    rows[row - 1][rows[0].index(column)] = value
    return sheets


def profil(sheets: Sheets, key: str, value: object) -> Sheets:
    """Set one key of ``Profil``."""
    rows = sheets["Profil"]
    found = next((row for row in rows if row[0] == key), None)
    if found:
        found[1] = value
    else:
        rows.append([key, value])
    return sheets


def drop(sheets: Sheets, sheet: str, column: str) -> Sheets:
    """Take a column away."""
    index = sheets[sheet][0].index(column)
    sheets[sheet] = [[cell for at, cell in enumerate(row) if at != index] for row in sheets[sheet]]
    return sheets


def write_csv(folder: Path, sheets: Mapping[str, Sequence[Sequence[Any]]], delimiter: str = ";") -> Path:
    """Write the sheets as a folder of .csv files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in sheets.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, delimiter=delimiter).writerows(rows)
    return folder


def xlsx_bytes(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """Return the sheets as an .xlsx file; a cell is a value, or a value with its number format."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for number, row in enumerate(rows, start=1):
            for column, content in enumerate(row, start=1):
                value, shown = content if isinstance(content, tuple) else (content, None)
                if value != "":
                    cell = page.cell(number, column, value)
                    if shown:
                        cell.number_format = shown
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def write_xlsx(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> Path:
    """Write the sheets as an .xlsx file."""
    path.write_bytes(xlsx_bytes(sheets))
    return path


def read(folder: Path, sheets: Sheets) -> Workbook:
    """Read the sheets, as .csv unless a cell is more than text."""
    cells = [cell for rows in sheets.values() for row in rows for cell in row]
    if any(not isinstance(cell, str) or cell.startswith("=") for cell in cells):
        return read_workbook(write_xlsx(folder / "buku.xlsx", sheets))
    return read_workbook(write_csv(folder / "buku", sheets))


def serious(workbook: Workbook) -> list[Problem]:
    """Return errors and warnings."""
    return [problem for problem in workbook.problems if problem.severity is not Severity.NOTE]


def found(workbook: Workbook) -> list[tuple[str, str | None, int | None, str | None]]:
    """Return errors and warnings as code, sheet, row and column."""
    return [
        (problem.code, problem.place.sheet, problem.place.row, problem.place.column) for problem in serious(workbook)
    ]


def without_places(workbook: Workbook) -> object:
    """Return what a workbook says, wherever it says it."""
    return workbook.profile, _placeless(workbook.roster), _placeless(workbook.plan), _placeless(workbook.units)


def _placeless(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(_placeless(entry) for entry in value)
    if isinstance(value, Place) or not dataclasses.is_dataclass(value) or isinstance(value, type):
        return Place() if isinstance(value, Place) else value
    names = [field.name for field in dataclasses.fields(value)]
    return dataclasses.replace(value, **{name: _placeless(getattr(value, name)) for name in names})
