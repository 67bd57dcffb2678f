"""What a box that was drawn on a page later hides of what was there: writing is content, lines to write on are none."""

from typing import Final

from PIL import Image, ImageChops

_CONTRAST: Final = 48
_LEAST_PIXELS: Final = 8
"""A letter of eight points."""
_LONG: Final = 0.5
_LINES: Final = 0.2
"""Rows and columns that are drawn over more than half of their length are lines, if they are few."""


def hides(before: Image.Image, after: Image.Image) -> bool:
    """Tell whether something that stood out in ``before`` is not to be seen in ``after``, both the same box in grey.

    What is written across it and leaves it visible hides nothing.
    """
    content = _standing_out(before)
    gone = ImageChops.lighter(_above(ImageChops.difference(before, after)), ImageChops.invert(_standing_out(after)))
    lost = _without_lines(ImageChops.darker(content, gone))
    return lost.histogram()[255] >= _LEAST_PIXELS


def _standing_out(image: Image.Image) -> Image.Image:
    """Return what is of another shade than most."""
    ground = max(enumerate(image.histogram()), key=lambda shade: shade[1])[0]
    return _above(image.point([abs(shade - ground) for shade in range(256)]))


def _above(image: Image.Image) -> Image.Image:
    return image.point([255 * (shade >= _CONTRAST) for shade in range(256)])


def _without_lines(lost: Image.Image) -> Image.Image:
    """Return it without the lines and frames of a form."""
    width, height = lost.size
    rows = [row for row, share in enumerate(_means(lost, (1, height))) if share > _LONG]
    columns = [column for column, share in enumerate(_means(lost, (width, 1))) if share > _LONG]
    if len(rows) <= _LINES * height:
        for row in rows:
            lost.paste(0, (0, row, width, row + 1))
    if len(columns) <= _LINES * width:
        for column in columns:
            lost.paste(0, (column, 0, column + 1, height))
    return lost


def _means(image: Image.Image, shape: tuple[int, int]) -> list[float]:
    return [shade / 255 for shade in image.resize(shape, Image.Resampling.BOX).tobytes()]
