"""Agreements of every shipped template, size and paper, as LibreOffice makes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import cast

import pypdfium2 as pdfium

from pkdocs.content import Content, qr_text
from pkdocs.document import load_template, render_document
from pkdocs.issue import issue_pdf
from pkdocs.office import Pool, find_office
from pkdocs.outcome import demand
from pkdocs.page import Page, build_page
from pkdocs.pipeline.conversion import Sheet, convert_sheets
from pkdocs.profile import Paper
from tests.city import WarmPool
from tests.document.levels import TEMPLATES, Size, content_of, wording_of
from tests.document.word import template
from tests.issued import TOOLCHAIN

_HYPHENS = str.maketrans("\x02\ufffe", "--")
"""What pdfium gives for a hyphen that it takes for a word's division."""


@dataclass(frozen=True)
class Case:
    """A template, how much there is to print, and on what."""

    template: str
    size: Size
    paper: Paper

    def __str__(self) -> str:
        return f"{self.template.removesuffix('.docx')}/{self.size.value}-{self.paper.value}"

    @property
    def content(self) -> Content:
        return content_of(TEMPLATES[self.template], self.size)

    def render(self, template: bytes, key: str | None = None) -> Sheet:
        """Return the Word document that ``template`` gives, to be converted as ``key`` or as this case."""
        loaded = load_template(template, self.template, paper=self.paper)
        code = qr_text("", self.content.id, self.content.digest)
        wording = wording_of(TEMPLATES[self.template], self.size)
        docx = render_document(self.content, loaded, qr=code, wording=wording)
        return Sheet(str(self) if key is None else key, loaded, docx)


CASES = [Case(*parts) for parts in product(TEMPLATES, Size, Paper)]


@dataclass(frozen=True)
class Made:
    """An agreement: what was to be printed, its PDF, and the text of each page without white space."""

    content: Content
    page: Page
    pdf: bytes
    pages: tuple[str, ...]

    @classmethod
    def of(cls, content: Content, page: Page, pdf: bytes) -> "Made":
        with pdfium.PdfDocument(pdf) as document:
            texts = [paper.get_textpage().get_text_range() for paper in document]
        return cls(content, page, pdf, tuple(packed(text.translate(_HYPHENS)) for text in texts))

    def on(self, *values: str) -> list[int]:
        """Return the pages on which ``values`` stand one after the other."""
        return [number for number, text in enumerate(self.pages) if packed(*values) in text]


def packed(*values: str) -> str:
    return "".join("".join(values).split())


def converted(sheets: Iterable[Sheet]) -> dict[str, bytes]:
    """Return the PDF of each Word document, made as ``generate`` makes it."""
    with WarmPool(find_office()) as pool:
        return {outcome.key: demand(outcome) for outcome in convert_sheets(cast(Pool, pool), sheets)}


@cache
def all_made() -> dict[Case, Made]:
    """Convert all cases in one go, and issue them."""
    pdfs = converted(case.render(template(case.template)) for case in CASES)
    return {case: _made(case, pdfs[str(case)]) for case in CASES}


def _made(case: Case, pdf: bytes) -> Made:
    issued = issue_pdf(pdf, case.content, template_digest="7" * 64, toolchain=TOOLCHAIN)
    wording = wording_of(TEMPLATES[case.template], case.size)
    return Made.of(case.content, build_page(case.content, wording), issued)
