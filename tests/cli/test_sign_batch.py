"""``pkdocs sign``: receipts, files signed elsewhere, outcomes that nobody knows, secrets."""

import os
import subprocess
from pathlib import Path

import pytest

from pkdocs.errors import UnknownOutcomeError
from pkdocs.pipeline.ceremony import Wishes, plan_signing, sign_plan
from pkdocs.signing import Keyed
from tests.city import AT, Town, ignore, number_of, snapshot, touched
from tests.cli.runner import pkdocs
from tests.pipeline.test_batch import IRBAN, IRBAN_KEY, Remote

NUMBER = number_of(IRBAN_KEY)


def credential(town: Town) -> tuple[str | Path, ...]:
    return "--p12", town.p12(IRBAN_KEY), "--passphrase-file", town.p12(IRBAN_KEY).with_suffix(".pass")


def lose(town: Town) -> None:
    """Let the outcome of one document be unknown."""
    holder = Remote(Keyed(town.signer(IRBAN_KEY)), {IRBAN: UnknownOutcomeError("SIGN_INTERRUPTED")})
    plan = plan_signing([town.out], holder, Wishes(), at=AT)  # type: ignore[arg-type]  # the rest by __getattr__
    sign_plan(plan, holder, at=lambda: AT, progress=ignore)  # type: ignore[arg-type]  # the rest by __getattr__


def test_plan_and_receipt_are_in_the_json(town: Town, tmp_path: Path) -> None:
    run = pkdocs("sign", town.out, *credential(town), "--yes", "--json", "--receipt", tmp_path / "bukti")
    assert run.json["plan"].keys() == {"documents", "digest", "person", "certificate", "origin", "level"}
    assert run.json["receipt"]["batch"] == run.json["batch"]
    assert {file.suffix for file in (tmp_path / "bukti").iterdir()} == {".json", ".pdf"}
    assert run.json["plan"]["digest"] in run.err


def test_files_go_out_and_come_back(town: Town, tmp_path: Path) -> None:
    out = tmp_path / "keluar"
    run = pkdocs("sign", town.out, "--as", NUMBER, "--export", out, "--json")
    assert (run.exit, [entry["id"] for entry in run.json["exported"]]) == (0, [IRBAN])
    assert pkdocs("sign", out / f"{IRBAN}.pdf", *credential(town), "--yes").exit == 0
    back = pkdocs("sign", town.out, "--as", NUMBER, "--import", out / f"{IRBAN}.pdf", "--json")
    assert (back.exit, [entry["id"] for entry in back.json["signed"]]) == (0, [IRBAN])
    # nobody was asked who vouches for the certificate
    assert "--trust" in back.err
    again = pkdocs("sign", town.out, "--as", NUMBER, "--import", out / f"{IRBAN}.pdf", "--json")
    assert (again.exit, again.json["refused"][0]["code"]) == (7, "IMPORT_ALREADY")
    assert NUMBER not in run.out + run.err + back.out + back.err


def test_an_unknown_outcome_is_settled_by_its_official_alone(town: Town) -> None:
    lose(town)
    refused = pkdocs("sign", town.out, *credential(town), "--yes", "--json")
    assert (refused.exit, refused.json["refused"][0]["code"]) == (7, "SIGN_OUTCOME_UNKNOWN")
    stays = pkdocs("sign", town.out, "--as", NUMBER, "--resolve", "--json")
    assert (stays.exit, stays.json["open"]) == (7, [IRBAN])
    settled = pkdocs("sign", town.out, "--as", NUMBER, "--resolve", "--not-signed", IRBAN, "--json")
    assert (settled.exit, settled.json["unsigned"]) == (0, [IRBAN])
    assert pkdocs("sign", town.out, "--as", NUMBER, "--resolve", "--json").json["open"] == []
    done = pkdocs("sign", town.out, *credential(town), "--yes", "--json")
    assert [entry["id"] for entry in done.json["signed"]] == [IRBAN]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ((), "HOLDER_NEEDED"),
        (("--export", "x", "--resolve"), "SIGN_ONE_WAY"),
        (("--not-signed", IRBAN), "SIGN_ONE_WAY"),
        (("--resolve",), "SIGN_NEEDS_AS"),
    ],
)
def test_what_cannot_work_is_a_matter_of_usage(town: Town, options: tuple[str, ...], code: str) -> None:
    before = snapshot(town.out)
    assert pkdocs("sign", town.out, *options, "--json").error == (code, 2)
    assert touched(before, town.out) == set()


def test_a_certificate_that_ends_before_the_ceremony_is_refused(town: Town) -> None:
    run = pkdocs("sign", town.out, *credential(town), "--until", "2099-01-01", "--yes", "--json")
    assert run.error == ("SIGNER_ENDS_BEFORE", 6)


def test_lists_of_the_trust_file_and_enrolment_are_read(town: Town) -> None:
    more = "--trust", town.trust, "--enrolment", town.enrolment
    assert pkdocs("sign", town.out, *credential(town), *more, "--yes", "--json").exit == 0


def test_verify_and_status_leave_receipts_aside(signed_town: Town) -> None:
    run = pkdocs("verify", signed_town.out, "--trust", signed_town.trust, "--json")
    assert {entry["result"] for entry in run.json["agreements"]} == {"TOTAL-PASSED"}


@pytest.mark.parametrize("closed", [True, False])
def test_a_passphrase_comes_by_descriptor(town: Town, *, closed: bool) -> None:
    reading, writing = os.pipe()
    os.write(writing, town.p12(IRBAN_KEY).with_suffix(".pass").read_bytes())
    os.close(writing)
    if closed:
        os.close(reading)
    run = pkdocs("sign", town.out, "--p12", town.p12(IRBAN_KEY), "--passphrase-fd", str(reading), "--yes", "--json")
    if closed:
        assert run.error == ("PASSPHRASE_FD", 2)
    else:
        os.close(reading)
        assert [entry["id"] for entry in run.json["signed"]] == [IRBAN]


def test_a_passphrase_is_in_nothing_that_a_whole_run_says_or_writes(town: Town, tmp_path: Path) -> None:
    secret, log = town.p12(IRBAN_KEY).with_suffix(".pass").read_text(encoding="ascii").strip(), tmp_path / "log.jsonl"
    run = pkdocs("--log", log, "sign", town.out, *credential(town), "--yes", "--json")
    said = [run.out, run.err, log.read_text(), subprocess.list2cmdline(map(str, credential(town)))]
    written = [file.read_bytes() for file in town.out.rglob("*") if file.is_file()]
    assert not any(secret in text for text in said)
    assert not any(secret.encode() in data for data in written)
    receipts = [data for data in written if b"pkdocs-receipt/1" in data]
    assert receipts
    assert not any(NUMBER.encode() in data for data in receipts)
