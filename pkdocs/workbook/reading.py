"""The whole workbook: files to profile, roster and plan, with every problem at once."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pkdocs.errors import WorkbookError
from pkdocs.plan import Plan
from pkdocs.problem import EVERYTHING, Place, Problem, error, note
from pkdocs.profile import Profile
from pkdocs.roster import Roster
from pkdocs.workbook import achievements, budgets, government, officials, plans, promises, reviews, scales, units
from pkdocs.workbook.names import nearest, plain
from pkdocs.workbook.promises import Promises, judge_codes
from pkdocs.workbook.sheets import RawSheet
from pkdocs.workbook.source import Source, read_source
from pkdocs.workbook.table import SheetSpec, Table, read_table
from pkdocs.workbook.units import Unit, Units

REQUIRED: Final = (government.SPEC, officials.SPEC, promises.SPEC)
OPTIONAL: Final = (budgets.SPEC, units.SPEC, plans.SPEC, scales.SPEC, reviews.SPEC, achievements.SPEC)
GUIDE: Final = "Petunjuk"
LISTS: Final = "Pilihan"
"""Sheets of a workbook to fill in that are for people alone: what belongs where, and what may be chosen."""

_SPECS: Final[Mapping[str, SheetSpec]] = {plain(spec.name): spec for spec in (*REQUIRED, *OPTIONAL)}
_FOR_PEOPLE: Final = frozenset({plain(GUIDE), plain(LISTS)})


@dataclass(frozen=True, slots=True)
class Workbook:
    """What the workbook says, each row valid in itself, and all that is wrong with it.

    ``profile`` is None if ``Profil`` has errors. ``digest`` is the SHA-256 of the file, or of several files
    whatever their names. How positions and promises hang together is the cascade's matter.
    """

    profile: Profile | None
    roster: Roster
    plan: Plan
    units: tuple[Unit, ...]
    problems: tuple[Problem, ...]
    digest: str


def read_workbook(source: Path) -> Workbook:
    """Return the workbook in an .xlsx file, a folder of .csv files, or a folder of .xlsx files.

    Raises:
        WorkbookError: nothing can be read: no such file, not a workbook, damaged, encrypted, too large, or
            without any sheet that pkdocs knows.
    """
    found = read_source(source)
    tables, problems = _tables(found)
    if not tables and not found.problems:
        known = ", ".join(spec.name for spec in REQUIRED)
        raise WorkbookError("WORKBOOK_NO_SHEETS", file=source.name, sheets=known)
    return _read(tables, [*found.problems, *problems], found.digest)


def _tables(found: Source) -> tuple[dict[str, list[Table]], list[Problem]]:
    """Return the tables of each known sheet, file by file."""
    tables: dict[str, list[Table]] = defaultdict(list)
    problems: list[Problem] = []
    seen: set[tuple[str | None, str]] = set()
    for sheet in found.sheets:
        if plain(sheet.name) in _FOR_PEOPLE:
            continue
        spec = _SPECS.get(plain(sheet.name))
        if spec is None:
            problems.append(_unknown(sheet))
        elif (sheet.file, spec.name) in seen:
            problems.append(error("SHEET_TWICE", _place(sheet), EVERYTHING, sheet=spec.name))
        elif sheet.rows:
            seen.add((sheet.file, spec.name))
            table, wrong = read_table(sheet, spec)
            problems += wrong
            tables[spec.name] += [table] if table else []
    # a file that could not be read may have had what is lacking
    if tables and not found.problems:
        problems += _lacking(tables)
    return tables, problems


def _lacking(tables: Mapping[str, list[Table]]) -> Iterator[Problem]:
    for spec in REQUIRED:
        if spec.name not in tables:
            yield error("SHEET_MISSING", Place(spec.name), EVERYTHING, sheet=spec.name)
        # Profil without rows lacks keys, each of which is named
        elif spec is not government.SPEC and tables[spec.name] and not any(table.lines for table in tables[spec.name]):
            yield error("SHEET_EMPTY", Place(spec.name), EVERYTHING, sheet=spec.name)


def _place(sheet: RawSheet) -> Place:
    return Place(sheet.name, None, None, sheet.file)


def _unknown(sheet: RawSheet) -> Problem:
    near = nearest(sheet.name, (spec.name for spec in _SPECS.values()))
    if near:
        return note("SHEET_UNKNOWN_NEAR", _place(sheet), sheet=sheet.name[:60], near=near)
    return note("SHEET_UNKNOWN", _place(sheet), sheet=sheet.name[:60])


def _read(tables: Mapping[str, list[Table]], problems: list[Problem], digest: str) -> Workbook:
    def of(spec: SheetSpec) -> list[Table]:
        return tables.get(spec.name, [])

    profile = government.read_government(of(government.SPEC)) if of(government.SPEC) else None
    frame = profile.frame if profile else government.Frame()
    letterheads = Units(of(units.SPEC))
    people = officials.read_officials(of(officials.SPEC), frame, letterheads)
    known_scales, scale_problems = scales.read_scales(of(scales.SPEC))
    promised = promises.read_promises(of(promises.SPEC), known_scales)
    planned = plans.read_plans(of(plans.SPEC), known_scales, letterheads)
    judge_codes(
        [*((row.entry, row.code) for row in promised.rows), *((entry, row.code) for entry, row in planned.rows)]
    )
    budget, budget_problems = budgets.read_budget(of(budgets.SPEC))
    reviewed, review_problems = reviews.read_reviews(of(reviews.SPEC))
    achieved, achievement_problems = achievements.read_achievements(of(achievements.SPEC), promised.rows, known_scales)
    problems += [
        *(profile.problems if profile else ()),
        *letterheads.problems(people.units),
        *people.problems,
        *scale_problems,
        *promised.problems(),
        *budget_problems,
        *planned.problems(_answering(promised)),
        *review_problems,
        *achievement_problems,
    ]
    plan = Plan(
        indicators=promised.indicators,
        broken=promised.broken,
        budget=budget,
        rpjmd=planned.plan_rows,
        reviews=reviewed,
        achievements=achieved,
        scales=known_scales,
    )
    return Workbook(
        profile=profile.profile if profile else None,
        roster=people.roster,
        plan=plan,
        units=letterheads.units,
        problems=tuple(problems),
        digest=digest,
    )


def _answering(promised: Promises) -> Mapping[str, frozenset[str]]:
    """Return by code the positions whose indicators answer to it."""
    positions: dict[str, set[str]] = defaultdict(set)
    for row in promised.rows:
        for code in row.indicator.answers_to:
            positions[code].add(row.position)
    return {code: frozenset(found) for code, found in positions.items()}
