"""The reference city moved to another day."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from pkdocs.review import deadline
from pkdocs.sample.sheets import City, Row, Sheet

REFERENCE: Final = date(2026, 1, 22)
"""The day on which the agreements of ``samples/kota-wanasari`` are dated."""

_NEAR: Final = timedelta(days=60)
_LAST_USUAL: Final = (12, 10)
"""Month and day; later in a year too little of it is left for what follows the ceremony."""

_SERVANT = re.compile(r"(\d{4})(\d{4})(\d{4})(\d{6})")
_YEAR_AT_END = re.compile(r"(?<=/)\d{4}$")


def usual_day(today: date) -> date:
    """Return the day of a sample for which nobody names one: today, in the last weeks of a year the next 22 January.

    Who signs that day holds the office today too: terms that run on that 22 January began before these weeks.
    """
    if (today.month, today.day) <= _LAST_USUAL:
        return today
    return REFERENCE.replace(year=today.year + 1)


def ceremony_day(day: date) -> date:
    """Return the day of the agreements: ``day``, but the 30th for a 31 December, so that one more day is left."""
    return min(day, date(day.year, 12, 30))


def date_for(city: City, day: date) -> City:
    """Return the city as if its agreements were signed on ``ceremony_day(day)``.

    What lies within two months of the ceremony keeps its distance in days but stays in the year: at its end the
    old officer's last day and the new one's first draw together on the 30th and 31st. What lies further back
    (terms of office, birth and appointment inside the NIP) moves by whole years, so that ages stay; a decree
    has the year of its term. The budget document is a month old, so that whoever signs later is late.
    """
    move = _Move(ceremony_day(day))
    return {name: Sheet(sheet.columns, tuple(map(move.row, sheet.rows))) for name, sheet in city.items()}


@dataclass(frozen=True, slots=True)
class _Move:
    """The way from the reference day to ``signed``."""

    signed: date

    def row(self, row: Row) -> Row:
        """Return a row of any sheet."""
        if "Kunci" in row:
            return {**row, "Nilai": self._profile(row["Kunci"], row["Nilai"])}
        cells = {column: self._cell(column, written) for column, written in row.items()}
        if "Nomor SK" in cells:
            cells["Nomor SK"] = _YEAR_AT_END.sub(cells["TMT"][:4], cells["Nomor SK"])
        return cells

    def _profile(self, key: str, written: str) -> str:
        match key:
            case "Tahun":
                return str(self.signed.year)
            case "Tanggal Perjanjian":
                return self.signed.isoformat()
            case "Tanggal DPA":
                return _approval(self.signed).isoformat()
        return written

    def _cell(self, column: str, written: str) -> str:
        match column:
            case "NIP":
                return self._number(written)
            case "TMT" | "Tanggal Perjanjian" | "Tanggal":
                return self._date(written, day_in_december=31)
            case "Berakhir":
                return self._date(written, day_in_december=30)
        return written

    def _date(self, written: str, *, day_in_december: int) -> str:
        """Return the date moved, at the latest on this day in December."""
        was = date.fromisoformat(written)
        if REFERENCE - was > _NEAR:
            return self._by_years(written)
        return min(was - REFERENCE + self.signed, date(self.signed.year, 12, day_in_december)).isoformat()

    def _number(self, written: str) -> str:
        parts = _SERVANT.fullmatch(written)
        return f"{self._by_years(parts[1])}{parts[2]}{self._by_years(parts[3])}{parts[4]}" if parts else written

    def _by_years(self, written: str) -> str:
        return f"{int(written[:4]) + self.signed.year - REFERENCE.year:04d}{written[4:]}"


def _approval(signed: date) -> date:
    """Return the earliest day of a budget document for which ``signed`` is still in time."""
    days = (signed - timedelta(days=age) for age in range(31, 27, -1))
    return next(day for day in days if deadline(day) >= signed)
