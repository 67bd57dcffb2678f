"""The fonts of this machine, and that the listed ones are what LibreOffice takes."""

import io
import subprocess
from pathlib import Path

import docx
import pytest

from pkdocs.issue import fonts_in
from pkdocs.office import Pool, find_office
from pkdocs.office.fonts import TWINS, Face, Installed, Twin, face_key, list_fonts, twins
from pkdocs.office.profile import write_profile

PAGE = Path(__file__).parents[2] / "docs" / "fonts.md"
LATIN = ((0x20, 0x7E),)


def installed(*families: str) -> Installed:
    return Installed({face_key(f"{name} Bold"): Face(frozenset({name}), LATIN) for name in families})


def test_the_page_about_fonts_lists_what_stands_in_for_what() -> None:
    rows = [
        line.strip("| ").split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if "| `fonts-" in line
    ]
    assert [tuple(row[:3]) for row in rows] == [(twin.family, twin.instead, f"`{twin.package}`") for twin in TWINS]


def test_set_up_installs_every_listed_package() -> None:
    setup = (Path(__file__).parents[2] / ".ci" / "setup").read_text(encoding="utf-8")
    # LibreOffice depends on its own symbols
    assert {twin.package for twin in TWINS} - {"fonts-opensymbol"} <= set(setup.split())


def test_libreoffice_takes_the_listed_font_for_every_one_that_is_not_there() -> None:
    office = find_office()
    wanted = [twin for twin in TWINS if not twin.symbols and not office.installed.has(twin.family)]
    assert wanted
    paper = docx.Document()
    for twin in wanted:
        paper.add_paragraph().add_run("Perjanjian Kinerja").font.name = twin.family
    file = io.BytesIO()
    paper.save(file)
    with Pool(office, workers=1) as pool:
        (outcome,) = pool.convert([("x", file.getvalue())])
    fonts = fonts_in(outcome.value or b"", "x")
    assert {office.installed.family_of(font) for font in fonts} == {twin.instead for twin in wanted}


def test_a_family_is_found_whatever_its_case() -> None:
    assert installed("Arial").has("ARIAL")
    assert not installed("Arial").has("Arial Narrow")
    assert [twin.instead for twin in twins("times  new roman")] == ["Liberation Serif"]


def test_text_may_be_set_in_the_family_itself_or_in_what_stands_in_for_it() -> None:
    fonts = installed("Arial", "Liberation Sans", "Carlito")
    assert fonts.faces_for("Arial").keys() == {"arialbold", "liberationsansbold"}
    assert fonts.faces_for("Carlito").keys() == {"carlitobold"}
    assert fonts.faces_for("Tahoma") == {}


def test_only_what_is_not_there_is_replaced_and_only_by_what_is() -> None:
    fonts = installed("Arial", "Liberation Sans", "Carlito", "OpenSymbol")
    assert list(fonts.replacements()) == [("Calibri", "Carlito")]


def test_the_name_of_a_face_leads_to_its_family() -> None:
    fonts = Installed({"urwbookmandemi": Face(frozenset({"URW Bookman"}), LATIN)})
    assert fonts.family_of("URWBookmanDemi") == "URW Bookman"
    assert fonts.family_of("Unknown-Bold") == "Unknown-Bold"


@pytest.mark.parametrize(("letter", "is_there"), [*((x, True) for x in "a\u00a0\u00ad\u2011é"), ("漢", False)])
def test_a_letter_is_there_or_made_of_what_is(letter: str, is_there: bool) -> None:
    assert Face(frozenset(), (*LATIN, (0x301, 0x301))).has(letter) is is_there


def test_symbols_stand_at_places_of_their_own() -> None:
    (face,) = installed("OpenSymbol").faces_for("Wingdings").values()
    assert face.has("\uf0fc")


def test_listed_fonts_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = (
        b"Satu,Satu Light|Bold|65536\tSatu-Bold,Satu Bold,Satu Tebal\tTrueType\t20-7e a0\n"
        b"Dua|Regular|65536\tDua,Dua\tType 1\t20-7e\nfont with\ttabs\n"
    )
    monkeypatch.setattr(subprocess, "run", lambda *_a, **_k: subprocess.CompletedProcess([], 0, stdout=listed))
    _, fonts = list_fonts({})
    face = Face(frozenset({"Satu", "Satu Light"}), ((0x20, 0x7E), (0xA0, 0xA0)))
    assert fonts.faces == {"satubold": face, "satutebal": face}


def test_names_of_fonts_are_written_as_text(tmp_path: Path) -> None:
    write_profile(tmp_path / "profile", [("A & <B>", "Carlito")])
    written = (tmp_path / "profile" / "user" / "registrymodifications.xcu").read_text(encoding="utf-8")
    assert "<value>A &amp; &lt;B&gt;</value>" in written


def test_what_stands_in_names_its_package() -> None:
    assert all(isinstance(twin, Twin) and twin.package.startswith("fonts-") for twin in TWINS)
