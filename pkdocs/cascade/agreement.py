"""The agreements of a year, each after its parent."""

from dataclasses import dataclass
from datetime import date

from pkdocs.plan import BudgetLine, Indicator
from pkdocs.problem import Problem
from pkdocs.roster import Assignment


@dataclass(frozen=True, slots=True)
class Agreement:
    """One agreement to be made: who promises (``assignment``), who accepts (``second``), what, and when.

    ``parent`` is the id of the agreement that it hangs on; it and ``second`` are None at the root only.
    ``supersedes`` is the id of the version before. ``above`` are the keys of all positions between this
    one and the root, those passed over too.
    """

    id: str
    assignment: Assignment
    second: Assignment | None
    parent: str | None
    day: date
    first_day: date
    last_day: date
    indicators: tuple[Indicator, ...]
    budget: tuple[BudgetLine, ...]
    supersedes: str | None
    above: tuple[str, ...]

    @property
    def key(self) -> str:
        """The key of the position that promises."""
        return self.assignment.key


@dataclass(frozen=True, slots=True)
class Cascade:
    """The agreements that can be made, parents and earlier versions first, and what is wrong with the others.

    ``stopped`` are the ids that an error stops, their own or one above.
    """

    agreements: tuple[Agreement, ...] = ()
    stopped: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
