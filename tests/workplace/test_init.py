"""``pkdocs init``: a workplace, whole or not at all, never over anything."""

import os
import stat
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from pkdocs.errors import ConflictError
from pkdocs.files import in_the_way
from pkdocs.messages import LANGUAGES
from pkdocs.persons import TRIAL_KEY, read_person_key
from pkdocs.pipeline import workplace
from pkdocs.pipeline.workplace import init_workplace
from pkdocs.settings import LOG_NAME, Settings, default_templates, read_settings
from pkdocs.workplace import blank_workbook
from tests.city import sheets, snapshot
from tests.cli.runner import pkdocs
from tests.workplace.clerk import DAY, fill

FILES = ("BACA-SAYA.txt", "buku-kerja.xlsx", "person.key", "pkdocs.toml", "templat")


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {
        path.relative_to(folder).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))
    }


def test_the_key_and_the_folder_are_for_their_owner_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    init_workplace(tmp_path / "kerja", language="id", day=DAY)
    found = modes(tmp_path / "kerja")
    assert (found.pop("."), found.pop("person.key"), found.pop("templat")) == (0o700, 0o600, 0o755)
    assert set(found.values()) == {0o644}


def test_everything_is_there_and_named(tmp_path: Path) -> None:
    made = init_workplace(tmp_path / "a" / "kerja", language="en", day=DAY)
    assert in_the_way(made.folder) == FILES
    assert in_the_way(tmp_path / "a") == ("kerja",)
    assert made.workbook.read_bytes() == blank_workbook("en", DAY)
    shipped = {file.name: file.read_bytes() for file in default_templates().glob("*.docx")}
    assert {file.name: file.read_bytes() for file in made.templates.iterdir()} == shipped
    assert len(shipped) >= 2


def test_every_workplace_has_a_key_of_its_own(tmp_path: Path) -> None:
    keys = {
        read_person_key(init_workplace(tmp_path / name, language="id", day=DAY).person_key.read_bytes())
        for name in ("a", "b")
    }
    assert len(keys) == 2
    assert TRIAL_KEY not in keys


@pytest.mark.parametrize("language", LANGUAGES)
def test_commands_inside_find_key_templates_and_language(tmp_path: Path, language: str) -> None:
    made = init_workplace(tmp_path / "kerja", language=language, day=DAY)
    expected = Settings(language, made.person_key, made.templates, 0, made.folder / LOG_NAME)
    assert read_settings(made.folder, {}) == expected
    lines = made.settings.read_text(encoding="utf-8").splitlines()
    for name in ("lang", "person_key", "templates", "jobs", "log"):
        (at,) = (number for number, line in enumerate(lines) if line.startswith(f"{name} = "))
        assert lines[at - 1].startswith("# ")


def test_the_readme_tells_in_both_languages_what_each_file_is(tmp_path: Path) -> None:
    made = init_workplace(tmp_path / "kerja", language="en", day=DAY)
    indonesian, english = made.readme.read_text(encoding="utf-8").split(f"\n{'-' * 100}\n")
    for said in (indonesian, english):
        assert all(name in said for name in FILES if name != made.readme.name)
    assert "Bila hilang" in indonesian
    assert "If it is lost" in english


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    (tmp_path / "kerja").mkdir()
    init_workplace(tmp_path / "kerja", language="id", day=DAY)
    assert in_the_way(tmp_path / "kerja") == FILES


@pytest.mark.parametrize("names", [["catatan.txt"], [".tersembunyi"], [f"{number}.txt" for number in range(9)]])
def test_what_is_in_the_way_is_named_and_stays(tmp_path: Path, names: list[str]) -> None:
    folder = tmp_path / "kerja"
    folder.mkdir()
    for name in names:
        (folder / name).write_bytes(b"mine")
    before = snapshot(folder)
    with pytest.raises(ConflictError) as stop:
        init_workplace(folder, language="id", day=DAY)
    assert stop.value.code == "WORKPLACE_IN_THE_WAY"
    assert all(name in stop.value.message() for name in names[:5])
    assert ("…" in stop.value.message()) is (len(names) > 5)
    assert snapshot(folder) == before


def test_a_file_or_a_link_is_in_the_way_too(tmp_path: Path) -> None:
    (tmp_path / "berkas").write_bytes(b"mine")
    (tmp_path / "taut").symlink_to(tmp_path / "tidak-ada")
    for name in ("berkas", "taut"):
        run = pkdocs("init", tmp_path / name, "--json")
        assert run.error == ("WORKPLACE_IN_THE_WAY", 8)
    assert in_the_way(tmp_path) == ("berkas", "taut")


@pytest.mark.parametrize("is_there", [True, False])
@pytest.mark.parametrize("step", ["blank_workbook", "new_person_key", "_readme", "_settings"])
def test_nothing_is_there_if_one_part_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, is_there: bool
) -> None:
    def full(*_arguments: object) -> bytes:
        raise OSError(28, "No space left on device", "x")

    folder = tmp_path / "kerja"
    if is_there:
        folder.mkdir()
    monkeypatch.setattr(workplace, step, full)
    run = pkdocs("init", folder, "--json")
    assert run.error == ("SYSTEM", 1)
    assert in_the_way(folder) == ()
    assert in_the_way(tmp_path) == (("kerja",) if is_there else ())


def test_who_was_quicker_keeps_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "kerja"

    def meanwhile(language: object, day: date) -> bytes:
        folder.mkdir()
        (folder / "theirs").write_bytes(b"x")
        return b""

    monkeypatch.setattr(workplace, "blank_workbook", meanwhile)
    with pytest.raises(ConflictError, match="theirs"):
        init_workplace(folder, language="id", day=DAY)
    assert in_the_way(folder) == ("theirs",)
    assert in_the_way(tmp_path) == ("kerja",)


class TestCommand:
    """The command, and others inside the workplace."""

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_it_says_what_was_made(self, tmp_path: Path, language: str) -> None:
        folder = tmp_path / "kerja"
        run = pkdocs("--lang", language, "init", folder, "--json")
        assert run.exit == 0
        names = {
            "workbook": "buku-kerja.xlsx",
            "templates": "templat",
            "settings": "pkdocs.toml",
            "person_key": "person.key",
            "readme": "BACA-SAYA.txt",
        }
        assert run.json == {"folder": str(folder)} | {name: str(folder / file) for name, file in names.items()}
        assert str(folder) in run.err
        assert f'lang = "{language}"' in (folder / "pkdocs.toml").read_text(encoding="utf-8")

    def test_run_again_it_changes_nothing(self, tmp_path: Path) -> None:
        assert pkdocs("init", tmp_path / "kerja").exit == 0
        before = snapshot(tmp_path)
        run = pkdocs("init", tmp_path / "kerja", "--json")
        assert run.error == ("WORKPLACE_IN_THE_WAY", 8)
        assert "buku-kerja.xlsx" in run.err
        assert snapshot(tmp_path) == before

    def test_the_current_folder_may_become_a_workplace(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        assert pkdocs("init", ".").exit == 0
        assert in_the_way(Path()) == FILES
        assert pkdocs("check", "buku-kerja.xlsx").exit == 3

    def test_the_key_is_in_no_message(self, tmp_path: Path) -> None:
        run = pkdocs("init", tmp_path / "kerja", "--json")
        key = (tmp_path / "kerja" / "person.key").read_bytes()
        assert key.hex() not in run.out + run.err
        assert repr(key) not in run.out + run.err

    def test_a_filled_in_workbook_gives_agreements_with_this_key_and_these_templates(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        pkdocs("init", ".")
        workbook = Path("buku-kerja.xlsx")
        city = {name: [filled(row) for row in rows] for name, rows in sheets().items()}
        workbook.write_bytes(fill(workbook.read_bytes(), city))
        run = pkdocs("generate", workbook, "--out", "pk", "--only", "WALIKOTA", "--format", "docx", "--json")
        assert run.exit == 0
        assert "--person-key" not in run.err
        (made,) = run.json["agreements"]
        assert Path(made["docx"]).is_file()
        Path("templat", "kepala-daerah.docx").unlink()
        run = pkdocs("generate", workbook, "--out", "pk2", "--only", "WALIKOTA", "--format", "docx", "--json")
        assert run.exit == 4
        assert "templat" in run.err


def filled(row: dict[str, str]) -> dict[str, str]:
    return {column: cell for column, cell in row.items() if cell}
