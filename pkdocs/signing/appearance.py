"""What a signature looks like on the page: who, as what, when, and whether it is for training."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Final

from pkdocs.numerals import MONTHS, format_date
from pkdocs.profile import Zone
from pkdocs.signing.emblem import EMBLEM_SHAPE, Emblem, emblem_object
from pkdocs.signing.font import BOLD, FONT_SHAPE, Face, Subset, cut_subset, font_objects, load_face
from pkdocs.signing.increment import Body, stream_end
from pkdocs.signing.shape import Shape

INTRODUCTION: Final = "Ditandatangani secara elektronik oleh:"
TRAINING_NOTE: Final = "TTE tidak tersertifikasi (uji)"

_ALWAYS: Final = frozenset("".join((*MONTHS, *Zone, "0123456789. ", INTRODUCTION, TRAINING_NOTE)))
"""Characters of every signature, so that its time never asks for another subset."""

_LARGEST: Final = 9.0
_SMALLEST: Final = 1.0
_STEP: Final = 0.25
_PADDING: Final = 3.0
_LEADING: Final = 1.2
_SMALL: Final = 0.85

_BLACK: Final = "0 g"
_GREY: Final = "0.35 g"
_RED: Final = "0.7 0 0 rg"
_GREY_EDGE: Final = "0.35 G"
_RED_EDGE: Final = "0.7 0 0 RG"
_EDGE: Final = 0.5
_EMBLEM_PART: Final = 0.25
"""How much of the width the emblem may take."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is shown: ``name`` and ``office`` as printed, the claimed moment, and the mark of a training anchor.

    ``words`` stand above the name instead of the usual ones; ``emblem`` stands beside all of it.
    """

    name: str
    office: str
    at: datetime
    zone: Zone
    training: bool
    words: str = INTRODUCTION
    emblem: Emblem | None = None

    @property
    def moment(self) -> str:
        """The moment as ``22 Januari 2026 09.15 WIB``."""
        return format_moment(self.at, self.zone)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its text, its size in points, its colour, and whether it is bold."""

    text: str
    size: float
    colour: str = _BLACK
    bold: bool = False


def format_moment(at: datetime, zone: Zone) -> str:
    """Return ``at`` as ``22 Januari 2026 09.15 WIB``."""
    local = at.astimezone(zone.info)
    return f"{format_date(local.date())} {local:%H.%M} {zone}"


_FORM: Final = (
    rb"<< /Type /XObject /Subtype /Form /BBox \[0 0 \d{1,6}(?:\.\d{1,6})? \d{1,6}(?:\.\d{1,6})?\]"
    rb" /Resources << /Font << /F1 (\d+) 0 R >> "
)
APPEARANCE_SHAPES: Final = (
    (*FONT_SHAPE, Shape(_FORM + b">> ", len(FONT_SHAPE) - 1, is_stream=True)),
    (
        *FONT_SHAPE,
        EMBLEM_SHAPE,
        Shape(_FORM + rb"/XObject << /Im0 (\d+) 0 R >> >> ", len(FONT_SHAPE) - 1, len(FONT_SHAPE), is_stream=True),
    ),
)
"""What ``appearance_objects`` gives, whatever is shown: without an emblem, and with one."""


def appearance_objects(stamp: Stamp, width: float, height: float) -> tuple[Body, ...]:
    """Return the objects of an appearance of ``width`` by ``height`` points, the form XObject itself last.

    Nothing is transparent, and the font is embedded (ISO 19005-3). Long texts are wrapped, then made smaller.
    Kept for the signatures that follow: within a minute they show the same.
    """
    return _appearance(replace(stamp, at=stamp.at.replace(second=0, microsecond=0)), width, height)


@lru_cache(maxsize=256)
def _appearance(stamp: Stamp, width: float, height: float) -> tuple[Body, ...]:
    face = load_face()
    picture = _place(stamp.emblem, width, height) if stamp.emblem else None
    left = _PADDING if picture is None else picture.right + _PADDING
    lines = fit_lines(stamp, face, width - left - _PADDING, height - 2 * _PADDING)
    subset = cut_subset(_ALWAYS | frozenset("".join(line.text for line in lines)))
    edge = _RED_EDGE if stamp.training else _GREY_EDGE
    frame = f"{_EDGE} w {edge} {_EDGE / 2} {_EDGE / 2} {width - _EDGE:.2f} {height - _EDGE:.2f} re S"
    text = ("0 G BT", *_draw(lines, face, subset, height, left), "ET")
    drawn = "\n".join((frame, *([picture.drawn] if picture else []), *text)).encode("ascii")
    font = font_objects(subset)
    images = [emblem_object(stamp.emblem)] if stamp.emblem else []
    box = f"<< /Type /XObject /Subtype /Form /BBox [0 0 {_number(width)} {_number(height)}]"
    opening = box.encode("ascii") + b" /Resources << /Font << /F1 "
    named: Body = (b" >> /XObject << /Im0 ", len(font), b" >> >> ") if images else (b" >> >> ",)
    return (*font, *images, (opening, len(font) - 1, *named, stream_end(drawn)))


@dataclass(frozen=True, slots=True)
class _Picture:
    """Where the emblem stands: how it is drawn, and where its right edge is, in points."""

    drawn: str
    right: float


def _place(emblem: Emblem, width: float, height: float) -> _Picture:
    """Put the emblem at the left, in the middle, as large as it may be."""
    scale = min((height - 2 * _PADDING) / emblem.height, _EMBLEM_PART * width / emblem.width)
    wide, high = emblem.width * scale, emblem.height * scale
    drawn = f"q {wide:.2f} 0 0 {high:.2f} {_PADDING} {(height - high) / 2:.2f} cm /Im0 Do Q"
    return _Picture(drawn, _PADDING + wide)


def _number(value: float) -> str:
    """Return ``value`` as PDF writes numbers, without an exponent."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def fit_lines(stamp: Stamp, face: Face, width: float, height: float) -> list[Line]:
    """Return the lines in the largest size in which they fit; in the smallest, whether they fit or not."""
    size = _LARGEST
    while True:
        lines = list(_lines(stamp, face, width, size))
        if size <= _SMALLEST or _height(lines) <= height:
            return lines
        size -= _STEP


def _lines(stamp: Stamp, face: Face, width: float, size: float) -> Iterator[Line]:
    small = size * _SMALL
    yield from _wrap(Line(stamp.words, small, _GREY), face, width)
    yield from _wrap(Line(stamp.name, size, bold=True), face, width)
    yield from _wrap(Line(stamp.office, size), face, width)
    yield from _wrap(Line(stamp.moment, small), face, width)
    if stamp.training:
        yield from _wrap(Line(TRAINING_NOTE, small, _RED), face, width)


def _wrap(line: Line, face: Face, width: float) -> Iterator[Line]:
    yield from (replace(line, text=row) for row in face.wrap(line.text, line.size, width))


def _draw(lines: list[Line], face: Face, subset: Subset, height: float, left: float) -> Iterator[str]:
    top = (height + _height(lines)) / 2
    for line in lines:
        top -= line.size * _LEADING
        base = top - face.descent * line.size / 1000
        weight = f"2 Tr {line.size * BOLD:.2f} w" if line.bold else "0 Tr"
        place = f"1 0 0 1 {left:.2f} {base:.2f} Tm"
        yield f"{line.colour} {weight} /F1 {line.size:.2f} Tf {place} {subset.show(line.text)}"


def _height(lines: list[Line]) -> float:
    return sum(line.size for line in lines) * _LEADING
