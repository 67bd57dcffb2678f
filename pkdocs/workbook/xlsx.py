"""Sheets of an .xlsx file, every cell as it shows (ECMA-376 part 1, 18.3).

Hidden rows, columns and sheets are read like all others; formulas are never computed.
"""

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Final

from pkdocs.errors import WorkbookError
from pkdocs.workbook.cells import Cell, Fault, clean
from pkdocs.workbook.package import Attributes, Package, one_border
from pkdocs.workbook.sheets import RawSheet
from pkdocs.workbook.shown import BUILT_IN, GENERAL, show

MAX_CELLS: Final = 5_000_000
MAX_ROWS: Final = 1_048_576

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REFERENCE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_SHEET, _PROPERTIES, _ROOT = f"{_MAIN}sheet", f"{_MAIN}workbookPr", f"{_MAIN}workbook"
_ROW, _CELL, _FORMULA, _VALUE, _TEXT = (f"{_MAIN}{name}" for name in ("row", "c", "f", "v", "t"))
_CONTENT: Final = frozenset({_VALUE, _TEXT})
_ITEM, _PHONETIC, _MERGE = (f"{_MAIN}{name}" for name in ("si", "rPh", "mergeCell"))
_FORMAT, _STYLES, _STYLE = (f"{_MAIN}{name}" for name in ("numFmt", "cellXfs", "xf"))
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_RANGE = re.compile(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})")
_TRUE: Final = frozenset({"1", "true", "on"})


def read_xlsx(data: bytes, file: str, *, place_file: str | None = None) -> list[RawSheet]:
    """Return the sheets of a workbook in its order; ``place_file`` is what places shall name.

    Raises:
        WorkbookError: not an .xlsx workbook, encrypted, damaged or too large.
    """
    package = Package(data, file)
    with one_border(file):
        book = _main_part(package, file)
        related = package.related(book)
        names, epoch_1904 = _book(package, book, file)
        parts = {kind: part for kind, part in related.values() if kind in {"sharedStrings", "styles"}}
        strings = _shared_strings(package, parts["sharedStrings"]) if "sharedStrings" in parts else []
        formats = _formats(package, parts["styles"]) if "styles" in parts else [GENERAL]
        sheets = []
        for name, reference in names:
            kind, part = related[reference]
            if kind == "worksheet":
                reader = _SheetReader(strings, formats, file, epoch_1904=epoch_1904)
                package.parse(part, reader.start, reader.end, reader.text)
                sheets.append(RawSheet(name, reader.rows(), place_file))
        return sheets


def _main_part(package: Package, file: str) -> str:
    for kind, part in package.related("").values():
        if kind == "officeDocument" and package.has(part):
            if part.endswith(".bin"):
                raise WorkbookError("FILE_FOREIGN", file=file)
            return part
    raise WorkbookError("FILE_FOREIGN", file=file)


def _book(package: Package, part: str, file: str) -> tuple[list[tuple[str, str]], bool]:
    names: list[tuple[str, str]] = []
    epochs: list[str] = []
    roots: list[str] = []

    def start(element: str, attributes: Attributes) -> None:
        if not roots:
            roots.append(element)
        if element == _SHEET:
            names.append((attributes["name"], attributes[_REFERENCE]))
        elif element == _PROPERTIES:
            epochs.append(attributes.get("date1904", ""))

    package.parse(part, start)
    if roots != [_ROOT]:
        strict = roots[0].startswith("http://purl.oclc.org/ooxml/spreadsheetml")
        raise WorkbookError("FILE_STRICT" if strict else "FILE_FOREIGN", file=file)
    return names, any(epoch in _TRUE for epoch in epochs)


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _shared_strings(package: Package, part: str) -> list[str | Fault]:
    strings: list[str | Fault] = []
    pieces: list[str] = []
    state = {"text": False, "phonetic": False}

    def start(element: str, _attributes: Attributes) -> None:
        if element == _TEXT:
            state["text"] = not state["phonetic"]
        elif element == _PHONETIC:
            state["phonetic"] = True

    def end(element: str) -> None:
        if element == _TEXT:
            state["text"] = False
        elif element == _PHONETIC:
            state["phonetic"] = False
        elif element == _ITEM:
            strings.append(clean(_unescape("".join(pieces))))
            pieces.clear()

    def text(data: str) -> None:
        if state["text"]:
            pieces.append(data)

    package.parse(part, start, end, text)
    return strings


def _formats(package: Package, part: str) -> list[str]:
    """Return the number format of each cell style."""
    own: dict[int, str] = {}
    styles: list[int] = []
    inside: list[bool] = []

    def start(element: str, attributes: Attributes) -> None:
        if element == _FORMAT:
            own[int(attributes["numFmtId"])] = attributes["formatCode"]
        elif element == _STYLES:
            inside.append(True)
        elif element == _STYLE and inside:
            styles.append(int(attributes.get("numFmtId", "0")))

    def end(element: str) -> None:
        if element == _STYLES:
            inside.clear()

    package.parse(part, start, end)
    return [own.get(number) or BUILT_IN.get(number, GENERAL) for number in styles] or [GENERAL]


@cache
def _column(letters: str) -> int:
    """Return the column of ``A``, ``AB`` and so on, counted from 0.

    Raises:
        ValueError: no column that a sheet can have.
    """
    if not re.fullmatch("[A-Z]{1,3}", letters):
        raise ValueError("not a column")
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


class _SheetReader:
    """Gathers the cells of one sheet while its XML streams by."""

    def __init__(self, strings: Sequence[str | Fault], formats: Sequence[str], file: str, *, epoch_1904: bool) -> None:
        self._strings = strings
        self._formats = formats
        self._file = file
        self._epoch_1904 = epoch_1904
        self._rows: dict[int, dict[int, Cell]] = {}
        self._merged: list[str] = []
        self._count = 0
        self._row_number = 0
        self._row: dict[int, Cell] = {}
        self._column = -1
        self._kind = "n"
        self._style = 0
        self._computed = False
        self._valued = False
        self._phonetic = False
        self._collecting = False
        self._pieces: list[str] = []

    def start(self, element: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        if element in _CONTENT:
            self._collecting = not self._phonetic
            self._valued = True
        elif element == _CELL:
            self._start_cell(attributes)
        elif element == _ROW:
            self._start_row(attributes)
        elif element == _FORMULA:
            self._computed = True
        elif element == _PHONETIC:
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
        self._column = _column(reference.rstrip("0123456789")) if reference else self._column + 1
        self._kind = attributes.get("t", "n")
        self._style = int(attributes.get("s", "0"))
        self._computed = self._valued = False
        self._pieces.clear()

    def end(self, element: str) -> None:
        """Take the end of an element."""
        if element in _CONTENT:
            self._collecting = False
        elif element == _CELL:
            self._end_cell()
        elif element == _PHONETIC:
            self._phonetic = False

    def _end_cell(self) -> None:
        cell = self._cell("".join(self._pieces))
        if cell == "":
            return
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
        if self._kind in {"str", "inlineStr"} and (self._valued or not self._computed):
            return clean(_unescape(stored))
        if not stored:
            return Fault("CELL_FORMULA") if self._computed else ""
        return self._stored(stored)

    def _stored(self, stored: str) -> Cell:
        match self._kind:
            case "s":
                return self._strings[int(stored)]
            case "e":
                return Fault("CELL_ERROR", stored[:20])
            case "b":
                return "TRUE" if stored in _TRUE else "FALSE"
            case "d":
                return date.fromisoformat(stored[:10])
            case _:
                return show(stored, self._formats[self._style], epoch_1904=self._epoch_1904)

    def rows(self) -> tuple[tuple[int, dict[int, Cell]], ...]:
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
        left, right = _column(corners[1]), _column(corners[3])
        top, bottom = int(corners[2]), min(int(corners[4]), last)
        self._tally(bottom - top)
        for number in range(top, bottom + 1):
            hidden = self._rows.get(number, {})
            for column in [column for column in hidden if left <= column <= right]:
                if (number, column) != (top, left):
                    del hidden[column]
