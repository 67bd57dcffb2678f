"""The hard cases of real governments, as the sample city has them: who signs what with whom, and what is judged of it.

The cases are those of ``samples/expected.json``, which the demo compares with real files; here nothing needs
LibreOffice.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import pytest

from pkdocs.chain import Exhibit, SetVerdict, judge_set
from pkdocs.content import Content, Party
from pkdocs.issue import electronic_roles
from pkdocs.pipeline.wording import gather_wordings
from pkdocs.profile import Ground, Zone
from pkdocs.register import Account
from pkdocs.report import as_json
from pkdocs.roster import Level, Means, Status
from pkdocs.signing import sign_pdf
from pkdocs.verification import Result, examine_pdf
from samples.compare import EXPECTED, WITH, WITHOUT, compare, read_json
from tests.chain.books import account_of, lines_of
from tests.chain.kit import AT, LATER, codes
from tests.city import change
from tests.issued import issued
from tests.signed import signer_of, training_trust
from tests.wanasari import City, city_of, sample, sheets, short

CEREMONY = date(2026, 1, 22)
NEW_YEAR, YEAR_END = date(2026, 1, 1), date(2026, 12, 31)
NEW_OFFICER = "RSUD.YANMED-2"
CASES = read_json(EXPECTED, "pkdocs-expected/1")


@cache
def city_with_authority() -> City:
    return city_of(change(sheets(), "Profil", "Ketua Tim Pihak Kedua", "Nilai", "Ya"))


# --- the cascade: who signs with whom, and what hangs on what


@dataclass(frozen=True)
class Wanted:
    """What an agreement must be; most are signed at the ceremony, electronically, for the whole year."""

    first: str
    second: str | None
    position: str | None
    parent: str | None
    day: date = CEREMONY
    days: tuple[date, date] = (NEW_YEAR, YEAR_END)
    means: Means = Means.ELECTRONIC
    form: Level | None = None


BINA_MARGA = "Plh. Kepala Bidang Bina Marga: Dewi Anjarwulan, S.T., M.Si."
YANMED = "Kepala Bidang Pelayanan Medik"
KADINKES = "Kepala Dinas Kesehatan, Pengendalian Penduduk, dan Keluarga Berencana: dr. Bondan Kartikayudha, M.Kes."
LESTARI = "Lestari Handayawati, S.K.M., M.Kes."
KABID_APTIKA = "Kepala Bidang Aplikasi Informatika: Elok Larasasih, S.Kom., M.Kom."
MAYOR = "Wali Kota Wanasari: Arum Pradnyawati"
TABLE: Mapping[str, Wanted] = {
    # 1: nobody holds KOMINFO.IKP
    "KOMINFO.IKP.HUMAS-1": Wanted(
        "Pranata Hubungan Masyarakat Ahli Muda: Mutiara Sihombara, S.I.Kom.",
        "Kepala Dinas Komunikasi dan Informatika: Dra. Citra Maheswari, M.M.",
        "KOMINFO",
        "KOMINFO-1",
    ),
    # 2: the Plh. signs for the position of the holder, whose agreement is the parent
    "DPUPR.BM-1": Wanted(
        "Kepala Bidang Bina Marga: Jefri Sagalatua, S.T.",
        "Kepala Dinas Pekerjaan Umum dan Penataan Ruang: Damar Kusumabrata, S.T., M.T.",
        "DPUPR",
        "DPUPR-1",
    ),
    "DPUPR.BM.JALAN-1": Wanted(
        "Teknik Jalan dan Jembatan Ahli Muda: Arief Nugrahadinata, S.T., M.Eng.", BINA_MARGA, "DPUPR.BM", "DPUPR.BM-1"
    ),
    "DPUPR.BM.OPR-1": Wanted(
        "Operator Layanan Operasional: Suparmanto Jayalaksana", BINA_MARGA, "DPUPR.BM", "DPUPR.BM-1"
    ),
    # 3: the secretary acts as the head, and signs with the sekda instead
    "DLH-1": Wanted(
        "Plt. Kepala Dinas Lingkungan Hidup: Yudhistira Panembahadi, S.Hut., M.Si.", MAYOR, "WALIKOTA", "WALIKOTA-1"
    ),
    "DLH.SEK-1": Wanted(
        "Sekretaris Dinas Lingkungan Hidup: Yudhistira Panembahadi, S.Hut., M.Si.",
        "Sekretaris Daerah: Drs. Bagas Wirasena, M.Si.",
        "SETDA",
        "SETDA-1",
    ),
    # 4: the ketua tim stands between, and does not sign
    "KOMINFO.APTIKA.STAF.1-1": Wanted(
        "Pranata Komputer Ahli Pertama: Intan Rarasati, S.Kom.", KABID_APTIKA, "KOMINFO.APTIKA", "KOMINFO.APTIKA-1"
    ),
    "KOMINFO.APTIKA.STAF.2-1": Wanted(
        "Pranata Komputer Ahli Pertama: Daeng Malewaraja, S.Kom.", KABID_APTIKA, "KOMINFO.APTIKA", "KOMINFO.APTIKA-1"
    ),
    # 5: an Administrator with the form of a JPT Pratama
    "KECSM-1": Wanted(
        "Camat Sukamulya: Indra Kusumahwijaya, S.STP., M.A.P.", MAYOR, "WALIKOTA", "WALIKOTA-1", form=Level.JPT_PRATAMA
    ),
    # 6: the old officer until the day before the new one begins; staff hang on the old version
    "RSUD.YANMED-1": Wanted(
        f"{YANMED}: dr. Teuku Rizkanurdin, M.A.R.S.",
        "Direktur RSUD Wanasari Medika: dr. Fransiska Lumbanraya, Sp.PD., M.M.",
        "RSUD",
        "RSUD-1",
        days=(NEW_YEAR, date(2026, 2, 1)),
    ),
    NEW_OFFICER: Wanted(
        f"{YANMED}: dr. Nurhayati Pohanraja, M.K.M.",
        "Direktur RSUD Wanasari Medika: dr. Fransiska Lumbanraya, Sp.PD., M.M.",
        "RSUD",
        "RSUD-1",
        day=date(2026, 2, 2),
        days=(date(2026, 2, 2), YEAR_END),
    ),
    "RSUD.YANMED.PERAWAT-1": Wanted(
        "Perawat Ahli Pertama: Ni Luh Sekarayu, S.Kep., Ners",
        f"{YANMED}: dr. Teuku Rizkanurdin, M.A.R.S.",
        "RSUD.YANMED",
        "RSUD.YANMED-1",
    ),
    # 7: signed later, in force from the same day
    "DISDIK.SDSM2.GURU.2-1": Wanted(
        "Guru Ahli Pertama: Wening Pangestiningrum, S.Pd.",
        "Guru Ahli Madya: Hj. Euis Komarasari, S.Pd., M.Pd.",
        "DISDIK.SDSM2",
        "DISDIK.SDSM2-1",
        day=date(2026, 2, 6),
    ),
    # 8: without a certificate
    "DLH.TPA.OPR.2-1": Wanted(
        "Operator Layanan Operasional: Karsono Wirasembada",
        "Kepala UPTD Tempat Pemrosesan Akhir: Rohman Setiapermana, S.T.",
        "DLH.TPA",
        "DLH.TPA-1",
        means=Means.PAPER,
    ),
    # 9: one person, two positions, two agreements, and staff under the second
    "DINKES.SEK-1": Wanted(
        f"Sekretaris Dinas Kesehatan, Pengendalian Penduduk, dan Keluarga Berencana: {LESTARI}",
        KADINKES,
        "DINKES",
        "DINKES-1",
    ),
    "DINKES.KESMAS-1": Wanted(f"Plt. Kepala Bidang Kesehatan Masyarakat: {LESTARI}", KADINKES, "DINKES", "DINKES-1"),
    "DINKES.KESMAS.GIZI-1": Wanted(
        "Nutrisionis Ahli Pertama: Nurul Ainiyatama, S.Gz.",
        f"Plt. Kepala Bidang Kesehatan Masyarakat: {LESTARI}",
        "DINKES.KESMAS",
        "DINKES.KESMAS-1",
    ),
}


def shown(party: Party | None) -> str | None:
    """Return office and name as printed."""
    return f"{party.office}: {party.name}" if party else None


def as_wanted(city: City, name: str) -> Wanted:
    content = city.contents[name]
    second = content.parties.second
    return Wanted(
        first=shown(content.parties.first) or "",
        second=shown(second),
        position=second.position if second else None,
        parent=short(content.parent.id) if content.parent else None,
        day=content.dated,
        days=(content.first_day, content.last_day),
        means=content.parties.first.means,
        form=gather_wordings(city.checked).forms.get(city.made[name].id),
    )


@pytest.mark.parametrize("name", TABLE)
def test_an_agreement_of_a_case_is_made_as_real_governments_make_it(name: str) -> None:
    assert as_wanted(sample(), name) == TABLE[name]


def test_the_table_has_the_agreements_of_all_cases() -> None:
    named = [name for case in CASES["cases"] for name in case["agreements"]]
    assert [f"PK-{{year}}-{name}" for name in TABLE] == named
    assert len(CASES["cases"]) == 9


def test_a_position_that_nobody_holds_and_one_who_stands_in_make_no_agreement() -> None:
    rows = sample().checked.workbook.roster.assignments
    silent = {row.key for row in rows if row.status in {Status.VACANT, Status.PLH}}
    assert silent == {"KOMINFO.IKP", "DPUPR.BM"}
    assert [name for name in sample().made if name.startswith(("KOMINFO.IKP-", "DPUPR.BM-"))] == ["DPUPR.BM-1"]


def test_a_replaced_officer_is_superseded_on_the_ground_that_says_so() -> None:
    old, new = sample().contents["RSUD.YANMED-1"], sample().contents[NEW_OFFICER]
    assert old.amendment is None
    assert new.amendment
    assert (new.amendment.ground, new.amendment.supersedes.digest) == (Ground.OFFICER, old.digest)
    assert new.goals == old.goals, "the same promises for the remaining days"


def test_a_person_has_one_pseudonym_in_all_positions() -> None:
    for one, other in (("DINKES.SEK-1", "DINKES.KESMAS-1"), ("DLH-1", "DLH.SEK-1")):
        assert sample().contents[one].parties.first.person == sample().contents[other].parties.first.person
    standing_in = sample().contents["DPUPR.BM.OPR-1"].parties.second
    assert standing_in
    assert standing_in.person == sample().contents["DPUPR.CK-1"].parties.first.person


# --- one change of a case, and it is another one


def test_a_team_lead_with_authority_signs_and_his_agreement_is_the_parent() -> None:
    city = city_with_authority()
    assert not city.checked.errors
    lead = "Pranata Komputer Ahli Muda: Gita Puspaningrum, S.Si."
    for name in ("KOMINFO.APTIKA.STAF.1-1", "KOMINFO.APTIKA.STAF.2-1"):
        with_lead = replace(TABLE[name], second=lead, position="KOMINFO.APTIKA.TIM", parent="KOMINFO.APTIKA.TIM-1")
        assert as_wanted(city, name) == with_lead
    others = [name for name in TABLE if not name.startswith("KOMINFO.APTIKA.STAF")]
    assert all(as_wanted(city, name) == TABLE[name] for name in others)


def test_after_the_days_of_the_plh_the_holder_signs_again() -> None:
    city = city_of(change(sheets(), "Pejabat", "DPUPR.BM.OPR", "Tanggal Perjanjian", "2026-02-28"))
    second = city.contents["DPUPR.BM.OPR-1"].parties.second
    assert shown(second) == "Kepala Bidang Bina Marga: Jefri Sagalatua, S.T."


def test_whoever_would_sign_with_himself_is_an_error_until_another_is_named() -> None:
    city = city_of(change(sheets(), "Pejabat", "DLH.SEK", "Pihak Kedua", ""))
    assert [problem.code for problem in city.checked.errors] == ["SELF_AGREEMENT"]
    assert "DLH.SEK-1" not in city.made
    assert "DLH-1" in city.made


def test_staff_who_come_after_the_new_officer_hang_on_the_new_version() -> None:
    later = change(sheets(), "Pejabat", "RSUD.YANMED.PERAWAT", "Tanggal Perjanjian", "2026-03-02")
    change(later, "Pejabat", "RSUD.YANMED.PERAWAT", "Berlaku Mulai", "2026-03-02")
    agreement = city_of(later).made["RSUD.YANMED.PERAWAT-1"]
    assert (agreement.second and agreement.second.version, agreement.parent) == (2, f"PK-2026-{NEW_OFFICER}")


# --- what is judged of them


REGISTERS: Mapping[str, Callable[[Iterable[Exhibit]], Account | None]] = {
    WITHOUT: lambda _: None,
    WITH: lambda files: account_of(lines_of(files)),
}
"""What is judged with the files, by the column of expected.json that says what must come of it."""


@cache
def signed(content: Content, *, signs: bool = True) -> Exhibit:
    """Return the file of ``content``; one key for each person, in whichever position."""
    pdf = issued(content)
    for role in electronic_roles(content) if signs else ():
        party = content.party(role)
        assert party
        person = replace(party, label="", position="", office="", status=Status.DEFINITIVE, rank=None, number=None)
        pdf = sign_pdf(pdf, role, signer_of(person), at=AT, zone=Zone.WIB, training=True)
    return Exhibit(f"{content.id}.pdf", examine_pdf(pdf))


def line(city: City, *names: str) -> Mapping[str, Content]:
    """Return these agreements and all above them."""
    found: dict[str, Content] = {}
    for name in names:
        above: str | None = name
        while above and above not in found:
            content = found[above] = city.contents[above]
            above = short(content.parent.id) if content.parent else None
    return found


@cache
def exhibits() -> tuple[Exhibit, ...]:
    """Return the files of the cases and of all above them, signed by everybody but the new officer."""
    chosen = line(sample(), *TABLE)
    return tuple(signed(content, signs=name != NEW_OFFICER) for name, content in chosen.items())


def judge(files: Iterable[Exhibit], column: str = WITHOUT) -> SetVerdict:
    files = tuple(files)
    return judge_set(files, training_trust(), REGISTERS[column](files), at=LATER)


@pytest.mark.parametrize("column", REGISTERS)
@pytest.mark.parametrize("number", range(10))
def test_a_case_is_judged_as_expected_and_all_others_pass(number: int, column: str) -> None:
    verdict = as_json(judge(exhibits(), column), "id")
    ids = [entry["id"] for entry in verdict["agreements"]]
    rows = [row for row in compare(CASES, verdict, ids, year=2026, column=column) if row.case == number]
    assert rows
    assert [row for row in rows if row.differs] == []


def results(verdict: SetVerdict) -> Mapping[str, Result]:
    return {short(one.id): one.result for one in verdict.agreements}


def test_the_new_officers_signature_touches_nobody_below() -> None:
    chosen = line(sample(), "RSUD.YANMED-1", NEW_OFFICER, "RSUD.YANMED.PERAWAT-1")
    verdict = judge(map(signed, chosen.values()))
    assert set(results(verdict).values()) == {Result.PASSED}
    old, below = (
        next(one for one in verdict.agreements if one.content == chosen[name])
        for name in ("RSUD.YANMED-1", "RSUD.YANMED.PERAWAT-1")
    )
    assert "SUPERSEDED" in {finding.code for finding in old.findings}
    assert codes(below) == set()


def test_a_team_under_a_lead_with_authority_passes() -> None:
    verdict = judge(map(signed, line(city_with_authority(), "KOMINFO.APTIKA.STAF.1-1").values()))
    assert results(verdict) == dict.fromkeys(
        ("WALIKOTA-1", "KOMINFO-1", "KOMINFO.APTIKA-1", "KOMINFO.APTIKA.TIM-1", "KOMINFO.APTIKA.STAF.1-1"),
        Result.PASSED,
    )


def test_a_holder_who_is_back_needs_no_register() -> None:
    city = city_of(change(sheets(), "Pejabat", "DPUPR.BM.OPR", "Tanggal Perjanjian", "2026-02-28"))
    assert set(results(judge(map(signed, line(city, "DPUPR.BM.OPR-1").values()))).values()) == {Result.PASSED}


def test_what_hangs_on_paper_is_no_more_certain_than_the_paper() -> None:
    city = city_of(change(sheets(), "Pejabat", "DLH.TPA", "Cara Tanda Tangan", "Kertas"))
    verdict = judge(map(signed, line(city, "DLH.TPA.OPR.1-1").values()))
    below = next(one for one in verdict.agreements if one.depth == 4)
    assert results(verdict)["DLH.TPA-1"] is Result.INDETERMINATE
    assert below.result is Result.INDETERMINATE
    assert {finding.code for finding in below.findings if finding.inherited} == {"ABOVE"}
