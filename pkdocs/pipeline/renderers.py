"""Other programs that draw PDF pages, where they are at hand: a second and a third opinion on what a page shows."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pkdocs.verification.rendering import SCALE, Picture

_TIMEOUT_S: Final = 15.0
_DPI: Final = round(72 * SCALE)
_HEAD: Final = re.compile(rb"P5\s+([1-9]\d{0,5})\s+([1-9]\d{0,5})\s+255\s")


class RendererError(Exception):
    """The program did not draw the file: it failed, took too long, or gave something else than pages."""


@dataclass(frozen=True, slots=True)
class Renderer:
    """A program by its name as reports show it, and how it is called; ``{file}`` and ``{out}`` are put in."""

    name: str
    arguments: tuple[str, ...]

    def draw(self, pdf: bytes) -> list[Picture]:
        """Return the pages of ``pdf``.

        Raises:
            RendererError: see there.
        """
        with tempfile.TemporaryDirectory(prefix="pkdocs-") as name:
            folder = Path(name)
            file = folder / "in.pdf"
            file.write_bytes(pdf)
            command = [part.format(file=file, out=folder / "page") for part in self.arguments]
            try:
                subprocess.run(command, check=True, capture_output=True, timeout=_TIMEOUT_S)  # noqa: S603  # as below
            except (OSError, subprocess.SubprocessError) as fault:
                raise RendererError(self.name) from fault
            # some fill up the numbers with zeros
            pages = sorted(folder.glob("page*.pgm"), key=lambda page: (len(page.stem), page.stem))
            return [_read_picture(page.read_bytes()) for page in pages]


_KNOWN: Final = (
    Renderer("poppler", ("pdftoppm", "-gray", "-r", str(_DPI), "{file}", "{out}")),
    Renderer(
        "mupdf", ("mutool", "draw", "-q", "-r", str(_DPI), "-c", "gray", "-F", "pgm", "-o", "{out}%d.pgm", "{file}")
    ),
)


def find_renderers() -> tuple[Renderer, ...]:
    """Return the programs that are installed."""
    return tuple(_installed())


def _installed() -> Iterator[Renderer]:
    for renderer in _KNOWN:
        if found := shutil.which(renderer.arguments[0]):
            yield Renderer(renderer.name, (found, *renderer.arguments[1:]))


def _read_picture(data: bytes) -> Picture:
    """Return a portable graymap (``P5``, a byte for each pixel).

    Raises:
        RendererError: something else.
    """
    head = _HEAD.match(data)
    if head is None:
        raise RendererError("graymap")
    width, height, pixels = int(head[1]), int(head[2]), data[head.end() :]
    if width * height != len(pixels):
        raise RendererError("graymap")
    return Picture(width, height, pixels)
