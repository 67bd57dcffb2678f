"""From a workbook to issued agreements on disk. Killed at any moment, the same call makes what is missing."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from pkdocs import __version__
from pkdocs.cascade import Agreement
from pkdocs.composition import compose
from pkdocs.content import Content, agreement_id
from pkdocs.errors import OfficeError, PkdocsError, UsageError, WorkbookError
from pkdocs.files import folder_names
from pkdocs.index import SCHEMA, Entry, Index, append_journal, remove_journal, write_index
from pkdocs.issue import Toolchain
from pkdocs.office import find_office
from pkdocs.persons import person_scheme
from pkdocs.pipeline.checking import Checked, check, demand_no_errors
from pkdocs.pipeline.libraries import libraries
from pkdocs.pipeline.looks import choose_look
from pkdocs.pipeline.making import Draft, Maker
from pkdocs.pipeline.shelf import Found, Shelf, bears_signature, entry_of
from pkdocs.pipeline.succession import bound_contents, former_contents, former_entries, refuse_changes, with_named
from pkdocs.pipeline.templates import Templates
from pkdocs.pipeline.wording import gather_wordings
from pkdocs.temporary import sweep

Progress = Callable[[int, int], None]


class Format(StrEnum):
    """What is written."""

    PDF = "pdf"
    DOCX = "docx"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the operator asked for; ``only`` are keys or ids, none for all; ``jobs`` 0 is one for each core."""

    templates: Path
    person_key: bytes = field(repr=False)
    only: tuple[str, ...] = ()
    format: Format = Format.BOTH
    jobs: int = 0
    prune: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """An agreement that could not be made, and why."""

    id: str
    error: PkdocsError


@dataclass(frozen=True, slots=True)
class Generated:
    """What one run gave: the agreements asked for, how many were made anew, what failed, what is left over."""

    folder: Path
    agreements: tuple[Entry, ...]
    made: int
    failed: tuple[Failure, ...]
    leftover: tuple[Path, ...]
    pruned: tuple[Path, ...]


def generate(workbook: Path, folder: Path, wishes: Wishes, progress: Progress) -> Generated:
    """Make the agreements of ``workbook`` in ``folder``.

    A file that bears a signature is left as it is where its content is unchanged. One agreement that fails
    does not stop the others.

    Raises:
        WorkbookError: the workbook has errors, or they touch what was asked for.
        UsageError: what was asked for is not in the workbook.
        TemplateError: a template cannot be used.
        OfficeError: LibreOffice is missing, or nothing could be converted.
        ConflictError: a signed file would have to change; nothing was written.
    """
    checked = check(workbook)
    chosen = choose(checked, wishes.only)
    office = None if wishes.format is Format.DOCX else find_office()
    toolchain = Toolchain(__version__, office.build if office else "-", office.fonts if office else "-")
    run = _Run(checked, Shelf(folder), wishes, toolchain)
    failed, contents = run.contents(chosen)
    signed, drafts = run.drafts(contents)
    maker = Maker(run.shelf, toolchain, office, wishes.jobs, checked.profile.address)
    entries, made = {entry.id: entry for entry in signed}, 0
    progress(len(entries) + len(failed), len(chosen))
    sweep(folder)
    run.announce(entries, drafts)
    for outcome in maker.make(drafts):
        if outcome.value:
            entry, is_new = outcome.value
            entries[entry.id] = entry
            made += is_new
            append_journal(folder, entry)
        elif outcome.error:
            failed.append(Failure(outcome.key, outcome.error))
        progress(len(entries) + len(failed), len(chosen))
    unconverted = [failure.error for failure in failed if failure.error.code.startswith("OFFICE_")]
    if unconverted and not entries:
        raise OfficeError("NOTHING_CONVERTED", reason=unconverted[0])
    return run.finish(entries, made, failed)


def choose(checked: Checked, only: Sequence[str]) -> tuple[Agreement, ...]:
    """Return the agreements that were asked for, all of them untouched by errors."""
    if not only:
        demand_no_errors(checked)
        return checked.cascade.agreements
    names = {entry.id: {entry.id.casefold(), entry.key.casefold()} for entry in checked.cascade.agreements}
    known = frozenset[str]().union(*names.values())
    unmade = [name for name in only if name.casefold() not in known]
    stopped = _stopped(checked)
    if touched := [name for name in unmade if stopped & _ids(name, checked.profile.year)]:
        raise WorkbookError("ONLY_TOUCHED", names=", ".join(touched))
    if unmade:
        raise UsageError("ONLY_UNKNOWN", names=", ".join(unmade))
    wanted = {name.casefold() for name in only}
    return tuple(entry for entry in checked.cascade.agreements if names[entry.id] & wanted)


def _stopped(checked: Checked) -> set[str]:
    """Return the ids, without case, of what errors stop; of rows that could not be read those of all versions."""
    broken = (_ids(row.key, checked.profile.year) for row in checked.workbook.roster.broken)
    return {identity.casefold() for identity in checked.cascade.stopped}.union(*broken)


def _ids(name: str, year: int) -> set[str]:
    return {name.casefold(), *(agreement_id(year, name, version).casefold() for version in range(1, 100))}


class _Run:
    """What one call of ``generate`` knows about workbook and folder."""

    def __init__(self, checked: Checked, shelf: Shelf, wishes: Wishes, toolchain: Toolchain) -> None:
        self.checked = checked
        self.shelf = shelf
        self._wishes = wishes
        self._toolchain = toolchain
        self._profile = checked.profile
        self._appearance = choose_look(checked.profile, wishes.templates)
        self._templates = Templates(wishes.templates, checked.profile.paper)
        self._wordings = gather_wordings(checked)
        self._folders = folder_names(row.unit for row in checked.workbook.roster.assignments)
        reviews = sorted(checked.workbook.plan.reviews, key=lambda entry: (entry.day is not None, entry.day))
        self._bound = bound_contents(shelf)
        made = {agreement.id.casefold() for agreement in checked.cascade.agreements} | _stopped(checked)
        self._former = former_contents(self._bound, checked.workbook.roster, made)
        self._accepted = {entry.position.casefold(): entry.accepted for entry in reviews}

    def contents(self, chosen: Sequence[Agreement]) -> tuple[list[Failure], list[tuple[Agreement, Content]]]:
        """Compose all contents, for digests go upwards, and return those that were asked for.

        Raises:
            ConflictError: one of them, or what it names, is signed and would change.
        """
        previous = self.shelf.index.digests if self.shelf.index else {}
        cascade, plan, key = self.checked.cascade, self.checked.workbook.plan, self._wishes.person_key
        composed = compose(self._profile, cascade, plan, person_key=key, previous=previous, signed=self._bound)
        by_id = {outcome.key: outcome for outcome in composed}
        named = ((agreement, by_id[agreement.id].value) for agreement in with_named(chosen, cascade))
        self._demand_signed_stand((agreement, content) for agreement, content in named if content)
        failed: list[Failure] = []
        made: list[tuple[Agreement, Content]] = []
        for agreement in chosen:
            outcome = by_id[agreement.id]
            if outcome.error:
                failed.append(Failure(agreement.id, outcome.error))
            elif outcome.value:
                made.append((agreement, outcome.value))
        return failed, made

    def _demand_signed_stand(self, contents: Iterable[tuple[Agreement, Content]]) -> None:
        disputed: list[tuple[Found, Content]] = []
        for agreement, content in contents:
            found = self._look(agreement)
            if found and found.signed and found.content != content:
                disputed.append((found, content))
        if disputed:
            refuse_changes(disputed)

    def drafts(self, contents: Sequence[tuple[Agreement, Content]]) -> tuple[list[Entry], list[Draft]]:
        """Return what is signed and stays as it is, and what is to be made."""
        signed: list[Entry] = []
        drafts: list[Draft] = []
        for agreement, content in contents:
            found, draft = self._look(agreement), self._draft(agreement, content)
            if found and found.signed:
                known = self.shelf.entry(agreement.id) or draft.entry
                kept = replace(draft.entry, source=known.source, docx=known.docx, pdf=found.path)
                signed.append(replace(kept, issue_digest=found.issue_digest))
            else:
                drafts.append(draft)
        return signed, drafts

    def _stem(self, agreement: Agreement) -> str:
        return f"{self._folders[agreement.assignment.unit]}/{agreement.id}"

    def _look(self, agreement: Agreement) -> Found | None:
        return self.shelf.look(agreement.id, f"{self._stem(agreement)}.pdf")

    def _draft(self, agreement: Agreement, content: Content) -> Draft:
        row = agreement.assignment
        template, stem = self._templates.of(row), self._stem(agreement)
        accepted = self._accepted.get(row.key.casefold(), self._accepted.get(row.code.casefold(), False))
        entry = replace(
            entry_of(content, template=template.name),
            docx=None if self._wishes.format is Format.PDF else f"{stem}.docx",
            pdf=None if self._wishes.format is Format.DOCX else f"{stem}.pdf",
            held=(self._profile.review_required and not accepted) or None,
        )
        expected, wording = self.shelf.digest_at(f"{stem}.pdf"), self._wordings.of(content)
        return Draft(agreement, content, self._with_known_pdf(entry), template, wording, expected)

    def _with_known_pdf(self, entry: Entry) -> Entry:
        """Where Word documents alone are made, the PDF of the same content stays what it was."""
        known = self.shelf.entry(entry.id)
        if entry.pdf or known is None or known.content_digest != entry.content_digest:
            return entry
        return replace(entry, pdf=known.pdf, issue_digest=known.issue_digest, source=known.source)

    def announce(self, signed: Mapping[str, Entry], drafts: Sequence[Draft]) -> None:
        """Write the index before the first document: what must not be signed is known even if this run is killed."""
        self._appearance.put(self.shelf.folder)
        planned = dict(signed)
        for draft in drafts:
            known = self.shelf.entry(draft.entry.id)
            is_same = known is not None and known.content_digest == draft.entry.content_digest
            planned[draft.entry.id] = replace(known, held=draft.entry.held) if known and is_same else draft.entry
        write_index(self.shelf.folder, self._index(tuple(self._indexed(planned))))

    def finish(self, entries: Mapping[str, Entry], made: int, failed: Sequence[Failure]) -> Generated:
        """Write the index, and say what is left over of earlier runs."""
        cascade = self.checked.cascade
        # what failed has no file that says what the workbook says: an older one must not be signed
        gone = {failure.id for failure in failed}
        agreements = tuple(entry for entry in self._indexed(entries) if entry.id not in gone)
        write_index(self.shelf.folder, self._index(agreements))
        remove_journal(self.shelf.folder)
        ids = {*(entry.id for entry in cascade.agreements), *_stopped(self.checked), *self._former}
        leftover = tuple(self.shelf.leftover(ids, agreements))
        # while there are errors, nobody can tell what the workbook no longer makes
        may_prune = self._wishes.prune and not self.checked.errors
        pruned = tuple(file for file in leftover if not bears_signature(file)) if may_prune else ()
        for file in pruned:
            file.unlink()
        made_now = tuple(entry for entry in agreements if entry.id in entries)
        kept = tuple(file for file in leftover if file not in pruned)
        return Generated(self.shelf.folder, made_now, made, tuple(failed), kept, pruned)

    def _index(self, agreements: tuple[Entry, ...]) -> Index:
        before = self.shelf.index
        earlier = before.digests if before else {}
        current = {entry.id for entry in agreements}
        return Index(
            schema=SCHEMA,
            year=self._profile.year,
            organisation=self._profile.organisation,
            workbook=self.checked.workbook.digest,
            zone=self._profile.zone,
            person_scheme=person_scheme(self._wishes.person_key),
            templates={**(before.templates if before else {}), **self._templates.digests},
            toolchain={
                "program": self._toolchain.program,
                "office": self._toolchain.office,
                "fonts": self._toolchain.fonts,
                "libraries": libraries(),
            },
            agreements=agreements,
            earlier={identity: found for identity, found in earlier.items() if identity not in current},
            look=self._appearance.look,
        )

    def _indexed(self, entries: Mapping[str, Entry]) -> Iterator[Entry]:
        """Entries of this run; earlier ones that the workbook still makes, errors stop, or later versions follow."""
        for agreement in self.checked.cascade.agreements:
            entry = entries.get(agreement.id) or self.shelf.entry(agreement.id)
            if entry:
                yield entry
        stopped = _stopped(self.checked)
        if self.shelf.index:
            yield from (entry for entry in self.shelf.index.agreements if entry.id.casefold() in stopped)
        yield from former_entries(self.shelf, self._former)
