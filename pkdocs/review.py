"""What an auditor would ask before anybody signs: lateness, budgets, cascade, quality of targets.

Only warnings: they stop nothing, and each says how to answer it.
"""

import calendar
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from pkdocs.cascade import Agreement, Cascade
from pkdocs.cascade.promises import goal_groups
from pkdocs.numerals import format_date
from pkdocs.plan import Indicator, Mode, Plan, Polarity, Target
from pkdocs.problem import Problem, warning
from pkdocs.profile import Profile
from pkdocs.roster import Level
from pkdocs.workbook import order_of, scale_of

_WITH_BUDGET = frozenset(
    {Level.HEAD_OF_REGION, Level.JPT_MADYA, Level.JPT_PRATAMA, Level.ADMINISTRATOR, Level.SUPERVISOR}
)


def review(profile: Profile, cascade: Cascade, plan: Plan) -> tuple[Problem, ...]:
    """Return the warnings about agreements that can be made, in their order."""
    below = _below(cascade)
    carried = {code.casefold() for row in plan.indicators for code in row.answers_to}
    parents = {row.code.casefold(): row for row in plan.indicators}
    seen: set[object] = set()
    problems: list[Problem] = []
    for agreement in cascade.agreements:
        found = [
            *_late(profile, agreement),
            *_budget(agreement, below[agreement.id]),
            *(problem for row in agreement.indicators for problem in _quality(row, plan.scales)),
            *_cascade(agreement, parents, carried, has_staff=bool(below[agreement.id])),
        ]
        # holders of a shared code share its rows: one warning a row is enough
        problems += [problem for problem in found if not _seen(problem, seen)]
    return tuple(problems)


def _seen(problem: Problem, seen: set[object]) -> bool:
    mark = (problem.code, problem.place, tuple(sorted((name, str(value)) for name, value in problem.params.items())))
    known = mark in seen
    seen.add(mark)
    return known


def _below(cascade: Cascade) -> Mapping[str, list[Agreement]]:
    found: dict[str, list[Agreement]] = defaultdict(list)
    for agreement in cascade.agreements:
        if agreement.parent:
            found[agreement.parent].append(agreement)
    return found


def deadline(dpa_date: date) -> date:
    """Return the last day to draw up agreements: one month after the budget document (Permenpan RB 53/2014)."""
    year, month = dpa_date.year + dpa_date.month // 12, dpa_date.month % 12 + 1
    return date(year, month, min(dpa_date.day, calendar.monthrange(year, month)[1]))


def _late(profile: Profile, agreement: Agreement) -> Iterator[Problem]:
    row = agreement.assignment
    if profile.dpa_date is None or (row.begins and row.begins > profile.dpa_date):
        # who took office later could not sign earlier
        return
    last = deadline(profile.dpa_date)
    if agreement.day > last:
        place = row.place.at("Tanggal Perjanjian")
        yield warning("LATE", place, key=agreement.key, day=format_date(agreement.day), deadline=format_date(last))


# --- targets


def _quality(row: Indicator, scales: Mapping[str, tuple[str, ...]]) -> Iterator[Problem]:
    if row.baseline and is_weaker(row.target, row.baseline, row.polarity, _scale(row, row.baseline, scales)):
        place = row.place.at("Target")
        yield warning("TARGET_WEAKER", place, indicator=row.code, target=str(row.target), baseline=str(row.baseline))
    if any(row.quarters) and not quarters_fit(row):
        yield warning(
            "QUARTERS_UNFIT", row.place.at("TW4"), indicator=row.code, mode=str(row.mode), target=str(row.target)
        )


def _scale(row: Indicator, before: Target, scales: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    if row.polarity is not Polarity.CATEGORY:
        return ()
    return scale_of(scales, row.unit, (row.target.category, before.category)) or ()


def is_weaker(target: Target, before: Target, polarity: Polarity, scale: tuple[str, ...]) -> bool:
    """Tell whether ``target`` asks for less than ``before`` in its direction; what cannot be compared does not.

    ``scale`` orders categories, worst first.
    """
    if polarity is Polarity.CATEGORY:
        now, then = order_of(scale, target.category), order_of(scale, before.category)
        return now is not None and then is not None and now < then
    now_at, then_at = _nearest(target, polarity), _nearest(before, polarity)
    if now_at is None or then_at is None:
        return False
    if polarity in {Polarity.UP, Polarity.MAXIMUM}:
        return now_at < then_at
    return polarity in {Polarity.DOWN, Polarity.ZERO} and now_at > then_at


def _nearest(target: Target, polarity: Polarity) -> Decimal | None:
    """The end of a range that already counts as success."""
    return target.high if polarity in {Polarity.DOWN, Polarity.ZERO} else target.low


def quarters_fit(row: Indicator) -> bool:
    """Tell whether quarterly targets make the year's by the mode: increments add up, running values end at it."""
    given = [quarter for quarter in row.quarters if quarter]
    last, target = row.quarters[3], row.target
    if row.mode is Mode.LAST:
        return last == target
    if row.mode is Mode.YEARLY:
        return last == target and all(not quarter.low and not quarter.category for quarter in given[:-1])
    numbers = [quarter.number for quarter in given]
    wanted = target.number
    if wanted is None or None in numbers:
        return last == target
    values = [number for number in numbers if number is not None]
    if row.mode is Mode.CUMULATIVE:
        return sum(values, Decimal()) == wanted
    if row.mode is Mode.MEAN:
        places = Decimal(1).scaleb(int(wanted.as_tuple().exponent))
        return abs(sum(values, Decimal()) / len(values) - wanted) <= places
    return (min(values) if row.polarity in {Polarity.DOWN, Polarity.ZERO} else max(values)) == wanted


# --- the cascade


def _cascade(
    agreement: Agreement, parents: Mapping[str, Indicator], carried: set[str], *, has_staff: bool
) -> Iterator[Problem]:
    is_root = agreement.parent is None
    above = {key.casefold() for key in agreement.above}
    for row in agreement.indicators:
        if has_staff and not row.own and row.code.casefold() not in carried:
            yield warning("NOT_CARRIED", row.place.at("Kode"), indicator=row.code, key=agreement.key)
        if not is_root and not row.answers_to and not row.stands_alone:
            yield warning("WITHOUT_PARENT", row.place.at("Induk"), indicator=row.code, key=agreement.key)
        for code in row.answers_to:
            if parent := parents.get(code.casefold()):
                yield from _against_parent(row, parent, above)


def _against_parent(row: Indicator, parent: Indicator, above: set[str]) -> Iterator[Problem]:
    names = {"indicator": row.code, "parent": parent.code}
    if parent.position.casefold() not in above:
        yield warning("PARENT_NOT_ABOVE", row.place.at("Induk"), **names, position=parent.position)
    if row.text.casefold() != parent.text.casefold():
        return
    if row.unit.casefold() != parent.unit.casefold():
        yield warning("UNIT_DIFFERS", row.place.at("Satuan"), **names, unit=row.unit, parent_unit=parent.unit)
    if row.polarity is not parent.polarity:
        place = row.place.at("Polaritas")
        yield warning(
            "POLARITY_DIFFERS", place, **names, polarity=str(row.polarity), parent_polarity=str(parent.polarity)
        )


# --- money


def _budget(agreement: Agreement, below: Iterable[Agreement]) -> Iterator[Problem]:
    yield from _goals_without_budget(agreement)
    for child in below:
        for line in child.budget:
            ceiling = sum(above.amount for above in agreement.budget if covers(above.code, line.code))
            if 0 < ceiling < line.amount:
                place = line.place.at("Anggaran")
                yield warning("BUDGET_ABOVE_PARENT", place, code=line.code, parent=agreement.key)


def covers(above: str, code: str) -> bool:
    """Tell whether the budget code ``above`` is ``code`` or one that contains it."""
    return code == above or code.startswith(f"{above}.")


def _goals_without_budget(agreement: Agreement) -> Iterator[Problem]:
    if agreement.assignment.level not in _WITH_BUDGET:
        return
    served = {line.goal for line in agreement.budget if line.goal is not None}
    if agreement.budget and not served:
        return
    for number, (goal, rows) in enumerate(goal_groups(agreement.indicators), 1):
        if number not in served:
            yield warning("GOAL_WITHOUT_BUDGET", rows[0].place.at("Sasaran"), goal=goal, key=agreement.key)
