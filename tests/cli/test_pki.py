"""``pkdocs pki``."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509

from pkdocs.transport import Service
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


@contextmanager
def served(pki: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """Run ``pkdocs pki serve`` and give it, with what it says that it serves."""
    program = [sys.executable, "-c", "from pkdocs.cli import main; main()", "pki", "serve", str(pki), "--port", "0"]
    with subprocess.Popen(
        [*program, "--json", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            said = "".join(iter(process.stdout.readline, "}\n")) + "}"
            yield process, json.loads(said)
        finally:
            process.kill()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_the_services_answer_until_they_are_ended(own: Town, ending: signal.Signals) -> None:
    before = snapshot(own.pki)
    with served(own.pki) as (process, said):
        assert said["tsa"] == said["address"] + "/tsa"
        service = Service(said["address"], timeout_s=10)
        assert service.send("GET", "/issuing.crl").status == 200
        assert service.send("GET", "/ocsp/" + "A" * 30).status == 200
        process.send_signal(ending)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0
    assert "untuk latihan" in err
    assert "GET /issuing.crl 200" in err
    assert "GET /ocsp 200" in err
    assert touched(before, own.pki) == set()


def test_services_that_others_can_reach_say_so(own: Town) -> None:
    with served(own.pki, "--host", "0.0.0.0") as (process, _):  # noqa: S104  # what is tested
        process.terminate()
        assert "Komputer lain" in process.communicate(timeout=60)[1]


def test_a_port_in_use_ends_with_8(own: Town) -> None:
    with served(own.pki) as (_, said):
        port = said["address"].rpartition(":")[2]
        assert pkdocs("pki", "serve", own.pki, "--port", port, "--json").error == ("PKI_SERVICE_ADDRESS", 8)


def test_certificates_name_the_address_that_was_given(town: Town, tmp_path: Path) -> None:
    folder = tmp_path / "baru"
    assert pkdocs("pki", "init", folder, "--address", "http://127.0.0.1:8318/").exit == 0
    assert pkdocs("pki", "issue", folder, "--workbook", town.workbook).exit == 0
    (first, *_) = json.loads((folder / "enrolment.json").read_bytes())["certificates"]
    extensions = x509.load_pem_x509_certificate(first["certificate"].encode()).extensions
    (access,) = extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    assert access.access_location.value == "http://127.0.0.1:8318/ocsp"


@pytest.mark.parametrize("address", ["ftp://a", "127.0.0.1:8318", "http://a?b", "http://pemda.éxample"])
def test_an_address_that_is_none_ends_with_2(tmp_path: Path, address: str) -> None:
    run = pkdocs("pki", "init", tmp_path / "baru", "--address", address, "--json")
    assert run.error == ("SERVICE_ADDRESS", 2)
    assert not (tmp_path / "baru").exists()
