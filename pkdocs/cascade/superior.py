"""Who signs as superior on a day, and whose agreement is the parent."""

from dataclasses import dataclass
from datetime import date

from pkdocs.cascade.positions import Positions
from pkdocs.numerals import format_date
from pkdocs.problem import Problem, error
from pkdocs.roster import Assignment, Level


@dataclass(frozen=True, slots=True)
class Superior:
    """``signer`` signs, ``maker`` is the holder whose agreement is the parent.

    They differ where somebody stands in. ``passed`` are the keys met on the way up, the signer's last; the
    position of ``Atasan`` is first, also where another one signs instead.
    """

    signer: Assignment
    maker: Assignment
    passed: tuple[str, ...]


class NoSuperiorError(Exception):
    """Nobody can sign as superior; ``problem`` is None where another row's error already says why."""

    def __init__(self, problem: Problem | None) -> None:
        super().__init__(problem)
        self.problem = problem


def find_superior(positions: Positions, row: Assignment, day: date, *, team_lead_signs: bool) -> Superior:
    """Return the superior of ``row`` on ``day`` (docs/workbook.md, "Pihak Kedua").

    Passed over for the one above are a vacant position and, without delegated authority, a team lead.

    Raises:
        NoSuperiorError: the position is unknown, shared, held by nobody, or the person's own.
    """
    column, wanted = ("Pihak Kedua", row.second) if row.second else ("Atasan", row.superior)
    place, passed = row.place.at(column), list[str]()
    while True:
        key = _one_key(positions, wanted, row, column)
        if key in passed:
            raise NoSuperiorError(error("CIRCLE", place, (row.key,), key=row.key))
        passed.append(key)
        maker = positions.holder(key, day)
        signer = positions.stand_in(key, day) or maker
        above = _passed_over(positions, key, day, team_lead_signs=team_lead_signs)
        if above is None:
            break
        wanted = above
    if signer is None:
        raise NoSuperiorError(error("SUPERIOR_NOBODY", place, (row.key,), key=key, day=format_date(day)))
    if signer.person and row.person and signer.person.number == row.person.number:
        problem = error("SELF_AGREEMENT", row.place.at("Pihak Kedua"), (row.key,), key=row.key, superior=key)
        raise NoSuperiorError(problem)
    skipped = positions.keys_of(row.superior) if row.second else ()
    return Superior(signer, maker or signer, (*skipped, *passed))


def _one_key(positions: Positions, wanted: str, row: Assignment, column: str) -> str:
    keys = positions.keys_of(wanted)
    if len(keys) == 1:
        return keys[0]
    if not keys and positions.is_known(wanted):
        raise NoSuperiorError(None)
    code = "SUPERIOR_SHARED" if keys else "SUPERIOR_UNKNOWN"
    raise NoSuperiorError(error(code, row.place.at(column), (row.key,), code=wanted or "-"))


def _passed_over(positions: Positions, key: str, day: date, *, team_lead_signs: bool) -> str | None:
    """Return the position above one that cannot sign; None where this one can, or must."""
    holder = positions.holder(key, day)
    if holder is None:
        vacant = positions.vacancy(key, day)
        return vacant.superior if vacant and not positions.stand_in(key, day) else None
    return holder.superior if is_team_lead(holder) and not team_lead_signs else None


def is_team_lead(row: Assignment) -> bool:
    """Tell whether the holder leads a team as an assignment beside the position (PermenPANRB 7/2022)."""
    return row.level in {Level.FUNCTIONAL, Level.EXECUTIVE} and row.role.casefold().startswith("ketua tim")
