"""From when an agreement counts, which of two versions does on a day, and what that means for those below."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest

from pkdocs.chain import AgreementVerdict, Exhibit, Phase, SetVerdict
from pkdocs.content import REASONED_SCHEMA, Amendment, Content, Reference, Role, Type
from pkdocs.pki.authority import KeyKind
from pkdocs.profile import Ground
from pkdocs.verification import Finding, Result, Weight, examine_pdf
from pkdocs.verification.token import Token
from tests.chain.kit import AT, LATER, LEAF, MIDDLE, ROOT, amended, codes, exhibit, facts, judge, verdict
from tests.chain.test_strays import self_made
from tests.stamping import Clock
from tests.verification.test_proof import trust

DAY = timedelta(days=1)
KEY = KeyKind.P256.make_key()
SEPTEMBER = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
"""The morning of the first day of an amendment."""
OCTOBER = datetime(2026, 10, 1, 2, 0, tzinfo=UTC)


@cache
def stamped(at: datetime) -> Token:
    return Clock(at=at).token()


def at_time(content: Content, at: datetime) -> Exhibit:
    """Return the file of ``content``, whose signatures are proven by timestamps of that moment."""
    signatures = tuple(replace(one, timestamp=stamped(at)) for one in facts(content).signatures)
    return Exhibit(f"{content.id}.pdf", replace(facts(content), signatures=signatures))


def judged_on(day: datetime, *files: Content | Exhibit) -> SetVerdict:
    return judge(*files, trust=trust(AT, day - timedelta(hours=1)), at=day)


def withdrawal_of(content: Content, **changes: object) -> Content:
    """Return the version that ends ``content``."""
    bare = {"goals": (), "budget": None, "plans": (), "schema": REASONED_SCHEMA, "type": Type.WITHDRAWAL}
    ended = Amendment(Ground.WITHDRAWAL, Reference(content.id, content.digest), "Jabatan dihapus")
    return amended(content, **{**bare, "amendment": ended, **changes})


def under(parent: Content, content: Content = LEAF, **changes: object) -> Content:
    return replace(content, parent=Reference(parent.id, parent.digest), **changes)  # type: ignore[arg-type]  # names of fields


def found(one: AgreementVerdict, code: str) -> Finding | None:
    return next((finding for finding in one.findings if finding.code == code), None)


def weight(one: AgreementVerdict, code: str) -> Weight | None:
    finding = found(one, code)
    return finding.weight if finding else None


# how far an agreement has come


def test_a_signed_chain_is_in_force_from_its_first_day():
    judged = judge(ROOT, MIDDLE, LEAF)
    assert {one.phase for one in judged.agreements} == {Phase.IN_FORCE}
    assert {one.counts_from for one in judged.agreements} == {LEAF.first_day}


@pytest.mark.parametrize(
    ("roles", "phase"),
    [((Role.FIRST,), Phase.PARTIAL), ((Role.SECOND,), Phase.PARTIAL)],
    ids=["the first party alone", "the second party alone"],
)
def test_half_signed_is_partial_and_what_hangs_on_it_unproven(roles, phase):
    judged = judge(ROOT, exhibit(MIDDLE, *roles), LEAF)
    assert (verdict(judged, MIDDLE).phase, verdict(judged, LEAF).phase) == (phase, Phase.UNPROVEN)


def test_unsigned_is_issued_and_unreadable_nothing():
    from pkdocs.verification import unread_facts
    from tests.issued import issued

    draft = Exhibit("draft.pdf", examine_pdf(issued(LEAF)))
    judged = judge(ROOT, MIDDLE, draft, Exhibit("broken.pdf", unread_facts("EIO")))
    assert [one.phase for one in judged.agreements[-2:]] == [Phase.ISSUED, None]
    assert judged.agreements[-1].counts_from is None


def test_before_its_first_day_it_is_upcoming_and_after_its_last_past():
    short = under(MIDDLE, first_day=date(2026, 1, 24), last_day=date(2026, 1, 25))
    phases = [verdict(judged_on(AT + days * DAY, ROOT, MIDDLE, short), short).phase for days in (1, 2, 3, 4)]
    assert phases == [Phase.UPCOMING, Phase.IN_FORCE, Phase.IN_FORCE, Phase.PAST]


# which of two versions


def test_an_amendment_takes_the_place_of_its_base_on_its_first_day_and_not_before():
    later = amended(LEAF)
    files = (ROOT, MIDDLE, LEAF, at_time(later, AT))
    before, after = judged_on(SEPTEMBER - DAY, *files), judged_on(SEPTEMBER, *files)
    assert (verdict(before, LEAF).phase, verdict(before, later).phase) == (Phase.IN_FORCE, Phase.UPCOMING)
    assert (verdict(after, LEAF).phase, verdict(after, later).phase) == (Phase.SUPERSEDED, Phase.IN_FORCE)


def test_an_amendment_that_names_an_early_day_counts_from_its_proven_completion():  # 92
    later = amended(LEAF, first_day=date(2026, 2, 1))
    files = (ROOT, MIDDLE, LEAF, at_time(later, SEPTEMBER))
    judged = judged_on(OCTOBER, *files)
    assert verdict(judged, later).counts_from == SEPTEMBER.date()
    assert weight(verdict(judged, later), "AMENDMENT_COMPLETED_LATE") is Weight.WARNING


@pytest.mark.parametrize("name", ["a", "z"], ids=["before it", "after it"])
def test_what_others_signed_in_time_proves_nothing_of_an_amendment(name):  # 92
    later = amended(LEAF, first_day=date(2026, 2, 1))
    # drawn up in February by who could not sign it, and kept until the result was known
    early = at_time(later, AT + 10 * DAY)
    strangers = (replace(one, certificate=self_made(one.name, KEY).certificate) for one in early.facts.signatures)
    forged = Exhibit(f"{name}.pdf", replace(early.facts, signatures=tuple(strangers)))
    judged = judged_on(OCTOBER, ROOT, MIDDLE, LEAF, at_time(later, SEPTEMBER), forged)
    true = next(one for one in judged.agreements if one.file == f"{later.id}.pdf")
    assert (true.result, true.counts_from) == (Result.PASSED, SEPTEMBER.date())
    assert weight(true, "AMENDMENT_COMPLETED_LATE") is Weight.WARNING


def test_an_amendment_that_nothing_proves_counts_from_the_day_of_judging():  # 92
    later = amended(LEAF, first_day=date(2026, 2, 1))
    judged = judged_on(SEPTEMBER, ROOT, MIDDLE, LEAF, later)
    assert verdict(judged, later).counts_from == SEPTEMBER.date()
    assert verdict(judged, LEAF).phase is Phase.SUPERSEDED


def test_an_unsigned_amendment_takes_nobody_s_place():  # 65
    judged = judged_on(OCTOBER, ROOT, MIDDLE, LEAF, exhibit(amended(LEAF), Role.FIRST))
    assert verdict(judged, LEAF).phase is Phase.IN_FORCE


def test_a_withdrawn_agreement_is_withdrawn_from_the_first_day_of_what_ends_it():
    ended = withdrawal_of(LEAF)
    files = (ROOT, MIDDLE, LEAF, at_time(ended, AT))
    assert verdict(judged_on(SEPTEMBER - DAY, *files), LEAF).phase is Phase.IN_FORCE
    after = judged_on(SEPTEMBER, *files)
    assert verdict(after, LEAF).phase is Phase.WITHDRAWN
    assert codes(verdict(after, ended)) == set()


def test_nothing_counts_before_what_it_hangs_on():  # 63
    above = amended(MIDDLE, first_day=date(2026, 2, 1))
    child = under(above, first_day=date(2026, 2, 1))
    judged = judged_on(OCTOBER, ROOT, MIDDLE, at_time(above, SEPTEMBER), at_time(child, AT))
    assert verdict(judged, child).counts_from == SEPTEMBER.date()


def test_a_child_proven_complete_before_its_parent_is_a_warning():  # 63
    judged = judged_on(OCTOBER, at_time(ROOT, AT), at_time(MIDDLE, AT + DAY), at_time(LEAF, AT))
    assert codes(verdict(judged, LEAF)) == {"PARENT_COMPLETED_LATER"}
    assert verdict(judged, LEAF).result is Result.PASSED
    assert codes(verdict(judged_on(OCTOBER, at_time(ROOT, AT), at_time(MIDDLE, AT), at_time(LEAF, AT)), LEAF)) == set()


# what it means below


def test_a_child_that_begins_when_the_parent_was_proven_superseded_fails():  # 56, 57
    above, child = amended(MIDDLE), amended(LEAF, first_day=date(2026, 10, 1))
    judged = judged_on(OCTOBER, ROOT, MIDDLE, LEAF, at_time(above, SEPTEMBER), child)
    assert (weight(verdict(judged, child), "PARENT_SUPERSEDED"), verdict(judged, child).own) == (
        Weight.FAIL,
        Result.FAILED,
    )
    assert weight(verdict(judged, LEAF), "PARENT_SUPERSEDED") is None


def test_a_child_that_begins_before_the_successor_was_complete_stands():  # 56
    above = amended(MIDDLE, first_day=date(2026, 2, 1))
    child = amended(LEAF, first_day=date(2026, 8, 1))
    judged = judged_on(OCTOBER, ROOT, MIDDLE, LEAF, at_time(above, SEPTEMBER), at_time(child, AT))
    assert codes(verdict(judged, child)) == set()


def test_without_a_proof_of_when_it_is_unknown():  # 56
    above, child = amended(MIDDLE), amended(LEAF, first_day=date(2026, 10, 1))
    judged = judged_on(OCTOBER, ROOT, MIDDLE, LEAF, above, child)
    assert weight(verdict(judged, child), "PARENT_SUPERSEDED") is Weight.UNKNOWN


def test_a_child_that_begins_after_its_parent_was_withdrawn_fails():  # 56
    ended, child = withdrawal_of(MIDDLE), amended(LEAF, first_day=date(2026, 10, 1))
    judged = judged_on(OCTOBER, ROOT, MIDDLE, LEAF, at_time(ended, SEPTEMBER), child)
    assert weight(verdict(judged, child), "PARENT_SUPERSEDED") is Weight.FAIL
    assert weight(verdict(judged, LEAF), "PARENT_WITHDRAWN") is Weight.WARNING


# completed late


def test_an_original_proven_complete_after_the_day_on_its_page_is_a_warning():  # 53
    judged = judged_on(OCTOBER, ROOT, MIDDLE, at_time(LEAF, SEPTEMBER))
    assert weight(verdict(judged, LEAF), "COMPLETED_LATE") is Weight.WARNING
    assert verdict(judged, LEAF).counts_from == LEAF.first_day


def test_an_original_signed_on_the_day_of_its_page_is_in_time():
    assert found(verdict(judge(ROOT, MIDDLE, at_time(LEAF, AT), at=LATER), LEAF), "COMPLETED_LATE") is None


# another superior by a later version


def test_a_version_under_another_position_needs_the_register():  # 59
    elsewhere = amended(LEAF, parent=Reference(ROOT.id, ROOT.digest))
    assert elsewhere.parties.second is not None
    second = replace(ROOT.parties.first, label="PIHAK KEDUA")
    grafted = replace(elsewhere, parties=replace(elsewhere.parties, second=second))
    judged = judge(ROOT, MIDDLE, LEAF, grafted)
    assert weight(verdict(judged, grafted), "SUPERIOR_NEEDS_REGISTER") is Weight.UNKNOWN
    assert verdict(judged, LEAF).own is Result.PASSED
