"""The reference city moved to another day."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from pkdocs.sample.sheets import City, Row, Sheet

REFERENCE: Final = date(2026, 1, 22)
"""The day on which the agreements of ``samples/kota-wanasari`` are dated."""

_SERVANT = re.compile(r"(\d{4})(\d{4})(\d{4})(\d{6})")
_YEAR_AT_END = re.compile(r"(?<=/)\d{4}$")


def date_for(city: City, day: date) -> City:
    """Return the city as if its agreements were signed on ``day``.

    The dates around the ceremony keep their distance in days. What lies in years before it (terms of
    office, decrees, birth and appointment inside the NIP) moves by whole years, so that ages stay and
    every term begins before the year of the agreements.
    """
    days, years = day - REFERENCE, day.year - REFERENCE.year

    def by_days(written: str) -> str:
        return (date.fromisoformat(written) + days).isoformat()

    def by_years(written: str) -> str:
        return f"{int(written[:4]) + years:04d}{written[4:]}"

    def decree(written: str) -> str:
        return _YEAR_AT_END.sub(lambda found: by_years(found[0]), written)

    def number(written: str) -> str:
        parts = _SERVANT.fullmatch(written)
        return f"{by_years(parts[1])}{parts[2]}{by_years(parts[3])}{parts[4]}" if parts else written

    moves: Mapping[str, Callable[[str], str]] = {
        "NIP": number,
        "TMT": by_years,
        "Nomor SK": decree,
        "Berakhir": by_days,
        "Tanggal": by_days,
    }
    profile = {"Tahun": by_years, "Tanggal Perjanjian": by_days, "Tanggal DPA": by_days}

    def moved(row: Row) -> Row:
        if row.get("Kunci") in profile:
            return {**row, "Nilai": profile[row["Kunci"]](row["Nilai"])}
        return {column: moves[column](cell) if column in moves else cell for column, cell in row.items()}

    return {name: Sheet(sheet.columns, tuple(map(moved, sheet.rows))) for name, sheet in city.items()}
