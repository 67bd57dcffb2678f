"""Make issued pages again and compare the bytes: nothing else shows that a page says no more than its content."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pkdocs import __version__
from pkdocs.chain import Exhibit, PageCheck
from pkdocs.content import Content, qr_text
from pkdocs.document import Template, load_template, render_document
from pkdocs.errors import PkdocsError
from pkdocs.files import digest
from pkdocs.issue import Toolchain, issue_pdf
from pkdocs.office import Pool, find_office
from pkdocs.pipeline.conversion import Sheet, convert_sheets
from pkdocs.pipeline.wording import Wordings
from pkdocs.profile import Paper
from pkdocs.verification import Facts


def reissue(
    exhibits: Iterable[Exhibit], templates: Path, wordings: Wordings, *, addresses: Sequence[str], jobs: int
) -> Iterator[tuple[str, PageCheck]]:
    """Yield for each file with a content whether issuing it again gives its issued bytes.

    Only the template of the digest that a file names is tried, and only by the same toolchain: another
    LibreOffice lays pages out in its own way. What cannot be tried is not comparable, and so is a page that
    differs where the workbook's wording is not at hand. Of ``addresses``, today's first, a page is made with the
    one that its own QR code leads to.

    Raises:
        OfficeError: LibreOffice is missing.
        TemplateError: a template of the folder cannot be used.
    """
    office = find_office()
    toolchain = Toolchain(__version__, office.build, office.fonts)
    known = _load(templates, wordings.paper)
    waiting: dict[str, tuple[Exhibit, Content, Template]] = {}
    untried: list[str] = []

    def sheets() -> Iterator[Sheet]:
        for exhibit in exhibits:
            facts = exhibit.facts
            template = known.get(facts.template_digest or "")
            if facts.content is None:
                continue
            if template is None or facts.toolchain != toolchain:
                untried.append(exhibit.file)
                continue
            waiting[exhibit.file] = exhibit, facts.content, template
            qr = _qr(facts, facts.content, addresses)
            if (docx := _render(facts.content, template, wordings, qr)) is not None:
                yield Sheet(exhibit.file, template, docx)

    with Pool(office, workers=jobs or None) as pool:
        for converted in convert_sheets(pool, sheets()):
            exhibit, content, template = waiting.pop(converted.key)
            issued = _issue_digest(converted.value, content, template, toolchain) if converted.value else ""
            yield converted.key, _check(wordings, is_same=issued == exhibit.facts.issue_digest)
    yield from ((file, _check(wordings, is_same=False)) for file in waiting)
    yield from ((file, PageCheck.NOT_COMPARABLE) for file in untried)


def _check(wordings: Wordings, *, is_same: bool) -> PageCheck:
    if is_same:
        return PageCheck.SAME
    return PageCheck.DIFFERENT if wordings.is_known else PageCheck.NOT_COMPARABLE


def _load(folder: Path, paper: Paper) -> dict[str, Template]:
    loaded = (load_template(file.read_bytes(), file.name, paper=paper) for file in sorted(folder.glob("*.docx")))
    return {template.digest: template for template in loaded}


def _qr(facts: Facts, content: Content, addresses: Sequence[str]) -> str:
    accepted = [qr_text(address, content.id, content.digest) for address in addresses]
    return next((text for text in accepted if text in facts.codes), accepted[0])


def _render(content: Content, template: Template, wordings: Wordings, qr: str) -> bytes | None:
    try:
        return render_document(content, template, qr=qr, wording=wordings.of(content))
    except PkdocsError:
        # asks for a key of the workbook that is not at hand: not made again, so not the same
        return None


def _issue_digest(pdf: bytes, content: Content, template: Template, toolchain: Toolchain) -> str:
    try:
        return digest(issue_pdf(pdf, content, template_digest=template.digest, toolchain=toolchain))
    except PkdocsError:
        return ""
