"""``pkdocs trust``."""

import hashlib
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from pkdocs.pki.authority import KeyKind, make_root
from pkdocs.trust import Anchor, LowestHead, Purpose, render_trust
from pkdocs.trust.summary import fingerprint
from tests.cli.runner import pkdocs
from tests.factory import MAYOR
from tests.signed import signer_of, training_trust

OLD = make_root(KeyKind.P256, at=datetime.now(UTC) - timedelta(days=8000)).certificate.public_bytes(Encoding.DER)
REGISTRAR = signer_of(MAYOR).certificate


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A trust file of two generations, with a registrar."""
    old = Anchor(OLD, frozenset(Purpose), training=False)
    trust = replace(
        training_trust(),
        anchors=(old, *training_trust().anchors),
        registrars=(REGISTRAR,),
        lowest_head=LowestHead(3, "ab" * 32),
        qr_address="https://baru.example/",
        earlier_qr_addresses=("https://lama.example/", ""),
    )
    (tmp_path / "trust.toml").write_bytes(render_trust(trust))
    return tmp_path / "trust.toml"


@pytest.mark.parametrize(
    ("language", "said"), [("id", ["sudah lewat", "penanda waktu", "versi 3"]), ("en", ["past", "timestamps"])]
)
def test_all_that_is_pinned_is_shown_to_be_compared(file: Path, language: str, said: list[str]) -> None:
    run = pkdocs("--lang", language, "trust", "show", file)
    assert run.exit == 0
    digests = [
        hashlib.sha256(pinned).hexdigest() for pinned in (OLD, training_trust().anchors[0].certificate, REGISTRAR)
    ]
    for shown in (*map(fingerprint, digests), hashlib.sha256(file.read_bytes()).hexdigest(), "ab" * 32, *said):
        assert shown in run.out
    for address in ("https://baru.example/", "https://lama.example/", "pkdocs:"):
        assert address in run.out


def test_json_has_it_too(file: Path) -> None:
    shown = pkdocs("trust", "show", file, "--json").json
    assert shown["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    old, _today = shown["anchors"]
    assert (old["state"], old["purposes"], old["training"]) == ("lapsed", ["persons", "timestamps"], False)
    assert old["sha256"] == hashlib.sha256(OLD).hexdigest()
    assert shown["earlier_qr_addresses"] == ["https://lama.example/", ""]
    assert shown["lowest_head"] == {"version": 3, "digest": "ab" * 32}
    assert {crl["revoked"] for crl in shown["crls"]} == {0}
    assert len(shown["registrars"]) == 1


def test_what_is_not_there_is_said_too(tmp_path: Path) -> None:
    empty = replace(training_trust(), organisation="", organisation_code="", root_position="", crls=())
    (tmp_path / "trust.toml").write_bytes(render_trust(empty))
    assert pkdocs("trust", "show", tmp_path / "trust.toml", "--json").json["lowest_head"] is None
    assert "tidak disebut" in pkdocs("trust", "show", tmp_path / "trust.toml").out


def test_a_file_that_is_none_ends_with_6(tmp_path: Path) -> None:
    (tmp_path / "trust.toml").write_bytes(b"= nothing")
    assert pkdocs("trust", "show", tmp_path / "trust.toml", "--json").error == ("TRUST_UNREADABLE", 6)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "trust.toml")
    assert pkdocs("trust", "show", tmp_path / "trust.toml", "--json").error == ("SYSTEM", 1)


def test_its_help_names_the_commands() -> None:
    assert "show" in pkdocs("trust", "--help").out
    assert "SHA-256" in pkdocs("trust", "show", "--help").out
