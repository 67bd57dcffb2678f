"""Sheet ``Realisasi``: what was achieved, by indicator and period."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from pkdocs.plan import Achievement, Indicator, Target
from pkdocs.problem import EVERYTHING, Problem
from pkdocs.workbook.entry import Choices, Entry, entries
from pkdocs.workbook.names import bare, plain
from pkdocs.workbook.promises import CODE, PromiseRow
from pkdocs.workbook.table import SheetSpec, Table
from pkdocs.workbook.targets import Measure, read_value, warn_if_ambiguous

SPEC: Final = SheetSpec("Realisasi", ("Kode", "Periode", "Nilai"), ("Kode Jabatan", "Catatan"))


class Period(StrEnum):
    """A quarter, or the whole year."""

    FIRST = "TW1"
    SECOND = "TW2"
    THIRD = "TW3"
    FOURTH = "TW4"
    YEAR = "Tahun"


class State(StrEnum):
    """What stands in place of a value."""

    NIL = "nihil"
    AWAITED = "belum rilis"
    INAPPLICABLE = "tidak berlaku"


_NUMERALS: Final = {"I": Period.FIRST, "II": Period.SECOND, "III": Period.THIRD, "IV": Period.FOURTH}
PERIODS: Final = Choices.of(
    Period,
    {f"{word} {numeral}": period for numeral, period in _NUMERALS.items() for word in ("TW", "Triwulan")},
)
STATES: Final = Choices.of(State)


def read_achievements(
    tables: Iterable[Table], promises: Iterable[PromiseRow], scales: Mapping[str, tuple[str, ...]]
) -> tuple[tuple[Achievement, ...], list[Problem]]:
    """Return the rows without errors; a value is read by its indicator's polarity and unit."""
    known = {plain(row.code): row for row in promises}
    achievements: list[Achievement] = []
    problems: list[Problem] = []
    for entry in entries(tables):
        achievement = _read_achievement(entry, known, scales)
        if not entry.failed:
            achievements.append(achievement)
        problems += entry.problems()
    return tuple(achievements), problems


def _read_achievement(
    entry: Entry, known: Mapping[str, PromiseRow], scales: Mapping[str, tuple[str, ...]]
) -> Achievement:
    code = entry.code("Kode", CODE, required=True)
    row = known.get(plain(code))
    # an indicator whose code cannot be read may be the one that is meant
    if code and row is None and "" not in known:
        entry.error("Kode", "ACHIEVEMENT_UNKNOWN", code=code[:60])
    position = entry.key("Kode Jabatan")
    owner = position or (row.position if row else "")
    entry.touches = {owner} if owner else EVERYTHING
    period = entry.choice("Periode", PERIODS, required=True)
    value, state = _read_value(entry, row.indicator if row and not row.entry.failed else None, scales)
    return Achievement(entry.place, code, position, period or Period.YEAR, value, state, entry.text("Catatan"))


def _read_value(
    entry: Entry, indicator: Indicator | None, scales: Mapping[str, tuple[str, ...]]
) -> tuple[Target | None, str]:
    written = entry.cell("Nilai")
    state = STATES.find(written) if isinstance(written, str) and bare(written) else None
    if state is not None:
        return None, state
    measure = Measure(indicator.unit if indicator else "", indicator.polarity if indicator else None, scales)
    value = read_value(entry, "Nilai", measure, required=True)
    warn_if_ambiguous(entry, "Nilai", value, indicator.target if indicator else None)
    return value, ""
