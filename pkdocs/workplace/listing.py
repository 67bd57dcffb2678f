"""The closed lists of the workbook, made of the values by which it is read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from pkdocs.profile import Shown
from pkdocs.rank import CONTRACT_GRADES, RANKS
from pkdocs.workbook import achievements, budgets, entry, government, officer, officials, promises, reviews


@dataclass(frozen=True, slots=True)
class Listing:
    """Values to choose from, under the name that they have on the sheet of lists."""

    name: str
    values: tuple[str, ...]


def _listing(name: str, values: Iterable[str]) -> Listing:
    return Listing(name, tuple(str(value) for value in values))


def _shown() -> Iterator[str]:
    yield "-"
    for count in range(1, len(Shown) + 1):
        yield from map(", ".join, combinations(Shown, count))


ANSWER: Final = _listing("Ya/Tidak", entry.ANSWERS.members)
KIND: Final = _listing("Jenis Dokumen", government.KINDS.members)
GROUND: Final = _listing("Alasan", government.GROUNDS.members)
GENERAL_GROUND: Final = _listing("Alasan Umum", government.GENERAL_GROUNDS.members)
PAPER: Final = _listing("Kertas", government.PAPERS.members)
ZONE: Final = _listing("Zona Waktu", government.ZONES.members)
LABEL: Final = _listing("Label NI PPPK", government.LABELS)
SHOWN: Final = _listing("Tampil", _shown())
LEVEL: Final = _listing("Jenjang", officials.LEVELS.members)
EMPLOYMENT: Final = _listing("Jenis Pegawai", officer.EMPLOYMENTS.members)
STATUS: Final = _listing("Status", officials.STATUSES.members)
RANK: Final = _listing("Pangkat", RANKS.values())
GRADE: Final = _listing("Golongan", (*RANKS, *CONTRACT_GRADES))
MEANS: Final = _listing("Cara Tanda Tangan", officials.MEANS.members)
POLARITY: Final = _listing("Polaritas", promises.POLARITIES.members)
MODE: Final = _listing("Mode", promises.MODES.members)
TIER: Final = _listing("Tingkat", budgets.TIERS.members)
RESULT: Final = _listing("Hasil", reviews.RESULTS.members)
PERIOD: Final = _listing("Periode", achievements.PERIODS.members)

LISTINGS: Final = (
    ANSWER, KIND, GROUND, GENERAL_GROUND, PAPER, ZONE, LABEL, SHOWN, LEVEL, EMPLOYMENT, STATUS, GRADE, RANK, MEANS,
    POLARITY, MODE, TIER, RESULT, PERIOD,
)  # fmt: skip
