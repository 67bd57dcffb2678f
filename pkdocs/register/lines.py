"""The lines of the register: what its keepers vouch for, each a canonical JSON object (docs/register.md).

Lines are only ever added. The last one of a subject holds; ``void`` says that it never was so.
"""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Final

from pkdocs.content import DIGEST, Role
from pkdocs.persons import PSEUDONYM
from pkdocs.roster import Level, Status
from pkdocs.schema import NewerSchemaError, SchemaError, canonical, demand, parse_canonical, parse_json

MAX_LIST_BYTES: Final = 512_000_000
MAX_LINE_BYTES: Final = 10_000
ENDED_SCHEMA: Final = "pkdocs-agreement/2"
COMPARED_SCHEMA: Final = "pkdocs-agreement/3"


def _is_within(day: date, begins: date | None, ends: date | None) -> bool:
    return (begins is None or begins <= day) and (ends is None or day <= ends)


def _demand_days(begins: date | None, ends: date | None) -> None:
    demand(begins is None or ends is None or begins <= ends, "ends before it begins")


class State(StrEnum):
    """How far an agreement has come (docs/chain.md, section 3); those below are told apart by the year's dates."""

    ISSUED = "issued"
    PARTIAL = "partial"
    COMPLETE = "complete"
    SUPERSEDED = "superseded"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"

    @property
    def is_finished(self) -> bool:
        """Whether all have signed."""
        return self in {State.COMPLETE, State.SUPERSEDED}

    @property
    def is_ended(self) -> bool:
        """Whether it ended before all had signed."""
        return self in {State.REJECTED, State.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class Stretch:
    """The beginning of a file: its ``length`` in bytes, and SHA-256 over it, in hexadecimal."""

    digest: str
    length: int

    def __post_init__(self) -> None:
        demand(DIGEST.fullmatch(self.digest) and self.length > 0, "not a digest with a length")


@dataclass(frozen=True, slots=True)
class PositionLine:
    """A position and the one above it; ``signs_with`` is the position whose holder signs as Pihak Kedua, if another."""

    entered: date
    key: str
    title: str
    unit: str
    level: Level
    superior: str | None = None
    signs_with: str | None = None
    begins: date | None = None
    ends: date | None = None
    void: bool | None = None
    schema: str = "pkdocs-position/1"

    def __post_init__(self) -> None:
        _demand_days(self.begins, self.ends)

    @property
    def subject(self) -> Hashable:
        """What the line is about."""
        return self.key, self.begins

    @property
    def accepts(self) -> str | None:
        """The position whose holder signs as Pihak Kedua; None at the root."""
        return self.signs_with or self.superior

    def holds_on(self, day: date) -> bool:
        """Tell whether the line says of ``day`` who is above."""
        return _is_within(day, self.begins, self.ends)


@dataclass(frozen=True, slots=True)
class AssignmentLine:
    """Who holds a position in which status, from when to when; without days it is open."""

    entered: date
    person: str
    position: str
    status: Status
    begins: date | None = None
    ends: date | None = None
    decree: str | None = None
    void: bool | None = None
    schema: str = "pkdocs-assignment/1"

    def __post_init__(self) -> None:
        demand(PSEUDONYM.fullmatch(self.person), "not a person")
        demand(self.status is not Status.VACANT, "nobody holds a vacant position")
        _demand_days(self.begins, self.ends)

    @property
    def subject(self) -> Hashable:
        """What the line is about."""
        return self.person, self.position, self.status, self.begins

    def holds_on(self, day: date) -> bool:
        """Tell whether the position is held on ``day``."""
        return _is_within(day, self.begins, self.ends)


@dataclass(frozen=True, slots=True)
class CertificateLine:
    """Whose a certificate is: SHA-256 of its DER form, its days (UTC), and how the person was enrolled."""

    entered: date
    person: str
    certificate: str
    begins: date
    ends: date
    enrolled: str
    void: bool | None = None
    schema: str = "pkdocs-certificate/1"

    def __post_init__(self) -> None:
        demand(PSEUDONYM.fullmatch(self.person), "not a person")
        demand(DIGEST.fullmatch(self.certificate), "not a digest")
        _demand_days(self.begins, self.ends)

    @property
    def subject(self) -> Hashable:
        """What the line is about."""
        return self.certificate


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """A template that pages were made with: SHA-256 of its file."""

    entered: date
    name: str
    digest: str
    void: bool | None = None
    schema: str = "pkdocs-template/1"

    def __post_init__(self) -> None:
        demand(DIGEST.fullmatch(self.digest), "not a digest")

    @property
    def subject(self) -> Hashable:
        """What the line is about."""
        return self.digest


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """An agreement: content digest, issued bytes, signed bytes once it is complete, and how far it has come.

    ``persons`` are its parties by role, ``paper`` the roles that sign on paper; ``successor`` is the id of the
    version that supersedes it; ``compared`` that its page was issued again and was the same. The schema's number is
    that of what the line needs: 3 compared, else 2 ended before it was complete, else 1.
    """

    entered: date
    id: str
    position: str
    unit: str
    content: str
    issued: Stretch
    state: State
    persons: tuple[str, ...]
    paper: tuple[Role, ...] = ()
    signed: Stretch | None = None
    successor: str | None = None
    void: bool | None = None
    compared: bool | None = None
    schema: str = "pkdocs-agreement/1"

    def __post_init__(self) -> None:
        demand(DIGEST.fullmatch(self.content), "not a digest")
        demand(self.persons and all(map(PSEUDONYM.fullmatch, self.persons)), "not persons")
        demand((self.signed is not None) == self.state.is_finished, "complete and signed go together")
        demand(self.signed is None or self.signed.length > self.issued.length, "signed bytes follow the issued ones")
        demand((self.successor is not None) == (self.state is State.SUPERSEDED), "superseded by nobody")
        # what came later: a pkdocs that does not know it says so
        demand(self.compared is not False, "compared is said or left out")
        demand(
            self.schema == agreement_schema(self.state, compared=self.compared),
            "another schema than what the line says",
        )

    @property
    def subject(self) -> Hashable:
        """What the line is about."""
        return self.content


def agreement_schema(state: State, *, compared: bool | None) -> str:
    """Return the schema of an agreement's line."""
    if compared:
        return COMPARED_SCHEMA
    return ENDED_SCHEMA if state.is_ended else "pkdocs-agreement/1"


Line = PositionLine | AssignmentLine | CertificateLine | TemplateLine | AgreementLine

_KINDS: Final[dict[str, type[Line]]] = {
    "pkdocs-position/1": PositionLine,
    "pkdocs-assignment/1": AssignmentLine,
    "pkdocs-certificate/1": CertificateLine,
    "pkdocs-template/1": TemplateLine,
    COMPARED_SCHEMA: AgreementLine,
}


def subject_of(line: Line) -> Hashable:
    """Return what the line is about, different for each kind."""
    return type(line), line.subject


def last_lines(lines: Iterable[Line]) -> tuple[tuple[int, Line], ...]:
    """Return of each subject the last line and its place in the list, in the order of the first ones."""
    last = {subject_of(line): (place, line) for place, line in enumerate(lines)}
    return tuple(last.values())


def valid_lines(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Return of each subject the last line, without those that are void: what is in force."""
    return tuple(line for _, line in last_lines(lines) if not line.void)


def render_lines(lines: Iterable[Line]) -> bytes:
    """Return the list's file: a canonical line each."""
    return b"".join(canonical(line) + b"\n" for line in lines)


def parse_lines(data: bytes) -> tuple[Line, ...]:
    """Return the lines of a list's file, in which days of entry never go back.

    Raises:
        NewerSchemaError: a line of a newer pkdocs.
        SchemaError: too large, or a line is not whole, canonical, of a known kind, or older than the one before.
    """
    demand(len(data) <= MAX_LIST_BYTES, "too large")
    demand(not data or data.endswith(b"\n"), "the last line is cut off")
    lines = tuple(_parse_each(data.split(b"\n")[:-1]))
    for number, (before, line) in enumerate(pairwise(lines), 2):
        demand(before.entered <= line.entered, f"line {number}: entered before the line above it")
    return lines


def _parse_each(written: Iterable[bytes]) -> Iterator[Line]:
    for number, data in enumerate(written, 1):
        try:
            yield parse_line(data)
        except NewerSchemaError:
            raise
        except SchemaError as fault:
            raise SchemaError(f"line {number}: {fault}") from fault


def parse_line(data: bytes) -> Line:
    """Return one line of a list's file, without its end.

    Raises:
        NewerSchemaError: of a newer pkdocs.
        SchemaError: not canonical, or of no known kind.
    """
    demand(len(data) <= MAX_LINE_BYTES, "too long")
    raw = parse_json(data)
    name = str(raw.get("schema")).partition("/")[0] if isinstance(raw, dict) else ""
    known = next((schema for schema in _KINDS if schema.startswith(f"{name}/")), None)
    if known is None:
        raise SchemaError("of an unknown kind")
    return parse_canonical(_KINDS[known], data, schema=known)


def added_lines(before: Iterable[Line], stated: Iterable[Line], entered: date) -> Iterator[Line]:
    """Yield what must be added to the list ``before`` so that it says what ``stated`` says, entered on that day.

    What ``stated`` no longer has becomes void, except what has happened: certificates, templates, signed agreements.
    """
    last = {subject_of(line): line for line in before}
    named = set()
    for line in stated:
        subject = subject_of(line)
        named.add(subject)
        known = last.get(subject)
        if known is None or replace(known, entered=line.entered) != line:
            yield replace(line, entered=entered)
    for subject, line in last.items():
        if subject not in named and not line.void and _may_become_void(line):
            yield replace(line, entered=entered, void=True)


def _may_become_void(line: Line) -> bool:
    if isinstance(line, AgreementLine):
        return not line.state.is_finished
    return isinstance(line, PositionLine | AssignmentLine)
