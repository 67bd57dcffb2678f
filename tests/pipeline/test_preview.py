"""One agreement as a draft, with pictures of its pages."""

import io
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from pkdocs.errors import (
    ConflictError,
    DocumentError,
    OfficeError,
    PkdocsError,
    TemplateError,
    UsageError,
    WorkbookError,
)
from pkdocs.issue import is_draft
from pkdocs.outcome import Outcome
from pkdocs.pipeline import drafting
from pkdocs.pipeline.preview import Preview, preview
from pkdocs.settings import default_templates
from tests.city import Town, WarmPool, change, sheets, snapshot, wishes
from tests.document.word import edited

IRBAN = "PK-2026-INSP.IRBAN1-1"


def look(town: Town, out: Path | None, only: str = "INSP.IRBAN1", **changes: object) -> Preview:
    return preview(town.workbook, wishes(only=(only,), **changes), out=out)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "lihat" / "hasil.pdf"


def test_the_draft_and_a_picture_of_each_page_are_written(town: Town, out: Path) -> None:
    made = look(town, out)
    assert (made.id, made.template, made.pdf, made.unfit) == (IRBAN, "administrator.docx", out, None)
    assert is_draft(out.read_bytes())
    assert set(snapshot(out.parent)) == {"hasil.pdf", *(page.name for page in made.pages)}
    assert [page.name for page in made.pages] == [f"hasil-{number}.png" for number in range(1, len(made.pages) + 1)]
    for page in made.pages:
        assert Image.open(io.BytesIO(page.read_bytes())).size == pytest.approx((827, 1169), abs=2)


def test_without_a_name_it_goes_by_its_id(town: Town, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out.parent.mkdir()
    monkeypatch.chdir(out.parent)
    made = look(town, None, only=IRBAN.lower())
    assert made.pdf == Path(f"{IRBAN}-rancangan.pdf")
    assert made.pages[0] == Path(f"{IRBAN}-rancangan-1.png")


def test_an_earlier_preview_is_replaced_with_all_its_pictures(town: Town, out: Path) -> None:
    look(town, out)
    (out.parent / "hasil-9.png").write_bytes(b"of a longer one")
    (out.parent / "hasil-lain.png").write_bytes(b"mine")
    made = look(town, out, only="INSP")
    assert set(snapshot(out.parent)) == {"hasil.pdf", "hasil-lain.png", *(page.name for page in made.pages)}


@pytest.mark.parametrize("name", ["hasil.pdf", "hasil-1.png"])
def test_what_is_no_preview_is_not_overwritten(town: Town, out: Path, name: str) -> None:
    out.parent.mkdir()
    (out.parent / name).write_bytes(b"mine")
    before = snapshot(out.parent)
    with pytest.raises(ConflictError, match="PREVIEW_IN_THE_WAY") as stop:
        look(town, out)
    assert str(stop.value.params["file"]).endswith(name)
    assert snapshot(out.parent) == before


def test_a_signed_agreement_is_not_overwritten(signed_town: Town) -> None:
    file = signed_town.pdf("INSP.IRBAN1")
    before = file.read_bytes()
    with pytest.raises(ConflictError, match="PREVIEW_IN_THE_WAY"):
        look(signed_town, file)
    assert file.read_bytes() == before


def test_an_author_sees_what_he_did_and_why_it_would_fail(town: Town, out: Path, tmp_path: Path) -> None:
    templates = shutil.copytree(default_templates(), tmp_path / "templat")
    white = edited('<w:t xml:space="preserve">{{ i.target', '<w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>{{ i.target')
    (templates / "administrator.docx").write_bytes(white)
    made = look(town, out, templates=templates)
    assert made.unfit is not None
    assert made.unfit.code == "ISSUED_UNFIT"
    assert made.pages[0].is_file()


def test_a_template_that_does_not_fit_is_said(town: Town, out: Path, tmp_path: Path) -> None:
    templates = shutil.copytree(default_templates(), tmp_path / "templat")
    (templates / "administrator.docx").write_bytes(edited("{{ d.nilai }}", "-"))
    with pytest.raises(TemplateError, match="TEMPLATE_VALUE_ABSENT"):
        look(town, out, templates=templates)
    assert not out.parent.exists()


def test_an_amendment_is_shown_though_nothing_is_known_of_what_came_before(town: Town, out: Path) -> None:
    city = change(sheets(), "Pejabat", "INSP.IRBAN1", "Versi", "2")
    town.write(change(city, "Pejabat", "INSP.IRBAN1", "Alasan", "Perubahan Strategi"))
    made = look(town, out)
    assert (made.id, made.unfit) == ("PK-2026-INSP.IRBAN1-2", None)


def test_of_two_versions_the_later_one_is_shown(town: Town, out: Path) -> None:
    city = sheets()
    row = next(row for row in city["Pejabat"] if row["Kode Jabatan"] == "INSP.IRBAN1")
    later = {"Versi": "2", "Alasan": "Perubahan Strategi", "TMT": "2026-01-20"}
    row["Berakhir"] = "2026-01-19"
    row["Tanggal Perjanjian"] = "2026-01-10"
    city["Pejabat"].append(row | {"Berakhir": "", "Tanggal Perjanjian": ""} | later)
    town.write(city)
    assert look(town, out).id == "PK-2026-INSP.IRBAN1-2"


def test_what_cannot_be_shown_is_said(town: Town, out: Path) -> None:
    town.write(change(sheets(), "Pejabat", "BKPSDM", "NIP", "123"))
    with pytest.raises(WorkbookError, match="ONLY_TOUCHED"):
        look(town, out, only="BKPSDM.PKP")
    with pytest.raises(UsageError, match="ONLY_UNKNOWN"):
        look(town, out, only="ANTARIKSA")
    assert look(town, out).unfit is None


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("OFFICE_DIED", OfficeError("NOTHING_CONVERTED", reason="-")),
        ("ISSUE_UNREADABLE", DocumentError("ISSUE_UNREADABLE", id="-", reason="-")),
    ],
)
def test_what_libreoffice_cannot_convert_is_said(
    town: Town, out: Path, monkeypatch: pytest.MonkeyPatch, code: str, error: PkdocsError
) -> None:
    class Failing(WarmPool):
        def convert(self, documents: Iterable[tuple[str, bytes]]) -> Iterator[Outcome[str, bytes]]:
            for key, _ in documents:
                yield Outcome(key, error=DocumentError(code, id=str(key), tries=2, reason="x"))

    monkeypatch.setattr(drafting, "Pool", Failing)
    with pytest.raises(type(error), match=error.code):
        look(town, out)
    assert not out.exists()
