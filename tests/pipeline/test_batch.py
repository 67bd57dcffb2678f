"""A batch that can be trusted: noted before it is done, continued after a kill, never signed twice, and receipted."""

import json
import os
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pkdocs.errors import ConflictError, CredentialError, PkdocsError, SigningError, UnknownOutcomeError
from pkdocs.files import digest
from pkdocs.issue import BEGINNING_BYTES, Companion, companion_kind
from pkdocs.outcome import Outcome
from pkdocs.pipeline.augmenting import Raised, Raising, Unraised
from pkdocs.pipeline.ceremony import (
    OpenOutcome,
    Resolution,
    SigningResult,
    Wishes,
    exchange,
    export_waiting,
    import_signed,
    plan_for,
    plan_signing,
    planning,
    resolve,
    sign_plan,
)
from pkdocs.pipeline.ceremony.journal import Event, journal_name, open_journal, read_journal
from pkdocs.receipt import Fate, Planned, Receipt, plan_digest
from pkdocs.schema import from_json, parse_json
from pkdocs.signing import Holder, Keyed, Level, Signatory, Task, read_form
from pkdocs.verification.inspection import Level as Reached
from tests.city import AT, Town, ignore

IRBAN, AUDITOR = "PK-2026-INSP.IRBAN1-1", "PK-2026-INSP.IRBAN1.AUDITOR-1"
IRBAN_KEY = "INSP.IRBAN1"
BOTH = Wishes(any_order=True)


class Killed(BaseException):
    """The process ends here: nothing after it happens."""


@dataclass
class Remote:
    """A service with a key: ``answers`` says by id what becomes of a document, unless it is signed."""

    keyed: Keyed
    answers: dict[str, PkdocsError | type[BaseException] | None] = field(default_factory=dict)
    batch: int = 10
    is_remote: bool = True
    origin: str = "layanan uji (example.invalid)"
    asked: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> object:
        return getattr(self.keyed, name)

    def sign(self, tasks: Sequence[Task]) -> Iterator[Outcome[Task, bytes]]:
        for task in tasks:
            self.asked.append(task.id)
            answer = self.answers.get(task.id)
            if isinstance(answer, PkdocsError):
                yield Outcome(task, error=answer)
            elif answer is not None:
                raise answer
            else:
                yield from self.keyed.sign([task])


def remote(town: Town, answers: dict[str, PkdocsError | type[BaseException] | None], **more: int | bool) -> Remote:
    return Remote(Keyed(town.signer(IRBAN_KEY)), answers, **more)  # type: ignore[arg-type]  # fields by name


def sign(town: Town, holder: object, receipts: Path | None = None) -> SigningResult:
    given: Holder = holder  # type: ignore[assignment]  # a Remote has the rest by __getattr__
    plan = plan_signing([town.out], given, BOTH, at=AT)
    return sign_plan(plan, given, at=lambda: AT, progress=ignore, receipts=receipts)


def read_receipt(result: SigningResult) -> Receipt:
    assert result.receipt is not None
    read = from_json(Receipt, parse_json(result.receipt.json.read_bytes()), schema="pkdocs-receipt/1")
    assert read == result.receipt.receipt
    return read


def person(town: Town) -> str:
    return town.signer(IRBAN_KEY).person


def journal(town: Town) -> Path:
    return town.out / journal_name(person(town))


def settle(town: Town, is_unsigned: Callable[[OpenOutcome], bool] = lambda _: False, **more: object) -> Resolution:
    how = {"fetch": None, "wishes": Wishes(), "at": AT} | more
    return resolve([town.out], person(town), is_unsigned=is_unsigned, **how)  # type: ignore[arg-type]  # by name


def signatures(town: Town, key: str) -> int:
    form = read_form(town.pdf(key).read_bytes())
    return sum(one.person == person(town) for one in form.signatures)


class TestReceipt:
    """What somebody takes home."""

    def test_it_says_what_was_signed_by_whom_and_with_what(self, town: Town) -> None:
        before = {key: digest(town.pdf(key).read_bytes()) for key in (IRBAN_KEY, f"{IRBAN_KEY}.AUDITOR")}
        result = sign(town, Keyed(town.signer(IRBAN_KEY)))
        receipt = read_receipt(result)
        assert (receipt.batch, receipt.person, receipt.origin) == (result.batch, person(town), "PKCS#12")
        assert receipt.certificate.sha256 == digest(town.signer(IRBAN_KEY).certificate)
        assert {(one.id, one.before, one.outcome) for one in receipt.documents} == {
            (IRBAN, before[IRBAN_KEY], Fate.SIGNED),
            (AUDITOR, before[f"{IRBAN_KEY}.AUDITOR"], Fate.SIGNED),
        }
        assert {one.after for one in receipt.documents} == {one.digest for one in result.signed}

    def test_the_digest_of_the_plan_can_be_computed_from_it(self, town: Town) -> None:
        holder = Keyed(town.signer(IRBAN_KEY))
        planned = plan_signing([town.out], holder, BOTH, at=AT)
        receipt = read_receipt(sign(town, holder))
        documents = [Planned(one.id, one.role, one.content, one.before) for one in receipt.documents]
        assert receipt.plan == planned.digest == plan_digest(reversed(documents))

    def test_its_pdf_says_that_it_is_no_agreement(self, town: Town) -> None:
        result = sign(town, Keyed(town.signer(IRBAN_KEY)))
        assert result.receipt is not None
        assert companion_kind(result.receipt.pdf.read_bytes()[:BEGINNING_BYTES]) is Companion.RECEIPT

    def test_it_lies_where_it_is_wished(self, town: Town, tmp_path: Path) -> None:
        result = sign(town, Keyed(town.signer(IRBAN_KEY)), tmp_path / "bukti")
        assert {file.name for file in (tmp_path / "bukti").iterdir()} == {f"{result.batch}.json", f"{result.batch}.pdf"}

    def test_no_journal_stays_and_nothing_to_sign_leaves_nothing(self, town: Town) -> None:
        sign(town, Keyed(town.signer(IRBAN_KEY)))
        assert not journal(town).exists()
        again = sign(town, Keyed(town.signer(IRBAN_KEY)))
        assert (again.receipt, again.exit_code, journal(town).exists()) == (None, 0, False)


class TestKilled:
    """A run that ends anywhere is continued by the same command."""

    @pytest.mark.parametrize("kills", [1, 2])
    def test_what_was_signed_stays_and_one_receipt_covers_all(
        self, town: Town, monkeypatch: pytest.MonkeyPatch, kills: int
    ) -> None:
        real, left = Keyed.sign, [kills - 1]

        def dying(self: Keyed, tasks: Sequence[Task]) -> Iterator[Outcome[Task, bytes]]:
            if not left[0]:
                raise Killed
            left[0] -= 1
            return real(self, tasks)

        monkeypatch.setattr(Keyed, "sign", dying)
        with pytest.raises(Killed):
            sign(town, Keyed(town.signer(IRBAN_KEY)))
        monkeypatch.setattr(Keyed, "sign", real)
        begun = read_journal(town.out, person(town))[0].batch
        result = sign(town, Keyed(town.signer(IRBAN_KEY)))
        assert result.batch == begun
        assert {(one.id, one.outcome) for one in read_receipt(result).documents} == {
            (IRBAN, Fate.SIGNED),
            (AUDITOR, Fate.SIGNED),
        }
        assert [signatures(town, key) for key in (IRBAN_KEY, f"{IRBAN_KEY}.AUDITOR")] == [1, 1]

    def test_what_a_killed_run_left_half_written_is_cleared_away(self, town: Town) -> None:
        left = [town.out / ".pkdocs-a.tmp", town.pdf(IRBAN_KEY).parent / ".pkdocs-b.tmp"]
        for file in left:
            file.write_bytes(b"%PDF")
        sign(town, Keyed(town.signer(IRBAN_KEY)))
        assert not any(file.exists() for file in left)

    def test_a_line_that_was_cut_off_is_taken_away(self, town: Town) -> None:
        sign(town, remote(town, {IRBAN: UnknownOutcomeError("SIGN_INTERRUPTED")}))
        with journal(town).open("ab") as file:
            file.write(b'{"schema": "pkdocs-ba')
        with open_journal(town.out, person(town)) as held:
            assert Event.UNKNOWN in {line.event for line in held.lines}
        assert journal(town).read_bytes().endswith(b"}\n")

    def test_a_damaged_journal_stops_all(self, town: Town) -> None:
        journal(town).write_bytes(b"{}\n")
        with pytest.raises(ConflictError, match="BATCH_JOURNAL_DAMAGED"):
            sign(town, Keyed(town.signer(IRBAN_KEY)))

    def test_a_journal_of_a_newer_pkdocs_is_not_read(self, town: Town) -> None:
        journal(town).write_bytes(b'{"schema": "pkdocs-batch/2"}\n')
        with pytest.raises(ConflictError, match="SCHEMA_NEWER"):
            sign(town, Keyed(town.signer(IRBAN_KEY)))

    def test_two_runs_of_one_person_do_not_mix(self, town: Town) -> None:
        with open_journal(town.out, person(town)), pytest.raises(ConflictError, match="BATCH_RUNNING"):
            sign(town, Keyed(town.signer(IRBAN_KEY)))
        assert signatures(town, IRBAN_KEY) == 0

    def test_the_journal_is_for_its_owner_alone(self, town: Town) -> None:
        sign(town, remote(town, {IRBAN: UnknownOutcomeError("SIGN_INTERRUPTED")}))
        assert journal(town).stat().st_mode & 0o777 == 0o600


class Raiser:
    """Brings files up by one byte more, but those in ``lacking``; ``asked`` is what it was given."""

    def __init__(self, lacking: Sequence[Path] = (), *, killed: bool = False) -> None:
        self.asked: list[Path] = []
        self._lacking = {file.resolve() for file in lacking}
        self._killed = killed

    def __call__(self, files: Sequence[Path]) -> Raising:
        self.asked = list(files)
        if self._killed:
            raise Killed
        raised = [
            Raised(file.stem, file, Reached.LTA, own_timestamps=True, archived=AT, digest="a" * 64, changed=True)
            for file in files
            if file not in self._lacking
        ]
        fault = SigningError("AUGMENT_NOT_REACHED", id="", level="B-T")
        return Raising(
            tuple(raised), tuple(Unraised(file.stem, file, fault) for file in files if file in self._lacking)
        )


def sign_up(town: Town, raiser: Raiser) -> SigningResult:
    holder = Keyed(town.signer(IRBAN_KEY))
    plan = plan_signing([town.out], holder, BOTH, at=AT)
    return sign_plan(plan, holder, at=lambda: AT, progress=ignore, level=Level.LTA, raising=raiser)


class TestRaised:
    """Signed files are brought up to the level of the batch, all of them."""

    def test_the_receipt_has_the_files_as_they_are_now(self, town: Town) -> None:
        result = sign_up(town, Raiser())
        assert (
            {one.after for one in read_receipt(result).documents} == {one.digest for one in result.signed} == {"a" * 64}
        )

    def test_what_an_interrupted_run_signed_is_brought_up_by_the_next(self, town: Town) -> None:
        with pytest.raises(Killed):
            sign_up(town, Raiser(killed=True))
        raiser = Raiser()
        result = sign_up(town, raiser)
        assert {file.stem for file in raiser.asked} == {IRBAN, AUDITOR}
        assert (result.signed, result.exit_code, journal(town).exists()) == ((), 0, False)
        assert {one.after for one in read_receipt(result).documents} == {"a" * 64}

    def test_what_cannot_be_brought_up_is_signed_and_said_to_lack_its_level(self, town: Town) -> None:
        result = sign_up(town, Raiser([town.pdf(IRBAN_KEY)]))
        assert [one.error.code for one in result.refused] == ["SIGN_LEVEL_LATER"]
        told = {one.id: (one.outcome, one.code) for one in read_receipt(result).documents}
        assert told == {IRBAN: (Fate.SIGNED, "AUGMENT_NOT_REACHED"), AUDITOR: (Fate.SIGNED, None)}
        assert (len(result.signed), result.exit_code) == (2, 1)

    def test_where_nothing_is_signed_nothing_is_brought_up(self, town: Town) -> None:
        sign(town, Keyed(town.signer(IRBAN_KEY)))
        raiser = Raiser()
        sign_up(town, raiser)
        assert raiser.asked == []


class TestRemote:
    """Keys of which an answer can fail to come."""

    def test_it_is_noted_before_it_is_handed_over(self, town: Town) -> None:
        with pytest.raises(Killed):
            sign(town, remote(town, {IRBAN: Killed}))
        events = {line.id: line.event for line in read_journal(town.out, person(town)) if line.id}
        assert events[IRBAN] is Event.SENT

    def test_what_was_being_handed_over_is_unknown_and_never_signed_again(self, town: Town) -> None:
        with pytest.raises(Killed):
            sign(town, remote(town, {IRBAN: Killed}))
        again = remote(town, {})
        result = sign(town, again)
        assert IRBAN not in again.asked
        assert ("SIGN_OUTCOME_UNKNOWN", IRBAN) in {(one.error.code, one.id) for one in result.refused}
        assert signatures(town, IRBAN_KEY) == 0

    def test_an_unknown_outcome_does_not_stop_the_rest(self, town: Town) -> None:
        result = sign(town, remote(town, {IRBAN: UnknownOutcomeError("SIGN_INTERRUPTED")}))
        assert [one.id for one in result.unknown] == [IRBAN]
        assert [one.id for one in result.signed] == [AUDITOR]
        assert result.exit_code == 1
        assert {(one.id, one.outcome) for one in read_receipt(result).documents} == {
            (IRBAN, Fate.UNKNOWN),
            (AUDITOR, Fate.SIGNED),
        }
        assert journal(town).exists()

    @pytest.mark.parametrize("batch", [1, 10])
    @pytest.mark.parametrize("is_remote", [True, False])
    def test_a_refused_key_stops_at_once_and_the_rest_is_untouched(
        self, town: Town, *, is_remote: bool, batch: int
    ) -> None:
        wrong = CredentialError("P12_PASSPHRASE")
        holder = remote(town, dict.fromkeys((IRBAN, AUDITOR), wrong), is_remote=is_remote, batch=batch)
        result = sign(town, holder)
        assert len(holder.asked) == 1
        assert [one.error.code for one in result.refused] == ["P12_PASSPHRASE", "SIGN_NOT_REACHED"]
        assert result.exit_code == 6
        fates = [one.outcome for one in read_receipt(result).documents]
        assert sorted(fates) == [Fate.REFUSED, Fate.UNTOUCHED]
        assert not journal(town).exists()

    def test_a_single_bad_document_does_not_stop_the_rest(self, town: Town) -> None:
        result = sign(town, remote(town, {IRBAN: SigningError("SIGN_DAMAGED")}))
        assert ([one.id for one in result.signed], [one.id for one in result.refused]) == ([AUDITOR], [IRBAN])

    def test_a_file_that_was_rewritten_is_not_kept(self, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        def rewriting(_: Keyed, tasks: Sequence[Task]) -> Iterator[Outcome[Task, bytes]]:
            yield from (Outcome(task, b"%PDF-1.7\n" + task.pdf) for task in tasks)

        monkeypatch.setattr(Keyed, "sign", rewriting)
        result = sign(town, Keyed(town.signer(IRBAN_KEY)))
        assert {one.error.code for one in result.refused} == {"SIGN_REWRITTEN"}

    @pytest.mark.parametrize(("is_remote", "code"), [(True, "SIGN_INTERRUPTED"), (False, "SIGN_NOT_REACHED")])
    def test_a_holder_that_says_nothing_is_no_success(
        self, town: Town, monkeypatch: pytest.MonkeyPatch, *, is_remote: bool, code: str
    ) -> None:
        monkeypatch.setattr(Remote, "sign", lambda _self, _tasks: iter(()))
        result = sign(town, remote(town, {}, is_remote=is_remote))
        assert {one.error.code for one in (*result.unknown, *result.refused)} == {code}
        assert (result.signed, result.exit_code) == ((), 7)


class TestResolve:
    """What nobody knows is settled one by one."""

    @pytest.fixture
    def lost(self, town: Town) -> Town:
        sign(town, remote(town, {IRBAN: UnknownOutcomeError("SIGN_INTERRUPTED", document="nomor-1")}))
        return town

    def test_without_an_answer_it_stays_open(self, lost: Town) -> None:
        done = settle(lost)
        assert (done.signed, done.unsigned, done.open) == ((), (), (IRBAN,))
        assert journal(lost).exists()

    def test_what_the_official_found_unsigned_may_be_signed_again(self, lost: Town) -> None:
        asked: list[OpenOutcome] = []
        done = settle(lost, lambda outcome: not asked.append(outcome))
        assert (done.unsigned, [one.origin for one in asked]) == ((IRBAN,), ["layanan uji (example.invalid)"])
        assert not journal(lost).exists()
        assert {one.code for one in done.receipts[0].receipt.documents} == {None, "SIGN_CONFIRMED_UNSIGNED"}
        assert [one.id for one in sign(lost, remote(lost, {})).signed] == [IRBAN]
        assert signatures(lost, IRBAN_KEY) == 1

    def test_a_service_that_keeps_the_file_is_asked_for_it(self, lost: Town) -> None:
        file, numbers = lost.pdf(IRBAN_KEY), []
        after = self.signed_elsewhere(lost)
        done = settle(lost, fetch=lambda number: numbers.append(number) or after)
        assert (done.signed, numbers, file.read_bytes()) == ((IRBAN,), ["nomor-1"], after)
        assert not journal(lost).exists()

    @pytest.mark.parametrize("kept", [b"%PDF-", None], ids=["another", "none"])
    def test_what_is_not_the_signed_file_settles_nothing(self, lost: Town, kept: bytes | None) -> None:
        def fetch(_: str) -> bytes:
            if kept is None:
                raise SigningError("SIGN_DAMAGED")
            return kept

        done = settle(lost, fetch=fetch)
        assert (done.open, len(done.refused)) == ((IRBAN,), 1)

    def test_what_a_service_gives_once_is_not_lost_when_it_cannot_be_taken(
        self, lost: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        after = self.signed_elsewhere(lost)

        def refusing(*_: object) -> None:
            raise ConflictError("FILE_CHANGED", file="")

        with monkeypatch.context() as patched:
            patched.setattr("pkdocs.pipeline.ceremony.settling.put_signed", refusing)
            done = settle(lost, fetch=lambda _: after)
        assert ([one.error.code for one in done.refused], done.open) == (["RESOLVE_KEPT"], (IRBAN,))
        kept = lost.pdf(IRBAN_KEY).with_name(f"{IRBAN}.pdf.dari-layanan")
        assert kept.read_bytes() == after
        assert [one.id for one in import_signed([lost.out], [kept], person(lost), COMING, at=AT).signed] == [IRBAN]
        assert settle(lost).open == ()

    def test_a_file_that_cannot_be_read_is_not_fetched(self, lost: Town) -> None:
        lost.pdf(IRBAN_KEY).unlink()
        fetched: list[str] = []
        done = settle(lost, fetch=lambda number: fetched.append(number) or b"")
        assert ([one.error.code for one in done.refused], fetched) == (["SYSTEM"], [])

    def test_a_signature_that_has_come_settles_it(self, lost: Town, tmp_path: Path) -> None:
        (tmp_path / f"{IRBAN}.pdf").write_bytes(self.signed_elsewhere(lost))
        came = import_signed([lost.out], [tmp_path / f"{IRBAN}.pdf"], person(lost), COMING, at=AT)
        assert ([one.id for one in came.signed], came.refused) == ([IRBAN], ())
        assert settle(lost).open == ()
        assert not journal(lost).exists()

    def signed_elsewhere(self, town: Town) -> bytes:
        file = town.pdf(IRBAN_KEY)
        before = file.read_bytes()
        journal(town).rename(town.out / "jurnal")
        sign(town, Keyed(town.signer(IRBAN_KEY)))
        (town.out / "jurnal").rename(journal(town))
        after = file.read_bytes()
        file.write_bytes(before)
        return after


COMING = Wishes(any_order=True, settles=True)


class TestElsewhere:
    """Files that are signed by another program."""

    @pytest.fixture
    def out(self, town: Town, tmp_path: Path) -> Path:
        plan = plan_for([town.out], Signatory(person(town)), BOTH)
        export_waiting(plan, tmp_path / "keluar")
        return tmp_path / "keluar"

    def test_what_waits_is_copied_out_with_a_list_and_nothing_else(self, out: Path) -> None:
        assert {file.name for file in out.iterdir()} == {f"{IRBAN}.pdf", f"{AUDITOR}.pdf", "daftar.json"}
        listed = json.loads((out / "daftar.json").read_bytes())
        assert listed["schema"] == "pkdocs-export/1"
        for entry in listed["documents"]:
            assert digest((out / entry["file"]).read_bytes()) == entry["sha256"]

    def test_a_folder_that_holds_something_is_not_used(self, town: Town, out: Path) -> None:
        with pytest.raises(ConflictError, match="EXPORT_IN_THE_WAY"):
            export_waiting(plan_for([town.out], Signatory(person(town)), BOTH), out)

    def test_what_comes_back_is_put_in_its_place_with_a_receipt(self, town: Town, out: Path) -> None:
        copy = Town(town.workbook, out, town.pki)
        sign(copy, Keyed(town.signer(IRBAN_KEY)))
        result = import_signed([town.out], [out / f"{IRBAN}.pdf", out / f"{AUDITOR}.pdf"], person(town), COMING, at=AT)
        assert {one.id for one in result.signed} == {IRBAN, AUDITOR}
        assert read_receipt(result).count(Fate.SIGNED) == 2
        assert signatures(town, IRBAN_KEY) == 1
        assert not journal(town).exists()

    def test_receipts_of_the_folder_they_come_in_are_left_aside(self, town: Town, out: Path) -> None:
        sign(Town(town.workbook, out, town.pki), Keyed(town.signer(IRBAN_KEY)))
        assert (out / "tanda-terima").is_dir()
        result = import_signed([town.out], [out], person(town), COMING, at=AT)
        assert ({one.id for one in result.signed}, result.refused) == ({IRBAN, AUDITOR}, ())

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            (lambda data: data, "IMPORT_ALREADY"),
            (lambda data: b"%" + data, "IMPORT_NOT_EXTENDED"),
            (lambda data: data + b" ", "SIGN_ALTERED"),
        ],
        ids=["unsigned", "rewritten", "something-else"],
    )
    def test_what_is_not_the_signature_is_refused(
        self, town: Town, out: Path, change: Callable[[bytes], bytes], code: str
    ) -> None:
        file = out / f"{IRBAN}.pdf"
        file.write_bytes(change(file.read_bytes()))
        result = import_signed([town.out], [file], person(town), COMING, at=AT)
        assert [one.error.code for one in result.refused] == [code]
        assert result.signed == ()

    def test_a_stranger_is_refused(self, town: Town, out: Path) -> None:
        (out / "lain.pdf").write_bytes(b"%PDF-1.7\n")
        result = import_signed([town.out], [out / "lain.pdf"], person(town), COMING, at=AT)
        assert [one.error.code for one in result.refused] == ["IMPORT_UNKNOWN"]

    def test_the_signature_of_somebody_else_is_refused(self, town: Town, out: Path) -> None:
        sign(Town(town.workbook, out, town.pki), Keyed(town.signer(f"{IRBAN_KEY}.AUDITOR")))
        result = import_signed([town.out], [out / f"{AUDITOR}.pdf"], person(town), COMING, at=AT)
        assert [one.error.code for one in result.refused] == ["IMPORT_OTHER_SIGNER"]


class TestSecrets:
    """A passphrase is nowhere but where it is needed."""

    def test_nothing_that_is_written_or_shown_holds_it(self, town: Town, capfd: pytest.CaptureFixture[str]) -> None:
        secret = town.p12(IRBAN_KEY).with_suffix(".pass").read_text(encoding="ascii").strip()
        holder = remote(town, {IRBAN: UnknownOutcomeError("SIGN_INTERRUPTED")})
        result = sign(town, holder)
        settle(town)
        written = b"".join(file.read_bytes() for file in town.out.rglob("*") if file.is_file())
        shown = "".join(capfd.readouterr())
        assert secret.encode() not in written
        for said in (repr(result), repr(holder), shown, " ".join(os.environ.values())):
            assert secret not in said

    def test_a_crash_report_does_not_hold_it(self, town: Town) -> None:
        with pytest.raises(RuntimeError) as stop:
            sign(town, remote(town, {IRBAN: RuntimeError}))
        report = "".join(traceback.TracebackException.from_exception(stop.value, capture_locals=True).format())
        assert "FileSigner" in report
        assert town.p12(IRBAN_KEY).with_suffix(".pass").read_text(encoding="ascii").strip() not in report


class TestEnrolment:
    """Certificates that do not name their person."""

    @pytest.fixture(autouse=True)
    def no_training(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(planning, "is_training", lambda _: False)

    def test_nobodys_certificate_signs_nothing(self, town: Town) -> None:
        with pytest.raises(CredentialError, match="SIGNER_NOT_ENROLLED"):
            sign(town, Keyed(town.signer(IRBAN_KEY)))

    def test_enrolment_says_whose_it_is(self, town: Town) -> None:
        signer = town.signer(IRBAN_KEY)
        wishes = Wishes(owners={signer.certificate: signer.person})
        plan = plan_signing([town.out], Keyed(signer), wishes, at=AT)
        assert [one.content.id for one in plan.candidates] == [IRBAN]


def test_a_file_that_changes_while_it_is_copied_out_stops_the_export(town: Town, tmp_path: Path) -> None:
    plan = plan_for([town.out], Signatory(person(town)), BOTH)
    town.pdf(IRBAN_KEY).write_bytes(b"theirs")
    with pytest.raises(ConflictError, match="FILE_CHANGED"):
        export_waiting(plan, tmp_path / "keluar")
    assert not (tmp_path / "keluar").exists()


def test_a_file_that_changes_while_one_comes_back_is_theirs(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_waiting(plan_for([town.out], Signatory(person(town)), BOTH), tmp_path / "keluar")
    sign(Town(town.workbook, tmp_path / "keluar", town.pki), Keyed(town.signer(IRBAN_KEY)))
    real = exchange.put_signed

    def meanwhile(file: Path, before: bytes, after: bytes) -> None:
        file.write_bytes(b"theirs")
        real(file, before, after)

    monkeypatch.setattr(exchange, "put_signed", meanwhile)
    result = import_signed([town.out], [tmp_path / "keluar" / f"{IRBAN}.pdf"], person(town), COMING, at=AT)
    assert ([one.error.code for one in result.refused], result.exit_code) == (["FILE_CHANGED"], 8)
    assert town.pdf(IRBAN_KEY).read_bytes() == b"theirs"
