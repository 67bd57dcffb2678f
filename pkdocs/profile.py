"""The local government's own choices: sheet ``Profil`` of the workbook."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo


class Kind(StrEnum):
    """Original or amended agreements (Permenpan RB 53/2014, Lampiran I)."""

    ORIGINAL = "Murni"
    AMENDMENT = "Perubahan"


class Ground(StrEnum):
    """The closed list of grounds for a later version (Permenpan RB 53/2014), and that it ends what was agreed."""

    OFFICER = "Pergantian Pejabat"
    STRATEGY = "Perubahan Strategi"
    PRIORITY = "Perubahan Prioritas"
    WITHDRAWAL = "Pencabutan"


class Paper(StrEnum):
    """Paper sizes of official documents; F4 is 215 x 330 mm."""

    A4 = "A4"
    F4 = "F4"


class Zone(StrEnum):
    """Indonesian time zones."""

    WIB = "WIB"
    WITA = "WITA"
    WIT = "WIT"

    @property
    def info(self) -> ZoneInfo:
        """The IANA zone."""
        return ZoneInfo(_IANA[self])


_IANA: Final = {Zone.WIB: "Asia/Jakarta", Zone.WITA: "Asia/Makassar", Zone.WIT: "Asia/Jayapura"}


class Shown(StrEnum):
    """What may stand with a signer's name (Permendagri 1/2023, Pasal 44)."""

    DEGREES = "gelar"
    RANK = "pangkat"
    NUMBER = "NIP"


ALL_SHOWN: Final = frozenset(Shown)
DEGREES_ONLY: Final = frozenset({Shown.DEGREES})

DEFAULT_SHOWS: Final[Mapping[str, frozenset[Shown]]] = MappingProxyType(
    {
        "Kepala Daerah": DEGREES_ONLY,
        "Pj. Kepala Daerah": frozenset(),
        "Sekretaris Daerah": DEGREES_ONLY,
        "Pj. Sekretaris Daerah": frozenset(),
        "PNS": ALL_SHOWN,
        "PPPK": ALL_SHOWN,
        "Non-ASN": DEGREES_ONLY,
    }
)
"""Groups of signers with what stands with their names; ``Pj.`` stands for any acting one."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How this government words, dates and shows its agreements. ``extra`` are its own keys, for templates.

    ``signature_words`` stand above a signer's name instead of the usual ones; ``signature_picture`` is the name of a
    file among the templates that stands beside it.
    """

    organisation: str
    year: int
    place: str
    agreement_date: date
    code: str = ""
    dpa_date: date | None = None
    kind: Kind = Kind.ORIGINAL
    ground: Ground | None = None
    first_label: str = "PIHAK PERTAMA"
    second_label: str = "PIHAK KEDUA"
    heading: str = ""
    secretary_code: str = ""
    shows: Mapping[str, frozenset[Shown]] = field(default_factory=lambda: DEFAULT_SHOWS)
    pppk_label: str = "NI PPPK."
    team_lead_signs: bool = False
    review_required: bool = False
    number_exceptions: frozenset[str] = frozenset()
    paper: Paper = Paper.A4
    zone: Zone = Zone.WIB
    address: str = ""
    signature_words: str = ""
    signature_picture: str = ""
    extra: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def title(self) -> str:
        """The agreements' heading without the year's words: the local wording, else the usual one."""
        usual = "PERJANJIAN KINERJA PERUBAHAN" if self.kind is Kind.AMENDMENT else "PERJANJIAN KINERJA"
        return f"{self.heading or usual} TAHUN {self.year}"
