"""The workbook to fill in: every sheet with its columns, what may be chosen, and how to do it."""

from pkdocs.workplace.blank import blank_workbook

__all__ = ["blank_workbook"]
