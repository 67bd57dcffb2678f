"""Indicators and budget lines by the position that promises them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TypeVar

from pkdocs.cascade.positions import Positions
from pkdocs.plan import BudgetLine, Indicator, Plan
from pkdocs.problem import Problem, error

Row = TypeVar("Row", Indicator, BudgetLine)


class Promises:
    """The plan, ready to be asked; ``problems`` are references to what does not exist."""

    def __init__(self, positions: Positions, plan: Plan) -> None:
        self._indicators = _by_key(positions, plan.indicators)
        self._budget = _by_key(positions, plan.budget)
        self.problems: tuple[Problem, ...] = (
            *_unknown_positions(positions, plan.indicators, "INDICATOR_POSITION_UNKNOWN"),
            *_unknown_positions(positions, plan.budget, "BUDGET_POSITION_UNKNOWN"),
            *_shared_budgets(positions, plan.budget),
            *_unknown_parents(plan),
            *self._unknown_goals(),
        )

    def indicators(self, key: str) -> tuple[Indicator, ...]:
        """Return what the holder of ``key`` promises, rows of a shared code among them."""
        return tuple(self._indicators.get(key.casefold(), ()))

    def budget(self, key: str) -> tuple[BudgetLine, ...]:
        """Return the holder's budget lines."""
        return tuple(self._budget.get(key.casefold(), ()))

    def _unknown_goals(self) -> Iterator[Problem]:
        for key, lines in self._budget.items():
            goals = len(goal_groups(self._indicators.get(key, ())))
            for line in lines:
                if line.goal is not None and not 1 <= line.goal <= goals:
                    place = line.place.at("Sasaran")
                    yield error("BUDGET_GOAL_UNKNOWN", place, (line.position,), goal=line.goal, goals=goals)


def goal_groups(indicators: Sequence[Indicator]) -> list[tuple[str, tuple[Indicator, ...]]]:
    """Return sasaran with their indicators: equal text in consecutive rows is one sasaran."""
    return [(goal, tuple(rows)) for goal, rows in groupby(indicators, key=lambda row: row.goal)]


def _by_key(positions: Positions, rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for key in positions.keys_of(row.position):
            found[key.casefold()].append(row)
    return found


def _unknown_positions(positions: Positions, rows: Iterable[Row], code: str) -> Iterator[Problem]:
    for row in rows:
        if not positions.is_known(row.position):
            yield error(code, row.place.at("Kode Jabatan"), (), code=row.position)


def _shared_budgets(positions: Positions, lines: Iterable[BudgetLine]) -> Iterator[Problem]:
    for line in lines:
        if len(positions.keys_of(line.position)) > 1:
            place = line.place.at("Kode Jabatan")
            yield error("BUDGET_POSITION_SHARED", place, (line.position,), code=line.position)


def _unknown_parents(plan: Plan) -> Iterator[Problem]:
    known = {row.code.casefold() for row in plan.indicators}
    known |= {row.code.casefold() for row in plan.rpjmd} | {row.code.casefold() for row in plan.broken}
    # a row whose code could not be read may be the one that is meant
    any_code = "" in known
    for row in plan.indicators:
        for code in row.answers_to:
            if code.casefold() not in known and not any_code:
                yield error("PARENT_INDICATOR_UNKNOWN", row.place.at("Induk"), (row.position,), code=code)
            elif code.casefold() == row.code.casefold():
                yield error("PARENT_INDICATOR_ITSELF", row.place.at("Induk"), (row.position,), code=code)
