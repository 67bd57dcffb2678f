"""What is decided in a folder while somebody signs there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from pkdocs.decision import FILE_NAME, Kind
from pkdocs.errors import SigningError
from pkdocs.outcome import Outcome
from pkdocs.persons import TRIAL_KEY, pseudonym
from pkdocs.pipeline.ceremony import Wishes, export_waiting, import_signed, plan_for, plan_signing, sign_plan
from pkdocs.pipeline.deciding import decide
from pkdocs.signing import Holder, Keyed, Signatory, Task, read_form
from pkdocs.trust import read_trust
from tests.city import AT, Town, ignore, number_of, snapshot, touched
from tests.signed import training_trust

KEY = "INSP.IRBAN1"
IRBAN, AUDITOR = "PK-2026-INSP.IRBAN1-1", "PK-2026-INSP.IRBAN1.AUDITOR-1"
BOTH = Wishes(any_order=True)


def end(town: Town, identity: str, kind: Kind) -> None:
    person = pseudonym(TRIAL_KEY, number_of(KEY)) if kind is Kind.REJECTED else None
    decide(town.out, identity, kind, "target terlalu rendah", person=person, at=AT)


@pytest.mark.parametrize(
    ("kind", "code"), [(Kind.REJECTED, "SIGN_REJECTED"), (Kind.WITHDRAWN, "SIGN_WITHDRAWN")], ids=["rejected", "drawn"]
)
def test_what_ended_after_the_plan_is_not_signed(town: Town, kind: Kind, code: str) -> None:
    holder = Keyed(town.signer(KEY))
    plan = plan_signing([town.out], holder, BOTH, at=AT)
    end(town, IRBAN, kind)
    result = sign_plan(plan, holder, at=lambda: AT, progress=ignore)
    assert [(one.id, one.error.code) for one in result.refused] == [(IRBAN, code)]
    assert ([one.id for one in result.signed], result.exit_code) == ([AUDITOR], 1)
    assert not read_form(town.pdf(KEY).read_bytes()).signatures


@dataclass
class Slow:
    """A key that signs one at a time; the office withdraws the other document after the first."""

    keyed: Keyed
    town: Town
    batch: int = 1

    def __getattr__(self, name: str) -> object:
        return getattr(self.keyed, name)

    def sign(self, tasks: Sequence[Task]) -> Iterator[Outcome[Task, bytes]]:
        outcomes = list(self.keyed.sign(tasks))
        end(self.town, {IRBAN: AUDITOR, AUDITOR: IRBAN}[tasks[0].id], Kind.WITHDRAWN)
        yield from outcomes


def test_what_ends_during_the_batch_is_not_signed(town: Town) -> None:
    slow: object = Slow(Keyed(town.signer(KEY)), town)
    holder: Holder = slow  # type: ignore[assignment]  # it has the rest by __getattr__
    plan = plan_signing([town.out], holder, BOTH, at=AT)
    result = sign_plan(plan, holder, at=lambda: AT, progress=ignore)
    assert (len(result.signed), [one.error.code for one in result.refused]) == (1, ["SIGN_WITHDRAWN"])


def test_decisions_that_are_damaged_meanwhile_stop_nothing_but_sign_nothing(town: Town) -> None:
    holder = Keyed(town.signer(KEY))
    plan = plan_signing([town.out], holder, BOTH, at=AT)
    (town.out / FILE_NAME).write_bytes(b"{}\n")
    result = sign_plan(plan, holder, at=lambda: AT, progress=ignore)
    assert {one.error.code for one in result.refused} == {"DECISIONS_DAMAGED"}
    assert (result.signed, result.exit_code) == ((), 8)


class TestElsewhere:
    """Files that are signed elsewhere."""

    @pytest.fixture
    def back(self, town: Town, tmp_path: Path) -> Path:
        """A file that was copied out and has been signed; the one here is as it was."""
        signatory = Signatory(town.signer(KEY).person)
        plan = plan_for([town.pdf(KEY)], signatory, BOTH)
        export_waiting(plan, tmp_path / "keluar")
        before = town.pdf(KEY).read_bytes()
        town.sign(KEY, town.pdf(KEY))
        (tmp_path / "keluar" / f"{IRBAN}.pdf").write_bytes(town.pdf(KEY).read_bytes())
        town.pdf(KEY).write_bytes(before)
        return tmp_path / "keluar" / f"{IRBAN}.pdf"

    def come(self, town: Town, file: Path, wishes: Wishes) -> list[str]:
        result = import_signed([town.out], [file], town.signer(KEY).person, wishes, at=AT)
        assert bool(result.signed) is not bool(result.refused)
        return [str(one.error.params.get("cause", one.error.code)) for one in result.refused]

    def test_with_the_right_trust_file_it_is_kept(self, town: Town, back: Path) -> None:
        assert self.come(town, back, Wishes(trust=read_trust(town.trust.read_bytes()), settles=True)) == []
        assert town.pdf(KEY).read_bytes() == back.read_bytes()

    def test_a_certificate_that_is_not_believed_is_refused(self, town: Town, back: Path) -> None:
        before = snapshot(town.out)
        assert self.come(town, back, Wishes(trust=training_trust(), settles=True)) == ["CERTIFICATE_CHAIN_BROKEN"]
        assert not any(name.endswith(".pdf") for name in touched(before, town.out))

    def test_what_ended_meanwhile_does_not_come_back(self, town: Town, back: Path) -> None:
        end(town, IRBAN, Kind.REJECTED)
        assert self.come(town, back, Wishes(settles=True)) == ["SIGN_REJECTED"]

    def test_what_ended_is_not_copied_out(self, town: Town) -> None:
        end(town, IRBAN, Kind.WITHDRAWN)
        plan = plan_for([town.out], Signatory(town.signer(KEY).person), BOTH)
        assert [one.content.id for one in plan.candidates] == [AUDITOR]
        assert [type(one.error) for one in plan.refused] == [SigningError]
