"""pkdocs: performance agreements from the workbook to the verified chain of signatures."""

__version__ = "0.2.0"
