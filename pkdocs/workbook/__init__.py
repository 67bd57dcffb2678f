"""The workbook: .xlsx or .csv to profile, roster and plan, every problem at once (docs/workbook.md)."""

from pkdocs.workbook.reading import GUIDE, LISTS, Workbook, read_workbook
from pkdocs.workbook.scales import order_of, scale_of
from pkdocs.workbook.units import Unit

__all__ = ["GUIDE", "LISTS", "Unit", "Workbook", "order_of", "read_workbook", "scale_of"]
