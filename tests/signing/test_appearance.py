"""What signatures look like: everything readable, inside the box, in letters that the file carries."""

import zlib
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from subprocess import run

import pikepdf
import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from pkdocs.content import Role
from pkdocs.profile import Zone
from pkdocs.signing.appearance import INTRODUCTION, TRAINING_NOTE, Line, Stamp, fit_lines, format_moment
from pkdocs.signing.font import cut_subset, load_face
from tests.factory import DIVISION_HEAD, division_content, head_content
from tests.issued import SLOTS
from tests.signed import AT, signed

STAMP = Stamp("Dra. Citra Maheswari, M.M.", "Kepala Dinas Komunikasi dan Informatika", AT, Zone.WIB, training=True)
WIDTH, HEIGHT = 174.0, 64.0


def fitted(stamp: Stamp, width: float = WIDTH, height: float = HEIGHT) -> list[Line]:
    return fit_lines(stamp, load_face(), width, height)


def shown(lines: list[Line]) -> str:
    return " ".join(line.text for line in lines)


@pytest.mark.parametrize(
    ("at", "zone", "expected"),
    [
        (AT, Zone.WIB, "22 Januari 2026 09.15 WIB"),
        (AT, Zone.WITA, "22 Januari 2026 10.15 WITA"),
        (datetime(2026, 12, 31, 15, 5, tzinfo=UTC), Zone.WIT, "1 Januari 2027 00.05 WIT"),
    ],
)
def test_the_moment_is_that_of_the_zone(at: datetime, zone: Zone, expected: str) -> None:
    assert format_moment(at, zone) == expected


def test_all_is_said_in_one_size() -> None:
    lines = fitted(STAMP)
    assert [line.text for line in lines] == [
        INTRODUCTION,
        STAMP.name,
        STAMP.office,
        "22 Januari 2026 09.15 WIB",
        TRAINING_NOTE,
    ]
    assert lines[1].size == 9
    assert lines[1].bold


def test_outside_training_nothing_says_uji() -> None:
    assert "uji" not in shown(fitted(replace(STAMP, training=False))).casefold()


@given(st.text("abcdefghij .,-'é", max_size=300), st.text("abcdefghij ", max_size=300), st.floats(40, 300))
def test_nothing_is_lost_and_nothing_is_wider_than_the_box(name: str, office: str, width: float) -> None:
    stamp = replace(STAMP, name=name, office=office)
    lines = fitted(stamp, width)
    expected = "".join((INTRODUCTION, name, office, "22 Januari 2026 09.15 WIB", TRAINING_NOTE)).replace(" ", "")
    assert shown(lines).replace(" ", "") == expected
    assert all(load_face().width(line.text, line.size) <= width for line in lines)


def test_a_long_name_is_wrapped_and_made_smaller_until_it_fits() -> None:
    office = "Plt. Kepala Bidang Pengelolaan Informasi dan Komunikasi Publik serta Statistik Sektoral " * 2
    lines = fitted(replace(STAMP, office=office))
    assert sum(line.size for line in lines) * 1.2 <= HEIGHT
    assert len({line.size for line in lines}) == 2
    assert max(line.size for line in lines) < 9


def test_a_box_too_small_for_anything_ends_in_the_smallest_size() -> None:
    assert {line.size for line in fitted(STAMP, 1, 1) if line.bold} == {1.0}


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Ó Šćepan Ñandú", "Ó Šćepan Ñandú"), ("Ａｎｄｉ", "Andi"), ("王 Wati", "? Wati"), ("ﬁtri", "fitri")],
)
def test_letters_that_the_font_lacks_are_replaced(name: str, expected: str) -> None:
    assert expected in shown(fitted(replace(STAMP, name=name)))


def test_the_signers_letters_are_cut_once() -> None:
    signed(head_content())
    before = cut_subset.cache_info().misses
    later = replace(STAMP, at=datetime(2027, 8, 9, 3, 4, tzinfo=UTC))
    characters = frozenset("".join(line.text for line in fitted(later) + fitted(STAMP)))
    assert {len(cut_subset(characters).program) > 0 for _ in range(3)} == {True}
    assert cut_subset.cache_info().misses <= before + 1


def test_a_subset_holds_its_glyphs_and_no_others() -> None:
    subset = cut_subset(frozenset("ABc"))
    font = TTFont(BytesIO(zlib.decompress(subset.program)))
    assert font["maxp"].numGlyphs == 4
    assert "cmap" not in font
    assert subset.tag.isalpha()
    assert subset.show("AB") == f"<{subset.glyphs['A']:04X}{subset.glyphs['B']:04X}> Tj"


def test_the_appearance_is_fit_for_pdf_a() -> None:
    with pikepdf.open(BytesIO(signed(head_content(), (Role.FIRST,)))) as pdf:
        field = pdf.Root.AcroForm.Fields[0]
        form = field.AP.N
        assert list(field.AP.keys()) == ["/N"]
        assert [float(edge) for edge in form.BBox] == [0, 0, 180, 70]
        assert set(form.keys()) == {"/BBox", "/Resources", "/Type", "/Subtype", "/Length"}
        assert set(form.Resources.keys()) == {"/Font"}
        font = form.Resources.Font.F1
        assert font.Encoding == "/Identity-H"
        (descendant,) = font.DescendantFonts
        assert descendant.CIDToGIDMap == "/Identity"
        assert font.BaseFont == descendant.BaseFont == descendant.FontDescriptor.FontName
        program = TTFont(BytesIO(descendant.FontDescriptor.FontFile2.read_bytes()))
        widths = program["hmtx"].metrics
        listed = list(descendant.W)
        assert len(listed) // 2 == program["maxp"].numGlyphs - 1
        for glyph, (width,) in zip(listed[::2], listed[1::2], strict=True):
            exact = widths[program.getGlyphName(int(glyph))][0] * 1000 / 2048
            assert abs(exact - int(width)) <= 1


def test_poppler_reads_and_draws_the_appearance_in_its_box(tmp_path: Path) -> None:
    (tmp_path / "signed.pdf").write_bytes(signed(division_content()))
    left, bottom, right, top = SLOTS[Role.FIRST.value]
    box = ["-x", str(left), "-y", str(842 - top), "-W", str(right - left), "-H", str(top - bottom)]
    text = run(
        ["pdftotext", "-f", "1", "-l", "1", *box, "signed.pdf", "-"], cwd=tmp_path, capture_output=True, check=True
    )
    expected = (INTRODUCTION, DIVISION_HEAD.name, DIVISION_HEAD.office, "22 Januari 2026 09.15 WIB", TRAINING_NOTE)
    assert text.stdout.decode().split() == " ".join(expected).split()
    fonts = run(["pdffonts", "signed.pdf"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    ours = [line.split() for line in fonts.splitlines() if "PkdocsSans" in line]
    assert len(ours) == 2
    assert all(line[4:7] == ["yes", "yes", "yes"] for line in ours)
    run(["pdftoppm", "-r", "72", "-gray", *box, "-f", "1", "-l", "1", "signed.pdf", "page"], cwd=tmp_path, check=True)
    (picture,) = tmp_path.glob("page*.pgm")
    header, pixels = picture.read_bytes().split(b"255\n", 1)
    assert header.split() == [b"P5", b"180", b"70"]
    dark = sum(pixel < 128 for pixel in pixels)
    assert 200 < dark < 6000
