"""The next head: what follows from the list, and who is to sign it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from pkdocs.content import Organisation, PersonScheme
from pkdocs.register.head import SCHEMA, Head, InForce, Keepers, UnitCount
from pkdocs.register.lines import AgreementLine, Line, State, last_lines, render_lines, valid_lines
from pkdocs.register.merkle import merkle_root
from pkdocs.schema import canonical

USUAL_DAYS: Final = 100
"""From one head to the day on which the next one must be there, if nothing else is wished."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a head says beside its list; ``keepers`` are those who shall keep the register from now on."""

    organisation: Organisation
    year: int
    person_scheme: PersonScheme
    root_position: str
    keepers: Keepers
    dated: date
    next_by: date | None = None
    closed: bool = False


def next_head(before: Head | None, lines: Sequence[Line], terms: Terms) -> Head:
    """Return the head over all ``lines`` that follows ``before`` (None: the first).

    It is signed by the keepers whom ``before`` names; new ones stand in it as those who follow.

    Raises:
        SchemaError: no lines, or ``next_by`` lies before the day of the head.
    """
    current = before.next_keepers if before else terms.keepers
    written = [canonical(line) for line in lines]
    return Head(
        schema=SCHEMA,
        organisation=terms.organisation,
        year=terms.year,
        version=before.version + 1 if before else 1,
        person_scheme=terms.person_scheme,
        root_position=terms.root_position,
        dated=terms.dated,
        next_by=terms.next_by or terms.dated + timedelta(days=USUAL_DAYS),
        size=len(lines),
        root_hash=merkle_root(written).hex(),
        keepers=current,
        units=tuple(_count_units(lines)),
        previous=before.digest if before else None,
        following=None if terms.keepers == current else terms.keepers,
        closed=True if terms.closed else None,
        in_force=lines_in_force(lines, written),
    )


def lines_in_force(lines: Iterable[Line], written: Sequence[bytes]) -> InForce:
    """Return what a head over ``lines`` says of those that are in force; ``written`` are the same, as they stand.

    Raises:
        SchemaError: none is.
    """
    held = [(written[place], line) for place, line in last_lines(lines) if not line.void]
    compared = sum(isinstance(line, AgreementLine) and line.compared is True for _, line in held)
    return InForce(len(held), merkle_root(data for data, _ in held).hex(), compared)


def list_root(lines: Iterable[Line]) -> str:
    """Return the Merkle root over ``lines`` as they are written, in hexadecimal."""
    return merkle_root(render_lines(lines).split(b"\n")[:-1]).hex()


def standing(lines: Iterable[Line]) -> tuple[AgreementLine, ...]:
    """Return of each agreement the last line, without those that were taken back."""
    return tuple(line for line in valid_lines(lines) if isinstance(line, AgreementLine))


def _count_units(lines: Iterable[Line]) -> Iterator[UnitCount]:
    agreements = [line for line in standing(lines) if not (line.state is State.SUPERSEDED or line.state.is_ended)]
    for unit in dict.fromkeys(line.unit for line in agreements):
        own = [line for line in agreements if line.unit == unit]
        yield UnitCount(unit, len(own), sum(line.state is State.COMPLETE for line in own))
