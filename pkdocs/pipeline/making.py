"""One agreement after the other: rendered, converted, issued, written whole. What is there already stays."""

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from pkdocs.cascade import Agreement
from pkdocs.content import Content, qr_text
from pkdocs.document import Template, render_document
from pkdocs.errors import DocumentError, PkdocsError
from pkdocs.files import digest, replace_unchanged, write_atomic
from pkdocs.index import Entry
from pkdocs.issue import Toolchain, issue_pdf
from pkdocs.office import Office, Pool
from pkdocs.outcome import Outcome
from pkdocs.page import Wording
from pkdocs.pipeline.fonts import Faces, Fonts, by_template, demand_fonts
from pkdocs.pipeline.shelf import Shelf
from pkdocs.verification import Weight, examine_pdf


@dataclass(frozen=True, slots=True)
class Draft:
    """An agreement to be made: its content, where its files go, the template that it takes and its wording.

    ``expected`` is the digest of the PDF that was there when it was decided to make it (empty: none): what
    somebody signs meanwhile is not overwritten.
    """

    agreement: Agreement
    content: Content
    entry: Entry
    template: Template
    wording: Wording
    expected: str


@dataclass(frozen=True, slots=True)
class _Rendered:
    draft: Draft
    entry: Entry
    docx: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Maker:
    """What every document of a run has in common. Without ``office`` Word documents alone are made."""

    shelf: Shelf
    toolchain: Toolchain
    office: Office | None
    jobs: int
    address: str

    def make(self, drafts: Iterable[Draft]) -> Iterator[Outcome[str, tuple[Entry, bool]]]:
        """Yield each agreement that is on disk now with whether it was made anew, or the error in its place.

        Raises:
            OfficeError: LibreOffice does not start.
            TemplateError: a template's first page is not set in the fonts that it names; nothing was made.
        """
        settled: deque[Outcome[str, tuple[Entry, bool]]] = deque()
        waiting: dict[str, _Rendered] = {}

        def documents() -> Iterator[tuple[str, bytes]]:
            for draft in by_template(drafts, lambda draft: draft.template):
                prepared = self._prepare(draft)
                if isinstance(prepared, Outcome):
                    settled.append(prepared)
                else:
                    waiting[draft.entry.id] = prepared
                    yield draft.entry.id, prepared.docx

        source = documents()
        first = next(source, None)
        checking: deque[Future[Outcome[str, tuple[Entry, bool]]]] = deque()
        if first and self.office:
            # one thread, for pdfium allows no more; it checks while the workers convert
            with Pool(self.office, workers=self.jobs or None) as pool, ThreadPoolExecutor(1) as checker:
                fonts = Fonts(self.office.installed)
                tried = fonts.tried(pool.convert, chain([first], source), lambda key: waiting[key].draft.template)
                for converted in tried:
                    rendered = waiting.pop(converted.key)
                    faces = fonts.of(rendered.draft.template)
                    checking.append(checker.submit(self._issue, rendered, converted, faces))
                    while checking and checking[0].done():
                        settled.append(checking.popleft().result())
                    yield from _drain(settled)
                settled.extend(future.result() for future in checking)
        yield from _drain(settled)

    def _prepare(self, draft: Draft) -> _Rendered | Outcome[str, tuple[Entry, bool]]:
        """Return the Word document to be converted; an outcome where nothing is left to do."""
        identity = draft.entry.id
        try:
            docx = self._render(draft)
        except PkdocsError as error:
            return Outcome(identity, error=error)
        if self.office is None:
            self._write(draft.entry.docx, docx)
            return Outcome(identity, (draft.entry, True))
        entry = replace(draft.entry, source=source_digest(self.toolchain, docx))
        known = self.shelf.unchanged(entry)
        if known is None:
            return _Rendered(draft, entry, docx)
        self._write(entry.docx, docx)
        return Outcome(identity, (replace(entry, issue_digest=known.issue_digest), False))

    def _render(self, draft: Draft) -> bytes:
        content = draft.content
        qr = qr_text(self.address, content.id, content.digest)
        return render_document(content, draft.template, qr=qr, wording=draft.wording)

    def _issue(
        self, rendered: _Rendered, converted: Outcome[str, bytes], faces: Faces
    ) -> Outcome[str, tuple[Entry, bool]]:
        entry, draft = rendered.entry, rendered.draft
        if converted.value is None:
            return Outcome(entry.id, error=converted.error)
        try:
            demand_fonts(converted.value, faces, entry.id)
            issued = issue_pdf(
                converted.value, draft.content, template_digest=draft.template.digest, toolchain=self.toolchain
            )
            demand_fit(issued, entry.id)
            self._write(entry.docx, rendered.docx)
            if entry.pdf:
                replace_unchanged(self.shelf.folder / entry.pdf, issued, expected=draft.expected)
        except PkdocsError as error:
            return Outcome(entry.id, error=error)
        return Outcome(entry.id, (replace(entry, issue_digest=digest(issued)), True))

    def _write(self, place: str | None, data: bytes) -> None:
        if place:
            path: Path = self.shelf.folder / place
            if not path.is_file() or path.read_bytes() != data:
                write_atomic(path, data)


def source_digest(toolchain: Toolchain, docx: bytes) -> str:
    """Return the digest of a Word document with what makes a PDF of it: equal ones give equal files."""
    tools = f"{toolchain.program}\n{toolchain.office}\n{toolchain.fonts}\n"
    return digest(tools.encode() + docx)


def demand_fit(issued: bytes, identity: str, *, apart_from: Collection[str] = ()) -> None:
    """Pass an issued file in which judging finds nothing wrong, so that nobody signs what would fail later.

    Codes ``apart_from`` which it judges are not minded.

    Raises:
        DocumentError: says what judging finds, such as a printed value that the page does not show in its place.
    """
    for finding in examine_pdf(issued).findings:
        if finding.weight is Weight.FAIL and finding.code not in apart_from:
            raise DocumentError("ISSUED_UNFIT", {"id": identity, "code": finding.code, "finding": finding})


def _drain(settled: deque[Outcome[str, tuple[Entry, bool]]]) -> Iterator[Outcome[str, tuple[Entry, bool]]]:
    while settled:
        yield settled.popleft()
