"""The harness itself: what is valid breaks no rule of it, what is spoilt is told, and each way to spoil works."""

from random import Random

import pytest

from tests.fuzz.__main__ import attempt, smaller
from tests.fuzz.seeds import all_seeds
from tests.fuzz.targets import TARGETS, Target, Violation


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_no_reader_breaks_a_rule_on_what_is_valid_or_spoilt_a_little(target: Target) -> None:
    seeds, chance = all_seeds()[target.kind], Random(target.name)  # noqa: S311
    for data in (seeds[0], *(chance.choice(target.spoilers)(seeds[0], chance, seeds) for _ in range(4))):
        target.run(data)


def test_every_way_to_spoil_gives_bytes() -> None:
    chance = Random(20260122)  # noqa: S311
    for target in TARGETS:
        seeds = all_seeds()[target.kind]
        for spoil in dict.fromkeys(target.spoilers):
            assert isinstance(spoil(seeds[0], chance, seeds), bytes)
            assert isinstance(spoil(b"", chance, seeds), bytes)


def test_what_goes_wrong_is_named_and_made_smaller() -> None:
    def run(data: bytes) -> None:
        if b"x" in data:
            raise Violation("an x passes")

    target = Target("x", "", [], run, 1)
    _, mark, story, _ = attempt(target, b"abcxdef" * 20)
    assert mark.startswith("Violation an x passes")
    assert "raise Violation" in story
    assert smaller(target, b"abcxdef" * 20, mark) == b"x"
    assert attempt(target, b"abc")[1] == ""
