"""Positions by code and key, and who holds each on a day. Codes are compared without case."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date

from pkdocs.roster import Assignment, Roster, Status


class Positions:
    """The roster, ready to be asked."""

    def __init__(self, roster: Roster) -> None:
        self._rows: dict[str, list[Assignment]] = defaultdict(list)
        self._keys: dict[str, dict[str, str]] = defaultdict(dict)
        for row in roster.assignments:
            key = row.key
            self._rows[key.casefold()].append(row)
            for name in (row.code, key):
                self._keys[name.casefold()].setdefault(key.casefold(), key)
        self.broken = frozenset(name.casefold() for row in roster.broken for name in (row.code, row.key))

    def rows(self, key: str) -> tuple[Assignment, ...]:
        """Return the rows of one key, in the workbook's order."""
        return tuple(self._rows.get(key.casefold(), ()))

    def keys_of(self, reference: str) -> tuple[str, ...]:
        """Return the keys that a code (all its holders) or a key (itself) means."""
        return tuple(self._keys.get(reference.casefold(), {}).values())

    def is_known(self, reference: str) -> bool:
        """Tell whether the workbook has this position, be it in a row with errors."""
        return reference.casefold() in self._keys or reference.casefold() in self.broken

    def holder(self, key: str, day: date) -> Assignment | None:
        """Return who holds the position on ``day``, stand-ins and vacancies left out."""
        return self._first(key, day, lambda row: not row.status.may_stand_beside and row.status is not Status.VACANT)

    def stand_in(self, key: str, day: date) -> Assignment | None:
        """Return the Plh. or Pjs. of ``day``."""
        return self._first(key, day, lambda row: row.status.may_stand_beside)

    def vacancy(self, key: str, day: date) -> Assignment | None:
        """Return the row that says that the position is vacant on ``day``."""
        return self._first(key, day, lambda row: row.status is Status.VACANT)

    def _first(self, key: str, day: date, wanted: Callable[[Assignment], bool]) -> Assignment | None:
        found = [row for row in self._rows.get(key.casefold(), ()) if wanted(row) and row.holds_on(day)]
        # of several versions of one holder the last one signs
        return max(found, key=lambda row: row.version) if found else None
