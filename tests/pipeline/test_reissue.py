"""Pages made again and compared byte by byte."""

import io
import shutil
import zipfile
from pathlib import Path

import pytest

from pkdocs.chain import SetVerdict
from pkdocs.errors import OfficeError, TemplateError
from pkdocs.office import INSTALL, Office, find_office
from pkdocs.pipeline import finishing, reissue
from pkdocs.pipeline.audit import Means, verify
from pkdocs.pipeline.generation import generate
from pkdocs.settings import default_templates
from pkdocs.verification import Result
from tests.city import AT, KEYS, Town, ignore, sheets, wishes

IRBAN = "PK-2026-INSP.IRBAN1-1"


def judged(town: Town, *paths: Path, templates: Path | None = None, workbook: Path | None = None) -> SetVerdict:
    means = Means(templates=templates or default_templates(), workbook=workbook, jobs=1)
    return verify(paths or [town.out], town.trust, at=AT, means=means, progress=ignore)


def codes(verdict: SetVerdict) -> dict[str | None, set[str]]:
    return {entry.id: {finding.code for finding in entry.findings} for entry in verdict.agreements}


def with_more_words(templates: Path) -> None:
    """Let the template of administrators say something of its own."""
    file, packed = templates / "administrator.docx", io.BytesIO()
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(packed, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "word/document.xml":
                assert data.count(b"transparan") > 0
                data = data.replace(b"transparan", b"tidak transparan", 1)
            target.writestr(name, data)
    file.write_bytes(packed.getvalue())


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    return Path(shutil.copytree(default_templates(), tmp_path / "templat"))


@pytest.fixture
def forged(town: Town, templates: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A town whose pages say more than their contents, issued as if from the genuine template."""
    genuine = town.index.templates["administrator"]
    with_more_words(templates)
    real = finishing.issue_pdf

    def issue(pdf: bytes, content: object, *, template_digest: str, toolchain: object) -> bytes:
        return real(pdf, content, template_digest=genuine, toolchain=toolchain)

    with monkeypatch.context() as patch:
        patch.setattr(finishing, "issue_pdf", issue)
        forged = Town(town.workbook, town.out.with_name("palsu"), town.pki)
        generate(forged.workbook, forged.out, wishes(templates=templates, only=("INSP.IRBAN1",)), ignore)
    return forged


def test_issued_again_every_page_is_the_same(signed_town: Town) -> None:
    verdict = judged(signed_town, workbook=signed_town.workbook)
    assert verdict.summary[Result.PASSED] == len(KEYS)
    assert not [found for found in codes(verdict).values() if "OTHER_TEXT_NOT_JUDGED" in found]


def test_without_the_workbook_a_letterhead_is_not_at_hand(signed_town: Town) -> None:
    file = signed_town.pdf("INSP.IRBAN1")
    assert "PAGE_NOT_COMPARABLE" in codes(judged(signed_town, file))[IRBAN]


def test_without_the_workbook_a_page_that_takes_nothing_of_it_is_the_same_too(town: Town) -> None:
    town.write(sheets() | {"Unit": []})
    generate(town.workbook, town.out.with_name("tanpa-kop"), wishes(only=("INSP.IRBAN1",)), ignore)
    found = codes(judged(town, town.out.with_name("tanpa-kop")))[IRBAN]
    assert not found & {"OTHER_TEXT_NOT_JUDGED", "PAGE_NOT_COMPARABLE", "PAGE_DIFFERS"}


def test_a_page_with_another_letterhead_than_the_workbooks_differs(signed_town: Town) -> None:
    city = sheets()
    for unit in city["Unit"]:
        unit["Alamat"] = "Jalan Lain Nomor 9"
    signed_town.write(city)
    file = signed_town.pdf("INSP.IRBAN1")
    assert "PAGE_DIFFERS" in codes(judged(signed_town, file, workbook=signed_town.workbook))[IRBAN]


def test_a_page_that_says_more_than_its_content_fails(forged: Town) -> None:
    verdict = judged(forged, forged.pdf("INSP.IRBAN1"), workbook=forged.workbook)
    assert verdict.agreements[0].own is Result.FAILED
    assert codes(verdict)[IRBAN] >= {"PAGE_DIFFERS"}


def test_without_the_workbook_another_page_proves_nothing(forged: Town) -> None:
    assert "PAGE_NOT_COMPARABLE" in codes(judged(forged, forged.pdf("INSP.IRBAN1")))[IRBAN]


def test_a_page_of_another_template_is_not_compared(signed_town: Town, templates: Path) -> None:
    with_more_words(templates)
    file = signed_town.pdf("INSP.IRBAN1")
    verdict = judged(signed_town, file, templates=templates, workbook=signed_town.workbook)
    assert "PAGE_NOT_COMPARABLE" in codes(verdict)[IRBAN]


def test_a_page_of_another_libreoffice_is_not_compared(signed_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    office = find_office()
    monkeypatch.setattr(reissue, "find_office", lambda: Office(office.program, "another", office.fonts))
    file = signed_town.pdf("INSP.IRBAN1")
    verdict = judged(signed_town, file, workbook=signed_town.workbook)
    assert "PAGE_NOT_COMPARABLE" in codes(verdict)[IRBAN]


def test_a_page_that_cannot_be_made_again_is_not_the_same(signed_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_more: object) -> bytes:
        raise TemplateError("TEMPLATE_LIMIT", template="umum.docx", part="word/document.xml")

    file = signed_town.pdf("INSP.IRBAN1")
    for step in ("render_document", "issue_pdf"):
        with monkeypatch.context() as patch:
            patch.setattr(reissue, step, refuse)
            assert "PAGE_DIFFERS" in codes(judged(signed_town, file, workbook=signed_town.workbook))[IRBAN]


def test_libreoffice_is_needed(signed_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OfficeError("OFFICE_MISSING", command=INSTALL)

    monkeypatch.setattr(reissue, "find_office", refuse)
    with pytest.raises(OfficeError):
        judged(signed_town)


def test_a_damaged_template_stops_all(signed_town: Town, templates: Path) -> None:
    (templates / "umum.docx").write_bytes(b"nothing")
    with pytest.raises(TemplateError):
        judged(signed_town, templates=templates)
