"""``pkdocs preview``, and drafts of ``pkdocs generate``."""

import shutil
from pathlib import Path

import pytest

from pkdocs.errors import OfficeError
from pkdocs.office import INSTALL
from pkdocs.pipeline import drafting, preview
from pkdocs.settings import default_templates
from tests.city import KEYS, Town, change, sheets, snapshot, touched
from tests.cli.runner import pkdocs
from tests.document.word import edited

IRBAN = "PK-2026-INSP.IRBAN1-1"


@pytest.fixture
def white(tmp_path: Path) -> Path:
    """Templates of which one prints targets that nobody can read."""
    templates = shutil.copytree(default_templates(), tmp_path / "templat")
    data = edited('<w:t xml:space="preserve">{{ i.target', '<w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>{{ i.target')
    (templates / "administrator.docx").write_bytes(data)
    return templates


class TestPreview:
    """``pkdocs preview``."""

    def test_it_says_what_it_wrote(self, town: Town, tmp_path: Path) -> None:
        out = tmp_path / "hasil.pdf"
        run = pkdocs("preview", town.workbook, "--only", "INSP.IRBAN1", "--out", out, "--json")
        assert run.exit == 0
        assert run.json.keys() == {"id", "template", "pdf", "pages", "failed"}
        assert (run.json["id"], run.json["template"], run.json["failed"]) == (IRBAN, "administrator.docx", [])
        assert run.json["pdf"] == str(out)
        assert run.json["pages"][0] == str(tmp_path / "hasil-1.png")
        assert all(Path(page).is_file() for page in run.json["pages"])
        assert str(out) in run.err

    @pytest.mark.parametrize(("language", "said"), [("id", "halaman:"), ("en", "pages:")])
    def test_it_says_so_in_both_languages(self, town: Town, tmp_path: Path, language: str, said: str) -> None:
        arguments = ("preview", town.workbook, "--only", "INSP", "--out", tmp_path / "hasil.pdf")
        assert said in pkdocs("--lang", language, *arguments).out

    def test_an_agreement_that_would_fail_ends_with_1(self, town: Town, tmp_path: Path, white: Path) -> None:
        arguments = ("--only", "INSP.IRBAN1", "--templates", white, "--out", tmp_path / "hasil.pdf")
        run = pkdocs("--lang", "en", "preview", town.workbook, *arguments, "--json")
        ((failed),) = run.json["failed"]
        assert (run.exit, failed["id"], failed["code"]) == (1, IRBAN, "ISSUED_UNFIT")
        assert failed["message"] in run.err
        assert Path(run.json["pages"][0]).is_file()

    @pytest.mark.parametrize(("only", "error"), [("BKPSDM.PKP", ("ONLY_TOUCHED", 3)), ("X", ("ONLY_UNKNOWN", 2))])
    def test_what_cannot_be_shown_ends_as_generate_does(
        self, town: Town, tmp_path: Path, only: str, error: tuple[str, int]
    ) -> None:
        town.write(change(sheets(), "Pejabat", "BKPSDM", "NIP", "123"))
        run = pkdocs("preview", town.workbook, "--only", only, "--out", tmp_path / "hasil.pdf", "--json")
        assert run.error == error

    def test_a_bad_template_ends_with_4(self, town: Town, tmp_path: Path, white: Path) -> None:
        (white / "administrator.docx").write_bytes(b"nothing")
        arguments = ("--only", "INSP.IRBAN1", "--templates", white, "--out", tmp_path / "hasil.pdf")
        assert pkdocs("preview", town.workbook, *arguments, "--json").error == ("TEMPLATE_DAMAGED", 4)

    def test_missing_libreoffice_ends_with_5(self, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse() -> None:
            raise OfficeError("OFFICE_MISSING", command=INSTALL)

        monkeypatch.setattr(preview, "find_office", refuse)
        run = pkdocs("preview", town.workbook, "--only", "INSP", "--out", tmp_path / "hasil.pdf", "--json")
        assert run.error == ("OFFICE_MISSING", 5)

    def test_a_file_in_the_way_ends_with_8(self, town: Town) -> None:
        before = snapshot(town.out)
        run = pkdocs("preview", town.workbook, "--only", "INSP", "--out", town.pdf("INSP"), "--json")
        assert run.error == ("PREVIEW_IN_THE_WAY", 8)
        assert touched(before, town.out) == set()

    @pytest.mark.parametrize("extra", [(), ("--only", "INSP", "--out", ".")])
    def test_a_call_without_a_position_or_file_is_usage(self, town: Town, extra: tuple[str, ...]) -> None:
        assert pkdocs("preview", town.workbook, *extra, "--json").exit == 2


class TestDrafts:
    """``pkdocs generate --draft``."""

    def test_it_lists_the_drafts_as_generate_does(self, town: Town, tmp_path: Path) -> None:
        run = pkdocs("generate", town.workbook, "--draft", "--out", tmp_path / "baru", "--json")
        assert run.exit == 0
        assert run.json.keys() == {"agreements", "failed", "leftover"}
        assert sorted(entry["key"] for entry in run.json["agreements"]) == sorted(KEYS)
        for entry in run.json["agreements"]:
            assert (entry["docx"], entry["issue_digest"]) == (None, None)
            file = Path(entry["pdf"])
            assert file.relative_to(tmp_path / "baru").parts[0] == "rancangan"
            assert file.name == f"{entry['id']}-rancangan.pdf"
            assert file.is_file()

    @pytest.mark.parametrize(("language", "said"), [("id", "1 rancangan di"), ("en", "1 drafts in")])
    def test_the_end_is_said_in_both_languages(self, town: Town, language: str, said: str) -> None:
        before = snapshot(town.out)
        run = pkdocs("--lang", language, "generate", town.workbook, "--out", town.out, "--draft", "--only", "INSP")
        assert (run.exit, run.out.startswith(said)) == (0, True)
        assert touched(before, town.out) == {"rancangan/inspektorat-daerah/PK-2026-INSP-1-rancangan.pdf"}

    def test_an_agreement_that_would_fail_ends_with_1(self, town: Town, white: Path) -> None:
        arguments = ("--out", town.out, "--draft", "--only", "INSP.IRBAN1", "--templates", white)
        run = pkdocs("generate", town.workbook, *arguments, "--json")
        assert (run.exit, [failed["code"] for failed in run.json["failed"]]) == (1, ["ISSUED_UNFIT"])
        assert Path(run.json["agreements"][0]["pdf"]).is_file()

    def test_drafts_in_word_are_usage(self, town: Town) -> None:
        run = pkdocs("generate", town.workbook, "--out", town.out, "--draft", "--format", "docx", "--json")
        assert run.error == ("DRAFT_IS_PDF", 2)

    def test_missing_libreoffice_ends_with_5(self, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse() -> None:
            raise OfficeError("OFFICE_MISSING", command=INSTALL)

        monkeypatch.setattr(drafting, "find_office", refuse)
        run = pkdocs("generate", town.workbook, "--out", town.out, "--draft", "--json")
        assert run.error == ("OFFICE_MISSING", 5)
