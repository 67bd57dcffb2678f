"""The picture that a local government puts beside a signer's name."""

import zlib
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final

from PIL import Image

from pkdocs.errors import TemplateError
from pkdocs.signing.increment import Body, stream_body
from pkdocs.signing.shape import Shape

EMBLEM_SHAPE: Final = Shape(
    rb"<< /Type /XObject /Subtype /Image /Width \d{1,4} /Height \d{1,4} /ColorSpace /DeviceRGB /BitsPerComponent 8"
    rb" /Filter /FlateDecode ",
    is_stream=True,
)
"""What ``emblem_object`` gives."""

MAX_BYTES: Final = 1_000_000
MAX_SIDE: Final = 4000
_SHOWN_SIDE: Final = 160
"""Pixels of the longer side as embedded: a signature shows it some 13 mm high, and every signature carries it."""


@dataclass(frozen=True, slots=True)
class Emblem:
    """A picture without transparency: RGB, eight bits, ``pixels`` compressed (Flate)."""

    width: int
    height: int
    pixels: bytes = field(repr=False)


def load_emblem(data: bytes, name: str) -> Emblem:
    """Return the PNG picture in ``data`` on white, made smaller where it has more pixels than a signature shows.

    Raises:
        TemplateError: no PNG picture, or too large; names it ``name``.
    """
    try:
        return _load(data)
    except Exception as fault:
        # the library raises whatever a damaged picture leads it to
        raise TemplateError("SIGNATURE_PICTURE_DAMAGED", file=name, bytes=MAX_BYTES, pixels=MAX_SIDE) from fault


def _load(data: bytes) -> Emblem:
    if len(data) > MAX_BYTES:
        raise ValueError("too large")
    with Image.open(BytesIO(data), formats=["PNG"]) as opened:
        if max(opened.size) > MAX_SIDE:
            raise ValueError("too large")
        picture = opened.convert("RGBA")
    picture.thumbnail((_SHOWN_SIDE, _SHOWN_SIDE))
    white = Image.new("RGBA", picture.size, "white")
    white.alpha_composite(picture)
    return Emblem(*picture.size, zlib.compress(white.convert("RGB").tobytes(), 9))


def emblem_object(emblem: Emblem) -> Body:
    """Return the image XObject of ``emblem`` (ISO 32000-2, 8.9.5)."""
    entries = (
        b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8"
        b" /Filter /FlateDecode"
    )
    return (stream_body(entries % (emblem.width, emblem.height), emblem.pixels),)
