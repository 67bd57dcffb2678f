"""A clerk who fills in the workbook: what is typed becomes what the cell's format makes of it."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from pkdocs.workbook import Workbook, read_workbook
from pkdocs.workplace import blank_workbook

DAY = date(2026, 1, 2)
Typed = Mapping[str, Iterable[Mapping[str, str]]]
"""What is typed: sheets, rows, cells by their columns. The rows of ``Profil`` have ``Kunci`` and ``Nilai``."""


@cache
def blank() -> bytes:
    """Return the workbook as nobody has touched it yet."""
    return blank_workbook("id", DAY)


def fill(data: bytes, typed: Typed) -> bytes:
    """Return the workbook with more rows."""
    book = openpyxl.load_workbook(BytesIO(data))
    for name, rows in typed.items():
        (_answer if name == "Profil" else _append)(book[name], rows)
    filled = BytesIO()
    book.save(filled)
    return filled.getvalue()


def _answer(page: Worksheet, rows: Iterable[Mapping[str, str]]) -> None:
    lines = {line[0].value: line for line in page.iter_rows(min_row=2)}
    for row in rows:
        cell = lines[row["Kunci"]][1]
        cell.value = _typed(row["Nilai"], cell.number_format)


def _append(page: Worksheet, rows: Iterable[Mapping[str, str]]) -> None:
    letters = {str(cell.value): cell.column_letter for cell in page[1]}
    for number, row in enumerate(rows, page.max_row + 1):
        for column, written in row.items():
            cell = page[f"{letters[column]}{number}"]
            cell.number_format = page.column_dimensions[letters[column]].number_format
            cell.value = _typed(written, cell.number_format)


def _typed(written: str, shown: str) -> str | int | date:
    """Return what a spreadsheet makes of keys typed; what its format cannot take stays text."""
    try:
        if shown == "yyyy-mm-dd":
            return date.fromisoformat(written)
        if shown in {"0", "#,##0"}:
            return int(written)
    except ValueError:
        pass
    return written


def read(folder: Path, data: bytes) -> Workbook:
    """Read a workbook."""
    file = folder / "buku-kerja.xlsx"
    file.write_bytes(data)
    return read_workbook(file)
