"""The register on disk: brought up to workbook and files, its head made for the registrars to sign."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final

from pkdocs.composition import compose
from pkdocs.content import Content
from pkdocs.decision import Decision, read_decisions
from pkdocs.errors import ConflictError, CredentialError, SigningError, WorkbookError
from pkdocs.executor import cores, run_each
from pkdocs.files import write_atomic
from pkdocs.index import Entry, Index
from pkdocs.persons import person_scheme, pseudonym
from pkdocs.pipeline.audit import TIMEOUT_S
from pkdocs.pipeline.checking import Checked, check, demand_no_errors
from pkdocs.pipeline.comparing import compared_contents
from pkdocs.pipeline.enrolling import read_enrolment
from pkdocs.pipeline.keeping import read_kept
from pkdocs.pipeline.looking import examine_file, lost_file
from pkdocs.pipeline.shelf import Shelf
from pkdocs.pipeline.sources import Source
from pkdocs.pipeline.succession import bound_contents, former_contents, former_entries
from pkdocs.register import (
    HEAD_NAME,
    LIST_NAME,
    Enrolled,
    Head,
    Keepers,
    Line,
    Registrar,
    State,
    TemplateLine,
    Terms,
    added_lines,
    archive_name,
    next_head,
    render_head,
    render_lines,
    standing,
    state_agreement,
    state_assignments,
    state_positions,
    with_comparison,
    with_decision,
    with_successors,
)
from pkdocs.roster import Level, Person
from pkdocs.schema import SchemaError
from pkdocs.verification import Facts, Weight

Progress = Callable[[int, int], None]

_FEWEST_OF_MANY: Final = 2
_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class HeadWishes:
    """What the operator asked for; without ``next_by`` the usual time, without ``threshold`` two if there are two.

    Without ``templates`` pages are not issued again, and what is listed now is listed as not compared.
    """

    person_key: bytes = field(repr=False)
    templates: Path | None = None
    next_by: date | None = None
    threshold: int | None = None
    closed: bool = False
    jobs: int = 0


@dataclass(frozen=True, slots=True)
class Built:
    """The head as it lies in the folder now, how many of its lines are new, how many agreements are how far.

    ``compared`` counts those whose pages were issued again and were the same.

    ``is_new`` tells that the head was made now and waits for signatures.
    """

    file: Path
    head: Head
    is_new: bool
    added: int
    states: Mapping[State, int]
    compared: int


@dataclass(frozen=True, slots=True)
class _Before:
    """The last head that its keepers have signed, its file, and the lines that it covers; nothing at version 1."""

    head: Head | None = None
    file: bytes = b""
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class _Given:
    """What one call states: workbook and index, the contents that both agree on, which of them were rejected or
    withdrawn, who is enrolled, and the day.
    """

    checked: Checked
    index: Index
    contents: Mapping[str, Content]
    decisions: Mapping[str, Decision]
    enrolled: Sequence[Enrolled]
    wishes: HeadWishes
    day: date

    def name(self, person: Person) -> str:
        """Return the content's person."""
        return pseudonym(self.wishes.person_key, person.number)


def build_register(
    folder: Path,
    workbook: Path,
    enrolment: Path,
    wishes: HeadWishes,
    *,
    at: datetime,
    progress: Progress,
    comparing: Progress | None = None,
) -> Built:
    """Bring the register in ``folder`` up to ``workbook``, the files and ``enrolment``; the head waits for signatures.

    A head that nobody has signed is made anew under its version; after a signature the next version follows, but
    none where there is nothing new to say. The list only grows. Pages that are new to it are issued again and
    compared; ``comparing`` is told how far that has come.

    Raises:
        WorkbookError: the workbook has errors, or says something else than what was issued.
        ConflictError: nothing was generated here, register or index are damaged, or the head before is not signed yet.
        CredentialError: the enrolment cannot be used, or names too few registrars.
        SigningError: a file cannot be vouched for, or a page is not what workbook and template give.
        OfficeError, TemplateError: pages cannot be issued again here.
    """
    given = _read_given(folder, workbook, enrolment, wishes, at)
    before = _read_before(folder)
    if before.lines and before.lines[-1].entered > given.day:
        raise ConflictError("REGISTER_LATER", entered=before.lines[-1].entered.isoformat())
    terms = _terms(given)
    facts = _examine(folder, given, progress)
    compared = compared_contents(
        before.lines,
        given.contents,
        facts,
        given.checked,
        templates=wishes.templates,
        jobs=wishes.jobs,
        progress=comparing or progress,
    )
    added = tuple(added_lines(before.lines, _state(given, facts, compared), given.day))
    lines = (*before.lines, *added)
    listed = standing(lines)
    states, same = Counter(line.state for line in listed), sum(line.compared is True for line in listed)
    if before.head and not added and not _asks_for_more(before.head, terms):
        return Built(folder / HEAD_NAME, before.head, is_new=False, added=0, states=states, compared=same)
    try:
        head = next_head(before.head, lines, terms)
    except SchemaError as fault:
        raise ConflictError("REGISTER_TERMS", why=str(fault)) from fault
    _write(folder, before, head, lines)
    return Built(folder / HEAD_NAME, head, is_new=True, added=len(added), states=states, compared=same)


def _asks_for_more(before: Head, terms: Terms) -> bool:
    changed = (before.following or before.keepers) != terms.keepers
    return changed or terms.next_by is not None or (terms.closed and not before.closed)


def _read_given(folder: Path, workbook: Path, enrolment: Path, wishes: HeadWishes, at: datetime) -> _Given:
    checked = check(workbook)
    demand_no_errors(checked)
    shelf = Shelf(folder)
    if shelf.index is None:
        raise ConflictError("INDEX_MISSING", folder=str(folder))
    enrolled = read_enrolment(enrolment, person_key=wishes.person_key)
    contents = _contents(checked, shelf, shelf.index, wishes.person_key)
    day = at.astimezone(checked.profile.zone.info).date()
    return _Given(checked, shelf.index, contents, read_decisions(folder), enrolled, wishes, day)


def _contents(checked: Checked, shelf: Shelf, index: Index, person_key: bytes) -> Mapping[str, Content]:
    """Return the contents that the workbook gives, and signed ones that others follow; all of them were issued."""
    plan, bound = checked.workbook.plan, bound_contents(shelf)
    composed = compose(
        checked.profile, checked.cascade, plan, person_key=person_key, previous=index.digests, signed=bound
    )
    contents: dict[str, Content] = {}
    for outcome in composed:
        if outcome.error:
            raise outcome.error
        if outcome.value:
            contents[outcome.key] = outcome.value
    former = former_contents(bound, checked.workbook.roster, {identity.casefold() for identity in contents})
    contents |= {entry.id: former[entry.id] for entry in former_entries(shelf, former)}
    issued = {entry.id: entry.content_digest for entry in index.agreements if entry.pdf}
    apart = [identity for identity, content in contents.items() if issued.get(identity) != content.digest]
    if apart:
        raise WorkbookError("REGISTER_NOT_GENERATED", count=len(apart), ids=", ".join(apart[:_NAMED]))
    return contents


def _examine(folder: Path, given: _Given, progress: Progress) -> Mapping[str, Facts]:
    """Return the facts of each agreement's file; none is vouched for in which something is wrong."""
    entries = [entry for entry in given.index.agreements if entry.id in given.contents]
    files = [Source.of(folder / str(entry.pdf)) for entry in entries]
    jobs = given.wishes.jobs or cores()
    looked = run_each(examine_file, files, jobs=jobs, timeout_s=TIMEOUT_S, lost=lost_file)
    facts: dict[str, Facts] = {}
    wrong: list[str] = []
    for entry, found in zip(entries, looked, strict=True):
        facts[entry.id] = found
        if reason := _unfit(entry, found):
            wrong.append(f"{entry.id} [{reason}]")
        progress(len(facts), len(entries))
    if wrong:
        raise SigningError("REGISTER_UNFIT", count=len(wrong), files=", ".join(wrong[:_NAMED]))
    return facts


def _unfit(entry: Entry, facts: Facts) -> str:
    failed = next((finding.code for finding in facts.findings if finding.weight is Weight.FAIL), "")
    same = (facts.content_digest, facts.issue_digest) == (entry.content_digest, entry.issue_digest)
    return failed or ("" if same else "ISSUE_OTHER")


def _state(given: _Given, facts: Mapping[str, Facts], compared: Collection[str]) -> Iterable[Line]:
    roster, day = given.checked.workbook.roster, given.day
    owners = {one.certificate: one.person for one in given.enrolled}
    yield from state_positions(roster, given.checked.cascade, day)
    yield from state_assignments(roster, given.name, day)
    yield from {one.digest: one.line(day) for one in given.enrolled}.values()
    yield from (TemplateLine(day, name, digest) for name, digest in given.index.templates.items())
    agreements = [state_agreement(content, facts[name], owners, day) for name, content in given.contents.items()]
    agreements = [with_comparison(line) if line.content in compared else line for line in agreements]
    stated = [
        with_decision(line, State(given.decisions[line.content].kind)) if line.content in given.decisions else line
        for line in agreements
    ]
    yield from with_successors(stated, given.contents.values())


def _terms(given: _Given) -> Terms:
    rows, wishes = given.checked.workbook.roster.assignments, given.wishes
    return Terms(
        organisation=next(iter(given.contents.values())).organisation,
        year=given.checked.profile.year,
        person_scheme=person_scheme(wishes.person_key),
        root_position=next(row.key for row in rows if row.level is Level.HEAD_OF_REGION),
        keepers=_keepers(given),
        dated=given.day,
        next_by=wishes.next_by,
        closed=wishes.closed,
    )


def _keepers(given: _Given) -> Keepers:
    people = {given.name(row.person): row for row in given.checked.workbook.roster.assignments if row.person}
    newest = {one.person: one for one in given.enrolled if one.registrar}
    unknown = [person for person in newest if person not in people]
    if unknown or not newest:
        raise CredentialError("REGISTRARS_UNKNOWN", persons=", ".join(unknown) or "-")
    registrars = tuple(
        Registrar(person, row.person.full_name, row.unit, one.digest)
        for person, one in newest.items()
        if (row := people[person]).person
    )
    threshold = given.wishes.threshold or min(_FEWEST_OF_MANY, len(registrars))
    try:
        return Keepers(registrars, threshold)
    except SchemaError as fault:
        raise CredentialError("REGISTRARS_FEW", threshold=threshold, registrars=len(registrars)) from fault


def _read_before(folder: Path) -> _Before:
    """Return the last signed head of the folder.

    One without any signature does not count: what stands below it is made anew.
    """
    if not (folder / HEAD_NAME).exists():
        return _Before()
    kept = read_kept(folder / HEAD_NAME)
    if not kept.signed:
        if kept.head.version == 1:
            return _Before()
        kept = read_kept(folder / archive_name(kept.head.version - 1))
    threshold = kept.head.keepers.threshold
    if len(kept.signed) < threshold:
        raise ConflictError("HEAD_AWAITS", version=kept.head.version, signed=len(kept.signed), threshold=threshold)
    return _Before(kept.head, kept.data, kept.lines)


def _write(folder: Path, before: _Before, head: Head, lines: tuple[Line, ...]) -> None:
    """Keep the head before under its version, then write list and head: at each moment a signed head fits its list."""
    if before.head:
        write_atomic(folder / archive_name(before.head.version), before.file)
    write_atomic(folder / LIST_NAME, render_lines(lines))
    write_atomic(folder / HEAD_NAME, render_head(head))
