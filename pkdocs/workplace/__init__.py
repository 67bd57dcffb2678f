"""The workbook to fill in: every sheet with its columns, what may be chosen, and how to do it."""

from pkdocs.workplace.blank import blank_workbook
from pkdocs.workplace.guide import WORKBOOK

__all__ = ["WORKBOOK", "blank_workbook"]
