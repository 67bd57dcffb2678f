"""pkdocs: performance agreements from the workbook to the verified chain of signatures."""

__version__ = "0.1.0"
