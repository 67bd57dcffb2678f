"""The page: every value of a content as the agreement prints it.

Templates print these strings and judging looks for them in the PDF: both are made here, once.
"""

from pkdocs.page.build import build_page, format_value
from pkdocs.page.joining import join_pages
from pkdocs.page.printed import Runs, absent_value, printed_values
from pkdocs.page.view import Letterhead, Page
from pkdocs.page.wording import PLAIN, Wording

__all__ = [
    "PLAIN",
    "Letterhead",
    "Page",
    "Runs",
    "Wording",
    "absent_value",
    "build_page",
    "format_value",
    "join_pages",
    "printed_values",
]
