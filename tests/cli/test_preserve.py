"""``pkdocs register seal`` and ``reseal``."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from pkdocs.cli import preserve
from pkdocs.pki import open_services, serving
from pkdocs.trust import render_trust
from tests.city import KEYS, Town, made
from tests.cli.runner import pkdocs
from tests.signed import training_trust


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The timestamp authority of the small city's PKI."""
    pki = made(tmp_path_factory.getbasetemp()).pki
    with serving(open_services(pki, datetime.now(UTC))) as address:
        yield address + "/tsa"


@pytest.fixture
def kept_town(signed_town: Town) -> Town:
    signed_town.build_register()
    signed_town.sign_register()
    return signed_town


def test_the_whole_way_in_json(kept_town: Town, tsa: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run = pkdocs("register", "seal", kept_town.out, "--tsa", tsa, "--json")
    assert run.exit == 0
    assert run.json.keys() == {"made", "kept", "lapsed", "refused", "timestamps"}
    assert (len(run.json["made"]), run.json["timestamps"]) == (len(KEYS) + 2, 1)
    assert f"{len(KEYS) + 2} berkas disegel dengan 1 cap waktu" in run.err
    again = pkdocs("--lang", "en", "register", "seal", kept_town.head, "--tsa", tsa)
    assert "0 files sealed with 0 timestamps, 9 sealed already" in again.out
    fresh = pkdocs("register", "reseal", kept_town.out, "--tsa", tsa, "--json")
    assert (fresh.exit, fresh.json["made"], len(fresh.json["kept"])) == (0, [], len(KEYS) + 2)
    rehashed = pkdocs("register", "reseal", kept_town.out, "--tsa", tsa, "--hash", "sha512", "--json")
    assert (rehashed.exit, len(rehashed.json["made"]), rehashed.json["timestamps"]) == (0, len(KEYS) + 2, 1)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    with_register = ("--trust", kept_town.trust, "--register", kept_town.head, "--at", tomorrow)
    verified = pkdocs("verify", kept_town.out, *with_register, "--json")
    assert verified.exit == 0
    notes = {one["message"] for agreement in verified.json["agreements"] for one in agreement["findings"]}
    assert any("catatan bukti" in note for note in notes)


def test_what_had_lapsed_is_said(kept_town: Town, tsa: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert pkdocs("register", "seal", kept_town.out, "--tsa", tsa).exit == 0
    far = datetime.now(UTC) + timedelta(days=9000)
    monkeypatch.setattr(preserve, "datetime", SimpleNamespace(now=lambda _zone: far))
    run = pkdocs("--lang", "en", "register", "reseal", kept_town.out, "--tsa", tsa)
    assert run.exit == 0
    assert f"The last timestamps of {len(KEYS) + 2} evidence records had lapsed" in run.err


def test_who_is_refused_is_named(town: Town, tsa: str) -> None:
    town.build_register()
    town.sign_register()
    run = pkdocs("--lang", "en", "register", "seal", town.out, "--tsa", tsa)
    assert run.exit == 1
    assert f"✗ {town.pdf('INSP').stem}: not complete by the register (issued" in run.out


def test_an_authority_that_the_trust_file_does_not_believe_seals_nothing(
    kept_town: Town, tsa: str, tmp_path: Path
) -> None:
    strange = tmp_path / "trust.toml"
    strange.write_bytes(render_trust(training_trust()))
    for trust, expected in ((strange, ("PRESERVE_NOT_BELIEVED", 7)), (kept_town.trust, None)):
        run = pkdocs("register", "seal", kept_town.out, "--tsa", tsa, "--trust", trust, "--json")
        assert (run.error if expected else None) == expected
        assert bool(list(kept_town.out.rglob("*.ers"))) is (expected is None)


def test_a_timestamp_needs_an_authority(kept_town: Town) -> None:
    assert pkdocs("register", "seal", kept_town.out, "--json").error == ("PRESERVE_NEEDS_TSA", 2)


def test_an_authority_that_does_not_answer_ends_with_7(kept_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from pkdocs.signing import timestamp

    monkeypatch.setattr(timestamp, "_PAUSES_S", (0.0, 0.0))
    run = pkdocs("register", "seal", kept_town.out, "--tsa", "http://127.0.0.1:1/tsa", "--json")
    assert run.error == ("TIMESTAMP_FAILED", 7)


def test_a_folder_without_register_ends_with_8(signed_town: Town, tsa: str) -> None:
    assert pkdocs("register", "reseal", signed_town.out, "--tsa", tsa, "--json").error == ("REGISTER_DAMAGED", 8)
