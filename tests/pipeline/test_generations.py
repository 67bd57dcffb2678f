"""Several generations of trust on disk: addresses that change, and one training PKI after another."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pkdocs.chain import AgreementVerdict
from pkdocs.persons import TRIAL_KEY
from pkdocs.pipeline.audit import Means, verify
from pkdocs.pipeline.enrolment import issue_for_workbook
from pkdocs.pki import init_pki
from pkdocs.settings import default_templates
from pkdocs.trust import Trust, read_trust, render_trust
from pkdocs.verification import Result
from tests.city import AT, KEYS, Sheets, Town, change, ignore, sheets

NEW_ADDRESS = "https://sakip.wanasarikota.example/pk/"
Judge = Callable[..., dict[str | None, AgreementVerdict]]


@pytest.fixture
def judge() -> Judge:
    """Judge the folder as an auditor does."""

    def by_id(town: Town, means: Means | None = None, trust: Path | None = None) -> dict[str | None, AgreementVerdict]:
        verdict = verify([town.out], trust or town.trust, at=AT, means=means or Means(), progress=ignore)
        return {one.id: one for one in verdict.agreements}

    return by_id


def codes(one: AgreementVerdict) -> set[str]:
    return {finding.code for finding in one.findings}


def trust_of(town: Town) -> Trust:
    return read_trust(town.trust.read_bytes())


def issue(town: Town) -> None:
    issue_for_workbook(town.pki, town.workbook, person_key=TRIAL_KEY, at=AT, renew=False)


class TestAddress:
    """The office takes another address for its QR codes when everybody has signed."""

    def moved(self) -> Sheets:
        return change(sheets(), "Profil", "Alamat Verifikasi", "Nilai", NEW_ADDRESS)

    @pytest.fixture
    def moving(self, signed_town: Town) -> Town:
        """A signed town whose trust file has the new address."""
        pki = signed_town.out.with_name("pki")
        shutil.copytree(signed_town.pki, pki)
        town = Town(signed_town.workbook, signed_town.out, pki)
        town.write(self.moved())
        issue(town)
        return town

    def test_signed_files_keep_their_code_and_pass(self, moving: Town, judge: Judge) -> None:
        assert trust_of(moving).qr_addresses == (NEW_ADDRESS, "https://pk.wanasarikota.example/v/")
        assert moving.generate().made == 0
        assert {one.result for one in judge(moving).values()} == {Result.PASSED}

    def test_without_the_earlier_address_they_fail(self, moving: Town, judge: Judge) -> None:
        moving.trust.write_bytes(render_trust(replace(trust_of(moving), earlier_qr_addresses=())))
        assert all("QR_ADDRESS" in codes(one) for one in judge(moving).values())

    def test_their_pages_are_made_again_with_the_address_that_they_show(self, moving: Town, judge: Judge) -> None:
        judged = judge(moving, Means(templates=default_templates(), workbook=moving.workbook, jobs=1))
        assert {one.result for one in judged.values()} == {Result.PASSED}
        assert not any("OTHER_TEXT_NOT_JUDGED" in codes(one) for one in judged.values())

    def test_what_is_made_afterwards_shows_the_new_one(self, moving: Town, judge: Judge) -> None:
        city = change(self.moved(), "Pejabat", "INSP", "Versi", "2")
        city = change(city, "Pejabat", "INSP", "Alasan", "Perubahan Strategi")
        moving.write(change(city, "Pejabat", "INSP", "Tanggal Perjanjian", "2026-01-23"))
        moving.generate(only=("PK-2026-INSP-2",))
        (later,) = (one for name, one in judge(moving).items() if name == "PK-2026-INSP-2")
        assert later.result is Result.INCOMPLETE
        assert "QR_ADDRESS" not in codes(later)


class TestAuthorities:
    """A training PKI is followed by another of the same names."""

    @pytest.fixture
    def renewed(self, signed_town: Town) -> Town:
        """A town that the first generation signed, but for one agreement, which the second one signs."""
        pki = signed_town.out.with_name("pki-baru")
        init_pki(pki, at=AT - timedelta(days=1))
        town = Town(signed_town.workbook, signed_town.out, pki)
        issue(town)
        city = sheets()
        analyst = next(row for row in city["Pejabat"] if row["Kode Jabatan"] == "BKPSDM.PKP.ANALIS")
        later = {"Versi": "2", "Alasan": "Perubahan Prioritas", "Tanggal Perjanjian": "2026-01-23"}
        city["Pejabat"].append(analyst | later)
        town.write(city)
        town.generate()
        town.sign("BKPSDM.PKP.ANALIS")
        town.sign("BKPSDM.PKP")
        return town

    def together(self, old: Town, new: Town, folder: Path) -> Path:
        """Write a trust file with both generations."""
        first, second = trust_of(old), trust_of(new)
        both = replace(second, anchors=(*first.anchors, *second.anchors), crls=(*first.crls, *second.crls))
        (folder / "trust.toml").write_bytes(render_trust(both))
        return folder / "trust.toml"

    def test_both_pass_by_a_trust_file_that_pins_both(
        self, renewed: Town, signed_town: Town, tmp_path: Path, judge: Judge
    ) -> None:
        judged = judge(renewed, trust=self.together(signed_town, renewed, tmp_path))
        assert {one.result for one in judged.values()} == {Result.PASSED}
        assert len(judged) == len(KEYS) + 1

    def test_what_the_other_generation_signed_is_unknown_by_one_alone(
        self, renewed: Town, signed_town: Town, judge: Judge
    ) -> None:
        by_new, by_old = judge(renewed), judge(renewed, trust=signed_town.trust)
        later = "PK-2026-BKPSDM.PKP.ANALIS-2"
        unknown = {"CERTIFICATE_NO_CHAIN", "CERTIFICATE_CHAIN_BROKEN"}
        assert {one.own for name, one in by_new.items() if name != later} == {Result.INDETERMINATE}
        assert by_old[later].own is Result.INDETERMINATE
        assert unknown & codes(by_old[later])
        assert {one.own for name, one in by_old.items() if name != later} == {Result.PASSED}
