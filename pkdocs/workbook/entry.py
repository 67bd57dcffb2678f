"""One row while it is read: gives each cell as its column means it, and gathers what is wrong with it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Final, Generic, TypeVar

from pkdocs.nip import holds_personal_number
from pkdocs.problem import Place, Problem, Severity
from pkdocs.workbook.cells import Cell, Fault, Number
from pkdocs.workbook.names import bare
from pkdocs.workbook.table import SheetSpec, Table, distinct_lines

KEY: Final = re.compile(r"[A-Za-z0-9._-]{1,45}")
"""A position's code, or one holder's key: the code with ``.Nomor``."""

Choice = TypeVar("Choice", bound=StrEnum)

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_INTEGER = re.compile(r"\d{1,9}", re.ASCII)
_NONE: Final = "-"
_EMPTY: Final = frozenset({"", _NONE})


@dataclass(frozen=True)
class Choices(Generic[Choice]):
    """The values that a column may have, and other ways of writing them."""

    members: tuple[Choice, ...]
    synonyms: Mapping[str, Choice]

    @classmethod
    def of(cls, members: Iterable[Choice], synonyms: Mapping[str, Choice] | None = None) -> "Choices[Choice]":
        """Return ``members``, compared without case, spaces and punctuation."""
        known = {bare(member): member for member in members}
        return cls(tuple(known.values()), known | {bare(written): one for written, one in (synonyms or {}).items()})

    def find(self, written: str) -> Choice | None:
        """Return what ``written`` means; None if nothing."""
        return self.synonyms.get(bare(written))

    def __str__(self) -> str:
        return " · ".join(self.members)


class Answer(StrEnum):
    """Yes and no."""

    YES = "Ya"
    NO = "Tidak"


ANSWERS: Final = Choices.of(Answer)


class Entry:
    """One row of a sheet.

    Each reading gives an empty value where the cell is empty or wrong; what is wrong is kept until
    ``problems`` puts it together with the positions in ``touches``. A lone ``-`` counts as empty where the
    cell may be empty.
    """

    def __init__(
        self, place: Place, cells: Sequence[Cell], index: Mapping[str, int], headers: Mapping[str, str]
    ) -> None:
        self.place = place
        self.touches: Iterable[str] = ()
        self.failed = False
        self._cells = cells
        self._index = index
        self._headers = headers
        self._found: list[tuple[Severity, str, Place, Mapping[str, object]]] = []

    def at(self, column: str) -> Place:
        """Return the place of a cell, with the header as written."""
        return self.place.at(self._headers.get(column, column))

    def error(self, column: str, code: str, /, **params: object) -> None:
        """Note an error at a cell; the row has failed."""
        self.failed = True
        self._found.append((Severity.ERROR, code, self.at(column), params))

    def warn(self, column: str, code: str, /, **params: object) -> None:
        """Note a warning at a cell."""
        self._found.append((Severity.WARNING, code, self.at(column), params))

    def problems(self) -> Iterator[Problem]:
        """Return what was found so far."""
        touches = frozenset(self.touches)
        for severity, code, place, params in self._found:
            yield Problem(severity, code, place, params, touches if severity is Severity.ERROR else frozenset())

    def cell(self, column: str) -> Cell:
        """Return a cell as it was read."""
        return self._cells[self._index[column]]

    def shown(self, column: str, *, required: bool = False) -> str | date:
        """Return what a cell shows; a fault is an error, and so is an empty cell that is required."""
        cell = self._cells[self._index[column]]
        if isinstance(cell, str) and cell not in _EMPTY:
            return cell
        if isinstance(cell, Fault):
            self.failed = True
            if cell.code:
                self.error(column, cell.code, shown=cell.shown)
            return ""
        if required and cell == "":
            self.failed = True
            if column in self._headers:
                self.error(column, "CELL_EMPTY", column=column)
        return "" if cell == _NONE and not required else cell

    def text(self, column: str, *, required: bool = False) -> str:
        """Return a text; a number cell counts as what it shows, a date cell is an error."""
        shown = self.shown(column, required=required)
        if isinstance(shown, date):
            self.error(column, "CELL_DATE")
            return ""
        return str(shown)

    def identifier(self, column: str, *, required: bool = False) -> str:
        """Return an identifier as typed; stored as a number or date it is refused, never rounded."""
        shown = self.shown(column, required=required)
        if isinstance(shown, Number):
            self.error(column, "CELL_NUMBER")
            return ""
        if isinstance(shown, date):
            self.error(column, "CELL_DATE")
            return ""
        return shown

    def code(self, column: str, pattern: re.Pattern[str], *, required: bool = False) -> str:
        """Return a code that may be printed anywhere: of the pattern, and without personal numbers."""
        written = self.identifier(column, required=required)
        if holds_personal_number(written):
            self.error(column, "CODE_PERSONAL")
            return ""
        if written and not pattern.fullmatch(written):
            self.error(column, "CODE_PATTERN", value=written[:60])
            return ""
        return written

    def key(self, column: str, *, required: bool = False) -> str:
        """Return a position's code or key."""
        return self.code(column, KEY, required=required)

    def choice(self, column: str, choices: Choices[Choice], *, required: bool = False) -> Choice | None:
        """Return one of a closed list."""
        written = self.text(column, required=required)
        found = choices.find(written) if written else None
        if written and found is None:
            self.error(column, "CELL_CHOICE", value=written[:60], choices=str(choices))
        return found

    def answer(self, column: str) -> bool:
        """Tell whether a cell says ``Ya``."""
        return self.choice(column, ANSWERS) is Answer.YES

    def day(self, column: str, *, required: bool = False) -> date | None:
        """Return a date: a date cell, ``2026-01-22`` or ``22/01/2026`` (day first)."""
        shown = self.shown(column, required=required)
        if isinstance(shown, date):
            return shown
        if not shown:
            return None
        found = parse_day(shown)
        if found is None:
            self.error(column, "CELL_NO_DATE", value=shown[:60])
        return found

    def integer(self, column: str, low: int, high: int, *, required: bool = False) -> int | None:
        """Return a whole number from ``low`` to ``high``."""
        written = self.text(column, required=required)
        if not written:
            return None
        if not _INTEGER.fullmatch(written) or not low <= int(written) <= high:
            self.error(column, "CELL_NO_INTEGER", value=written[:60], low=low, high=high)
            return None
        return int(written)


def parse_day(written: str) -> date | None:
    """Return the date of ``2026-01-22`` or ``22/01/2026``; None if it is none."""
    iso, day_first = _ISO.fullmatch(written), _DAY_FIRST.fullmatch(written)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if day_first:
            return date(int(day_first[3]), int(day_first[2]), int(day_first[1]))
    except ValueError:
        return None
    return None


@cache
def _index(spec: SheetSpec) -> Mapping[str, int]:
    return {column: index for index, column in enumerate(spec.columns)}


def entries(tables: Iterable[Table]) -> Iterator[Entry]:
    """Return the rows of a sheet from all files, what files repeat identically once."""
    for table, line in distinct_lines(tables):
        yield Entry(table.place(line), line.cells, _index(table.spec), table.headers)
