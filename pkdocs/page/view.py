"""The page's shape: the names that templates use, every value as text, ``""`` where nothing is printed.

The names are Indonesian because office workers write them in Word.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pkdocs.roster import Level, Status


@dataclass(frozen=True, slots=True)
class Letterhead:
    """How a unit words its letterhead; ``induk`` is the government, ``""`` where that is the unit itself."""

    nama: str
    induk: str = ""
    alamat: str = ""
    telepon: str = ""
    surel: str = ""
    laman: str = ""


@dataclass(frozen=True, slots=True)
class Detail:
    """A value with its label."""

    nama: str
    nilai: str


@dataclass(frozen=True, slots=True)
class Signer:
    """One party; ``sebutan`` is its label, ``elektronik`` tells whether it needs an anchor."""

    sebutan: str
    nama: str
    jabatan: str
    pangkat: str
    nomor: str
    status: Status
    elektronik: bool


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator; ``nomor`` is ``<sasaran>.<n>``, ``target`` has its unit, ``rincian`` is all the rest."""

    nomor: str
    kode: str
    teks: str
    target: str
    rincian: tuple[Detail, ...]


@dataclass(frozen=True, slots=True)
class Sasaran:
    """One sasaran with its indicators."""

    nomor: str
    teks: str
    indikator: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """One budget line; ``nomor`` is ``<sasaran>.<n>`` where it serves a sasaran, ``jumlah`` whole rupiah."""

    nomor: str
    kode: str
    tingkat: str
    uraian: str
    jumlah: str
    keterangan: str


@dataclass(frozen=True, slots=True)
class BudgetTable:
    """The budget; ``judul`` names its tiers, ``gabungan`` tells that there are several."""

    judul: str
    gabungan: bool
    baris: tuple[BudgetRow, ...]
    jumlah: str


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One row of the plans that the root answers to."""

    kode: str
    sasaran: str
    indikator: str
    satuan: str
    target: str
    target_akhir: str
    arah: str


@dataclass(frozen=True, slots=True)
class Ending:
    """What a withdrawal ends: the agreement's id, from which day on, and why."""

    id: str
    mulai: str
    alasan: str


@dataclass(frozen=True, slots=True)
class Page:
    """What one agreement prints.

    ``jabatan`` is the office as signed for (``Plt. ...``), ``nama_jabatan`` the position's own title;
    ``kop`` is the letterhead, ``bentuk`` the level whose form it has, ``profil`` the local government's own
    keys; the second party is None at the root, the budget where there is none, ``pencabutan`` but in a withdrawal.
    """

    id: str
    judul: str
    nomor: str
    tahun: str
    organisasi: str
    kop: Letterhead
    unit: str
    unit_kerja: str
    nama_jabatan: str
    jabatan: str
    peran: str
    bentuk: Level
    pihak_pertama: Signer
    pihak_kedua: Signer | None
    tempat_tanggal: str
    sasaran: tuple[Sasaran, ...]
    anggaran: BudgetTable | None
    rencana: tuple[PlanRow, ...]
    pencabutan: Ending | None
    data_dokumen: tuple[Detail, ...]
    profil: Mapping[str, str]
