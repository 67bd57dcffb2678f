"""What the comparison with golden pictures lets pass and what it refuses, with faults that templates really get."""

import io
import random
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from pkdocs.profile import Paper
from tests.document import golden
from tests.document.levels import Size
from tests.document.made import Case, converted
from tests.document.word import DOCUMENT, edited, parts, template, word_file

CASE = Case("umum.docx", Size.USUAL, Paper.A4)
STYLES = "word/styles.xml"
LINE = '<w:{} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
SUM = '<w:tcW w:w="5671" w:type="dxa"/><w:gridSpan w:val="3"/>'
BOLD, TEXT = "<w:rPr><w:b/></w:rPr>", '<w:t xml:space="preserve">'

FAULTS = {
    "another word": (DOCUMENT, "efektif", "efisien"),
    "another word in small letters": (DOCUMENT, "kode QR di samping", "kode QR di atasnya"),
    "another word of the same length": (DOCUMENT, "yang tidak terpisahkan", "yang telah terpisahkan"),
    "a word that is not bold": (DOCUMENT, BOLD + TEXT + "{{ pihak_kedua.sebutan", TEXT + "{{ pihak_kedua.sebutan"),
    "a sum that is not bold": (DOCUMENT, BOLD + TEXT + "{{ anggaran.jumlah", TEXT + "{{ anggaran.jumlah"),
    "2 mm more above a line": (DOCUMENT, '<w:spacing w:before="200"', '<w:spacing w:before="313"'),
    "no border below a cell": (DOCUMENT, SUM, f'{SUM}<w:tcBorders><w:bottom w:val="nil"/></w:tcBorders>'),
    "no borders between rows": (STYLES, LINE.format("insideH"), ""),
    "no borders between columns": (STYLES, LINE.format("insideV"), ""),
    "a head without shading": (DOCUMENT, 'w:fill="E7E6E6"', 'w:fill="FFFFFF"'),
    "another font": (STYLES, 'w:ascii="Arial" w:hAnsi="Arial"', 'w:ascii="Times" w:hAnsi="Times New Roman"'),
    "letters smaller by half a point": (STYLES, '<w:sz w:val="17"/>', '<w:sz w:val="16"/>'),
}


def without_emblem() -> bytes:
    file = io.BytesIO()
    Image.new("L", (8, 8), 255).save(file, "PNG")
    return word_file(parts(template(CASE.template)) | {"word/media/lambang-daerah.png": file.getvalue()})


@cache
def drawn() -> dict[str, list[Image.Image]]:
    """Draw the agreement of the shipped template, and of the template with each fault."""
    templates = {name: edited(old, new, part) for name, (part, old, new) in FAULTS.items()}
    templates |= {"": template(CASE.template), "no emblem": without_emblem()}
    pdfs = converted(CASE.render(data, name) for name, data in templates.items())
    return {name: golden.draw(pdf) for name, pdf in pdfs.items()}


def shifted(page: Image.Image, pixels: float) -> Image.Image:
    matrix = (1, 0, pixels, 0, 1, pixels)
    return page.transform(page.size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR, fillcolor=255)


def grained(page: Image.Image) -> Image.Image:
    grain = random.Random(20)  # noqa: S311  no secret
    shades = (min(255, max(0, shade + grain.randint(-20, 20))) for shade in page.tobytes())
    return Image.frombytes("L", page.size, bytes(shades))


def moved(page: Image.Image, top: int, bottom: int, pixels: int) -> Image.Image:
    """Move what stands between ``top`` and ``bottom`` down, and nothing else."""
    band = page.crop((0, top, page.width, bottom))
    page = page.copy()
    page.paste(255, (0, top, page.width, bottom))
    page.paste(band, (0, top + pixels))
    return page


@pytest.fixture(autouse=True)
def look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Leave the pictures of these tests nowhere else."""
    monkeypatch.setattr(golden, "LOOK", tmp_path)
    return tmp_path


@pytest.mark.parametrize("fault", [*FAULTS, "no emblem"])
def test_a_fault_of_a_template_is_refused_and_shown(fault: str, look: Path) -> None:
    said = list(golden.differences(CASE, drawn()[fault]))
    assert said
    assert all(sentence.startswith(f"{CASE}: page ") for sentence in said)
    assert {file.suffix for file in look.rglob("*.*")} == {".png"}
    assert len(list(look.rglob("*-difference.png"))) == len(list(look.rglob("*-new.png"))) == len(said)


def test_the_page_with_the_fault_is_named_and_no_other(look: Path) -> None:
    (said,) = golden.differences(CASE, drawn()["another word"])
    assert said == f"{CASE}: page 1 looks otherwise; see {look / str(CASE)}-1-new.png and -difference.png"


def test_a_line_of_text_moved_by_two_millimetres_is_refused() -> None:
    pages = drawn()[""]
    page, four = pages[0], round(2 / 25.4 * 50)
    ink = [y for y in range(page.height) if min(page.crop((0, y, page.width, y + 1)).tobytes()) < 128]
    last = ink[-1]
    assert not golden.is_alike(golden.reduced(page), moved(page, last - 6, last + 4, four))


def test_a_frayed_picture_passes() -> None:
    for page in drawn()[""]:
        assert golden.is_alike(golden.reduced(page), page)
        assert golden.is_alike(golden.reduced(page), grained(shifted(page, 0.1)))


def test_a_missing_page_and_one_too_many_are_counted(look: Path) -> None:
    pages = drawn()[""]
    for count, found in ((3, pages[:3]), (5, [*pages, pages[0]])):
        (said,) = golden.differences(CASE, found)
        assert said.startswith(f"{CASE}: {count} pages and not 4")
        assert (look / f"{CASE}-new.png").is_file()


def test_a_page_of_another_size_is_refused() -> None:
    page = drawn()[""][0]
    assert not golden.is_alike(golden.reduced(page), page.resize((page.width, page.height + 1)))


def test_other_tools_are_named_and_not_an_excuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(golden, "tools", lambda: {"office": "LibreOffice 25.8", "fonts": "0", "pypdfium2": "9"})
    assert "is LibreOffice 25.8; fonts was" in golden.advice()
    assert list(golden.differences(CASE, drawn()["another word"]))
    monkeypatch.undo()
    assert golden.advice().endswith("make golden")
