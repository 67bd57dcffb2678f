"""Sheets to ``.xlsx`` (ECMA-376). The only module that knows openpyxl."""

import math
import re
import textwrap
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from io import BytesIO
from itertools import chain
from typing import Final, Literal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell as Ink
from openpyxl.formatting.rule import Rule as Condition
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from pkdocs.spreadsheet.sheet import Cell, Column, Days, Format, ListOf, Rule, Sheet, Style, Value, Whole

MAX_ROW: Final = 1_048_576

_PAGE_WIDTH: Final = 210
"""Characters that a page shows side by side at a size that can be read."""
_LINE_POINTS: Final = 15
_LETTERS: Final = 1.08
"""Letters in the width of a digit, by which columns are measured."""

_DAY_ZERO: Final = date(1899, 12, 30)
_CHANGED: Final = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_BLUE, _LIGHT, _PALE, _YELLOW, _GREY, _WHITE = "1F4E79", "DDE7F3", "EEF3F9", "FFF2B3", "595959", "FFFFFF"


def _font(size: int = 11, *, bold: bool = False, italic: bool = False, color: str | None = None) -> Font:
    return Font(name="Calibri", size=size, bold=bold, italic=italic, color=color)


_MIDDLE, _WRAPPED = Alignment(vertical="center", wrap_text=True), Alignment(vertical="top", wrap_text=True)
_LOOKS: Final[Mapping[Style, tuple[Font, str, Alignment]]] = {
    Style.PLAIN: (_font(), "", Alignment(vertical="top")),
    Style.TITLE: (_font(16, bold=True, color=_BLUE), "", Alignment()),
    Style.HEADING: (_font(13, bold=True, color=_BLUE), _PALE, Alignment(vertical="center")),
    Style.HEADER: (_font(bold=True), _LIGHT, _MIDDLE),
    Style.REQUIRED_HEADER: (_font(bold=True, color=_WHITE), _BLUE, _MIDDLE),
    Style.PROSE: (_font(), "", _WRAPPED),
    Style.LABEL: (_font(bold=True), "", _WRAPPED),
    Style.REMARK: (_font(italic=True, color=_GREY), "", _WRAPPED),
}
"""Font, colour of the ground (none: white), alignment."""

_FORMATS: Final[Mapping[type, Format]] = {str: Format.TEXT, int: Format.AMOUNT, date: Format.DAY}
"""Formats of values that name none."""


def write_spreadsheet(sheets: Iterable[Sheet], day: date, *, comment: bytes = b"") -> bytes:
    """Return the sheets as ``.xlsx``: texts as text, also where they look like numbers or formulas.

    ``day`` stands for every date of the file itself, so the same sheets and day give the same bytes.
    ``comment`` is the archive's, at its very end.
    """
    book = Workbook(write_only=True)
    book.properties.creator = "pkdocs"
    book.properties.created = datetime.combine(day, time())
    for sheet in sheets:
        _Page(book.create_sheet(sheet.name), sheet).write()
    written = BytesIO()
    book.save(written)
    return _without_clock(written.getvalue(), day, comment)


class _Page:
    """One sheet while it is written, row by row."""

    def __init__(self, target: Worksheet, sheet: Sheet) -> None:
        self._target = target
        self._sheet = sheet
        self._inks: dict[tuple[int, Style, Format], Ink] = {}

    def write(self) -> None:
        """Write everything."""
        self._set_up()
        header = [Cell(column.header or None, column.style, Format.GENERAL) for column in self._sheet.columns]
        rows = chain([header], self._sheet.rows) if self._sheet.has_header else self._sheet.rows
        for number, row in enumerate(rows, 1):
            self._append(row, number)

    def _set_up(self) -> None:
        target, columns = self._target, self._sheet.columns
        target.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        target.page_setup.orientation = "landscape"
        target.page_setup.paperSize = Worksheet.PAPERSIZE_A4
        target.page_setup.fitToWidth = math.ceil(sum(column.width for column in columns) / _PAGE_WIDTH)
        target.page_setup.fitToHeight = 0
        for number, column in enumerate(columns, 1):
            self._set_up_column(get_column_letter(number), column)
        if self._sheet.has_header:
            target.freeze_panes = "A2"
            target.print_title_rows = "1:1"
        if self._sheet.filtered:
            target.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{self._sheet.filtered}"

    def _set_up_column(self, letter: str, column: Column) -> None:
        dimension = self._target.column_dimensions[letter]
        dimension.width = column.width
        # the style of the whole column: cells that nobody has typed yet take it over
        dimension.number_format = column.format
        dimension.alignment = Alignment(vertical="top", wrap_text=column.is_wrapped)
        if column.rule:
            self._target.data_validations.append(_validation(column.rule, f"{letter}2:{letter}{MAX_ROW}"))

    def _append(self, row: Sequence[Value | Cell], number: int) -> None:
        lines = max((self._lines(cell, index) for index, cell in enumerate(row)), default=1)
        if lines > 1:
            # not every program finds the height of wrapped text by itself
            self._target.row_dimensions[number].height = lines * _LINE_POINTS
        self._target.append([self._written(cell, index, number) for index, cell in enumerate(row, 1)])

    def _lines(self, cell: Value | Cell, index: int) -> int:
        if not isinstance(cell, Cell) or not isinstance(cell.value, str) or not _LOOKS[cell.style][2].wrap_text:
            return 1
        letters = int(self._sheet.columns[index].width * _LETTERS)
        return sum(len(textwrap.wrap(line, letters)) for line in cell.value.splitlines())

    def _written(self, cell: Value | Cell, column: int, row: int) -> Ink | None:
        if cell is None:
            return None
        if not isinstance(cell, Cell):
            return self._ink(column, cell, Style.PLAIN, _FORMATS[type(cell)])
        self._guard(cell, f"{get_column_letter(column)}{row}")
        return self._ink(column, cell.value, cell.style, cell.format or _FORMATS.get(type(cell.value), Format.GENERAL))

    def _guard(self, cell: Cell, at: str) -> None:
        if cell.rule:
            self._target.data_validations.append(_validation(cell.rule, at))
        if cell.is_awaited:
            marked = DifferentialStyle(fill=PatternFill("solid", fgColor=_YELLOW, bgColor=_YELLOW))
            condition = Condition("expression", dxf=marked, formula=[f"ISBLANK({at})"])
            self._target.conditional_formatting.add(at, condition)

    def _ink(self, column: int, value: Value, style: Style, shown: Format) -> Ink:
        """Return the cell, used again for the next one of its column that looks alike.

        openpyxl keeps a style by reference, so a cell that has been written never changes its look.
        """
        ink = self._inks.get((column, style, shown))
        if ink is None:
            ink = self._inks[column, style, shown] = _new_ink(self._target, style, shown)
        ink.value = value
        if isinstance(value, str):
            # else a text that begins with = would be a formula
            ink.data_type = "s"
        return ink


def _new_ink(target: Worksheet, style: Style, shown: Format) -> Ink:
    ink = WriteOnlyCell(target)
    ink.number_format = shown
    font, ground, alignment = _LOOKS[style]
    ink.font, ink.alignment = font, alignment
    if ground:
        ink.fill = PatternFill("solid", fgColor=ground)
    return ink


def _validation(rule: Rule, where: str) -> DataValidation:
    kind, first, second = _allowed(rule.allowed)
    return DataValidation(
        type=kind,
        operator="between" if second is not None else None,
        formula1=first,
        formula2=second,
        allow_blank=True,
        showInputMessage=True,
        promptTitle=rule.title,
        prompt=rule.prompt,
        showErrorMessage=bool(rule.refusal),
        errorStyle="warning" if rule.may_insist else "stop",
        errorTitle=rule.title,
        error=rule.refusal or None,
        sqref=where,
    )


def _allowed(
    allowed: ListOf | Whole | Days | None,
) -> tuple[Literal["list", "whole", "date"] | None, str | None, str | None]:
    match allowed:
        case ListOf():
            return "list", _reference(allowed), None
        case Whole():
            return "whole", str(allowed.low), str(allowed.high)
        case Days():
            return "date", _serial(allowed.first), _serial(allowed.last)
        case None:
            return None, None, None


def _serial(day: date) -> str:
    return str((day - _DAY_ZERO).days)


def _reference(cells: ListOf) -> str:
    sheet, letter = quote_sheetname(cells.sheet), get_column_letter(cells.column)
    if cells.count is not None:
        return f"{sheet}!${letter}$2:${letter}${cells.count + 1}"
    # empty cells at the end would be offered first
    filled = f"COUNTA({sheet}!${letter}$2:${letter}${MAX_ROW})"
    return f"OFFSET({sheet}!${letter}$2,0,0,MAX(1,{filled}),1)"


def _without_clock(data: bytes, day: date, comment: bytes) -> bytes:
    """Return the package with ``day`` in place of the moment at which it was written."""
    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "docProps/core.xml":
                content = _CHANGED.sub(rb"\g<1>" + f"{day.isoformat()}T00:00:00Z".encode(), content)
            stamped = zipfile.ZipInfo(entry.filename)
            stamped.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(stamped, content)
        target.comment = comment
    return packed.getvalue()
