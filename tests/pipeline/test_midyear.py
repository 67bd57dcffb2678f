"""What changes in the year, in a folder that holds signed agreements."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pkdocs.chain import AgreementVerdict, SetVerdict
from pkdocs.content import Content, Role
from pkdocs.errors import ConflictError
from pkdocs.index import Entry, write_index
from pkdocs.messages import LANGUAGES
from pkdocs.persons import TRIAL_KEY
from pkdocs.pipeline.audit import Means, verify
from pkdocs.pipeline.ceremony import SigningResult, Wishes, plan_signing, sign_plan
from pkdocs.pipeline.enrolment import issue_for_workbook
from pkdocs.pipeline.generation import Format
from pkdocs.pipeline.registering import HeadWishes, build_register
from pkdocs.pipeline.standing import read_standing
from pkdocs.pki import init_pki
from pkdocs.register import HEAD_NAME, LIST_NAME, State, parse_lines, standing
from pkdocs.signing import Keyed, load_pkcs12, read_form
from pkdocs.verification import Result
from tests.city import AT, KEYS, Sheets, Town, change, ignore, number_of, sheets, snapshot, touched, without

ROOT, IRBAN, AUDITOR, PKP, ANALIS = (
    f"PK-2026-{key}-1" for key in ("WALIKOTA", "INSP.IRBAN1", "INSP.IRBAN1.AUDITOR", "BKPSDM.PKP", "BKPSDM.PKP.ANALIS")
)
NEW_IRBAN, NEW_ANALIS = "PK-2026-INSP.IRBAN1-2", "PK-2026-BKPSDM.PKP.ANALIS-2"
INSPECTORATE = "inspektorat-daerah"
NEW = {"NIP": "198003032006041992", "Nama": "Laksmi Widyaningtyas", "Gelar Belakang": "S.E., M.Ak."}
LATE = {"NIP": "199502022022032993", "Nama": "Bagas Adiwinata", "Golongan": "III/b", "Pangkat": "Penata Muda Tingkat I"}


def row_of(city: Sheets, key: str) -> dict[str, str]:
    return next(row for row in city["Pejabat"] if row["Kode Jabatan"] == key)


def replaced_officer(city: Sheets, key: str = "INSP.IRBAN1") -> Sheets:
    """Let the holder of ``key`` leave at the end of June, and another follow."""
    new = {**row_of(city, key), **NEW, "TMT": "2026-07-01", "Versi": "2", "Alasan": "Pergantian Pejabat"}
    change(city, "Pejabat", key, "Berakhir", "2026-06-30")
    city["Pejabat"].append({**new, "Tanggal Perjanjian": "2026-07-03", "Nomor SK": "821/77/2026"})
    return city


def with_newcomer(city: Sheets) -> Sheets:
    """Add an auditor who comes in August."""
    newcomer = {**row_of(city, "INSP.IRBAN1.AUDITOR"), **LATE, "Kode Jabatan": "INSP.IRBAN1.AUDITOR2"}
    city["Pejabat"].append({**newcomer, "TMT": "2026-08-03", "Tanggal Perjanjian": "2026-08-05"})
    added = [row for row in city["Indikator"] if row["Kode Jabatan"] == "INSP.IRBAN1.AUDITOR"]
    city["Indikator"] += [{**row, "Kode Jabatan": "INSP.IRBAN1.AUDITOR2"} for row in added]
    return city


def amended(city: Sheets, **own: str) -> Sheets:
    """Make the workbook that of a Perubahan in October; ``own`` are cells of every row."""
    change(city, "Profil", "Jenis Dokumen", "Nilai", "Perubahan")
    change(city, "Profil", "Tanggal Perjanjian", "Nilai", "2026-10-20")
    city["Profil"].append({"Kunci": "Alasan", "Nilai": "Perubahan Strategi"})
    change(city, "Indikator", "IRBAN1-2", "Target", "26")
    for row in city["Pejabat"]:
        row.update(own)
    return city


def files(town: Town, *identities: str) -> dict[str, bytes]:
    """Return the PDF files of agreements as they are."""
    return {
        file.stem: file.read_bytes() for file in town.out.glob("*/P*.pdf") if not identities or file.stem in identities
    }


def content(town: Town, identity: str) -> Content:
    (file,) = town.out.glob(f"*/{identity}.pdf")
    return read_form(file.read_bytes()).content


def entry(town: Town, identity: str) -> Entry:
    return next(entry for entry in town.index.agreements if entry.id == identity)


def enrol(town: Town) -> Town:
    """Give keys to those who are new; in a PKI of its own."""
    pki = town.out.with_name("pki")
    shutil.copytree(town.pki, pki)
    issue_for_workbook(pki, town.workbook, person_key=TRIAL_KEY, at=AT, renew=False)
    return Town(town.workbook, town.out, pki)


def sign_as(town: Town, *numbers: str) -> list[SigningResult]:
    """Let persons sign all that waits for them, one after the other."""
    results = []
    for number in numbers:
        p12 = town.pki / "signers" / f"{number}.p12"
        passphrase = p12.with_suffix(".pass").read_text(encoding="ascii").strip()
        holder = Keyed(load_pkcs12(p12.read_bytes(), passphrase))
        plan = plan_signing([town.out], holder, Wishes(), at=AT)
        results.append(sign_plan(plan, holder, at=lambda: AT, progress=ignore))
    return results


@pytest.fixture
def judge() -> Callable[[Town], dict[str | None, AgreementVerdict]]:
    """Judge the folder as an auditor does."""

    def by_id(town: Town) -> dict[str | None, AgreementVerdict]:
        verdict: SetVerdict = verify([town.out], town.trust, at=AT, means=Means(), progress=ignore)
        return {one.id: one for one in verdict.agreements}

    return by_id


def codes(one: AgreementVerdict) -> set[str]:
    return {finding.code for finding in one.findings}


class TestNewOfficer:
    """The holder of a position leaves, and another one follows."""

    @pytest.fixture
    def followed(self, signed_town: Town) -> Town:
        signed_town.write(replaced_officer(sheets()))
        return signed_town

    def test_the_new_agreement_alone_is_made(self, followed: Town) -> None:
        before = files(followed)
        done = followed.generate(prune=True)
        assert (done.made, done.failed, done.leftover, done.pruned) == (1, (), (), ())
        assert {entry.id for entry in done.agreements} == {*before, NEW_IRBAN}
        assert {**files(followed), **before} == files(followed)

    def test_it_supersedes_what_was_signed(self, followed: Town) -> None:
        followed.generate()
        new, old = content(followed, NEW_IRBAN), content(followed, IRBAN)
        assert new.amendment is not None
        assert (new.amendment.supersedes.id, new.amendment.supersedes.digest) == (IRBAN, old.digest)
        assert (old.last_day, new.first_day) == (date(2026, 12, 31), date(2026, 7, 1))
        assert new.parties.first.name == "Laksmi Widyaningtyas, S.E., M.Ak."
        assert [promise.target for promise in new.indicators] == [promise.target for promise in old.indicators]

    def test_it_is_the_same_in_a_second_run(self, followed: Town) -> None:
        followed.generate()
        before = snapshot(followed.out)
        assert followed.generate().made == 0
        assert {name: found[2] for name, found in snapshot(followed.out).items()} == {
            name: found[2] for name, found in before.items()
        }

    def test_both_versions_and_those_below_pass_when_signed(
        self, followed: Town, judge: Callable[[Town], dict[str | None, AgreementVerdict]]
    ) -> None:
        followed.write(with_newcomer(replaced_officer(sheets())))
        followed.generate()
        town = enrol(followed)
        results = sign_as(town, NEW["NIP"], LATE["NIP"], NEW["NIP"], number_of("INSP"))
        assert [[signed.id for signed in result.signed] for result in results] == [
            [NEW_IRBAN],
            ["PK-2026-INSP.IRBAN1.AUDITOR2-1"],
            ["PK-2026-INSP.IRBAN1.AUDITOR2-1"],
            [NEW_IRBAN],
        ]
        judged = judge(town)
        assert {one.result for one in judged.values()} == {Result.PASSED}
        assert len(judged) == len(KEYS) + 2
        assert "SUPERSEDED" in codes(judged[IRBAN])
        assert not {"PARENT_STALE", "PARENT_SUPERSEDED"} & codes(judged[AUDITOR])
        assert judged["PK-2026-INSP.IRBAN1.AUDITOR2-1"].parent == NEW_IRBAN

    def test_who_comes_later_signs_with_the_new_one(self, followed: Town) -> None:
        followed.write(with_newcomer(replaced_officer(sheets())))
        assert followed.generate().made == 2
        late = content(followed, "PK-2026-INSP.IRBAN1.AUDITOR2-1")
        assert late.parent is not None
        assert (late.parent.id, late.first_day) == (NEW_IRBAN, date(2026, 8, 3))

    def test_without_a_successor_yet_the_signed_version_stands(self, signed_town: Town) -> None:
        before = snapshot(signed_town.out)
        signed_town.write(change(sheets(), "Pejabat", "INSP.IRBAN1", "Berakhir", "2026-06-30"))
        assert signed_town.generate().made == 0
        assert touched(before, signed_town.out) <= {"index.json"}

    def test_a_signed_root_is_followed_like_any_other(
        self, signed_town: Town, judge: Callable[[Town], dict[str | None, AgreementVerdict]]
    ) -> None:
        city = replaced_officer(sheets(), "WALIKOTA")
        city["Pejabat"][-1] |= {"NIP": "KDH-3600", "Nama": "Teguh Prawirayudha", "Gelar Belakang": ""}
        signed_town.write(city)
        assert signed_town.generate().made == 1
        town = enrol(signed_town)
        sign_as(town, "KDH-3600")
        judged = judge(town)
        # who held the office only a register shows
        assert judged["PK-2026-WALIKOTA-2"].result is Result.INDETERMINATE
        assert "OFFICER_NEEDS_REGISTER" in codes(judged["PK-2026-WALIKOTA-2"])
        assert {one.result for name, one in judged.items() if name != "PK-2026-WALIKOTA-2"} == {Result.PASSED}

    def test_where_nobody_has_signed_the_old_version_ends_sooner(self, town: Town) -> None:
        town.write(replaced_officer(sheets()))
        assert town.generate().made == 3
        assert content(town, IRBAN).last_day == date(2026, 6, 30)

    def test_an_unsigned_version_on_which_signed_ones_hang_stands_with_them(self, town: Town) -> None:
        town.sign("INSP.IRBAN1.AUDITOR")
        before = files(town)
        town.write(replaced_officer(sheets()))
        assert town.generate().made == 1
        assert {**files(town), **before} == files(town)

    def test_an_unsigned_version_that_a_signed_one_supersedes_stands_with_it(self, town: Town) -> None:
        town.write(replaced_officer(sheets()))
        town.generate()
        enrolled = enrol(town)
        sign_as(enrolled, NEW["NIP"])
        before = files(town)
        city = replaced_officer(sheets())
        row_of(city, "INSP.IRBAN1")["Gelar Belakang"] = "S.E., Ak., CA"
        town.write(city)
        assert town.generate(only=(NEW_IRBAN, IRBAN)).made == 0
        assert files(town, IRBAN, NEW_IRBAN) == {name: before[name] for name in (IRBAN, NEW_IRBAN)}

    def test_an_original_that_waits_for_the_superior_can_be_completed(self, town: Town) -> None:
        town.sign("INSP.IRBAN1")
        town.write(replaced_officer(sheets()))
        town.generate()
        signed = {one.id for result in sign_as(town, number_of("INSP")) for one in result.signed}
        assert IRBAN in signed

    def test_a_vacancy_from_some_day_on_leaves_who_signed_before(self, signed_town: Town) -> None:
        city = change(sheets(), "Pejabat", "INSP.IRBAN1", "Berakhir", "2026-06-30")
        vacant = {**row_of(city, "INSP.IRBAN1"), "TMT": "2026-07-01", "Berakhir": "", "Status": "Kosong"}
        personal = ("NIP", "Nama", "Gelar Belakang", "Jenis Pegawai", "Pangkat", "Golongan")
        city["Pejabat"].append(vacant | dict.fromkeys(personal, ""))
        signed_town.write(with_newcomer(city))
        assert signed_town.generate().made == 1
        late = content(signed_town, "PK-2026-INSP.IRBAN1.AUDITOR2-1")
        assert late.parent is not None
        assert late.parent.id == "PK-2026-INSP-1"


def test_a_vacancy_that_is_filled_leaves_who_signed_with_the_one_above(town: Town) -> None:
    personal = dict.fromkeys(("NIP", "Nama", "Gelar Belakang", "Jenis Pegawai", "Pangkat", "Golongan"), "")
    city = sheets()
    holder = dict(row_of(city, "INSP.IRBAN1"))
    row_of(city, "INSP.IRBAN1").update({"Status": "Kosong"} | personal)
    town.write(city)
    town.generate(prune=True)
    town.sign("INSP.IRBAN1.AUDITOR")
    before = files(town)
    row_of(city, "INSP.IRBAN1")["Berakhir"] = "2026-04-30"
    city["Pejabat"].append({**holder, "TMT": "2026-05-01", "Tanggal Perjanjian": "2026-05-04"})
    town.write(city)
    done = town.generate()
    assert (done.made, done.leftover) == (1, ())
    assert {**files(town), **before} == files(town)
    filled, below = content(town, IRBAN), content(town, AUDITOR)
    assert (filled.version, filled.first_day, filled.amendment) == (1, date(2026, 5, 1), None)
    assert below.parent is not None
    assert below.parent.id == "PK-2026-INSP-1"


def test_a_late_arrival_makes_its_own_agreement_alone(signed_town: Town) -> None:
    before = files(signed_town)
    signed_town.write(with_newcomer(sheets()))
    assert signed_town.generate().made == 1
    assert {**files(signed_town), **before} == files(signed_town)
    assert set(files(signed_town)) == {*before, "PK-2026-INSP.IRBAN1.AUDITOR2-1"}


class TestAmendment:
    """A Perubahan: the workbook holds later versions alone."""

    @pytest.fixture
    def amending(self, signed_town: Town) -> Town:
        signed_town.write(amended(sheets()))
        return signed_town

    def test_each_later_version_hangs_on_the_later_one_above(self, amending: Town) -> None:
        before = files(amending)
        done = amending.generate(prune=True)
        assert (done.made, done.failed, done.leftover, done.pruned) == (len(KEYS), (), (), ())
        assert {entry.id for entry in done.agreements} == {f"PK-2026-{key}-2" for key in KEYS}
        assert {**files(amending), **before} == files(amending)
        later = content(amending, NEW_IRBAN)
        assert later.parent is not None
        assert later.amendment is not None
        assert (later.parent.id, later.parent.digest) == ("PK-2026-INSP-2", content(amending, "PK-2026-INSP-2").digest)
        assert later.amendment.supersedes.digest == content(amending, IRBAN).digest
        assert (later.first_day, later.last_day) == (date(2026, 10, 20), date(2026, 12, 31))

    def test_signed_originals_stay_in_the_index_behind_what_was_made(self, amending: Town) -> None:
        originals = amending.index.agreements
        amending.generate()
        assert amending.index.agreements[len(KEYS) :] == originals
        again = amending.index
        assert amending.generate().made == 0
        assert amending.index == again

    def test_both_generations_pass_when_signed(
        self, amending: Town, judge: Callable[[Town], dict[str | None, AgreementVerdict]]
    ) -> None:
        amending.generate()
        amending.sign_all()
        judged = judge(amending)
        assert {one.result for one in judged.values()} == {Result.PASSED}
        assert len(judged) == 2 * len(KEYS)
        assert {name for name, one in judged.items() if "SUPERSEDED" in codes(one)} == {f"PK-2026-{k}-1" for k in KEYS}

    def test_status_knows_both(self, amending: Town) -> None:
        amending.generate()
        signed = {one.id: one.signed for one in read_standing(amending.out)}
        assert signed[IRBAN] == (Role.FIRST, Role.SECOND)
        assert signed[NEW_IRBAN] == ()
        assert len(signed) == 2 * len(KEYS)

    def test_an_original_that_nobody_signed_must_not_be_signed(self, town: Town) -> None:
        town.write(amended(sheets()))
        done = town.generate()
        assert {file.stem for file in done.leftover} == {f"PK-2026-{key}-1" for key in KEYS}
        result = town.sign("INSP.IRBAN1")
        assert [signed.id for signed in result.signed] == [NEW_IRBAN]
        assert (IRBAN, "SIGN_UNLISTED") in {(refused.id, refused.error.code) for refused in result.refused}
        assert {file.stem for file in town.generate(prune=True).pruned} == {f"PK-2026-{key}-1" for key in KEYS}

    def test_what_a_signed_original_hangs_on_is_kept_but_not_to_be_signed(self, town: Town) -> None:
        town.sign("INSP.IRBAN1.AUDITOR")
        town.write(amended(sheets()))
        done = town.generate(prune=True)
        kept = {file for file in files(town) if file.endswith("-1")}
        assert kept == {AUDITOR, IRBAN, "PK-2026-INSP-1", ROOT}
        assert {file.stem for file in done.pruned} == {"PK-2026-BKPSDM-1", PKP, ANALIS}
        assert {entry.id for entry in town.index.agreements if entry.id.endswith("-1")} == {AUDITOR}
        refused = {(refused.id, refused.error.code) for refused in town.sign("INSP").refused}
        assert ("PK-2026-INSP-1", "SIGN_UNLISTED") in refused

    def test_a_half_signed_original_can_be_completed(self, town: Town) -> None:
        town.sign("INSP.IRBAN1.AUDITOR")
        town.write(amended(sheets()))
        town.generate()
        assert AUDITOR in {signed.id for signed in town.sign("INSP.IRBAN1").signed}
        assert read_form(files(town, AUDITOR)[AUDITOR]).open == ()

    def test_originals_that_stay_are_kept_beside_what_is_amended(self, signed_town: Town) -> None:
        before = files(signed_town)
        city = change(sheets(), "Indikator", "IRBAN1-2", "Target", "26")
        later = {"Versi": "2", "Alasan": "Perubahan Strategi", "Tanggal Perjanjian": "2026-10-20"}
        city["Pejabat"].append({**row_of(city, "INSP.IRBAN1"), **later})
        signed_town.write(city)
        assert signed_town.generate().made == 1
        assert {**files(signed_town), **before} == files(signed_town)
        assert content(signed_town, IRBAN) != content(signed_town, NEW_IRBAN)

    def test_after_two_amendments_all_versions_are_known(self, amending: Town) -> None:
        amending.generate()
        amending.sign_all()
        amending.write(amended(sheets(), **{"Versi": "3", "Tanggal Perjanjian": "2026-11-10"}))
        assert amending.generate().made == len(KEYS)
        third = content(amending, "PK-2026-INSP-3")
        assert third.amendment is not None
        assert third.amendment.supersedes.digest == content(amending, "PK-2026-INSP-2").digest
        assert len(amending.index.agreements) == 3 * len(KEYS)

    def test_what_errors_stop_keeps_all_its_versions(self, amending: Town) -> None:
        amending.generate()
        before = {entry.id: entry for entry in amending.index.agreements}
        amending.write(change(amended(sheets()), "Pejabat", "BKPSDM.PKP", "NIP", "123"))
        done = amending.generate(only=("INSP",), prune=True)
        assert (done.leftover, done.pruned) == ((), ())
        assert {entry.id: entry for entry in amending.index.agreements} == before

    def test_a_position_that_is_gone_is_left_over(self, signed_town: Town) -> None:
        signed_town.write(without(amended(sheets()), "INSP.IRBAN1.AUDITOR"))
        done = signed_town.generate()
        assert {file.stem for file in done.leftover} == {AUDITOR}
        assert AUDITOR not in {entry.id for entry in signed_town.index.agreements}

    def test_a_version_that_left_the_index_is_known_again_when_another_follows(self, signed_town: Town) -> None:
        known = entry(signed_town, ANALIS)
        signed_town.write(without(sheets(), "BKPSDM.PKP.ANALIS"))
        signed_town.generate()
        city = change(sheets(), "Pejabat", "BKPSDM.PKP.ANALIS", "Versi", "2")
        signed_town.write(change(city, "Pejabat", "BKPSDM.PKP.ANALIS", "Alasan", "Perubahan Prioritas"))
        assert (signed_town.generate().made, signed_town.index.earlier) == (1, {})
        assert entry(signed_town, ANALIS) == replace(known, docx=None, source="", template="")


def change_of(error: ConflictError) -> str:
    """Return the code of what is said to have changed."""
    said = error.params["change"]
    assert isinstance(said, ConflictError)
    return said.code


class TestConflicts:
    """A change of what somebody signed is made as the next version, or not at all."""

    def refused(self, town: Town, city: Sheets, **wanted: tuple[str, ...]) -> ConflictError:
        before = snapshot(town.out)
        town.write(city)
        with pytest.raises(ConflictError) as caught:
            town.generate(**wanted)
        assert touched(before, town.out) == set()
        assert caught.value.code == "SIGNED_WOULD_CHANGE"
        assert all(caught.value.message(language) for language in LANGUAGES)
        return caught.value

    @pytest.mark.parametrize(
        ("cell", "code"),
        [
            (("Indikator", "IRBAN1-2", "Target", "26"), "CHANGED_GOALS"),
            (("Pejabat", "INSP.IRBAN1", "Nama", "Rosmaida Hutagalung"), "CHANGED_PARTIES"),
            (("Pejabat", "INSP.IRBAN1", "Unit Kerja", "Irban I"), "CHANGED_POSITION"),
            (("Pejabat", "INSP.IRBAN1", "Tanggal Perjanjian", "2026-01-23"), "CHANGED_DATE"),
            (("Pejabat", "INSP.IRBAN1", "Berlaku Mulai", "2026-01-02"), "CHANGED_DAYS"),
            (("Profil", "Tempat", "Nilai", "Wanasari Timur"), "CHANGED_PROFILE"),
        ],
    )
    def test_the_change_is_named(self, town: Town, cell: tuple[str, str, str, str], code: str) -> None:
        town.sign("INSP.IRBAN1")
        error = self.refused(town, change(sheets(), *cell))
        assert (change_of(error), str(error.params["ids"]).split(",")[0]) == (code, IRBAN)

    def test_a_change_above_is_named_as_such(self, town: Town) -> None:
        town.sign("INSP.IRBAN1.AUDITOR")
        error = self.refused(town, change(sheets(), "Indikator", "INSP-SPIP", "Target", "4"))
        assert change_of(error) == "CHANGED_PARENT"

    def test_a_changed_file_is_named_as_such(self, town: Town) -> None:
        town.sign("INSP.IRBAN1")
        file = town.pdf("INSP.IRBAN1")
        file.write_bytes(file.read_bytes() + b"\n% more")
        error = self.refused(town, sheets())
        assert change_of(error) == "CHANGED_FILE"

    def test_an_end_does_not_excuse_another_change(self, town: Town) -> None:
        town.sign("INSP.IRBAN1")
        city = change(sheets(), "Pejabat", "INSP.IRBAN1", "Berakhir", "2026-06-30")
        self.refused(town, change(city, "Indikator", "IRBAN1-2", "Target", "26"))

    def test_a_signed_version_does_not_last_longer(self, town: Town) -> None:
        town.write(change(sheets(), "Pejabat", "INSP.IRBAN1", "Berakhir", "2026-06-30"))
        town.generate()
        town.sign("INSP.IRBAN1")
        self.refused(town, sheets())

    def test_a_version_that_is_signed_is_not_amended_in_place(self, signed_town: Town) -> None:
        signed_town.write(amended(sheets()))
        signed_town.generate()
        signed_town.sign("INSP.IRBAN1")
        self.refused(signed_town, change(amended(sheets()), "Indikator", "IRBAN1-2", "Target", "27"))

    def test_what_is_asked_for_alone_does_not_hang_on_what_nobody_signed(self, town: Town) -> None:
        town.sign("INSP.IRBAN1")
        city = with_newcomer(change(sheets(), "Indikator", "IRBAN1-2", "Target", "26"))
        error = self.refused(town, city, only=("INSP.IRBAN1.AUDITOR2",))
        assert error.params["ids"] == IRBAN

    def test_what_is_asked_for_alone_does_not_mind_others(self, town: Town) -> None:
        town.sign("INSP.IRBAN1")
        town.write(change(sheets(), "Indikator", "IRBAN1-2", "Target", "26"))
        assert [entry.key for entry in town.generate(only=("BKPSDM.PKP",)).agreements] == ["BKPSDM.PKP"]

    def test_a_signed_content_that_the_index_does_not_know_binds_nobody(self, town: Town) -> None:
        town.sign("INSP.IRBAN1")
        entries = (replace(one, content_digest="0" * 64) if one.id == IRBAN else one for one in town.index.agreements)
        write_index(town.out, replace(town.index, agreements=tuple(entries)))
        self.refused(town, replaced_officer(sheets()))


class TestPlaces:
    """Signed files are found where they lie."""

    def move(self, town: Town, identity: str, folder: str) -> Path:
        (file,) = town.out.glob(f"*/{identity}.pdf")
        moved = town.out / folder / file.name
        moved.parent.mkdir(exist_ok=True)
        return file.rename(moved)

    def test_a_folder_that_was_moved_is_the_same_folder(self, signed_town: Town) -> None:
        moved = signed_town.out.rename(signed_town.out.with_name("hasil-lama"))
        town = Town(signed_town.workbook, moved, signed_town.pki)
        town.write(replaced_officer(sheets()))
        assert town.generate().made == 1

    def test_a_signed_file_in_another_units_folder_is_found(self, signed_town: Town) -> None:
        moved = self.move(signed_town, IRBAN, "sekretariat-daerah")
        signed_town.write(replaced_officer(sheets()))
        done = signed_town.generate(prune=True)
        assert done.made == 1
        assert moved.is_file()
        assert entry(signed_town, IRBAN).pdf == f"sekretariat-daerah/{IRBAN}.pdf"
        assert len(files(signed_town)) == len(KEYS) + 1

    def test_so_is_that_of_a_version_that_the_workbook_has_no_more(self, signed_town: Town) -> None:
        self.move(signed_town, IRBAN, "sekretariat-daerah")
        signed_town.write(amended(sheets()))
        done = signed_town.generate()
        assert (done.made, done.leftover) == (len(KEYS), ())
        assert entry(signed_town, IRBAN).pdf == f"sekretariat-daerah/{IRBAN}.pdf"

    def test_a_unit_that_got_another_name_has_its_signed_files_in_the_old_folder(self, signed_town: Town) -> None:
        city = amended(sheets())
        for row in city["Pejabat"] + city["Unit"]:
            if row["Unit"] == "Inspektorat Daerah":
                row["Unit"] = "Inspektorat Kota"
        signed_town.write(city)
        done = signed_town.generate(prune=True)
        assert (done.made, done.pruned, done.leftover) == (len(KEYS), (), ())
        assert entry(signed_town, IRBAN).pdf == f"{INSPECTORATE}/{IRBAN}.pdf"
        assert entry(signed_town, NEW_IRBAN).pdf == f"inspektorat-kota/{NEW_IRBAN}.pdf"

    def test_a_strange_file_of_the_same_name_elsewhere_is_left_over(self, town: Town) -> None:
        town.sign("INSP.IRBAN1")
        self.move(town, IRBAN, "arsip")
        city = change(sheets(), "Indikator", "IRBAN1-2", "Target", "26")
        entries = tuple(one for one in town.index.agreements if one.id != IRBAN)
        write_index(town.out, replace(town.index, agreements=entries))
        town.write(city)
        done = town.generate()
        assert [file.parent.name for file in done.leftover] == ["arsip"]

    def test_folders_that_cannot_be_ours_are_not_looked_into(self, town: Town) -> None:
        town.sign("INSP.IRBAN1")
        self.move(town, IRBAN, "Arsip Lama")
        assert town.generate().made == 1


def test_word_documents_alone_leave_a_signed_original_in_the_index(signed_town: Town) -> None:
    signed_town.write(amended(sheets()))
    signed_town.generate(format=Format.DOCX)
    assert entry(signed_town, IRBAN).pdf == f"{INSPECTORATE}/{IRBAN}.pdf"


def test_the_register_lists_what_is_followed_beside_what_follows(town: Town) -> None:
    pki = town.out.with_name("pki-register")
    init_pki(pki, at=AT, registrars=[number_of("INSP"), number_of("BKPSDM")])
    keeping = Town(town.workbook, town.out, pki)
    issue_for_workbook(pki, keeping.workbook, person_key=TRIAL_KEY, at=AT, renew=False)
    keeping.sign_all()
    keeping.write(replaced_officer(sheets()))
    keeping.generate()
    issue_for_workbook(pki, keeping.workbook, person_key=TRIAL_KEY, at=AT, renew=False)
    sign_as(keeping, NEW["NIP"], number_of("INSP"))
    assert listed(keeping)[State.SUPERSEDED] == {(IRBAN, NEW_IRBAN)}
    city = amended(sheets())
    row_of(city, "INSP.IRBAN1").update(NEW | {"TMT": "2026-07-01", "Versi": "3"})
    keeping.write(city)
    keeping.generate()
    lines = listed(keeping)
    assert lines[State.SUPERSEDED] == {(IRBAN, NEW_IRBAN)}
    assert {name for name, _ in lines[State.ISSUED]} == {
        *(f"PK-2026-{key}-2" for key in KEYS if key != "INSP.IRBAN1"),
        "PK-2026-INSP.IRBAN1-3",
    }
    assert len(lines[State.COMPLETE]) == len(KEYS)


def listed(town: Town) -> dict[State, set[tuple[str, str | None]]]:
    """Build the register; return ids and successors of its agreements by how far they have come."""
    (town.out / HEAD_NAME).unlink(missing_ok=True)
    wishes = HeadWishes(TRIAL_KEY)
    build_register(town.out, town.workbook, town.pki / "enrolment.json", wishes, at=AT, progress=ignore)
    lines = standing(parse_lines((town.out / LIST_NAME).read_bytes()))
    return {state: {(line.id, line.successor) for line in lines if line.state is state} for state in State}
