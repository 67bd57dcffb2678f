"""What changed from one version of the register to another."""

from dataclasses import replace
from datetime import date

from pkdocs.register import AssignmentLine, Head, Line, State, compare_versions, list_root
from tests.register.heads import earlier_head
from tests.register.test_lines import AGREEMENT, ALL, ASSIGNMENT, LATER, POSITION


def head(lines: list[Line], version: int) -> Head:
    previous = None if version == 1 else "0" * 64
    return replace(earlier_head(), version=version, previous=previous, size=len(lines), root_hash=list_root(lines))


OLDER = list(ALL)
CAME = AssignmentLine(LATER, "D" * 16, ASSIGNMENT.position, ASSIGNMENT.status)
LEFT = replace(ASSIGNMENT, entered=LATER, ends=date(2026, 6, 30))
VOID = replace(AGREEMENT, entered=LATER, void=True)


def test_what_was_added_is_counted_by_kind_and_people_come_and_go() -> None:
    newer = [*OLDER, LEFT, CAME, VOID]
    found = compare_versions(head(OLDER, 1), None, head(newer, 2), newer)
    assert found.continues
    assert dict(found.by_kind) == {"pkdocs-assignment": 2, "void": 1}
    assert (found.came, found.left) == ((CAME,), (ASSIGNMENT,))
    (moved,) = found.moved
    assert (moved.id, moved.before, moved.after) == (AGREEMENT.id, AGREEMENT.state, None)


def test_an_agreement_that_is_new_was_nowhere_before() -> None:
    new = replace(AGREEMENT, id="PK-2026-BARU-1", content="5" * 64)
    newer = [*OLDER, new]
    (moved,) = compare_versions(head(OLDER, 1), None, head(newer, 2), newer).moved
    assert (moved.id, moved.before, moved.after) == (new.id, None, State(new.state))


def test_a_list_that_was_written_anew_is_said_to_be_and_compared_where_both_are_at_hand() -> None:
    newer = [replace(POSITION, title="Lain"), *OLDER[1:], CAME]
    alone = compare_versions(head(OLDER, 1), None, head(newer, 2), newer)
    assert (alone.continues, alone.added, alone.moved, alone.came) == (False, tuple(newer), (), ())
    both = compare_versions(head(OLDER, 1), OLDER, head(newer, 2), newer)
    assert (both.continues, both.came) == (False, (CAME,))
    shorter = compare_versions(head(OLDER, 1), None, head(OLDER[:-1], 2), OLDER[:-1])
    assert not shorter.continues
