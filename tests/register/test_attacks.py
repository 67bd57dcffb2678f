"""What can be done to a register as a whole, by whoever delivers it: each is seen, and the honest one is not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from pkdocs.pipeline.accounting import Reading, read_register
from pkdocs.pipeline.sources import Source
from pkdocs.register import Head, Keepers, Line, Terms, next_head, render_head, render_lines
from pkdocs.trust import LowestHead, Trust
from pkdocs.verification import Weight
from tests.factory import DIVISION_HEAD, HEAD
from tests.register.heads import pinning, plain_head, registrar, sign
from tests.register.test_lines import ALL, ASSIGNMENT, COMPLETE, LATER
from tests.signed import AT, signer_of

KEEPERS = (HEAD, DIVISION_HEAD)
TRUST = pinning(*KEEPERS)
FIRST_LINES: tuple[Line, ...] = ALL
SECOND_LINES: tuple[Line, ...] = (*ALL, replace(COMPLETE, entered=date(2026, 1, 22)))


def terms(**changes: object) -> Terms:
    head = plain_head()
    keepers = Keepers(tuple(map(registrar, KEEPERS)), 2)
    made = Terms(head.organisation, 2026, head.person_scheme, head.root_position, keepers, head.dated)
    return replace(made, **changes)  # type: ignore[arg-type]  # names of fields


FIRST = next_head(None, FIRST_LINES, terms())
SECOND = next_head(FIRST, SECOND_LINES, terms())


@cache
def signed(head: Head) -> bytes:
    pdf = render_head(head)
    for party in KEEPERS:
        pdf = sign(pdf, signer_of(party))
    return pdf


@dataclass(frozen=True)
class Delivery:
    """What an auditor is given: the head that he names, the list beside it, and heads beside and among the files."""

    head: bytes = signed(SECOND)
    lines: bytes = render_lines(SECOND_LINES)
    kept: tuple[Head, ...] = (FIRST,)
    among: tuple[Head, ...] = ()
    trust: Trust = TRUST
    later: timedelta = timedelta(minutes=1)

    def read(self, folder: Path) -> Reading:
        (folder / "register.pdf").write_bytes(self.head)
        (folder / "register.jsonl").write_bytes(self.lines)
        for head in self.kept:
            (folder / f"register-{head.version}.pdf").write_bytes(signed(head))
        files = [folder / f"lain-{number}.pdf" for number, _ in enumerate(self.among)]
        for file, head in zip(files, self.among, strict=True):
            file.write_bytes(signed(head))
        return read_register(
            folder / "register.pdf", [Source.of(file) for file in files], self.trust, at=AT + self.later, jobs=1
        )


def heavy(reading: Reading) -> set[str]:
    return {one.code for one in reading.account.findings if one.weight in {Weight.FAIL, Weight.UNKNOWN}}


def other(lines: Sequence[Line], before: Head | None = FIRST, **changes: object) -> Head:
    """Return a second version that the same keepers have signed too."""
    return next_head(before, lines, terms(**changes))


FORGED = (replace(ASSIGNMENT, person="Z" * 16), *SECOND_LINES[1:])
BACKWARDS = (*SECOND_LINES, replace(ASSIGNMENT, entered=date(2026, 1, 1), ends=LATER))
TOMORROW = (*SECOND_LINES, replace(ASSIGNMENT, entered=plain_head().dated + timedelta(days=1), ends=LATER))
FAR = replace(SECOND, version=9)

ATTACKS: dict[str, tuple[Delivery, str]] = {
    "freeze": (Delivery(later=timedelta(days=120)), "REGISTER_STALE"),
    "rollback below what is pinned": (
        Delivery(signed(FIRST), kept=(), trust=replace(TRUST, lowest_head=LowestHead(2, SECOND.digest))),
        "HEAD_ROLLED_BACK",
    ),
    "rollback below what is at hand": (Delivery(signed(FIRST), kept=(), among=(SECOND,)), "HEAD_NEWER"),
    "rollback below what lies beside": (Delivery(signed(FIRST), kept=(SECOND,)), "HEAD_NEWER"),
    "an old list beside a new head": (Delivery(lines=render_lines(FIRST_LINES)), "LIST_CUT"),
    "another list of that length": (Delivery(lines=render_lines(FORGED)), "LIST_OTHER"),
    "fast-forward": (Delivery(signed(FAR)), "HEAD_SKIPS"),
    "equivocation": (Delivery(among=(other(SECOND_LINES, closed=True),)), "HEAD_TWICE"),
    "fork of what is pinned": (
        Delivery(trust=replace(TRUST, lowest_head=LowestHead(2, other(SECOND_LINES, closed=True).digest))),
        "HEAD_FORKED",
    ),
    "fork of the head before": (
        Delivery(signed(other(SECOND_LINES, next_head(None, SECOND_LINES, terms())))),
        "HEAD_UNLINKED",
    ),
    "omission of an older line": (
        Delivery(signed(other(SECOND_LINES[1:])), render_lines(SECOND_LINES[1:])),
        "LIST_REWRITTEN",
    ),
    "an older line changed": (Delivery(signed(other(FORGED)), render_lines(FORGED)), "LIST_REWRITTEN"),
    "backdated below another line": (Delivery(signed(other(BACKWARDS)), render_lines(BACKWARDS)), "LIST_UNREADABLE"),
    "entered after the head's day": (Delivery(signed(other(TOMORROW)), render_lines(TOMORROW)), "LIST_LATER"),
    "the list cut in a line": (Delivery(lines=render_lines(SECOND_LINES)[:-9]), "LIST_UNREADABLE"),
    "other lines said to be in force": (
        Delivery(signed(replace(SECOND, in_force=FIRST.in_force))),
        "LIST_IN_FORCE",
    ),
    "a registrar's signature cut off": (
        Delivery(sign(render_head(SECOND), signer_of(HEAD))),
        "HEAD_THRESHOLD",
    ),
}


def test_an_honest_delivery_is_believed(tmp_path: Path) -> None:
    reading = Delivery(among=(FIRST,)).read(tmp_path)
    assert (heavy(reading), reading.account.register is not None) == (set(), True)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda name: name.replace(" ", "-"))
def test_an_attack_on_the_register_is_seen(attack: str, tmp_path: Path) -> None:
    delivery, code = ATTACKS[attack]
    assert code in heavy(delivery.read(tmp_path))


def test_an_earlier_head_that_is_named_is_compared_with_the_newest_beside_it(tmp_path: Path) -> None:
    Delivery().read(tmp_path)
    reading = read_register(tmp_path / "register-1.pdf", (), TRUST, at=AT + timedelta(minutes=1), jobs=1)
    assert heavy(reading) == {"HEAD_NEWER"}


def test_lines_that_no_head_signs_yet_are_not_used(tmp_path: Path) -> None:
    reading = Delivery(signed(FIRST), kept=()).read(tmp_path)
    assert heavy(reading) == set()
    assert [one.code for one in reading.account.findings if one.code.startswith("LIST")] == ["LIST_AHEAD"]
    assert reading.account.register is not None
    assert reading.account.register.signed_on == {}


def test_heads_beside_that_nobody_believes_say_nothing(tmp_path: Path) -> None:
    write: Callable[[bytes], int] = (tmp_path / "register-7.pdf").write_bytes
    write(render_head(replace(SECOND, version=7)))
    assert heavy(Delivery().read(tmp_path)) == set()
