"""One agreement after the other: rendered, converted, issued, written whole. What is there already stays."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain

from pkdocs.cascade import Agreement
from pkdocs.content import Content, qr_text
from pkdocs.document import Template, render_document
from pkdocs.errors import PkdocsError
from pkdocs.files import digest
from pkdocs.index import Entry
from pkdocs.issue import Toolchain
from pkdocs.office import Office, Pool, cores
from pkdocs.outcome import Outcome
from pkdocs.page import Wording
from pkdocs.pipeline.conversion import Sheet, convert_sheets
from pkdocs.pipeline.finishing import Finished, Finishers, Piece, write_changed
from pkdocs.pipeline.fonts import Faces, Fonts, by_template
from pkdocs.pipeline.shelf import Shelf


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
    """A draft that is to be converted."""

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

    def make(self, drafts: Iterable[Draft]) -> Iterator[Finished]:
        """Yield each agreement that is on disk now with whether it was made anew, or the error in its place.

        Raises:
            OfficeError: LibreOffice does not start.
            TemplateError: a template's first page is not set in the fonts that it names; nothing was made.
        """
        settled: deque[Finished] = deque()
        waiting: dict[str, _Rendered] = {}
        sheets = self._sheets(by_template(drafts, lambda draft: draft.template), waiting, settled)
        first = next(sheets, None)
        if first and self.office:
            jobs, fonts = self.jobs or cores(), Fonts(self.office.installed)
            with Finishers(jobs) as finishers, Pool(self.office, workers=jobs) as pool:
                for converted in fonts.tried(partial(convert_sheets, pool), chain([first], sheets)):
                    rendered = waiting.pop(converted.key)
                    if converted.value is None:
                        settled.append(Outcome(converted.key, error=converted.error))
                    else:
                        faces = fonts.of(rendered.draft.template)
                        settled.extend(finishers.give(self._piece(rendered, converted.value, faces)))
                    yield from _drain(settled)
                yield from finishers.rest()
        yield from _drain(settled)

    def _sheets(
        self, drafts: Iterable[Draft], waiting: dict[str, _Rendered], settled: deque[Finished]
    ) -> Iterator[Sheet]:
        """Yield what is to be converted, which is ``waiting`` then; of the rest the outcome is settled."""
        for draft in drafts:
            prepared = self._prepare(draft)
            if isinstance(prepared, Outcome):
                settled.append(prepared)
            else:
                waiting[prepared.entry.id] = prepared
                yield Sheet(prepared.entry.id, draft.template, prepared.docx)

    def _prepare(self, draft: Draft) -> _Rendered | Finished:
        """Return the Word document to be converted; an outcome where nothing is left to do."""
        identity = draft.entry.id
        try:
            docx = self._render(draft)
        except PkdocsError as error:
            return Outcome(identity, error=error)
        if self.office is None:
            write_changed(self.shelf.folder, draft.entry.docx, docx)
            return Outcome(identity, (draft.entry, True))
        entry = replace(draft.entry, source=source_digest(self.toolchain, docx))
        known = self.shelf.unchanged(entry)
        if known is None:
            return _Rendered(draft, entry, docx)
        write_changed(self.shelf.folder, entry.docx, docx)
        return Outcome(identity, (replace(entry, issue_digest=known.issue_digest), False))

    def _piece(self, rendered: _Rendered, pdf: bytes, faces: Faces) -> Piece:
        draft = rendered.draft
        return Piece(
            folder=self.shelf.folder,
            entry=rendered.entry,
            content=draft.content,
            template_digest=draft.template.digest,
            toolchain=self.toolchain,
            expected=draft.expected,
            docx=rendered.docx,
            faces=faces,
            pdf=pdf,
        )

    def _render(self, draft: Draft) -> bytes:
        content = draft.content
        qr = qr_text(self.address, content.id, content.digest)
        return render_document(content, draft.template, qr=qr, wording=draft.wording)


def source_digest(toolchain: Toolchain, docx: bytes) -> str:
    """Return the digest of a Word document with what makes a PDF of it: equal ones give equal files."""
    tools = f"{toolchain.program}\n{toolchain.office}\n{toolchain.fonts}\n"
    return digest(tools.encode() + docx)


def _drain(settled: deque[Finished]) -> Iterator[Finished]:
    while settled:
        yield settled.popleft()
