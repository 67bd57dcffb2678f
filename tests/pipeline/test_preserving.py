"""A ceremony sealed and renewed on disk, and judged with its records."""

import errno
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from pkdocs.decision import Kind
from pkdocs.errors import ConflictError, ServiceError, SigningError, UsageError
from pkdocs.files import digest, replace_unchanged
from pkdocs.pipeline import attesting, ceremonial, preserving
from pkdocs.pipeline.attesting import Task, lost, read_task
from pkdocs.pipeline.audit import Means, verify
from pkdocs.pipeline.augmenting import augment_paths
from pkdocs.pipeline.deciding import decide
from pkdocs.pipeline.pending import FILE_NAME, read_pending
from pkdocs.pipeline.preserving import Believed, Preservation, reseal, seal
from pkdocs.pipeline.rechecking import check_report
from pkdocs.pipeline.reporting import write_report
from pkdocs.pipeline.sources import Source
from pkdocs.pki import open_services
from pkdocs.pki.folder import refresh
from pkdocs.pki.timestamping import TimestampAuthority
from pkdocs.report import overall
from pkdocs.signing.gathering import Gatherer
from pkdocs.signing.level import Level
from pkdocs.trust import read_trust, render_trust
from pkdocs.verification import Result, Weight
from pkdocs.verification.basis import Basis, Use
from tests.city import AT, KEYS, Town, ignore, signed, snapshot, touched
from tests.preservation import rfc4998
from tests.signed import training_trust
from tests.signing.stamping import MemoryService, timestamper
from tests.stamping import authority as short_lived

DAYS = timedelta(days=1)
SEALED = AT + timedelta(minutes=5)
NEXT = AT + 400 * DAYS
LATER = AT + DAYS
USUAL = {"INDICATOR_NOT_CARRIED", "COMPLETED_LATE"}
"""Warnings that the sample brings: its pages are dated in January, and it is signed when the tests run."""


@cache
def kept(base: Path) -> Town:
    town = signed(base).copy(base / "beregister")
    town.build_register()
    town.sign_register()
    return town


@pytest.fixture
def kept_town(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """The city signed by everybody, with a register that both registrars have signed."""
    return kept(tmp_path_factory.getbasetemp()).copy(tmp_path)


def authority(town: Town, at: datetime = SEALED) -> MemoryService:
    return MemoryService(authority=open_services(town.pki, AT).timestamps, at=at)


def sealed(town: Town, service: MemoryService | None = None) -> Preservation:
    return seal(town.head, timestamper(service or authority(town)), progress=ignore)


def renewed(
    town: Town, at: datetime = NEXT, hashing: str | None = None, service: MemoryService | None = None
) -> Preservation:
    asking = timestamper(service or authority(town, at))
    return reseal(town.head, asking, at=at, progress=ignore, hashing=hashing)


def records(town: Town) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(town.out.rglob("*.ers"))}


def ids(town: Town) -> set[str]:
    return {entry.id for entry in town.index.agreements}


def refused(done: Preservation) -> dict[str, str]:
    return {one.id: one.error.code for one in done.refused}


def record_of(town: Town, key: str) -> Path:
    pdf = town.pdf(key)
    return pdf.with_name(pdf.name + ".ers")


def found(town: Town, key: str) -> list[tuple[str, bytes, bytes]]:
    """Return what another reader finds in the record of an agreement."""
    return rfc4998.verify(record_of(town, key).read_bytes(), town.pdf(key).read_bytes())


def judged(town: Town, trust: Path | None = None, at: datetime = LATER, named: Iterable[Path] = ()) -> object:
    means = Means(register=town.head, records=tuple(named))
    return verify([town.out], trust or town.trust, at=at, means=means, progress=ignore)


def codes(verdict, weight: Weight = Weight.WARNING) -> set[str]:
    own = (one for agreement in verdict.agreements for one in agreement.findings)
    return {one.code for one in (*own, *verdict.findings) if one.weight is weight}


def test_one_timestamp_seals_agreements_list_and_head(kept_town: Town) -> None:
    before, service = snapshot(kept_town.out), authority(kept_town)
    done = sealed(kept_town, service)
    assert (len(service.asked), done.tokens, done.exit_code) == (1, 1, 0)
    assert set(done.made) == ids(kept_town) | {"register-1.pdf", "register-1.jsonl"}
    assert touched(before, kept_town.out) == {
        *(record_of(kept_town, key).relative_to(kept_town.out).as_posix() for key in KEYS),
        "register-1.pdf.ers",
        "register-1.jsonl.ers",
    }
    roots = {found(kept_town, key)[0] for key in KEYS}
    for name, file in (
        ("register-1.pdf.ers", kept_town.head),
        ("register-1.jsonl.ers", kept_town.out / "register.jsonl"),
    ):
        roots.add(rfc4998.verify((kept_town.out / name).read_bytes(), file.read_bytes())[0])
    assert len(roots) == 1


def test_what_is_sealed_stays_as_it_is(kept_town: Town) -> None:
    sealed(kept_town)
    before, service = snapshot(kept_town.out), authority(kept_town)
    done = sealed(kept_town, service)
    assert (done.made, len(done.kept), service.asked, done.exit_code) == ([], len(KEYS) + 2, [], 0)
    assert touched(before, kept_town.out) == set()


def test_a_record_that_was_lost_is_made_again(kept_town: Town) -> None:
    sealed(kept_town)
    record_of(kept_town, "INSP").unlink()
    done = sealed(kept_town)
    assert (len(done.made), done.tokens, done.exit_code) == (1, 1, 0)


@pytest.mark.parametrize("hashing", [None, "sha512"])
def test_one_more_timestamp_renews_them_all(kept_town: Town, hashing: str | None) -> None:
    sealed(kept_town)
    service = authority(kept_town, NEXT)
    done = renewed(kept_town, hashing=hashing, service=service)
    assert (len(done.made), len(service.asked), done.tokens, done.exit_code) == (len(KEYS) + 2, 1, 1, 0)
    for key in KEYS:
        assert [algorithm for algorithm, _, _ in found(kept_town, key)] == ["sha256", hashing or "sha256"]
    again = renewed(kept_town, NEXT + timedelta(hours=1), hashing)
    assert (again.made, again.tokens, len(again.kept)) == ([], 0, len(KEYS) + 2)


def test_after_years_of_renewals_another_reader_still_finds_all(kept_town: Town) -> None:
    sealed(kept_town)
    for years, hashing in enumerate((None, "sha384", None, "sha512"), 1):
        assert renewed(kept_town, AT + years * 300 * DAYS, hashing).exit_code == 0
    assert [algorithm for algorithm, _, _ in found(kept_town, "INSP")] == [
        "sha256",
        "sha256",
        "sha384",
        "sha384",
        "sha512",
    ]


def test_a_last_timestamp_that_had_lapsed_is_said(kept_town: Town) -> None:
    services = open_services(kept_town.pki, AT)
    short = short_lived(issuer=services.issuing, begins=AT - DAYS, ends=AT + DAYS)
    asking = timestamper(MemoryService(authority=TimestampAuthority(short, ()), at=SEALED))
    seal(kept_town.head, asking, progress=ignore)
    done = renewed(kept_town)
    assert len(done.lapsed) == len(done.made) == len(KEYS) + 2


class TestRefused:
    """Files without a place among what is complete are named, and the others sealed."""

    def test_what_is_not_complete(self, town: Town) -> None:
        town.sign("INSP.IRBAN1.AUDITOR")
        town.build_register()
        town.sign_register()
        done = sealed(town)
        assert (set(refused(done).values()), set(refused(done)), done.exit_code) == (
            {"PRESERVE_NOT_COMPLETE"},
            ids(town),
            1,
        )
        assert set(done.made) == {"register-1.pdf", "register-1.jsonl"}
        said = next(one for one in done.refused if "AUDITOR" in one.id).error
        assert "AUDITOR" in said.message("en")

    def test_what_was_withdrawn_is_no_matter(self, town: Town) -> None:
        gone = town.pdf("INSP.IRBAN1.AUDITOR").stem
        decide(town.out, gone, Kind.WITHDRAWN, "Pindah tugas.", at=AT)
        town.build_register()
        town.sign_register()
        assert set(refused(sealed(town))) == ids(town) - {gone}

    def test_a_changed_file_an_absent_one_and_one_that_is_not_listed(self, kept_town: Town) -> None:
        changed, absent = kept_town.pdf("INSP"), kept_town.pdf("BKPSDM")
        changed.write_bytes(changed.read_bytes()[:-10] + b"0123456789")
        absent.unlink()
        renamed = kept_town.pdf("WALIKOTA").rename(kept_town.out / "walikota.pdf")
        done = sealed(kept_town)
        codes_ = sorted((one.id, one.error.code) for one in done.refused)
        mayor = kept_town.pdf("WALIKOTA").stem
        expected = [(changed.stem, "PRESERVE_CHANGED"), (absent.stem, "PRESERVE_NO_FILE"), (mayor, "PRESERVE_NO_FILE")]
        expected.append((renamed.stem, "PRESERVE_NOT_LISTED"))
        assert (codes_, done.exit_code) == (sorted(expected), 1)

    def test_a_head_that_is_not_signed_yet(self, signed_town: Town) -> None:
        signed_town.build_register()
        with pytest.raises(ConflictError, match="HEAD_AWAITS"):
            sealed(signed_town)

    def test_something_else_in_a_record_s_place_is_not_overwritten(self, kept_town: Town) -> None:
        place = record_of(kept_town, "INSP")
        place.write_bytes(b"catatan lain")
        done = sealed(kept_town)
        assert refused(done) == {kept_town.pdf("INSP").stem: "PRESERVE_RECORD_WRONG"}
        assert place.read_bytes() == b"catatan lain"

    def test_a_record_of_another_file_is_neither_kept_nor_renewed(self, kept_town: Town) -> None:
        sealed(kept_town)
        shutil.copy(record_of(kept_town, "BKPSDM"), record_of(kept_town, "INSP"))
        for done in (sealed(kept_town), renewed(kept_town)):
            assert refused(done) == {kept_town.pdf("INSP").stem: "PRESERVE_RECORD_WRONG"}

    def test_what_was_never_sealed_cannot_be_renewed(self, kept_town: Town) -> None:
        done = renewed(kept_town)
        assert set(refused(done).values()) == {"PRESERVE_NO_RECORD"}
        assert (done.exit_code, done.tokens) == (SigningError.exit_code, 0)

    def test_nothing_but_conflicts_ends_with_8(self) -> None:
        done = Preservation()
        done.refused.append(preserving.Refused("x", ConflictError("PRESERVE_CHANGED", id="x")))
        assert done.exit_code == 8

    def test_a_file_that_cannot_be_read_is_named(self, kept_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        place = kept_town.pdf("INSP")

        def read(path: Path) -> bytes:
            if path == place:
                raise OSError(errno.EIO, "rusak", str(path))
            return path.read_bytes()

        monkeypatch.setattr(ceremonial, "read_regular", read)
        assert refused(sealed(kept_town)) == {place.stem: "SYSTEM"}

    def test_without_an_answer_nothing_is_written(self, kept_town: Town) -> None:
        class Silent(MemoryService):
            def send(self, _method: str, **_more: object) -> object:
                raise ServiceError("SERVICE_UNREACHABLE", host=self.host)

        before = snapshot(kept_town.out)
        with pytest.raises(ServiceError):
            sealed(kept_town, Silent())
        assert touched(before, kept_town.out) == set()


class TestInterrupted:
    """A run that is killed is finished by the next one, with the timestamp that it had."""

    def killed(self, after: int, monkeypatch: pytest.MonkeyPatch, run: Callable[[], object]) -> None:
        written: list[Path] = []

        def write(path: Path, data: bytes, *, expected: str) -> None:
            if len(written) == after:
                raise KeyboardInterrupt
            written.append(path)
            replace_unchanged(path, data, expected=expected)

        with monkeypatch.context() as patch:
            patch.setattr(preserving, "replace_unchanged", write)
            with pytest.raises(KeyboardInterrupt):
                run()

    def test_sealing_goes_on(self, kept_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        self.killed(4, monkeypatch, lambda: sealed(kept_town))
        assert len(records(kept_town)) == 4
        assert (kept_town.out / FILE_NAME).exists()
        done = sealed(kept_town)
        assert (done.tokens, len(done.kept), len(done.made)) == (0, 4, len(KEYS) - 2)
        assert not (kept_town.out / FILE_NAME).exists()
        assert {
            rfc4998.verify(record_of(kept_town, key).read_bytes(), kept_town.pdf(key).read_bytes())[0] for key in KEYS
        }

    def test_a_timestamp_that_was_left_is_used_only_if_its_authority_is_believed(
        self, kept_town: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.killed(4, monkeypatch, lambda: sealed(kept_town))
        here = read_trust(kept_town.trust.read_bytes())
        for trust, tokens in ((training_trust(), None), (here, 0)):
            believed = Believed(timestamper(authority(kept_town)), trust, SEALED + timedelta(minutes=1))
            if tokens is None:
                with pytest.raises(SigningError) as stop:
                    seal(kept_town.head, believed, progress=ignore)
                assert (stop.value.code, len(records(kept_town))) == ("PRESERVE_NOT_BELIEVED", 4)
            else:
                assert seal(kept_town.head, believed, progress=ignore).tokens == tokens

    @pytest.mark.parametrize("hashing", [None, "sha512"])
    def test_renewing_goes_on(self, kept_town: Town, monkeypatch: pytest.MonkeyPatch, hashing: str | None) -> None:
        sealed(kept_town)
        self.killed(4, monkeypatch, lambda: renewed(kept_town, hashing=hashing))
        done = renewed(kept_town, NEXT + timedelta(minutes=9), hashing)
        assert (done.tokens, len(done.kept), len(done.made)) == (0, 4, len(KEYS) - 2)
        for key in KEYS:
            assert len(found(kept_town, key)) == 2

    @pytest.mark.parametrize(
        "left",
        [
            b"",
            b"{}",
            b'{"schema":"pkdocs-sealing/2"}',
            b'{"schema":"pkdocs-sealing/1","hashing":"md5","leaves":["00"],"token":""}',
            b'{"schema":"pkdocs-sealing/1","hashing":"sha256","leaves":["zz"],"token":""}',
            b'{"schema":"pkdocs-sealing/1","hashing":"sha256","leaves":["00"],"token":"?"}',
            b'{"schema":"pkdocs-sealing/1","hashing":"sha256","leaves":["00"],"token":"MAA="}',
        ],
        ids=["empty", "no schema", "newer", "algorithm", "leaf", "base64", "token"],
    )
    def test_what_is_no_remnant_is_not_used(self, tmp_path: Path, left: bytes) -> None:
        (tmp_path / FILE_NAME).write_bytes(left)
        assert read_pending(tmp_path) is None

    def test_a_full_disk_is_named_and_the_timestamp_kept(
        self, kept_town: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(path: Path, _data: bytes, *, expected: str) -> None:
            raise OSError(errno.ENOSPC, "penuh", str(path))

        with monkeypatch.context() as patch:
            patch.setattr(preserving, "replace_unchanged", full)
            assert set(refused(sealed(kept_town)).values()) == {"SYSTEM"}
        assert sealed(kept_town).tokens == 0

    def test_a_record_that_somebody_else_wrote_meanwhile_stands(
        self, kept_town: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def taken(path: Path, data: bytes, *, expected: str) -> None:
            path.write_bytes(b"orang lain")
            replace_unchanged(path, data, expected=expected)

        monkeypatch.setattr(preserving, "replace_unchanged", taken)
        assert set(refused(sealed(kept_town)).values()) == {"FILE_CHANGED"}


def test_the_next_ceremony_seals_what_is_new_and_renewal_covers_both(kept_town: Town) -> None:
    sealed(kept_town)
    kept_town.build_register(closed=True)
    kept_town.sign_register()
    service = authority(kept_town, SEALED + DAYS)
    done = sealed(kept_town, service)
    assert set(done.made) == {"register-2.pdf", "register-2.jsonl"}
    everything = renewed(kept_town)
    assert (len(everything.made), everything.tokens, everything.refused) == (len(KEYS) + 4, 1, [])
    for version, name in ((1, "register-1.pdf"), (2, "register.pdf")):
        record = (kept_town.out / f"register-{version}.pdf.ers").read_bytes()
        assert len(rfc4998.verify(record, (kept_town.out / name).read_bytes())) == 2


class TestJudging:
    """``verify`` reads what lies beside the files, or is named."""

    def test_a_sealed_ceremony_says_when_it_was_there(self, kept_town: Town) -> None:
        sealed(kept_town)
        verdict = judged(kept_town)
        assert overall(verdict) is Result.PASSED
        notes = [one for agreement in verdict.agreements for one in agreement.findings if one.code == "PROVEN_TIME"]
        assert {"catatan bukti" in note.message() for note in notes} == {True}
        assert len(notes) == 2 * len(KEYS) - 1

    def test_it_passes_when_all_certificates_of_people_have_ended(self, kept_town: Town, tmp_path: Path) -> None:
        far = AT + 800 * DAYS
        trust = self.trust(kept_town, tmp_path, NEXT, far - DAYS)
        assert overall(judged(kept_town, trust, far)) is Result.INDETERMINATE
        sealed(kept_town)
        renewed(kept_town)
        verdict = judged(kept_town, trust, far)
        # the register wants a newer head by then, and that is all
        assert {one.result for one in verdict.agreements} == {Result.PASSED}
        assert codes(verdict, Weight.UNKNOWN) == {"REGISTER_STALE"}
        assert verdict.register is not None

    def trust(self, town: Town, tmp_path: Path, *times: datetime) -> Path:
        """Return a trust file with lists of now and of ``times``."""
        trust = read_trust(town.trust.read_bytes())
        pki = shutil.copytree(town.pki, tmp_path / "pki")
        crls = list(trust.crls)
        for at in times:
            refresh(pki, at)
            crls += read_trust((pki / "trust.toml").read_bytes()).crls
        file = tmp_path / "trust.toml"
        file.write_bytes(render_trust(replace(trust, crls=tuple(crls))))
        return file

    def test_a_swapped_record_is_a_warning_and_changes_nothing(self, kept_town: Town) -> None:
        sealed(kept_town)
        shutil.copy(record_of(kept_town, "BKPSDM"), record_of(kept_town, "INSP"))
        verdict = judged(kept_town)
        assert overall(verdict) is Result.PASSED
        assert codes(verdict) - USUAL == {"RECORD_OTHER"}

    @pytest.mark.parametrize(
        ("data", "code"),
        [(b"bukan", "RECORD_MALFORMED"), (b"\x30" * 1_100_000, "RECORD_UNREADABLE")],
        ids=["no record", "too large"],
    )
    def test_what_is_no_record_is_a_warning(self, kept_town: Town, data: bytes, code: str) -> None:
        record_of(kept_town, "INSP").write_bytes(data)
        (kept_town.out / "register-1.pdf.ers").write_bytes(data)
        verdict = judged(kept_town)
        assert (overall(verdict), codes(verdict) - USUAL) == (Result.PASSED, {code})
        assert code in {one.code for one in verdict.findings}

    def test_records_may_be_named(self, kept_town: Town, tmp_path: Path) -> None:
        sealed(kept_town)
        apart = tmp_path / "bukti"
        apart.mkdir()
        for file in kept_town.out.rglob("*.ers"):
            shutil.move(file, apart / file.name)
        alone = judged(kept_town)
        assert codes(alone, Weight.NOTE) & {"PROVEN_TIME"} == set()
        verdict = judged(kept_town, named=[apart])
        assert "PROVEN_TIME" in codes(verdict, Weight.NOTE)
        one = apart / f"{kept_town.pdf('INSP').name}.ers"
        assert "PROVEN_TIME" in codes(judged(kept_town, named=[one, apart / "register-1.pdf.ers"]), Weight.NOTE)

    def test_one_that_is_of_none_of_the_files_is_a_wrong_call(self, kept_town: Town, tmp_path: Path) -> None:
        stray = tmp_path / "lain.pdf.ers"
        stray.write_bytes(b"")
        with pytest.raises(UsageError, match="RECORD_OF_NO_FILE"):
            judged(kept_town, named=[stray])

    def test_a_file_that_was_augmented_since_is_proven_as_it_was_sealed(self, kept_town: Town) -> None:
        sealed(kept_town)
        gatherer = Gatherer(read_trust(kept_town.trust.read_bytes()))
        asking = timestamper(authority(kept_town, SEALED + timedelta(hours=1)))
        pdf = kept_town.pdf("INSP")
        raised = augment_paths([pdf], Level.T, gatherer, asking, at=SEALED, progress=ignore)
        assert [one.changed for one in raised.raised] == [True]
        done = sealed(kept_town)
        assert (done.made, done.refused) == ([], [])
        assert len(renewed(kept_town, hashing="sha512").made) == len(KEYS) + 2
        verdict = judged(kept_town)
        assert overall(verdict) is Result.PASSED
        assert codes(verdict) <= USUAL

    def test_a_process_that_dies_leaves_a_warning(self) -> None:
        read = lost(Task(Source.of(Path("a.pdf")), (), (Source.of(Path("a.pdf.ers")),)))
        assert (read.attested, read.used) == ((), (Basis(Use.RECORD, "a.pdf.ers", ""),))
        assert [one.code for one in read.findings] == ["RECORD_UNREADABLE"]

    def test_whatever_a_library_raises_is_a_warning(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def raises(*_: object) -> None:
            raise RuntimeError

        monkeypatch.setattr(attesting, "read_record", raises)
        for name in ("a.pdf", "a.pdf.ers"):
            (tmp_path / name).write_bytes(b"x")
        read = read_task(Task(Source.of(tmp_path / "a.pdf"), (), (Source.of(tmp_path / "a.pdf.ers"),)))
        assert ["RuntimeError" in one.message() for one in read.findings] == [True]

    def test_records_of_an_absent_file_are_a_warning(self, tmp_path: Path) -> None:
        record = tmp_path / "a.pdf.ers"
        record.write_bytes(b"x")
        read = read_task(Task(Source.of(tmp_path / "a.pdf"), (), (Source.of(record),)))
        assert (read.attested, [one.code for one in read.findings]) == ((), ["RECORD_UNREADABLE"])
        assert read.used == (Basis(Use.RECORD, str(record), digest(b"x")),)

    def test_a_record_that_cannot_be_read_is_a_warning(self, tmp_path: Path) -> None:
        read = read_task(Task(Source.of(tmp_path / "a.pdf"), (), (Source.of(tmp_path / "a.pdf.ers"),)))
        assert [one.code for one in read.findings] == ["RECORD_UNREADABLE"]
        assert read.used == (Basis(Use.RECORD, str(tmp_path / "a.pdf.ers"), ""),)

    def test_the_records_that_were_read_are_among_what_was_judged_by(self, kept_town: Town) -> None:
        sealed(kept_town)
        used = {(one.file, one.sha256) for one in judged(kept_town).sources if one.use is Use.RECORD}
        # one of each agreement, and that of the head
        records = [record for record in kept_town.out.rglob("*.ers") if not record.name.endswith(".jsonl.ers")]
        assert used == {(str(record), digest(record.read_bytes())) for record in records}

    def test_a_report_of_sealed_files_is_theirs_in_another_folder_too(self, kept_town: Town, tmp_path: Path) -> None:
        sealed(kept_town)
        report = tmp_path / "laporan.json"
        write_report(judged(kept_town), report, "id")
        # the same files in the other order of names
        for place, file in enumerate(sorted(kept_town.out.rglob("PK-*.pdf"), reverse=True)):
            apart = kept_town.out / f"{place:02}"
            apart.mkdir()
            for one in (file, file.with_name(f"{file.name}.ers")):
                one.rename(apart / one.name)
        means = Means(register=kept_town.head)
        found = check_report(report, [kept_town.out], kept_town.trust, at=LATER, means=means, progress=ignore)
        assert [one.code for one in found.findings] == ["REPORT_UNSIGNED"]
