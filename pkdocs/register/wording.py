"""What the head says on paper: everything that is in it, for officials to read before they sign."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from pkdocs.content import PersonScheme
from pkdocs.drawing import LEFT, RIGHT, Column, Row, Sheets, Side, Slot, Text
from pkdocs.numerals import format_date, format_number
from pkdocs.register.head import Head, Keepers, Registrar

_SCHEMES: Final = {
    PersonScheme.KEYED: "hmac-sha256, dengan kunci rahasia instansi",
    PersonScheme.TRIAL: "uji, tanpa kunci rahasia: bukan untuk dipakai resmi",
}
_NUMBER: Final = Column(LEFT, LEFT + 24, Side.RIGHT)
_FACTS: Final = (Column(LEFT, LEFT + 144), Column(LEFT + 150, RIGHT))
_COUNT, _COMPLETE = Column(RIGHT - 140, RIGHT - 72, Side.RIGHT), Column(RIGHT - 66, RIGHT, Side.RIGHT)
_UNITS: Final = (_NUMBER, Column(LEFT + 32, RIGHT - 146), _COUNT, _COMPLETE)
_SIGNERS: Final = (_NUMBER, Column(LEFT + 32, RIGHT - 200), Column(RIGHT - 194, RIGHT))
_FOLLOWERS: Final = (_NUMBER, Column(LEFT + 32, RIGHT))

_LARGE, _MIDDLE, _SMALL = 14, 11, 7
_GAP, _STEP = 14, 4
_TOGETHER: Final = 160
"""What follows a heading on its sheet at least: its sentence, the table's header and a row, in points."""


def title_of(head: Head) -> str:
    """Return the name of the file for readers."""
    return f"Daftar Perjanjian Kinerja Tahun {head.year}, versi {head.version}"


def places_of(head: Head) -> Mapping[str, Registrar]:
    """Return the registrars who sign the head by the names of their fields, in the order of the page."""
    return {f"registrar-{number}": registrar for number, registrar in enumerate(head.keepers.registrars, 1)}


def write_head(head: Head, sheets: Sheets) -> None:
    """Write all of ``head`` on ``sheets``, with a place to sign for each of its registrars."""
    title = Text(f"DAFTAR PERJANJIAN KINERJA TAHUN {head.year}", _LARGE, bold=True)
    sheets.add_paragraph("H1", title, Text(head.organisation.name, _MIDDLE, bold=True), side=Side.CENTRE)
    sheets.add_space(_GAP)
    sheets.add_paragraph("P", Text(_purpose(head)))
    sheets.add_space(_STEP)
    sheets.add_table(_FACTS, [_row(label, fact) for label, fact in _facts(head)])
    _add_heading(sheets, "Perjanjian menurut perangkat daerah")
    sheets.add_table(_UNITS, _units(head), _row("No.", "Perangkat daerah", "Perjanjian", "Lengkap", bold=True))
    _add_heading(sheets, "Petugas registrasi", _threshold("Versi ini", head.keepers))
    signers = [
        (*_keeper(number, registrar), Slot(place, f"Tanda tangan petugas registrasi {number}"))
        for number, (place, registrar) in enumerate(places_of(head).items(), 1)
    ]
    sheets.add_table(_SIGNERS, signers, _row("No.", "Petugas registrasi", "Tanda tangan", bold=True))
    if head.following is not None:
        _add_heading(sheets, "Petugas registrasi berikutnya", _threshold("Versi berikutnya", head.following))
        followers = [_keeper(number, registrar) for number, registrar in enumerate(head.following.registrars, 1)]
        sheets.add_table(_FOLLOWERS, followers, _row("No.", "Petugas registrasi", bold=True))


def _row(*words: str, bold: bool = False) -> tuple[tuple[Text, ...], ...]:
    return tuple((Text(text, bold=bold),) for text in words)


def _add_heading(sheets: Sheets, heading: str, *explained: str) -> None:
    sheets.add_space(_GAP)
    sheets.keep(_TOGETHER)
    sheets.add_paragraph("H2", Text(heading, _MIDDLE, bold=True))
    for sentence in explained:
        sheets.add_paragraph("P", Text(sentence))
    sheets.add_space(_STEP)


def _purpose(head: Head) -> str:
    return (
        f"Ini kepala register perjanjian kinerja {head.organisation.name} tahun {head.year}. Daftarnya, "
        f"{_number(head.size)} baris berkas register.jsonl, memuat perjanjian yang berlaku atau ditunggu, beserta "
        "pemegang jabatan, sertifikat, dan templatnya. Penanda tangan menyatakan bahwa daftar itu lengkap dan sesuai "
        "dengan catatan instansi. Semua isi lampiran register.json tercetak di bawah ini."
    )


def _facts(head: Head) -> Iterator[tuple[str, str]]:
    """Yield what each row of the first table is about, and what it says."""
    yield "Instansi", head.organisation.name
    yield "Kode instansi", head.organisation.code or "tidak ada"
    yield "Tahun", str(head.year)
    yield "Versi", _number(head.version)
    yield "Tanggal", format_date(head.dated)
    yield "Versi berikutnya paling lambat", format_date(head.next_by)
    yield "Daftar ditutup", "ya, ini versi terakhir" if head.closed else "belum"
    yield "Jabatan puncak", head.root_position
    yield "Nama samaran orang", _SCHEMES[head.person_scheme]
    yield "Jumlah baris", _number(head.size)
    yield "Akar Merkle (RFC 6962)", head.root_hash
    if head.in_force is not None:
        yield "Jumlah baris yang berlaku", _number(head.in_force.size)
        yield "Akar Merkle baris yang berlaku", head.in_force.root_hash
        yield "Halaman dibuat ulang dan sama", f"{_number(head.in_force.compared)} perjanjian"
    yield "Sidik kepala sebelumnya", head.previous or "tidak ada: ini versi pertama"
    yield "Sidik kepala ini (SHA-256)", head.digest
    yield "Skema", head.schema


def _units(head: Head) -> Iterator[Row]:
    for number, unit in enumerate(head.units, 1):
        yield _row(f"{number}.", unit.unit, _number(unit.agreements), _number(unit.complete))
    total, complete = sum(unit.agreements for unit in head.units), sum(unit.complete for unit in head.units)
    yield _row("", "Jumlah", _number(total), _number(complete), bold=True)


def _threshold(what: str, keepers: Keepers) -> str:
    count = len(keepers.registrars)
    return f"{what} berlaku bila ditandatangani paling sedikit {keepers.threshold} dari {count} petugas registrasi ini:"


def _keeper(number: int, registrar: Registrar) -> tuple[tuple[Text, ...], tuple[Text, ...]]:
    described = (
        Text(registrar.name, bold=True),
        Text(registrar.unit),
        Text(f"Nama samaran: {registrar.person}", _SMALL),
        Text("Sertifikat (SHA-256):", _SMALL),
        Text(registrar.certificate, _SMALL),
    )
    return (Text(f"{number}."),), described


def _number(value: int) -> str:
    return format_number(Decimal(value))
