"""Agreements of every level: short, as usual, and longer than any should be."""

from collections.abc import Mapping
from dataclasses import replace
from enum import Enum
from typing import Final

from pkdocs.content import Budget, Content, Expense, Goal, Parties, Promise, Quarter, Value, budget_total
from pkdocs.page import Letterhead, Wording
from pkdocs.plan import Mode, Polarity, Tier
from pkdocs.roster import Level
from tests.factory import division_content, head_content, root_content


class Size(Enum):
    """How much an agreement says."""

    SHORT = "short"
    USUAL = "usual"
    LONG = "long"


TEMPLATES: Final[Mapping[str, Level]] = {
    "kepala-daerah.docx": Level.HEAD_OF_REGION,
    "jpt-pratama.docx": Level.JPT_PRATAMA,
    "administrator.docx": Level.ADMINISTRATOR,
    "pengawas.docx": Level.SUPERVISOR,
    "fungsional.docx": Level.FUNCTIONAL,
    "pelaksana.docx": Level.EXECUTIVE,
    "umum.docx": Level.FUNCTIONAL,
}
"""The shipped templates, each with a level that takes it."""

_TIERS: Final = {
    Level.HEAD_OF_REGION: Tier.PROGRAMME,
    Level.JPT_PRATAMA: Tier.PROGRAMME,
    Level.ADMINISTRATOR: Tier.ACTIVITY,
    Level.SUPERVISOR: Tier.SUBACTIVITY,
    Level.FUNCTIONAL: Tier.SUBACTIVITY,
}
_CODES: Final = {Tier.PROGRAMME: "2.16.{:02}", Tier.ACTIVITY: "2.16.03.2.{:02}", Tier.SUBACTIVITY: "2.16.03.2.02.{:04}"}
_LONG_UNIT: Final = "Dinas Penanaman Modal, Pelayanan Terpadu Satu Pintu, Tenaga Kerja, dan Transmigrasi"
_LONG_GOAL: Final = (
    "Meningkatnya kualitas pelayanan perizinan berusaha dan nonperizinan yang cepat, mudah, transparan, terintegrasi, "
    "dan berkeadilan bagi seluruh masyarakat dan pelaku usaha"
)
_LONG_INDICATOR: Final = (
    "Persentase pelayanan perizinan berusaha dan nonperizinan yang diselesaikan tepat waktu sesuai dengan standar "
    "pelayanan, termasuk izin yang memerlukan rekomendasi teknis dari perangkat daerah lain"
)
_USUAL_KOP: Final = Letterhead(
    "DINAS KOMUNIKASI DAN INFORMATIKA",
    alamat="Jalan Telekomunikasi Nomor 8, Wanasari",
    telepon="(0399) 500151",
    surel="kominfo@wanasarikota.example",
    laman="kominfo.wanasarikota.example",
)
_LONG_KOP: Final = Letterhead(
    _LONG_UNIT.upper(),
    alamat="Kompleks Perkantoran Pemerintah Kota Gedung C Lantai 3, Jalan Jenderal Panglima Besar Nomor 118, Wanasari",
    telepon="(0399) 500151 pesawat 1234",
    surel="dinas.penanaman.modal.ptsp@wanasarikota.example",
    laman="penanamanmodal-ptsp.wanasarikota.example",
)


def content_of(level: Level, size: Size) -> Content:
    """Return an agreement of ``level``."""
    content = _base(level)
    if size is Size.SHORT:
        return replace(content, budget=content.budget if level in {Level.HEAD_OF_REGION, Level.JPT_PRATAMA} else None)
    if size is Size.USUAL:
        goals = (
            _goal(1, 2, "Meningkatnya layanan aplikasi", "Persentase layanan terintegrasi"),
            _goal(2, 1, "Meningkatnya keamanan informasi", "Persentase sistem yang diuji"),
        )
        tiers = [_TIERS[level]] if level in _TIERS else []
        return replace(content, goals=goals, budget=_budget(tiers, 4), number="800/17/2026")
    goals = tuple(_goal(number, number % 3 * 3 + 1, _LONG_GOAL, _LONG_INDICATOR) for number in range(1, 11))
    tiers = [Tier.ACTIVITY, Tier.PROGRAMME]
    return _with_long_names(replace(content, goals=goals, budget=_budget(tiers, 14), number="800/1234/401.105/2026"))


def with_rows(level: Level, *, goals: int, lines: int) -> Content:
    """Return a usual agreement with so many sasaran of one indicator, and so many lines of its budget."""
    listed = tuple(_goal(number, 1, "Meningkatnya layanan aplikasi", "Layanan") for number in range(1, goals + 1))
    return replace(content_of(level, Size.USUAL), goals=listed, budget=_budget([_TIERS[level]], lines))


def wording_of(level: Level, size: Size) -> Wording:
    """Return what its page takes from the workbook."""
    if size is Size.SHORT or level is Level.HEAD_OF_REGION:
        return Wording()
    return Wording(letterhead=_USUAL_KOP if size is Size.USUAL else _LONG_KOP)


def _base(level: Level) -> Content:
    if level is Level.HEAD_OF_REGION:
        return root_content()
    content = head_content() if level is Level.JPT_PRATAMA else division_content()
    return replace(content, position=replace(content.position, level=level))


def _goal(number: int, count: int, goal: str, indicator: str) -> Goal:
    """Return a sasaran whose first indicator is ``indicator`` and says all that one can say; others are brief."""
    others = (_brief(f"{number}.{n}", "Persentase layanan terintegrasi") for n in range(2, count + 1))
    return Goal(f"{goal} ({number})", (_promise(f"{number}.1", indicator), *others))


def _brief(number: str, text: str) -> Promise:
    return Promise(
        code=f"IND-{number}",
        text=f"{text} ({number})",
        unit="%",
        target=Value(number="75.5"),
        polarity=Polarity.UP,
        mode=Mode.LAST,
        answers_to=("KOMINFO-1",),
        baseline=Value(number="55.25"),
    )


def _promise(number: str, text: str) -> Promise:
    return replace(
        _brief(number, text),
        quarters=tuple(Quarter(quarter, Value(number=str(18 * quarter))) for quarter in range(1, 5)),
        action="Menyusun peta jalan layanan dan menguji hasilnya setiap triwulan bersama perangkat daerah pengampu",
        definition="Jumlah layanan yang memenuhi syarat dibagi jumlah seluruh layanan menurut peta rencana",
        source="Katalog layanan",
    )


def _budget(tiers: list[Tier], count: int) -> Budget | None:
    lines = tuple(
        Expense(
            _CODES[tier].format(number),
            tier,
            "Pengelolaan dan Pengembangan Aplikasi Pemerintahan Berbasis Elektronik di Lingkup Pemerintah Daerah",
            f"{123_456_789 * number}000",
            "APBD; DAU",
        )
        for number in range(1, count + 1)
        for tier in (tiers[number % len(tiers)] if tiers else None,)
        if tier
    )
    return Budget(lines, str(budget_total(lines))) if lines else None


def _with_long_names(content: Content) -> Content:
    first, second = content.parties.first, content.parties.second
    if second is None:
        return content
    parties = Parties(
        replace(
            first,
            office="Plt. Kepala Bidang Penyelenggaraan Pelayanan Perizinan Berusaha dan Nonperizinan Terpadu Satu "
            "Pintu serta Penanaman Modal",
            name="Prof. Dr. Ir. Hj. Kusumaningtyas Wirapradnyawati Adiwangsakusumah Prameswarining Ratri, S.T., M.T., "
            "M.Sc., Ph.D., CGCAE.",
        ),
        replace(
            second,
            office=f"Kepala {_LONG_UNIT}",
            name="Dr. Drs. Kanjeng Raden H. Bagaskara Wirasenapati Kusumabrata Adiwijayaningrat, S.Sos., M.Si., M.M., "
            "CGCAE., CRMP., QRMO.",
            rank="Pembina Utama Madya (IV/d)",
            number="NIP. 196903141994031991",
        ),
    )
    seat = replace(content.position, unit=_LONG_UNIT, assignment="Ketua Tim Kerja Pelayanan Perizinan Berusaha")
    return replace(content, parties=parties, position=seat)
