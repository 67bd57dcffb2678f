"""Pages are set in the fonts that their templates name, or nothing is issued."""

import pickle
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from pkdocs.document import load_template
from pkdocs.errors import DocumentError, PkdocsError, TemplateError
from pkdocs.messages import LANGUAGES
from pkdocs.office import Installed, find_office
from pkdocs.outcome import Outcome
from pkdocs.pipeline.conversion import Sheet
from pkdocs.pipeline.drafting import make_drafts
from pkdocs.pipeline.fonts import Fonts, by_template, demand_fonts
from pkdocs.pipeline.generation import Wishes
from pkdocs.pipeline.preview import preview
from pkdocs.settings import default_templates
from tests.city import Town, change, ignore, sheets, wishes
from tests.document.word import edited, template, with_text, with_xml
from tests.factory import head_content
from tests.issued import source_pdf

AUDITOR = "PK-2026-INSP.IRBAN1.AUDITOR-1"
NAMED = '<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="Arial" w:cs="Arial"/>'


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """A copy of the shipped templates."""
    return Path(shutil.copytree(default_templates(), tmp_path / "templat"))


def asking_for(family: str, templates: Path, name: str = "fungsional.docx") -> Path:
    """Let a template ask for ``family`` in its style Isi."""
    style = '<w:name w:val="Isi"/>'
    file = templates / name
    data = edited(style, f'{style}<w:rPr><w:rFonts w:ascii="{family}"/></w:rPr>', "word/styles.xml", file.read_bytes())
    file.write_bytes(data)
    return templates


def said(error: PkdocsError, *words: str) -> None:
    for language in LANGUAGES:
        message = pickle.loads(pickle.dumps(error)).message(language)  # noqa: S301  # made here
        assert [word for word in words if word not in message] == []


def test_a_font_that_is_nowhere_stops_the_run_before_anything_is_made(town: Town, templates: Path) -> None:
    shutil.rmtree(town.out)
    with pytest.raises(TemplateError, match="TEMPLATE_FONTS") as stop:
        town.generate(templates=asking_for("Comic Sans MS", templates))
    assert stop.value.exit_code == 4
    said(stop.value, "fungsional.docx", "Comic Sans MS", "Isi", "Z003")
    assert list(town.out.rglob("*.pdf")) == []


@pytest.mark.parametrize(
    "job",
    [
        lambda town, out, chosen: make_drafts(town.workbook, out, chosen, ignore),
        lambda town, out, chosen: preview(town.workbook, chosen, out=out / "a.pdf"),
    ],
    ids=["draft", "preview"],
)
def test_nor_is_a_draft_made(
    town: Town, templates: Path, tmp_path: Path, job: Callable[[Town, Path, Wishes], object]
) -> None:
    chosen = wishes(templates=asking_for("Comic Sans MS", templates), only=("INSP.IRBAN1.AUDITOR",))
    with pytest.raises(TemplateError, match="TEMPLATE_FONTS"):
        job(town, tmp_path / "lihat", chosen)
    assert not list((tmp_path / "lihat").rglob("*.pdf"))


def test_the_package_of_a_listed_font_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = load_template(edited(NAMED, NAMED.replace("Arial", "Calibri"), "word/styles.xml"), "umum.docx")
    with pytest.raises(TemplateError) as stop:
        Fonts(_without("Carlito")).demand(source_pdf(head_content()), loaded, "PK-1")
    said(stop.value, "Calibri", "fonts-crosextra-carlito", "umum.docx")


def _without(family: str) -> Installed:
    installed = find_office().installed
    faces = {key: face for key, face in installed.faces.items() if family not in face.families}
    return Installed(faces)


@pytest.mark.parametrize("family", ["Bookman Old Style", "Calibri"])
def test_the_listed_font_is_as_good(town: Town, templates: Path, family: str) -> None:
    shutil.rmtree(town.out)
    done = town.generate(templates=asking_for(family, templates), only=("INSP.IRBAN1.AUDITOR",))
    assert (done.made, done.failed) == (1, ())


@pytest.mark.parametrize("letter", ["漢", "ḥ"], ids=["in no font", "in another font"])
def test_a_letter_that_the_font_lacks_stops_that_agreement_alone(town: Town, letter: str) -> None:
    shutil.rmtree(town.out)
    town.write(change(sheets(), "Pejabat", "INSP.IRBAN1.AUDITOR", "Nama", f"Budi {letter} Santosa"))
    done = town.generate(only=("INSP.IRBAN1", "INSP.IRBAN1.AUDITOR"))
    assert done.made == 1
    (failure,) = done.failed
    assert (failure.id, failure.error.code) == (AUDITOR, "DOCUMENT_LETTERS")
    said(failure.error, AUDITOR, letter, "Arial", "fungsional.docx")


def test_a_letter_of_the_template_that_its_font_lacks_is_the_templates_fault(town: Town, templates: Path) -> None:
    file = templates / "fungsional.docx"
    file.write_bytes(with_text("ḥ", file.read_bytes()))
    with pytest.raises(TemplateError, match="TEMPLATE_LETTERS") as stop:
        town.generate(templates=templates, only=("INSP.IRBAN1.AUDITOR",))
    said(stop.value, "fungsional.docx", "ḥ", "Arial", "DejaVuSans")


def test_a_letter_that_cannot_be_shown_in_a_message_is_named_by_its_number() -> None:
    fonts = Fonts(find_office().installed)
    wingdings = '<w:p><w:r><w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr><w:t>&#xf0fc;</w:t></w:r></w:p>'
    faces = fonts.of(load_template(with_xml(wingdings), "umum.docx"))
    assert faces.families == ("Arial", "Wingdings")
    pdf = source_pdf(head_content()).replace(b"LiberationSans", b"LibexationSans")
    with pytest.raises(DocumentError) as stop:
        demand_fonts(pdf, faces, "PK-1")
    said(stop.value, "U+0020", "LibexationSans", "Wingdings")


def test_what_is_no_pdf_fails_by_itself() -> None:
    fonts = Fonts(find_office().installed)
    loaded = load_template(template(), "umum.docx")
    with pytest.raises(DocumentError, match="ISSUE_UNREADABLE"):
        demand_fonts(b"no pdf", fonts.of(loaded), "PK-1")
    assert [outcome.value for outcome in fonts.tried(_same, [Sheet("a", loaded, b"no pdf")])] == [b"no pdf"]


def _same(sheets: Iterable[Sheet]) -> Iterator[Outcome[str, bytes]]:
    yield from (Outcome(sheet.key, sheet.docx) for sheet in sheets)


def test_all_templates_are_tried_before_the_second_document_of_any() -> None:
    names = {"a1": "a", "a2": "a", "b1": "b", "b2": "b"}
    loaded = {name: load_template(template(), name) for name in ("a", "b")}
    batches: list[list[str]] = []

    def convert(documents: Iterable[Sheet]) -> Iterator[Outcome[str, bytes]]:
        listed = list(documents)
        batches.append([sheet.key for sheet in listed])
        yield from _same(listed)

    pdf = source_pdf(head_content())
    ordered = by_template(names, lambda key: loaded[names[key]])
    fonts = Fonts(find_office().installed)
    documents = (Sheet(key, loaded[names[key]], pdf) for key in ordered)
    yielded = [outcome.key for outcome in fonts.tried(convert, documents)]
    assert batches == [["a1", "b1"], ["a2", "b2"]]
    assert yielded == ["a1", "b1", "a2", "b2"]
