"""A batch of agreements at a CSC service: what one failure costs, and what it does not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from pkdocs.content import Role
from pkdocs.errors import CredentialError, PkdocsError, ServiceError, SigningError, UnknownOutcomeError
from pkdocs.outcome import Outcome
from pkdocs.profile import Zone
from pkdocs.signing import FileSigner, Keyed, Stamp, Task, read_form
from pkdocs.signing.signer import sign_each
from tests.csc.emulator import Emulator, Faults
from tests.csc.test_emulated import Desk, opened
from tests.factory import MAYOR, root_content
from tests.issued import issued
from tests.signed import AT, signer_of

STAMP = Stamp(MAYOR.name, MAYOR.office, AT.astimezone(Zone.WIB.info), Zone.WIB, training=True)
DATA = [b"%d" % number for number in range(7)]


def tasks(*files: bytes) -> list[Task]:
    return [
        Task(f"PK-{number}", pdf, Role.FIRST.value, STAMP, "Wanasari", "uji") for number, pdf in enumerate(files, 1)
    ]


def codes_of(outcomes: Sequence[Outcome[Any, Any]]) -> list[str]:
    return ["" if outcome.error is None else outcome.error.code for outcome in outcomes]


def test_damaged_file_costs_the_others_nothing() -> None:
    pdf = issued(root_content())
    emulator, desk = Emulator(MAYOR, multisign=2), Desk()
    with opened(emulator, desk) as signer:
        outcomes = list(Keyed(signer).sign(tasks(pdf, b"rusak", pdf, pdf)))
    assert [outcome.error is None for outcome in outcomes] == [True, False, True, True]
    for outcome in outcomes:
        assert outcome.value is None or read_form(outcome.value).signed == (Role.FIRST,)
    assert (desk.pins, emulator.asked.count("credentials/authorize")) == (1, 2)


def test_what_was_signed_before_the_service_fell_silent_stays_signed() -> None:
    pdf = issued(root_content())
    emulator = Emulator(MAYOR, multisign=2, faults=Faults(after=1, silent=True))
    with opened(emulator) as signer:
        outcomes = list(Keyed(signer).sign(tasks(*[pdf] * 5)))
    assert codes_of(outcomes) == ["", "", "SERVICE_SILENT", "SERVICE_SILENT", "CSC_NOT_ASKED"]
    assert [type(outcome.error) for outcome in outcomes[2:]] == [UnknownOutcomeError] * 2 + [ServiceError]


def test_wrong_pin_is_said_of_every_document() -> None:
    pdf = issued(root_content())
    with opened(Emulator(MAYOR), Desk(pin="141421")) as signer:
        assert codes_of(list(Keyed(signer).sign(tasks(pdf, pdf)))) == ["CSC_PIN_OR_OTP"] * 2


@dataclass
class Failing:
    """A stamper that fails in one of its turns."""

    turn: int
    turns: list[int] = field(default_factory=list)

    def stamp(self, digests: Sequence[bytes]) -> Sequence[bytes]:
        self.turns.append(len(digests))
        if len(self.turns) == self.turn:
            raise ServiceError("SERVICE_UNREACHABLE", host="tsa.example")
        return [b"\x30\x00"] * len(digests)


def test_stamp_that_fails_costs_no_more_than_those_that_were_to_be_stamped_with_it() -> None:
    pdf = issued(root_content())
    stamper = Failing(turn=2)
    with opened(Emulator(MAYOR, multisign=30, faults=Faults(after=1, silent=True))) as signer:
        outcomes = list(Keyed(signer, stamper).sign(tasks(*[pdf] * 33)))
    assert codes_of(outcomes) == ["SERVICE_UNREACHABLE"] * 30 + ["SERVICE_SILENT"] * 3
    assert stamper.turns == [1, 30]


class Breaking:
    """A key at hand of which some calls fail; ``batch`` at a time."""

    def __init__(self, errors: dict[int, PkdocsError], batch: int = 2) -> None:
        self.signer: FileSigner = signer_of(MAYOR)
        self.batch = batch
        self.calls = 0
        self._errors = errors

    def __getattr__(self, name: str) -> Any:
        return getattr(self.signer, name)

    def sign_raw(self, data: Sequence[bytes]) -> list[bytes]:
        self.calls += 1
        if self.calls in self._errors:
            raise self._errors[self.calls]
        return self.signer.sign_raw(data)


def test_key_that_fails_in_between_fails_for_those_alone() -> None:
    signer = Breaking({2: SigningError("SIGN_DAMAGED")})
    assert codes_of(list(sign_each(signer, DATA))) == ["", "", "SIGN_DAMAGED", "SIGN_DAMAGED", "", "", ""]


def test_key_that_refuses_is_not_asked_again() -> None:
    signer = Breaking({2: CredentialError("KEY_USAGE")})
    assert codes_of(list(sign_each(signer, DATA))) == ["", ""] + ["KEY_USAGE"] * 5
    assert signer.calls == 2


@pytest.mark.parametrize(
    "error", [ServiceError("CSC_SILENT", host="", method=""), CredentialError("CSC_DENIED", host="")]
)
def test_outcomes_are_in_the_order_of_the_data(error: PkdocsError) -> None:
    assert [outcome.key for outcome in sign_each(Breaking({1: error}), DATA)] == DATA
