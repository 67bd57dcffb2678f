"""What a head and its list are worth together."""

from dataclasses import replace
from datetime import date

import pytest

from pkdocs.register import (
    Account,
    Head,
    compare_heads,
    list_root,
    older_heads,
    open_account,
    render_lines,
    rewritten_findings,
)
from pkdocs.register.head import EARLIER_SCHEMA, SCHEMA
from pkdocs.register.making import lines_in_force
from pkdocs.verification import Step, Weight, find
from tests.register.heads import kept_head
from tests.register.test_lines import AGREEMENT, ALL, ASSIGNMENT, LATER

LIST = render_lines(ALL)


def head(**changes: object) -> Head:
    fields = {"size": len(ALL), "root_hash": list_root(ALL), "schema": EARLIER_SCHEMA, "in_force": None} | changes
    return replace(kept_head(), **fields)  # type: ignore[arg-type]  # names of fields


def codes(account: Account) -> list[tuple[str, Weight]]:
    return [(finding.code, finding.weight) for finding in account.findings]


def test_a_believed_head_with_its_list_gives_the_register() -> None:
    account = open_account(head(), (), LIST)
    assert account.findings == ()
    assert account.register is not None
    assert account.register.agreements[AGREEMENT.content] == AGREEMENT
    assert account.register.is_in_office(ASSIGNMENT.person, "KOMINFO", LATER)
    assert not account.register.is_in_office("C" * 16, "KOMINFO", LATER)


def test_a_head_that_is_not_believed_gives_none_and_says_why() -> None:
    wrong = find("HEAD_THRESHOLD", Step.SET, Weight.UNKNOWN)
    assert open_account(None, (wrong,), LIST) == Account(None, (wrong,))


@pytest.mark.parametrize(
    ("data", "code", "weight"),
    [
        (None, "LIST_ABSENT", Weight.UNKNOWN),
        (LIST[:-1], "LIST_UNREADABLE", Weight.FAIL),
        (render_lines(ALL[:-1]), "LIST_CUT", Weight.FAIL),
        (render_lines((*ALL[:-1], replace(AGREEMENT, content="5" * 64))), "LIST_OTHER", Weight.FAIL),
        (LIST.replace(b"position/1", b"position/2"), "LIST_NEWER", Weight.UNKNOWN),
    ],
)
def test_a_list_that_does_not_fit_is_named_and_not_used(data: bytes | None, code: str, weight: Weight) -> None:
    account = open_account(head(), (), data)
    assert (account.register, codes(account)) == (None, [(code, weight)])


def test_lines_entered_after_the_head_are_a_contradiction() -> None:
    late = tuple(replace(line, entered=LATER) for line in ALL)
    account = open_account(replace(head(), root_hash=list_root(late)), (), render_lines(late))
    assert (account.register, codes(account)) == (None, [("LIST_LATER", Weight.FAIL)])


def test_other_lines_in_force_than_the_head_signs_are_a_contradiction() -> None:
    written = LIST.split(b"\n")[:-1]
    right = lines_in_force(ALL, written)
    assert codes(open_account(head(schema=SCHEMA, in_force=right), (), LIST)) == []
    for wrong in (replace(right, root_hash="0" * 64), replace(right, size=1), replace(right, compared=1)):
        account = open_account(head(schema=SCHEMA, in_force=wrong), (), LIST)
        assert (account.register, codes(account)) == (None, [("LIST_IN_FORCE", Weight.FAIL)])
    void = render_lines([replace(ASSIGNMENT, void=True)])
    nothing = head(
        size=1,
        root_hash=list_root([replace(ASSIGNMENT, void=True)]),
        schema=SCHEMA,
        in_force=replace(right, size=1, compared=0),
    )
    assert codes(open_account(nothing, (), void)) == [("LIST_IN_FORCE", Weight.FAIL)]


def test_lines_beyond_the_head_are_not_used() -> None:
    more = replace(AGREEMENT, content="5" * 64)
    account = open_account(head(), (), render_lines((*ALL, more)))
    assert codes(account) == [("LIST_AHEAD", Weight.WARNING)]
    assert account.register is not None
    assert more.content not in account.register.agreements


def next_of(before: Head, **changes: object) -> Head:
    return replace(before, version=before.version + 1, previous=before.digest, **changes)  # type: ignore[arg-type]  # names of fields


def compared(named: Head, *others: Head, data: bytes | None = LIST) -> list[tuple[str, Weight]]:
    found = (*compare_heads(named, others), *rewritten_findings(older_heads(named, others), data))
    return [(finding.code, finding.weight) for finding in found]


def test_an_older_head_whose_lines_begin_the_list_says_nothing() -> None:
    before = head(size=3, root_hash=list_root(ALL[:3]))
    assert compared(next_of(before, size=len(ALL), root_hash=list_root(ALL)), before) == []


def test_an_older_head_whose_lines_are_gone_is_named() -> None:
    before = head(root_hash="0" * 64)
    assert compared(next_of(before, root_hash=list_root(ALL)), before) == [("LIST_REWRITTEN", Weight.FAIL)]
    assert compared(next_of(before), before, data=None) == [("LIST_REWRITTEN", Weight.FAIL)]


def test_a_head_that_does_not_follow_the_one_before_is_named() -> None:
    before = head()
    after = replace(next_of(before), previous="0" * 64)
    assert compared(after, before) == [("HEAD_UNLINKED", Weight.FAIL)]


def test_two_heads_of_one_version_are_named() -> None:
    assert ("HEAD_TWICE", Weight.FAIL) in compared(head(), head(next_by=date(2026, 12, 1)))


def test_a_newer_head_is_unknown() -> None:
    assert compared(head(), next_of(head())) == [("HEAD_NEWER", Weight.UNKNOWN)]


def test_heads_of_another_year_do_not_count() -> None:
    assert compared(head(), head(year=2025)) == []
