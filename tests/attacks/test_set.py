"""Attacks on the set (docs/verification.md, 67-80): a valid set or register with one change, and what names it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from pkdocs.chain import Exhibit
from pkdocs.content import Organisation, Role
from pkdocs.register import (
    Stretch,
    compare_heads,
    list_root,
    older_heads,
    open_account,
    render_lines,
    rewritten_findings,
)
from pkdocs.register.making import lines_in_force
from pkdocs.schema import SchemaError
from pkdocs.trust import AlgorithmDates, LowestHead
from pkdocs.verification import Result, Weight, examine_pdf, unread_facts
from tests.chain.books import DAY, account_of, head_of
from tests.chain.kit import (
    AT,
    DIVISION_HEAD,
    HEAD,
    LATER,
    LEAF,
    MIDDLE,
    ROOT,
    amended,
    codes,
    exhibit,
    judge,
    results,
    verdict,
)
from tests.chain.test_register import FILES, LINES, changed, is_listed, judged, leaf, weights, without
from tests.register.heads import KEEPERS, kept_head, pinning
from tests.register.test_head_judging import codes as head_codes
from tests.register.test_head_judging import judge as judge_the_head
from tests.register.test_head_judging import signed
from tests.signed import training_trust
from tests.stamping import STAMPED, Clock, signed_in_time

LIST = render_lines(LINES)


def fitting(lines=None, **changes: object):
    """Return a head that fits the list, with one thing other."""
    lines = LINES if lines is None else lines
    in_force = lines_in_force(lines, render_lines(lines).split(b"\n")[:-1])
    fits = {"size": len(lines), "root_hash": list_root(lines), "in_force": in_force, "dated": DAY}
    return head_of(**(fits | changes))


def opened(head, data: bytes | None = LIST) -> dict[str, Weight]:
    return {finding.code: finding.weight for finding in open_account(head, (), data).findings}


def compared(named, *others, data: bytes = LIST) -> dict[str, Weight]:
    found = (*compare_heads(named, others), *rewritten_findings(older_heads(named, others), data))
    return {finding.code: finding.weight for finding in found}


def next_of(before, lines=None, **changes: object):
    return replace(fitting(lines), version=before.version + 1, previous=before.digest, **changes)


def test_what_the_attacks_start_from_is_valid():
    assert opened(fitting()) == {}
    assert compared(next_of(fitting()), fitting()) == {}
    assert judged(LINES).result is Result.PASSED
    assert head_codes(judge_the_head(signed(HEAD, DIVISION_HEAD))) == set()


# 67, 68, 70: the list


def test_a_list_that_was_shortened_is_named():  # 68
    assert opened(fitting(), render_lines(LINES[:-1])) == {"LIST_CUT": Weight.FAIL}


def test_a_roster_shortened_in_the_next_version_is_named():  # 68, 71
    fewer = without(LINES, is_listed)
    data = render_lines(fewer)
    after = next_of(fitting(), fewer)
    assert opened(after, data) == {}
    assert compared(after, fitting(), data=data) == {"LIST_REWRITTEN": Weight.FAIL}


def test_a_listed_agreement_that_is_not_there_leaves_the_set_open():  # 68
    assert weights(judged(LINES, *FILES[:2])) == {"SET_MISSING": Weight.UNKNOWN}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"content": "5" * 64}, "CONTENT_OTHER"),
        ({"issued": Stretch("5" * 64, 10)}, "ISSUE_OTHER"),
        ({"signed": Stretch("5" * 64, 10**7)}, "FILE_CUT_BACK"),
        ({"signed": Stretch("5" * 64, 10**5)}, "SIGNED_OTHER"),
        ({"id": "PK-2026-KOMINFO.LAIN-1"}, "LISTED_OTHERWISE"),
        ({"position": "KOMINFO.LAIN"}, "LISTED_OTHERWISE"),
        ({"unit": "Dinas Lain"}, "LISTED_OTHERWISE"),
        ({"persons": ("Z" * 16,)}, "LISTED_OTHERWISE"),
    ],
    ids=["content", "issued bytes", "longer", "signed bytes", "id", "position", "unit", "persons"],
)
def test_an_entry_that_says_something_else_is_named(change, code):  # 70
    listed = next(line for line in LINES if is_listed(line))
    if "signed" in change and code == "SIGNED_OTHER":
        change = {"signed": Stretch("5" * 64, listed.signed.length)}
    one = leaf(changed(LINES, is_listed, **change))
    assert (code in codes(one), one.own) == (True, Result.FAILED)


def test_one_id_for_two_signed_contents_fails_the_set():  # 70
    line = next(line for line in LINES if is_listed(line))
    assert weights(judged([*LINES, replace(line, content="5" * 64)]))["SET_LISTED_TWICE"] is Weight.FAIL


# 69, 74: files that do not belong


def test_a_file_that_is_not_listed_is_named():  # 69
    more = amended(LEAF)
    one = judged(LINES, *FILES, exhibit(more))
    assert codes(verdict(one, more)) == {"UNLISTED"}
    assert weights(one) == {"SET_UNLISTED": Weight.UNKNOWN}


def test_files_of_another_year_do_not_fill_this_years_set():  # 74, 80
    earlier = replace(
        ROOT,
        year=2025,
        id="PK-2025-WALIKOTA-1",
        first_day=date(2025, 1, 1),
        last_day=date(2025, 12, 31),
        dated=date(2025, 1, 22),
    )
    one = judged(LINES, exhibit(earlier), *FILES[1:])
    assert "UNLISTED" in codes(verdict(one, earlier))
    assert {"SET_MISSING", "SET_UNLISTED"} <= set(weights(one))
    assert one.result is Result.INDETERMINATE


def test_files_of_another_agency_are_named():  # 74
    other = replace(ROOT, organisation=Organisation("Pemerintah Kota Lain", "35.98"))
    assert "ORGANISATION_OTHER" in codes(verdict(judge(other), other))


@pytest.mark.parametrize(
    "change",
    [{"year": 2027}, {"id": "PK-2027-WALIKOTA-1"}, {"id": "PK-2026-SETDA-1"}, {"version": 2}],
    ids=["another year", "an id of another year", "an id of another position", "another version"],
)
def test_an_id_that_is_not_the_years_positions_and_versions_is_none(change):  # 80
    with pytest.raises(SchemaError):
        replace(ROOT, **change)


# 71-73: other states of the register


def test_an_older_head_than_the_one_that_is_pinned_is_a_rollback():  # 71, 79
    pinned = replace(pinning(*KEEPERS), lowest_head=LowestHead(4, "a" * 64))
    assert head_codes(judge_the_head(signed(HEAD, DIVISION_HEAD), pinned)) == {"HEAD_ROLLED_BACK"}


def test_a_head_served_for_ever_is_stale():  # 71
    stale = judge_the_head(signed(HEAD, DIVISION_HEAD), at=AT + timedelta(days=200))
    assert "REGISTER_STALE" in head_codes(stale)


def test_a_newer_head_beside_the_named_one_is_told():  # 71
    assert compared(fitting(), next_of(fitting())) == {"HEAD_NEWER": Weight.UNKNOWN}


def test_lines_beyond_what_is_signed_are_not_used():  # 72
    assert opened(fitting(LINES[:-1])) == {"LIST_AHEAD": Weight.WARNING}


def test_a_version_pushed_far_ahead_leads_nowhere():  # 72
    """Whoever skips versions supersedes what nobody has: the genuine version stays in force."""
    from pkdocs.content import Reference

    ahead = amended(
        LEAF,
        id="PK-2026-KOMINFO.APTIKA-999",
        version=999,
        amendment=replace(amended(LEAF).amendment, supersedes=Reference("PK-2026-KOMINFO.APTIKA-998", "0" * 64)),
    )
    one = judge(ROOT, MIDDLE, LEAF, ahead)
    assert "AMENDMENT_BASE_ABSENT" in codes(verdict(one, ahead))
    assert "SUPERSEDED" not in {finding.code for finding in verdict(one, LEAF).findings}
    assert "AMENDMENT_BASE" in codes(verdict(judge(ROOT, MIDDLE, LEAF, skipping(ahead)), skipping(ahead)))


def skipping(ahead):
    """Return the same, pretending to follow the first version directly."""
    from pkdocs.content import Reference

    base = Reference("PK-2026-KOMINFO.APTIKA-998", LEAF.digest)
    return replace(ahead, amendment=replace(ahead.amendment, supersedes=base))


def test_two_heads_of_one_version_are_two_registers():  # 73
    assert compared(fitting(), fitting(next_by=date(2026, 12, 1)))["HEAD_TWICE"] is Weight.FAIL
    forked = replace(pinning(*KEEPERS), lowest_head=LowestHead(kept_head().version, "a" * 64))
    assert head_codes(judge_the_head(signed(HEAD, DIVISION_HEAD), forked)) == {"HEAD_FORKED"}


def test_a_head_that_skips_the_one_before_is_named():  # 67, 73
    assert compared(replace(next_of(fitting()), previous="0" * 64), fitting()) == {"HEAD_UNLINKED": Weight.FAIL}


# 67: who may say who reports to whom


@pytest.mark.parametrize(
    ("signers", "pinned", "expected"),
    [
        ((), KEEPERS, {"HEAD_THRESHOLD"}),
        ((HEAD,), KEEPERS, {"HEAD_THRESHOLD"}),
        ((HEAD, DIVISION_HEAD), KEEPERS[2:], {"HEAD_NOT_PINNED", "HEAD_THRESHOLD"}),
    ],
    ids=["unsigned", "one of two", "by others than those pinned"],
)
def test_a_list_that_its_keepers_did_not_sign_is_not_believed(signers, pinned, expected):  # 67
    trust = pinning(*pinned, threshold=min(2, len(pinned)))
    judged_head = judge_the_head(signed(*signers), trust)
    assert (head_codes(judged_head), judged_head.believed) == (expected, False)


# 76, 77: which files were judged


def test_a_file_that_nobody_could_read_is_no_complete_set():  # 76
    one = judge(*FILES, Exhibit("lain.pdf", unread_facts("Permission denied")))
    assert one.agreements[-1].result is Result.FAILED
    assert {"FILE_NOT_READ"} == {finding.code for finding in one.agreements[-1].findings}
    assert ("SET_UNREADABLE", Weight.FAIL) in {(finding.code, finding.weight) for finding in one.findings}


def test_a_file_swapped_for_another_has_another_digest_and_verdict():  # 77
    before = judge(*FILES)
    swapped = Exhibit(FILES[2].file, exhibit(LEAF, Role.FIRST).facts)
    after = judge(*FILES[:2], swapped)
    assert verdict(before, LEAF).sha256 != verdict(after, LEAF).sha256
    assert codes(verdict(after, LEAF)) == {"SIGNATURE_MISSING"}


# 79: the verifier's own clock, trust file and policy


def test_a_clock_before_the_register_is_named():  # 79
    one = judge(*FILES, account=account_of(LINES), at=AT - timedelta(days=3), trust=training_trust())
    assert weights(one)["CLOCK_BEFORE_REGISTER"] is Weight.UNKNOWN
    assert one.result is Result.INDETERMINATE


def test_a_clock_before_the_trust_files_own_lists_is_a_warning():  # 79
    one = judge(*FILES, at=AT - timedelta(hours=1))
    assert weights(one)["TRUST_LATER"] is Weight.WARNING
    assert "TRUST_LATER" not in weights(judge(*FILES))


def test_a_clock_before_a_timestamp_is_named():  # 79
    stamped = Exhibit("root.pdf", examine_pdf(signed_in_time(ROOT, Clock(at=STAMPED))))
    assert {"TIMESTAMP_LATER", "CLAIMED_TIME"} <= codes(verdict(judge(stamped, at=AT - timedelta(hours=1)), ROOT))


def test_an_old_trust_file_shows_nothing_of_today():  # 79
    later = LATER + timedelta(days=400)
    assert "CERTIFICATE_STATUS_UNKNOWN" in codes(verdict(judge(*FILES, at=later), LEAF))


def test_a_policy_that_was_relaxed_is_said_in_every_verdict():  # 79
    relaxed = replace(training_trust(), algorithms=AlgorithmDates(later=(("secp256r1", date(2060, 1, 1)),)))
    one = judge(*FILES, trust=relaxed)
    assert all("ALGORITHMS_EXTENDED" in codes(agreement) for agreement in one.agreements)
    assert set(results(one).values()) == {Result.PASSED}


# 91: two partial copies


def test_two_partial_copies_do_not_make_a_whole():  # 91
    files = (exhibit(LEAF, Role.FIRST), replace(exhibit(LEAF, Role.SECOND), file="copy.pdf"))
    one = judge(*FILES[:2], *files)
    copies = [agreement for agreement in one.agreements if agreement.content == LEAF]
    assert all({"FILE_TWICE", "SIGNATURE_MISSING"} <= codes(agreement) for agreement in copies)
    assert "SET_DOUBLED" in {finding.code for finding in one.findings}
