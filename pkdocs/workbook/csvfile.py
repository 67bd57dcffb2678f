"""The sheet in a .csv file: UTF-8, separated by ``;`` or ``,``. Its row numbers are those a spreadsheet would show."""

import csv
from collections import Counter
from io import StringIO
from itertools import islice
from pathlib import PurePath
from typing import Final

from pkdocs.errors import WorkbookError
from pkdocs.workbook.cells import clean
from pkdocs.workbook.sheets import RawSheet

_LOOK_AT: Final = 10


def read_csv(data: bytes, file: str) -> RawSheet:
    """Return the sheet; its name is the file's.

    Raises:
        WorkbookError: not UTF-8, or quotes that do not close.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise WorkbookError("CSV_NOT_UTF8", file=file) from fault
    delimiter = _delimiter(text)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = []
    number = 0
    try:
        for number, fields in enumerate(reader, start=1):
            cells = {column: cell for column, field in enumerate(fields) if (cell := clean(field)) != ""}
            if cells:
                rows.append((number, cells))
    except csv.Error as fault:
        raise WorkbookError("CSV_DAMAGED", file=file, row=number + 1) from fault
    return RawSheet(PurePath(file).stem, tuple(rows))


def _delimiter(text: str) -> str:
    """Return the separator that parts the first rows into more even columns."""
    return max(";,", key=lambda delimiter: _evenness(text, delimiter))


def _evenness(text: str, delimiter: str) -> tuple[int, int]:
    try:
        rows = [
            len(row) for row in islice(csv.reader(StringIO(text, newline=""), delimiter=delimiter), _LOOK_AT) if row
        ]
    except csv.Error:
        return 0, 0
    widths = Counter(width for width in rows if width > 1)
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    return count, width
