"""Ink in a box of the page: found along one row or in all of it, by what the pixels differ."""

import io
from dataclasses import dataclass
from typing import Any, cast

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkdocs.verification.form import Slot
from pkdocs.verification.ink import Ink
from pkdocs.verification.pages import read_pages
from pkdocs.verification.shapes import Box
from tests.factory import root_content
from tests.issued import SLOTS, source_pdf

WIDTH, HEIGHT = 16, 20
"""Of the page in pixels, two for a point."""

GREYS = st.sampled_from([0, 60, 103, 104, 128, 151, 152, 200, 255])
EDGES = (
    st.floats(1, WIDTH / 2 - 1),
    st.floats(1, WIDTH / 2 - 1),
    st.floats(1, HEIGHT / 2 - 1),
    st.floats(1, HEIGHT / 2 - 1),
)


@dataclass
class Bitmap:
    buffer: bytes
    height: int = HEIGHT
    stride: int = WIDTH


@dataclass
class Page:
    pixels: bytes

    def get_height(self) -> float:
        return HEIGHT / 2

    def render(self, **_: object) -> Bitmap:
        return Bitmap(self.pixels)


@st.composite
def pictures(draw: st.DrawFn) -> bytes:
    pixels = bytearray([draw(GREYS)]) * (WIDTH * HEIGHT)
    for _ in range(draw(st.integers(0, 4))):
        pixels[draw(st.integers(0, WIDTH * HEIGHT - 1))] = draw(GREYS)
    return bytes(pixels)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    one, other, low, high = (draw(edge) for edge in EDGES)
    return Box(min(one, other), min(low, high), max(one, other), max(low, high))


def counted(pixels: bytes, box: Box) -> bool:
    """Tell by each pixel alone, whether two differ."""
    found = [
        pixels[row * WIDTH + column]
        for row in range(
            max(int((HEIGHT / 2 - box.top) * 2) - 1, 0), min(int((HEIGHT / 2 - box.bottom) * 2) + 2, HEIGHT)
        )
        for column in range(max(int(box.left * 2) - 1, 0), min(int(box.right * 2) + 2, WIDTH))
    ]
    return max(found) - min(found) >= 48


@given(pictures(), boxes())
def test_ink_is_where_pixels_differ(pixels: bytes, box: Box) -> None:
    ink = Ink(cast(Any, Page(pixels)))
    assert ink.is_in(box) == counted(pixels, box)
    assert ink.is_in(box) or not ink.is_along(box.left, box.bottom, box.right, box.top)


def test_a_letter_is_seen_along_its_middle() -> None:
    row = bytes([255] * 6 + [0] + [255] * 9)
    ink = Ink(cast(Any, Page(row * HEIGHT)))
    assert ink.is_along(2.5, 2, 4, 8)
    assert not ink.is_along(5, 2, 7, 8)


def test_there_is_no_ink_in_a_box_of_no_pixels() -> None:
    assert not Ink(cast(Any, Page(bytes(WIDTH * HEIGHT)))).is_in(Box(6, 2, 1, 8))


@settings(max_examples=15, deadline=None)
@given(
    size=st.sampled_from([0.5, 2, 4, 9, 30]),
    grey=st.sampled_from([0, 0.5, 0.8, 0.85, 1]),
    place=st.tuples(st.integers(-20, 600), st.integers(-20, 850)),
)
def test_what_is_found_along_the_middle_changes_no_finding(size: float, grey: float, place: tuple[int, int]) -> None:
    with pikepdf.open(io.BytesIO(source_pdf(root_content()))) as document:
        text = b"BT %.2f g /F1 %.1f Tf %d %d Td <0001000500100003> Tj ET" % (grey, size, *place)
        document.pages[0].contents_add(pikepdf.Stream(document, text))
        output = io.BytesIO()
        document.save(output)
    slots = [Slot(0, *edges) for edges in SLOTS.values()]
    found = read_pages(output.getvalue(), slots)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Ink, "is_along", lambda *_: False)
        assert read_pages(output.getvalue(), slots) == found
