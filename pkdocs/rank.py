"""Pangkat of each golongan (PP 99/2000), the golongan of PPPK (Perpres 98/2020), and how people write both."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

RANKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "I/a": "Juru Muda",
        "I/b": "Juru Muda Tingkat I",
        "I/c": "Juru",
        "I/d": "Juru Tingkat I",
        "II/a": "Pengatur Muda",
        "II/b": "Pengatur Muda Tingkat I",
        "II/c": "Pengatur",
        "II/d": "Pengatur Tingkat I",
        "III/a": "Penata Muda",
        "III/b": "Penata Muda Tingkat I",
        "III/c": "Penata",
        "III/d": "Penata Tingkat I",
        "IV/a": "Pembina",
        "IV/b": "Pembina Tingkat I",
        "IV/c": "Pembina Utama Muda",
        "IV/d": "Pembina Utama Madya",
        "IV/e": "Pembina Utama",
    }
)
"""Golongan of civil servants, lowest first, with their pangkat."""

CONTRACT_GRADES: Final = (
    "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII",
)  # fmt: skip
"""Golongan of PPPK, lowest first; they have no pangkat."""

_ORDER: Final = {grade: order for order, grade in enumerate(RANKS)}
_PREFIX = re.compile(r"(?:golongan|gol)\b[. ]*", re.IGNORECASE)
_GRADE = re.compile(r"\(?\s*(IV|I{1,3})\s*[/. -]?\s*([a-e])\s*\)?", re.IGNORECASE)
_TRAILING_GRADE = re.compile(r"[\s,]*[(,]\s*(?:IV|I{1,3})\s*[/.]\s*[a-e]\s*\)?\s*$", re.IGNORECASE)
_STEP = re.compile(r"\b(?:tingkat|tkt|tk)\b[. ]*(?:i|1)\b")


def parse_grade(written: str) -> str | None:
    """Return a civil servant's golongan as ``III/a``, also from ``III.a``, ``(IIIa)`` or ``Gol. III/a``."""
    matched = _GRADE.fullmatch(_PREFIX.sub("", written.strip(), count=1))
    if not matched:
        return None
    grade = f"{matched[1].upper()}/{matched[2].lower()}"
    return grade if grade in RANKS else None


def parse_contract_grade(written: str) -> str | None:
    """Return a PPPK's golongan as ``IX``, also from ``Gol. IX`` or ``9``."""
    bare = _PREFIX.sub("", written.strip(), count=1).upper()
    if bare.isdecimal():
        order = int(bare)
        return CONTRACT_GRADES[order - 1] if 1 <= order <= len(CONTRACT_GRADES) else None
    return bare if bare in CONTRACT_GRADES else None


def is_rank_of(written: str, grade: str) -> bool:
    """Tell whether ``written`` is the pangkat of ``grade``; ``Tk. I`` stands for ``Tingkat I``."""
    return _plain(written) == _plain(RANKS[grade])


def without_grade(written: str) -> tuple[str, str | None]:
    """Part ``Pembina Tk. I (IV/b)`` into pangkat and golongan; the golongan is None where none is written."""
    found = _TRAILING_GRADE.search(written)
    if not found:
        return written, None
    return written[: found.start()].rstrip(), parse_grade(found[0].strip(" ,()"))


def is_below(grade: str, lowest: str) -> bool:
    """Tell whether golongan ``grade`` stands below ``lowest``."""
    return _ORDER[grade] < _ORDER[lowest]


def _plain(written: str) -> str:
    return " ".join(_STEP.sub("tingkat i", written.casefold()).split())
