"""``pkdocs pki``."""

import shutil
from pathlib import Path

import pytest

from tests.city import KEYS, Town, change, number_of, sheets, snapshot, touched
from tests.cli.runner import pkdocs


@pytest.fixture
def own(town: Town) -> Town:
    """A town with a PKI of its own."""
    pki = town.out.with_name("pki")
    shutil.copytree(town.pki, pki)
    return Town(town.workbook, town.out, pki)


def test_a_pki_is_made_filled_and_renewed(town: Town, tmp_path: Path) -> None:
    folder = tmp_path / "baru"
    assert pkdocs("pki", "init", folder, "--json").json == {"folder": str(folder)}
    issue = ("pki", "issue", folder, "--workbook", town.workbook)
    first = pkdocs(*issue, "--json")
    assert (first.exit, first.json) == (0, {"added": len(KEYS), "kept": 0})
    assert pkdocs(*issue, "--json").json == {"added": 0, "kept": len(KEYS)}
    assert pkdocs(*issue, "--renew", "--json").json == {"added": len(KEYS), "kept": 0}


@pytest.mark.parametrize(("language", "said"), [("id", "PKI uji dibuat"), ("en", "Training PKI made")])
def test_the_next_command_is_said(tmp_path: Path, language: str, said: str) -> None:
    run = pkdocs("--lang", language, "pki", "init", tmp_path / "baru")
    assert run.out.startswith(said)
    assert "pkdocs pki issue" in run.out


def test_a_pki_is_never_overwritten(own: Town) -> None:
    before = snapshot(own.pki)
    assert pkdocs("pki", "init", own.pki, "--json").error == ("PKI_EXISTS", 8)
    assert touched(before, own.pki) == set()


def test_rsa_keys_are_possible(tmp_path: Path) -> None:
    assert pkdocs("pki", "init", tmp_path / "baru", "--key", "rsa2048", "--registrar", "KDH-3599").exit == 0


def test_errors_of_the_workbook_end_with_3(own: Town) -> None:
    own.write(change(sheets(), "Pejabat", "INSP", "NIP", "1"))
    assert pkdocs("pki", "issue", own.pki, "--workbook", own.workbook, "--json").error == ("WORKBOOK_HAS_ERRORS", 3)


@pytest.mark.parametrize("command", [["issue", "--workbook", "{workbook}"], ["refresh"], ["revoke", "KDH-3599"]])
def test_a_folder_without_pki_ends_with_6(town: Town, tmp_path: Path, command: list[str]) -> None:
    name, *rest = (part.format(workbook=town.workbook) for part in command)
    (tmp_path / "kosong").mkdir()
    assert pkdocs("pki", name, tmp_path / "kosong", *rest, "--json").error == ("PKI_ABSENT", 6)


@pytest.mark.parametrize("file", ["ca/root.key.pem", "ca/issuing.pem", "ca/records.json", "trust.toml"])
@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe\x00", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_damaged_pki_ends_with_6(own: Town, file: str, data: bytes) -> None:
    (own.pki / file).write_bytes(data)
    before = snapshot(own.pki)
    for command in (("issue", own.pki, "--workbook", own.workbook), ("refresh", own.pki)):
        assert pkdocs("pki", *command, "--json").error[1] == 6
    assert touched(before, own.pki) == set()


def test_another_person_key_ends_with_8(own: Town, tmp_path: Path) -> None:
    (tmp_path / "person.key").write_bytes(bytes(32))
    key = ("--person-key", tmp_path / "person.key")
    run = pkdocs("pki", "issue", own.pki, "--workbook", own.workbook, *key, "--json")
    assert run.error == ("PKI_OTHER_PERSON_KEY", 8)


def test_somebody_is_revoked_and_the_list_renewed(own: Town) -> None:
    before = own.trust.read_bytes()
    run = pkdocs("pki", "revoke", own.pki, number_of("INSP"), "--reason", "keyCompromise", "--json")
    assert (run.exit, run.json) == (0, {"revoked": 1})
    revoked = own.trust.read_bytes()
    assert revoked != before
    assert pkdocs("pki", "refresh", own.pki, "--json").json == {"folder": str(own.pki)}
    assert own.trust.read_bytes() != revoked


def test_nobody_of_that_number_ends_with_6_and_does_not_repeat_it(own: Town) -> None:
    run = pkdocs("pki", "revoke", own.pki, "199999992099992999", "--json")
    assert run.error == ("PKI_UNKNOWN_PERSON", 6)
    assert "199999992099992999" not in run.out + run.err
