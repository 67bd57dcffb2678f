"""The head of a year's register: what its keepers sign (docs/chain.md, section 4)."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from pkdocs.content import DIGEST, Organisation, PersonScheme, content_digest
from pkdocs.persons import PSEUDONYM
from pkdocs.schema import SchemaError, canonical, demand, parse_canonical

SCHEMA: Final = "pkdocs-head/2"
EARLIER_SCHEMA: Final = "pkdocs-head/1"
"""Of heads that say nothing of the lines in force; their page is as it was."""

MAX_HEAD_BYTES: Final = 1_000_000
MOST_REGISTRARS: Final = 8
MOST_UNITS: Final = 2_000
"""Drawing the page takes time by their number; the largest city has some hundreds."""


@dataclass(frozen=True, slots=True)
class Registrar:
    """Who keeps the register; ``certificate`` is SHA-256 of the one to sign with (DER), in hexadecimal."""

    person: str
    name: str
    unit: str
    certificate: str

    def __post_init__(self) -> None:
        demand(PSEUDONYM.fullmatch(self.person), "not a person")
        demand(DIGEST.fullmatch(self.certificate), "not a digest")
        demand(self.name and self.unit, "a registrar without name or unit")


@dataclass(frozen=True, slots=True)
class Keepers:
    """The registrars, in the order of their places on the page, and how many of them must sign."""

    registrars: tuple[Registrar, ...]
    threshold: int

    def __post_init__(self) -> None:
        demand(1 <= self.threshold <= len(self.registrars) <= MOST_REGISTRARS, "a threshold that cannot be reached")
        for values in zip(*((one.person, one.certificate) for one in self.registrars), strict=True):
            demand(len(set(values)) == len(values), "a registrar twice")


@dataclass(frozen=True, slots=True)
class UnitCount:
    """How many agreements of a unit the list has in force or awaited, and how many of them are complete."""

    unit: str
    agreements: int
    complete: int

    def __post_init__(self) -> None:
        demand(self.unit and 0 <= self.complete <= self.agreements, "not a count")


@dataclass(frozen=True, slots=True)
class InForce:
    """The lines in force, of each subject the last one that is not void: how many, and their Merkle root.

    A line of the list may have been overtaken by a later one; one of these has not. They stand in the order of their
    subjects' first lines. ``compared`` counts the agreements whose pages were issued again and were the same.
    """

    size: int
    root_hash: str
    compared: int

    def __post_init__(self) -> None:
        demand(self.size >= 1 and DIGEST.fullmatch(self.root_hash), "nothing in force")
        demand(0 <= self.compared <= self.size, "more compared than there are")


@dataclass(frozen=True, slots=True)
class Head:
    """One version of the register: the list's ``size`` and Merkle root (RFC 6962, hexadecimal), and what goes with it.

    ``previous`` is the digest of the head before, absent at version 1. ``keepers`` sign this head; ``following``
    the next ones, absent where that changes nothing. After ``next_by`` a newer head must be there, unless ``closed``.
    ``in_force`` is absent in heads of the earlier schema.
    """

    schema: str
    organisation: Organisation
    year: int
    version: int
    person_scheme: PersonScheme
    root_position: str
    dated: date
    next_by: date
    size: int
    root_hash: str
    keepers: Keepers
    units: tuple[UnitCount, ...]
    previous: str | None = None
    following: Keepers | None = None
    closed: bool | None = None
    in_force: InForce | None = None

    def __post_init__(self) -> None:
        known = EARLIER_SCHEMA if self.in_force is None else SCHEMA
        demand(self.schema == known, f"schema is not {known}")
        demand(self.in_force is None or self.in_force.size <= self.size, "more lines in force than there are")
        demand(self.version >= 1 and (self.previous is None) == (self.version == 1), "not the version after the last")
        demand(self.previous is None or DIGEST.fullmatch(self.previous), "not a digest")
        demand(DIGEST.fullmatch(self.root_hash), "not a digest")
        demand(self.size >= 1 and self.root_position and self.units, "an empty register")
        demand(len(self.units) <= MOST_UNITS, "too many units")
        demand(self.dated <= self.next_by, "overdue on its own day")
        demand(self.closed is not False, "closed is said or left out")

    @property
    def canonical(self) -> bytes:
        """The canonical bytes, which the head's file carries as ``register.json``."""
        return canonical(self)

    @property
    def next_keepers(self) -> Keepers:
        """Who signs the head after this one."""
        return self.following or self.keepers

    @property
    def digest(self) -> str:
        """SHA-256 over the canonical bytes, in hexadecimal."""
        return content_digest(self.canonical)


def parse_head(data: bytes) -> Head:
    """Return the head of canonical bytes.

    Raises:
        NewerSchemaError: made by a newer pkdocs.
        SchemaError: too large, not canonical, or not a head.
    """
    if len(data) > MAX_HEAD_BYTES:
        raise SchemaError("too large")
    return parse_canonical(Head, data, schema=SCHEMA)
