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


def name_for(folder: Path, level: Level, template: str = "") -> str:
    return Templates(folder, Paper.A4).of(row(level, template)).name


@pytest.mark.parametrize(
    ("level", "name"),
    [
        (Level.HEAD_OF_REGION, "kepala-daerah.docx"),
        (Level.JPT_MADYA, "jpt-pratama.docx"),
        (Level.JPT_PRATAMA, "jpt-pratama.docx"),
        (Level.BUMD, "jpt-pratama.docx"),
        (Level.ADMINISTRATOR, "administrator.docx"),
        (Level.SUPERVISOR, "pengawas.docx"),
        (Level.FUNCTIONAL, "fungsional.docx"),
        (Level.EXECUTIVE, "pelaksana.docx"),
        (Level.NON_ASN, "pelaksana.docx"),
    ],
)
def test_each_level_has_its_form(folder: Path, level: Level, name: str) -> None:
    assert name_for(folder, level) == name


def test_a_level_that_has_its_own_template_takes_that_of_no_other(folder: Path) -> None:
    shutil.copy(folder / "umum.docx", folder / "jpt-madya.docx")
    assert name_for(folder, Level.JPT_MADYA) == "jpt-madya.docx"
    assert name_for(folder, Level.BUMD) == "jpt-pratama.docx"


def test_a_level_without_a_template_shares_the_general_one(folder: Path) -> None:
    for name in ("jpt-pratama", "pengawas", "pelaksana"):
        (folder / f"{name}.docx").unlink()
    levels = (Level.JPT_MADYA, Level.JPT_PRATAMA, Level.SUPERVISOR, Level.EXECUTIVE, Level.NON_ASN)
    assert {name_for(folder, level) for level in levels} == {"umum.docx"}
    assert name_for(folder, Level.FUNCTIONAL) == "fungsional.docx"


def test_a_camat_has_the_form_of_a_head_of_agency(folder: Path) -> None:
    assert name_for(folder, Level.ADMINISTRATOR, "jpt pratama") == "jpt-pratama.docx"


def test_a_template_may_be_named(folder: Path) -> None:
    shutil.copy(folder / "umum.docx", folder / "camat-kota.docx")
    assert name_for(folder, Level.ADMINISTRATOR, "Camat Kota") == "camat-kota.docx"


@pytest.mark.parametrize("named", ["Camat", "../umum", "/etc/passwd"])
def test_a_template_that_does_not_exist_is_named_with_those_that_do(folder: Path, named: str) -> None:
    (folder / "sub").mkdir()
    with pytest.raises(TemplateError, match="TEMPLATE_ABSENT") as stop:
        Templates(folder / "sub", Paper.A4).of(row(Level.ADMINISTRATOR, named))
    assert (stop.value.params["name"], stop.value.params["known"]) == (named, "-")


def test_what_there_is_is_listed(folder: Path) -> None:
    with pytest.raises(TemplateError) as stop:
        Templates(folder, Paper.A4).of(row(Level.ADMINISTRATOR, "Camat"))
    known = "administrator, fungsional, jpt-pratama, kepala-daerah, pelaksana, pencabutan, pengawas, umum"
    assert stop.value.params["known"] == known


def test_the_root_is_never_given_the_form_for_two(folder: Path) -> None:
    (folder / "kepala-daerah.docx").unlink()
    with pytest.raises(TemplateError, match="kepala-daerah"):
        Templates(folder, Paper.A4).of(row(Level.HEAD_OF_REGION))


def test_a_template_is_read_once_and_its_digest_is_that_of_the_file(folder: Path) -> None:
    templates = Templates(folder, Paper.A4)
    first = templates.of(row(Level.EXECUTIVE))
    data = (folder / "pelaksana.docx").read_bytes()
    (folder / "pelaksana.docx").write_bytes(b"")
    assert templates.of(row(Level.NON_ASN)) is first
    assert templates.digests == {"pelaksana": digest(data)}


def test_the_paper_is_the_profiles(folder: Path) -> None:
    a4 = Templates(folder, Paper.A4).of(row(Level.SUPERVISOR))
    f4 = Templates(folder, Paper.F4).of(row(Level.SUPERVISOR))
    assert a4.digest == f4.digest
