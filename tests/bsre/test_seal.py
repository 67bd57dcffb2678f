"""An organisation's seal at an emulator of BSrE's service."""

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from pkdocs.errors import CredentialError, ServiceError, SigningError, UnknownOutcomeError
from pkdocs.messages import LANGUAGES
from pkdocs.outcome import demand
from pkdocs.signing import Task, read_form
from pkdocs.signing.bsre import BsreHolder, open_seal, read_account
from pkdocs.signing.bsre.account import Subscriber
from tests.bsre.authority import der
from tests.bsre.bodies import Fault
from tests.bsre.emulator import ACCOUNT, ACTIVATION, SUBSCRIBER, Emulator, emulating
from tests.bsre.habits import Habits, Rewriting
from tests.bsre.kit import TASKS, V2, codes, open_at, service_at
from tests.signed import AT


def is_sealed(task: Task, after: bytes) -> None:
    """Accept the file of ``task`` with the seal of the organisation and nothing more."""
    form = read_form(after)
    if form.seal != der("organisation") or form.signatures:
        raise SigningError("SIGN_ALTERED", detail="no seal")


@contextmanager
def sealing(emulator: Emulator | None = None, **more: Any) -> Iterator[tuple[BsreHolder, Emulator]]:
    usual: dict[str, Any] = {"number": SUBSCRIBER, "activation": ACTIVATION, "certificates": [der("organisation")]}
    with emulating(emulator or Emulator()) as running:
        account = read_account(ACCOUNT)
        yield open_seal(service_at(running), account=account, accept=is_sealed, at=AT, **usual | more), running


@pytest.mark.parametrize("wraps_data", [False, True])
def test_seal_is_invisible_and_the_signature_of_a_person_follows(wraps_data: bool) -> None:
    with sealing(Emulator(wraps_data=wraps_data)) as (holder, emulator):
        (outcome,) = holder.sign(TASKS[:1])
        (signature,) = PdfFileReader(BytesIO(demand(outcome))).embedded_signatures
        assert [float(edge) for edge in signature.sig_field["/Rect"]] == [0, 0, 0, 0]
        assert (holder.person, holder.origin) == ("", "BSrE v2 (127.0.0.1, http tanpa penyandian)")
        sealed = replace(TASKS[0], pdf=demand(outcome))
        assert codes(open_at(emulator, V2, appends=False).sign([sealed])) == [None]


def test_each_call_has_a_one_time_password_for_its_documents() -> None:
    with sealing(files_a_call=1) as (holder, emulator):
        assert codes(holder.sign(TASKS)) == [None, None]
        assert emulator.asked == ["POST /api/v2/seal/get/totp", "POST /api/v2/seal/pdf"] * 2
        assert emulator.passwords == {}


@pytest.mark.parametrize("change", [{"number": "lain"}, {"activation": "lain"}], ids=["number", "activation"])
def test_seal_that_is_refused_stops_everything(change: dict[str, str]) -> None:
    with sealing(files_a_call=1, **change) as (holder, emulator):
        outcomes = list(holder.sign(TASKS))
        assert codes(outcomes) == ["BSRE_SEAL_REFUSED"] * 2
        assert all(isinstance(outcome.error, CredentialError) for outcome in outcomes)
        assert len(emulator.asked) == 1


def test_password_that_does_not_come_means_that_nothing_was_sealed() -> None:
    with sealing(Emulator(faults=[Fault.SILENT])) as (holder, emulator):
        (outcome,) = holder.sign(TASKS[:1])
        assert isinstance(outcome.error, ServiceError)
        assert codes([outcome]) == ["BSRE_SEAL_SILENT"]
        assert emulator.signed == 0


def test_seal_that_does_not_come_back_is_unknown() -> None:
    with sealing(Emulator(faults=[None, Fault.SILENT])) as (holder, _):
        (outcome,) = holder.sign(TASKS[:1])
        assert isinstance(outcome.error, UnknownOutcomeError)


def test_service_that_rewrites_cannot_seal_and_says_so() -> None:
    with sealing(Emulator(Habits(rewriting=Rewriting.UNSIGNED))) as (holder, _):
        assert codes(holder.sign(TASKS)) == ["BSRE_SEAL_REWRITTEN"] * 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"number": ""}, "BSRE_SUBSCRIBER_EMPTY"),
        ({"activation": ""}, "BSRE_SUBSCRIBER_EMPTY"),
        ({"certificates": []}, "BSRE_NOT_ENROLLED"),
    ],
    ids=["number", "activation", "certificates"],
)
def test_what_cannot_seal_is_refused_before_anything_is_sent(change: dict[str, Any], code: str) -> None:
    emulator = Emulator()
    with pytest.raises(CredentialError, match=code), sealing(emulator, **change):
        pass
    assert emulator.asked == []


def test_secrets_of_a_seal_are_nowhere_to_be_seen() -> None:
    subscriber = Subscriber(SUBSCRIBER, ACTIVATION)
    with sealing(activation="sandi aktivasi salah") as (holder, _):
        shown = [repr(holder), repr(subscriber), holder.origin]
        for outcome in holder.sign(TASKS[:1]):
            assert outcome.error
            shown += [repr(outcome), *map(outcome.error.message, LANGUAGES)]
    assert not [text for text in shown if "sandi aktivasi" in text or SUBSCRIBER in text]
    with pytest.raises(TypeError, match="not handed"):
        pickle.dumps(subscriber)
