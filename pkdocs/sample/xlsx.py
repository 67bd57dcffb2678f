"""The city as a workbook that an office worker would keep."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from pkdocs.sample.sheets import City, Sheet
from pkdocs.spreadsheet import Column, Value, write_spreadsheet
from pkdocs.spreadsheet import Sheet as Page

_WHOLE: Final = frozenset(
    {("Pejabat", "Nomor"), ("Anggaran", "Anggaran"), ("Anggaran", "Sasaran"), ("Skala", "Urutan")}
)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_WIDEST, _NARROWEST, _MEASURED = 60, 8, 200


def write_xlsx(city: City, day: date) -> bytes:
    """Return the sheets as ``.xlsx``: identifiers and targets as text, dates and amounts as such cells.

    ``day`` stands for every date of the file itself, so the same city and day give the same bytes.
    """
    return write_spreadsheet((_page(name, sheet) for name, sheet in city.items()), day)


def _page(name: str, sheet: Sheet) -> Page:
    columns = tuple(Column(_width(sheet, column), column) for column in sheet.columns)
    return Page(name, columns, _rows(name, sheet))


def _rows(name: str, sheet: Sheet) -> Iterator[Sequence[Value]]:
    columns = [(column, (name, column) in _WHOLE) for column in sheet.columns]
    for row in sheet.rows:
        yield [_value(row.get(column), is_whole=is_whole) for column, is_whole in columns]


def _value(written: str | None, *, is_whole: bool) -> Value:
    if not written:
        return None
    if is_whole:
        return int(written)
    return date.fromisoformat(written) if _DATE.fullmatch(written) else written


def _width(sheet: Sheet, column: str) -> int:
    longest = max((len(row.get(column, "")) for row in sheet.rows[:_MEASURED]), default=0)
    return min(max(longest, len(column), _NARROWEST) + 2, _WIDEST)
