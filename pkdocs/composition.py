"""From the cascade to contents, parents first: each carries the digest of the one above."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from pkdocs.cascade import Agreement, Cascade
from pkdocs.cascade.promises import goal_groups
from pkdocs.content import (
    REASONED_SCHEMA,
    SCHEMA,
    Amendment,
    Budget,
    Content,
    Expense,
    Goal,
    Organisation,
    Parties,
    Party,
    PlanReference,
    Promise,
    Quarter,
    Reference,
    Seat,
    Type,
    Value,
    budget_total,
)
from pkdocs.errors import DocumentError
from pkdocs.outcome import Outcome
from pkdocs.persons import person_scheme, pseudonym
from pkdocs.plan import BudgetLine, Indicator, Plan, PlanRow
from pkdocs.profile import Ground, Profile, Shown
from pkdocs.roster import Assignment, Employment, Level, Person

_EMPLOYMENT_GROUPS: Mapping[Employment, str] = {
    Employment.STATE_OFFICIAL: "Kepala Daerah",
    Employment.PNS: "PNS",
    Employment.CPNS: "PNS",
    Employment.PPPK: "PPPK",
    Employment.PPPK_PART_TIME: "PPPK",
    Employment.NON_ASN: "Non-ASN",
}


def compose(
    profile: Profile,
    cascade: Cascade,
    plan: Plan,
    *,
    person_key: bytes,
    previous: Mapping[str, str],
    signed: Mapping[str, Content] = MappingProxyType({}),
) -> Iterator[Outcome[str, Content]]:
    """Yield the content of each agreement by its id, parents first.

    ``previous`` gives content digests by id for versions that the workbook no longer has. An amendment whose
    predecessor is nowhere to be found, and what hangs on it, is an error in its place.

    ``signed`` are contents by id that people have put their names to. One stands as it was signed where a later
    version follows it, and where the workbook says no more than that it ends sooner; so what hangs on it stays
    too. Any other change gives the content that the workbook asks for: that it must not be made is not said here.
    Ids are compared without case.
    """
    composer = _Composer(profile, plan, person_key)
    standing = {identity.casefold(): content for identity, content in signed.items()}
    known = {identity.casefold(): Reference(identity, digest) for identity, digest in previous.items()}
    known |= {identity: Reference(content.id, content.digest) for identity, content in standing.items()}
    latest = {agreement.key: agreement.assignment.version for agreement in cascade.agreements}
    made: dict[str, Reference] = {}
    for agreement in cascade.agreements:
        kept = standing.get(agreement.id.casefold())
        is_followed = agreement.assignment.version < latest[agreement.key]
        try:
            content = kept if kept and is_followed else composer.content(agreement, made, known)
        except DocumentError as stop:
            yield Outcome(agreement.id, error=stop)
            continue
        if kept and _ends_sooner(content, kept):
            content = kept
        made[agreement.id] = known[agreement.id.casefold()] = Reference(content.id, content.digest)
        yield Outcome(agreement.id, content)


def _ends_sooner(content: Content, kept: Content) -> bool:
    """Tell whether ``content`` says the same as ``kept`` but for an earlier last day."""
    return content.last_day < kept.last_day and replace(content, last_day=kept.last_day) == kept


class _Composer:
    def __init__(self, profile: Profile, plan: Plan, person_key: bytes) -> None:
        self._profile = profile
        self._plans = {row.code.casefold(): row for row in plan.rpjmd}
        self._key = person_key

    def content(self, agreement: Agreement, made: Mapping[str, Reference], known: Mapping[str, Reference]) -> Content:
        profile, row = self._profile, agreement.assignment
        if agreement.parent and agreement.parent not in made:
            raise DocumentError("PARENT_NOT_MADE", id=agreement.id, parent=agreement.parent)
        goals = tuple(
            Goal(text, tuple(_promise(entry) for entry in rows)) for text, rows in goal_groups(agreement.indicators)
        )
        second = agreement.second
        amendment = self._amendment(agreement, known)
        return Content(
            schema=REASONED_SCHEMA if amendment and amendment.reason else SCHEMA,
            type=Type.WITHDRAWAL if row.is_withdrawal else Type.AGREEMENT,
            organisation=Organisation(profile.organisation, profile.code or None),
            year=profile.year,
            id=agreement.id,
            version=row.version,
            title=withdrawal_title(profile.year) if row.is_withdrawal else profile.title,
            first_day=agreement.first_day,
            last_day=agreement.last_day,
            position=Seat(row.key, row.title, row.unit, row.level, row.subunit or None, row.role or None),
            person_scheme=person_scheme(self._key),
            parties=Parties(
                self._party(row, profile.first_label),
                self._party(second, profile.second_label) if second else None,
            ),
            place=profile.place,
            dated=agreement.day,
            goals=goals,
            number=row.agreement_number or None,
            parent=made[agreement.parent] if agreement.parent else None,
            amendment=amendment,
            budget=_budget(agreement.budget),
            plans=self._plan_references(agreement),
        )

    def _party(self, row: Assignment, label: str) -> Party:
        person = row.person
        if person is None:
            raise DocumentError("PARTY_WITHOUT_PERSON", key=row.key)
        shown = self._profile.shows.get(name_group(self._profile, row), frozenset())
        return Party(
            person=pseudonym(self._key, person.number),
            label=label,
            position=row.key,
            office=row.office,
            status=row.status,
            means=row.means,
            name=person.full_name if Shown.DEGREES in shown else person.name,
            rank=printed_rank(person) if Shown.RANK in shown else None,
            number=printed_number(person, self._profile.pppk_label) if Shown.NUMBER in shown else None,
        )

    def _amendment(self, agreement: Agreement, known: Mapping[str, Reference]) -> Amendment | None:
        before = agreement.supersedes
        if before is None:
            return None
        ground = agreement.assignment.ground or self._profile.ground or Ground.OFFICER
        superseded = known.get(before.casefold())
        if superseded is None:
            raise DocumentError("PREDECESSOR_UNKNOWN", id=agreement.id, before=before)
        return Amendment(ground, superseded, agreement.assignment.reason or None)

    def _plan_references(self, agreement: Agreement) -> tuple[PlanReference, ...]:
        codes = dict.fromkeys(code.casefold() for row in agreement.indicators for code in row.answers_to)
        return tuple(_plan_reference(self._plans[code]) for code in codes if code in self._plans)


def withdrawal_title(year: int) -> str:
    """Return the heading of a withdrawal."""
    return f"PENCABUTAN PERJANJIAN KINERJA TAHUN {year}"


def name_group(profile: Profile, row: Assignment) -> str:
    """Return by which line of ``Tampil ...`` a signer's name is printed (Permendagri 1/2023, Pasal 44)."""
    acting = "Pj. " if row.status.is_acting else ""
    if row.level is Level.HEAD_OF_REGION:
        return f"{acting}Kepala Daerah"
    if profile.secretary_code and row.code.casefold() == profile.secretary_code.casefold():
        return f"{acting}Sekretaris Daerah"
    return _EMPLOYMENT_GROUPS[row.person.employment] if row.person else "PNS"


def printed_rank(person: Person) -> str | None:
    """Return ``Pembina Utama Muda (IV/c)``; ``Golongan IX`` for a PPPK; None where there is neither."""
    if person.rank:
        return f"{person.rank} ({person.grade})" if person.grade else person.rank
    return f"Golongan {person.grade}" if person.grade else None


def printed_number(person: Person, pppk_label: str) -> str:
    """Return the number with the label of its kind."""
    if person.employment in {Employment.PPPK, Employment.PPPK_PART_TIME}:
        return f"{pppk_label} {person.number}"
    label = "NIP." if person.employment in {Employment.PNS, Employment.CPNS} else "No."
    return f"{label} {person.number}"


def _promise(row: Indicator) -> Promise:
    return Promise(
        code=row.code,
        text=row.text,
        target=Value.of(row.target),
        polarity=row.polarity,
        mode=row.mode,
        unit=None if row.unit in {"", "-"} else row.unit,
        answers_to=row.answers_to,
        own=True if row.own else None,
        baseline=Value.of(row.baseline) if row.baseline else None,
        quarters=tuple(Quarter(number, Value.of(quarter)) for number, quarter in enumerate(row.quarters, 1) if quarter),
        action=row.action or None,
        definition=row.definition or None,
        source=row.source or None,
    )


def _budget(lines: tuple[BudgetLine, ...]) -> Budget | None:
    printed = tuple(
        Expense(line.code, line.tier, line.label, str(line.amount), line.note or None, line.goal)
        for line in lines
        if line.amount
    )
    return Budget(printed, str(budget_total(printed))) if printed else None


def _plan_reference(row: PlanRow) -> PlanReference:
    return PlanReference(
        code=row.code,
        text=row.text,
        goal=row.goal or None,
        unit=row.measure or None,
        target=Value.of(row.target) if row.target else None,
        final_target=Value.of(row.final_target) if row.final_target else None,
        polarity=row.polarity,
    )
