"""Verdicts for readers: lines for a terminal, JSON, one page of HTML, spreadsheets, and a PDF to sign."""

from pkdocs.report.form import FORMS, Form
from pkdocs.report.json import as_json, counts_json, finding_json, json_parts
from pkdocs.report.outline import overall
from pkdocs.report.tree import Line, tree_lines

__all__ = ["FORMS", "Form", "Line", "as_json", "counts_json", "finding_json", "json_parts", "overall", "tree_lines"]
