"""Pictures of pages as somebody has looked at them and found them good, and what does not look like them.

A picture keeps four shades of grey, so that the set stays small; a page may have any grey of its shade's range. What
counts is how far pixels are outside of it on average over a square millimetre or six: a frayed edge of a letter is
little, a word, a bold face or a line of a table that is not there is much.

``python -m tests.document.golden`` (``make golden``) draws all pictures again. Look at them before they are committed.
"""

import json
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

import pypdfium2 as pdfium
from PIL import Image, ImageChops, ImageFilter

from pkdocs.files import write_atomic
from pkdocs.office import find_office
from tests.city import WarmPool
from tests.document.made import Case, all_made

FOLDER: Final = Path(__file__).with_name("golden")
LOOK: Final = Path("build/golden")
TOOLS: Final = FOLDER / "tools.json"

_DPI: Final = 50
_RANGES: Final = ((0, 90), (91, 200), (201, 236), (237, 255))
"""Ink, its edges, the shading of heads, paper."""
_SHOWN: Final = (32, 144, 224, 255)
_WINDOW: Final = 2
"""Pixels on each side of the one in the middle: 2.5 mm by 2.5 mm."""
_TOLERATED: Final = 14
"""Shades of 255. Grain of 8 % with a shift by 0.05 mm makes 10; a sum that lost its bold face 18, a word 40 to 70."""


def draw(pdf: bytes) -> list[Image.Image]:
    """Return each page in grey."""
    with pdfium.PdfDocument(pdf) as document:
        return [page.render(scale=_DPI / 72, grayscale=True).to_pil().convert("L") for page in document]


def reduced(page: Image.Image) -> Image.Image:
    """Return ``page`` in the four shades of a golden picture."""
    return _mapped(page, _SHOWN)


def outside(golden: Image.Image, page: Image.Image) -> Image.Image:
    """Return how far ``page`` is from ``golden`` around each pixel."""
    low, high = (_mapped(golden, [bounds[end] for bounds in _RANGES]) for end in (0, 1))
    distance = ImageChops.lighter(ImageChops.subtract(page, high), ImageChops.subtract(low, page))
    return distance.filter(ImageFilter.BoxBlur(_WINDOW))


def is_alike(golden: Image.Image, page: Image.Image) -> bool:
    """Tell whether nobody would see a difference."""
    return golden.size == page.size and max(outside(golden, page).tobytes()) <= _TOLERATED


def differences(case: Case, pages: Sequence[Image.Image]) -> Iterator[str]:
    """Yield a sentence for each page that does not look as it should, and leave pictures of both to look at."""
    golden = _read(case, pages[0])
    if len(golden) != len(pages):
        _show(case, "new", _strip(pages))
        yield f"{case}: {len(pages)} pages and not {len(golden)}; see {LOOK / str(case)}-new.png"
    for number, (old, new) in enumerate(zip(golden, pages, strict=False), 1):
        if not is_alike(old, new):
            _show(case, f"{number}-new", new)
            _show(case, f"{number}-difference", _marked(old, new))
            yield f"{case}: page {number} looks otherwise; see {LOOK / str(case)}-{number}-new.png and -difference.png"


def tools() -> dict[str, str]:
    """Return what has a say in how pages look."""
    office = find_office()
    return {"office": office.build, "fonts": office.fonts, "pypdfium2": version("pypdfium2")}


def advice() -> str:
    """Return what to do about pages that look otherwise."""
    drawn, here = json.loads(TOOLS.read_bytes()), tools()
    changed = "; ".join(f"{name} was {drawn[name]}, is {here[name]}" for name in here if drawn[name] != here[name])
    return f"{changed or 'The tools are those of the pictures'}. If all pages are as they should be: make golden"


def renew() -> None:
    """Draw the pictures of all cases again."""
    for case, made in all_made().items():
        _save(FOLDER / f"{case}.png", _strip(draw(made.pdf)))
    write_atomic(TOOLS, json.dumps(tools(), indent=1).encode() + b"\n")


def _mapped(page: Image.Image, values: Sequence[int]) -> Image.Image:
    """Return ``page`` with the value of its range in the place of each shade."""
    return page.point([values[_range_of(shade)] for shade in range(256)])


def _range_of(shade: int) -> int:
    return next(number for number, (_, high) in enumerate(_RANGES) if shade <= high)


def _strip(pages: Sequence[Image.Image]) -> Image.Image:
    """Return the pages one below the other."""
    width, height = pages[0].size
    strip = Image.new("L", (width, height * len(pages)), 255)
    for number, page in enumerate(pages):
        strip.paste(page, (0, number * height))
    return strip


def _read(case: Case, page: Image.Image) -> list[Image.Image]:
    """Return the golden pictures of ``case``, whose pages are as large as ``page``."""
    with Image.open(FOLDER / f"{case}.png") as file:
        strip = file.convert("L")
    width, height = page.size
    return [strip.crop((0, top, width, top + height)) for top in range(0, strip.height, height)]


def _marked(golden: Image.Image, page: Image.Image) -> Image.Image:
    """Return what is gone in red and what is new in blue; what both have is black."""
    old = golden.resize(page.size)
    return Image.merge("RGB", (page, ImageChops.darker(page, old), old))


def _show(case: Case, what: str, picture: Image.Image) -> None:
    file = LOOK / f"{case}-{what}.png"
    file.parent.mkdir(parents=True, exist_ok=True)
    picture.save(file)


def _save(file: Path, strip: Image.Image) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    numbers = _mapped(strip, range(len(_RANGES)))
    picture = Image.frombytes("P", strip.size, numbers.tobytes())
    picture.putpalette([shade for shade in _SHOWN for _ in "rgb"])
    picture.save(file, bits=2, optimize=True)


if __name__ == "__main__":
    try:
        renew()
    finally:
        WarmPool.close()
