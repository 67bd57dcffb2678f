"""Sheet ``Indikator``: one row for each indicator promised."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from pkdocs.nip import holds_personal_number
from pkdocs.plan import BrokenIndicator, Indicator, Mode, Polarity, Target
from pkdocs.problem import EVERYTHING, Problem
from pkdocs.workbook.cells import Cell, Fault
from pkdocs.workbook.entry import Choices, Entry, entries
from pkdocs.workbook.names import plain
from pkdocs.workbook.table import Line, SheetSpec, Table
from pkdocs.workbook.targets import Measure, read_target, read_value, warn_if_ambiguous

QUARTERS: Final = ("TW1", "TW2", "TW3", "TW4")
SPEC: Final = SheetSpec(
    "Indikator",
    ("Kode Jabatan", "Sasaran", "Indikator", "Satuan", "Target", "Polaritas", "Mode"),
    ("Kode", "Induk", "Diampu Sendiri", "Realisasi Tahun Lalu", *QUARTERS, "Rencana Aksi", "Definisi", "Sumber Data"),
)
POLARITIES: Final = Choices.of(Polarity)
MODES: Final = Choices.of(Mode)

CODE: Final = re.compile(r"(?!-$)[^;]{1,100}")
"""Codes of indicators and of RPJMD rows: anything that a list separated by ``;`` can name."""

_NONE: Final = "-"
_LISTED: Final = 6
_POSITION, _GOAL = SPEC.columns.index("Kode Jabatan"), SPEC.columns.index("Sasaran")


@dataclass(frozen=True, slots=True)
class Promises:
    """The indicators; ``rows`` keeps each row with its code, for what is judged across sheets."""

    rows: tuple["PromiseRow", ...]

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """The rows without errors."""
        return tuple(row.indicator for row in self.rows if not row.entry.failed)

    @property
    def broken(self) -> tuple[BrokenIndicator, ...]:
        """The rows with errors."""
        return tuple(BrokenIndicator(row.entry.place, row.code, row.position) for row in self.rows if row.entry.failed)

    def problems(self) -> Iterator[Problem]:
        """Return what is wrong with the rows."""
        for row in self.rows:
            yield from row.entry.problems()


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """One row, with its code: typed, or numbered within its position; empty if it cannot be read.

    ``indicator`` counts only if the entry has not failed.
    """

    entry: Entry
    code: str
    position: str
    indicator: Indicator


def read_promises(tables: Iterable[Table], scales: Mapping[str, tuple[str, ...]]) -> Promises:
    """Return the rows of ``Indikator``.

    An error touches the row's position; where that cannot be read, every agreement, as nobody knows whose
    promise would be lacking. What Induk refers to is not judged here.
    """
    counts: Counter[str] = Counter()
    rows = []
    for entry in entries([_with_goals(table) for table in tables]):
        position = entry.key("Kode Jabatan", required=True)
        entry.touches = {position} if position else EVERYTHING
        counts[position.casefold()] += 1
        numbered = f"{position}-{counts[position.casefold()]}" if entry.cell("Kode") in {"", _NONE} else ""
        code = entry.code("Kode", CODE) or numbered
        rows.append(PromiseRow(entry, code, position, _read_indicator(entry, code, position, scales)))
    return Promises(tuple(rows))


def _with_goals(table: Table) -> Table:
    """Give each row with an empty Sasaran that of the position's row before it."""
    last: dict[Cell, Cell] = {}
    lines = []
    for line in table.lines:
        position = line.cells[_POSITION]
        goal = line.cells[_GOAL] or last.get(position, "")
        # a Sasaran that is lacking or cannot be read is reported once, where it should stand
        last[position] = Fault("") if isinstance(goal, Fault) or goal == "" else goal
        cells = (*line.cells[:_GOAL], goal, *line.cells[_GOAL + 1 :])
        lines.append(Line(line.number, cells))
    return replace(table, lines=tuple(lines))


def _read_indicator(entry: Entry, code: str, position: str, scales: Mapping[str, tuple[str, ...]]) -> Indicator:
    """Read a row to its end, so that all its errors are found; what it makes counts only if there are none."""
    unit = entry.text("Satuan", required=True)
    polarity = entry.choice("Polaritas", POLARITIES, required=True)
    mode = entry.choice("Mode", MODES, required=True)
    measure = Measure("" if unit == _NONE else unit, polarity, scales)
    target = read_target(entry, "Target", measure)
    # a wrong Kategori is told once: the other values of the row are of the same kind
    same = measure if target or polarity is not Polarity.CATEGORY else replace(measure, polarity=None)
    answers_to, stands_alone = _read_parents(entry)
    # what could not be read has a stand-in, in a row that has failed
    indicator = Indicator(
        place=entry.place,
        code=code,
        position=position,
        goal=entry.text("Sasaran", required=True),
        text=entry.text("Indikator", required=True),
        unit=measure.unit,
        target=target or Target(category=_NONE),
        polarity=polarity or Polarity.CATEGORY,
        mode=mode or Mode.LAST,
        answers_to=answers_to,
        stands_alone=stands_alone,
        own=entry.answer("Diampu Sendiri"),
        baseline=read_value(entry, "Realisasi Tahun Lalu", same),
        quarters=tuple(read_value(entry, quarter, same) for quarter in QUARTERS),
        action=entry.text("Rencana Aksi"),
        definition=entry.text("Definisi"),
        source=entry.text("Sumber Data"),
    )
    _warn(entry, indicator)
    return indicator


def _read_parents(entry: Entry) -> tuple[tuple[str, ...], bool]:
    """Return the codes in Induk, and whether ``-`` says that there are none on purpose."""
    if entry.cell("Induk") == _NONE:
        return (), True
    written = entry.identifier("Induk")
    codes = tuple(dict.fromkeys(code for part in written.split(";") if (code := part.strip())))
    if _NONE in codes:
        entry.error("Induk", "PARENT_NONE_AND_SOME", value=written[:60])
    if holds_personal_number(written):
        entry.error("Induk", "CODE_PERSONAL")
    return codes, False


def _warn(entry: Entry, indicator: Indicator) -> None:
    if entry.failed:
        return
    warn_if_ambiguous(entry, "Target", indicator.target, indicator.baseline)
    warn_if_ambiguous(entry, "Realisasi Tahun Lalu", indicator.baseline, indicator.target)
    for column, quarter in zip(QUARTERS, indicator.quarters, strict=True):
        warn_if_ambiguous(entry, column, quarter, indicator.target)
    if _names_target(indicator):
        entry.warn("Indikator", "INDICATOR_NAMES_TARGET", value=str(indicator.target))


def _names_target(indicator: Indicator) -> bool:
    """Tell whether the indicator's name repeats its target (``Angka Kemiskinan, 6,25%``): a likely slip.

    A bare whole number, as in ``usia 0-5 tahun``, counts only where the unit follows it.
    """
    written = str(indicator.target)
    if written not in indicator.text:
        return False
    telling = "," in written or indicator.target.low is None
    unit = "" if telling else rf"\s*(?:%|persen\b|{re.escape(indicator.unit or _NONE)}(?!\w))"
    return re.search(rf"(?<![\w,.]){re.escape(written)}(?![\w]|[,.]\d){unit}", indicator.text) is not None


def judge_codes(rows: Iterable[tuple[Entry, str]]) -> None:
    """Put an error at each row whose code stands elsewhere too, in ``Indikator`` or ``RPJMD``, whatever the case."""
    known: dict[str, list[tuple[Entry, str]]] = defaultdict(list)
    for entry, code in rows:
        if code:
            known[plain(code)].append((entry, code))
    for found in known.values():
        if len(found) == 1:
            continue
        places = ", ".join(entry.place.label for entry, _ in found[:_LISTED])
        for entry, code in found:
            entry.error("Kode", "INDICATOR_CODE_TWICE", code=code[:60], places=places)
