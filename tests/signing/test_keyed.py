"""A batch with a raw key: what is asked for at once, and what becomes of the rest when something fails."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from pkdocs.errors import CredentialError, PkdocsError, ServiceError, SigningError, UnknownOutcomeError
from pkdocs.messages import LANGUAGES
from pkdocs.outcome import demand
from pkdocs.profile import Zone
from pkdocs.signing import FileSigner, Keyed, Task, make_task, read_form
from tests.factory import HEAD, head_content
from tests.issued import issued
from tests.signed import AT, NUMBER, signer_of
from tests.signing.test_kinds import base
from tests.stamper import Stamper

CONTENT = head_content()


@dataclass
class Counting:
    """The signer of the head, asked for several at once; ``fault`` is raised at the call with that number."""

    batch: int = 3
    is_remote: bool = False
    fault: PkdocsError | None = None
    fault_at: int = 1
    asked: list[int] = field(default_factory=list)
    real: FileSigner = field(default_factory=lambda: signer_of(HEAD))
    origin: str = "uji"

    @property
    def certificate(self) -> bytes:
        return self.real.certificate

    @property
    def chain(self) -> tuple[bytes, ...]:
        return self.real.chain

    @property
    def person(self) -> str:
        return self.real.person

    @property
    def friendly_name(self) -> str:
        return self.real.friendly_name

    def sign_raw(self, data: Sequence[bytes]) -> Sequence[bytes]:
        self.asked.append(len(data))
        if self.fault and len(self.asked) == self.fault_at:
            raise self.fault
        return self.real.sign_raw(data)


class Refusing:
    """A timestamp authority that is not reached."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def stamp(self, digests: Sequence[bytes]) -> list[bytes]:
        self.asked.append(len(digests))
        raise ServiceError("SERVICE_UNREACHABLE", host="tsa.example", reason="uji")


class Growing(Stamper):
    """A timestamp authority whose tokens grow far beyond the first."""

    def stamp(self, digests: Sequence[bytes]) -> list[bytes]:
        grown = 200 if self.asked else 0
        return [token + bytes(grown) for token in super().stamp(digests)]


def tasks(count: int) -> list[Task]:
    task = make_task(issued(CONTENT), CONTENT, CONTENT.roles[0], HEAD, at=AT, zone=Zone.WIB, training=True)
    return [replace(task, id=f"PK-{number}") for number in range(count)]


def codes(holder: Keyed, given: Sequence[Task]) -> list[str]:
    outcomes = list(holder.sign(given))
    assert [outcome.key for outcome in outcomes] == list(given)
    return [outcome.error.code if outcome.error else "signed" for outcome in outcomes]


def test_signatures_are_asked_for_as_many_at_once_as_the_key_takes() -> None:
    signer = Counting(batch=3)
    assert codes(Keyed(signer), tasks(7)) == ["signed"] * 7
    assert signer.asked == [3, 3, 1]


def test_timestamps_are_asked_for_together_and_measured_once() -> None:
    signer, stamper = Counting(batch=2), Stamper()
    holder = Keyed(signer, stamper)
    assert holder.batch > 5
    assert codes(holder, tasks(5)) == ["signed"] * 5
    assert codes(holder, tasks(1)) == ["signed"]
    assert signer.asked == [2, 2, 1, 1]
    assert stamper.asked == [1, 5, 1]


def test_a_remote_key_is_never_asked_for_more_than_it_takes_at_once() -> None:
    signer = Counting(batch=2, is_remote=True)
    assert Keyed(signer, Stamper()).batch == 2
    assert codes(Keyed(signer, Stamper()), tasks(3)) == ["signed"] * 3
    assert signer.asked == [2, 1]


def test_what_the_key_says_of_itself_is_the_holders() -> None:
    signer = Counting()
    holder = Keyed(signer)
    assert (holder.certificate, holder.chain, holder.person) == (signer.certificate, signer.chain, HEAD.person)
    assert (holder.friendly_name, holder.origin, holder.is_remote) == (NUMBER, "uji", False)


def test_a_damaged_file_does_not_stop_the_others() -> None:
    good = tasks(3)
    given = [good[0], replace(good[1], pdf=b"%PDF-1.7"), replace(good[2], field="lain"), *tasks(1)]
    assert codes(Keyed(Counting(batch=4)), given) == ["signed", "SIGN_DAMAGED", "SIGN_DAMAGED", "signed"]


def test_after_a_locked_key_nothing_is_tried() -> None:
    signer = Counting(batch=2, fault=CredentialError("KEY_KIND"), fault_at=2)
    assert codes(Keyed(signer), tasks(7)) == ["signed"] * 2 + ["KEY_KIND"] * 5
    assert signer.asked == [2, 2]


def test_an_unknown_outcome_is_that_of_its_batch_alone() -> None:
    signer = Counting(batch=2, is_remote=True, fault=UnknownOutcomeError("SIGN_DAMAGED"))
    outcomes = list(Keyed(signer).sign(tasks(4)))
    assert [isinstance(outcome.error, UnknownOutcomeError) for outcome in outcomes] == [True, True, False, False]
    assert read_form(demand(outcomes[3])).signed == CONTENT.roles[:1]


def test_a_damaged_file_in_a_failed_batch_keeps_its_own_reason() -> None:
    signer = Counting(batch=2, fault=UnknownOutcomeError("KEY_KIND"))
    assert codes(Keyed(signer), [replace(tasks(1)[0], pdf=b""), *tasks(1)]) == ["SIGN_DAMAGED", "KEY_KIND"]


def test_without_timestamps_the_level_is_not_lowered() -> None:
    signer, stamper = Counting(), Refusing()
    assert codes(Keyed(signer, stamper), tasks(4)) == ["SERVICE_UNREACHABLE"] * 4
    assert signer.asked == []
    assert stamper.asked == [1]


def test_a_timestamp_that_has_no_room_is_said_and_nothing_is_written() -> None:
    (outcome,) = Keyed(Counting(), Growing()).sign(tasks(1))
    assert isinstance(outcome.error, SigningError)
    assert outcome.error.code == "TIMESTAMP_TOO_LARGE"
    assert all("PK-0" in outcome.error.message(language) for language in LANGUAGES)


def test_nor_has_it_where_pyhanko_writes() -> None:
    given = [replace(tasks(1)[0], pdf=base(foreign=True))]
    assert codes(Keyed(Counting(), Growing()), given) == ["TIMESTAMP_TOO_LARGE"]


def test_a_batch_of_nothing_asks_for_nothing() -> None:
    signer = Counting()
    assert list(Keyed(signer, Stamper()).sign([])) == []
    assert signer.asked == []


@pytest.mark.parametrize("hashed", [True, False])
def test_nobody_sees_a_key_or_a_number_in_what_is_shown(hashed: bool) -> None:
    holder = Keyed(signer_of(HEAD), Stamper() if hashed else None)
    assert NUMBER not in repr(holder)
