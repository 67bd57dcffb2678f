"""How a spreadsheet shows a stored number: number formats (ECMA-376 part 1, 18.8.30 and 18.8.31)."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import Enum, auto
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from pkdocs.workbook.cells import Cell, Fault, Number

GENERAL: Final = "General"

_DATE, _STAMP, _TIME = "yyyy-mm-dd", "yyyy-mm-dd h:mm", "h:mm:ss"
BUILT_IN: Final[Mapping[int, str]] = MappingProxyType(
    {
        1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%",
        11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 48: "##0.0E+0",
        37: "#,##0;(#,##0)", 38: "#,##0;(#,##0)", 39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;(#,##0.00)",
        41: '#,##0;(#,##0);"-"', 42: '#,##0;(#,##0);"-"', 43: '#,##0.00;(#,##0.00);"-"', 44: '#,##0.00;(#,##0.00);"-"',
        22: _STAMP,
        **dict.fromkeys((14, 15, 16, 17, *range(27, 37), *range(50, 59)), _DATE),
        **dict.fromkeys((18, 19, 20, 21, 45, 46, 47), _TIME),
    }
)  # fmt: skip
"""Formats that files name by number alone; all others show as General."""

_EXACT: Final = Context(prec=400)
_LITERAL = re.compile(r'"[^"]*"?|\\.|_.|\*.')
_ELAPSED = re.compile(r"\[[hms]+\]", re.IGNORECASE)
_CONDITION = re.compile(r"\[[<>=]")
_BRACKET = re.compile(r"\[[^\]]*\]")
_PLACEHOLDERS = re.compile(r"[0#?][0#?,]*(?:\.[0#?,]*)?|\.[0#?,]+")
_LAST_SERIAL: Final = 2_958_465
_MOST_DECIMALS: Final = 30


class _Look(Enum):
    GENERAL = auto()
    DATE = auto()
    TIME = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class _Layout:
    """Digits of one section: at least ``whole`` before the comma, ``fewest`` to ``most`` after it."""

    whole: int
    fewest: int
    most: int
    hundreds: int


def show(stored: str, code: str, *, epoch_1904: bool = False) -> Cell:
    """Return the cell of a stored number under a format: a Number as shown, a date, or a fault.

    Rounds half away from zero, as spreadsheets do. Literal text of the format is left out. Times, and
    formats that show something else than the number (scaled, fractions, conditions), are faults.

    Raises:
        ValueError: ``stored`` is no number.
    """
    value = float(stored)
    if not math.isfinite(value):
        raise ValueError("not finite")
    look = _look(code, _section_of(value))
    if look is _Look.DATE:
        return _date(value, epoch_1904=epoch_1904)
    if look is _Look.TIME:
        return Fault("CELL_TIME")
    if look is _Look.UNKNOWN:
        return Fault("CELL_FORMAT", code[:40])
    if isinstance(look, _Layout):
        return _number(Decimal(repr(value)), look)
    return _general(value)


def _section_of(value: float) -> int:
    return 0 if value > 0 else 1 if value < 0 else 2


@lru_cache(maxsize=1024)
def _look(code: str, section: int) -> _Look | _Layout:
    bare = _LITERAL.sub("", code)
    if "general" in bare.casefold() or code == "@":
        return _Look.GENERAL
    if _ELAPSED.search(bare):
        return _Look.TIME
    if _CONDITION.search(bare):
        return _Look.UNKNOWN
    bare = _BRACKET.sub("", bare)
    if re.search("[dmyhs]", bare, re.IGNORECASE):
        is_time = re.search("[hs]", bare, re.IGNORECASE) and not re.search("[dy]", bare, re.IGNORECASE)
        return _Look.TIME if is_time else _Look.DATE
    return _layout(bare.split(";"), section)


def _layout(sections: list[str], section: int) -> _Look | _Layout:
    # a third section is for zero: where it shows a mere dash, zero looks like a positive number
    chosen = sections[section] if section < len(sections) else sections[0]
    if section == 2 and not _PLACEHOLDERS.search(chosen):
        chosen = sections[0]
    digits = _PLACEHOLDERS.findall(chosen)
    if len(digits) != 1 or re.search("[/E]", chosen, re.IGNORECASE):
        return _Look.GENERAL if re.search("E[+-]", chosen, re.IGNORECASE) else _Look.UNKNOWN
    whole, _, decimals = digits[0].partition(".")
    if whole.endswith(",") or "," in decimals or len(decimals) > _MOST_DECIMALS:
        return _Look.UNKNOWN
    return _Layout(whole.count("0"), decimals.count("0"), len(decimals), chosen.count("%"))


def _number(value: Decimal, layout: _Layout) -> Number:
    value = value.scaleb(2 * layout.hundreds, _EXACT)
    rounded = value.quantize(Decimal(1).scaleb(-layout.most), ROUND_HALF_UP, _EXACT)
    whole, _, decimals = f"{rounded.copy_abs():f}".partition(".")
    while len(decimals) > layout.fewest and decimals.endswith("0"):
        decimals = decimals[:-1]
    sign = "-" if rounded < 0 else ""
    text = sign + whole.zfill(layout.whole) + ("," + decimals if decimals else "")
    return Number(text + "%" * layout.hundreds)


def _general(value: float) -> Number:
    if value.is_integer():
        return Number(int(value))
    return Number(f"{Decimal(f'{value:.10g}'):f}".replace(".", ","))


def _date(serial: float, *, epoch_1904: bool) -> Cell:
    day = math.floor(serial) + (1462 if epoch_1904 else 0)
    if not 1 <= day <= _LAST_SERIAL:
        return Fault("CELL_TIME" if 0 <= serial < 1 else "CELL_ERROR", "#####" if serial < 0 or serial >= 1 else "")
    # the 1900 system counts a 29 February 1900 that never was
    return date(1899, 12, 30) + timedelta(days=day + (1 if day < 60 else 0))
