"""``pkdocs bundle``."""

import zipfile
from pathlib import Path

import pytest

from pkdocs.content import Role
from tests.cli.runner import Run, pkdocs
from tests.desk import ALL, DIVISION, HALF, HEAD, PAPER, ROOT, UNIT, Desk, lay, place_of


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return lay(tmp_path / "pk")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "bundel.zip"


def bundle(desk: Desk, out: Path, *more: str | Path) -> Run:
    return pkdocs("bundle", desk.folder, "--out", out, *more)


class TestBundle:
    """Packing."""

    def test_it_says_what_it_packed(self, desk: Desk, out: Path) -> None:
        desk.sign(HEAD, Role.FIRST)
        run = bundle(desk, out, "--json")
        assert run.exit == 0
        assert run.json.keys() == {"bundle", "agreements", "left_out", "unlisted"}
        assert (run.json["bundle"], run.json["left_out"], run.json["unlisted"]) == (str(out), [], [])
        assert [entry["id"] for entry in run.json["agreements"]] == [content.id for content in ALL]
        found = run.json["agreements"][1]
        assert found.keys() == {"id", "unit", "file", "sha256", "signatures"}
        assert (found["unit"], found["file"]) == (UNIT, place_of(HEAD))
        assert found["signatures"] == {"pihak-pertama": "signed", "pihak-kedua": "awaited"}
        assert run.json["agreements"][0]["signatures"] == {"pihak-pertama": "awaited"}
        assert run.json["agreements"][3]["signatures"]["pihak-pertama"] == "paper"

    @pytest.mark.parametrize(("language", "said"), [("id", "5 perjanjian dikemas"), ("en", "5 agreements packed")])
    def test_the_end_is_said_in_both_languages(self, desk: Desk, out: Path, language: str, said: str) -> None:
        run = pkdocs("--lang", language, "bundle", desk.folder, "--out", out)
        assert (run.exit, run.out.startswith(said)) == (0, True)

    def test_units_may_be_given_more_than_once(self, desk: Desk, out: Path) -> None:
        run = bundle(desk, out, "--unit", UNIT, "--unit", ROOT.position.unit, "--json")
        assert len(run.json["agreements"]) == len(ALL)
        assert len(bundle(desk, out, "--unit", UNIT, "--json").json["agreements"]) == len(ALL) - 1

    def test_what_is_missing_is_named_and_ends_with_1(self, desk: Desk, out: Path) -> None:
        desk.pdf(DIVISION).unlink()
        run = bundle(desk, out, "--json")
        ((left),) = run.json["left_out"]
        assert (run.exit, left["id"], left["code"]) == (1, DIVISION.id, "STATUS_NO_PDF")
        assert left["message"] in run.err
        assert place_of(DIVISION) not in zipfile.ZipFile(out).namelist()

    def test_what_the_review_holds_is_named_and_ends_with_0(self, desk: Desk, out: Path) -> None:
        desk.change(DIVISION, held=True)
        run = bundle(desk, out)
        assert run.exit == 0
        assert f"✗ {DIVISION.id}" in run.out

    def test_a_file_that_no_index_knows_is_named_and_ends_with_0(self, desk: Desk, out: Path) -> None:
        strange = desk.folder / "asing.pdf"
        strange.write_bytes(b"%PDF-1.7")
        run = bundle(desk, out, "--json")
        assert (run.exit, run.json["unlisted"]) == (0, [str(strange)])
        assert str(strange) in run.err

    def test_what_is_in_the_way_ends_with_8(self, desk: Desk, out: Path) -> None:
        out.write_bytes(b"penting")
        assert bundle(desk, out, "--json").error == ("BUNDLE_IN_THE_WAY", 8)
        assert out.read_bytes() == b"penting"

    def test_a_folder_without_index_ends_with_8(self, tmp_path: Path, out: Path) -> None:
        assert pkdocs("bundle", tmp_path, "--out", out, "--json").error == ("INDEX_MISSING", 8)

    @pytest.mark.parametrize(
        ("extra", "code"),
        [
            (("--unit", "Dinas Antariksa"), "UNIT_ABSENT"),
            (("--duplex",), "PRINT_OPTION"),
            (("--all",), "PRINT_OPTION"),
            (("--print", UNIT, "--unit", UNIT), "PRINT_OR_UNIT"),
            (("--print", UNIT), "PRINT_SUFFIX"),
        ],
    )
    def test_what_makes_no_sense_together_is_usage(
        self, desk: Desk, out: Path, extra: tuple[str, ...], code: str
    ) -> None:
        assert bundle(desk, out, *extra, "--json").error == (code, 2)


class TestPrint:
    """Joining for the printer."""

    @pytest.fixture
    def out(self, tmp_path: Path) -> Path:
        return tmp_path / "cetak.pdf"

    def test_it_says_what_it_joined_and_where(self, desk: Desk, out: Path) -> None:
        desk.sign(HEAD)
        run = bundle(desk, out, "--print", UNIT, "--duplex", "--json")
        assert run.exit == 0
        assert run.json.keys() == {"print", "agreements", "left_out"}
        assert run.json["print"] == str(out)
        assert [(entry["id"], entry["paper"]) for entry in run.json["agreements"]] == [
            (HALF.id, ["pihak-pertama"]),
            (PAPER.id, ["pihak-pertama", "pihak-kedua"]),
        ]
        first, other = run.json["agreements"]
        assert (first["page"], other["page"]) == (1, 1 + first["pages"])
        assert {entry["id"]: entry["code"] for entry in run.json["left_out"]} == {
            HEAD.id: "PRINT_SIGNED",
            DIVISION.id: "PRINT_ELECTRONIC",
        }

    def test_signed_files_are_named_and_electronic_signers_only_counted(self, desk: Desk, out: Path) -> None:
        desk.sign(HEAD)
        run = bundle(desk, out, "--print", UNIT)
        assert HEAD.id in run.out
        assert f"✗ {DIVISION.id}" not in run.out
        assert f"{PAPER.id}: halaman" in run.out
        assert "bacaan" not in run.err

    def test_who_prints_all_is_told_that_paper_is_not_the_agreement(self, desk: Desk, out: Path) -> None:
        run = pkdocs("--lang", "en", "bundle", desk.folder, "--out", out, "--print", UNIT, "--all", "--json")
        assert len(run.json["agreements"]) == len(ALL) - 1
        assert "a signature on that paper is none on the agreement" in run.err.replace("\n", " ")

    def test_what_is_missing_ends_with_1(self, desk: Desk, out: Path) -> None:
        desk.pdf(HALF).unlink()
        assert bundle(desk, out, "--print", UNIT).exit == 1
        assert out.exists()

    def test_nothing_to_print_is_usage(self, desk: Desk, out: Path) -> None:
        assert bundle(desk, out, "--print", ROOT.position.unit, "--json").error == ("PRINT_NOTHING", 2)
        assert not out.exists()

    def test_an_agreement_is_never_overwritten(self, desk: Desk) -> None:
        before = desk.pdf(HALF).read_bytes()
        assert bundle(desk, desk.pdf(HALF), "--print", UNIT, "--json").error == ("PRINT_IN_THE_WAY", 8)
        assert desk.pdf(HALF).read_bytes() == before
