"""Pages as pictures."""

import io

import pytest
from PIL import Image

from pkdocs.picture import draw_pages
from tests.factory import head_content
from tests.issued import issued

PDF = issued(head_content())


@pytest.mark.parametrize("dpi", [36, 100])
def test_each_page_is_a_png_picture_of_its_size(dpi: int) -> None:
    pages = [Image.open(io.BytesIO(picture)) for picture in draw_pages(PDF, dpi=dpi)]
    assert len(pages) >= 2
    for page in pages:
        page.load()
        assert (page.format, page.mode) == ("PNG", "RGB")
        assert page.size == pytest.approx((595 * dpi / 72, 842 * dpi / 72), abs=1.1)


def test_it_shows_what_is_on_the_page() -> None:
    page = Image.open(io.BytesIO(next(draw_pages(PDF)))).convert("L")
    dark = [y for y in range(page.height) if min(page.crop((0, y, page.width, y + 1)).tobytes()) < 100]
    assert page.getpixel((2, 2)) == 255
    assert dark[0] < page.height / 4 < len(dark)


def test_the_same_page_gives_the_same_picture() -> None:
    assert list(draw_pages(PDF)) == list(draw_pages(PDF))
