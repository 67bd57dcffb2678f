"""``pkdocs seal``: before the ceremony, by the key of the organisation."""

from pathlib import Path

import pytest

from pkdocs.pipeline import sealing
from tests.city import KEYS, Town, snapshot, touched
from tests.cli.keys import by_file, ids, seal_options, sign
from tests.cli.runner import Run, pkdocs


def seal(town: Town, *more: str | Path, language: str = "en") -> Run:
    return pkdocs("--lang", language, "seal", town.out, *seal_options(town), *more, "--yes", "--json")


@pytest.mark.parametrize("language", ["id", "en"])
def test_all_sealed_ends_with_0(town: Town, language: str) -> None:
    run = seal(town, language=language)
    assert run.exit == 0
    assert run.json.keys() == {"sealed", "kept", "refused"}
    assert {one["id"] for one in run.json["sealed"]} == {f"PK-2026-{key}-1" for key in KEYS}
    assert run.json["sealed"][0].keys() == {"id", "file", "sha256"}
    assert str(len(KEYS)) in run.err


def test_again_ends_with_0_and_keeps_them(town: Town) -> None:
    seal(town)
    before = snapshot(town.out)
    again = seal(town)
    assert (again.exit, again.json["sealed"], len(again.json["kept"])) == (0, [], len(KEYS))
    assert touched(before, town.out) == set()


def test_some_refused_end_with_1_and_all_with_7(town: Town) -> None:
    town.sign("WALIKOTA")
    some = seal(town)
    assert (some.exit, [one["code"] for one in some.json["refused"]]) == (1, ["SEAL_TOO_LATE"])
    assert "has been signed already" in some.err
    alone = pkdocs("seal", town.pdf("WALIKOTA"), *seal_options(town), "--yes", "--json")
    assert alone.exit == 7


def test_a_file_that_somebody_else_changed_ends_with_8(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    real = sealing.replace_unchanged

    def meanwhile(file: Path, data: bytes, *, expected: str) -> None:
        file.write_bytes(b"theirs")
        real(file, data, expected=expected)

    monkeypatch.setattr(sealing, "replace_unchanged", meanwhile)
    run = seal(town)
    assert (run.exit, {one["code"] for one in run.json["refused"]}) == (8, {"FILE_CHANGED"})


def test_a_person_cannot_seal(town: Town) -> None:
    before = snapshot(town.out)
    run = pkdocs("seal", town.out, *by_file(town, "INSP"), "--yes", "--json")
    assert run.error == ("SEAL_ORGANISATION", 6)
    assert touched(before, town.out) == set()


def test_bsre_does_not_seal_here(town: Town) -> None:
    run = pkdocs("seal", town.out, "--bsre", "https://esign.example", "--yes", "--json")
    assert run.error == ("SEAL_BY_BSRE", 2)


def test_without_a_terminal_consent_must_be_given_beforehand(town: Town) -> None:
    before = snapshot(town.out)
    assert pkdocs("seal", town.out, *seal_options(town), "--json").error == ("SIGN_NEEDS_YES", 2)
    assert touched(before, town.out) == set()


def test_sealed_files_are_signed_shown_and_verified(town: Town) -> None:
    seal(town)
    waiting = pkdocs("status", town.out, "--json").json["agreements"]
    assert {one["awaits"]["role"] for one in waiting} == {"pihak-pertama"}
    for key in reversed(KEYS):
        assert ids(sign(town, *by_file(town, key)))
    done = pkdocs("status", town.out, "--json").json["agreements"]
    assert {one["awaits"] for one in done} == {None}
    verified = pkdocs("verify", town.out, "--trust", town.trust, "--json")
    assert verified.exit == 0
    assert verified.json["summary"]["TOTAL-PASSED"] == len(KEYS)
    found = {finding["code"] for one in verified.json["agreements"] for finding in one["findings"]}
    assert not {code for code in found if code.startswith("SEAL")}
