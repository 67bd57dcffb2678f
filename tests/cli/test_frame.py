"""What all commands share: languages, help, JSON, errors."""

import io
import json
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import click
import pytest

from pkdocs import __version__
from pkdocs.cli import COMMANDS, base, main
from pkdocs.files import write_atomic
from pkdocs.messages import LANGUAGES, text
from pkdocs.sample import build_sample
from tests.city import Town
from tests.cli.runner import pkdocs

PKI = ("init", "issue", "revoke", "refresh", "serve")
NAMES = [(name,) for name in COMMANDS] + [("pki", name) for name in PKI] + [("trust", "show")]


def help_code(name: tuple[str, ...]) -> str:
    return "HELP_" + "_".join(name).upper()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [(), *NAMES], ids=" ".join)
def test_every_command_explains_itself_in_the_language_of_the_call(name: tuple[str, ...], language: str) -> None:
    run = pkdocs("--lang", language, *name, "--help")
    said = re.sub(r"\s+", " ", run.out)
    first = text(help_code(name) if name else "HELP", language).split(".")[0]
    assert (run.exit, run.err) == (0, "")
    assert re.sub(r"\s+", " ", first) in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_option_is_explained(language: str) -> None:
    for name in NAMES:
        command: click.Command = main
        for part in name:
            assert isinstance(command, click.Group)
            found = command.get_command(click.Context(command), part)
            assert found is not None
            command = found
        said = re.sub(r"\s+", " ", pkdocs("--lang", language, *name, "--help").out)
        for parameter in command.params:
            if isinstance(parameter, base.Option):
                assert re.sub(r"\s+", " ", text(parameter.code, language)) in said, parameter.name


def test_the_commands_are_listed_with_what_they_do() -> None:
    said = pkdocs("--lang", "en", "--help").out
    assert [name for name in COMMANDS if not re.search(rf"^  {name} +\w", said, re.MULTILINE)] == []
    assert "Commands" in said
    assert "Perintah" in pkdocs("--help").out


def test_the_version_is_said() -> None:
    run = pkdocs("--version")
    assert (run.exit, run.out) == (0, f"pkdocs {__version__}\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["antariksa"],
        ["check"],
        ["--lang", "jv", "check"],
        ["check", "--no-such-option", "x"],
        ["generate", "x"],
        ["sample", "x.xlsx", "--people", "banyak"],
        ["pki", "antariksa"],
        ["verify", "/does/not/exist.pdf", "--trust", "x"],
        ["sign", ".", "--p12", "/does/not/exist.p12"],
        ["pki", "init", "x", "--key", "dsa"],
    ],
)
def test_a_wrong_call_is_usage_and_with_json_says_so_in_json(arguments: list[str]) -> None:
    plain = pkdocs(*arguments)
    assert (plain.exit, plain.out) == (2, "")
    assert plain.err
    assert pkdocs(*arguments, "--json").error == ("USAGE", 2)


def test_without_a_command_the_help_is_shown() -> None:
    run = pkdocs()
    assert run.exit == 2
    assert "Commands" in run.err or "Perintah" in run.err


@pytest.mark.parametrize(("language", "said"), [("id", "Berhenti:"), ("en", "Stopped:")])
def test_errors_are_said_in_the_language_of_the_call(tmp_path: Path, language: str, said: str) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"nothing")
    plain = pkdocs("--lang", language, "check", tmp_path / "a.xlsx")
    assert (plain.exit, plain.out) == (3, "")
    assert plain.err.startswith(said)
    run = pkdocs("--lang", language, "check", tmp_path / "a.xlsx", "--json")
    assert run.json["error"]["message"] in plain.err
    assert run.err.startswith(said)


def test_the_language_comes_from_the_environment_too(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"nothing")
    assert pkdocs("check", tmp_path / "a.xlsx", env={"PKDOCS_LANG": "en"}).err.startswith("Stopped:")


@pytest.mark.parametrize("arguments", [["check", "x"], ["--lang", "en", "check", "x"]])
def test_wrong_settings_stop_every_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pkdocs.toml").write_text('colour = "biru"\n', encoding="utf-8")
    run = pkdocs(*arguments)
    assert (run.exit, run.out) == (2, "")
    assert "colour" in run.err
    assert pkdocs("check", "x", "--json").error == ("SETTING_UNKNOWN", 2)
    assert pkdocs("--help").exit == 0


def test_the_workplace_names_key_and_templates(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "templat").mkdir()
    (tmp_path / "person.key").write_bytes(bytes(32))
    (tmp_path / "pkdocs.toml").write_text('person_key = "person.key"\ntemplates = "templat"\nlang = "en"\n', "utf-8")
    run = pkdocs("generate", town.workbook, "--out", "baru")
    assert run.exit == 4
    assert "trial key" not in run.err
    assert "There is no template" in run.err


@pytest.mark.parametrize("people", [2, 12])
def test_a_disk_that_is_full_is_said_without_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, people: int
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device", "/x/.pkdocs-1.tmp")

    monkeypatch.setattr(os, "replace", full)
    run = pkdocs("--lang", "en", "sample", tmp_path / "contoh.xlsx", "--people", str(people), "--json")
    assert run.error == ("SYSTEM", 1)
    assert f"{tmp_path / 'contoh.xlsx'}: no space is left." in run.err
    assert list(tmp_path.iterdir()) == []


class TestProgram:
    """The program itself, in a process of its own."""

    def program(self, *arguments: str | Path, **more: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pkdocs", *map(str, arguments)]
        if not (Path(base.__file__).parents[1] / "__main__.py").exists():
            command[1:3] = ["-c", "from pkdocs.cli import main; main()"]
        return subprocess.run(command, capture_output=True, text=True, check=False, **more)

    def test_json_stands_alone_on_standard_output(self, town: Town) -> None:
        run = self.program("check", town.workbook, "--json")
        assert (run.returncode, json.loads(run.stdout).keys()) == (0, {"findings", "counts"})
        assert "warning" in run.stderr or "peringatan" in run.stderr

    def test_libreoffice_of_another_process_makes_the_same_file(self, town: Town, tmp_path: Path) -> None:
        out = tmp_path / "baru"
        run = self.program("generate", town.workbook, "--out", out, "--only", "WALIKOTA", "--jobs", "1", "--json")
        assert run.returncode == 0
        (made,) = json.loads(run.stdout)["agreements"]
        assert Path(made["pdf"]).read_bytes() == town.pdf("WALIKOTA").read_bytes()

    def test_a_reader_who_goes_away_gets_no_traceback(self, tmp_path: Path) -> None:
        write_atomic(tmp_path / "kota.xlsx", build_sample(72, date(2026, 1, 22)))
        reading, writing = os.pipe()
        os.close(reading)
        command = [sys.executable, "-c", "from pkdocs.cli import main; main()"]
        run = subprocess.run(
            [*command, "check", str(tmp_path / "kota.xlsx"), "--all"],
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        os.close(writing)
        assert "Traceback" not in run.stderr
        assert "Berhenti" not in run.stderr

    def test_a_file_name_that_is_no_text_is_said_all_the_same(self, town: Town) -> None:
        strange = os.fsencode(town.workbook.with_name("buku")) + b"\xff.xlsx"
        Path(os.fsdecode(strange)).write_bytes(b"nothing")
        for encoding in ("utf-8:strict", "ascii:strict"):
            env = os.environ | {"PYTHONIOENCODING": encoding}
            for more in ((), ("--json",)):
                run = self.program("check", os.fsdecode(strange), *more, env=env)
                assert (run.returncode, "Traceback" in run.stderr) == (3, False)
            assert json.loads(run.stdout)["error"]["exit"] == 3

    def test_a_missing_passphrase_is_asked_for_only_where_somebody_sits(self, town: Town) -> None:
        run = self.program("sign", town.out, "--p12", town.p12("INSP"), "--yes", "--json", stdin=subprocess.DEVNULL)
        assert (run.returncode, json.loads(run.stdout)["error"]["code"]) == (2, "PASSPHRASE_NEEDED")


class TestProgress:
    """The bar with rate and remaining time."""

    def test_nothing_is_shown_where_nobody_watches(self, capsys: pytest.CaptureFixture[str]) -> None:
        with base.progress(click.Context(click.Command("x")), "Membuat") as bar:
            bar(1, 3)
        assert capsys.readouterr() == ("", "")

    @pytest.fixture
    def screen(self, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
        """Somebody watches standard error."""

        class Screen(io.StringIO):
            def isatty(self) -> bool:
                return True

        screen = Screen()
        monkeypatch.setattr(base, "sys", SimpleNamespace(stderr=screen))
        return screen

    def test_it_counts_says_the_rate_and_ends_its_line(self, screen: io.StringIO) -> None:
        with base.progress(click.Context(click.Command("x")), "Membuat") as bar:
            for done in range(4):
                bar(done, 3)
        shown = screen.getvalue()
        assert "Membuat" in shown
        assert "3/3" in shown
        assert "/detik" in shown
        assert shown.endswith("\n")

    def test_it_is_silent_where_nobody_watches(self, capsys: pytest.CaptureFixture[str]) -> None:
        with base.progress(click.Context(click.Command("x")), "Membuat") as bar:
            bar(1, 3)
        assert capsys.readouterr() == ("", "")

    def test_nothing_is_shown_where_nothing_was_done(self, capsys: pytest.CaptureFixture[str]) -> None:
        with base.progress(click.Context(click.Command("x")), "Membuat"):
            pass
        assert capsys.readouterr() == ("", "")
