"""A sheet as a table: where its header is, which column is which, and its rows."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pkdocs.problem import EVERYTHING, Place, Problem, error, note
from pkdocs.workbook.cells import Cell
from pkdocs.workbook.names import nearest, plain
from pkdocs.workbook.sheets import RawSheet, Row

HEADER_ROWS = 10


@dataclass(frozen=True, slots=True)
class SheetSpec:
    """What a sheet is called and which columns it may have."""

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, in the order in which a line holds its cells."""
        return self.required + self.optional


@dataclass(frozen=True, slots=True)
class Line:
    """One row that is not empty: its number in the sheet, and its cells in the order of the sheet's columns."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet of one file. ``headers`` are the columns that it has, as its author wrote them."""

    spec: SheetSpec
    name: str
    file: str | None
    headers: Mapping[str, str]
    lines: tuple[Line, ...]

    def place(self, line: Line) -> Place:
        """Return where a line stands."""
        return Place(self.name, line.number, None, self.file)


def read_table(sheet: RawSheet, spec: SheetSpec) -> tuple[Table | None, list[Problem]]:
    """Return the sheet as a table, with notes on unknown columns; None if it has no header or lacks columns.

    The header is the row of the top ten that names most columns, at least two. A table without some of its
    required columns is returned all the same: its other columns can be checked.
    """
    header = _find_header(sheet, spec)
    if header is None:
        names = ", ".join(spec.required)
        return None, [error("SHEET_NO_HEADER", Place(sheet.name, None, None, sheet.file), EVERYTHING, columns=names)]
    place = Place(sheet.name, header[0], None, sheet.file)
    columns, headers, problems = _read_header(header, spec, place)
    problems += [
        error("COLUMN_MISSING", place, EVERYTHING, column=column) for column in spec.required if column not in columns
    ]
    indices = tuple(columns.get(column, -1) for column in spec.columns)
    lines = []
    for number, found in sheet.rows:
        cells = tuple([found.get(index, "") for index in indices])
        if number > header[0] and any(cells):
            lines.append(Line(number, cells))
    return Table(spec, sheet.name, sheet.file, headers, tuple(lines)), problems


def _find_header(sheet: RawSheet, spec: SheetSpec) -> Row | None:
    known = {plain(column) for column in spec.columns}
    best, most = None, 1
    for row in sheet.rows:
        if row[0] > HEADER_ROWS:
            break
        count = len(known & {plain(cell) for cell in row[1].values() if isinstance(cell, str)})
        if count > most:
            best, most = row, count
    return best


def _read_header(header: Row, spec: SheetSpec, place: Place) -> tuple[dict[str, int], dict[str, str], list[Problem]]:
    known = {plain(column): column for column in spec.columns}
    columns: dict[str, int] = {}
    headers: dict[str, str] = {}
    problems = []
    for index, written in header[1].items():
        if not isinstance(written, str):
            continue
        column = known.get(plain(written))
        if column is None:
            problems.append(_unknown(written, spec, place.at(written)))
        elif column in columns:
            problems.append(error("COLUMN_TWICE", place.at(written), EVERYTHING, column=column))
        else:
            columns[column], headers[column] = index, written
    return columns, headers, problems


def _unknown(written: str, spec: SheetSpec, place: Place) -> Problem:
    near = nearest(written, spec.columns)
    if near:
        return note("COLUMN_UNKNOWN_NEAR", place, column=written[:60], near=near)
    return note("COLUMN_UNKNOWN", place, column=written[:60])


def distinct_lines(tables: Iterable[Table]) -> Iterator[tuple[Table, Line]]:
    """Return the lines of several files' tables; what a later file repeats identically comes once.

    Within one file every line counts: two equal budget lines are two amounts.
    """
    files = list(tables)
    if len(files) == 1:
        yield from ((files[0], line) for line in files[0].lines)
        return
    seen: set[tuple[tuple[Cell, ...], int]] = set()
    for table in files:
        counts: Counter[tuple[Cell, ...]] = Counter()
        for line in table.lines:
            counts[line.cells] += 1
            identity = line.cells, counts[line.cells]
            if identity not in seen:
                seen.add(identity)
                yield table, line
