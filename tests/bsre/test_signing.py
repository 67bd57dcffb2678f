"""Signing at an emulator of BSrE's service: what is sent, what is accepted, and what stops a batch."""

import pickle
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from subprocess import run
from typing import Any

import pikepdf
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from pkdocs.content import Role
from pkdocs.errors import CredentialError, ServiceError, SigningError, UnknownOutcomeError, UsageError
from pkdocs.messages import LANGUAGES
from pkdocs.outcome import demand
from pkdocs.signing import Level
from pkdocs.signing.bsre import Appearance, Version, fetch_signed, read_account
from pkdocs.transport import Service
from tests.bsre.authority import der, tls_files
from tests.bsre.emulator import ACCOUNT, NIK, PASSPHRASE, Emulator, Fault, emulating
from tests.bsre.habits import Habits, Rewriting
from tests.bsre.kit import CONTENTS, accepting, at_work, codes, open_at, service_at, task_of
from tests.factory import HEAD
from tests.issued import SLOTS
from tests.signed import signed

V1, V2 = Version.V1, Version.V2
TASKS = tuple(task_of(content) for content in CONTENTS)
BAD = replace(TASKS[0], id="PK-2026-RUSAK-1", pdf=TASKS[0].pdf[:-900])


def widget(pdf: bytes, position: int = -1) -> tuple[float, ...]:
    with pikepdf.open(BytesIO(pdf)) as document:
        return tuple(float(edge) for edge in list(document.Root.AcroForm.Fields[position].Rect))


@pytest.mark.parametrize("version", Version)
def test_signature_stands_exactly_in_the_slot_whatever_the_origin(version: Version) -> None:
    with at_work(version) as (holder, emulator):
        for role in Role.FIRST, Role.SECOND:
            (outcome,) = holder.sign([task_of(role=role)])
            assert widget(demand(outcome)) == SLOTS[role.value]
        assert [wish.page for wish in emulator.wishes] == [0, 0]
        assert emulator.wishes[0].reason == f"{TASKS[0].id} sebagai pihak-pertama"


@pytest.mark.parametrize("version", Version)
def test_signature_with_broken_points_stays_inside_of_the_slot(version: Version) -> None:
    with pikepdf.open(BytesIO(TASKS[0].pdf)) as document:
        field = document.Root.AcroForm.Fields[0]
        field.Rect = pikepdf.Array([320.4, 50.6, 499.7, 119.2])
        document.save(output := BytesIO())
    task = replace(TASKS[0], pdf=output.getvalue(), field=Role.FIRST.value)
    with at_work(version) as (holder, _):
        (outcome,) = holder.sign([task])
    assert widget(demand(outcome)) == (321, 51, 499, 119)


@pytest.mark.parametrize("version", Version)
def test_invisible_signature_has_no_place(version: Version) -> None:
    with at_work(version, appearance=Appearance(is_visible=False)) as (holder, emulator):
        (outcome,) = holder.sign(TASKS[:1])
        assert widget(demand(outcome)) == (0, 0, 0, 0)
        assert emulator.wishes[0].picture is None


@pytest.mark.parametrize("version", Version)
def test_several_documents_come_back_in_their_order(version: Version) -> None:
    with at_work(version) as (holder, emulator):
        outcomes = list(holder.sign(TASKS))
        assert [demand(outcome).startswith(task.pdf) for outcome, task in zip(outcomes, TASKS, strict=True)]
        assert [outcome.key for outcome in outcomes] == list(TASKS)
        assert emulator.asked[1:] == ["POST /api/sign/pdf"] * 2 if version is V1 else ["POST /api/v2/sign/pdf"]
        assert holder.batch == (1 if version is V1 else 20)


def test_documents_beyond_the_batch_go_in_further_calls() -> None:
    with at_work(V2, files_a_call=1) as (holder, emulator):
        assert codes(holder.sign(TASKS)) == [None, None]
        assert emulator.asked.count("POST /api/v2/sign/pdf") == 2


def test_second_signature_leaves_the_first_valid_for_other_programs(tmp_path: Path) -> None:
    with at_work(V2) as (holder, _):
        before = signed(CONTENTS[0], (Role.FIRST,))
        (outcome,) = holder.sign([task_of(role=Role.SECOND, pdf=before)])
    file = tmp_path / "dua.pdf"
    file.write_bytes(demand(outcome))
    said = run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=False).stdout
    assert said.count("Signature is Valid") == 2


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize(
    "habits", [Habits(), Habits(own_field=False), Habits(tags=True), Habits(loose_font=True)], ids=repr
)
def test_what_others_may_do_is_accepted(version: Version, habits: Habits) -> None:
    with at_work(version, Emulator(habits)) as (holder, _):
        assert codes(holder.sign(TASKS[:1])) == [None]


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize(
    ("habits", "code"),
    [
        (Habits(draws_qr=True), "SIGN_ALTERED"),
        (Habits(signs_as="other"), "SIGN_ALTERED"),
        (Habits(shift=60), "SIGN_ALTERED"),
        (Habits(rewriting=Rewriting.UNSIGNED), "BSRE_REWRITTEN"),
    ],
    ids=repr,
)
def test_what_nobody_may_do_is_refused(version: Version, habits: Habits, code: str) -> None:
    with at_work(version, Emulator(habits)) as (holder, _):
        assert codes(holder.sign(TASKS)) == [code, code]


@pytest.mark.parametrize("version", Version)
def test_unsigned_file_is_not_sent_where_it_could_be_rewritten(version: Version) -> None:
    with at_work(version, Emulator(Habits(rewriting=Rewriting.UNSIGNED)), appends=False) as (holder, emulator):
        sealed = task_of(role=Role.SECOND, pdf=signed(CONTENTS[0], (Role.FIRST,)))
        first, second = holder.sign([TASKS[0], sealed])
        assert isinstance(first.error, SigningError)
        assert first.error.code == "BSRE_SEAL_FIRST"
        assert "pkdocs seal" in first.error.message("id")
        assert demand(second).startswith(sealed.pdf)
        assert emulator.signed == 1


@pytest.mark.parametrize("version", Version)
def test_signed_file_that_was_rewritten_is_refused(version: Version) -> None:
    with at_work(version, Emulator(Habits(rewriting=Rewriting.ALWAYS))) as (holder, _):
        sealed = task_of(role=Role.SECOND, pdf=signed(CONTENTS[0], (Role.FIRST,)))
        assert codes(holder.sign([sealed])) == ["BSRE_REWRITTEN"]


@pytest.mark.parametrize("version", Version)
def test_wrong_pass_phrase_is_tried_once_and_stops_everything(version: Version) -> None:
    with at_work(version, passphrase="salah sekali", files_a_call=1) as (holder, emulator):
        assert codes(holder.sign(TASKS)) == ["BSRE_PASSPHRASE"] * 2
        assert codes(holder.sign(TASKS)) == ["BSRE_PASSPHRASE"] * 2
        assert emulator.wrong == 1


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize(
    ("fault", "wrong", "code"),
    [(Fault.PLAIN_WORDS, 0, "BSRE_PASSPHRASE"), (None, 3, "BSRE_PASSPHRASE")],
)
def test_pass_phrase_refused_in_words_alone_stops_too(
    version: Version, fault: Fault | None, wrong: int, code: str
) -> None:
    with at_work(version, files_a_call=1) as (holder, emulator):
        emulator.wrong, emulator.faults = wrong, [fault] if fault else []
        assert codes(holder.sign(TASKS)) == [code] * 2
        assert len(emulator.asked) == 2


@pytest.mark.parametrize("version", Version)
def test_certificate_that_went_away_since_the_start_stops_everything(version: Version) -> None:
    with at_work(version, files_a_call=1) as (holder, emulator):
        emulator.state = "NO_CERTIFICATE"
        assert codes(holder.sign(TASKS)) == ["BSRE_STATE_NO_CERTIFICATE"] * 2
        assert len(emulator.asked) == 2


def test_account_that_is_withdrawn_stops_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    with at_work(V1) as (holder, emulator):
        monkeypatch.setattr("tests.bsre.emulator.ACCOUNT", "lain:lain")
        assert codes(holder.sign(TASKS)) == ["BSRE_ACCOUNT"] * 2
        assert len(emulator.asked) == 2


@pytest.mark.parametrize("version", Version)
def test_bad_document_fails_and_the_others_go_on(version: Version) -> None:
    unreadable = replace(TASKS[0], field="tidak-ada")
    with at_work(version) as (holder, _):
        assert codes(holder.sign([unreadable, TASKS[1]])) == ["SIGN_DAMAGED", None]


def test_document_over_which_the_service_fails_does_not_stop_the_others() -> None:
    # repaired by our reader, refused by the service's
    with at_work(V1) as (holder, _):
        assert codes(holder.sign([BAD, TASKS[1]])) == ["BSRE_FAILED", None]


def test_call_fails_together_and_says_so() -> None:
    with at_work(V2) as (holder, _):
        assert codes(holder.sign([BAD, TASKS[1]])) == ["BSRE_FAILED_TOGETHER"] * 2
        assert codes(holder.sign(TASKS)) == [None, None]


@pytest.mark.parametrize("version", Version)
def test_busy_service_is_asked_again_after_the_pause_it_asks_for(version: Version) -> None:
    pauses: list[float] = []
    with at_work(version, pause=pauses.append) as (holder, emulator):
        emulator.faults = [Fault.BUSY, Fault.LONG_BUSY]
        assert codes(holder.sign(TASKS[:1])) == [None]
        assert pauses == [5, 7]
        emulator.faults = [Fault.BUSY] * 4
        (outcome,) = holder.sign(TASKS[1:])
        assert isinstance(outcome.error, ServiceError)
        assert codes([outcome]) == ["BSRE_BUSY"]
        assert emulator.signed == 1


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("fault", [Fault.UNKNOWN_ERROR, Fault.ERROR_WITHIN_200, Fault.REFUSED, Fault.REDIRECTION])
def test_document_that_is_refused_does_not_stop_the_others(version: Version, fault: Fault) -> None:
    with at_work(version, files_a_call=1) as (holder, emulator):
        emulator.faults = [fault]
        first, second = holder.sign(TASKS)
        assert isinstance(first.error, ServiceError)
        assert codes([first, second]) == ["BSRE_REFUSED", None]


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault.SILENT, "SERVICE_SILENT"),
        (Fault.CUT, "SERVICE_SILENT"),
        (Fault.HTML, "BSRE_ANSWER_BROKEN"),
        (Fault.GATEWAY, "BSRE_ANSWER_BROKEN"),
    ],
)
def test_answer_without_sense_leaves_the_outcome_unknown_and_is_not_asked_again(
    version: Version, fault: Fault, code: str
) -> None:
    with at_work(version, files_a_call=1) as (holder, emulator):
        emulator.faults = [fault]
        first, second = holder.sign(TASKS)
        assert isinstance(first.error, UnknownOutcomeError)
        assert codes([first, second]) == [code, None]
        assert len(emulator.asked) == 3


@pytest.mark.parametrize("fault", [Fault.CUT_UNDER_A_NUMBER, Fault.NO_PDF, Fault.TORN_PDF])
def test_number_of_a_broken_answer_fetches_the_document_once(fault: Fault) -> None:
    with at_work(V1) as (holder, emulator):
        emulator.faults = [fault]
        (outcome,) = holder.sign(TASKS[:1])
        assert isinstance(outcome.error, UnknownOutcomeError)
        assert codes([outcome]) == ["BSRE_KEPT"]
        number = str(outcome.error.params["document"])
        account = read_account(ACCOUNT)
        fetched = fetch_signed(service_at(emulator), account, number)
        accepting([der("person")])(TASKS[0], fetched)
        with pytest.raises(ServiceError, match="BSRE_NOTHING_KEPT"):
            fetch_signed(service_at(emulator), account, number)
        assert emulator.asked[-2:] == [f"GET /api/sign/download/{number}"] * 2


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.TORN_PDF])
def test_fetching_that_breaks_off_says_that_the_document_is_gone(fault: Fault) -> None:
    with (
        emulating(Emulator(kept={"a-1": TASKS[0].pdf}, faults=[fault])) as emulator,
        pytest.raises(UnknownOutcomeError, match="BSRE_FETCH_BROKEN"),
    ):
        fetch_signed(service_at(emulator), read_account(ACCOUNT), "a-1")


@pytest.mark.parametrize("number", ["", "../user/status/1", "a" * 129, "a?b"])
def test_number_that_is_none_is_not_asked_for(number: str) -> None:
    with emulating(Emulator()) as emulator:
        with pytest.raises(ServiceError, match="BSRE_NOTHING_KEPT"):
            fetch_signed(service_at(emulator), read_account(ACCOUNT), number)
        assert emulator.asked == []


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.BACKWARDS, [None, None]),
        (Fault.LAST_ONE_LOST, [None, "BSRE_UNMATCHED"]),
        (Fault.DAMAGED, [None, "BSRE_UNMATCHED"]),
        (Fault.TWICE, ["BSRE_UNMATCHED", "BSRE_UNMATCHED"]),
        (Fault.NO_LIST, ["BSRE_ANSWER_BROKEN", "BSRE_ANSWER_BROKEN"]),
        (Fault.WRONG_PASSPHRASE_HALFWAY, [None, "BSRE_PASSPHRASE"]),
    ],
)
def test_files_of_an_answer_belong_to_what_they_begin_with(fault: Fault, expected: list[str | None]) -> None:
    with at_work(V2) as (holder, emulator):
        emulator.faults = [fault]
        outcomes = list(holder.sign(TASKS))
        assert codes(outcomes) == expected
        kept = [(outcome.value, outcome.key) for outcome in outcomes if outcome.value]
        assert all(value.startswith(task.pdf) for value, task in kept)
        unknown = {code for code in expected if code and code != "BSRE_PASSPHRASE"}
        assert all(isinstance(o.error, UnknownOutcomeError) for o in outcomes if o.error and o.error.code in unknown)


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize(
    "state",
    ["EXPIRED", "RENEW", "WAITING_FOR_VERIFICATION", "NEW", "NO_CERTIFICATE", "NOT_REGISTERED", "SUSPEND", "REVOKE"],
)
def test_certificate_that_may_not_sign_is_refused_before_the_batch(version: Version, state: str) -> None:
    with emulating(Emulator(state=state)) as emulator:
        with pytest.raises(CredentialError) as caught:
            open_at(emulator, version)
        assert caught.value.code == f"BSRE_STATE_{state}"
        assert emulator.signed == 0


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize(
    ("faults", "code"),
    [
        ([], "BSRE_STATE_UNCLEAR"),
        ([Fault.HTML], "BSRE_STATE_UNCLEAR"),
        ([Fault.GATEWAY], "BSRE_STATE_UNCLEAR"),
        ([Fault.SILENT], "BSRE_STATE_SILENT"),
    ],
)
def test_state_that_is_not_known_never_passes(version: Version, faults: list[Fault], code: str) -> None:
    with emulating(Emulator(state="AKTIF", faults=[*faults])) as emulator, pytest.raises(ServiceError, match=code):
        open_at(emulator, version)


@pytest.mark.parametrize("version", Version)
def test_who_is_not_registered_is_told_so(version: Version) -> None:
    with emulating(Emulator()) as emulator, pytest.raises(CredentialError, match="BSRE_STATE_NOT_REGISTERED"):
        open_at(emulator, version, nik=NIK[:-1] + "2")


@pytest.mark.parametrize("version", Version)
def test_account_that_is_refused_stops_before_the_batch(version: Version) -> None:
    with emulating(Emulator()) as emulator, pytest.raises(CredentialError, match="BSRE_ACCOUNT"):
        open_at(emulator, version, account=read_account("lain:lain"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"nik": "12345"}, "BSRE_NIK"),
        ({"nik": NIK + "\n"}, "BSRE_NIK"),
        ({"nik": "٩" * 16}, "BSRE_NIK"),
        ({"passphrase": ""}, "BSRE_PASSPHRASE_EMPTY"),
        ({"certificates": []}, "BSRE_NOT_ENROLLED"),
        ({"certificates": [b"rusak"]}, "BSRE_CERTIFICATE_DAMAGED"),
    ],
)
def test_what_cannot_sign_is_refused_before_anything_is_sent(change: dict[str, Any], code: str) -> None:
    with emulating(Emulator()) as emulator:
        with pytest.raises(CredentialError, match=code):
            open_at(emulator, V2, **change)
        assert emulator.asked == []


@pytest.mark.parametrize("text", ["", "tanpa-sandi", ":sandi", "nama:", "nama:sandi\nlagi"])
def test_account_of_another_form_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(CredentialError, match="BSRE_ACCOUNT_FORM") as caught:
        read_account(text)
    assert "sandi\n" not in str(caught.value.args)


def test_holder_shows_the_newest_enrolled_certificate() -> None:
    with at_work(V1, certificates=[der("person"), der("other")]) as (holder, _):
        assert holder.certificate in {der("person"), der("other")}
        assert (holder.person, holder.friendly_name, holder.chain, holder.is_remote) == (HEAD.person, "", (), True)
        assert holder.highest_level is Level.B


def test_https_is_verified_and_plain_http_is_named(tmp_path: Path) -> None:
    authorities = tmp_path / "ca.pem"
    authorities.write_bytes(tls_files()[1])
    with emulating(Emulator(), tls=True) as emulator:
        holder = open_at(emulator, V2, service=service_at(emulator, authorities=authorities))
        assert holder.origin == "BSrE v2 (127.0.0.1)"
        assert codes(holder.sign(TASKS)) == [None, None]
        with pytest.raises(ServiceError, match="SERVICE_CERTIFICATE"):
            open_at(emulator, V2, service=service_at(emulator))
    with at_work(V1) as (holder, _):
        assert holder.origin == "BSrE v1 (127.0.0.1, http tanpa penyandian)"
    with pytest.raises(UsageError, match="SERVICE_PLAIN_HTTP"):
        Service("http://esign.example", timeout_s=1)


def test_slow_answer_is_waited_for_up_to_the_time_out() -> None:
    with at_work(V1) as (holder, emulator):
        emulator.delay_s = 0.3
        assert codes(holder.sign(TASKS[:1])) == [None]
        hasty = open_at(emulator, V1, service=Service(emulator.address, timeout_s=0.1))
        (outcome,) = hasty.sign(TASKS[1:])
        assert isinstance(outcome.error, UnknownOutcomeError)


@pytest.mark.parametrize("version", Version)
def test_secrets_are_nowhere_to_be_seen(version: Version, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("WARNING")
    shown: list[str] = []
    account = read_account(ACCOUNT)
    with at_work(version, account=account, files_a_call=1) as (holder, emulator):
        shown += [repr(holder), str(holder), holder.origin, repr(account), repr(holder._signatory)]
        emulator.faults = [fault for fault in Fault if "BUSY" not in fault.name and fault is not Fault.PLAIN_WORDS]
        outcomes = list(holder.sign(TASKS[:1] * len(Fault)))
        wrong = open_at(emulator, version, passphrase="frasa sandi salah")
        outcomes += wrong.sign(TASKS[:1])
        for outcome in outcomes:
            shown += [repr(outcome), repr(outcome.error), str(outcome.error)]
            shown += [outcome.error.message(language) for language in LANGUAGES if outcome.error]
    shown.append(caplog.text)
    for secret in NIK, PASSPHRASE, "frasa sandi salah", ACCOUNT, account.authorization:
        assert not [text for text in shown if secret in text]


def test_secrets_are_not_handed_to_other_processes() -> None:
    with at_work(V1) as (holder, _):
        for secret in holder, holder._signatory, read_account(ACCOUNT):
            with pytest.raises(TypeError, match="not handed"):
                pickle.dumps(secret)


def test_certificate_of_the_emulator_names_nobody_of_ours() -> None:
    (outcome,) = open_and_sign()
    (signature,) = PdfFileReader(BytesIO(demand(outcome))).embedded_signatures
    assert "serial_number" not in signature.signer_cert.subject.native
    assert HEAD.person not in str(signature.signer_cert.subject.native)


def open_and_sign() -> list[Any]:
    with at_work(V2) as (holder, _):
        return list(holder.sign(TASKS[:1]))
