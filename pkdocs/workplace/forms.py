"""All sheets of the workbook with their columns, in the order in which people fill them in."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from pkdocs.profile import DEFAULT_SHOWS, Profile, Shown
from pkdocs.spreadsheet import Whole
from pkdocs.workbook import achievements, budgets, government, officials, plans, promises, reviews, scales, units
from pkdocs.workbook.entry import Answer
from pkdocs.workbook.table import SheetSpec
from pkdocs.workplace import listing
from pkdocs.workplace.field import CodeOf, Field, Need, Source, Way

_POSITION: Final = CodeOf("Pejabat", "Kode Jabatan")
_UNIT: Final = CodeOf("Unit", "Unit")
_NUMBER: Final = Whole(1, 9999)


@dataclass(frozen=True, slots=True)
class Form:
    """A sheet to fill in; ``fields`` are its columns, or the keys of ``Profil``."""

    name: str
    required: tuple[str, ...]
    fields: tuple[Field, ...]


def _form(spec: SheetSpec, *fields: Field) -> Form:
    return Form(spec.name, spec.required, fields)


def _answer(value: bool) -> str:  # noqa: FBT001 - the value is what is asked for
    return Answer.YES if value else Answer.NO


def _shows() -> tuple[Field, ...]:
    """Return the keys ``Tampil ...``, with what is shown by default."""
    usual = {
        name: ", ".join(shown for shown in Shown if shown in DEFAULT_SHOWS[group]) or "-"
        for name, group in government.SHOWS.items()
    }
    return tuple(Field(name, listing.SHOWN, shown, usual=shown, topic="TAMPIL") for name, shown in usual.items())


_USUAL: Final = Profile("", 0, "", date.min)

PROFILE: Final = Form(
    government.SPEC.name,
    government.REQUIRED,
    (
        Field("Pemerintah Daerah", Way.TEXT, "Pemerintah Kota Wanasari"),
        Field("Kode Pemerintah Daerah", Way.TEXT, "35.99"),
        Field("Tahun", Whole(2000, 2100), "2026"),
        Field("Tempat", Way.TEXT, "Wanasari"),
        Field("Tanggal Perjanjian", Way.DAY, "2026-01-22"),
        Field("Tanggal DPA", Way.DAY, "2026-01-05", Source.BUDGET),
        Field("Jenis Dokumen", listing.KIND, "Murni", usual=_USUAL.kind),
        Field("Alasan", listing.GENERAL_GROUND, "Perubahan Strategi", need=Need.AMENDED),
        Field("Judul", Way.TEXT, "PERUBAHAN PERJANJIAN KINERJA"),
        Field("Sebutan Pihak Pertama", Way.TEXT, "PIHAK KESATU", usual=_USUAL.first_label),
        Field("Sebutan Pihak Kedua", Way.TEXT, "PIHAK KEDUA", usual=_USUAL.second_label),
        Field("Kode Sekretaris Daerah", _POSITION, "SETDA"),
        *_shows(),
        Field("Label NI PPPK", listing.LABEL, "NIPPPK.", usual=_USUAL.pppk_label),
        Field("Ketua Tim Pihak Kedua", listing.ANSWER, "Tidak", usual=_answer(_USUAL.team_lead_signs)),
        Field("Wajib Paparan", listing.ANSWER, "Tidak", usual=_answer(_USUAL.review_required)),
        Field("NIP Pengecualian", Way.TEXT, "196913141994031991", Source.PERSONNEL),
        Field("Kertas", listing.PAPER, "F4", usual=_USUAL.paper),
        Field("Zona Waktu", listing.ZONE, "WITA", usual=_USUAL.zone),
        Field("Alamat Verifikasi", Way.TEXT, "https://pk.example.go.id/v/"),
        Field("Kata Tanda Tangan", Way.TEXT, "Ditandatangani secara elektronik oleh:"),
        Field("Gambar Tanda Tangan", Way.TEXT, "lambang-daerah.png"),
    ),
)

SHEETS: Final = (
    _form(
        units.SPEC,
        Field("Unit", Way.TEXT, "Dinas Komunikasi dan Informatika", width=44),
        Field("Nama Kop", Way.TEXT, "DINAS KOMUNIKASI DAN INFORMATIKA", width=44),
        Field("Alamat", Way.PROSE, "Jalan Pemuda Nomor 7, Wanasari"),
        Field("Telepon", Way.TEXT, "(0399) 500116"),
        Field("Surel", Way.TEXT, "kominfo@example.go.id", width=30),
        Field("Laman", Way.TEXT, "kominfo.example.go.id", width=26),
        Field("Kode SKPD", Way.TEXT, "2.16.2.20.2.21.01.0000", Source.BUDGET, width=24),
    ),
    _form(
        officials.SPEC,
        Field("Kode Jabatan", Way.TEXT, "KOMINFO.APTIKA", width=26),
        Field("Nomor", _NUMBER, "7", need=Need.SHARED),
        Field("Jabatan", Way.PROSE, "Kepala Bidang Aplikasi Informatika", Source.PERSONNEL),
        Field("Unit", _UNIT, "Dinas Komunikasi dan Informatika", width=34),
        Field("Unit Kerja", Way.PROSE, "Bidang Aplikasi Informatika", Source.PERSONNEL, width=30),
        Field("Jenjang", listing.LEVEL, "Administrator", Source.PERSONNEL),
        Field("Templat", Way.TEXT, "JPT Pratama"),
        Field("Atasan", _POSITION, "KOMINFO", need=Need.BELOW, width=22),
        Field("Pihak Kedua", _POSITION, "SETDA", width=22),
        Field("NIP", Way.TEXT, "197801302003012994", Source.PERSONNEL, Need.HELD, width=24),
        Field("Gelar Depan", Way.TEXT, "Dr.", Source.PERSONNEL),
        Field("Nama", Way.TEXT, "Elok Larasasih", Source.PERSONNEL, Need.HELD, width=30),
        Field("Gelar Belakang", Way.TEXT, "S.Kom., M.Kom.", Source.PERSONNEL),
        Field("Jenis Pegawai", listing.EMPLOYMENT, "PNS", Source.PERSONNEL, Need.HELD),
        Field("Pangkat", listing.RANK, "Pembina", Source.PERSONNEL, width=24),
        Field("Golongan", listing.GRADE, "IV/a", Source.PERSONNEL, Need.SERVANT),
        Field("Status", listing.STATUS, "Definitif"),
        Field("Nomor SK", Way.TEXT, "800.1.3.1/17/2026", Source.DECREE, width=24),
        Field("TMT", Way.DAY, "2026-01-02", Source.DECREE, Need.ACTING),
        Field("Berakhir", Way.DAY, "2026-06-30", Source.DECREE),
        Field("Peran", Way.PROSE, "Ketua Tim Kerja Aplikasi", Source.DECREE, width=34),
        Field("Surel", Way.TEXT, "elok.larasasih@example.go.id", width=30),
        Field("Tanggal Perjanjian", Way.DAY, "2026-01-30"),
        Field("Nomor Perjanjian", Way.TEXT, "100.3.7/12/KOMINFO/2026", width=26),
        Field("Berlaku Mulai", Way.DAY, "2026-02-01"),
        Field("Cara Tanda Tangan", listing.MEANS, "Kertas"),
        Field("Versi", _NUMBER, "2"),
        Field("Alasan", listing.GROUND, "Perubahan Strategi", need=Need.LATER),
        Field("Uraian Alasan", Way.PROSE, "Pengurangan anggaran program", width=34),
    ),
    _form(
        promises.SPEC,
        Field("Kode", Way.TEXT, "APTIKA-LAYANAN", width=22),
        Field("Kode Jabatan", _POSITION, "KOMINFO.APTIKA", width=26),
        Field("Sasaran", Way.PROSE, "Meningkatnya layanan aplikasi terintegrasi", Source.PLANS, Need.FIRST),
        Field("Indikator", Way.PROSE, "Persentase layanan SPBE terintegrasi", Source.PLANS),
        Field("Satuan", Way.TEXT, "%", Source.PLANS),
        Field("Target", Way.TEXT, "75,00", Source.PLANS, width=16),
        Field("Polaritas", listing.POLARITY, "Naik", Source.PLANS),
        Field("Mode", listing.MODE, "Akhir", Source.PLANS),
        Field("Induk", Way.TEXT, "KOMINFO-SPBE", width=24),
        Field("Diampu Sendiri", listing.ANSWER, "Ya"),
        Field("Realisasi Tahun Lalu", Way.TEXT, "68,40", Source.REPORTS),
        Field("TW1", Way.TEXT, "69,00", Source.PLANS, topic="TW", width=12),
        Field("TW2", Way.TEXT, "71,00", Source.PLANS, topic="TW", width=12),
        Field("TW3", Way.TEXT, "73,00", Source.PLANS, topic="TW", width=12),
        Field("TW4", Way.TEXT, "75,00", Source.PLANS, topic="TW", width=12),
        Field("Rencana Aksi", Way.PROSE, "Menyambungkan lima layanan lagi ke bus layanan kota", Source.PLANS),
        Field("Definisi", Way.PROSE, "Layanan terintegrasi dibagi seluruh layanan dikali 100", Source.PLANS),
        Field("Sumber Data", Way.PROSE, "Laporan Bidang Aplikasi Informatika", Source.PLANS),
    ),
    _form(
        budgets.SPEC,
        Field("Kode Jabatan", _POSITION, "KOMINFO.APTIKA", width=26),
        Field("Kode", Way.TEXT, "2.16.03.2.02", Source.BUDGET, width=24),
        Field("Tingkat", listing.TIER, "Kegiatan", Source.BUDGET),
        Field("Uraian", Way.PROSE, "Pengelolaan e-Government", Source.BUDGET, width=60),
        Field("Anggaran", Way.AMOUNT, "3120500000", Source.BUDGET),
        Field("Keterangan", Way.TEXT, "PAD", Source.BUDGET),
        Field("Sasaran", Whole(1, 999), "1"),
    ),
    _form(
        plans.SPEC,
        Field("Kode", Way.TEXT, "RPJMD-5"),
        Field("Unit", _UNIT, "Dinas Komunikasi dan Informatika", width=34),
        Field("Sasaran", Way.PROSE, "Terwujudnya tata kelola yang melayani", Source.PLANS),
        Field("Indikator", Way.PROSE, "Indeks Reformasi Birokrasi", Source.PLANS),
        Field("Satuan", Way.TEXT, "indeks", Source.PLANS),
        Field("Target", Way.TEXT, "86,00", Source.PLANS, width=16),
        Field("Target Akhir", Way.TEXT, "90,00", Source.PLANS, width=16),
        Field("Polaritas", listing.POLARITY, "Naik", Source.PLANS),
    ),
    _form(
        scales.SPEC,
        Field("Skala", Way.TEXT, "kategori kepatuhan", width=28),
        Field("Nilai", Way.TEXT, "Sangat Rendah", width=28),
        Field("Urutan", Whole(0, 1000), "1"),
    ),
    _form(
        reviews.SPEC,
        Field("Kode Jabatan", _POSITION, "KOMINFO.APTIKA", width=26),
        Field("Tanggal", Way.DAY, "2026-01-15"),
        Field("Penelaah", Way.TEXT, "Tim Reviu Perjanjian Kinerja", width=34),
        Field("Hasil", listing.RESULT, "Diterima"),
        Field("Catatan", Way.PROSE, "Target triwulan II dinaikkan", width=60),
    ),
    _form(
        achievements.SPEC,
        Field("Kode", Way.TEXT, "APTIKA-LAYANAN", width=22),
        Field("Kode Jabatan", _POSITION, "KOMINFO.APTIKA", need=Need.SHARED, width=26),
        Field("Periode", listing.PERIOD, "TW1"),
        Field("Nilai", Way.TEXT, "69,25", Source.REPORTS),
        Field("Catatan", Way.PROSE, "Menunggu validasi", width=60),
    ),
)  # fmt: skip
"""All but ``Profil``."""
