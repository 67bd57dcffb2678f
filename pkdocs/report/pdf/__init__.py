"""The verdict as a PDF that an auditor can sign."""

from pkdocs.report.pdf.examine import ReportFacts, examine_report
from pkdocs.report.pdf.page import FIELD, is_report, render_pdf

__all__ = ["FIELD", "ReportFacts", "examine_report", "is_report", "render_pdf"]
