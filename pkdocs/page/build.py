"""From a content to its page: each value as Indonesian documents write it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from pkdocs.content import (
    Amendment,
    Budget,
    Content,
    Expense,
    Goal,
    Party,
    PersonScheme,
    PlanReference,
    Promise,
    Type,
    Value,
)
from pkdocs.numerals import format_date, format_rupiah
from pkdocs.page.view import (
    BudgetRow,
    BudgetTable,
    Detail,
    Ending,
    Indicator,
    Letterhead,
    Page,
    PlanRow,
    Sasaran,
    Signer,
)
from pkdocs.page.wording import PLAIN, Wording
from pkdocs.plan import Mode, Polarity
from pkdocs.roster import Means

DIRECTIONS: Final[Mapping[Polarity, str]] = MappingProxyType(
    {
        Polarity.UP: "Naik (makin tinggi makin baik)",
        Polarity.DOWN: "Turun (makin rendah makin baik)",
        Polarity.RANGE: "Rentang (di dalam batas)",
        Polarity.CATEGORY: "Kategori (menurut peringkat)",
        Polarity.MAXIMUM: "Maksimum (target adalah nilai tertinggi)",
        Polarity.ZERO: "Nol (tidak boleh terjadi)",
    }
)
MODES: Final[Mapping[Mode, str]] = MappingProxyType(
    {
        Mode.LAST: "Akhir (nilai terakhir)",
        Mode.CUMULATIVE: "Kumulatif (dijumlahkan)",
        Mode.YEARLY: "Tahunan (diukur setahun sekali)",
        Mode.MEAN: "Rata-rata",
        Mode.HIGHEST: "Tertinggi",
    }
)
TYPES: Final[Mapping[Type, str]] = MappingProxyType(
    {Type.AGREEMENT: "Perjanjian Kinerja", Type.WITHDRAWAL: "Pencabutan Perjanjian Kinerja"}
)
SCHEMES: Final[Mapping[PersonScheme, str]] = MappingProxyType(
    {PersonScheme.KEYED: "hmac-sha256", PersonScheme.TRIAL: "uji (kunci umum, hanya untuk percobaan)"}
)
QUARTERS: Final = ("TW I", "TW II", "TW III", "TW IV")


def build_page(content: Content, wording: Wording = PLAIN) -> Page:
    """Return ``content`` as printed, with the ``wording`` beside it."""
    seat = content.position
    second = content.parties.second
    return Page(
        id=content.id,
        judul=content.title,
        nomor=content.number or "",
        tahun=str(content.year),
        organisasi=content.organisation.name,
        kop=_letterhead(content, wording.letterhead),
        unit=seat.unit,
        unit_kerja=seat.subunit or "",
        nama_jabatan=seat.title,
        jabatan=content.parties.first.office,
        peran=seat.assignment or "",
        bentuk=wording.form or seat.level,
        pihak_pertama=_signer(content.parties.first),
        pihak_kedua=_signer(second) if second else None,
        tempat_tanggal=f"{content.place}, {format_date(content.dated)}",
        sasaran=tuple(_goal(number, goal) for number, goal in enumerate(content.goals, 1)),
        anggaran=_budget(content.budget) if content.budget else None,
        rencana=tuple(_plan(row) for row in content.plans),
        pencabutan=_ending(content),
        data_dokumen=tuple(_document_data(content)),
        profil=MappingProxyType(dict(wording.extra)),
    )


def format_value(value: Value | None, unit: str | None = None) -> str:
    """Return a value with its unit: ``4,10 indeks``, ``75%``, ``5,10-5,50%``; a category stands alone."""
    if value is None:
        return ""
    if value.category is not None or not unit:
        return str(value.target)
    return f"{value.target}%" if unit == "%" else f"{value.target} {unit}"


def _letterhead(content: Content, given: Letterhead | None) -> Letterhead:
    government, unit = content.organisation.name, content.position.unit
    above = "" if unit.casefold() == government.casefold() else government
    return replace(given or Letterhead(unit), induk=above)


def _signer(party: Party) -> Signer:
    return Signer(
        sebutan=party.label,
        nama=party.name,
        jabatan=party.office,
        pangkat=party.rank or "",
        nomor=party.number or "",
        status=party.status,
        elektronik=party.means is Means.ELECTRONIC,
    )


def _goal(number: int, goal: Goal) -> Sasaran:
    indicators = enumerate(goal.indicators, 1)
    return Sasaran(str(number), goal.text, tuple(_indicator(f"{number}.{n}", promise) for n, promise in indicators))


def _indicator(number: str, promise: Promise) -> Indicator:
    return Indicator(
        nomor=number,
        kode=promise.code,
        teks=promise.text,
        target=format_value(promise.target, promise.unit),
        rincian=_details(
            ("Satuan", promise.unit),
            ("Arah", DIRECTIONS[promise.polarity]),
            ("Cara hitung", MODES[promise.mode]),
            ("Realisasi tahun lalu", format_value(promise.baseline, promise.unit)),
            ("Target triwulan", _quarters(promise)),
            ("Mendukung", "; ".join(promise.answers_to)),
            ("Diampu sendiri", _yes_no(promise.own)),
            ("Rencana aksi", promise.action),
            ("Definisi", promise.definition),
            ("Sumber data", promise.source),
        ),
    )


def _details(*pairs: tuple[str, str | None]) -> tuple[Detail, ...]:
    return tuple(Detail(name, value) for name, value in pairs if value)


def _quarters(promise: Promise) -> str:
    return "; ".join(f"{QUARTERS[q.quarter - 1]} {format_value(q.target, promise.unit)}" for q in promise.quarters)


def _yes_no(value: bool | None) -> str:  # noqa: FBT001  a value to print, not a switch
    return {None: "", True: "Ya", False: "Tidak"}[value]


def _budget(budget: Budget) -> BudgetTable:
    tiers = tuple(dict.fromkeys(str(line.tier) for line in budget.lines))
    numbers = _budget_numbers(budget.lines)
    rows = tuple(_budget_row(number, line) for number, line in zip(numbers, budget.lines, strict=True))
    return BudgetTable("/".join(tiers), len(tiers) > 1, rows, format_rupiah(int(budget.total)))


def _budget_numbers(lines: tuple[Expense, ...]) -> Iterator[str]:
    tied = any(line.goal is not None for line in lines)
    counts: dict[int | None, int] = {}
    for line in lines:
        count = counts[line.goal] = counts.get(line.goal, 0) + 1
        if line.goal is not None:
            yield f"{line.goal}.{count}"
        else:
            yield "-" if tied else str(count)


def _budget_row(number: str, line: Expense) -> BudgetRow:
    amount = format_rupiah(int(line.amount))
    return BudgetRow(number, line.code, str(line.tier), line.label, amount, line.note or "")


def _plan(row: PlanReference) -> PlanRow:
    return PlanRow(
        kode=row.code,
        sasaran=row.goal or "",
        indikator=row.text,
        satuan=row.unit or "",
        target=format_value(row.target, row.unit),
        target_akhir=format_value(row.final_target, row.unit),
        arah=str(row.polarity or ""),
    )


def _ending(content: Content) -> Ending | None:
    if not content.is_withdrawal or content.amendment is None:
        return None
    amendment = content.amendment
    return Ending(amendment.supersedes.id, format_date(content.first_day), amendment.reason or "")


def _document_data(content: Content) -> Iterator[Detail]:
    seat = content.position
    yield from _details(
        ("Nomor dokumen", content.id),
        ("Jenis", TYPES[content.type]),
        ("Bentuk isi", content.schema),
        ("Versi", str(content.version)),
        ("Nomor perjanjian", content.number),
        ("Pemerintah daerah", content.organisation.name),
        ("Kode pemerintah daerah", content.organisation.code),
        ("Tahun", str(content.year)),
        ("Masa berlaku", f"{format_date(content.first_day)} s.d. {format_date(content.last_day)}"),
        ("Kode jabatan", seat.key),
        ("Nama jabatan", seat.title),
        ("Peran", seat.assignment),
        ("Jenjang", str(seat.level)),
        ("Perangkat daerah", seat.unit),
        ("Unit kerja", seat.subunit),
    )
    for party in (content.parties.first, content.parties.second):
        if party:
            yield from _party_data(party)
    yield Detail("Skema kode orang", SCHEMES[content.person_scheme])
    if content.parent:
        yield Detail("Perjanjian atasan", content.parent.id)
        yield Detail("Sidik jari perjanjian atasan", content.parent.digest)
    if content.amendment:
        yield from _amendment_data(content.amendment)


def _party_data(party: Party) -> Iterator[Detail]:
    name = party.label
    yield Detail(f"{name}: kode jabatan", party.position)
    yield Detail(f"{name}: status", str(party.status))
    yield Detail(f"{name}: tanda tangan", str(party.means))
    yield Detail(f"{name}: kode orang", party.person)


def _amendment_data(amendment: Amendment) -> Iterator[Detail]:
    yield Detail("Alasan perubahan", str(amendment.ground))
    yield from _details(("Uraian alasan", amendment.reason))
    yield Detail("Menggantikan perjanjian", amendment.supersedes.id)
    yield Detail("Sidik jari yang digantikan", amendment.supersedes.digest)
