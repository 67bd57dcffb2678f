"""The agreement's content: what is signed, in its one canonical form (docs/chain.md, section 1).

Everything here is printed on the page, and all that decides success is here. Decimals, money and dates
are text; names stand as printed.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Final

from pkdocs.numerals import MAX_RUPIAH_DIGITS
from pkdocs.plan import Mode, Polarity, Target, Tier
from pkdocs.profile import Ground
from pkdocs.roster import Level, Means, Status
from pkdocs.schema import SchemaError, canonical, demand, parse_canonical

SCHEMA: Final = "pkdocs-content/1"
REASONED_SCHEMA: Final = "pkdocs-content/2"
"""That of contents whose amendment says why; the first pkdocs does not know them."""
MAX_CONTENT_BYTES: Final = 4_000_000

_ID = re.compile(r"(?:PK|PI)-[0-9]{4}-[A-Za-z0-9._-]{1,45}-[1-9][0-9]{0,3}")
DIGEST: Final = re.compile(r"[0-9a-f]{64}")
"""SHA-256 in hexadecimal."""
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_AMOUNT = re.compile(rf"[1-9][0-9]{{0,{MAX_RUPIAH_DIGITS - 1}}}")
MOST_CODE: Final = 200
_EMPTY_TEXT = re.compile(rb'[:,\[{]""')
"""An empty text in JSON: within a text no quotation mark stands without a backslash."""
_PERSON = re.compile(r"[A-Z2-7]{16}")


class Type(StrEnum):
    """Kinds of documents that share this form.

    A withdrawal is the version that ends the one before: the same positions sign it, and it promises nothing.
    """

    AGREEMENT = "perjanjian-kinerja"
    WITHDRAWAL = "pencabutan"


class Role(StrEnum):
    """Who signs as what: the subordinate promises, the superior accepts."""

    FIRST = "pihak-pertama"
    SECOND = "pihak-kedua"


ANCHOR_ADDRESS: Final = "https://anchor.pkdocs.invalid/"
"""Where the template's anchors link to; the role's value follows. No such host can exist (RFC 6761)."""


def first_mark(place: int) -> str:
    """Return the name of the bookmark where an agreement begins that is laid out with others, as the ``place``-th."""
    return f"pkdocs-awal-{place}"


def last_mark(place: int) -> str:
    """Return the name of the bookmark where such an agreement ends."""
    return f"pkdocs-akhir-{place}"


class PersonScheme(StrEnum):
    """Under which secret persons are named: the organisation's, or the public one for trials."""

    KEYED = "hmac-sha256"
    TRIAL = "uji"


@dataclass(frozen=True, slots=True)
class Organisation:
    """The local government; without a code its name serves."""

    name: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """Another agreement, by the digest of its content; the id is for readers."""

    id: str
    digest: str

    def __post_init__(self) -> None:
        demand(_ID.fullmatch(self.id), "not an id")
        demand(DIGEST.fullmatch(self.digest), "not a digest")


@dataclass(frozen=True, slots=True)
class Seat:
    """The position whose promise this is; ``title`` without Plt. and the like."""

    key: str
    title: str
    unit: str
    level: Level
    subunit: str | None = None
    assignment: str | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """Who signs: the person as a pseudonym, and name, rank and number as printed (absent: not printed).

    ``label`` is the local word for the role, ``position`` the key signed for, ``office`` its title as
    signed (``Plt. Kepala Dinas ...``).
    """

    person: str
    label: str
    position: str
    office: str
    status: Status
    means: Means
    name: str
    rank: str | None = None
    number: str | None = None

    def __post_init__(self) -> None:
        demand(_PERSON.fullmatch(self.person), "not a person")
        demand(self.status is not Status.VACANT, "a vacant position signs nothing")


@dataclass(frozen=True, slots=True)
class Value:
    """A target or achieved value: a number, a range from ``low`` to ``high``, or a category."""

    number: str | None = None
    low: str | None = None
    high: str | None = None
    category: str | None = None

    def __post_init__(self) -> None:
        given = (self.number is not None, self.low is not None, self.high is not None, self.category is not None)
        demand(given in {(1, 0, 0, 0), (0, 1, 1, 0), (0, 0, 0, 1)}, "not a number, a range or a category")
        for written in (self.number, self.low, self.high):
            demand(written is None or _DECIMAL.fullmatch(written), "not a decimal")

    @classmethod
    def of(cls, target: Target) -> "Value":
        """Return ``target`` with the decimals that it has."""
        if target.low is None:
            return cls(category=target.category)
        if target.number is not None:
            return cls(number=f"{target.number:f}")
        return cls(low=f"{target.low:f}", high=f"{target.high:f}")

    @property
    def target(self) -> Target:
        """The value to compute with, and to print."""
        if self.category is not None:
            return Target(category=self.category)
        return Target(Decimal(self.number or self.low or "0"), Decimal(self.number or self.high or "0"))


@dataclass(frozen=True, slots=True)
class Quarter:
    """The target of one quarter, 1 to 4."""

    quarter: int
    target: Value

    def __post_init__(self) -> None:
        demand(self.quarter in {1, 2, 3, 4}, "not a quarter")


@dataclass(frozen=True, slots=True)
class Promise:
    """One indicator with all that decides success. ``answers_to`` are codes above; ``unit`` absent: none."""

    code: str
    text: str
    target: Value
    polarity: Polarity
    mode: Mode
    unit: str | None = None
    answers_to: tuple[str, ...] = ()
    own: bool | None = None
    baseline: Value | None = None
    quarters: tuple[Quarter, ...] = ()
    action: str | None = None
    definition: str | None = None
    source: str | None = None

    def __post_init__(self) -> None:
        numbers = [entry.quarter for entry in self.quarters]
        demand(numbers == sorted(set(numbers)), "quarters twice or out of order")


@dataclass(frozen=True, slots=True)
class Goal:
    """One sasaran with its indicators."""

    text: str
    indicators: tuple[Promise, ...]

    def __post_init__(self) -> None:
        demand(self.indicators, "a sasaran without indicators")


@dataclass(frozen=True, slots=True)
class Expense:
    """One printed line of the budget; ``amount`` in whole rupiah, ``goal`` the number of the sasaran."""

    code: str
    tier: Tier
    label: str
    amount: str
    note: str | None = None
    goal: int | None = None

    def __post_init__(self) -> None:
        demand(_AMOUNT.fullmatch(self.amount), "not whole rupiah")
        demand(len(self.code) <= MOST_CODE, "a code that is too long")


@dataclass(frozen=True, slots=True)
class Budget:
    """The budget table; ``total`` leaves out lines whose parent by code is there."""

    lines: tuple[Expense, ...]
    total: str

    def __post_init__(self) -> None:
        demand(self.total == str(budget_total(self.lines)), "the total is not that of the lines")


def budget_total(lines: tuple[Expense, ...]) -> int:
    """Return the sum in rupiah, without lines whose parent by code is among them."""
    codes = {line.code for line in lines}

    def has_parent(code: str) -> bool:
        parts = code.split(".")
        return any(".".join(parts[:length]) in codes for length in range(1, len(parts)))

    return sum(int(line.amount) for line in lines if not has_parent(line.code))


@dataclass(frozen=True, slots=True)
class PlanReference:
    """A row of the RPJMD or Renstra that the root's indicators answer to."""

    code: str
    text: str
    goal: str | None = None
    unit: str | None = None
    target: Value | None = None
    final_target: Value | None = None
    polarity: Polarity | None = None


@dataclass(frozen=True, slots=True)
class Amendment:
    """Why there is a later version: the ground, what it supersedes, and the reason in words where one is given."""

    ground: Ground
    supersedes: Reference
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Parties:
    """The first party, and the second where there is one."""

    first: Party
    second: Party | None = None

    def __post_init__(self) -> None:
        demand(self.second is None or self.second.person != self.first.person, "one person on both sides")


# without slots, so that it can keep its canonical form and digest: everybody asks for them
@dataclass(frozen=True)
class Content:
    """Everything that one agreement says. ``parent`` and the second party are absent at the root only."""

    schema: str
    type: Type
    organisation: Organisation
    year: int
    id: str
    version: int
    title: str
    first_day: date
    last_day: date
    position: Seat
    person_scheme: PersonScheme
    parties: Parties
    place: str
    dated: date
    goals: tuple[Goal, ...] = ()
    number: str | None = None
    parent: Reference | None = None
    amendment: Amendment | None = None
    budget: Budget | None = None
    plans: tuple[PlanReference, ...] = ()

    def __post_init__(self) -> None:
        reason = self.amendment.reason if self.amendment else None
        demand(self.schema == (SCHEMA if reason is None else REASONED_SCHEMA), "another schema than the content's")
        demand(_ID.fullmatch(self.id), "not an id")
        demand(self.id == agreement_id(self.year, self.position.key, self.version), "the id is not the position's")
        demand(self.first_day <= self.last_day, "ends before it begins")
        demand(self.first_day.year == self.last_day.year == self.year, "days outside the year")
        demand((self.version > 1) == (self.amendment is not None), "a ground belongs to a later version alone")
        demand(self.amendment is None or self._follows(self.amendment), "supersedes another than the version before")
        demand((self.parent is None) == (self.parties.second is None), "a parent belongs to two parties")
        if self.is_withdrawal:
            demand(reason is not None and self.type is Type.WITHDRAWAL, "a withdrawal without its reason")
            demand(not (self.goals or self.budget or self.plans), "a withdrawal that promises")
        else:
            demand(self.goals and self.type is Type.AGREEMENT, "nothing promised")
        codes = [promise.code.casefold() for promise in self.indicators]
        demand(len(codes) == len(set(codes)), "an indicator twice")

    def __getstate__(self) -> dict[str, object]:
        """Leave the canonical bytes behind: on the way to another process they would double its size."""
        return {name: value for name, value in self.__dict__.items() if name != "canonical"}

    def _follows(self, amendment: Amendment) -> bool:
        before = agreement_id(self.year, self.position.key, self.version - 1)
        return amendment.supersedes.id.casefold() == before.casefold()

    @property
    def is_withdrawal(self) -> bool:
        """Whether this ends the version before."""
        return self.amendment is not None and self.amendment.ground is Ground.WITHDRAWAL

    @cached_property
    def digest(self) -> str:
        """The content digest: SHA-256 over the canonical bytes, in hexadecimal."""
        return content_digest(self.canonical)

    @cached_property
    def canonical(self) -> bytes:
        """The canonical bytes, which the issued file carries.

        Raises:
            SchemaError: it has none, for a text is empty, which the page could not show.
        """
        data = canonical(self)
        _demand_texts(data)
        return data

    @property
    def indicators(self) -> tuple[Promise, ...]:
        """All promises, in the order of the page."""
        return tuple(promise for goal in self.goals for promise in goal.indicators)

    def party(self, role: Role) -> Party | None:
        """Return who signs in ``role``; None where nobody does."""
        return self.parties.first if role is Role.FIRST else self.parties.second

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles that this content names; which are required is for the trust file or register to say."""
        return (Role.FIRST,) if self.parties.second is None else (Role.FIRST, Role.SECOND)


def is_agreement_id(written: str) -> bool:
    """Tell whether ``written`` has the form of an agreement's id."""
    return _ID.fullmatch(written) is not None


def agreement_id(year: int, key: str, version: int) -> str:
    """Return ``PK-<tahun>-<key>-<versi>``."""
    return f"PK-{year}-{key}-{version}"


def content_digest(data: bytes) -> str:
    """Return SHA-256 of canonical bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def parse_content(data: bytes) -> Content:
    """Return the content of canonical bytes.

    Raises:
        NewerSchemaError: made by a newer pkdocs.
        SchemaError: too large, not canonical, or not a content.
    """
    if len(data) > MAX_CONTENT_BYTES:
        raise SchemaError("too large")
    content = parse_canonical(Content, data, schema=REASONED_SCHEMA)
    _demand_texts(data)
    # which need not be written again
    vars(content)["canonical"] = data
    return content


def _demand_texts(data: bytes) -> None:
    # nearly all have not even two quotation marks together
    demand(b'""' not in data or not _EMPTY_TEXT.search(data), "an empty text, which the page cannot show")


def short_digest(digest: str) -> str:
    """Return the 130 bits of a digest that the QR code shows: 26 characters of base32, upper case, no padding."""
    return base64.b32encode(bytes.fromhex(digest)).decode("ascii")[:26]


def qr_text(address: str, agreement: str, digest: str) -> str:
    """Return what the QR code of an agreement says; ``address`` may be empty (docs/contracts.md)."""
    return f"{address or 'pkdocs:'}{agreement}/{short_digest(digest)}"
