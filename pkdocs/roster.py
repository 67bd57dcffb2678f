"""Who holds which position, from when to when: sheet ``Pejabat`` of the workbook."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pkdocs.problem import Place
from pkdocs.profile import Ground


class Employment(StrEnum):
    """Kinds of officials; decides by which rule the number is checked (UU 20/2023)."""

    STATE_OFFICIAL = "Pejabat Negara"
    PNS = "PNS"
    CPNS = "CPNS"
    PPPK = "PPPK"
    PPPK_PART_TIME = "PPPK Paruh Waktu"
    NON_ASN = "Non-ASN"


class Level(StrEnum):
    """Levels of positions (UU 20/2023), with those outside it."""

    HEAD_OF_REGION = "Kepala Daerah"
    JPT_MADYA = "JPT Madya"
    JPT_PRATAMA = "JPT Pratama"
    ADMINISTRATOR = "Administrator"
    SUPERVISOR = "Pengawas"
    FUNCTIONAL = "Fungsional"
    EXECUTIVE = "Pelaksana"
    NON_ASN = "Non-ASN"
    BUMD = "Direksi BUMD"


class Status(StrEnum):
    """How a position is held (UU 30/2014 Pasal 14; Permendagri 1/2023)."""

    DEFINITIVE = "Definitif"
    PLT = "Plt."
    PLH = "Plh."
    PJ = "Pj."
    PJS = "Pjs."
    VACANT = "Kosong"

    @property
    def is_acting(self) -> bool:
        """Held by somebody who is not its definitive holder."""
        return self not in {Status.DEFINITIVE, Status.VACANT}

    @property
    def may_stand_beside(self) -> bool:
        """May stand in beside the holder, who is only absent for a time."""
        return self in {Status.PLH, Status.PJS}


class Means(StrEnum):
    """How one signs."""

    ELECTRONIC = "Elektronik"
    PAPER = "Kertas"


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """An official as the personnel register has them; ``number`` is NIP, NI PPPK or a local id, digits only."""

    number: str
    name: str
    employment: Employment
    degrees_before: str = ""
    degrees_after: str = ""
    grade: str = ""
    rank: str = ""

    def __repr__(self) -> str:
        return f"Person({self.name!r})"

    @property
    def full_name(self) -> str:
        """The name with degrees: before it, and after a comma."""
        name = f"{self.degrees_before} {self.name}".strip()
        return f"{name}, {self.degrees_after}" if self.degrees_after else name


@dataclass(frozen=True, slots=True)
class Assignment:
    """One row: one holder of one position. ``person`` is None where the position is vacant.

    ``superior`` and ``second`` are written as in the workbook: a position's code, or one holder's key.
    """

    place: Place
    code: str
    title: str
    unit: str
    level: Level
    status: Status
    person: Person | None
    number: int | None = None
    subunit: str = ""
    template: str = ""
    superior: str = ""
    second: str = ""
    decree: str = ""
    begins: date | None = None
    ends: date | None = None
    role: str = ""
    email: str = ""
    agreement_date: date | None = None
    agreement_number: str = ""
    first_day: date | None = None
    means: Means = Means.ELECTRONIC
    version: int = 1
    ground: Ground | None = None
    reason: str = ""

    @property
    def is_withdrawal(self) -> bool:
        """Whether the row ends the version before (docs/midyear.md)."""
        return self.version > 1 and self.ground is Ground.WITHDRAWAL

    @property
    def key(self) -> str:
        """The position's code, with the holder's number where it is shared."""
        return self.code if self.number is None else f"{self.code}.{self.number}"

    @property
    def office(self) -> str:
        """The position as the holder signs for it: ``Plt. Kepala Dinas ...``."""
        return f"{self.status} {self.title}" if self.status.is_acting else self.title

    def holds_on(self, day: date) -> bool:
        """Tell whether the row is in force on ``day``."""
        return (self.begins is None or self.begins <= day) and (self.ends is None or day <= self.ends)


@dataclass(frozen=True, slots=True)
class Broken:
    """A row of ``Pejabat`` that has errors: its position exists, and what hangs on it is stopped with it."""

    place: Place
    code: str
    key: str
    superior: str = ""


@dataclass(frozen=True, slots=True)
class Roster:
    """The rows of ``Pejabat`` in their order, each valid in itself; how they fit together is the cascade's matter."""

    assignments: tuple[Assignment, ...] = ()
    broken: tuple[Broken, ...] = ()
