"""The cells of one sheet while its XML streams by (ECMA-376 part 1, 18.3.1).

Expat reads all but plain cells: a row that consists of them alone is taken apart by one regular expression,
which knows the forms that spreadsheet programs write and nothing else (docs/decisions/0018).
"""

import re
from collections.abc import Iterable
from typing import Final

from pkdocs.errors import WorkbookError
from pkdocs.workbook.cells import Cell, Fault
from pkdocs.workbook.package import Attributes, Package, new_parser
from pkdocs.workbook.sheets import Row
from pkdocs.workbook.stored import MAIN, OWN_TEXT, PHONETIC, TEXT, Stored

MAX_CELLS: Final = 5_000_000
MAX_ROWS: Final = 1_048_576

_SHEET, _DATA, _ROW = (f"{MAIN}{name}" for name in ("worksheet", "sheetData", "row"))
_CELL, _FORMULA, _MERGE = (f"{MAIN}{name}" for name in ("c", "f", "mergeCell"))
_CONTENT: Final = frozenset({f"{MAIN}v", TEXT})
_BETWEEN_ROWS, _IN_ROW = [_SHEET, _DATA], [_SHEET, _DATA, _ROW]
_RANGE = re.compile(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})")

_ROW_TAG = re.compile(rb"<row(?: [^<>/]*)?>")
_ROW_END: Final = b"</row>"
_CHARACTERS: Final = r"([^<>&\x00-\x1f\ufffe\uffff]*+)"
"""What XML gives back as it stands: no markup, no reference, nothing forbidden, no line break to be normalised."""
_CELL_START: Final = '<c r="'
_PLAIN = re.compile(
    r'(?: s="([0-9]{1,9})")?(?: t="([A-Za-z]+)")?(?:/>|>'
    rf'(?:<v>{_CHARACTERS}</v>|<is><t(?: xml:space="preserve")?>{_CHARACTERS}</t></is>)?</c>)'
)
"""What stands after the reference of a plain cell: style, kind, and its value or its text."""
_REMEMBERED, _LONGEST_REMEMBERED = 1 << 16, 500


def read_rows(package: Package, part: str, stored: Stored, file: str) -> tuple[Row, ...]:
    """Return the rows of a sheet that hold anything, without what merged cells cover.

    Raises:
        WorkbookError: more cells than ``MAX_CELLS``.
        ValueError, LookupError, ExpatError: damaged.
    """
    grid = _Grid(stored, file)
    _Feeder(grid).feed(package.pieces(part))
    return grid.rows()


class _Columns(dict[str, int]):
    """The number of column ``A``, ``AB`` and so on, counted from 0; found once each.

    Raises:
        ValueError: no column that a sheet can have.
    """

    def __missing__(self, letters: str) -> int:
        if not re.fullmatch("[A-Z]{1,3}", letters):
            raise ValueError("not a column")
        number = 0
        for letter in letters:
            number = number * 26 + ord(letter) - ord("A") + 1
        self[letters] = number - 1
        return number - 1


_COLUMNS: Final = _Columns()


class _Meanings(dict[str, Cell | None]):
    """The cell that the XML after a reference means; None if it is not plain. A sheet says the same over and over."""

    def __init__(self, stored: Stored) -> None:
        self._stored = stored

    def __missing__(self, xml: str) -> Cell | None:
        cell = self._read(xml)
        # long texts seldom come twice, and a sheet of them would be held twice
        if len(xml) <= _LONGEST_REMEMBERED:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[xml] = cell
        return cell

    def _read(self, xml: str) -> Cell | None:
        found = _PLAIN.fullmatch(xml)
        if not found:
            return None
        style, kind, value, text = found.groups("")
        return self._stored.cell(kind, style, value or text) if value or text else ""


class _Grid:
    """The cells found so far, and what expat is in the middle of."""

    def __init__(self, stored: Stored, file: str) -> None:
        self._stored = stored
        self._meanings = _Meanings(stored)
        self._file = file
        self.open: list[str] = []
        self.is_utf8 = True
        self._rows: dict[int, dict[int, Cell]] = {}
        self._merged: list[str] = []
        self._count = 0
        self._row_number = 0
        self._row: dict[int, Cell] = {}
        self._column = -1
        self._kind = ""
        self._style = ""
        self._computed = False
        self._valued = False
        self._phonetic = False
        self._collecting = False
        self._pieces: list[str] = []

    def declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        """Take the XML declaration."""
        self.is_utf8 = encoding is None or encoding.casefold() == "utf-8"

    def start(self, element: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        self.open.append(element)
        if element in _CONTENT:
            self._collecting = not self._phonetic
            self._valued = True
        elif element == _CELL:
            self._start_cell(attributes)
        elif element == _ROW:
            self._start_row(attributes)
        elif element == _FORMULA:
            self._computed = True
        elif element == PHONETIC:
            self._phonetic = True
        elif element == _MERGE:
            self._merged.append(attributes["ref"])

    def _start_row(self, attributes: Attributes) -> None:
        self._row_number = int(attributes.get("r", self._row_number + 1))
        if not 1 <= self._row_number <= MAX_ROWS:
            raise ValueError("not a row")
        self._row = self._rows.setdefault(self._row_number, {})
        self._column = -1

    def _start_cell(self, attributes: Attributes) -> None:
        reference = attributes.get("r")
        self._column = _COLUMNS[reference.rstrip("0123456789")] if reference else self._column + 1
        self._kind = attributes.get("t", "")
        self._style = str(int(attributes.get("s", "0")))
        self._computed = self._valued = False
        self._pieces.clear()

    def end(self, element: str) -> None:
        """Take the end of an element."""
        self.open.pop()
        if element in _CONTENT:
            self._collecting = False
        elif element == _CELL:
            self._end_cell()
        elif element == PHONETIC:
            self._phonetic = False

    def _end_cell(self) -> None:
        if cell := self._cell("".join(self._pieces)):
            self._row[self._column] = cell
            self._tally(1)

    def _tally(self, count: int) -> None:
        self._count += max(count, 0)
        if self._count > MAX_CELLS:
            raise WorkbookError("FILE_TOO_MANY_CELLS", file=self._file, limit=MAX_CELLS)

    def text(self, data: str) -> None:
        """Take character data."""
        if self._collecting:
            self._pieces.append(data)

    def _cell(self, stored: str) -> Cell:
        if stored:
            return self._stored.cell(self._kind, self._style, stored)
        says_nothing = self._kind in OWN_TEXT and self._valued
        return Fault("CELL_FORMULA") if self._computed and not says_nothing else ""

    def add(self, cells: str) -> bool:
        """Take the cells of the open row if all are plain; else tell so and take none."""
        before, *parts = cells.split(_CELL_START)
        if before or "&" in cells:
            return False
        meanings, columns, count = self._meanings, _COLUMNS, 0
        found: dict[int, Cell] = {}
        for part in parts:
            reference, _, xml = part.partition('"')
            cell = meanings[xml]
            if cell is None or not reference:
                return False
            column = columns[reference.rstrip("0123456789")]
            if cell:
                found[column] = cell
                count += 1
        self._row.update(found)
        self._tally(count)
        return True

    def rows(self) -> tuple[Row, ...]:
        """Return the rows that hold anything, without what merged cells cover."""
        last = max(self._rows, default=0)
        for reference in self._merged:
            self._uncover(reference, last)
        return tuple((number, self._rows[number]) for number in sorted(self._rows) if self._rows[number])

    def _uncover(self, reference: str, last: int) -> None:
        """Drop what a merged range hides beneath its first cell; ``last`` is the last row of the sheet."""
        corners = _RANGE.fullmatch(reference)
        if not corners:
            return
        left, right = _COLUMNS[corners[1]], _COLUMNS[corners[3]]
        top, bottom = int(corners[2]), min(int(corners[4]), last)
        self._tally(bottom - top)
        for number in range(top, bottom + 1):
            hidden = self._rows.get(number, {})
            for column in [column for column in hidden if left <= column <= right]:
                if (number, column) != (top, left):
                    del hidden[column]


class _Feeder:
    """Shares out the XML of a sheet: the cells of plain rows to the grid itself, the rest to expat."""

    def __init__(self, grid: _Grid) -> None:
        self._grid = grid
        self._parser = new_parser(grid.start, grid.end, grid.text)
        self._parser.XmlDeclHandler = grid.declaration

    def feed(self, pieces: Iterable[bytes]) -> None:
        """Take the whole sheet."""
        rest = b""
        for piece in pieces:
            *rows, rest = (rest + piece).split(_ROW_END)
            for row in rows:
                self._feed_row(row)
            if not rows:
                # what has no end of a row does not heap up
                self._parse(rest)
                rest = b""
        self._parse(rest, is_last=True)

    def _parse(self, data: bytes, *, is_last: bool = False) -> None:
        self._parser.Parse(data, is_last)

    def _feed_row(self, data: bytes) -> None:
        """Take what stands before an end of a row, and that end."""
        tag = _ROW_TAG.match(data, max(data.rfind(b"<row"), 0))
        if tag:
            self._parse(data[: tag.start()])
            is_outside = self._grid.open == _BETWEEN_ROWS
            self._parse(tag[0])
            data = data[tag.end() :]
            # only where expat takes the tag for a row's does it stand in no comment, section or attribute
            if is_outside and self._grid.open == _IN_ROW and self._grid.is_utf8 and self._grid.add(data.decode()):
                data = b""
        self._parse(data + _ROW_END)
