"""The log of runs: who reads it learns what was done and how it ended, and nothing about anybody."""

import base64
import errno
import json
import logging
import multiprocessing
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pkdocs import __version__, cli
from pkdocs.cli.runlog import RunLog
from pkdocs.errors import PkdocsError
from pkdocs.executor import run_each
from pkdocs.log import SCHEMA, Line
from pkdocs.schema import from_json
from tests.city import Town, number_of, sheets, snapshot, tamper, touched
from tests.cli.runner import Run, pkdocs

AUDITOR = "INSP.IRBAN1.AUDITOR"


def lines(file: Path) -> list[Line]:
    """Return the lines of a log; each is whole, ASCII, and of the shape."""
    data = file.read_bytes()
    assert data.endswith(b"\n")
    return [from_json(Line, json.loads(line.decode("ascii")), schema=SCHEMA) for line in data.splitlines()]


def last(file: Path) -> Line:
    return lines(file)[-1]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "catatan.jsonl"


def test_a_run_is_a_start_and_an_end(town: Town, log: Path) -> None:
    assert pkdocs("--log", log, "check", town.workbook, "--all").exit == 0
    start, end = lines(log)
    assert (start.event, start.command, start.options, start.program) == ("start", "check", ("--all",), __version__)
    assert (end.event, end.command, end.exit, end.run) == ("end", "check", 0, start.run)
    assert (end.counts or {})["counts.error"] == 0
    assert (end.duration_ms or 0) >= 0
    assert start.time.endswith("+00:00")
    assert start.time <= end.time


def test_runs_are_told_apart(town: Town, log: Path) -> None:
    for _ in range(2):
        pkdocs("--log", log, "status", town.out)
    assert len({line.run for line in lines(log)}) == 2


def test_refusals_are_named_by_code_and_agreement(town: Town, log: Path) -> None:
    tamper(town.pdf(AUDITOR), lambda data: data + b"\n% more")
    secret = town.p12(AUDITOR).with_suffix(".pass")
    run = pkdocs("--log", log, "sign", town.out, "--p12", town.p12(AUDITOR), "--passphrase-file", secret, "--yes")
    assert run.exit == 7
    end = last(log)
    assert (end.command, end.exit, end.counts) == (
        "sign",
        7,
        {"signed": 0, "waiting": 0, "refused": 1, "unknown": 0, "plan.documents": 0},
    )
    assert [(code.code, code.count, code.ids) for code in end.codes] == [("SIGN_ALTERED", 1, (f"PK-2026-{AUDITOR}-1",))]


def test_verdicts_are_named_by_code_and_agreement(town: Town, log: Path) -> None:
    assert pkdocs("--log", log, "verify", town.out, "--trust", town.trust).exit == 10
    end = last(log)
    missing = next(code for code in end.codes if code.code == "SIGNATURE_MISSING")
    assert (missing.count, len(missing.ids)) == (13, 7)
    assert (end.counts or {})["summary.INCOMPLETE"] == 7
    assert next(code for code in end.codes if code.code == "REGISTER_ABSENT").ids == ()


def test_what_stops_a_command_is_its_code(town: Town, log: Path) -> None:
    assert pkdocs("--log", log, "status", town.workbook).exit == 8
    assert [code.code for code in last(log).codes] == ["INDEX_MISSING"]


@pytest.mark.parametrize(
    ("arguments", "command"),
    [(["check"], "check"), (["pki", "issue", "."], "pki issue"), (["pki", "x"], "pki"), (["antariksa"], None)],
)
def test_a_wrong_call_is_logged_without_what_was_typed(log: Path, arguments: list[str], command: str | None) -> None:
    assert pkdocs("--log", log, *arguments).exit == 2
    (end,) = lines(log)
    assert (end.command, end.exit, [code.code for code in end.codes]) == (command, 2, ["USAGE"])
    assert "antariksa" not in log.read_text()


@pytest.mark.parametrize("arguments", [["check", "--help"], ["--help"], ["--version"]])
def test_help_is_no_run(log: Path, arguments: list[str]) -> None:
    assert pkdocs("--log", log, *arguments).exit == 0
    assert not log.exists()


def test_a_group_without_its_command_ends_with_2(log: Path) -> None:
    assert pkdocs("--log", log, "pki").exit == 2
    assert last(log).exit == 2


def test_a_crash_is_logged_by_the_name_of_its_exception(town: Town, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("Citra Maheswari")

    monkeypatch.setattr("pkdocs.cli.check.check", broken)
    with pytest.raises(ZeroDivisionError):
        pkdocs("--log", log, "check", town.workbook)
    assert (last(log).exit, last(log).fault) == (1, "ZeroDivisionError")
    assert "Citra" not in log.read_text()


def test_an_interruption_is_logged(town: Town, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pkdocs.cli.check.check", interrupted)
    assert pkdocs("--log", log, "check", town.workbook).exit == 1
    assert ([code.code for code in last(log).codes], last(log).fault) == (["INTERRUPTED"], None)


class TestWhere:
    """Where the log is: asked for, or in the workplace."""

    @pytest.fixture(autouse=True)
    def place(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.chdir(tmp_path)
        return tmp_path

    def test_nothing_is_logged_outside_of_a_workplace(self, town: Town, place: Path) -> None:
        before = snapshot(place)
        assert pkdocs("check", town.workbook).exit == 0
        assert pkdocs("verify", town.out, "--trust", town.trust).exit == 10
        assert touched(before, place) == set()

    def test_a_workplace_has_its_log_and_the_folders_looked_at_stay_untouched(self, town: Town, place: Path) -> None:
        (place / "pkdocs.toml").touch()
        before = snapshot(place)
        assert pkdocs("verify", town.out, "--trust", town.trust).exit == 10
        assert touched(before, place) == {"pkdocs.log"}
        assert last(place / "pkdocs.log").command == "verify"

    def test_a_workplace_may_do_without(self, town: Town, place: Path) -> None:
        (place / "pkdocs.toml").write_text('log = ""\n')
        pkdocs("check", town.workbook)
        assert not (place / "pkdocs.log").exists()

    def test_the_option_comes_before_the_environment_and_that_before_the_file(self, town: Town, place: Path) -> None:
        (place / "pkdocs.toml").write_text('log = "a"\n')
        pkdocs("--log", "c", "check", town.workbook, env={"PKDOCS_LOG": "b"})
        assert [name for name in "abc" if (place / name).exists()] == ["c"]
        pkdocs("check", town.workbook, env={"PKDOCS_LOG": "b"})
        pkdocs("check", town.workbook)
        assert [len(lines(place / name)) for name in "abc"] == [2, 2, 2]


class TestUnwritable:
    """A log that cannot be written costs a warning, never the command."""

    @pytest.mark.parametrize("kind", ["absent folder", "pipe", "read only"])
    def test_the_command_goes_on_and_says_so_once(self, town: Town, tmp_path: Path, kind: str) -> None:
        log = tmp_path / "tak-ada" / "log" if kind == "absent folder" else tmp_path / "log"
        if kind == "pipe":
            os.mkfifo(log)
        elif kind == "read only":
            log = Path("/proc/self/status")
        run = pkdocs("--log", log, "check", town.workbook, "--json")
        assert (run.exit, run.json["counts"]["error"]) == (0, 0)
        assert run.err.count(f"catatan {log} tidak dapat ditulis") == 1

    @pytest.mark.parametrize("fault", ["full", "short"])
    def test_a_disk_that_is_full_stops_the_log_alone(
        self, town: Town, log: Path, monkeypatch: pytest.MonkeyPatch, fault: str
    ) -> None:
        def write(handle: int, data: bytes) -> int:
            if fault == "full":
                raise OSError(errno.ENOSPC, "No space left on device")
            return len(data) - 1

        monkeypatch.setattr("pkdocs.cli.runlog.os.write", write)
        run = pkdocs("--lang", "en", "--log", log, "check", town.workbook)
        assert run.exit == 0
        assert run.err.count("cannot be written: no space is left.") == 1

    def test_a_folder_is_no_log(self, town: Town, tmp_path: Path) -> None:
        assert pkdocs("--log", tmp_path, "check", town.workbook).exit == 2


class TestRecords:
    """What modules tell ``logging``."""

    @pytest.fixture
    def open_log(self, log: Path) -> Iterator[RunLog]:
        opened = RunLog(log, lambda *_: None)
        logger = logging.getLogger("pkdocs")
        logger.addHandler(opened)
        yield opened
        logger.removeHandler(opened)

    @pytest.mark.usefixtures("open_log")
    def test_a_warning_of_a_module_is_logged(self, log: Path) -> None:
        logging.getLogger("pkdocs.verification.x").warning("step %d: %s", 3, "ValueError")
        logging.getLogger("pkdocs.verification.x").debug("Citra Maheswari")
        logging.getLogger("pypdf").warning("Citra Maheswari")
        (line,) = lines(log)
        assert (line.event, line.level, line.logger) == ("record", "WARNING", "pkdocs.verification.x")
        assert line.text == "step 3: ValueError"

    def test_a_file_under_examination_is_heard_from_its_own_process(
        self, town: Town, log: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: object) -> None:
            raise ZeroDivisionError("Citra Maheswari")

        monkeypatch.setattr("pkdocs.verification.examine.read_layout", broken)
        monkeypatch.setattr("pkdocs.pipeline.audit.run_each", run_each)
        run = pkdocs("--log", log, "verify", town.pdf("INSP"), "--trust", town.trust)
        record = next(line for line in lines(log) if line.event == "record")
        assert (record.text, record.run) == ("step 1: ZeroDivisionError", last(log).run)
        assert "step 1" not in run.err

    def test_processes_do_not_mix_their_lines(self, log: Path, open_log: RunLog) -> None:
        def talk() -> None:
            for _ in range(50):
                open_log.gave({"people": 1})
                open_log.start(["--all"] * 50)

        processes = [multiprocessing.get_context("fork").Process(target=talk) for _ in range(4)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        assert len(lines(log)) == 200

    def test_no_handler_is_left_behind(self, town: Town, log: Path) -> None:
        before = list(logging.getLogger("pkdocs").handlers)
        pkdocs("--log", log, "check", town.workbook)
        assert logging.getLogger("pkdocs").handlers == before


def test_a_log_is_made_as_the_users_mask_says(town: Town, log: Path) -> None:
    mask = os.umask(0o027)
    try:
        pkdocs("--log", log, "check", town.workbook)
    finally:
        os.umask(mask)
    assert stat.S_IMODE(log.stat().st_mode) == 0o640


def test_an_error_before_the_log_is_there_is_said_all_the_same() -> None:
    context = cli.click.Context(cli.click.Command("x"))
    context.meta[cli.JSON] = False
    with pytest.raises(cli.click.exceptions.Exit):
        cli._stop(context, PkdocsError("INTERRUPTED"))


def test_a_year_leaves_no_person_in_the_log(town: Town, log: Path, tmp_path: Path) -> None:
    key = tmp_path / "person.key"
    key.write_bytes(bytes(range(100, 132)))
    pki = tmp_path / "pki-baru"
    out = tmp_path / "hasil-baru"
    nip = number_of(AUDITOR)
    said: list[Run] = []

    def call(*arguments: str | Path) -> None:
        said.append(pkdocs("--log", log, *arguments))

    call("generate", town.workbook, "--out", out, "--person-key", key)
    call("pki", "init", pki, "--registrar", nip)
    call("pki", "issue", pki, "--workbook", town.workbook, "--person-key", key)
    signers = pki / "signers"
    for number in (nip, number_of("INSP")):
        secret = signers / f"{number}.pass"
        call("sign", out, "--p12", signers / f"{number}.p12", "--as", number, "--passphrase-file", secret, "--yes")
    call("sign", out, "--p12", signers / f"{nip}.p12", "--as", number_of("INSP"), "--passphrase-file", secret)
    call("sign", out, "--p12", signers / f"{nip}.p12", "--passphrase-file", signers / f"{nip}.pass", "--json")
    call("status", out, "--person", nip, "--person-key", key)
    call("pki", "revoke", pki, nip)
    call("pki", "revoke", pki, "198001012005011991")
    (out / "rusak.pdf").write_bytes(b"%PDF-1.7 Citra " + nip.encode())
    call("verify", out, "--trust", pki / "trust.toml", "--json")
    call("sign", nip, "--as", nip)
    call("status", out, nip)

    assert [run.exit for run in said] == [0, 0, 0, 0, 0, 6, 0, 0, 0, 6, 9, 2, 2]
    passphrases = [file.read_text().strip() for file in signers.glob("*.pass")]
    secrets = [*passphrases, key.read_bytes().hex(), *(encode(key.read_bytes()).decode() for encode in ENCODINGS)]
    written = log.read_text(encoding="ascii")
    assert len(lines(log)) == 2 * len(said) - 2
    for secret_text in (
        *secrets,
        *persons("NIP"),
        *persons("Nama"),
        "198001012005011991",
        str(tmp_path),
        str(Path.home()),
    ):
        assert secret_text not in written
    # people see names; their numbers only where they typed them wrongly themselves
    for run in said[:-2]:
        for secret_text in (*secrets, *persons("NIP")):
            assert secret_text not in run.out + run.err


ENCODINGS: list[Callable[[bytes], bytes]] = [base64.b64encode, base64.b32encode, base64.urlsafe_b64encode]


def persons(column: str) -> list[str]:
    """Return everybody's number or name, as typed and without display."""
    values = [row[column] for row in sheets()["Pejabat"]]
    return [form for value in values if value for form in {value, value.replace(" ", "")}]
