"""The list of a bundle: what is in it and what is not, as a PDF and as a spreadsheet."""

from pkdocs.inventory.listing import Absent, Inventory, Item, Mark, Signatory, write_xlsx
from pkdocs.inventory.page import render_inventory

__all__ = ["Absent", "Inventory", "Item", "Mark", "Signatory", "render_inventory", "write_xlsx"]
