"""Sheets as they are found in files, before anybody asks what they mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from pkdocs.errors import WorkbookError
from pkdocs.workbook.cells import Cell

Row = tuple[int, Mapping[int, Cell]]
"""The sheet's own row number, and its cells that are not empty, by column counted from 0."""


@dataclass(frozen=True, slots=True)
class RawSheet:
    """The rows of one sheet that are not empty, in order; ``file`` only where there are several files."""

    name: str
    rows: tuple[Row, ...]
    file: str | None = None


def damaged(file: PurePath | str) -> WorkbookError:
    """Return the error for a file that is not what its name says."""
    return WorkbookError("FILE_DAMAGED", file=str(file))
