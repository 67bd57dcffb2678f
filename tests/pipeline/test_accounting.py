"""The register that an auditor names: a head that cannot be examined hides nothing."""

import json
import os
import shutil
from pathlib import Path

import pytest

from pkdocs.persons import TRIAL_KEY, pseudonym
from pkdocs.pipeline import accounting
from pkdocs.pipeline.accounting import read_account
from pkdocs.pipeline.keeping import read_kept
from pkdocs.pipeline.sources import Source
from pkdocs.register import HeadFacts
from pkdocs.trust import Trust, read_trust
from pkdocs.verification import Weight
from tests.chain.kit import DIVISION_HEAD, HEAD, LATER
from tests.city import AT, Town, number_of
from tests.register.heads import pinning
from tests.register.test_head_judging import both


def trust_of(town: Town) -> Trust:
    return read_trust(town.trust.read_bytes())


def codes(town: Town, *others: Path) -> list[str]:
    account = read_account(town.head, [Source.of(one) for one in others], trust_of(town), at=AT, jobs=1)
    return [finding.code for finding in account.findings if finding.weight.value != "note"]


def test_an_older_head_among_the_files_is_compared(signed_town: Town) -> None:
    signed_town.build_register()
    signed_town.sign_register()
    first = signed_town.head.read_bytes()
    signed_town.build_register(closed=True)
    signed_town.sign_register()
    archived = signed_town.out / "register-1.pdf"
    assert archived.read_bytes() == first
    assert codes(signed_town, archived) == []
    (signed_town.out / "register-2.pdf").write_bytes(signed_town.head.read_bytes())
    signed_town.head.write_bytes(first)
    assert codes(signed_town, signed_town.out / "register-2.pdf") == ["HEAD_NEWER"]


def test_who_was_enrolled_meanwhile_keeps_the_register_next_without_a_new_trust_file(signed_town: Town) -> None:
    town = Town(signed_town.workbook, signed_town.out, signed_town.out.parent / "pki")
    shutil.copytree(signed_town.pki, town.pki)
    town.build_register()
    town.sign_register()
    enrolled = json.loads(town.enrolment.read_text(encoding="utf-8"))
    coming = pseudonym(TRIAL_KEY, number_of("BKPSDM.PKP"))
    going = pseudonym(TRIAL_KEY, number_of("BKPSDM"))
    for entry in enrolled["certificates"]:
        entry["registrar"] = entry["person"] == coming or (entry.get("registrar", False) and entry["person"] != going)
    town.enrolment.write_text(json.dumps(enrolled), encoding="utf-8")
    assert town.build_register().head.following is not None
    town.sign_register()
    town.build_register(closed=True)
    town.sign_register("INSP", "BKPSDM.PKP")
    assert read_kept(town.head).head.version == 3
    assert codes(town) == []
    (town.out / "register-2.pdf").unlink()
    assert codes(town) == ["HEAD_NOT_PINNED", "HEAD_THRESHOLD"]


def test_a_head_that_kills_its_process_is_not_believed(signed_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_town.build_register()

    def die(_file: Source) -> HeadFacts:
        os._exit(1)

    monkeypatch.setattr(accounting, "_examine", die)
    account = read_account(signed_town.head, (), trust_of(signed_town), at=AT, jobs=1)
    assert account.register is None
    assert "HEAD_FILE" in [finding.code for finding in account.findings]


def test_a_list_that_cannot_be_read_is_absent(signed_town: Town) -> None:
    signed_town.build_register()
    signed_town.sign_register()
    (signed_town.out / "register.jsonl").unlink()
    (signed_town.out / "register.jsonl").mkdir()
    assert codes(signed_town) == ["LIST_ABSENT"]


def test_what_cannot_be_read_is_no_head_and_not_believed(town: Town, tmp_path: Path) -> None:
    assert not Source.of(tmp_path).is_head
    account = read_account(tmp_path, (), trust_of(town), at=AT, jobs=1)
    assert [finding.code for finding in account.findings][:1] == ["HEAD_FILE"]


def test_what_only_begins_as_a_head_is_not_passed_over(tmp_path: Path) -> None:
    named, stray = tmp_path / "register.pdf", tmp_path / "PK-2026-SETDA-1.pdf"
    named.write_bytes(both())
    stray.write_bytes(both()[:2000])
    assert Source.of(stray).is_head
    account = read_account(named, [Source.of(stray)], pinning(HEAD, DIVISION_HEAD), at=LATER, jobs=1)
    found = [finding for finding in account.findings if finding.code == "HEAD_UNREADABLE"]
    assert [(one.weight, dict(one.params)["file"]) for one in found] == [(Weight.UNKNOWN, stray.name)]
