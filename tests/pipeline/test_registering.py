"""The register on disk: built, signed, brought up to date, judged with the set."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from pkdocs.errors import ConflictError, CredentialError, PkdocsError, SigningError, WorkbookError
from pkdocs.persons import TRIAL_KEY, pseudonym
from pkdocs.pipeline.audit import Means, verify
from pkdocs.pipeline.keeping import read_kept
from pkdocs.register import AgreementLine, AssignmentLine, CertificateLine, State, standing
from pkdocs.verification import Result, Weight
from tests.city import AT, KEYS, REGISTRARS, Town, change, ignore, number_of, sheets, tamper

LATER = AT + timedelta(days=1)


def verdict_of(town: Town) -> tuple[Result, set[str], set[Result]]:
    """Return the set's result, the codes of its findings without notes, and the agreements' results."""
    judged = verify([town.out], town.trust, at=LATER, means=Means(register=town.head), progress=ignore)
    codes = {one.code for one in judged.findings if one.weight is not Weight.NOTE}
    return judged.result, codes, {one.result for one in judged.agreements}


@pytest.fixture
def kept_town(signed_town: Town) -> Town:
    """The city signed by everybody, with a register that both registrars have signed."""
    signed_town.build_register()
    signed_town.sign_register()
    return signed_town


def test_before_anybody_signs_the_register_lists_what_is_to_be_signed(town: Town) -> None:
    built = town.build_register()
    assert (built.is_new, built.head.version, built.states) == (True, 1, {State.ISSUED: len(KEYS)})
    assert [one.certificate for one in built.head.keepers.registrars] != []
    kept = read_kept(town.head)
    assert (kept.signed, len(kept.lines)) == ((), built.head.size)


def test_after_the_ceremony_it_lists_the_signed_bytes(kept_town: Town) -> None:
    kept = read_kept(kept_town.head)
    assert len(kept.signed) == len(REGISTRARS)
    lines = {line.position: line for line in standing(kept.lines)}
    assert {line.state for line in lines.values()} == {State.COMPLETE}
    whole = kept_town.pdf("INSP").read_bytes()
    assert lines["INSP"].signed is not None
    assert lines["INSP"].signed.length == len(whole)


def test_a_whole_set_with_its_register_passes(kept_town: Town) -> None:
    assert verdict_of(kept_town) == (Result.PASSED, set(), {Result.PASSED})


def test_a_missing_file_is_found(kept_town: Town) -> None:
    kept_town.pdf("BKPSDM.PKP.ANALIS").unlink()
    assert verdict_of(kept_town)[:2] == (Result.INDETERMINATE, {"SET_MISSING"})


def test_a_changed_list_is_not_believed(kept_town: Town) -> None:
    tamper(kept_town.out / "register.jsonl", lambda data: data.replace(b"Inspektur", b"Direktur.", 1))
    result, codes, _ = verdict_of(kept_town)
    assert (result, codes) == (Result.FAILED, {"LIST_OTHER", "REGISTER_NOT_BELIEVED"})


def test_a_head_that_one_registrar_signed_is_not_believed(signed_town: Town) -> None:
    signed_town.build_register()
    signed_town.sign_register("INSP")
    result, codes, _ = verdict_of(signed_town)
    assert (result, codes) == (Result.INDETERMINATE, {"HEAD_THRESHOLD", "REGISTER_NOT_BELIEVED"})


def test_an_unsigned_head_is_made_anew_under_its_version(town: Town) -> None:
    town.build_register()
    town.sign_all()
    built = town.build_register()
    assert (built.head.version, built.states) == (1, {State.COMPLETE: len(KEYS)})
    assert not (town.out / "register-1.pdf").exists()


def test_after_the_signatures_the_next_version_follows_and_the_list_grows(town: Town) -> None:
    town.build_register()
    town.sign_register()
    before = (town.out / "register.jsonl").read_bytes()
    first = read_kept(town.head).head
    town.sign_all()
    built = town.build_register()
    assert (built.head.version, built.head.previous, built.added) == (2, first.digest, len(KEYS))
    assert (town.out / "register.jsonl").read_bytes().startswith(before)
    assert read_kept(town.out / "register-1.pdf").head == first
    town.sign_register()
    assert verdict_of(town) == (Result.PASSED, set(), {Result.PASSED})
    (town.out / "register.jsonl").write_bytes(before)
    assert "LIST_CUT" in verdict_of(town)[1]


def test_a_head_must_be_signed_before_the_next_one(town: Town) -> None:
    town.build_register()
    town.sign_register("INSP")
    with pytest.raises(ConflictError) as stop:
        town.build_register()
    assert (stop.value.code, stop.value.params["signed"], stop.value.params["threshold"]) == ("HEAD_AWAITS", 1, 2)


def test_an_unsigned_second_version_is_made_anew_too(town: Town) -> None:
    town.build_register()
    town.sign_register()
    for _ in range(2):
        assert town.build_register(closed=True).head.version == 2


def test_without_news_there_is_no_new_head(kept_town: Town) -> None:
    head = kept_town.head.read_bytes()
    built = kept_town.build_register()
    assert (built.is_new, built.added, built.head.version) == (False, 0, 1)
    assert kept_town.head.read_bytes() == head


def test_a_head_can_be_renewed_and_the_year_closed(kept_town: Town) -> None:
    day = (AT + timedelta(days=30)).date()
    assert kept_town.build_register(next_by=day).head.next_by == day
    assert kept_town.build_register(closed=True).head.closed is True
    with pytest.raises(ConflictError, match="REGISTER_TERMS"):
        kept_town.build_register(next_by=(AT - timedelta(days=30)).date())


def test_other_registrars_stand_in_the_next_head_as_those_who_follow(kept_town: Town, tmp_path: Path) -> None:
    raw = json.loads(kept_town.enrolment.read_text(encoding="utf-8"))
    wanted = pseudonym(TRIAL_KEY, number_of("WALIKOTA"))
    for entry in raw["certificates"]:
        entry["registrar"] = entry["person"] == wanted
    kept_town = Town(kept_town.workbook, kept_town.out, tmp_path)
    kept_town.enrolment.write_text(json.dumps(raw), encoding="utf-8")
    head = kept_town.build_register().head
    assert head.following is not None
    assert [one.person for one in head.following.registrars] == [wanted]
    assert wanted not in [one.person for one in head.keepers.registrars]


def expect(town: Town, kind: type[PkdocsError], code: str, **wishes: object) -> None:
    before = {file.name: file.read_bytes() for file in town.out.glob("register*")}
    with pytest.raises(kind) as stop:
        town.build_register(**wishes)  # type: ignore[arg-type]  # names of wishes
    assert stop.value.code == code
    assert {file.name: file.read_bytes() for file in town.out.glob("register*")} == before


def test_a_workbook_that_says_something_else_than_what_was_issued_is_refused(town: Town) -> None:
    town.write(change(sheets(), "Pejabat", "INSP", "Jabatan", "Inspektur Kota"))
    expect(town, WorkbookError, "REGISTER_NOT_GENERATED")


def test_a_workbook_with_errors_is_refused(town: Town) -> None:
    town.write(change(sheets(), "Pejabat", "INSP", "NIP", "1"))
    expect(town, WorkbookError, "WORKBOOK_HAS_ERRORS")


def test_a_file_in_which_something_is_wrong_is_not_vouched_for(kept_town: Town) -> None:
    tamper(kept_town.pdf("INSP"), lambda data: data[:-300] + b"x" + data[-299:])
    expect(kept_town, SigningError, "REGISTER_UNFIT")


def test_a_folder_without_index_has_no_register(town: Town) -> None:
    (town.out / "index.json").unlink()
    expect(town, ConflictError, "INDEX_MISSING")


@pytest.mark.parametrize("name", ["register.pdf", "register.jsonl"])
def test_a_damaged_register_is_not_overwritten(kept_town: Town, name: str) -> None:
    tamper(kept_town.out / name, lambda data: data[: len(data) // 2])
    expect(kept_town, ConflictError, "REGISTER_DAMAGED")


def test_a_register_from_the_future_is_refused(kept_town: Town) -> None:
    expect(kept_town, ConflictError, "REGISTER_LATER", at=AT - timedelta(days=3))


def test_more_registrars_than_there_are_cannot_be_asked_for(town: Town) -> None:
    expect(town, CredentialError, "REGISTRARS_FEW", threshold=3)


def test_without_registrars_there_is_no_head(town: Town, tmp_path: Path) -> None:
    raw = json.loads(town.enrolment.read_text(encoding="utf-8"))
    raw["certificates"] = [{**entry, "registrar": False} for entry in raw["certificates"]]
    town = Town(town.workbook, town.out, tmp_path)
    town.enrolment.write_text(json.dumps(raw), encoding="utf-8")
    expect(town, CredentialError, "REGISTRARS_UNKNOWN")


def test_all_that_bears_a_persons_name_is_shown(kept_town: Town) -> None:
    person = pseudonym(TRIAL_KEY, number_of("INSP"))
    lines = read_kept(kept_town.head).of_person(person)
    kinds = [type(line) for line in lines]
    assert kinds.count(AssignmentLine) == kinds.count(CertificateLine) == 1
    # the inspector's own, and as superior of INSP.IRBAN1
    assert kinds.count(AgreementLine) == 2
