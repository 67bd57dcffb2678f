"""Drafts for reading and correcting, beside the agreements and never among them.

They need no review, touch no agreement, and no index knows them: nobody can sign one or take it for an agreement.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final

from pkdocs import __version__
from pkdocs.cascade import Agreement
from pkdocs.composition import compose
from pkdocs.content import Content
from pkdocs.document import Template, render_document
from pkdocs.errors import OfficeError, PkdocsError
from pkdocs.files import folder_names, read_regular, write_atomic
from pkdocs.index import Entry, read_index
from pkdocs.issue import Toolchain, draft_pdf, is_draft, issue_pdf
from pkdocs.office import Office, Pool, find_office
from pkdocs.outcome import Outcome, demand
from pkdocs.pipeline.checking import Checked, check
from pkdocs.pipeline.conversion import Sheet, convert_sheets
from pkdocs.pipeline.finishing import demand_fit
from pkdocs.pipeline.fonts import Fonts, by_template, demand_fonts
from pkdocs.pipeline.generation import Failure, Generated, Progress, Wishes, choose
from pkdocs.pipeline.making import source_digest
from pkdocs.pipeline.templates import Templates
from pkdocs.pipeline.wording import gather_wordings
from pkdocs.temporary import sweep

FOLDER: Final = "rancangan"
SUFFIX: Final = "-rancangan.pdf"

_LACKING_IN_A_DRAFT: Final = frozenset({"QR_ABSENT"})


@dataclass(frozen=True, slots=True)
class Rendered:
    """An agreement's Word document as a draft; ``source`` is its digest with that of the tools."""

    content: Content
    template: Template
    source: str
    docx: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft, and what would stop the agreement itself (None: nothing)."""

    pdf: bytes = field(repr=False)
    unfit: PkdocsError | None


class Drafter:
    """What the drafts of one workbook have in common; ``previous`` are digests of earlier versions by id."""

    def __init__(self, checked: Checked, wishes: Wishes, office: Office, previous: Mapping[str, str]) -> None:
        self._office = office
        self._fonts = Fonts(office.installed)
        self._jobs = wishes.jobs
        self._toolchain = Toolchain(__version__, office.build, office.fonts)
        self._templates = Templates(wishes.templates, checked.profile.paper)
        self._wordings = gather_wordings(checked)
        cascade, plan = checked.cascade, checked.workbook.plan
        composed = compose(checked.profile, cascade, plan, person_key=wishes.person_key, previous=previous)
        self._composed = {outcome.key: outcome for outcome in composed}

    def in_order(self, agreements: Iterable[Agreement]) -> list[Agreement]:
        """Return ``agreements``, the first of each template before all others.

        Raises:
            TemplateError: a template cannot be used.
        """
        return by_template(agreements, lambda agreement: self._templates.of(agreement.assignment))

    def render(self, agreement: Agreement) -> Rendered:
        """Return the Word document of a draft.

        Raises:
            DocumentError: the content cannot be made.
            TemplateError: the template does not fit the content.
        """
        content = demand(self._composed[agreement.id])
        template = self._templates.of(agreement.assignment)
        docx = render_document(content, template, qr=None, wording=self._wordings.of(content))
        return Rendered(content, template, source_digest(self._toolchain, docx), docx)

    def convert(self, rendered: Iterator[Rendered]) -> Iterator[Outcome[str, Draft]]:
        """Yield the draft of each, by its id, or the error in its place.

        Raises:
            OfficeError: LibreOffice does not start.
            TemplateError: a template's first page is not set in the fonts that it names; nothing was made.
        """
        waiting: dict[str, Rendered] = {}

        def sheets() -> Iterator[Sheet]:
            for entry in rendered:
                waiting[entry.content.id] = entry
                yield Sheet(entry.content.id, entry.template, entry.docx)

        source = sheets()
        # where nothing is left to do, LibreOffice is not started
        if first := next(source, None):
            with Pool(self._office, workers=self._jobs or None) as pool:
                tried = self._fonts.tried(partial(convert_sheets, pool), chain([first], source))
                for converted in tried:
                    yield self._finish(waiting.pop(converted.key), converted)

    def _finish(self, rendered: Rendered, converted: Outcome[str, bytes]) -> Outcome[str, Draft]:
        identity, pdf = rendered.content.id, converted.value
        if pdf is None:
            return Outcome(identity, error=converted.error)
        try:
            unfit = self._unfit(rendered, pdf)
            # one that is not fit is made again next time, for what is wrong must be said again
            draft = draft_pdf(pdf, rendered.content, source="" if unfit else rendered.source)
        except PkdocsError as error:
            return Outcome(identity, error=error)
        return Outcome(identity, Draft(draft, unfit))

    def _unfit(self, rendered: Rendered, pdf: bytes) -> PkdocsError | None:
        digest = rendered.template.digest
        try:
            demand_fonts(pdf, self._fonts.of(rendered.template), rendered.content.id)
            issued = issue_pdf(pdf, rendered.content, template_digest=digest, toolchain=self._toolchain)
            demand_fit(issued, rendered.content.id, apart_from=_LACKING_IN_A_DRAFT)
        except PkdocsError as error:
            return error
        return None


def make_drafts(workbook: Path, folder: Path, wishes: Wishes, progress: Progress) -> Generated:
    """Make drafts of the agreements of ``workbook`` in ``folder``, below ``rancangan``.

    What is there already and would not change stays. An agreement that would fail has a draft where one can be
    made, and is told among those that failed.

    Raises:
        WorkbookError: the workbook has errors, or they touch what was asked for.
        UsageError: what was asked for is not in the workbook.
        TemplateError: a template cannot be used.
        OfficeError: LibreOffice is missing, or nothing could be converted.
        ConflictError: the index of ``folder`` is damaged, or of a newer pkdocs.
    """
    checked = check(workbook)
    chosen = choose(checked, wishes.only)
    index = read_index(folder)
    drafter = Drafter(checked, wishes, find_office(), index.digests if index else {})
    run = _Run(checked, folder / FOLDER, chosen)
    sweep(folder / FOLDER)
    progress(0, len(chosen))
    for outcome in drafter.convert(run.rendered(drafter)):
        run.take(outcome)
        progress(run.done, len(chosen))
    progress(len(chosen), len(chosen))
    return run.finish(prune=wishes.prune)


def is_draft_at(file: Path) -> bool:
    """Tell whether a file is named as a draft, and is one."""
    try:
        return file.name.endswith(SUFFIX) and is_draft(read_regular(file))
    except OSError:
        return False


class _Run:
    """What one call of ``make_drafts`` has done so far."""

    def __init__(self, checked: Checked, folder: Path, chosen: Sequence[Agreement]) -> None:
        self._checked = checked
        self._folder = folder
        self._chosen = chosen
        self._units = folder_names(row.unit for row in checked.workbook.roster.assignments)
        self._entries: dict[str, Entry] = {}
        self._failed: dict[str, PkdocsError] = {}
        self._there: set[str] = set()
        self._made = 0

    @property
    def done(self) -> int:
        """How many drafts are settled."""
        return len(self._there | self._failed.keys())

    def rendered(self, drafter: Drafter) -> Iterator[Rendered]:
        """Yield what is to be converted: not what is there already, nor what cannot be rendered.

        Raises:
            TemplateError: a template cannot be used.
        """
        for agreement in drafter.in_order(self._chosen):
            try:
                rendered = drafter.render(agreement)
            except PkdocsError as error:
                self._failed[agreement.id] = error
                continue
            self._entries[agreement.id] = self._entry(agreement, rendered)
            file = self._folder / self._place(agreement)
            if file.is_file() and is_draft(file.read_bytes(), source=rendered.source):
                self._there.add(agreement.id)
            else:
                yield rendered

    def take(self, outcome: Outcome[str, Draft]) -> None:
        """Write a draft that was made, and note what is wrong."""
        error = outcome.error
        if outcome.value:
            write_atomic(self._folder / str(self._entries[outcome.key].pdf), outcome.value.pdf)
            self._there.add(outcome.key)
            self._made += 1
            error = outcome.value.unfit
        if error:
            self._failed[outcome.key] = error

    def finish(self, *, prune: bool) -> Generated:
        """Say what there is, and what is left over of earlier runs.

        Raises:
            OfficeError: nothing could be converted.
        """
        failed = tuple(Failure(entry.id, self._failed[entry.id]) for entry in self._chosen if entry.id in self._failed)
        unconverted = [failure.error for failure in failed if failure.error.code.startswith("OFFICE_")]
        if unconverted and not self._there:
            raise OfficeError("NOTHING_CONVERTED", reason=unconverted[0])
        entries = tuple(self._entries[entry.id] for entry in self._chosen if entry.id in self._there)
        leftover = tuple(self._leftover())
        for file in leftover if prune else ():
            file.unlink()
        kept, pruned = ((), leftover) if prune else (leftover, ())
        return Generated(self._folder, entries, self._made, failed, kept, pruned)

    def _place(self, agreement: Agreement) -> str:
        return f"{self._units[agreement.assignment.unit]}/{agreement.id}{SUFFIX}"

    def _entry(self, agreement: Agreement, rendered: Rendered) -> Entry:
        return Entry(
            id=agreement.id,
            key=agreement.key,
            unit=agreement.assignment.unit,
            position=agreement.assignment.title,
            content_digest=rendered.content.digest,
            template=rendered.template.name,
            source=rendered.source,
            persons={},
            pdf=self._place(agreement),
        )

    def _leftover(self) -> Iterator[Path]:
        """Yield drafts of what the workbook no longer makes; while there are errors, nobody can tell."""
        if self._checked.errors:
            return
        places = {self._place(agreement) for agreement in self._checked.cascade.agreements}
        for file in sorted(self._folder.glob(f"*/*{SUFFIX}")):
            if file.relative_to(self._folder).as_posix() not in places and is_draft(file.read_bytes()):
                yield file
