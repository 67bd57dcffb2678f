"""The verdict as one page of HTML."""

from pkdocs.report.html.page import OPENING, render_html

__all__ = ["OPENING", "render_html"]
