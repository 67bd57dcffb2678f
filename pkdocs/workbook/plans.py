"""Sheet ``RPJMD``: the plans that indicators answer to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pkdocs.plan import PlanRow
from pkdocs.problem import EVERYTHING, Problem
from pkdocs.workbook.entry import Entry, entries
from pkdocs.workbook.promises import CODE, POLARITIES
from pkdocs.workbook.table import SheetSpec, Table
from pkdocs.workbook.targets import Measure, read_value
from pkdocs.workbook.units import Units

SPEC: Final = SheetSpec(
    "RPJMD", ("Kode", "Indikator"), ("Unit", "Sasaran", "Satuan", "Target", "Target Akhir", "Polaritas")
)


@dataclass(frozen=True, slots=True)
class Plans:
    """The rows of ``RPJMD`` that name their code, with what is wrong."""

    rows: tuple[tuple[Entry, PlanRow], ...]

    @property
    def plan_rows(self) -> tuple[PlanRow, ...]:
        """The rows; one with errors lacks what could not be read, and stops the agreements that answer to it."""
        return tuple(row for _, row in self.rows if row.code)

    def problems(self, answering: Mapping[str, frozenset[str]]) -> list[Problem]:
        """Return what is wrong; ``answering`` are the positions whose indicators name a code in Induk."""
        found: list[Problem] = []
        for entry, row in self.rows:
            entry.touches = answering.get(row.code, frozenset()) if row.code else EVERYTHING
            found += entry.problems()
        return found


def read_plans(tables: Iterable[Table], scales: Mapping[str, tuple[str, ...]], units: Units) -> Plans:
    """Return the rows of ``RPJMD``."""
    return Plans(tuple((entry, _read_row(entry, scales, units)) for entry in entries(tables)))


def _read_row(entry: Entry, scales: Mapping[str, tuple[str, ...]], units: Units) -> PlanRow:
    unit = entry.text("Unit")
    measure = Measure(entry.text("Satuan"), entry.choice("Polaritas", POLARITIES), scales)
    return PlanRow(
        place=entry.place,
        code=entry.code("Kode", CODE, required=True),
        goal=entry.text("Sasaran"),
        text=entry.text("Indikator", required=True),
        unit=units.match(entry, unit) if unit else "",
        measure=measure.unit,
        target=read_value(entry, "Target", measure),
        final_target=read_value(entry, "Target Akhir", measure),
        polarity=measure.polarity,
    )
