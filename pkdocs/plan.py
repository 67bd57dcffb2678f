"""What is promised: indicators with targets, budget lines, the plans they answer to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from pkdocs.numerals import format_number
from pkdocs.problem import Place


class Polarity(StrEnum):
    """Which way is good."""

    UP = "Naik"
    DOWN = "Turun"
    RANGE = "Rentang"
    CATEGORY = "Kategori"
    MAXIMUM = "Maksimum"
    ZERO = "Nol"


class Mode(StrEnum):
    """How quarters make the year: last value, sum of increments, once a year, mean, highest."""

    LAST = "Akhir"
    CUMULATIVE = "Kumulatif"
    YEARLY = "Tahunan"
    MEAN = "Rata-rata"
    HIGHEST = "Tertinggi"


@dataclass(frozen=True, slots=True)
class Target:
    """One number (``low == high``), a range, or a category (also free text): exactly one of them."""

    low: Decimal | None = None
    high: Decimal | None = None
    category: str = ""

    def __post_init__(self) -> None:
        if (self.low is None) != (self.high is None) or (self.low is None) == (not self.category):
            raise ValueError("a target is a number, a range or a category")

    @classmethod
    def of(cls, value: Decimal) -> "Target":
        """Return the target of one number."""
        return cls(low=value, high=value)

    @property
    def number(self) -> Decimal | None:
        """The value, if it is one number."""
        return self.low if self.low == self.high else None

    def __str__(self) -> str:
        """As documents write it: ``4,10``, ``5,10-5,50``, ``WTP``."""
        if self.low is None or self.high is None:
            return self.category
        if self.low == self.high:
            return format_number(self.low)
        return f"{format_number(self.low)}-{format_number(self.high)}"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of ``Indikator``. ``position`` is a key, or a code shared by several holders.

    ``answers_to`` are codes of the superior's indicators or of RPJMD rows; ``stands_alone`` says that
    there is none on purpose (``-``), ``own`` that nobody below need carry it. ``quarters`` has four entries.
    """

    place: Place
    code: str
    position: str
    goal: str
    text: str
    unit: str
    target: Target
    polarity: Polarity
    mode: Mode
    answers_to: tuple[str, ...] = ()
    stands_alone: bool = False
    own: bool = False
    baseline: Target | None = None
    quarters: tuple[Target | None, ...] = (None, None, None, None)
    action: str = ""
    definition: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class BrokenIndicator:
    """A row of ``Indikator`` that has errors: a code to refer to (empty: unreadable), a position that promises."""

    place: Place
    code: str
    position: str


class Tier(StrEnum):
    """What a budget line pays for (Permendagri 90/2019)."""

    UNIT = "Perangkat Daerah"
    PROGRAMME = "Program"
    ACTIVITY = "Kegiatan"
    SUBACTIVITY = "Sub Kegiatan"


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """Money for one code of the nomenclature, equal rows already added up; ``amount`` in whole rupiah.

    ``goal`` is the number of the sasaran that it serves, counted from 1.
    """

    place: Place
    position: str
    code: str
    tier: Tier
    label: str
    amount: int
    note: str = ""
    goal: int | None = None


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One row of ``RPJMD``; an empty ``unit`` is the government's own plan, else that unit's Renstra."""

    place: Place
    code: str
    goal: str
    text: str
    unit: str = ""
    measure: str = ""
    target: Target | None = None
    final_target: Target | None = None
    polarity: Polarity | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """One row of ``Paparan``: the review of a position's promises before signing."""

    place: Place
    position: str
    day: date | None
    reviewer: str
    accepted: bool
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Achievement:
    """One row of ``Realisasi``; ``value`` is None with a ``state`` such as ``nihil`` or ``belum rilis``."""

    place: Place
    code: str
    position: str
    period: str
    value: Target | None
    state: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """All that positions promise, in the workbook's order; ``scales`` order categories, worst first, by unit."""

    indicators: tuple[Indicator, ...] = ()
    broken: tuple[BrokenIndicator, ...] = ()
    budget: tuple[BudgetLine, ...] = ()
    rpjmd: tuple[PlanRow, ...] = ()
    reviews: tuple[Review, ...] = ()
    achievements: tuple[Achievement, ...] = ()
    scales: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
