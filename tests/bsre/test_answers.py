"""Answers of an emulator of BSrE's service: what stops a batch, what fails alone, and what nobody knows."""

from dataclasses import replace

import pytest

from pkdocs.errors import ServiceError, UnknownOutcomeError
from pkdocs.signing.bsre import Version, fetch_signed, read_account
from pkdocs.transport import Service
from tests.bsre.bodies import Fault
from tests.bsre.emulator import ACCOUNT, NIK, Emulator, emulating
from tests.bsre.kit import TASKS, V1, V2, accepting, at_work, codes, open_at, service_at

BAD = replace(TASKS[0], id="PK-2026-RUSAK-1", pdf=TASKS[0].pdf[:-900])


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
        accepting()(TASKS[0], fetched)
        with pytest.raises(ServiceError, match="BSRE_NOTHING_KEPT"):
            fetch_signed(service_at(emulator), account, number)
        assert emulator.asked[-2:] == [f"GET /api/sign/download/{number}"] * 2


def test_number_that_holds_the_nik_is_not_kept() -> None:
    with at_work(V1, Emulator(numbers=f"dokumen-{NIK}-")) as (holder, emulator):
        emulator.faults = [Fault.NO_PDF]
        assert codes(holder.sign(TASKS[:1])) == ["BSRE_ANSWER_BROKEN"]


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.TORN_PDF, Fault.GATEWAY])
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
        (Fault.EMPTY_ENTRY, [None, "BSRE_UNMATCHED"]),
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


def test_slow_answer_is_waited_for_up_to_the_time_out() -> None:
    with at_work(V1) as (holder, emulator):
        emulator.delay_s = 0.3
        assert codes(holder.sign(TASKS[:1])) == [None]
        hasty = open_at(emulator, V1, service=Service(emulator.address, timeout_s=0.1))
        (outcome,) = hasty.sign(TASKS[1:])
        assert isinstance(outcome.error, UnknownOutcomeError)
