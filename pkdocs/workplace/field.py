"""A column of the workbook, or a key of ``Profil``: how it is typed, when it is needed, where it comes from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Final

from pkdocs.messages import Language, text
from pkdocs.spreadsheet import Format, Whole
from pkdocs.workplace.listing import Listing


class Way(Enum):
    """How a free cell is typed: kept as typed, in sentences, as a date, in whole rupiah."""

    TEXT = auto()
    PROSE = auto()
    DAY = auto()
    AMOUNT = auto()


@dataclass(frozen=True, slots=True)
class CodeOf:
    """What stands in a column of another sheet already."""

    sheet: str
    column: str


Kind = Way | Whole | Listing | CodeOf


class Source(StrEnum):
    """Who has it; the value is the end of the message's code."""

    OWN = "OWN"
    PERSONNEL = "PERSONNEL"
    DECREE = "DECREE"
    BUDGET = "BUDGET"
    PLANS = "PLANS"
    REPORTS = "REPORTS"


class Need(StrEnum):
    """When a cell must be filled in; the value is the end of the message's code."""

    ALWAYS = "ALWAYS"
    NEVER = "NEVER"
    SHARED = "SHARED"
    BELOW = "BELOW"
    HELD = "HELD"
    ACTING = "ACTING"
    SERVANT = "SERVANT"
    FIRST = "FIRST"
    LATER = "LATER"
    AMENDED = "AMENDED"


_FORMATS: Final[Mapping[Kind, Format]] = {
    Way.PROSE: Format.GENERAL,
    Way.DAY: Format.DAY,
    Way.AMOUNT: Format.AMOUNT,
}
_WIDTHS: Final[Mapping[Kind, int]] = {Way.PROSE: 42, Way.DAY: 13, Way.AMOUNT: 20}
_USUAL_WIDTH: Final = 18
_FILTER_ARROW: Final = 4
_NO_LETTER = re.compile(r"[^A-Z0-9]+")


@dataclass(frozen=True, slots=True)
class Field:
    """A column or key. ``name`` and ``example`` are as the reader takes them; ``usual`` is what a new workbook has.

    ``topic`` is the end of the code of its explanation, where several share one.
    """

    name: str
    kind: Kind
    example: str
    source: Source = Source.OWN
    need: Need | None = None
    usual: str = ""
    topic: str = ""
    width: int = 0

    @property
    def format(self) -> Format:
        """The number format in which its cells wait; text for all that a spreadsheet might take for something else."""
        return Format.WHOLE if isinstance(self.kind, Whole) else _FORMATS.get(self.kind, Format.TEXT)

    @property
    def column_width(self) -> int:
        """Characters that the column shows at least."""
        return self.width or max(_WIDTHS.get(self.kind, _USUAL_WIDTH), len(self.name) + _FILTER_ARROW)

    def need_in(self, required: tuple[str, ...]) -> Need:
        """Return when it must be filled in; ``required`` are the names that must be there."""
        return self.need or (Need.ALWAYS if self.name in required else Need.NEVER)

    def meaning(self, sheet: str, language: Language) -> str:
        """Return what belongs there."""
        return text(f"FILL_{_ending(sheet)}_{self.topic or _ending(self.name)}", language)


def _ending(name: str) -> str:
    return _NO_LETTER.sub("_", name.upper()).strip("_")
