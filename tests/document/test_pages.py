"""Pages that LibreOffice makes of the shipped templates, from the shortest agreement to the longest."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pypdfium2 as pdfium
import pytest

from pkdocs.content import Content, qr_text
from pkdocs.document import load_template, render_document
from pkdocs.issue import issue_pdf
from pkdocs.office import find_office
from pkdocs.page import Page, build_page
from pkdocs.profile import Paper
from pkdocs.verification import Weight, examine_pdf
from pkdocs.verification.pages import read_pages
from tests.city import WarmPool
from tests.document.levels import TEMPLATES, Size, content_of, with_rows, wording_of
from tests.document.word import template
from tests.issued import TOOLCHAIN

SIZES = {Paper.A4: (595.3, 841.9), Paper.F4: (609.4, 935.4)}
"""Points. LibreOffice rounds F4 up to that of its list, by 0.2 mm."""
LEFT_MM, RIGHT_MM = 30, {Paper.A4: 20, Paper.F4: 25}
MM = 72 / 25.4

Case = tuple[str, Size, Paper]
CASES: list[Case] = [
    (name, size, paper)
    for name in TEMPLATES
    for size, paper in ((Size.SHORT, Paper.A4), (Size.USUAL, Paper.F4), (Size.LONG, Paper.A4), (Size.LONG, Paper.F4))
]
LONG = [case for case in CASES if case[1] is Size.LONG]


@dataclass(frozen=True)
class Made:
    """An issued agreement: what was to be printed, and the text of each page without white space."""

    content: Content
    page: Page
    issued: bytes
    pages: tuple[str, ...]

    def on(self, *values: str) -> list[int]:
        """Return the pages on which ``values`` stand one after the other."""
        return [number for number, text in enumerate(self.pages) if packed(*values) in text]


def packed(*values: str) -> str:
    return "".join("".join(values).split())


@cache
def all_made() -> dict[Case, Made]:
    """Convert all cases in one go."""
    documents: dict[Case, bytes] = {}
    for name, size, paper in CASES:
        content, loaded = content_of(TEMPLATES[name], size), load_template(template(name), name, paper=paper)
        qr = qr_text("", content.id, content.digest)
        wording = wording_of(TEMPLATES[name], size)
        documents[name, size, paper] = render_document(content, loaded, qr=qr, wording=wording)
    with WarmPool(find_office()) as pool:
        named = {"/".join(map(str, case)): case for case in documents}
        converted = pool.convert((key, documents[case]) for key, case in named.items())
        return {named[outcome.key]: _made(named[outcome.key], outcome.value or b"") for outcome in converted}


def _made(case: Case, pdf: bytes) -> Made:
    content = content_of(TEMPLATES[case[0]], case[1])
    issued = issue_pdf(pdf, content, template_digest="7" * 64, toolchain=TOOLCHAIN)
    reading, _ = read_pages(issued, ())
    page = build_page(content, wording_of(TEMPLATES[case[0]], case[1]))
    return Made(content, page, issued, tuple(packed(text) for text in reading.text.split("\f")))


@pytest.fixture
def made(case: Case) -> Made:
    return all_made()[case]


def rows(page: Page) -> Iterator[tuple[str, ...]]:
    """Yield what stands in the rows of all tables, but for cells that span rows."""
    for goal in page.sasaran:
        for row in goal.indikator:
            yield row.teks, row.target
            details = (part for detail in row.rincian for part in (f"{detail.nama}: ", detail.nilai))
            yield row.nomor, row.kode, row.teks, *details
    yield from budget_rows(page)
    for plan in page.rencana:
        yield plan.kode, plan.sasaran, plan.indikator, plan.satuan, plan.target, plan.target_akhir, plan.arah
    for detail in page.data_dokumen:
        yield detail.nama, detail.nilai


def budget_rows(page: Page) -> Iterator[tuple[str, ...]]:
    for row in page.anggaran.baris if page.anggaran else ():
        yield row.uraian, row.jumlah, row.keterangan


@pytest.mark.parametrize("case", CASES)
def test_judging_finds_nothing_wrong(made: Made) -> None:
    assert [finding for finding in examine_pdf(made.issued).findings if finding.weight is Weight.FAIL] == []


@pytest.mark.parametrize("case", CASES)
def test_pages_have_the_size_of_the_paper(made: Made, case: Case) -> None:
    with pdfium.PdfDocument(made.issued) as document:
        for page in document:
            assert page.get_size() == pytest.approx(SIZES[case[2]], abs=0.7)


@pytest.mark.parametrize("case", CASES)
def test_text_tables_and_pictures_are_within_the_margins(made: Made, case: Case) -> None:
    # a line's bounds are wider than the line
    left, right = LEFT_MM * MM - 2.5, RIGHT_MM[case[2]] * MM - 2.5
    with pdfium.PdfDocument(made.issued) as document:
        for page in document:
            for drawn in page.get_objects():
                begins, _, ends, _ = drawn.get_bounds()
                assert left <= begins <= ends <= page.get_width() - right


@pytest.mark.parametrize("case", CASES)
def test_no_row_breaks_over_pages(made: Made) -> None:
    assert [row for row in rows(made.page) if not made.on(*row)] == []


@pytest.mark.parametrize("case", LONG)
def test_the_head_of_a_table_stands_on_each_of_its_pages(made: Made) -> None:
    indicators = [(row.teks, row.target) for goal in made.page.sasaran for row in goal.indikator]
    assert made.page.anggaran is not None
    for head, listed in (
        (("Target",), indicators),
        ((made.page.anggaran.judul, "Anggaran (Rp)Keterangan"), list(budget_rows(made.page))),
    ):
        pages = {page for row in listed for page in made.on(*row)}
        assert len(pages) > 1
        for page in pages:
            first = min(place for row in listed if (place := made.pages[page].find(packed(*row))) >= 0)
            assert 0 <= made.pages[page].find(packed(*head)) < first


@pytest.mark.parametrize("case", CASES)
def test_who_promises_signs_below_the_promise(made: Made) -> None:
    (page, *_) = made.on(made.page.tempat_tanggal)
    before, after = made.pages[page].split(packed(made.page.tempat_tanggal))[:2]
    assert before.endswith((packed("penghargaan dan sanksi."), packed("tanggung jawab kami.")))
    for party in (made.page.pihak_kedua, made.page.pihak_pertama):
        assert party is None or packed(party.nama, party.pangkat, party.nomor) in after
    assert packed("memindai kode QR") in after


@pytest.mark.parametrize("case", CASES)
def test_the_attachment_is_signed_below_what_it_belongs_to(made: Made) -> None:
    (page,) = made.on("Lampiran ini merupakan bagian yang tidak terpisahkan dari ", made.page.judul)
    _, after = made.pages[page].split(packed("Lampiran ini merupakan"))
    for party in (made.page.pihak_kedua, made.page.pihak_pertama):
        assert party is None or packed(party.nama, party.pangkat, party.nomor) in after


NAME = "jpt-pratama.docx"


@cache
def of_many_lengths(kind: str) -> list[Made]:
    """Make agreements that fill a page more or less, with lines of a budget or with indicators alone."""
    level, loaded = TEMPLATES[NAME], load_template(template(NAME), NAME)
    if kind == "budget":
        contents = {str(lines): with_rows(level, goals=2, lines=lines) for lines in range(6, 16, 3)}
    else:
        contents = {str(goals): with_rows(level, goals=goals, lines=0) for goals in range(10, 26, 5)}
    made = []
    with WarmPool(find_office()) as pool:
        documents = ((name, render_document(content, loaded, qr="x")) for name, content in contents.items())
        for outcome in pool.convert(documents):
            reading, _ = read_pages(outcome.value or b"", ())
            content, texts = contents[outcome.key], tuple(packed(text) for text in reading.text.split("\f"))
            made.append(Made(content, build_page(content), b"", texts))
    return made


@pytest.mark.parametrize("kind", ["budget", "indicators"])
def test_the_last_row_goes_with_the_signatures_that_do_not_fit_below_it(kind: str) -> None:
    moved = 0
    for made in of_many_lengths(kind):
        (page,) = made.on("Lampiran ini merupakan")
        row = made.page.sasaran[-1].indikator[-1]
        last = list(budget_rows(made.page))[-1] if made.page.anggaran else (row.teks, row.target)
        assert page in made.on(*last)
        moved += page > 1
    assert 0 < moved < len(of_many_lengths(kind))
