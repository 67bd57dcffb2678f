"""A sheet as a value: its columns, its cells, and what may be typed into them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum, auto
from typing import Final

Value = str | int | date | None
"""What a cell holds; None is an empty cell."""

MOST_TITLE: Final = 32
MOST_TEXT: Final = 255
"""Characters in titles and texts of a rule (ECMA-376 part 1, 18.3.1.32); Excel takes a file with more for damaged."""


class Format(StrEnum):
    """Number formats, by what spreadsheets call them. ``TEXT`` keeps what is typed: no number or date is made of it."""

    GENERAL = "General"
    TEXT = "@"
    WHOLE = "0"
    AMOUNT = "#,##0"
    DAY = "yyyy-mm-dd"


class Style(Enum):
    """How a cell looks."""

    PLAIN = auto()
    TITLE = auto()
    HEADING = auto()
    HEADER = auto()
    REQUIRED_HEADER = auto()
    PROSE = auto()
    LABEL = auto()
    REMARK = auto()


@dataclass(frozen=True, slots=True)
class ListOf:
    """One of the cells of a column of ``sheet``, counted from 1, below its header.

    ``count`` cells; None: as far as the column is filled without a gap.
    """

    sheet: str
    column: int
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from ``low`` to ``high``."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Days:
    """A date from ``first`` to ``last``."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Rule:
    """What is shown to whoever selects a cell, and what may be typed there.

    With ``refusal`` a value that is not ``allowed`` is refused with that text, or asked about if ``may_insist``.

    Raises:
        ValueError: a text longer than spreadsheets take.
    """

    title: str
    prompt: str
    allowed: ListOf | Whole | Days | None = None
    refusal: str = ""
    may_insist: bool = False

    def __post_init__(self) -> None:
        if len(self.title) > MOST_TITLE or max(len(self.prompt), len(self.refusal)) > MOST_TEXT:
            raise ValueError(f"too long for a rule: {self.title}")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that is more than its value; ``is_awaited`` marks it for as long as it is empty."""

    value: Value = None
    style: Style = Style.PLAIN
    format: Format | None = None
    rule: Rule | None = None
    is_awaited: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``width`` in characters; format, rule and wrapping are those of all cells below the header."""

    width: int
    header: str = ""
    style: Style = Style.HEADER
    format: Format = Format.GENERAL
    rule: Rule | None = None
    is_wrapped: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet. With ``has_header`` its first row holds the headers, stays in view and repeats on every printed page.

    ``filtered`` is the last row to which the header's filters reach, 0 for none.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Value | Cell]] = ()
    has_header: bool = True
    filtered: int = 0
