"""Targets as typed: numbers, ranges and categories, and what a Polaritas asks of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from pkdocs.numerals import is_ambiguous, parse_number
from pkdocs.plan import Polarity, Target
from pkdocs.workbook.entry import Entry
from pkdocs.workbook.names import plain
from pkdocs.workbook.scales import named_scale, order_of

PERCENT: Final = frozenset({"%", "persen", "prosen", "persentase"})

_RANGE = re.compile(r"([+-]?[\d.,]+)\s*%?\s*[-\u2013\u2014]\s*([+-]?[\d.,]+)")
_POINTED = re.compile(r"[+-]?\d+\.\d+")
_THOUSAND: Final = Decimal(1000)


@dataclass(frozen=True, slots=True)
class Measure:
    """What a target is measured in; ``polarity`` None where it could not be read, or is not told."""

    unit: str
    polarity: Polarity | None
    scales: Mapping[str, tuple[str, ...]]


def parse_target(written: str) -> Target | None:
    """Return the number or range of an id-ID text; None if it is neither (a range from high to low is none)."""
    number = parse_number(written)
    if number is not None:
        return Target.of(number)
    parts = _RANGE.fullmatch(written)
    if not parts:
        return None
    low, high = parse_number(parts[1]), parse_number(parts[2])
    return Target(low, high) if low is not None and high is not None and low < high else None


def read_value(entry: Entry, column: str, measure: Measure, *, required: bool = False) -> Target | None:
    """Return the target in a cell, whatever its polarity asks for; None if it is empty or wrong.

    Where the polarity is not known nothing is said about the value's kind.
    """
    written = _written(entry, column, required=required)
    if not written:
        return None
    is_category = measure.polarity is Polarity.CATEGORY
    scale = named_scale(measure.scales, measure.unit) if is_category else None
    value = _value(written, measure.unit, measure.polarity, scale)
    if isinstance(value, Target):
        return value
    entry.error(column, value.code, value=written[:60], **value.params)
    return None


def read_target(entry: Entry, column: str, measure: Measure) -> Target | None:
    """Return the year's target; one that its polarity cannot have is an error."""
    target = read_value(entry, column, measure, required=True)
    if target and measure.polarity and (wanted := _lack(target, measure.polarity)):
        entry.error(column, wanted, value=str(target), polarity=measure.polarity)
    return target


def _written(entry: Entry, column: str, *, required: bool) -> str:
    shown = entry.shown(column, required=required)
    if isinstance(shown, date):
        entry.error(column, "TARGET_DATE")
        return ""
    return str(shown)


@dataclass(frozen=True, slots=True)
class _Complaint:
    code: str
    params: Mapping[str, str] = field(default_factory=dict)


@lru_cache(1024)
def _value(written: str, unit: str, polarity: Polarity | None, scale: tuple[str, ...] | None) -> Target | _Complaint:
    """Return what a text means under a Satuan and a Polaritas; ``scale`` is the one that a Kategori must be on."""
    if polarity is Polarity.CATEGORY:
        return _category(written, scale)
    bare = written
    if written.endswith("%"):
        if plain(unit) not in PERCENT and polarity is not None:
            return _Complaint("TARGET_PERCENT", {"unit": unit[:60] or "-"})
        bare = written[:-1].rstrip()
    target = parse_target(bare)
    if target is None and polarity is None:
        return Target(category=written)
    return target or _Complaint(_complaint(bare))


def _category(written: str, scale: tuple[str, ...] | None) -> Target | _Complaint:
    if scale is not None:
        if order_of(scale, written) is None:
            return _Complaint("TARGET_NOT_ON_SCALE", {"choices": " · ".join(scale)})
    elif parse_target(written.rstrip("% ")) or _POINTED.fullmatch(written):
        return _Complaint("TARGET_NEEDS_CATEGORY")
    return Target(category=written)


def _complaint(written: str) -> str:
    if _POINTED.fullmatch(written):
        return "TARGET_POINT"
    return "TARGET_RANGE" if _RANGE.fullmatch(written) else "TARGET_NOT_NUMBER"


def _lack(target: Target, polarity: Polarity) -> str | None:
    if polarity is Polarity.RANGE and target.number is not None:
        return "TARGET_NEEDS_RANGE"
    if polarity is Polarity.MAXIMUM and target.number is None:
        return "TARGET_NEEDS_NUMBER"
    if polarity is Polarity.ZERO and target.number != 0:
        return "TARGET_NEEDS_ZERO"
    return None


def warn_if_ambiguous(entry: Entry, column: str, value: Target | None, reference: Target | None) -> None:
    """Warn of ``1.234`` where the reference value is nearer to 1,234 than to 1234, as the locale reads it."""
    written = entry.cell(column)
    if value is None or reference is None or not isinstance(written, str) or not is_ambiguous(written):
        return
    number, beside = value.number, reference.number
    if number and beside and _distance(number / _THOUSAND, beside) < _distance(number, beside):
        entry.warn(column, "TARGET_AMBIGUOUS", value=written, reference=str(reference))


def _distance(one: Decimal, other: Decimal) -> Decimal:
    return max(abs(one / other), abs(other / one))
