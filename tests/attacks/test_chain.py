"""Attacks on the chain (docs/verification.md, 54-67): one agreement of a valid chain changed, and what names it."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkdocs.chain import Exhibit, SetVerdict
from pkdocs.chain.tree import MAX_LEVELS
from pkdocs.content import Budget, Content, Expense, Parties, Reference, Role, Seat
from pkdocs.plan import Tier
from pkdocs.report import tree_lines
from pkdocs.roster import Level
from pkdocs.schema import SchemaError, canonical, parse_json
from pkdocs.verification import Facts, Result, Weight, find
from pkdocs.verification.finding import Step, heaviness
from tests.chain.kit import (
    DIVISION_HEAD,
    HEAD,
    LEAF,
    MIDDLE,
    ROOT,
    amended,
    codes,
    exhibit,
    facts,
    judge,
    second,
    verdict,
)
from tests.chain.test_register import judged as judged_by_register
from tests.chain.test_verdicts import with_promise, with_second
from tests.factory import reference


def unsigned(content: Content) -> Exhibit:
    """Return a file of ``content`` as if it were read and nobody had signed: quick to make in any number."""
    return Exhibit(f"{content.id}.pdf", Facts(sha256="0" * 64, content=content, content_digest=content.digest))


def line(length: int) -> list[Content]:
    """Return that many contents, each the parent of the next."""
    contents = [ROOT]
    for number in range(length):
        above = contents[-1]
        first = replace(DIVISION_HEAD, position=f"K{number}", person=("D" * 16, "E" * 16)[number % 2])
        contents.append(
            replace(
                LEAF,
                id=f"PK-2026-K{number}-1",
                position=Seat(f"K{number}", "Staf", "Dinas", Level.EXECUTIVE),
                parties=Parties(first, second(above.parties.first)),
                parent=reference(above),
            )
        )
    return contents


# 54-60


def test_a_level_that_is_skipped_is_named():  # 60
    skipped = replace(LEAF, parent=Reference(ROOT.id, ROOT.digest))
    assert "PARENT_POSITION" in codes(verdict(judge(ROOT, MIDDLE, skipped), skipped))


def test_a_chain_deeper_than_any_government_ends_and_is_named():  # 39, 60
    contents = line(MAX_LEVELS + 300)
    found = {one.depth: codes(one) for one in judge(*map(unsigned, contents)).agreements}
    assert "CHAIN_TOO_DEEP" not in found[MAX_LEVELS]
    assert all("CHAIN_TOO_DEEP" in found[depth] for depth in range(MAX_LEVELS + 1, MAX_LEVELS + 301))


def test_a_content_with_two_parents_is_none():  # 60
    from pkdocs.content import parse_content

    one = canonical(LEAF)
    parent = one[one.index(b'"parent":') : one.index(b',"parties"')]
    both = parent.replace(b'"parent":', b'"parent":[') + b"," + parent.removeprefix(b'"parent":') + b"]"
    for forged in (one.replace(parent, parent + b"," + parent), one.replace(parent, both)):
        with pytest.raises(SchemaError):
            parse_content(forged)
    assert parse_json(one)


def test_two_files_of_one_id_under_two_parents_contradict_each_other():  # 60, 64
    elsewhere = replace(LEAF, parent=reference(amended(MIDDLE)), first_day=date(2026, 9, 1))
    one = judge(ROOT, MIDDLE, amended(MIDDLE), LEAF, Exhibit("other.pdf", facts(elsewhere)))
    assert "ID_TWICE" in codes(verdict(one, LEAF))
    assert verdict(one, LEAF).own is Result.FAILED
    assert "SET_IDS_TWICE" in {finding.code for finding in one.findings}


def test_a_child_under_a_superior_of_another_branch_is_named():  # 59
    grafted = with_second(LEAF, position="DINKES")
    assert "PARENT_POSITION" in codes(verdict(judge(ROOT, MIDDLE, grafted), grafted))


def test_the_third_version_of_the_first_is_out_of_order():  # 65
    base = Reference("PK-2026-KOMINFO.APTIKA-2", LEAF.digest)
    amendment = replace(amended(LEAF).amendment, supersedes=base)
    wrong = amended(LEAF, id="PK-2026-KOMINFO.APTIKA-3", version=3, amendment=amendment)
    assert "AMENDMENT_BASE" in codes(verdict(judge(ROOT, MIDDLE, LEAF, wrong), wrong))


# 61, 62


def test_a_budget_that_the_superior_never_had_is_a_warning():  # 61, 62
    lines = (Expense("2.16.03.2.02", Tier.ACTIVITY, "Kegiatan", "9999999999"),)
    richer = replace(LEAF, budget=Budget(lines, "9999999999"))
    assert codes(verdict(judge(ROOT, MIDDLE, richer), richer)) == {"BUDGET_EXCEEDS_PARENT"}


def test_a_total_that_is_not_that_of_its_lines_is_no_content():  # 62
    with pytest.raises(SchemaError):
        Budget((Expense("2.16.03", Tier.PROGRAMME, "Program", "100"),), "90")


# 66: what happens above


def results_of(judged: SetVerdict) -> dict[str | None, Result]:
    return {one.id: one.result for one in judged.agreements}


def as_if_signed(key: str) -> Exhibit:
    """Return a file of another agency's head, as if it were read like that of ``MIDDLE``."""
    parties = Parties(replace(HEAD, position=key), MIDDLE.parties.second)
    content = replace(MIDDLE, id=f"PK-2026-{key}-1", position=replace(MIDDLE.position, key=key), parties=parties)
    read = replace(facts(MIDDLE), content=content, content_digest=content.digest, codes=(), sha256=content.digest)
    return Exhibit(f"{content.id}.pdf", read)


def test_what_is_wrong_at_the_top_is_said_once_and_carried_down():  # 66
    """One fault above 300 agreements: each has its result, and the report names one first cause."""
    files = [as_if_signed(f"U{number}") for number in range(300)]
    wrong = find("SIGNATURE_INVALID", Step.SIGNATURES, Weight.FAIL, role=Role.FIRST)
    broken = replace(exhibit(ROOT), facts=replace(facts(ROOT), findings=(wrong,)))
    judged = judge(broken, *files)
    assert Counter(results_of(judged).values()) == {Result.FAILED: 301}
    assert {one.own for one in judged.agreements if one.depth} == {Result.PASSED}
    above = [finding for one in judged.agreements for finding in one.findings if finding.inherited]
    assert {dict(finding.params)["cause"] for finding in above} == {"SIGNATURE_INVALID"}
    assert {finding.code for finding in above} == {"ABOVE"}
    written = [entry.text for entry in tree_lines(judged, "id")]
    assert sum(wrong.message("id") in text for text in written) == 1


WEIGHTS = {Result.FAILED: Weight.FAIL, Result.INDETERMINATE: Weight.UNKNOWN, Result.PASSED: Weight.NOTE}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(list(WEIGHTS))), min_size=1, max_size=10), st.randoms())
def test_the_result_is_the_heavier_of_ones_own_and_the_parents(drawn, random):  # 66
    """A tree of any shape with any faults: own, inherited, first cause, in whatever order the files come."""
    contents, own = [ROOT], [drawn[0][1]]
    for number, (place, result) in enumerate(drawn[1:], 1):
        above = contents[place % number]
        key = f"K{number}"
        first = replace(DIVISION_HEAD, position=key, person="ABCDEFGHIJ"[number] * 16)
        contents.append(
            replace(
                LEAF,
                id=f"PK-2026-{key}-1",
                position=Seat(key, "Staf", "Dinas", Level.EXECUTIVE),
                parties=Parties(first, second(above.parties.first)),
                parent=reference(above),
            )
        )
        own.append(result)
    planted = {
        content.digest: find(f"PLANTED_{number}", Step.CONTENT, WEIGHTS[result])
        for number, (content, result) in enumerate(zip(contents, own, strict=True))
    }
    files = [
        Exhibit(f"{c.id}.pdf", replace(unsigned(c).facts, findings=(planted[c.digest],), sha256=c.digest))
        for c in contents
    ]
    random.shuffle(files)
    found = {one.content.digest: one for one in judge(*files).agreements if one.content}
    for content in contents:
        one, parent = found[content.digest], found.get(content.parent.digest) if content.parent else None
        # nobody signed, so each is at least incomplete by itself
        assert heaviness(one.own) >= heaviness(Result.INCOMPLETE)
        assert one.result is max((one.own, *([parent.result] if parent else [])), key=heaviness)
        inherited = [finding for finding in one.findings if finding.inherited]
        assert len(inherited) == (1 if parent else 0)
        for finding in inherited:
            assert finding.weight is not Weight.NOTE
            origin = next(o for o in found.values() if o.id == dict(finding.params)["origin"])
            assert dict(finding.params)["cause"] in {f.code for f in origin.findings if not f.inherited}


# 67


def test_another_superior_than_the_signed_list_has_is_named():  # 67
    from pkdocs.register import PositionLine
    from tests.chain.test_register import LINES, changed

    moved = changed(LINES, lambda one: isinstance(one, PositionLine) and one.key == "KOMINFO.APTIKA", superior="DINKES")
    assert codes(verdict(judged_by_register(moved), LEAF)) == {"SUPERIOR_OTHER"}


def test_a_promise_to_nobody_is_named():  # 61
    escalated = with_promise(LEAF, answers_to=("KOMINFO-9",))
    assert codes(verdict(judge(ROOT, MIDDLE, escalated), escalated)) == {"INDICATOR_PARENT_ABSENT"}
