"""The forms in which a report is written to a file, by the suffix of its name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from pkdocs.chain import SetVerdict
from pkdocs.messages import Language
from pkdocs.report import html, json, pdf


@dataclass(frozen=True, slots=True)
class Form:
    """How the file is made, and whether a file is one of this form that a later report may replace.

    It is one by whichever version; a report that somebody has signed is never replaced.
    """

    render: Callable[[SetVerdict, Language], bytes]
    is_earlier: Callable[[bytes], bool]


def _render_pdf(verdict: SetVerdict, language: Language) -> bytes:
    return pdf.render_pdf(json.render_json(verdict, language))


def _render_xlsx(verdict: SetVerdict, language: Language) -> bytes:
    # openpyxl takes a quarter of a second to load: only for those who ask for it
    written: bytes = import_module("pkdocs.report.xlsx").render_xlsx(verdict, language)
    return written


def _is_xlsx(data: bytes) -> bool:
    return data.startswith(b"PK") and data.rpartition(b"pkdocs-report/")[2].isdigit()


def _is_unsigned_pdf(data: bytes) -> bool:
    return pdf.is_report(data) and data.count(b"startxref") == 1


FORMS: Final[Mapping[str, Form]] = {
    ".html": Form(html.render_html, lambda data: data.startswith(html.OPENING)),
    ".json": Form(json.render_json, lambda data: data.startswith(json.OPENING)),
    ".pdf": Form(_render_pdf, _is_unsigned_pdf),
    ".xlsx": Form(_render_xlsx, _is_xlsx),
}
