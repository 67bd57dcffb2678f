"""A wrong call is said in the language of the call, with what would be right; click's own English is not heard."""

import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from pkdocs.cli import base, main
from pkdocs.messages import LANGUAGES, catalogue, text
from tests.cli.runner import Run, pkdocs

CLICKS = re.compile(
    r"Usage|Options|Commands|Missing|Invalid|No such|Did you mean|Error:|Aborted|Show this|Try '|required|default|"
    r"unexpected|is not|does not|Choose from|OPTIONS|COMMAND|ARGS"
)
"""Words that click says in English."""


def commands(group: click.Group = main, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield above, group
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        if isinstance(found, click.Group):
            yield from commands(found, (*above, name))
        else:
            yield (*above, name), found


def said(run: Run) -> str:
    """Return what a wrong call says, in one line."""
    assert (run.exit, run.out) == (2, "")
    return " ".join(run.err.split())


@pytest.mark.parametrize("name", [name for name, _ in commands()], ids=" ".join)
def test_no_help_mixes_the_languages(name: tuple[str, ...]) -> None:
    assert CLICKS.findall(pkdocs("--lang", "id", *name, "--help").out) == []
    english = pkdocs("--lang", "en", *name, "--help").out
    assert re.findall("Pemakaian|Opsi|Perintah|Tampilkan|wajib|bawaan|OPSI|PERINTAH", english) == []


def test_every_command_and_parameter_speaks_from_the_catalogue() -> None:
    for name, command in commands():
        assert isinstance(command, base.Command | base.Group), name
        for parameter in command.params:
            assert isinstance(parameter, base.Option | base.Argument), (name, parameter.name)


WRONG = {
    ("cek",): ("Perintah cek tidak dikenal.", "There is no command cek."),
    ("chek",): ("Mungkin maksudnya check?", "Did you mean check?"),
    ("pki", "inti"): ("ada: init, issue, refresh, revoke, serve.", "There are: init, issue, refresh, revoke, serve."),
    ("check",): ("WORKBOOK belum disebutkan.", "WORKBOOK is missing."),
    ("verify", "--trust", "/etc/passwd"): ("PATH... belum disebutkan.", "PATH... is missing."),
    ("generate", "."): ("Opsi --out wajib diisi. Folder keluaran.", "The option --out is missing. The folder to write"),
    ("check", ".", "--semua"): ("Opsi --semua tidak dikenal.", "There is no option --semua."),
    ("check", ".", "-x"): ("Opsi -x tidak dikenal.", "There is no option -x."),
    ("check", ".", "--al"): ("Mungkin maksudnya --all?", "Did you mean --all?"),
    ("check", ".", "buku", "kerja"): ("Berlebih: buku kerja.", "Too much: buku kerja."),
    ("check", "--all=x", "."): ("Opsi --all ditulis tanpa isi.", "The option --all takes no value."),
    ("check", "--help=x"): ("Opsi --help ditulis tanpa isi.", "The option --help takes no value."),
    ("verify", ".", "--trust"): ("Opsi --trust memerlukan isi. Berkas kepercayaan", "needs a value. The trust file"),
    ("check", "tak-ada.xlsx"): ("WORKBOOK: 'tak-ada.xlsx' tidak ada.", "WORKBOOK: 'tak-ada.xlsx' does not exist."),
    ("status", "/etc/passwd"): ("'/etc/passwd' adalah berkas.", "'/etc/passwd' is a file."),
    ("verify", ".", "--trust", "/"): ("--trust: '/' adalah folder.", "--trust: '/' is a folder."),
    ("verify", ".", "tak-ada", "--trust", "/etc/passwd"): (
        "PATH...: 'tak-ada' tidak ada.",
        "'tak-ada' does not exist.",
    ),
    ("check", "a" * 300): ("nama atau jalurnya terlalu panjang", "the name or the path is too long"),
    ("generate", ".", "--out", "x", "--jobs", "99"): ("dari 1 sampai 64", "from 1 to 64"),
    ("generate", ".", "--out", "x", "--jobs", "dua"): ("--jobs: 'dua' bukan", "--jobs: 'dua' is no"),
    ("generate", ".", "--out", "x", "--format", "odt"): ("Pilih salah satu: pdf, docx, both.", "Choose one of: pdf,"),
    ("sample", "x.xlsx", "--people", "banyak"): ("'banyak' bukan bilangan bulat", "'banyak' is no whole number"),
    ("sample", "x.xlsx", "--people", "2", "--date", "22/1/2026"): ("'22/1/2026' bukan tanggal", "is no date"),
}


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_a_wrong_call_is_said_in_both_languages(arguments: tuple[str, ...]) -> None:
    for language, expected in zip(LANGUAGES, WRONG[arguments], strict=True):
        told = said(pkdocs("--lang", language, *arguments))
        assert expected in told
        assert told.startswith(text("USAGE_LINE", language))
        assert re.search(r"`pkdocs|`main", told), "where to read more"
        # after an option that lacks its value, it would be that value
        if arguments[-1] != "--trust":
            error = pkdocs("--lang", language, *arguments, "--json").json["error"]
            assert (error["code"], expected in error["message"]) == ("USAGE", True)
    assert CLICKS.findall(said(pkdocs("--lang", "id", *arguments))) == []


@pytest.mark.parametrize(
    ("language", "expected"), [("id", "Perintah belum disebutkan."), ("en", "The command is missing.")]
)
def test_a_call_without_its_command_names_those_that_there_are(language: str, expected: str) -> None:
    assert f"{expected} {text('MISUSE_COMMANDS', language, {'known': 'init, sample'})[:-1]}" in said(
        pkdocs("--lang", language)
    )


def test_a_path_that_must_not_be_looked_into_is_named_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "buku.xlsx").touch()
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "buku.xlsx' tidak dapat dibaca: tidak ada izin." in said(pkdocs("check", tmp_path / "buku.xlsx"))


@pytest.mark.parametrize("arguments", [("--help", "--lang", "en"), ("--help", "--lang=en"), ("--lang=en", "--help")])
def test_the_language_counts_wherever_it_stands(arguments: tuple[str, ...]) -> None:
    assert pkdocs(*arguments).out.startswith("Usage:")


def test_the_settings_language_counts_for_help_and_wrong_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pkdocs.toml").write_text('lang = "en"\n', encoding="utf-8")
    assert pkdocs("--help").out.startswith("Usage:")
    assert "Choose one of: id, en." in said(pkdocs("--lang", "jv", "check"))
    assert pkdocs("--lang", "id", "--help").out.startswith("Pemakaian:")


def test_an_interruption_while_arguments_are_read_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(click.Group, "parse_args", interrupted)
    run = pkdocs("check", "x")
    assert (run.exit, run.err) == (1, f"Berhenti: {text('INTERRUPTED', 'id')}\n")


class _Colour(click.ParamType[str]):
    name = "colour"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        self.fail(f"{value} is no colour", param, ctx)


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        (base.Option(["--warna"], type=_Colour(), code="OPTION_JSON"), "x", "--warna: x is no colour"),
        (base.Option(["-w", "--dua"], nargs=2, code="OPTION_JSON"), ("x",), "--dua: Takes 2 values but 1 was given."),
    ],
)
def test_a_fault_without_words_here_is_said_in_clicks(option: base.Option, value: object, words: str) -> None:
    with pytest.raises(click.UsageError) as stop:
        option.type_cast_value(click.Context(click.Command("x")), value)
    assert stop.value.message == words


@pytest.mark.parametrize("error", [click.UsageError("neither this nor that"), click.BadParameter("not so")])
def test_an_error_that_click_does_not_raise_itself_is_said_as_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: click.UsageError
) -> None:
    def wrong(*_: object) -> None:
        raise error

    monkeypatch.setattr("pkdocs.cli.check.check", wrong)
    assert error.format_message() in said(pkdocs("check", tmp_path))


class TestConfirm:
    """A question that is answered with yes or no, in either language."""

    @pytest.fixture
    def ask(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Answers are taken from here."""
        answers: list[str] = []
        monkeypatch.setattr(click.termui, "visible_prompt_func", lambda _prompt: answers.pop(0))
        return answers

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("y", True),
            ("Ya", True),
            (" yes ", True),
            ("t", False),
            ("tidak", False),
            ("N", False),
            ("no", False),
            ("", False),
        ],
    )
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_an_answer_counts_in_both_languages(self, ask: list[str], language: str, typed: str, meant: bool) -> None:
        ask.append(typed)
        context = click.Context(click.Command("x"))
        context.meta[base.LANGUAGE] = language
        assert base.confirm(context, "?") is meant

    def test_what_is_no_answer_is_asked_for_again(self, ask: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        ask += ["mungkin", "y"]
        assert base.confirm(click.Context(click.Command("x")), "Setuju?")
        assert capsys.readouterr().err == text("CONFIRM_AGAIN", "id") + "\n"


def test_causes_that_the_catalogue_has_are_those_of_the_system() -> None:
    named = [code.removeprefix("SYSTEM_") for code in catalogue() if code.startswith("SYSTEM_")]
    assert named
    assert [name for name in named if name not in errno.errorcode.values()] == []
