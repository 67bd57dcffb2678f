"""Certificates for everybody whom a workbook lets sign."""

import json
import shutil
from pathlib import Path

import pytest

from pkdocs.errors import ConflictError, CredentialError, WorkbookError
from pkdocs.persons import TRIAL_KEY, pseudonym
from pkdocs.pipeline.enrolment import issue_for_workbook
from pkdocs.pki import Issuance
from pkdocs.trust import read_trust
from tests.city import AT, KEYS, Sheets, Town, change, number_of, sheets, snapshot, touched, without


@pytest.fixture
def own(town: Town) -> Town:
    """A town with a PKI of its own."""
    pki = town.out.with_name("pki")
    shutil.copytree(town.pki, pki)
    return Town(town.workbook, town.out, pki)


def issue(town: Town, city: Sheets | None = None, *, key: bytes = TRIAL_KEY, renew: bool = False) -> Issuance:
    if city is not None:
        town.write(city)
    return issue_for_workbook(town.pki, town.workbook, person_key=key, at=AT, renew=renew)


def p12_files(town: Town) -> set[str]:
    return {file.stem for file in (town.pki / "signers").glob("*.p12")}


def test_everybody_who_signs_has_a_key(town: Town) -> None:
    assert p12_files(town) == {number_of(key) for key in KEYS}


def test_keys_are_for_their_owner_alone(town: Town) -> None:
    for file in (town.pki / "signers").iterdir():
        assert file.stat().st_mode & 0o077 == 0


def test_certificates_carry_the_persons_of_the_contents(town: Town) -> None:
    assert town.signer("INSP").person == pseudonym(TRIAL_KEY, number_of("INSP"))
    assert town.signer("INSP").friendly_name == number_of("INSP")


def test_the_trust_file_is_completed_from_the_profile(town: Town) -> None:
    trust = read_trust(town.trust.read_bytes())
    assert (trust.organisation, trust.organisation_code) == ("Pemerintah Kota Wanasari", "35.99")
    assert (trust.root_position, trust.qr_address) == ("WALIKOTA", "https://pk.wanasarikota.example/v/")


def test_issuing_again_adds_nobody_and_changes_no_key(own: Town) -> None:
    before = snapshot(own.pki / "signers")
    done = issue(own)
    assert (len(done.added), len(done.kept)) == (0, len(KEYS))
    assert touched(before, own.pki / "signers") == set()


def test_a_new_officer_is_added_alone(own: Town) -> None:
    before = snapshot(own.pki / "signers")
    city = change(sheets(), "Pejabat", "INSP.IRBAN1.AUDITOR", "NIP", "198706242011012991")
    done = issue(own, city)
    assert [enrollee.number for enrollee in done.added] == ["198706242011012991"]
    assert {Path(name).stem for name in touched(before, own.pki / "signers")} == {"198706242011012991"}


def test_without_a_pki_nobody_gets_a_key(own: Town) -> None:
    shutil.rmtree(own.pki)
    with pytest.raises(CredentialError):
        issue(own)


def test_one_person_in_two_positions_has_one_key(own: Town) -> None:
    city = without(sheets(), "BKPSDM.PKP.ANALIS")
    rows = {row["Kode Jabatan"]: row for row in city["Pejabat"]}
    personal = ("NIP", "Gelar Depan", "Nama", "Gelar Belakang", "Pangkat", "Golongan")
    rows["BKPSDM"].update({name: rows["INSP"][name] for name in personal})
    rows["BKPSDM"].update({"Status": "Plt.", "TMT": "2025-06-01", "Nomor SK": "1/2025"})
    done = issue(own, city)
    assert len(done.kept) == len({row["NIP"] for row in city["Pejabat"]}) == len(KEYS) - 2


def test_paper_signers_are_left_out(own: Town) -> None:
    city = change(sheets(), "Pejabat", "INSP.IRBAN1.AUDITOR", "Cara Tanda Tangan", "Kertas")
    assert len(issue(own, city).kept) == len(KEYS) - 1


def test_errors_stop_before_anything_is_written(own: Town) -> None:
    before = snapshot(own.pki)
    with pytest.raises(WorkbookError, match="WORKBOOK_HAS_ERRORS"):
        issue(own, change(sheets(), "Pejabat", "INSP", "NIP", "1"))
    assert touched(before, own.pki) == set()


def test_another_person_key_is_a_conflict_unless_all_is_renewed(own: Town) -> None:
    with pytest.raises(ConflictError, match="PKI_OTHER_PERSON_KEY"):
        issue(own, key=bytes(32))
    assert len(issue(own, key=bytes(32), renew=True).added) == len(KEYS)


def test_no_number_is_in_the_files_for_others(town: Town) -> None:
    published = town.trust.read_text(encoding="utf-8") + (town.pki / "enrolment.json").read_text(encoding="utf-8")
    assert not [key for key in KEYS if number_of(key) in published]
    assert json.loads((town.pki / "enrolment.json").read_text(encoding="utf-8"))["schema"].startswith("pkdocs-")
