"""What goes into a call and what is told of its answer: places, pictures, and which file belongs to which."""

import struct
import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkdocs.errors import SigningError
from pkdocs.profile import Zone
from pkdocs.signing import Emblem, Stamp
from pkdocs.signing.bsre import Appearance
from pkdocs.signing.bsre.answer import code_of, credential_error, read_json
from pkdocs.signing.bsre.call import is_whole, match
from pkdocs.signing.bsre.picture import DPI, draw_stamp
from pkdocs.signing.bsre.slot import Box, Slot, place, read_slot
from tests.bsre.kit import TASKS, V1, V2
from tests.factory import HEAD
from tests.signed import AT

STAMP = Stamp(HEAD.name, HEAD.office, AT, Zone.WIB, training=False)
LOGO = Emblem(2, 2, zlib.compress(bytes([200, 30, 30] * 4)))
edges = st.floats(0, 500, allow_nan=False)
sizes = st.floats(20, 300, allow_nan=False)


def size_of(picture: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


@given(edges, edges, sizes, sizes, st.floats(-50, 50, allow_nan=False))
def test_place_is_the_largest_box_of_whole_points_in_the_slot(
    left: float, bottom: float, width: float, height: float, origin: float
) -> None:
    box = Box(origin + left, origin + bottom, origin + left + width, origin + bottom + height)
    slot = Slot(2, box, Box(origin, origin, origin + 850, origin + 850), is_signed=False)
    low, high = place(slot, V1), place(slot, V2)
    for made, bottom_edge in (low, low.y), (high, 850 - high.y - high.height):
        assert made.page == 2
        assert origin + made.x >= box.left - 1e-6
        assert origin + made.x + made.width <= box.right + 1e-6
        assert origin + bottom_edge >= box.bottom - 1e-6
        assert origin + bottom_edge + made.height <= box.top + 1e-6
        assert made.width > width - 2
        assert made.height > height - 2


def test_field_that_is_not_there_is_said_of_the_file() -> None:
    for pdf, field in (TASKS[0].pdf, "lain"), (b"%PDF-1.7", TASKS[0].field):
        with pytest.raises(SigningError, match="SIGN_DAMAGED"):
            read_slot(pdf, field)


@given(st.lists(st.binary(min_size=1, max_size=3), min_size=1, max_size=4, unique=True), st.data())
def test_files_are_matched_by_their_bytes_in_any_order(sent: list[bytes], data: st.DataObject) -> None:
    # an ending that no file begins with keeps the longest beginning the right one
    returned = data.draw(st.permutations([before + b"%%EOF" for before in sent]))
    assert match(sent, returned) == [before + b"%%EOF" for before in sent]


def test_file_that_belongs_to_none_or_two_is_nobodys() -> None:
    assert match([b"a", b"b"], [b"c1", b"b1"]) == [None, b"b1"]
    assert match([b"a", b"a"], [b"a1", b"a2"]) == [None, None]
    assert match([b"a"], [b"a1", b"a2"]) == [None]
    assert match([b"a"], [b"a"]) == [None]
    assert match([b"a", b"ab"], [b"abc"]) == [None, b"abc"]


def test_whole_file_begins_and_ends_as_a_pdf() -> None:
    assert is_whole(TASKS[0].pdf)
    assert not is_whole(TASKS[0].pdf[:-7])
    assert not is_whole(b"<html>%%EOF")


def test_picture_has_the_shape_of_the_slot() -> None:
    assert size_of(draw_stamp(STAMP, Appearance(), width=180, height=70)) == (180 * DPI // 72, 70 * DPI // 72)


def test_footer_and_logo_stand_on_signatures_of_bsre_alone() -> None:
    training = replace(STAMP, training=True)
    dressed, bare = Appearance(logo=LOGO), Appearance(footer="")

    def draw(stamp: Stamp, appearance: Appearance) -> bytes:
        return draw_stamp(stamp, appearance, width=180, height=70)

    pictures = [
        draw(STAMP, appearance) for appearance in (dressed, Appearance(), Appearance(footer="", logo=LOGO), bare)
    ]
    assert len(set(pictures)) == 4
    assert draw(training, dressed) == draw(training, bare) != draw(STAMP, bare)


def test_footer_that_leaves_no_room_for_the_name_is_left_out() -> None:
    long = Appearance(footer="Dokumen ini " * 60, logo=LOGO)
    assert draw_stamp(STAMP, long, width=120, height=40) == draw_stamp(
        STAMP, Appearance(footer=""), width=120, height=40
    )


@pytest.mark.parametrize(
    ("words", "stops"),
    [
        ("Passphrase tidak sesuai", True),
        ("pass phrase salah", True),
        ("Akun anda terkunci", True),
        ("User 9999 is blocked", True),
        ("Kata sandi salah", True),
        ("Dokumen terkunci", False),
        ("PDF is locked", False),
        ("Koordinat di luar halaman", False),
    ],
)
def test_words_about_the_pass_phrase_stop_and_words_about_a_document_do_not(words: str, stops: bool) -> None:
    assert (credential_error({"error": words}, host="esign.example") is not None) == stops
    assert (credential_error({"message": words}, host="esign.example") is not None) == stops


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"{", b"[" * 100_000, b'"2031"'], ids=range(6))
def test_body_without_an_object_says_nothing(body: bytes) -> None:
    assert read_json(body) == {}


def test_code_is_a_number_or_digits() -> None:
    codes = [code_of({"status_code": code}) for code in (2031, "2031", "20 31", None, 1.5, "9" * 7)]
    assert codes == [2031, 2031, None, None, None, None]
