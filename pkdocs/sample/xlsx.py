"""Sheets to a workbook as an office worker would keep it."""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pkdocs.sample.sheets import City, Row, Sheet

_WHOLE: Final = frozenset(
    {("Pejabat", "Nomor"), ("Anggaran", "Anggaran"), ("Anggaran", "Sasaran"), ("Skala", "Urutan")}
)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_CHANGED: Final = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_WIDEST, _NARROWEST, _MEASURED = 60, 8, 200


def write_xlsx(city: City, day: date) -> bytes:
    """Return the sheets as ``.xlsx``: identifiers and targets as text, dates and amounts as such cells.

    ``day`` stands for every date of the file itself, so the same city and day give the same bytes.
    """
    book = Workbook(write_only=True)
    book.properties.creator = "pkdocs"
    book.properties.created = datetime.combine(day, time())
    for name, sheet in city.items():
        _write(book.create_sheet(name), name, sheet)
    written = BytesIO()
    book.save(written)
    return _without_clock(written.getvalue(), day)


def _write(target: Worksheet, name: str, sheet: Sheet) -> None:
    target.freeze_panes = "A2"
    for number, column in enumerate(sheet.columns, 1):
        target.column_dimensions[get_column_letter(number)].width = _width(sheet, column)
    target.append(list(_header(target, sheet)))
    columns = [_Column(target, name, column) for column in sheet.columns]
    for row in sheet.rows:
        target.append([column.cell(row) for column in columns])


class _Column:
    """The cells of one column: one for each look, written at once and used again for the next row.

    openpyxl keeps a style by reference, so a cell that has been written never changes its look.
    """

    def __init__(self, target: Worksheet, sheet: str, column: str) -> None:
        self._column = column
        self._is_whole = (sheet, column) in _WHOLE
        self._text, self._whole, self._date = (WriteOnlyCell(target) for _ in range(3))
        self._text.number_format, self._whole.number_format, self._date.number_format = "@", "#,##0", "yyyy-mm-dd"

    def cell(self, row: Row) -> Cell | None:
        """Return the row's cell, None where it is empty."""
        written = row.get(self._column)
        if not written:
            return None
        if self._is_whole:
            self._whole.value = int(written)
            return self._whole
        if _DATE.fullmatch(written):
            self._date.value = date.fromisoformat(written)
            return self._date
        self._text.value = written
        return self._text


def _width(sheet: Sheet, column: str) -> int:
    longest = max((len(row.get(column, "")) for row in sheet.rows[:_MEASURED]), default=0)
    return min(max(longest, len(column), _NARROWEST) + 2, _WIDEST)


def _header(target: Worksheet, sheet: Sheet) -> Iterator[Cell]:
    for column in sheet.columns:
        cell = WriteOnlyCell(target, column)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDE7F3")
        cell.alignment = Alignment(vertical="center")
        yield cell


def _without_clock(data: bytes, day: date) -> bytes:
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
    return packed.getvalue()
