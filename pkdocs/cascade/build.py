"""From rows that are valid in themselves to agreements that hang together."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from graphlib import CycleError, TopologicalSorter
from itertools import combinations

from pkdocs.cascade.agreement import Agreement, Cascade
from pkdocs.cascade.positions import Positions
from pkdocs.cascade.promises import Promises
from pkdocs.cascade.superior import NoSuperiorError, Superior, find_superior
from pkdocs.content import agreement_id
from pkdocs.numerals import format_date
from pkdocs.plan import Plan
from pkdocs.problem import EVERYTHING, Place, Problem, Severity, error, warning
from pkdocs.profile import Ground, Profile
from pkdocs.roster import Assignment, Level, Roster, Status


def build_cascade(profile: Profile, roster: Roster, plan: Plan, *, touched: frozenset[str] = frozenset()) -> Cascade:
    """Return the cascade of the year.

    ``touched`` are the positions that errors of reading stop. Nothing is raised: what does not fit is a
    problem at its row. An error stops the agreements of its rows and of everybody below, never those above
    or beside.
    """
    positions = Positions(roster)
    promises = Promises(positions, plan)
    problems = [*promises.problems, *_two_holders(positions, roster), *_roots(roster)]
    makers = [row for row in roster.assignments if _makes_agreement(profile, positions, row)]
    problems += _not_yet_in_office(profile, makers)
    superiors, found = _find_superiors(profile, positions, makers)
    problems += found
    makers, found = _with_promises(makers, superiors, promises, touched)
    problems += found
    order, found = _order(makers, superiors)
    problems += found
    drafting = _Drafting(profile, promises, superiors, _blocked(positions, problems, touched))
    for row in order:
        drafting.add(row)
    agreements = [draft for drafts in drafting.made.values() for draft in drafts]
    return Cascade(tuple(agreements), frozenset(drafting.stopped), (*problems, *drafting.problems))


def reference_problems(roster: Roster, plan: Plan) -> tuple[Problem, ...]:
    """Return what refers to nothing: all that can be said of a cascade where the profile gives no year and date."""
    positions = Positions(roster)
    unknown = (
        error("SUPERIOR_UNKNOWN", row.place.at(column), (row.key,), code=wanted)
        for row in roster.assignments
        for column, wanted in (("Atasan", row.superior), ("Pihak Kedua", row.second))
        if wanted and not positions.is_known(wanted)
    )
    return (*Promises(positions, plan).problems, *_roots(roster), *unknown)


def agreement_day(profile: Profile, row: Assignment) -> date:
    """Return the date over the signatures: the row's own, else the profile's."""
    return row.agreement_date or profile.agreement_date


def _makes_agreement(profile: Profile, positions: Positions, row: Assignment) -> bool:
    day = agreement_day(profile, row)
    if row.status is Status.VACANT or (row.ends is not None and row.ends < day):
        return False
    return not (row.status.may_stand_beside and positions.holder(row.key, day))


def _not_yet_in_office(profile: Profile, makers: Iterable[Assignment]) -> Iterator[Problem]:
    for row in makers:
        day = agreement_day(profile, row)
        if row.begins is not None and row.begins > day:
            place = row.place.at("TMT")
            yield error(
                "NOT_YET_IN_OFFICE",
                place,
                (row.key,),
                key=row.key,
                day=format_date(day),
                begins=format_date(row.begins),
            )


def _two_holders(positions: Positions, roster: Roster) -> Iterator[Problem]:
    clashing: set[Place] = set()
    for key in dict.fromkeys(row.key for row in roster.assignments):
        for one, other in combinations(positions.rows(key), 2):
            # a stand-in stands beside the holder, not beside another stand-in
            alike = one.status.may_stand_beside == other.status.may_stand_beside
            if alike and one.person != other.person and _overlap(one, other):
                clashing |= {one.place, other.place}
    for row in roster.assignments:
        if row.place in clashing:
            yield error("TWO_HOLDERS", row.place.at("Kode Jabatan"), (row.key,), key=row.key)


def _overlap(one: Assignment, other: Assignment) -> bool:
    first = max(one.begins or date.min, other.begins or date.min)
    return first <= min(one.ends or date.max, other.ends or date.max)


def _roots(roster: Roster) -> Iterator[Problem]:
    roots = [row for row in roster.assignments if row.level is Level.HEAD_OF_REGION]
    keys = {row.key.casefold() for row in roots}
    # where no row could be read, that is said already
    if not keys and roster.assignments and not roster.broken:
        yield error("NO_ROOT", Place("Pejabat", None, "Jenjang"), EVERYTHING)
    for row in roots:
        if len(keys) > 1:
            yield error("SECOND_ROOT", row.place.at("Jenjang"), (row.key,), key=row.key)
        if row.superior:
            yield error("ROOT_WITH_SUPERIOR", row.place.at("Atasan"), (row.key,), key=row.key)


def _find_superiors(
    profile: Profile, positions: Positions, makers: Iterable[Assignment]
) -> tuple[Mapping[Place, Superior], list[Problem]]:
    superiors: dict[Place, Superior] = {}
    problems: list[Problem] = []
    for row in makers:
        if row.level is Level.HEAD_OF_REGION:
            continue
        day = agreement_day(profile, row)
        try:
            superiors[row.place] = find_superior(positions, row, day, team_lead_signs=profile.team_lead_signs)
        except NoSuperiorError as stop:
            if stop.problem:
                problems.append(stop.problem)
    return superiors, problems


def _with_promises(
    makers: Sequence[Assignment], superiors: Mapping[Place, Superior], promises: Promises, touched: frozenset[str]
) -> tuple[list[Assignment], list[Problem]]:
    """Leave out who promises nothing: an error where others hang on the position, else a warning."""
    carrying = {superior.maker.key for superior in superiors.values()}
    kept: list[Assignment] = []
    problems: list[Problem] = []
    for row in makers:
        empty = not (row.is_withdrawal or promises.indicators(row.key) or touched & {row.key, row.code})
        above = row.key in carrying or row.level is Level.HEAD_OF_REGION
        if empty and above:
            problems.append(error("NO_INDICATORS_ABOVE", row.place.at("Kode Jabatan"), (row.key,), key=row.key))
        elif empty:
            problems.append(warning("NO_INDICATORS", row.place.at("Kode Jabatan"), key=row.key))
        if above or not empty:
            kept.append(row)
    return kept, problems


def _order(makers: Sequence[Assignment], superiors: Mapping[Place, Superior]) -> tuple[list[Assignment], list[Problem]]:
    """Return the rows, every position after the one that it hangs on and its versions in turn; and circles."""
    edges: dict[str, set[str]] = {row.key: set() for row in makers}
    for row in makers:
        if superior := superiors.get(row.place):
            edges[row.key].add(superior.maker.key)
    circling: set[str] = set()
    while True:
        try:
            order = {key: rank for rank, key in enumerate(TopologicalSorter(edges).static_order())}
            break
        except CycleError as cycle:
            circling |= set(cycle.args[1])
            edges = {key: above - circling for key, above in edges.items() if key not in circling}
    problems = [
        error("CIRCLE", row.place.at("Atasan"), (row.key,), key=row.key) for row in makers if row.key in circling
    ]
    rows = sorted(makers, key=lambda row: (order.get(row.key, len(order)), row.version))
    return rows, problems


def _blocked(positions: Positions, problems: Iterable[Problem], touched: frozenset[str]) -> frozenset[str]:
    named = touched.union(*(entry.touches for entry in problems if entry.severity is Severity.ERROR))
    keys = {key.casefold() for name in named for key in positions.keys_of(name)}
    return frozenset(keys | positions.broken | (named & EVERYTHING))


class _DaysImpossibleError(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


class _Drafting:
    """Makes drafts in the order of the rows, or says why not."""

    def __init__(
        self,
        profile: Profile,
        promises: Promises,
        superiors: Mapping[Place, Superior],
        blocked: frozenset[str],
    ) -> None:
        self.made: dict[str, list[Agreement]] = defaultdict(list)
        self.stopped: set[str] = set()
        self.problems: list[Problem] = []
        self._profile = profile
        self._promises = promises
        self._superiors = superiors
        self._blocked = blocked

    def add(self, row: Assignment) -> None:
        superior = self._superiors.get(row.place)
        try:
            if self._is_stopped(row, superior):
                self.stopped.add(self._id(row))
            else:
                self.made[row.key].append(self._draft(row, superior))
        except _DaysImpossibleError as stop:
            self.problems.append(stop.problem)
            self.stopped.add(self._id(row))

    def _is_stopped(self, row: Assignment, superior: Superior | None) -> bool:
        if superior is None:
            hangs_on_nothing = row.level is not Level.HEAD_OF_REGION
        else:
            hangs_on_nothing = not self.made.get(superior.maker.key)
        passed = superior.passed if superior else ()
        involved = {row.key.casefold(), *(key.casefold() for key in passed)} | EVERYTHING
        return hangs_on_nothing or bool(self._blocked & involved)

    def _id(self, row: Assignment, version: int = 0) -> str:
        return agreement_id(self._profile.year, row.key, version or row.version)

    def _first_day(self, row: Assignment) -> date:
        new_year = date(self._profile.year, 1, 1)
        if row.first_day:
            return row.first_day
        if row.version > 1 and (row.ground or self._profile.ground) is not Ground.OFFICER:
            return agreement_day(self._profile, row)
        return max(new_year, row.begins) if row.begins else new_year

    def _parent(self, superior: Superior, first_day: date) -> Agreement:
        """The version above that is in force on the first day, else the latest one of this run; no withdrawal."""
        versions = [above for above in self.made[superior.maker.key] if not above.assignment.is_withdrawal]
        in_force = [above for above in versions if above.first_day <= first_day <= above.last_day]
        return max(in_force or versions, key=lambda above: (above.first_day, above.assignment.version))

    def _is_withdrawn(self, above: Agreement, day: date) -> bool:
        followers = (one for one in self.made[above.key] if one.supersedes == above.id)
        return any(one.assignment.is_withdrawal and one.first_day <= day for one in followers)

    def _draft(self, row: Assignment, superior: Superior | None) -> Agreement:
        first_day = self._first_day(row)
        year_end = date(self._profile.year, 12, 31)
        last_day = min(row.ends, year_end) if row.ends else year_end
        parent = self._parent(superior, first_day) if superior else None
        if parent and first_day < parent.first_day and not row.first_day:
            # an agreement cannot begin before the one that it hangs on
            first_day = parent.first_day
        if parent and self._is_withdrawn(parent, first_day):
            place = row.place.at("Berlaku Mulai")
            days = {"parent": parent.id, "first_day": format_date(first_day)}
            raise _DaysImpossibleError(error("PARENT_WITHDRAWN_ROW", place, (row.key,), key=row.key, **days))
        outside = parent is not None and not parent.first_day <= first_day <= parent.last_day
        if outside or first_day > last_day or first_day.year != self._profile.year:
            days = {
                "first_day": format_date(first_day),
                "last_day": format_date(last_day),
                "parent": parent.id if parent else "-",
            }
            place = row.place.at("Berlaku Mulai")
            raise _DaysImpossibleError(error("DAYS_IMPOSSIBLE", place, (row.key,), key=row.key, **days))
        return Agreement(
            id=self._id(row),
            assignment=row,
            second=superior.signer if superior else None,
            parent=parent.id if parent else None,
            day=agreement_day(self._profile, row),
            first_day=first_day,
            last_day=last_day,
            indicators=() if row.is_withdrawal else self._promises.indicators(row.key),
            budget=() if row.is_withdrawal else self._promises.budget(row.key),
            supersedes=self._id(row, row.version - 1) if row.version > 1 else None,
            above=(*superior.passed, *parent.above) if superior and parent else (),
        )
