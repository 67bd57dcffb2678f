"""Verdicts for readers: lines for a terminal, JSON, one page of HTML."""

from pkdocs.report.form import FORMS, Form
from pkdocs.report.json import as_json, finding_json
from pkdocs.report.outline import overall
from pkdocs.report.tree import Line, tree_lines

__all__ = ["FORMS", "Form", "Line", "as_json", "finding_json", "overall", "tree_lines"]
