"""``pkdocs augment``."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from pkdocs.cli import augment as augment_command
from pkdocs.files import digest
from pkdocs.pki import serving
from pkdocs.trust import render_trust
from tests.cli.runner import Run, pkdocs
from tests.factory import HEAD, head_content
from tests.issued import issued
from tests.signed import AT, services, signed, training_trust
from tests.signing.stamped import stamped

NOW = AT + timedelta(minutes=3)


@pytest.fixture(scope="module")
def tsa() -> Iterator[str]:
    with serving(services(HEAD), clock=lambda: NOW) as address:
        yield address + "/tsa"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(augment_command, "datetime", SimpleNamespace(now=lambda _zone: NOW))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "trust.toml").write_bytes(render_trust(training_trust()))
    (tmp_path / "pk").mkdir()
    (tmp_path / "pk" / "a.pdf").write_bytes(stamped(head_content()))
    return tmp_path


def augment(folder: Path, *more: str, level: str = "lta", language: str = "id") -> Run:
    return pkdocs("--lang", language, "augment", folder / "pk", "--level", level, *more, "--json")


def test_all_brought_up_ends_with_0(folder: Path, tsa: str) -> None:
    run = augment(folder, "--tsa", tsa, "--trust", "trust.toml")
    assert run.exit == 0
    assert run.json.keys() == {"level", "files", "refused"}
    (file,) = run.json["files"]
    path = folder / "pk" / "a.pdf"
    assert file == {
        "id": head_content().id,
        "file": str(path),
        "level": "B-LTA",
        "own_timestamps": True,
        "archived": NOW.isoformat(),
        "changed": True,
        "sha256": digest(path.read_bytes()),
    }
    assert run.json["refused"] == []
    assert "menjadi B-LTA" in run.err


def test_authority_and_trust_come_from_the_settings(folder: Path, tsa: str) -> None:
    (folder / "pkdocs.toml").write_text(f'tsa = "{tsa}"\ntrust = "trust.toml"\nlog = ""\n', encoding="utf-8")
    assert augment(folder).exit == 0
    again = augment(folder, language="en")
    assert again.exit == 0
    assert "B-LTA already" in again.err
    assert "0 brought up, 1 there already" in again.err


def test_validation_data_need_no_timestamp_authority(folder: Path) -> None:
    run = augment(folder, "--trust", "trust.toml", level="lt")
    assert run.exit == 0
    assert [file["level"] for file in run.json["files"]] == ["B-LT"]


def test_signature_without_a_timestamp_is_said_to_have_none(folder: Path, tsa: str) -> None:
    (folder / "pk" / "a.pdf").write_bytes(signed(head_content()))
    run = augment(folder, "--tsa", tsa, "--trust", "trust.toml", level="t", language="en")
    assert run.exit == 0
    assert "by a timestamp over the document" in run.err
    assert [file["own_timestamps"] for file in run.json["files"]] == [False]


def test_some_refused_end_with_1_and_all_with_7(folder: Path) -> None:
    (folder / "pk" / "b.pdf").write_bytes(stamped(head_content())[:-9])
    some = augment(folder, "--trust", "trust.toml", level="lt")
    assert some.exit == 1
    (refused,) = some.json["refused"]
    assert refused.keys() == {"id", "file", "code", "message"}
    assert (refused["id"], refused["code"]) == ("b", "SIGN_DAMAGED")
    (folder / "pk" / "a.pdf").unlink()
    assert augment(folder, "--trust", "trust.toml", level="lt").exit == 7


def test_unsigned_file_is_refused_where_it_is_named(folder: Path) -> None:
    (folder / "pk" / "a.pdf").write_bytes(issued(head_content()))
    run = pkdocs("augment", folder / "pk" / "a.pdf", "--level", "lt", "--trust", "trust.toml", "--json")
    assert run.exit == 7
    assert [one["code"] for one in run.json["refused"]] == ["AUGMENT_UNSIGNED"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--level", "lta", "--trust", "trust.toml"), "LEVEL_NEEDS_TSA"),
        (("--level", "lt"), "LEVEL_NEEDS_TRUST"),
        (("--level", "lta", "--trust", "trust.toml", "--tsa", "tsa.example"), "SERVICE_ADDRESS"),
        (("--level", "b", "--trust", "trust.toml"), "USAGE"),
    ],
    ids=["tsa", "trust", "address", "level"],
)
def test_what_is_missing_is_named_before_anything_is_read(folder: Path, options: tuple[str, ...], code: str) -> None:
    run = pkdocs("augment", folder / "pk", *options, "--json")
    assert run.error == (code, 2)
