"""Registrars who were put in their place by those before them, without a new trust file."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from pkdocs.content import Party
from pkdocs.register import Head, HeadVerdict, Keepers, examine_head, judge_head, judge_heads, render_head
from pkdocs.trust import LowestHead, Trust
from pkdocs.verification import Weight
from tests.factory import DIVISION_HEAD, HEAD, MAYOR
from tests.register.heads import pinning, plain_head, registrar, sign
from tests.signed import AT, signer_of

OLD, NEW = (HEAD, DIVISION_HEAD), (DIVISION_HEAD, MAYOR)
"""The trust file pins the old ones; one of them goes, the mayor comes."""

TRUST = pinning(*OLD)


def keepers(parties: Sequence[Party], threshold: int = 2) -> Keepers:
    return Keepers(tuple(map(registrar, parties)), threshold)


@cache
def first(following: tuple[Party, ...] = NEW, threshold: int = 2) -> Head:
    """The changeover: kept by the old ones, it names who follows."""
    follow = keepers(following, threshold) if following else None
    return replace(plain_head(), version=1, previous=None, keepers=keepers(OLD), following=follow)


def after(before: Head, parties: Sequence[Party] = NEW, threshold: int = 2, **changes: object) -> Head:
    fields = {"version": before.version + 1, "previous": before.digest, "following": None} | changes
    return replace(before, keepers=keepers(parties, threshold), **fields)  # type: ignore[arg-type]  # names of fields


def signed(head: Head, *parties: Party) -> bytes:
    pdf = render_head(head)
    for party in parties:
        pdf = sign(pdf, signer_of(party))
    return pdf


def judged(*pdfs: bytes, trust: Trust = TRUST) -> tuple[HeadVerdict, ...]:
    return judge_heads([examine_head(pdf) for pdf in pdfs], trust, AT + timedelta(minutes=1))


def weighty(verdict: HeadVerdict) -> set[str]:
    return {finding.code for finding in verdict.findings if finding.weight in {Weight.FAIL, Weight.UNKNOWN}}


def test_those_who_follow_sign_the_next_heads_by_the_word_of_those_before() -> None:
    second = after(first())
    third = after(second)
    heads = (signed(third, *NEW), signed(first(), *OLD), signed(second, *NEW))
    verdicts = judged(*heads)
    assert [(one.believed, weighty(one)) for one in verdicts] == [(True, set())] * 3
    assert verdicts[0].signed_by == tuple(map(registrar, NEW))


def test_without_the_head_that_names_them_they_are_unknown() -> None:
    second = after(first())
    (alone,) = judged(signed(second, *NEW))
    assert (alone.believed, weighty(alone)) == (False, {"HEAD_THRESHOLD"})
    third = signed(after(second), *NEW)
    gap = judged(third, signed(first(), *OLD))[0]
    assert (gap.believed, weighty(gap)) == (False, {"HEAD_GAP"})


def test_who_was_replaced_counts_no_more() -> None:
    late = signed(after(first(), OLD), *OLD)
    verdict = judged(late, signed(first(), *OLD))[0]
    assert not verdict.believed
    assert {"HEAD_THRESHOLD", "HEAD_KEEPERS"} == weighty(verdict)
    assert "HEAD_REPLACED" in {finding.code for finding in verdict.findings}
    # past a head that is not at hand the old ones could be anybody
    later = signed(after(after(first(), OLD), OLD), *OLD)
    assert weighty(judged(later, signed(first(), *OLD))[0]) == {"HEAD_GAP"}
    # for who has never seen the changeover they are whom the trust file pins
    assert judged(late)[0].believed


def test_who_was_replaced_cannot_reach_back_past_the_changeover() -> None:
    start = replace(first(()), dated=date(2026, 1, 20))
    change = after(start, OLD, following=keepers(NEW))
    bypass = after(start, OLD, version=3)
    heads = (signed(bypass, *OLD), signed(change, *OLD), signed(start, *OLD))
    assert [one.believed for one in judged(*heads)] == [False, True, True]
    assert weighty(judged(*heads)[0]) == {"HEAD_GAP"}
    # the true third one is believed beside it
    true = judged(signed(after(change), *NEW), *heads)
    assert [one.believed for one in true] == [True, False, True, True]


def test_keepers_of_another_year_have_no_say_in_this_one() -> None:
    other = replace(first(), year=2025, dated=date(2025, 1, 2), next_by=date(2025, 12, 31))
    forged = replace(after(other, NEW), year=2026, dated=date(2026, 1, 22), next_by=date(2026, 4, 30))
    verdict = judged(signed(forged, *NEW), signed(other, *OLD))[0]
    assert (verdict.believed, weighty(verdict)) == (False, {"HEAD_THRESHOLD"})


def test_a_changeover_that_too_few_have_signed_changes_nothing() -> None:
    second = signed(after(first()), *NEW)
    verdict = judged(second, signed(first(), HEAD))[0]
    assert (verdict.believed, weighty(verdict)) == (False, {"HEAD_THRESHOLD"})


def test_those_who_follow_must_have_signed_themselves() -> None:
    second = after(first())
    verdict = judged(signed(second, MAYOR), signed(first(), *OLD))[0]
    assert (verdict.believed, weighty(verdict)) == (False, {"HEAD_THRESHOLD"})


def test_a_lower_threshold_than_the_trust_file_asks_for_cannot_be_handed_on() -> None:
    start = first(NEW, 1)
    second = after(start, NEW, 1)
    assert weighty(judged(signed(second, MAYOR), signed(start, *OLD))[0]) == {"HEAD_THRESHOLD"}
    assert judged(signed(second, *NEW), signed(start, *OLD))[0].believed


def test_other_keepers_than_the_head_before_lays_down_are_a_contradiction() -> None:
    start = first(())
    assert weighty(judged(signed(after(start, NEW), DIVISION_HEAD), signed(start, *OLD))[0]) == {
        "HEAD_KEEPERS",
        "HEAD_THRESHOLD",
    }


def test_the_chain_begins_no_earlier_than_the_lowest_head() -> None:
    second = after(first())
    trust = replace(TRUST, lowest_head=LowestHead(2, second.digest))
    verdicts = judged(signed(second, *NEW), signed(first(), *OLD), trust=trust)
    assert [one.believed for one in verdicts] == [False, False]
    renewed = pinning(*NEW, lowest_head=LowestHead(2, second.digest))
    assert judged(signed(second, *NEW), signed(first(), *OLD), trust=renewed)[0].believed


def test_where_the_trust_file_pins_those_who_follow_no_head_between_is_needed() -> None:
    start = first((*OLD, MAYOR))
    trust = pinning(*OLD, MAYOR)
    third = after(after(start, (*OLD, MAYOR)), (*OLD, MAYOR))
    assert judged(signed(third, *NEW), signed(start, *OLD), trust=trust)[0].believed


def test_a_head_of_another_register_hands_nothing_on() -> None:
    other = replace(first(), year=2025, dated=date(2025, 1, 2), next_by=date(2025, 12, 31))
    here = replace(plain_head(), version=2, keepers=keepers(OLD), following=None)
    verdicts = judged(signed(here, *OLD), signed(other, *OLD))
    assert verdicts[0].believed


def test_what_is_no_head_is_judged_as_none() -> None:
    assert judged(b"x", signed(first(), *OLD))[0].head is None


def test_without_a_changeover_heads_are_judged_as_alone() -> None:
    start = first(())
    pdf = signed(after(start, OLD), *OLD)
    facts = examine_head(pdf)
    assert judged(pdf, signed(start, *OLD))[0] == judge_head(facts, TRUST, AT + timedelta(minutes=1))
