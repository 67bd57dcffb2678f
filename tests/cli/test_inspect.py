"""``pkdocs inspect``."""

from pathlib import Path

import pytest

from pkdocs.content import Role
from pkdocs.executor import run_each
from pkdocs.pipeline import inspection
from pkdocs.trust import render_trust
from tests.cli.runner import Run, pkdocs
from tests.factory import head_content
from tests.foreign import page, sign, stamp
from tests.signed import AT, signed, training_trust

THEN = AT.isoformat()


@pytest.fixture(autouse=True)
def one_process_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        inspection, "run_each", lambda look, files, **more: run_each(look, files, **(more | {"jobs": 1}))
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "pk.pdf": signed(head_content()),
        "surat.pdf": stamp(sign(sign(page(), timed=True), "Sig2", Role.SECOND)),
        "ubah.pdf": sign(page()) + b"more",
        "kosong.pdf": page(),
        "trust.toml": render_trust(training_trust()),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def inspect(folder: Path, *arguments: str | Path) -> Run:
    named = [folder / one if (folder / one).exists() else one for one in map(str, arguments)]
    return pkdocs("inspect", *named, "--json")


def test_an_intact_file_ends_with_0_and_is_described(folder: Path) -> None:
    run = inspect(folder, "surat.pdf")
    (entry,) = run.json
    assert run.exit == 0
    assert list(entry) == ["file", "sha256", "integrity", "result", "reasons", "signatures"]
    assert (entry["file"], entry["integrity"], entry["result"]) == (
        str(folder / "surat.pdf"),
        "intact",
        "INDETERMINATE",
    )
    assert entry["reasons"] == ["IDENTITY_NOT_JUDGED"]
    first, second = entry["signatures"]
    assert list(first) == ["field", "signer", "result", "level", "signed_at", "covers"]
    assert (first["level"], first["signed_at"], first["covers"]) == ("B-T", "2026-01-23T03:00:00+00:00", "revision")
    assert (second["field"], second["signer"], second["level"]) == ("Sig2", "Arum Pradnyawati", "B-T")


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["pk.pdf"], 0),
        (["kosong.pdf"], 10),
        (["ubah.pdf"], 9),
        (["pk.pdf", "kosong.pdf"], 10),
        (["kosong.pdf", "ubah.pdf", "pk.pdf"], 9),
        (["pk.pdf", "surat.pdf"], 0),
    ],
)
@pytest.mark.parametrize("more", [[], ["--integrity"]])
def test_the_worst_file_gives_the_exit_code(folder: Path, names: list[str], code: int, more: list[str]) -> None:
    run = inspect(folder, *names, *more)
    assert (run.exit, [Path(entry["file"]).name for entry in run.json]) == (code, names)


def test_a_trust_file_says_who_signed(folder: Path) -> None:
    run = inspect(folder, "pk.pdf", "--trust", folder / "trust.toml", "--at", THEN)
    assert (run.exit, run.json[0]["result"]) == (0, "TOTAL-PASSED")
    assert "TRAINING" in run.json[0]["reasons"]
    assert "UJI" in run.err


def test_with_a_trust_file_an_unknown_signer_ends_with_10(folder: Path) -> None:
    pkdocs("pki", "init", folder / "asing")
    run = inspect(folder, "pk.pdf", "--trust", folder / "asing" / "trust.toml")
    assert (run.exit, run.json[0]["integrity"], run.json[0]["result"]) == (10, "intact", "INDETERMINATE")
    with_integrity = inspect(folder, "pk.pdf", "--trust", folder / "asing" / "trust.toml", "--integrity")
    assert (with_integrity.exit, with_integrity.json[0]["result"]) == (0, "TOTAL-PASSED")


def test_a_signature_that_is_missing_ends_with_10_where_signers_count(folder: Path) -> None:
    (folder / "satu.pdf").write_bytes(signed(head_content(), (Role.FIRST,)))
    run = inspect(folder, "satu.pdf", "--trust", folder / "trust.toml", "--at", THEN)
    assert (run.exit, run.json[0]["result"]) == (10, "INCOMPLETE")


@pytest.mark.parametrize("data", [b"", b"\xff", b'schema = "pkdocs-trust/9"'])
def test_a_trust_file_that_cannot_be_used_ends_with_6(folder: Path, data: bytes) -> None:
    (folder / "trust.toml").write_bytes(data)
    assert inspect(folder, "pk.pdf", "--trust", folder / "trust.toml").error[1] == 6


def test_no_file_and_a_time_without_zone_are_usage(folder: Path) -> None:
    assert pkdocs("inspect", "--json").error[1] == 2
    assert inspect(folder, "tidak-ada.pdf").error[1] == 2
    assert inspect(folder, "pk.pdf", "--at", "2026-01-22").error == ("AT_WITHOUT_ZONE", 2)


@pytest.mark.parametrize(
    ("language", "intact", "unknown"), [("id", "UTUH", "TIDAK DAPAT DIPASTIKAN"), ("en", "INTACT", "CANNOT SAY")]
)
def test_people_read_what_was_found(folder: Path, language: str, intact: str, unknown: str) -> None:
    names = [folder / name for name in ("pk.pdf", "surat.pdf", "ubah.pdf", "kosong.pdf")]
    run = pkdocs("--lang", language, "inspect", *names)
    assert f"{folder / 'pk.pdf'}: {intact} (INDETERMINATE)" in run.out
    assert f"{folder / 'kosong.pdf'}: {unknown} (INDETERMINATE)" in run.out
    assert "Arum Pradnyawati; " in run.out
    assert "INSPECT_LOOSE_BYTES: " in run.out
    assert "2026-01-23T03:00:00+00:00" in run.out


def test_what_was_taken_out_is_said(folder: Path) -> None:
    run = pkdocs("--lang", "en", "inspect", folder / "pk.pdf", folder / "surat.pdf", "--extract", folder / "hasil")
    assert run.exit == 0
    names = {path.name for path in (folder / "hasil").iterdir()}
    assert names == {
        "pk-1-pihak-pertama.pdf",
        "pk-2-pihak-kedua.pdf",
        "pk-agreement.json",
        "surat-1-Sig1.pdf",
        "surat-2-Sig2.pdf",
    }
    assert all(str(folder / "hasil" / name) in run.out for name in names)
    assert "as Arum Pradnyawati signed it (Sig2)" in run.out


def test_nothing_that_is_in_the_way_is_overwritten(folder: Path) -> None:
    (folder / "hasil").mkdir()
    (folder / "hasil" / "pk-agreement.json").write_bytes(b"mine")
    run = pkdocs("inspect", folder / "pk.pdf", "--extract", folder / "hasil", "--json")
    assert run.error == ("EXTRACT_IN_THE_WAY", 8)
    assert [path.name for path in (folder / "hasil").iterdir()] == ["pk-agreement.json"]


def test_a_signature_without_name_or_time_is_shown_all_the_same(folder: Path) -> None:
    broken = sign(page()).replace(b"/ByteRange", b"/ByteRanfe")
    (folder / "rusak.pdf").write_bytes(broken)
    run = pkdocs("inspect", folder / "rusak.pdf")
    assert (run.exit, "Sig1: penanda tangan tidak terbaca; waktu tidak disebut" in run.out) == (10, True)
