"""``pkdocs register prove``, ``verify``, ``diff``, ``verify --proof``: the register for who does not keep it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from pkdocs.pki import open_services, serving
from tests.city import REGISTRARS, Town, change, made, sheets, signed
from tests.cli.runner import Run, pkdocs
from tests.cli.test_register import sign

LEAF = "INSP.IRBAN1.AUDITOR"
UP = (LEAF, "INSP.IRBAN1", "INSP", "WALIKOTA")


@cache
def _kept(base: Path) -> Town:
    town = signed(base).copy(base / "terdaftar")
    town.build_register()
    town.sign_register()
    town.build_register(closed=True)
    town.sign_register()
    return town


@pytest.fixture
def kept(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """The signed city with two signed versions of its register."""
    return _kept(tmp_path_factory.getbasetemp()).copy(tmp_path)


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The timestamp authority of the small city's PKI."""
    with serving(open_services(made(tmp_path_factory.getbasetemp()).pki, datetime.now(UTC))) as address:
        yield address + "/tsa"


def prove(town: Town, out: Path, *more: str | Path) -> Run:
    return pkdocs("register", "prove", town.head, "--out", out, "--json", *more)


def test_one_agreement_is_judged_by_its_proof_without_the_list(kept: Town, tmp_path: Path) -> None:
    out = tmp_path / "bukti.json"
    identity = f"PK-2026-{LEAF}-1"
    run = prove(kept, out, "--agreement", identity)
    assert (run.exit, run.json["version"], run.json["since"]) == (0, 2, None)
    (kept.out / "register.jsonl").unlink()
    files = [kept.pdf(key) for key in UP]
    judge = ("--trust", kept.trust, "--register", kept.head, "--json")
    run = pkdocs("verify", *files, *judge, "--proof", out)
    assert (run.exit, run.json["set"]["result"], run.json["register"]["version"]) == (0, "NOT-JUDGED", 2)
    assert {one["result"] for one in run.json["agreements"]} == {"TOTAL-PASSED"}
    assert [one["code"] for one in run.json["set"]["findings"]] == ["TRAINING", "SET_NOT_PROVEN"]
    # what the proof does not hold is unknown, and so is all without list and proof
    beside = pkdocs("verify", kept.pdf("BKPSDM"), kept.pdf("WALIKOTA"), *judge, "--proof", out)
    assert (beside.exit, "NOT_IN_PROOF" in beside.out) == (10, True)
    assert pkdocs("verify", *files, *judge).exit == 10
    out.write_bytes(out.read_bytes().replace(b'"index":1,', b'"index":2,', 1))
    assert pkdocs("verify", *files, *judge, "--proof", out).exit == 9


def test_the_register_is_judged_and_compared_by_itself(kept: Town, tmp_path: Path) -> None:
    older, out = kept.out / "register-1.pdf", tmp_path / "bukti.json"
    run = pkdocs("register", "verify", kept.head, "--trust", kept.trust, "--since", older, "--json")
    assert (run.exit, run.json["result"], len(run.json["signed_by"]), run.json["proven"]) == (
        0,
        "TOTAL-PASSED",
        2,
        None,
    )
    assert prove(kept, out, "--since", older).json["since"] == 1
    shown = pkdocs("register", "verify", kept.head, "--trust", kept.trust, "--since", older, "--proof", out)
    assert (shown.exit, "SET_NOT_PROVEN" in shown.out) == (0, True)
    diff = pkdocs("register", "diff", older, kept.head, "--json")
    assert (diff.exit, diff.json["continues"], diff.json["added"]) == (0, True, {})
    (kept.out / "register.jsonl").unlink()
    assert pkdocs("register", "verify", kept.head, "--trust", kept.trust).exit == 10
    assert pkdocs("register", "diff", older, kept.head).exit == 8
    assert pkdocs("register", "verify", kept.head, "--trust", kept.workbook / "Profil.csv").exit == 6


def test_a_list_that_was_written_anew_ends_with_9(kept: Town, tmp_path: Path) -> None:
    other = another_history(kept, tmp_path)
    run = pkdocs("register", "diff", kept.out / "register-1.pdf", other.head)
    assert (run.exit, "TIDAK" in run.out) == (9, True)
    judged = pkdocs("register", "verify", other.head, "--trust", kept.trust, "--since", kept.out / "register-1.pdf")
    assert (judged.exit, "LIST_REWRITTEN" in judged.out) == (9, True)


def another_history(town: Town, folder: Path) -> Town:
    """Return the same city with a register that begins otherwise, of two versions too."""
    other = town.copy(folder / "lain")
    for file in other.out.glob("register*"):
        file.unlink()
    other.write(change(sheets(), "Pejabat", LEAF, "Nomor SK", "821.2/17/2026"))
    other.build_register()
    other.sign_register()
    other.build_register(closed=True)
    other.sign_register()
    return other


@pytest.mark.parametrize("language", ["id", "en"])
def test_people_are_told_in_their_language(kept: Town, tmp_path: Path, language: str) -> None:
    older, out = kept.out / "register-1.pdf", tmp_path / "bukti.json"
    say = ("--lang", language, "register")
    both = ("--agreement", f"PK-2026-{LEAF}-1", "--since", older)
    proven = pkdocs(*say, "prove", kept.head, *both, "--out", out)
    assert {"id": "melanjutkan versi 1", "en": "continues version 1"}[language] in proven.out
    judged = pkdocs(*say, "verify", kept.head, "--trust", kept.trust, "--since", older)
    assert {"id": "Tanda tangan yang dihitung", "en": "Signatures that count"}[language] in judged.out
    found = pkdocs(*say, "diff", older, kept.head)
    assert {"id": "melanjutkan", "en": "continues"}[language] in found.out


def test_what_cannot_be_proven_says_why(kept: Town, tmp_path: Path) -> None:
    out = tmp_path / "bukti.json"
    assert prove(kept, out).error == ("PROVE_NOTHING", 2)
    assert prove(kept, out, "--agreement", "PK-2026-LAIN-1").error == ("PROVE_ABSENT", 8)
    assert prove(kept, out, "--since", kept.head).error == ("PROVE_NOT_OLDER", 8)
    (out).write_bytes(b"{}")
    run = pkdocs("verify", kept.pdf("INSP"), "--trust", kept.trust, "--proof", out, "--json")
    assert run.error == ("PROOF_NEEDS_HEAD", 2)


@pytest.mark.parametrize("level", ["t", "lta"])
def test_a_head_is_signed_with_its_level_and_its_time_is_proven(signed_town: Town, tsa: str, level: str) -> None:
    # the day of entry is a later one, so that the timestamp is the earliest proof
    signed_town.build_register(at=datetime.now(UTC) + timedelta(days=1))
    asked = ("--level", level, "--tsa", tsa, "--trust", str(signed_town.trust), "--yes", "--json")
    for key in REGISTRARS:
        assert pkdocs(*sign(signed_town, key, *asked)).exit == 0
    run = pkdocs("register", "verify", signed_town.head, "--trust", signed_town.trust, "--json")
    assert (run.exit, run.json["result"]) == (0, "TOTAL-PASSED")
    assert run.json["proven"] is not None
    shown = pkdocs("inspect", signed_town.head, "--json").json[0]["signatures"]
    assert {one["level"] for one in shown} == {f"B-{level.upper()}"}
    # agreements without timestamps were there when the head that lists them was
    later = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    register = ("--trust", signed_town.trust, "--register", signed_town.head, "--at", later, "--json")
    (judged,) = pkdocs("verify", signed_town.pdf("WALIKOTA"), *register).json["agreements"]
    proven = [one["message"] for one in judged["findings"] if one["code"] == "PROVEN_TIME"]
    assert [message for message in proven if "kepala register" in message]


def test_a_level_needs_its_authority_and_trust(signed_town: Town, tsa: str) -> None:
    signed_town.build_register()
    before = signed_town.head.read_bytes()
    assert pkdocs(*sign(signed_town, "INSP", "--level", "t", "--yes", "--json")).error == ("LEVEL_NEEDS_TSA", 2)
    run = pkdocs(*sign(signed_town, "INSP", "--level", "lt", "--tsa", tsa, "--yes", "--json"))
    assert run.error == ("LEVEL_NEEDS_TRUST", 2)
    assert signed_town.head.read_bytes() == before
