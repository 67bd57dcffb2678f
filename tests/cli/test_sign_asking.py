"""Which key, and where its secret comes from: options, prompts, files, descriptors, or nobody to ask."""

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from pkdocs.cli import secret
from pkdocs.cli import sign as sign_command
from tests.bsre import emulator as bsre
from tests.city import Town, snapshot, touched
from tests.cli.keys import bsre_service, by_file, csc_service, ids, seal_options, sign
from tests.cli.runner import pkdocs
from tests.csc import emulator as csc

IRBAN = "INSP.IRBAN1"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody sits at the terminal."""
    for module in (sign_command, secret):
        monkeypatch.setattr(module, "sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))


@pytest.fixture
def read_end() -> Iterator[int]:
    """A descriptor from which a pass phrase can be read."""
    reading, writing = os.pipe()
    os.write(writing, (bsre.PASSPHRASE + "\n").encode())
    os.close(writing)
    yield reading
    os.close(reading)


class TestWhichKey:
    """One, and one alone."""

    @pytest.fixture(autouse=True)
    def nothing_signed(self, town: Town) -> object:
        before = snapshot(town.out)
        yield
        assert touched(before, town.out) == set()

    @pytest.mark.parametrize("command", ["sign", "seal"])
    def test_none(self, town: Town, command: str) -> None:
        run = pkdocs("--lang", "en", command, town.out, "--yes", "--json")
        assert run.error == ("HOLDER_NEEDED", 2)
        assert "--pkcs11 MODULE" in run.err

    def test_several_are_named(self, town: Town) -> None:
        run = sign(town, *by_file(town, IRBAN), "--csc", "https://a.example", "--bsre", "https://b.example")
        assert run.error == ("HOLDER_TWICE", 2)
        assert "--p12, --csc, --bsre" in run.err

    @pytest.mark.parametrize(
        "ways",
        [("--export", "keluar", "--resolve"), ("--resolve", "--import", "."), ("--not-signed", "PK-1")],
        ids=["export", "import", "not-signed"],
    )
    def test_signing_here_and_elsewhere_do_not_mix(self, town: Town, ways: tuple[str, ...]) -> None:
        assert sign(town, *by_file(town, IRBAN), *ways).error == ("SIGN_ONE_WAY", 2)


class TestNobodyThere:
    """Without a terminal."""

    @pytest.mark.parametrize("key", ["--p12", "--pkcs11", "--bsre"])
    def test_a_secret_that_nobody_can_be_asked_for_is_named(self, town: Town, tmp_path: Path, key: str) -> None:
        with bsre_service(town, IRBAN, tmp_path) as (service, options):
            given = {
                "--p12": by_file(town, IRBAN)[:2],
                "--pkcs11": ("--pkcs11", town.p12(IRBAN)),
                "--bsre": options[:4] + options[options.index("--bsre-account") :],
            }[key]
            code = "PASSPHRASE_NEEDED" if key != "--pkcs11" else "SECRET_NEEDED"
            assert sign(town, *given).error == (code, 2)
        assert service.signed == 0

    def test_a_pin_that_a_service_asks_for(self, town: Town, tmp_path: Path) -> None:
        with csc_service(town, IRBAN, tmp_path) as (service, options):
            place = options.index("--passphrase-file")
            run = sign(town, *options[:place], *options[place + 2 :])
        assert run.error == ("CSC_PIN_NEEDED", 6)
        assert "credentials/authorize" not in service.asked


@pytest.mark.usefixtures("terminal")
class TestSomebodyThere:
    """At a terminal; nothing that is typed is shown."""

    def test_bsre_asks_for_all_three(self, town: Town, tmp_path: Path) -> None:
        with bsre_service(town, IRBAN, tmp_path) as (_, options):
            typed = "\n".join((bsre.ACCOUNT, bsre.NIK, bsre.PASSPHRASE, "y", ""))
            named = options[options.index("--as") :]
            run = pkdocs("sign", town.out, *options[:2], *named, "--bsre-appends", "--json", typed=typed)
        assert len(ids(run)) == 1
        assert not [one for one in (bsre.ACCOUNT, bsre.NIK, bsre.PASSPHRASE) if one in run.out + run.err]

    def test_a_service_asks_for_pin_and_code(self, town: Town, tmp_path: Path) -> None:
        with csc_service(town, IRBAN, tmp_path, factors=("PIN", "OTP")) as (_, options):
            place = options.index("--passphrase-file")
            typed = "\n".join((csc.PIN, csc.CODES[0], csc.CODES[1], ""))
            run = sign(town, *options[:place], *options[place + 2 :], typed=typed)
        assert len(ids(run)) == 1
        assert csc.PIN not in run.out + run.err

    def test_a_challenge_is_shown(self, town: Town, tmp_path: Path) -> None:
        with csc_service(town, IRBAN, tmp_path, factors=("PIN", "OTP"), code_is_sent=True) as (_, options):
            run = sign(town, *options, typed=f"{csc.CODES[0]}\n")
        assert len(ids(run)) == 1
        assert "Nama ibu" in run.out + run.err

    def test_a_seal_is_asked_about(self, town: Town) -> None:
        declined = pkdocs("seal", town.out, *seal_options(town), "--json", typed="n\n")
        assert declined.error == ("SIGN_DECLINED", 7)
        assert pkdocs("seal", town.out, *seal_options(town), "--json", typed="y\n").exit == 0


class TestDescriptors:
    """Secrets by an open descriptor."""

    def test_one_that_is_open_is_read(self, town: Town, tmp_path: Path, read_end: int) -> None:
        with bsre_service(town, IRBAN, tmp_path) as (_, options):
            place = options.index("--passphrase-file")
            given = (*options[:place], "--passphrase-fd", str(read_end), *options[place + 2 :], "--bsre-appends")
            assert len(ids(sign(town, *given))) == 1

    def test_one_that_is_not_open_is_said(self, town: Town) -> None:
        reading, writing = os.pipe()
        os.close(reading)
        os.close(writing)
        run = sign(town, *by_file(town, IRBAN)[:2], "--passphrase-fd", str(reading))
        assert run.error == ("PASSPHRASE_FD", 2)

    def test_one_that_holds_no_text_is_said_without_showing_it(self, town: Town, tmp_path: Path) -> None:
        (tmp_path / "biner").write_bytes(b"\xff\xfe")
        with (tmp_path / "biner").open("rb") as stream:
            run = sign(town, *by_file(town, IRBAN)[:2], "--passphrase-fd", str(stream.fileno()))
        assert run.error == ("PASSPHRASE_FILE", 6)
