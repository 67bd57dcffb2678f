"""What rows of ``Pejabat`` owe each other as rows: unique keys, and one person told in one way.

Superiors and holders day by day are the cascade's matter.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise
from typing import Final

from pkdocs.roster import Assignment, Person, Status
from pkdocs.workbook.entry import Entry
from pkdocs.workbook.names import plain

_FIELDS: Final = {
    "Gelar Depan": "degrees_before",
    "Nama": "name",
    "Gelar Belakang": "degrees_after",
    "Jenis Pegawai": "employment",
    "Pangkat": "rank",
    "Golongan": "grade",
}
_MANY: Final = 50
_LISTED: Final = 6


@dataclass(frozen=True, slots=True)
class Holding:
    """A row while it is judged. ``assignment`` counts if the entry has not failed; ``status`` None: unreadable."""

    entry: Entry
    assignment: Assignment
    status: Status | None


def judge_together(holdings: Sequence[Holding], day: date | None) -> None:
    """Put errors at the rows that contradict others; ``day`` is the date of agreements that have no own."""
    coded = [holding for holding in holdings if holding.assignment.code]
    whole = [holding for holding in coded if not holding.entry.failed]
    _judge_keys(coded, day)
    _judge_shared(coded)
    _judge_numbers(whole)
    _judge_persons(whole)
    _judge_units(holdings)


def _makes_agreement(holding: Holding, day: date | None) -> bool:
    """Tell whether a row may make an agreement: stand-ins, vacant positions and rows that ended before do not."""
    if holding.status in {None, Status.VACANT, Status.PLH, Status.PJS}:
        return False
    dated = holding.assignment.agreement_date or day
    ends = holding.assignment.ends
    return dated is None or ends is None or dated <= ends


def _judge_keys(holdings: Iterable[Holding], day: date | None) -> None:
    """Key and version name the agreement, and its file, so they are unique whatever the case."""
    groups: dict[tuple[str, int], list[Holding]] = defaultdict(list)
    for holding in holdings:
        if _makes_agreement(holding, day):
            groups[holding.assignment.key.casefold(), holding.assignment.version].append(holding)
    for group in groups.values():
        rows = [_row(holding) for holding in group]
        for holding in group if len(group) > 1 else ():
            entry, key, version = holding.entry, holding.assignment.key, holding.assignment.version
            entry.error("Kode Jabatan", "KEY_TWICE", key=key, version=version, rows=_listed(rows))


def _judge_shared(holdings: Sequence[Holding]) -> None:
    shared = {holding.assignment.code.casefold() for holding in holdings if holding.assignment.number is not None}
    for holding in holdings:
        if holding.assignment.key.casefold() not in shared:
            continue
        code = holding.assignment.code
        if holding.assignment.number is not None:
            holding.entry.error("Nomor", "KEY_IS_SHARED_CODE", key=holding.assignment.key)
        elif holding.entry.cell("Nomor") in {"", "-"}:
            holding.entry.error("Nomor", "NUMBER_MISSING", code=code)


def _judge_numbers(holdings: Iterable[Holding]) -> None:
    """A number names its owner's key file, so no two differ in case alone."""
    groups: dict[str, list[tuple[Holding, str]]] = defaultdict(list)
    for holding in holdings:
        if person := holding.assignment.person:
            groups[person.number.casefold()].append((holding, person.number))
    for group in groups.values():
        rows = [holding.assignment.place.row for holding, _ in group]
        for holding, _ in group if len({number for _, number in group}) > 1 else ():
            holding.entry.error("NIP", "NIP_CASE", rows=_listed(rows))


def _judge_persons(holdings: Iterable[Holding]) -> None:
    groups: dict[str, list[tuple[Holding, Person]]] = defaultdict(list)
    for holding in holdings:
        if holding.assignment.person:
            groups[holding.assignment.person.number].append((holding, holding.assignment.person))
    for group in groups.values():
        found: dict[tuple[int, str], Holding] = {}
        # so many rows are a slip, and neighbours show it without comparing each with each
        pairs = combinations(group, 2) if len(group) <= _MANY else pairwise(group)
        for (one, first), (other, second) in pairs:
            if _overlap(one.assignment, other.assignment):
                for column in _differing(first, second):
                    found[id(one), column] = one
                    found[id(other), column] = other
        rows = [_row(holding) for holding, _ in group]
        for (_, column), holding in found.items():
            holding.entry.error(column, "PERSON_CONTRADICTS", column=column, rows=_listed(rows))


def _overlap(one: Assignment, other: Assignment) -> bool:
    return (one.begins or date.min) <= (other.ends or date.max) and (other.begins or date.min) <= (one.ends or date.max)


def _differing(one: Person, other: Person) -> list[str]:
    return [column for column, field in _FIELDS.items() if getattr(one, field) != getattr(other, field)]


def _judge_units(holdings: Iterable[Holding]) -> None:
    """Warn of one unit's name typed in several ways: folders and lists go by it."""
    first: dict[str, str] = {}
    for holding in holdings:
        unit = holding.assignment.unit
        usual = first.setdefault(plain(unit), unit)
        if usual != unit:
            holding.entry.warn("Unit", "UNIT_SPELLING", unit=unit[:60], usual=usual[:60])


def _row(holding: Holding) -> str:
    """Return where a row stands: its number, after its file where there are several."""
    place = holding.assignment.place
    return f"{place.file} · {place.row}" if place.file else str(place.row)


def _listed(rows: Iterable[str | int | None]) -> str:
    numbers = [str(row) for row in dict.fromkeys(rows)]
    return ", ".join(numbers[:_LISTED]) + (", …" if len(numbers) > _LISTED else "")
