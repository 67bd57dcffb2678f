"""Spreadsheets to be written: sheets as values, and their ``.xlsx``."""

from pkdocs.spreadsheet.sheet import Cell, Column, Days, Format, ListOf, Rule, Sheet, Style, Value, Whole
from pkdocs.spreadsheet.writer import write_spreadsheet

__all__ = [
    "Cell", "Column", "Days", "Format", "ListOf", "Rule", "Sheet", "Style", "Value", "Whole", "write_spreadsheet",
]  # fmt: skip
