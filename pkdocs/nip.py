"""Numbers of officials: NIP (Perka BKN 22/2007), NI PPPK, and local ids of those who have neither.

None of them has a check digit: what passes is well formed, not proven to exist. A number holds its owner's
birth date, so nothing here ever puts one into a message.
"""

import re
from datetime import date
from enum import StrEnum
from typing import Final

from pkdocs.files import is_device_name
from pkdocs.roster import Employment

YOUNGEST: Final = 17
OLDEST: Final = 65
OLDEST_FUNCTIONAL: Final = 70
FIRST_PPPK_YEAR: Final = 2014
"""UU 5/2014 made the PPPK."""

_DISPLAY = re.compile(r"[\s.]+")
_LOCAL = re.compile(r"(?=.*[A-Za-z0-9])[A-Za-z0-9-]{1,40}")
_PARTS = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{4})(\d{2})(\d)(\d{3})", re.ASCII)
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
_PERSONAL = re.compile(r"\d{16}|\d{8}[ ._-]\d{6}[ ._-][12][ ._-]\d{3}")

_SHORTEST_PERSONAL: Final = 16


class NumberFault(StrEnum):
    """What is wrong with a number; the value is the message's code."""

    LENGTH = "NIP_LENGTH"
    SCIENTIFIC = "NIP_SCIENTIFIC"
    NIK = "NIP_NIK"
    BIRTH = "NIP_BIRTH"
    AGE = "NIP_AGE"
    START = "NIP_START"
    EARLY = "NIP_EARLY"
    SEX = "NIP_SEX"
    SERIAL = "NIP_SERIAL"
    CONTRACT_YEAR = "NIP_CONTRACT_YEAR"
    CONTRACT_COUNT = "NIP_CONTRACT_COUNT"
    LOCAL = "NIP_LOCAL"
    DEVICE = "NIP_DEVICE"


def clean_number(written: str) -> str:
    """Return a number without what is only display: spaces, dots, a leading ``'``."""
    return _DISPLAY.sub("", written.removeprefix("'"))


def holds_personal_number(text: str) -> bool:
    """Tell whether a NIP, NI PPPK or NIK stands in ``text``: 16 digits in a row, or a NIP in its display form."""
    return len(text) >= _SHORTEST_PERSONAL and _PERSONAL.search(text) is not None


def has_local_id(employment: Employment) -> bool:
    """Tell whether such officials are known by a local id, having neither NIP nor NI PPPK."""
    return employment in {Employment.STATE_OFFICIAL, Employment.NON_ASN}


def check_number(
    number: str, employment: Employment, year: int | None, *, functional: bool = False, issued: bool = False
) -> NumberFault | None:
    """Return the first rule that a cleaned number breaks; None where it is well formed.

    ``year`` is that of the agreements (None: unknown, so age and first year are not judged); ``functional``
    lifts the highest age from 65 to 70; ``issued`` says that BKN gave this number out although it breaks
    the pattern.
    """
    if len(number.replace("-", "")) == 16 and number.replace("-", "").isdecimal():
        return NumberFault.NIK
    if has_local_id(employment):
        if is_device_name(number):
            return NumberFault.DEVICE
        return None if _LOCAL.fullmatch(number) else NumberFault.LOCAL
    if issued:
        return None
    parts = _PARTS.fullmatch(number)
    if not parts:
        return NumberFault.SCIENTIFIC if _SCIENTIFIC.fullmatch(number) else NumberFault.LENGTH
    oldest = OLDEST_FUNCTIONAL if functional else OLDEST
    return (
        _birth_fault(parts, year, oldest)
        or (_contract_fault(parts, year) if _is_contract(employment) else _start_fault(parts, year))
        or _tail_fault(parts)
    )


def _is_contract(employment: Employment) -> bool:
    return employment in {Employment.PPPK, Employment.PPPK_PART_TIME}


def _birth_fault(parts: re.Match[str], year: int | None, oldest: int) -> NumberFault | None:
    try:
        born = date(int(parts[1]), int(parts[2]), int(parts[3]))
    except ValueError:
        return NumberFault.BIRTH
    if year is not None and not YOUNGEST <= year - born.year <= oldest:
        return NumberFault.AGE
    return None


def _start_fault(parts: re.Match[str], year: int | None) -> NumberFault | None:
    """Judge a civil servant's first month of service: known to the month only, so months are compared."""
    start = int(parts[4]), int(parts[5])
    if not 1 <= start[1] <= 12 or (year is not None and start[0] > year):
        return NumberFault.START
    return NumberFault.EARLY if start < (int(parts[1]) + YOUNGEST, int(parts[2])) else None


def _contract_fault(parts: re.Match[str], year: int | None) -> NumberFault | None:
    """Judge a PPPK's year of appointment and count of contracts (commonly 21, never a month)."""
    start = int(parts[4])
    if start < FIRST_PPPK_YEAR or (year is not None and start > year):
        return NumberFault.CONTRACT_YEAR
    if start < int(parts[1]) + YOUNGEST:
        return NumberFault.EARLY
    return NumberFault.CONTRACT_COUNT if parts[5] == "00" else None


def _tail_fault(parts: re.Match[str]) -> NumberFault | None:
    if parts[6] not in {"1", "2"}:
        return NumberFault.SEX
    return NumberFault.SERIAL if parts[7] == "000" else None
