"""The second corpus: papers written byte by byte, judged as they should be, each refusal with a reason of its own."""

import pytest
from PIL import Image, ImageDraw, ImageOps

from pkdocs.verification.foreign import inspect_foreign
from pkdocs.verification.foreign.ground import hides
from pkdocs.verification.inspection import Integrity
from tests.foreign_raw import PAGE, PAGES, Paper, first, shape, stream
from tests.foreign_raw_bad import raw_specimens
from tests.foreign_raw_good import GOOD_LATER
from tests.foreign_raw_parts import FORM, approved, form, page, second, signed_field

_GENERAL = {"INSPECT_UNREADABLE", "INSPECT_SIGNATURE_UNREADABLE", "INSPECT_LATER_UNREADABLE"}


def refusals(pdf: bytes) -> set[str]:
    found = inspect_foreign(pdf)
    heavy = {finding.code for finding in found.reasons if finding.weight in {"fail", "unknown"}}
    assert (found.integrity is Integrity.INTACT) == (not heavy)
    return heavy


@pytest.mark.parametrize("style", ["table", "stream"])
def test_every_paper_is_judged_as_it_should_be(style: str) -> None:
    for specimen in raw_specimens(style):
        codes = refusals(specimen.make())
        assert (specimen.name, specimen.is_good, codes) == (specimen.name, not codes, codes)
        assert not codes & _GENERAL, specimen.name


def test_a_signature_or_value_that_is_laid_over_writing_is_named() -> None:
    """23, 27"""
    white = b"1 1 1 rg 0 0 200 60 re f"
    for paper in (approved("table"), approved("stream")):
        assert refusals(second(paper, "70 745 330 780", white).pdf) == {"LATER_HIDES"}
        assert refusals(second(paper, "70 745 330 780", b"").pdf) == set()


def test_of_too_many_pages_with_signatures_laid_on_them_it_cannot_be_said() -> None:
    sheets = range(300, 300 + 120)
    body = first()[13]
    pages = b"<< /Type /Pages /Kids [3 0 R %s] /Count 121 /MediaBox [0 0 595 842] >>"
    kids = b" ".join(b"%d 0 R" % one for one in sheets)
    paper = Paper(size=500).write(first() | {PAGES: pages % kids} | dict.fromkeys(sheets, body))
    signed = paper.sign({FORM: form(30), PAGE: page(30), 30: signed_field("p", 31)}, 31)
    again = dict.fromkeys(sheets, body[:-2] + b"/Annots [40 0 R] >>")
    made = {FORM: form(30, 40), 40: signed_field("q", 41, "300 300 500 360", b"/AP << /N 42 0 R >>"), 42: shape(b"")}
    assert refusals(signed.sign(made | again, 41).pdf) == {"LATER_NOT_SHOWN"}


def test_a_page_may_stand_twice_in_what_was_signed() -> None:
    twice = first()[PAGES].replace(b"3 0 R 13 0 R", b"3 0 R 13 0 R 13 0 R").replace(b"Count 2", b"Count 3")
    assert refusals(GOOD_LATER["dss"](approved("table", pages=twice)).pdf) == set()


def test_one_content_is_as_good_as_a_list_of_it() -> None:
    assert refusals(approved("table").write({PAGE: page(30, contents=b"[4 0 R]")}).pdf) == set()
    more = {PAGE: page(30, contents=b"[4 0 R 90 0 R]"), 90: stream(b"0 0 9 9 re f")}
    assert refusals(approved("table").write(more).pdf) == {"LATER_PAGE"}


def drawn(*boxes: tuple[int, int, int, int], ground: int = 255) -> Image.Image:
    image = Image.new("L", (200, 60), ground)
    for box in boxes:
        ImageDraw.Draw(image).rectangle(box, fill=0)
    return image


def test_what_hides_writing_is_told_from_what_hides_lines() -> None:
    letter, line, comb = (20, 20, 24, 26), (0, 50, 199, 51), (100, 0, 100, 59)
    assert hides(drawn(letter), drawn())
    assert hides(drawn(letter, line, comb), drawn())
    assert not hides(drawn(line, comb), drawn())
    assert hides(ImageOps.invert(drawn(letter)), drawn())
    assert not hides(drawn(letter), drawn(letter, (22, 0, 30, 59)))
    assert not hides(drawn(), drawn(letter))
    assert not hides(drawn(), drawn(ground=230))


def test_what_is_dark_all_over_is_no_line() -> None:
    assert hides(drawn((0, 0, 199, 25)), drawn())
    assert hides(drawn((0, 0, 80, 59)), drawn())
