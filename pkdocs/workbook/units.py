"""Sheet ``Unit``: the perangkat daerah with their letterheads."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pkdocs.problem import EVERYTHING, Place, Problem
from pkdocs.workbook.entry import Entry, entries
from pkdocs.workbook.names import nearest, plain
from pkdocs.workbook.table import SheetSpec, Table

SPEC: Final = SheetSpec("Unit", ("Unit",), ("Nama Kop", "Alamat", "Telepon", "Surel", "Laman", "Kode SKPD"))

_CODE = re.compile(r"[A-Za-z0-9./-]{1,60}")


@dataclass(frozen=True, slots=True)
class Unit:
    """One row: how the unit's letterhead words it."""

    place: Place
    name: str
    letterhead: str = ""
    address: str = ""
    telephone: str = ""
    email: str = ""
    website: str = ""
    code: str = ""


class Units:
    """The units of the sheet; without rows in it any name is a unit's."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self._rows = [(entry, _read_unit(entry)) for entry in entries(tables)]
        self._names: Mapping[str, str] = {plain(unit.name): unit.name for _, unit in self._rows}
        self._judge_names()

    def _judge_names(self) -> None:
        counts = Counter(plain(unit.name) for _, unit in self._rows if unit.name)
        for entry, unit in self._rows:
            if counts[plain(unit.name)] > 1:
                entry.error("Unit", "UNIT_TWICE", unit=unit.name[:60])

    def match(self, entry: Entry, written: str) -> str:
        """Return the unit's name as the sheet spells it; an unknown one is an error of ``entry``."""
        if not self._rows:
            return written
        name = self._names.get(plain(written))
        if name is None:
            near = nearest(written, self._names.values())
            entry.error("Unit", "UNIT_UNKNOWN_NEAR" if near else "UNIT_UNKNOWN", unit=written[:60], near=near)
            return written
        return name

    @property
    def units(self) -> tuple[Unit, ...]:
        """The rows without errors."""
        return tuple(unit for entry, unit in self._rows if not entry.failed)

    def problems(self, positions: Mapping[str, frozenset[str]]) -> list[Problem]:
        """Return what is wrong with the rows; ``positions`` are the keys that each unit has."""
        found: list[Problem] = []
        for entry, unit in self._rows:
            entry.touches = positions.get(unit.name, frozenset()) if unit.name else EVERYTHING
            found += entry.problems()
        return found


def _read_unit(entry: Entry) -> Unit:
    return Unit(
        place=entry.place,
        name=entry.text("Unit", required=True),
        letterhead=entry.text("Nama Kop"),
        address=entry.text("Alamat"),
        telephone=entry.identifier("Telepon"),
        email=entry.text("Surel"),
        website=entry.text("Laman"),
        code=entry.code("Kode SKPD", _CODE),
    )
