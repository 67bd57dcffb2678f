"""Sheet ``Anggaran``: budget lines, equal ones added up."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from pkdocs.content import MOST_CODE
from pkdocs.numerals import has_sen, parse_rupiah
from pkdocs.plan import BudgetLine, Tier
from pkdocs.problem import EVERYTHING, Problem
from pkdocs.workbook.entry import Choices, Entry, entries
from pkdocs.workbook.names import plain
from pkdocs.workbook.table import SheetSpec, Table

SPEC: Final = SheetSpec(
    "Anggaran", ("Kode Jabatan", "Kode", "Tingkat", "Uraian", "Anggaran"), ("Keterangan", "Sasaran")
)
TIERS: Final = Choices.of(Tier)

_CODE = re.compile(rf"(?=.{{1,{MOST_CODE}}}\Z)[A-Za-z0-9]+(?:\.[A-Za-z0-9]+)*")
_DEPTHS: Final = {Tier.PROGRAMME: 3, Tier.ACTIVITY: 5, Tier.SUBACTIVITY: 6}
_NOMENCLATURE = re.compile(r"\d[\d.]*")
_MOST_GOALS: Final = 999


def read_budget(tables: Iterable[Table]) -> tuple[tuple[BudgetLine, ...], list[Problem]]:
    """Return the budget lines in the order of their first rows, without those that come to zero.

    Rows equal in position and Kode are added up and their funds joined; where they differ in Tingkat the
    later row is an error. An error touches the row's position; where that cannot be read, every agreement.
    """
    lines: dict[tuple[str, str], BudgetLine] = {}
    problems: list[Problem] = []
    for entry in entries(tables):
        line = _read_line(entry)
        key = line.position, line.code
        first = lines.get(key)
        if first:
            _compare(entry, first, line)
        if not entry.failed:
            lines[key] = _add(first, line) if first else line
        problems += entry.problems()
    return tuple(line for line in lines.values() if line.amount), problems


def _read_line(entry: Entry) -> BudgetLine:
    """Read a row to its end; what it makes counts only if the entry has not failed."""
    position = entry.key("Kode Jabatan", required=True)
    entry.touches = {position} if position else EVERYTHING
    code = entry.code("Kode", _CODE, required=True)
    tier = entry.choice("Tingkat", TIERS, required=True)
    depth = _DEPTHS.get(tier) if tier else None
    if depth and _NOMENCLATURE.fullmatch(code) and code.count(".") + 1 != depth:
        entry.warn("Tingkat", "BUDGET_TIER_DEPTH", code=code, tier=tier)
    return BudgetLine(
        place=entry.place,
        position=position,
        code=code,
        tier=tier or Tier.UNIT,
        label=entry.text("Uraian", required=True),
        amount=_read_amount(entry),
        note=entry.text("Keterangan"),
        goal=entry.integer("Sasaran", 1, _MOST_GOALS),
    )


def _read_amount(entry: Entry) -> int:
    written = entry.text("Anggaran", required=True)
    amount = parse_rupiah(written) if written else 0
    if amount is None:
        entry.error("Anggaran", "BUDGET_SEN" if has_sen(written) else "BUDGET_AMOUNT", value=written[:60])
    return amount or 0


def _compare(entry: Entry, first: BudgetLine, line: BudgetLine) -> None:
    if entry.failed:
        return
    if line.tier is not first.tier:
        entry.error("Tingkat", "BUDGET_TIERS_DIFFER", code=line.code, tier=first.tier, row=first.place.row)
    if plain(line.label) != plain(first.label):
        entry.warn("Uraian", "BUDGET_LABELS_DIFFER", code=line.code, row=first.place.row)
    if line.goal != first.goal:
        entry.warn("Sasaran", "BUDGET_GOALS_DIFFER", code=line.code, row=first.place.row)


def _add(first: BudgetLine, line: BudgetLine) -> BudgetLine:
    funds = dict.fromkeys(fund for note in (first.note, line.note) for fund in note.split(", ") if fund)
    return replace(first, amount=first.amount + line.amount, note=", ".join(funds))
