"""A kind of group by which the city grows: one lead, staff, and what they promise."""

from dataclasses import dataclass
from enum import Enum, auto

from pkdocs.sample.people import Role


class Course(Enum):
    """How an indicator runs through the year."""

    COUNT = auto()
    SHARE = auto()
    RISING = auto()
    WHOLE = auto()
    NONE = auto()
    WAIT = auto()


@dataclass(frozen=True, slots=True)
class Measure:
    """An indicator to be promised; ``size`` is the target of a quarter (COUNT) or of the year."""

    text: str
    unit: str
    course: Course
    size: int = 0
    action: str = ""


@dataclass(frozen=True, slots=True)
class Staff:
    """Positions that share a code, with the goal and indicators of their holders."""

    suffix: str
    role: Role
    goal: str
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class Outlay:
    """The budget line of a lead: code, label, whole rupiah."""

    code: str
    label: str
    amount: int


@dataclass(frozen=True, slots=True)
class Kind:
    """A group below ``superior``: one lead, then staff in turn. ``{name}`` is the group's own name.

    ``parents`` are codes of the superior's indicators, one for each of the lead's ``measures``.
    """

    superior: str
    code: str
    place: str
    lead: Role
    goal: str
    measures: tuple[Measure, ...]
    parents: tuple[str, ...]
    staff: tuple[Staff, ...]
    size: int
    assignment: str = ""
    outlay: Outlay | None = None
    numbered: bool = False
