"""Other programs that draw pages: used where they are, and never believed to have drawn what they have not."""

import shutil
import stat
from pathlib import Path

import pytest

from pkdocs.pipeline import renderers
from pkdocs.pipeline.renderers import Renderer, RendererError, find_renderers
from pkdocs.verification.rendering import Picture, differing_pages, draw
from tests.factory import division_content
from tests.signed import signed


def program(folder: Path, script: str) -> Renderer:
    """Return a program of a few lines, which is called with the file and where pages go."""
    file = folder / "program"
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(stat.S_IRWXU)
    return Renderer("lain", (str(file), "{file}", "{out}"))


@pytest.mark.parametrize("renderer", renderers._KNOWN, ids=lambda renderer: renderer.name)
def test_what_is_installed_draws_as_pdfium_does(renderer: Renderer) -> None:
    if shutil.which(renderer.arguments[0]) is None:
        pytest.skip(f"{renderer.arguments[0]} is not installed")
    pdf = signed(division_content())
    assert list(differing_pages(draw(pdf), renderer.draw(pdf), [])) == []


def test_what_is_not_installed_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: "/bin/true" if name == "mutool" else None)
    assert [(one.name, one.arguments[0]) for one in find_renderers()] == [("mupdf", "/bin/true")]


def test_pages_come_in_their_order(tmp_path: Path) -> None:
    drawn = 'for n in 10 9 1; do printf "P5 $n 1 255\\n%0${n}d" 0 > "$2-$n.pgm"; done'
    assert [page.width for page in program(tmp_path, drawn).draw(b"")] == [1, 9, 10]


def test_pixels_that_look_like_spaces_are_pixels(tmp_path: Path) -> None:
    drawn = "printf 'P5 2 1 255\\n\\n ' > \"$2.pgm\""
    assert program(tmp_path, drawn).draw(b"") == [Picture(2, 1, b"\n ")]


@pytest.mark.parametrize(
    "script",
    [
        "exit 1",
        "printf 'P6 1 1 255\\nx' > \"$2.pgm\"",
        "printf 'P5 2 2 255\\nx' > \"$2.pgm\"",
        "printf 'P5 0 0 255\\n' > \"$2.pgm\"",
        "exec sleep 60",
    ],
    ids=["failed", "in colour", "cut off", "empty", "endless"],
)
def test_what_does_not_draw_says_so(tmp_path: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renderers, "_TIMEOUT_S", 0.5)
    with pytest.raises(RendererError):
        program(tmp_path, script).draw(b"")


def test_a_program_that_is_gone_says_so() -> None:
    with pytest.raises(RendererError):
        Renderer("lain", ("/nowhere/program",)).draw(b"")
