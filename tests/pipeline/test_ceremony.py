"""Signing on disk: the plan, the order, what is refused, what somebody else changed."""

import errno
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pkdocs.content import Role
from pkdocs.errors import ConflictError, CredentialError, PkdocsError, SigningError
from pkdocs.files import digest
from pkdocs.index import FILE_NAME, write_index
from pkdocs.pipeline.ceremony import (
    Refused,
    Signed,
    SigningPlan,
    SigningResult,
    Wishes,
    demand_person,
    execution,
    plan_signing,
    sign_plan,
)
from pkdocs.signing import FileSigner, Keyed, read_form
from tests.city import AT, Town, ignore, number_of, snapshot, touched

HEAD, IRBAN, AUDITOR = "PK-2026-INSP-1", "PK-2026-INSP.IRBAN1-1", "PK-2026-INSP.IRBAN1.AUDITOR-1"


def plan(signer: FileSigner, *paths: Path, role: Role | None = None, any_order: bool = False) -> SigningPlan:
    return plan_signing(paths, Keyed(signer), Wishes(role, any_order), at=AT)


def carry_out(planned: SigningPlan, signer: FileSigner) -> SigningResult:
    return sign_plan(planned, Keyed(signer), at=lambda: AT, progress=ignore)


def codes(result: SigningPlan | SigningResult) -> list[tuple[str, str]]:
    return [(refused.id, refused.error.code) for refused in result.refused]


class TestPlan:
    """What one person would sign."""

    def test_it_names_what_waits_and_touches_nothing(self, town: Town) -> None:
        before = snapshot(town.out)
        planned = plan(town.signer("INSP.IRBAN1"), town.out)
        assert [(entry.content.id, entry.role) for entry in planned.candidates] == [(IRBAN, Role.FIRST)]
        assert [(entry.id, entry.awaited) for entry in planned.waiting] == [(AUDITOR, Role.FIRST)]
        assert planned.refused == ()
        assert touched(before, town.out) == set()

    def test_the_superior_may_sign_first_if_wished(self, town: Town) -> None:
        planned = plan(town.signer("INSP.IRBAN1"), town.out, any_order=True)
        assert {(entry.content.id, entry.role) for entry in planned.candidates} == {
            (IRBAN, Role.FIRST),
            (AUDITOR, Role.SECOND),
        }
        assert planned.waiting == ()

    def test_one_role_alone(self, town: Town) -> None:
        signer = town.signer("INSP.IRBAN1")
        assert [entry.role for entry in plan(signer, town.out, role=Role.FIRST, any_order=True).candidates] == [
            Role.FIRST
        ]
        second = plan(signer, town.out, role=Role.SECOND, any_order=True)
        assert [(entry.content.id, entry.role) for entry in second.candidates] == [(AUDITOR, Role.SECOND)]

    def test_what_the_subordinate_has_signed_waits_for_the_superior(self, town: Town) -> None:
        town.sign("INSP.IRBAN1.AUDITOR")
        planned = plan(town.signer("INSP.IRBAN1"), town.out)
        assert {(entry.content.id, entry.role) for entry in planned.candidates} == {
            (IRBAN, Role.FIRST),
            (AUDITOR, Role.SECOND),
        }

    def test_a_file_that_is_named_twice_is_planned_once(self, town: Town) -> None:
        file = town.pdf("INSP.IRBAN1")
        planned = plan(town.signer("INSP.IRBAN1"), town.out, file, file.parent)
        assert [entry.content.id for entry in planned.candidates] == [IRBAN]

    def test_the_zone_is_that_of_the_index(self, town: Town) -> None:
        write_index(town.out, replace(town.index, zone=town.index.zone.WIT))
        assert {entry.zone.value for entry in plan(town.signer("INSP"), town.out).candidates} == {"WIT"}

    def test_a_file_outside_of_every_folder_of_ours_is_planned_too(self, town: Town, tmp_path: Path) -> None:
        copy = tmp_path / "surel" / "lampiran.pdf"
        copy.parent.mkdir()
        copy.write_bytes(town.pdf("INSP.IRBAN1").read_bytes())
        planned = plan(town.signer("INSP.IRBAN1"), copy)
        assert [(entry.file, entry.zone.value) for entry in planned.candidates] == [(copy, "WIB")]

    def test_what_somebody_else_has_to_sign_is_no_matter_in_a_folder(self, town: Town) -> None:
        planned = plan(town.signer("BKPSDM.PKP.ANALIS"), town.out / "inspektorat-daerah")
        assert (planned.candidates, planned.waiting, planned.refused, planned.nobody_named) == ((), (), (), True)

    def test_where_all_is_signed_the_person_is_named_all_the_same(self, town: Town) -> None:
        town.sign("BKPSDM.PKP.ANALIS")
        assert not plan(town.signer("BKPSDM.PKP.ANALIS"), town.out).nobody_named

    @pytest.mark.parametrize("moment", [AT - timedelta(days=1), AT + timedelta(days=800)])
    def test_a_certificate_that_is_not_in_date_signs_nothing(self, town: Town, moment: object) -> None:
        with pytest.raises(CredentialError, match=r"SIGNER_(EXPIRED|NOT_YET_VALID)"):
            plan_signing([town.out], Keyed(town.signer("INSP")), Wishes(), at=moment)

    def test_a_damaged_index_stops_all(self, town: Town) -> None:
        (town.out / FILE_NAME).write_bytes(b"{")
        with pytest.raises(ConflictError, match="INDEX_DAMAGED"):
            plan(town.signer("INSP"), town.out)


class TestRefused:
    """What is not signed, and why."""

    def test_a_wrong_person_on_a_file_that_was_named(self, town: Town) -> None:
        before = snapshot(town.out)
        result = town.sign("BKPSDM.PKP", town.pdf("INSP.IRBAN1"))
        assert codes(result) == [(IRBAN, "SIGN_WRONG_PERSON")]
        assert result.exit_code == 6
        assert touched(before, town.out) == set()

    def test_a_second_signature_in_one_role(self, town: Town) -> None:
        town.sign("INSP.IRBAN1")
        before = snapshot(town.out)
        result = town.sign("INSP.IRBAN1", town.pdf("INSP.IRBAN1"))
        assert codes(result) == [(IRBAN, "SIGN_ALREADY")]
        assert result.exit_code == 7
        assert touched(before, town.out) == set()

    def test_in_a_folder_what_is_signed_already_is_silent(self, town: Town) -> None:
        town.sign("BKPSDM.PKP.ANALIS")
        again = town.sign("BKPSDM.PKP.ANALIS")
        assert (again.signed, again.refused, again.exit_code) == ((), (), 0)

    @pytest.mark.parametrize(
        ("damage", "code"),
        [
            (lambda data: data + b" ", "SIGN_ALTERED"),
            (lambda data: data[:-500], "SIGN_DAMAGED"),
            (lambda data: data[5:], "SIGN_DAMAGED"),
            (lambda data: data[:0], "SIGN_DAMAGED"),
            (lambda data: data.replace(b"/Sig", b"/Sug"), None),
        ],
    )
    def test_an_altered_file(self, town: Town, damage: Callable[[bytes], bytes], code: str | None) -> None:
        town.sign("INSP.IRBAN1.AUDITOR")
        file = town.pdf("INSP.IRBAN1.AUDITOR")
        file.write_bytes(damage(file.read_bytes()))
        before = snapshot(town.out)
        for paths in ((town.out,), (file,)):
            result = town.sign("INSP.IRBAN1", *paths, any_order=True)
            assert code in {None, *(refused.error.code for refused in result.refused)}
            assert AUDITOR in {refused.id for refused in result.refused}
            assert AUDITOR not in {signed.id for signed in result.signed}
        assert file.read_bytes() == before[file.relative_to(town.out).as_posix()][2]

    def test_a_file_of_another_folder_in_place_of_the_issued_one(self, town: Town) -> None:
        other = town.pdf("INSP").read_bytes()
        town.pdf("INSP.IRBAN1").write_bytes(other)
        assert (IRBAN, "SIGN_UNLISTED") not in codes(town.sign("INSP"))
        assert ("PK-2026-INSP-1", "SIGN_UNLISTED") in codes(town.sign("INSP", town.pdf("INSP.IRBAN1")))

    def test_an_agreement_that_was_issued_anew_elsewhere(self, town: Town) -> None:
        index = town.index
        changed = [replace(entry, issue_digest="0" * 64) if entry.id == IRBAN else entry for entry in index.agreements]
        write_index(town.out, replace(index, agreements=tuple(changed)))
        assert codes(town.sign("INSP.IRBAN1")) == [(IRBAN, "SIGN_OTHER_ISSUE")]

    @pytest.mark.parametrize("named", [True, False])
    def test_a_file_that_the_index_no_longer_has(self, town: Town, *, named: bool) -> None:
        index, file = town.index, town.pdf("INSP.IRBAN1")
        kept = tuple(entry for entry in index.agreements if entry.id != IRBAN)
        write_index(town.out, replace(index, agreements=kept))
        result = town.sign("INSP.IRBAN1", file if named else town.out)
        assert (IRBAN, "SIGN_UNLISTED") in codes(result)

    def test_the_index_is_asked_from_wherever_one_stands(self, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        file = town.pdf("INSP.IRBAN1")
        write_index(town.out, replace(town.index, agreements=()))
        monkeypatch.chdir(file.parent)
        assert codes(town.sign("INSP.IRBAN1", Path(file.name))) == [(IRBAN, "SIGN_UNLISTED")]

    def test_the_index_is_asked_for_the_file_behind_a_link(self, town: Town, tmp_path: Path) -> None:
        link = tmp_path / "tautan.pdf"
        link.symlink_to(town.pdf("INSP.IRBAN1"))
        write_index(town.out, replace(town.index, agreements=()))
        assert codes(town.sign("INSP.IRBAN1", link)) == [(IRBAN, "SIGN_UNLISTED")]

    def test_what_the_review_holds_back(self, town: Town) -> None:
        index = town.index
        held = tuple(replace(entry, held=True) if entry.id == IRBAN else entry for entry in index.agreements)
        write_index(town.out, replace(index, agreements=held))
        result = town.sign("INSP.IRBAN1")
        assert codes(result) == [(IRBAN, "SIGN_HELD")]
        assert result.exit_code == 7

    def test_a_foreign_pdf_in_the_folder_is_left_alone(self, town: Town) -> None:
        foreign = town.out / "inspektorat-daerah" / "catatan.pdf"
        foreign.write_bytes(town.pdf("INSP").read_bytes().replace(b"agreement.json", b"agreement.jsom"))
        result = town.sign("BKPSDM.PKP.ANALIS")
        assert (len(result.signed), result.refused) == (1, ())
        assert "SIGN_NOT_ISSUED" in [code for _, code in codes(town.sign("BKPSDM.PKP.ANALIS", foreign))]

    def test_a_file_that_cannot_be_read(self, town: Town) -> None:
        planned = plan(town.signer("INSP.IRBAN1"), Path("/proc/self/mem"), town.out)
        assert codes(planned) == [("mem", "SYSTEM")]
        assert [entry.content.id for entry in planned.candidates] == [IRBAN]

    def test_a_role_without_a_field(self, town: Town) -> None:
        planned = plan(town.signer("WALIKOTA"), town.pdf("WALIKOTA"), role=Role.SECOND)
        assert (planned.candidates, planned.waiting) == ((), ())


class TestSigning:
    """Signing what was planned."""

    def test_a_signature_is_appended_in_place(self, town: Town) -> None:
        before = town.pdf("INSP.IRBAN1").read_bytes()
        result = town.sign("INSP.IRBAN1")
        after = town.pdf("INSP.IRBAN1").read_bytes()
        assert after.startswith(before)
        assert read_form(after).signed == (Role.FIRST,)
        assert result.signed == (Signed(IRBAN, town.pdf("INSP.IRBAN1"), Role.FIRST, digest(after)),)
        assert result.exit_code == 0
        assert [waiting.id for waiting in result.waiting] == [AUDITOR]

    def test_nothing_else_is_written(self, town: Town) -> None:
        before = snapshot(town.out)
        batch = town.sign("INSP.IRBAN1").batch
        receipts = {f"tanda-terima/{batch}.{kind}" for kind in ("json", "pdf")}
        assert touched(before, town.out) == receipts | {town.pdf("INSP.IRBAN1").relative_to(town.out).as_posix()}

    def test_both_orders_are_possible(self, town: Town) -> None:
        town.sign("INSP.IRBAN1", town.pdf("INSP.IRBAN1.AUDITOR"), any_order=True)
        town.sign("INSP.IRBAN1.AUDITOR")
        form = read_form(town.pdf("INSP.IRBAN1.AUDITOR").read_bytes())
        assert form.signed == (Role.SECOND, Role.FIRST)

    def test_the_file_behind_a_link_is_signed(self, town: Town, tmp_path: Path) -> None:
        link = tmp_path / "tautan.pdf"
        link.symlink_to(town.pdf("INSP.IRBAN1"))
        town.sign("INSP.IRBAN1", link)
        assert link.is_symlink()
        assert read_form(town.pdf("INSP.IRBAN1").read_bytes()).signed == (Role.FIRST,)

    def test_each_run_has_its_name(self, town: Town) -> None:
        assert town.sign("INSP").batch != town.sign("INSP").batch

    def test_progress_counts_what_was_tried(self, town: Town) -> None:
        signer = town.signer("INSP.IRBAN1")
        seen: list[tuple[int, int]] = []
        planned = plan(signer, town.out, any_order=True)
        sign_plan(planned, Keyed(signer), at=lambda: AT, progress=lambda done, total: seen.append((done, total)))
        assert seen == [(1, 2), (2, 2)]

    @pytest.mark.parametrize("change", [lambda file: file.write_bytes(file.read_bytes() + b"\n"), Path.unlink])
    def test_a_file_that_somebody_changed_since_the_plan_is_theirs(
        self, town: Town, change: Callable[[Path], None]
    ) -> None:
        signer, file = town.signer("INSP.IRBAN1"), town.pdf("INSP.IRBAN1")
        planned = plan(signer, town.out)
        change(file)
        before = snapshot(town.out)
        result = carry_out(planned, signer)
        assert codes(result) == [(IRBAN, "FILE_CHANGED")]
        assert result.exit_code == 8
        assert {name for name in touched(before, town.out) if not name.startswith("tanda-terima/")} == set()

    def test_a_file_that_somebody_signs_in_the_last_moment_is_theirs(
        self, town: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = execution.put_signed

        def meanwhile(file: Path, before: bytes, after: bytes) -> None:
            file.write_bytes(b"theirs")
            real(file, before, after)

        monkeypatch.setattr(execution, "put_signed", meanwhile)
        assert codes(town.sign("INSP.IRBAN1")) == [(IRBAN, "FILE_CHANGED")]
        assert town.pdf("INSP.IRBAN1").read_bytes() == b"theirs"

    def test_a_full_disk_refuses_one_file_and_the_rest_goes_on(
        self, town: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = execution.replace_unchanged

        def full(path: Path, data: bytes, *, expected: str) -> None:
            if AUDITOR in path.name:
                raise OSError(errno.ENOSPC, "No space left on device", str(path))
            real(path, data, expected=expected)

        monkeypatch.setattr(execution, "replace_unchanged", full)
        result = town.sign("INSP.IRBAN1", any_order=True)
        assert [signed.id for signed in result.signed] == [IRBAN]
        assert codes(result) == [(AUDITOR, "SYSTEM")]
        assert result.exit_code == 1


def refused(error: PkdocsError) -> Refused:
    return Refused(IRBAN, error)


WRONG_PERSON = SigningError("SIGN_WRONG_PERSON", id="x", role="x", name="x")
ALREADY = SigningError("SIGN_ALREADY", id="x", role="x")
CHANGED = ConflictError("FILE_CHANGED", file="x")
EXPIRED = CredentialError("SIGNER_EXPIRED", ends="x")


@pytest.mark.parametrize(
    ("signed", "errors", "exit_code"),
    [
        (1, [], 0),
        (0, [], 0),
        (1, [ALREADY], 1),
        (1, [CHANGED], 1),
        (0, [WRONG_PERSON], 6),
        (0, [EXPIRED], 6),
        (0, [ALREADY], 7),
        (0, [CHANGED], 8),
        (0, [ALREADY, CHANGED], 8),
        (0, [WRONG_PERSON, ALREADY], 7),
        (0, [WRONG_PERSON, WRONG_PERSON], 6),
    ],
)
def test_the_exit_code_says_what_became_of_the_plan(signed: int, errors: list[PkdocsError], exit_code: int) -> None:
    done = (Signed(IRBAN, Path("x.pdf"), Role.FIRST, ""),) * signed
    assert SigningResult("", done, (), tuple(map(refused, errors))).exit_code == exit_code


class TestPerson:
    """Whose key it is."""

    def test_the_number_and_the_pseudonym_are_the_persons(self, town: Town) -> None:
        signer = town.signer("INSP")
        demand_person(Keyed(signer), number_of("INSP"), {})
        demand_person(Keyed(signer), signer.person, {})

    @pytest.mark.parametrize("wanted", [number_of("BKPSDM"), "A" * 16, ""])
    def test_another_name_is_refused_and_not_repeated(self, town: Town, wanted: str) -> None:
        with pytest.raises(CredentialError, match="SIGNER_IS_ANOTHER") as stop:
            demand_person(Keyed(town.signer("INSP")), wanted, {})
        assert stop.value.params == {}


def test_a_copy_in_an_archive_below_is_not_signed(town: Town) -> None:
    archive = town.pdf("INSP.IRBAN1").parent / "arsip" / "lama"
    archive.mkdir(parents=True)
    shutil.copy(town.pdf("INSP.IRBAN1"), archive)
    copied = (archive / town.pdf("INSP.IRBAN1").name).read_bytes()
    result = town.sign("INSP.IRBAN1")
    assert [refused.error.code for refused in result.refused] == ["SIGN_UNLISTED"]
    assert (archive / town.pdf("INSP.IRBAN1").name).read_bytes() == copied
