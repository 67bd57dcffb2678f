"""Pages that LibreOffice makes of the shipped templates, from the shortest agreement to the longest."""

from collections.abc import Iterator
from functools import cache

import pypdfium2 as pdfium
import pytest

from pkdocs.document import load_template, render_document
from pkdocs.page import Page, build_page
from pkdocs.pipeline.conversion import Sheet
from pkdocs.profile import Paper
from pkdocs.verification import Weight, examine_pdf
from tests.document import golden
from tests.document.levels import TEMPLATES, Size, with_rows
from tests.document.made import CASES, Case, Made, all_made, converted, packed
from tests.document.word import template

SIZES = {Paper.A4: (595.3, 841.9), Paper.F4: (609.4, 935.4)}
"""Points. LibreOffice rounds F4 up to that of its list, by 0.2 mm."""
EDGE_MM = 12
LEFT_MM, RIGHT_MM = 30, {Paper.A4: 20, Paper.F4: 25}
MM = 72 / 25.4

COUNTS = {
    (Size.SHORT, Paper.A4): {3},
    (Size.SHORT, Paper.F4): {3},
    (Size.USUAL, Paper.A4): {4},
    (Size.USUAL, Paper.F4): {3},
    (Size.LONG, Paper.A4): {10, 11},
    (Size.LONG, Paper.F4): {9, 10, 11},
}
"""Pages. The long one of the head of a region has no second party, that of staff no word of supervision."""
LONG = [case for case in CASES if case.size is Size.LONG]


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


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judging_finds_nothing_wrong(made: Made) -> None:
    assert [finding for finding in examine_pdf(made.pdf).findings if finding.weight is Weight.FAIL] == []


def test_the_long_agreement_is_as_long_as_any() -> None:
    content = Case("umum.docx", Size.LONG, Paper.A4).content
    assert content.parties.second is not None
    assert content.budget is not None
    assert sum(len(goal.indicators) for goal in content.goals) == 40
    assert {len(content.parties.first.name), len(content.parties.second.name)} == {120}
    assert min(len(line.amount) for line in content.budget.lines) >= 12


@pytest.mark.parametrize("case", CASES, ids=str)
def test_there_are_as_many_pages_as_are_needed(made: Made, case: Case) -> None:
    with pdfium.PdfDocument(made.pdf) as document:
        assert len(document) == len(made.pages)
        assert len(document) in COUNTS[case.size, case.paper]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_pages_have_the_size_of_the_paper(made: Made, case: Case) -> None:
    with pdfium.PdfDocument(made.pdf) as document:
        for page in document:
            assert page.get_size() == pytest.approx(SIZES[case.paper], abs=0.7)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_text_tables_and_pictures_are_within_the_margins(made: Made, case: Case) -> None:
    # a line's bounds are wider than the line
    left, right = LEFT_MM * MM - 2.5, RIGHT_MM[case.paper] * MM - 2.5
    with pdfium.PdfDocument(made.pdf) as document:
        for page in document:
            for drawn in page.get_objects():
                begins, lowest, ends, highest = drawn.get_bounds()
                assert left <= begins <= ends <= page.get_width() - right
                assert EDGE_MM * MM <= lowest <= highest <= page.get_height() - EDGE_MM * MM


@pytest.mark.parametrize("case", CASES, ids=str)
def test_no_row_breaks_over_pages(made: Made) -> None:
    assert [row for row in rows(made.page) if not made.on(*row)] == []


@pytest.mark.parametrize("case", LONG, ids=str)
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


@pytest.mark.parametrize("case", CASES, ids=str)
def test_who_promises_signs_below_the_promise(made: Made) -> None:
    (page, *_) = made.on(made.page.tempat_tanggal)
    before, after = made.pages[page].split(packed(made.page.tempat_tanggal))[:2]
    assert before.endswith((packed("penghargaan dan sanksi."), packed("tanggung jawab kami.")))
    for party in (made.page.pihak_kedua, made.page.pihak_pertama):
        assert party is None or packed(party.nama, party.pangkat, party.nomor) in after
    assert packed("memindai kode QR") in after


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_attachment_is_signed_below_what_it_belongs_to(made: Made) -> None:
    (page,) = made.on("Lampiran ini merupakan bagian yang tidak terpisahkan dari ", made.page.judul)
    _, after = made.pages[page].split(packed("Lampiran ini merupakan"))
    for party in (made.page.pihak_kedua, made.page.pihak_pertama):
        assert party is None or packed(party.nama, party.pangkat, party.nomor) in after


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_page_looks_as_before(made: Made, case: Case) -> None:
    found = list(golden.differences(case, golden.draw(made.pdf)))
    assert found == [], golden.advice()


def test_every_golden_picture_is_of_a_case() -> None:
    kept = {file.relative_to(golden.FOLDER).as_posix() for file in golden.FOLDER.rglob("*.png")}
    assert kept == {f"{case}.png" for case in CASES}


NAME = "jpt-pratama.docx"


@cache
def of_many_lengths(kind: str) -> list[Made]:
    """Make agreements that fill a page more or less, with lines of a budget or with indicators alone."""
    level, loaded = TEMPLATES[NAME], load_template(template(NAME), NAME)
    if kind == "budget":
        contents = {str(lines): with_rows(level, goals=2, lines=lines) for lines in range(6, 16, 3)}
    else:
        contents = {str(goals): with_rows(level, goals=goals, lines=0) for goals in range(10, 26, 5)}
    pdfs = converted(
        Sheet(name, loaded, render_document(content, loaded, qr="x")) for name, content in contents.items()
    )
    return [Made.of(content, build_page(content), pdfs[name]) for name, content in contents.items()]


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
