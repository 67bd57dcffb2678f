"""What judging concludes: one verdict for each file, one for the set (docs/contracts.md, ``verify``)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, StrEnum, auto
from typing import Final

from pkdocs.content import Content, Role
from pkdocs.profile import Zone
from pkdocs.roster import Level as Rung
from pkdocs.verification import Facts, Finding, Result
from pkdocs.verification.basis import Basis
from pkdocs.verification.finding import Signatory
from pkdocs.verification.inspection import Level
from pkdocs.verification.proof import Proof

LATE: Final = frozenset({"COMPLETED_LATE", "AMENDMENT_COMPLETED_LATE"})
"""Findings that an agreement was complete only after it was due."""


class PageCheck(Enum):
    """What issuing a content again showed: the same bytes, others, or nothing.

    NOT_COMPARED: nobody tried. NOT_COMPARABLE: templates were at hand, but the file names another template or
    toolchain, or could not be made again.
    """

    SAME = auto()
    DIFFERENT = auto()
    NOT_COMPARED = auto()
    NOT_COMPARABLE = auto()


class Phase(StrEnum):
    """How far an agreement has come on the day of judging.

    UNPROVEN: all have signed, but it, or what is above it, does not pass.
    """

    ISSUED = "issued"
    PARTIAL = "partial"
    UNPROVEN = "unproven"
    UPCOMING = "upcoming"
    IN_FORCE = "in-force"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A file under judgement: its path as reports show it, its facts, and what issuing it again showed."""

    file: str
    facts: Facts
    page: PageCheck = PageCheck.NOT_COMPARED


@dataclass(frozen=True, slots=True)
class Borne:
    """One signature that an agreement bears, and the time that can be spoken about.

    ``signer`` and ``certificate`` (SHA-256) are as its certificate says, None where it is not intact; nothing here
    says that anybody believes it. ``level`` is of what the file holds, ``proven`` the earliest proof that is believed
    of when it was there at the latest, ``claimed`` what the signer says. ``length`` and ``sha256`` are of what was
    signed: the file up to the end of its revision.
    """

    role: Signatory | None
    field: str
    signer: str | None
    certificate: str | None
    level: Level
    proven: Proof | None
    claimed: datetime | None
    length: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Expected:
    """An agreement that must be there, as register or workbook say; ``level`` is None where they do not tell it."""

    id: str
    unit: str
    level: Rung | None
    position: str


@dataclass(frozen=True, slots=True)
class AgreementVerdict:
    """The verdict on one file.

    ``own`` is that of its own findings, ``result`` the heavier of it and the parent's. ``content`` is None where it
    could not be read; ``parent`` is the parent's id, as the content names it; ``depth`` counts from its root, which
    has 0. ``signed`` are the roles with an intact signature, whoever made it; ``borne`` are all signatures, the seal
    first. ``completed`` is when all required ones are proven to have been there at the latest; None if that is not
    proven of each. ``phase`` is how far the agreement has come on the day of judging, ``counts_from`` the day from
    which it counts if nothing weighs; None without content. ``superseded_by`` is the id of the version that counts in
    its place, or ends it.
    """

    file: str
    sha256: str
    content: Content | None
    parent: str | None
    depth: int
    own: Result
    result: Result
    findings: tuple[Finding, ...]
    signed: tuple[Role, ...] = ()
    borne: tuple[Borne, ...] = ()
    completed: datetime | None = None
    phase: Phase | None = None
    counts_from: date | None = None
    superseded_by: str | None = None

    @property
    def is_late(self) -> bool | None:
        """Whether it was complete only after it was due; None if nothing proves when it was."""
        return None if self.completed is None else any(one.code in LATE for one in self.findings)

    @property
    def due(self) -> date | None:
        """The day by which it was to be complete: its first day, or the one that is printed on it if that is later."""
        return max(self.content.first_day, self.content.dated) if self.content else None

    @property
    def id(self) -> str | None:
        """The agreement's id, None if its content could not be read."""
        return self.content.id if self.content else None


@dataclass(frozen=True, slots=True)
class RegisterMark:
    """Which head of the register was believed: to be compared with what others were given."""

    version: int
    digest: str
    dated: date


@dataclass(frozen=True, slots=True)
class SetVerdict:
    """The verdicts in the order of the tree, each after its parent; unreadable files at the end.

    ``result`` is NOT_JUDGED if no register was named. ``at`` is the time of judging in ``zone`` of the trust file;
    ``trust`` is that file's digest and ``organisation`` whom it is for, ``register`` the head that was believed,
    ``training`` whether any signature rests on a training anchor. ``policy`` is the table of algorithms, ``sources``
    are the files by which was judged; ``expected`` is what must be there, None where nothing says so. ``thorough`` says
    that each file was looked at in every way there is.
    """

    agreements: tuple[AgreementVerdict, ...]
    result: Result
    findings: tuple[Finding, ...]
    at: datetime
    zone: Zone
    trust: str
    organisation: str
    register: RegisterMark | None
    training: bool
    policy: str = ""
    sources: tuple[Basis, ...] = ()
    expected: tuple[Expected, ...] | None = None
    thorough: bool = False

    @property
    def summary(self) -> Mapping[Result, int]:
        """How many agreements have which result, all four of them."""
        counted = Counter(verdict.result for verdict in self.agreements)
        return {result: counted[result] for result in Result if result is not Result.NOT_JUDGED}
