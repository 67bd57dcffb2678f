"""A draft is for reading: marked on each page, with nothing to sign and nothing to take for an agreement."""

import io

import pikepdf
import pypdfium2 as pdfium
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary

from pkdocs.content import Content, Role
from pkdocs.errors import DocumentError, SigningError
from pkdocs.issue import draft_pdf, is_draft
from pkdocs.issue.draft import WORD
from pkdocs.page import absent_value, printed_values
from pkdocs.signing import read_form
from pkdocs.verification import Weight, examine_pdf
from tests.factory import division_content, head_content, root_content
from tests.issued import issued, source_pdf
from tests.signed import signed

CONTENT = head_content()
CONTENTS = [root_content(), head_content(), division_content()]


def draft(content: Content = CONTENT, source: str = "") -> bytes:
    return draft_pdf(source_pdf(content), content, source=source)


def texts(pdf: bytes) -> list[str]:
    with pdfium.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


@pytest.mark.parametrize("content", CONTENTS, ids=lambda content: content.id)
def test_each_page_says_that_it_is_a_draft_and_all_that_it_said_before(content: Content) -> None:
    pages = texts(draft(content))
    assert len(pages) == len(texts(source_pdf(content)))
    assert all(page.endswith(WORD) for page in pages)
    assert absent_value("\n".join(pages), printed_values(content)) is None


def test_the_word_goes_over_the_page_from_corner_to_corner() -> None:
    with pdfium.PdfDocument(draft()) as document:
        *_, word = document[0].get_objects()
        left, bottom, right, top = word.get_bounds()
        width, height = document[0].get_size()
    assert left < width / 4 < width * 3 / 4 < right
    assert bottom < height / 4 < height * 3 / 4 < top


@pytest.mark.parametrize("content", CONTENTS, ids=lambda content: content.id)
def test_it_has_nothing_to_sign_and_nothing_attached(content: Content) -> None:
    with pikepdf.open(io.BytesIO(draft(content))) as document:
        assert not {"/AcroForm", "/AF", "/Names", "/Metadata", "/OutputIntents"} & set(document.Root.keys())
        assert all("/Annots" not in page for page in document.pages)
        assert content.digest not in str(dict(document.trailer.Info.items()))


def test_nobody_can_sign_it() -> None:
    with pytest.raises(SigningError, match="SIGN_NOT_ISSUED"):
        read_form(draft())


def test_judging_takes_it_for_no_agreement() -> None:
    facts = examine_pdf(draft())
    assert facts.content is None
    assert Weight.FAIL in {finding.weight for finding in facts.findings}


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert draft(source="a1") == draft(source="a1") != draft(source="a2")


@given(st.text("0123456789abcdef", min_size=1, max_size=64), st.text("0123456789abcdef", max_size=64))
def test_it_remembers_what_it_was_made_of(source: str, other: str) -> None:
    made = draft(source=source)
    assert is_draft(made)
    assert is_draft(made, source=source)
    assert is_draft(made, source=other) == source.startswith(other)


def test_what_is_issued_or_signed_is_no_draft() -> None:
    assert not is_draft(issued(CONTENT))
    assert not is_draft(signed(CONTENT))
    assert not is_draft(signed(CONTENT) + draft())
    assert not is_draft(b"")


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7", source_pdf(CONTENT)[:900], issued(CONTENT)])
def test_what_libreoffice_did_not_make_is_refused(pdf: bytes) -> None:
    with pytest.raises(DocumentError, match="ISSUE_"):
        draft_pdf(pdf, CONTENT)


def test_a_missing_place_for_a_signature_is_named() -> None:
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(source_pdf(CONTENT))) as document:
        document.pages[0].Annots = Array(document.pages[0].Annots.as_list()[:1])
        document.save(output)
    with pytest.raises(DocumentError, match="ISSUE_ANCHOR_MISSING") as stop:
        draft_pdf(output.getvalue(), CONTENT)
    assert stop.value.params["role"] == Role.SECOND.value


def test_a_page_that_begins_elsewhere_is_marked_in_its_middle() -> None:
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(source_pdf(CONTENT))) as document:
        document.pages[0].MediaBox = Array([100, 100, 695, 942])
        document.pages[0].Resources.Font = Dictionary(document.pages[0].Resources.Font)
        document.save(output)
    with pdfium.PdfDocument(draft_pdf(output.getvalue(), CONTENT)) as document:
        *_, word = document[0].get_objects()
        left, _, right, _ = word.get_bounds()
    assert (left + right) / 2 == pytest.approx(397, abs=15)
