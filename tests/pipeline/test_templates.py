"""Which template an agreement takes."""

import shutil
from pathlib import Path

import pytest

from pkdocs.errors import TemplateError
from pkdocs.files import digest
from pkdocs.pipeline.templates import Templates
from pkdocs.problem import Place
from pkdocs.profile import Paper
from pkdocs.roster import Assignment, Level, Status
from pkdocs.settings import default_templates


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for file in default_templates().glob("*.docx"):
        shutil.copy(file, tmp_path)
    return tmp_path


def row(level: Level, template: str = "") -> Assignment:
    return Assignment(
        Place("Pejabat", 2), "KOMINFO", "Kepala Dinas", "Dinas", level, Status.DEFINITIVE, None, template=template
    )


def test_the_root_has_its_own(folder: Path) -> None:
    template, form = Templates(folder, Paper.A4).of(row(Level.HEAD_OF_REGION))
    assert (template.name, form) == ("kepala-daerah.docx", None)


def test_all_others_share_one(folder: Path) -> None:
    templates = Templates(folder, Paper.A4)
    found = [templates.of(row(level)) for level in Level if level is not Level.HEAD_OF_REGION]
    assert {(template.name, form) for template, form in found} == {("umum.docx", None)}


def test_a_level_may_have_its_own(folder: Path) -> None:
    shutil.copy(folder / "umum.docx", folder / "jpt-pratama.docx")
    templates = Templates(folder, Paper.A4)
    assert templates.of(row(Level.JPT_PRATAMA))[0].name == "jpt-pratama.docx"
    assert templates.of(row(Level.SUPERVISOR))[0].name == "umum.docx"


def test_a_camat_has_the_form_of_a_head_of_agency(folder: Path) -> None:
    template, form = Templates(folder, Paper.A4).of(row(Level.ADMINISTRATOR, "jpt pratama"))
    assert (template.name, form) == ("umum.docx", Level.JPT_PRATAMA)


def test_a_template_may_be_named(folder: Path) -> None:
    shutil.copy(folder / "umum.docx", folder / "camat-kota.docx")
    template, form = Templates(folder, Paper.A4).of(row(Level.ADMINISTRATOR, "Camat Kota"))
    assert (template.name, form) == ("camat-kota.docx", None)


@pytest.mark.parametrize("named", ["Camat", "../umum", "/etc/passwd"])
def test_a_template_that_does_not_exist_is_named_with_those_that_do(folder: Path, named: str) -> None:
    (folder / "sub").mkdir()
    with pytest.raises(TemplateError, match="TEMPLATE_ABSENT") as stop:
        Templates(folder / "sub", Paper.A4).of(row(Level.ADMINISTRATOR, named))
    assert (stop.value.params["name"], stop.value.params["known"]) == (named, "-")


def test_what_there_is_is_listed(folder: Path) -> None:
    with pytest.raises(TemplateError) as stop:
        Templates(folder, Paper.A4).of(row(Level.ADMINISTRATOR, "Camat"))
    assert stop.value.params["known"] == "kepala-daerah, umum"


def test_the_root_is_never_given_the_form_for_two(folder: Path) -> None:
    (folder / "kepala-daerah.docx").unlink()
    with pytest.raises(TemplateError, match="kepala-daerah"):
        Templates(folder, Paper.A4).of(row(Level.HEAD_OF_REGION))


def test_a_template_is_read_once_and_its_digest_is_that_of_the_file(folder: Path) -> None:
    templates = Templates(folder, Paper.A4)
    first, _ = templates.of(row(Level.SUPERVISOR))
    data = (folder / "umum.docx").read_bytes()
    (folder / "umum.docx").unlink()
    assert templates.of(row(Level.EXECUTIVE))[0] is first
    assert templates.digests == {"umum": digest(data)}


def test_the_paper_is_the_profiles(folder: Path) -> None:
    a4, _ = Templates(folder, Paper.A4).of(row(Level.SUPERVISOR))
    f4, _ = Templates(folder, Paper.F4).of(row(Level.SUPERVISOR))
    assert a4.digest == f4.digest
