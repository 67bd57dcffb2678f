"""Numbers, money and dates as Indonesian documents write them (id-ID; EYD V).

Exact throughout: ``Decimal`` and ``int``, never ``float``.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Final

MAX_RUPIAH_DIGITS: Final = 18

MONTHS: Final = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip

_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]+)?")
_PLAIN = re.compile(r"[+-]?[0-9]+(?:,[0-9]+)?")
_AMBIGUOUS = re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}")
_RUPIAH = re.compile(r"(?:Rp\.?)?\s*([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,(?:0+|-))?", re.IGNORECASE)
_POINTS_AND_COMMAS: Final = str.maketrans(",.", ".,")
_RUPIAH_FRACTION = re.compile(r"(?:Rp\.?)?\s*(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+),[0-9]*[1-9][0-9]*", re.IGNORECASE)


def parse_number(written: str) -> Decimal | None:
    """Return the value of ``1.234,56``; None where the text is no id-ID number (``0.332``, ``1,234.5``)."""
    if not (_PLAIN.fullmatch(written) or _GROUPED.fullmatch(written)):
        return None
    return Decimal(written.replace(".", "").replace(",", "."))


def is_ambiguous(written: str) -> bool:
    """Tell whether ``1.234`` could have been meant as 1,234: by the locale it is 1234."""
    return "." in written and _AMBIGUOUS.fullmatch(written) is not None


def parse_rupiah(written: str) -> int | None:
    """Return whole rupiah of ``4215300000``, ``4.215.300.000`` or ``Rp4.215.300.000,00``; None otherwise.

    More than ``MAX_RUPIAH_DIGITS`` are no amount.
    """
    matched = _RUPIAH.fullmatch(written)
    digits = matched[1].replace(".", "") if matched else ""
    return int(digits) if 0 < len(digits) <= MAX_RUPIAH_DIGITS else None


def has_sen(written: str) -> bool:
    """Tell whether the text is an amount with a fraction of a rupiah, which an agreement cannot hold."""
    return _RUPIAH_FRACTION.fullmatch(written) is not None


def format_number(value: Decimal) -> str:
    """Return ``value`` with the decimals it has: ``Decimal("1234.50")`` is ``1.234,50``."""
    return f"{value:,f}".translate(_POINTS_AND_COMMAS)


def format_rupiah(amount: int) -> str:
    """Return whole rupiah with points, without ``Rp``: ``4.215.300.000``."""
    return f"{amount:,d}".replace(",", ".")


def format_date(day: date) -> str:
    """Return ``22 Januari 2026``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
