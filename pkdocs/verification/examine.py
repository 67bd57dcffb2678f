"""One PDF to facts: steps 1 to 3 of judging, and what of step 6 the file itself can show."""

import hashlib
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final

from pkdocs.content import Content
from pkdocs.verification.attribution import attribute
from pkdocs.verification.border import Border
from pkdocs.verification.facts import Facts
from pkdocs.verification.finding import Step
from pkdocs.verification.form import Form, read_form
from pkdocs.verification.layout import Layout, read_layout
from pkdocs.verification.pages import read_pages
from pkdocs.verification.payload import check_agreement, check_pages, read_content, read_metadata
from pkdocs.verification.signature import Signature, read_signature
from pkdocs.verification.stamp import Stamp, read_stamp
from pkdocs.verification.updates import Filling, Updates, read_updates
from pkdocs.verification.vouched import Vouched

_NOTHING: Final = Vouched()


def examine_pdf(pdf: bytes, vouched: Vouched = _NOTHING) -> Facts:
    """Return what ``pdf`` proves by itself; it never raises for what is in the file, and needs no clock.

    Everything is read from the bytes strictly and within limits before a library sees them; pages only of a
    file whose first revision has the issued form, and is not ``vouched`` for.
    """
    return _Examination(pdf, vouched).facts()


class _Examination:
    """The steps in their order; each adds findings and hands on what it could read."""

    def __init__(self, pdf: bytes, vouched: Vouched) -> None:
        self._pdf = pdf
        self._vouched = vouched
        self._border = Border()
        self._findings = self._border.findings
        self._codes: tuple[str, ...] = ()

    def facts(self) -> Facts:
        digest = hashlib.sha256(self._pdf).hexdigest()
        layout = self._border(Step.FILE, self._layout)
        if layout is None:
            return Facts(digest, tuple(self._findings))
        issued = self._pdf[: layout.issued.end]
        issue_digest = hashlib.sha256(issued).hexdigest()
        form = self._border(Step.REVISIONS, partial(self._form, layout))
        updates = form and self._border(Step.REVISIONS, partial(self._updates, layout, form))
        updates = updates or Updates()
        signatures = self._signatures(layout, updates.signatures)
        seals = self._signatures(layout, [updates.seal] if updates.seal else [])
        stamps = self._stamps(layout, updates.stamps)
        content = self._border(Step.CONTENT, partial(self._content, form)) if form else None
        content_digest = content.digest if content else None
        metadata = self._border(Step.CONTENT, partial(read_metadata, form.metadata)) if form else None
        if content:
            signatures, wrong = attribute(signatures, content, {})
            self._findings.extend(wrong)
        if form and content:
            self._findings.extend(check_agreement(form.fields, content, metadata))
            if not self._vouched.has(issue_digest, len(issued), content.digest):
                self._border(Step.CONTENT, partial(self._pages, issued, form, content))
        return Facts(
            sha256=digest,
            findings=tuple(dict.fromkeys(self._findings)),
            content=content,
            content_digest=content_digest,
            issue_digest=issue_digest,
            issue_length=len(issued),
            revisions=tuple(_stretches(layout)),
            template_digest=metadata.template_digest if metadata else None,
            toolchain=metadata.toolchain if metadata else None,
            signatures=signatures,
            seal=next(iter(seals), None),
            codes=self._codes,
            stamps=stamps,
            evidence=updates.evidence,
        )

    def _layout(self) -> Layout:
        return read_layout(self._pdf)

    def _form(self, layout: Layout) -> Form:
        form, findings = read_form(layout)
        self._findings.extend(findings)
        return form

    def _updates(self, layout: Layout, form: Form) -> Updates:
        updates, findings = read_updates(layout, form.fields, form.pages, form.slots)
        self._findings.extend(findings)
        return updates

    def _signatures(self, layout: Layout, fillings: Iterable[Filling]) -> tuple[Signature, ...]:
        read = (self._border(Step.SIGNATURES, partial(self._signature, layout, filling)) for filling in fillings)
        return tuple(signature for signature in read if signature is not None)

    def _signature(self, layout: Layout, filling: Filling) -> Signature:
        signature, findings = read_signature(layout, filling.revision, filling.number, filling.field)
        self._findings.extend(findings)
        return signature

    def _stamps(self, layout: Layout, fillings: Iterable[Filling]) -> tuple[Stamp, ...]:
        read = (self._border(Step.SIGNATURES, partial(self._stamp, layout, filling)) for filling in fillings)
        return tuple(stamp for stamp in read if stamp is not None)

    def _stamp(self, layout: Layout, filling: Filling) -> Stamp:
        stamp, findings = read_stamp(layout, filling.revision, filling.number, filling.field.name)
        self._findings.extend(findings)
        return stamp

    def _content(self, form: Form) -> Content | None:
        content, findings = read_content(form)
        self._findings.extend(findings)
        return content

    def _pages(self, issued: bytes, form: Form, content: Content) -> None:
        """Look at the pages, unless the form is not what is issued: then the file fails, and no library need see it."""
        if not form.is_sound:
            return
        reading, findings = read_pages(issued, form.slots)
        self._codes = reading.codes
        self._findings.extend(findings)
        self._findings.extend(check_pages(reading, content))


def _stretches(layout: Layout) -> Iterator[tuple[int, str]]:
    """Yield length and SHA-256 of the file up to the end of each revision; each byte is hashed once."""
    state = hashlib.sha256()
    for revision in layout.revisions:
        state.update(layout.data[revision.start : revision.end])
        yield revision.end, state.copy().hexdigest()
