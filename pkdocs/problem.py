"""What is wrong in a workbook, and where."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from pkdocs.messages import Language, text


class Severity(StrEnum):
    """How much a problem stops: errors their agreements and those below, the rest nothing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the workbook as its author sees it: the sheet's own row number, the header as written."""

    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    file: str | None = None

    def at(self, column: str) -> "Place":
        """Return the cell of ``column`` in this row."""
        return Place(self.sheet, self.row, column, self.file)

    @property
    def label(self) -> str:
        """``file · sheet · row · column`` as far as known, in any language."""
        row = str(self.row) if self.row is not None else None
        return " · ".join(part for part in (self.file, self.sheet, row, self.column) if part) or "-"


EVERYTHING = frozenset({"*"})
"""``touches`` of a problem that concerns every agreement."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence about one place.

    ``touches`` names the positions (codes or keys, as the workbook writes them) whose agreements an
    error stops; ``EVERYTHING`` stops all.
    """

    severity: Severity
    code: str
    place: Place = Place()
    params: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    touches: frozenset[str] = frozenset()

    def message(self, language: Language) -> str:
        """Return what is wrong and what to do."""
        return text(self.code, language, self.params)


def error(code: str, place: Place, touches: Iterable[str] = (), /, **params: object) -> Problem:
    """Return an error at ``place`` that stops the agreements of ``touches``."""
    return Problem(Severity.ERROR, code, place, params, frozenset(touches))


def warning(code: str, place: Place, /, **params: object) -> Problem:
    """Return a warning at ``place``."""
    return Problem(Severity.WARNING, code, place, params)


def note(code: str, place: Place, /, **params: object) -> Problem:
    """Return a note at ``place``."""
    return Problem(Severity.NOTE, code, place, params)
