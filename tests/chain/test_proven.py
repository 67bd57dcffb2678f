"""Judging with lines of the register that were proven one by one: what is not among them is unknown, never fine."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkdocs.chain import SetVerdict
from pkdocs.register import (
    Account,
    AgreementLine,
    AssignmentLine,
    Head,
    HeadMark,
    Line,
    PositionLine,
    Proof,
    Terms,
    list_root,
    next_head,
    open_proof,
    prove_lines,
    render_lines,
)
from pkdocs.register.head import EARLIER_SCHEMA, InForce
from pkdocs.register.making import lines_in_force
from pkdocs.register.merkle import Tree
from pkdocs.register.proof import PROOF_SCHEMA, ProvenLine
from pkdocs.verification import Result, Weight
from tests.chain.books import DAY, head_of, lines_of
from tests.chain.kit import LATER, LEAF, MIDDLE, ROOT, codes, exhibit, judge, verdict

FILES = (exhibit(ROOT), exhibit(MIDDLE), exhibit(LEAF))
LINES = lines_of(FILES)
ENDED = DAY + timedelta(days=30)


def head(lines: list[Line], **changes: object) -> Head:
    written = render_lines(lines).split(b"\n")[:-1]
    facts = {"size": len(lines), "root_hash": list_root(lines), "in_force": lines_in_force(lines, written)}
    return head_of(**(facts | {"dated": ENDED} | changes))


def proof(lines: list[Line], *ids: str) -> Proof:
    return prove_lines(head(lines), lines, ids or (LEAF.id,))


def opened(lines: list[Line], shown: Proof) -> Account:
    return open_proof(head(lines), (), shown.canonical)[0]


def judged(lines: list[Line], shown: Proof) -> SetVerdict:
    return judge(*FILES, account=opened(lines, shown), at=LATER + timedelta(days=30))


def test_an_agreement_and_all_above_it_pass_by_the_lines_of_its_proof_alone() -> None:
    shown = proof(LINES)
    assert len(shown.in_force) == len(LINES)
    whole = judged(LINES, shown)
    assert {one.result for one in whole.agreements} == {Result.PASSED}
    assert (whole.result, [finding.code for finding in whole.findings]) == (Result.NOT_JUDGED, ["SET_NOT_PROVEN"])
    assert whole.register is not None


def test_a_proof_has_what_lies_above_and_nothing_beside_or_below() -> None:
    shown = proof(LINES, MIDDLE.id.lower())
    said = "".join(line.line for line in shown.in_force)
    assert MIDDLE.id in said
    assert ROOT.id in said
    assert LEAF.id not in said
    assert LEAF.position.key + '"' not in said
    assert len(shown.listed) == 2
    below = verdict(judged(LINES, shown), LEAF)
    assert (below.own, "NOT_IN_PROOF" in codes(below)) == (Result.INDETERMINATE, True)


@pytest.mark.parametrize("place", range(len(LINES)))
def test_a_proof_that_lacks_a_line_leaves_unknown_what_that_line_shows(place: int) -> None:
    shown = proof(LINES)
    lost = LINES[shown.in_force[place].index]
    rest = replace(shown, in_force=(*shown.in_force[:place], *shown.in_force[place + 1 :]))
    result = verdict(judged(LINES, rest), LEAF).result
    is_needless = isinstance(lost, PositionLine) and lost.key == ROOT.position.key
    assert result is (Result.PASSED if is_needless else Result.INDETERMINATE)


def test_a_line_that_a_later_one_has_overtaken_is_not_in_force() -> None:
    office = next(
        line for line in LINES if isinstance(line, AssignmentLine) and line.person == LEAF.parties.first.person
    )
    lines = [*LINES, replace(office, entered=ENDED, ends=DAY - timedelta(days=1))]
    honest = judged(lines, proof(lines))
    assert verdict(honest, LEAF).result is Result.INDETERMINATE
    before = proof(LINES)
    shown = replace(before, head=proof(lines).head)
    account = opened(lines, shown)
    assert (account.register, {finding.code for finding in account.findings}) == (None, {"PROOF_WRONG"})


def test_a_position_of_other_days_does_not_stand_for_the_one_that_was_left_out() -> None:
    position = next(line for line in LINES if isinstance(line, PositionLine) and line.key == LEAF.position.key)
    earlier = replace(position, ends=LEAF.first_day - timedelta(days=1))
    later = replace(position, superior="SETDA", begins=LEAF.first_day)
    lines = [*(line for line in LINES if line != position), earlier, later]
    whole = proof(lines)
    assert codes(verdict(judged(lines, whole), LEAF)) == {"SUPERIOR_NOT_IN_PROOF"}
    left = replace(whole, in_force=tuple(one for one in whole.in_force if '"SETDA"' not in one.line))
    assert len(left.in_force) < len(whole.in_force)
    assert codes(verdict(judged(lines, left), LEAF)) == {"SUPERIOR_NOT_IN_PROOF"}


def lying(lines: list[Line], places: list[int]) -> tuple[Head, Proof]:
    """Return a head that says of any lines that they are in force, and the proof of all these."""
    written = [render_lines([line])[:-1] for line in lines]
    tree = Tree.of(written[place] for place in places)
    which = replace(head(lines), in_force=InForce(tree.size, tree.root.hex(), 0))
    shown = tuple(
        ProvenLine(index, written[place].decode(), tuple(step.hex() for step in tree.path(index)))
        for index, place in enumerate(places)
    )
    return which, Proof(PROOF_SCHEMA, HeadMark.of(which), shown)


@pytest.mark.parametrize("change", [{"void": True}, {"title": "Lain"}], ids=["void", "twice"])
def test_a_head_that_says_of_what_cannot_be_that_it_is_in_force_is_not_followed(change: dict[str, object]) -> None:
    lines = [*LINES, replace(LINES[0], entered=ENDED, **change)]  # type: ignore[arg-type]  # names of fields
    which, shown = lying(lines, [*range(len(LINES)), len(LINES)])
    account, _ = open_proof(which, (), shown.canonical)
    assert (account.register, [finding.code for finding in account.findings]) == (None, ["PROOF_WRONG"])
    which, shown = lying(lines, [*range(len(LINES))])
    assert open_proof(which, (), shown.canonical)[0].register is not None


def test_the_first_entry_of_the_signed_bytes_is_what_proves_their_time() -> None:
    agreement = next(line for line in LINES if isinstance(line, AgreementLine) and line.content == LEAF.digest)
    lines = [*LINES, replace(agreement, entered=ENDED, unit="Dinas lain")]
    for shown, day in ((proof(lines), DAY), (replace(proof(lines), listed=()), ENDED)):
        register = opened(lines, shown).register
        assert register is not None
        assert register.signed_on[LEAF.digest] == day


def test_a_proof_of_another_head_or_form_is_not_used() -> None:
    shown = proof(LINES)

    def found(which: Head, data: bytes | None) -> list[tuple[str, Weight]]:
        account, _ = open_proof(which, (), data)
        assert account.register is None
        return [(finding.code, finding.weight) for finding in account.findings]

    right = head(LINES)
    assert found(replace(right, year=2027), shown.canonical) == [("PROOF_OF_ANOTHER_HEAD", Weight.UNKNOWN)]
    wrong = replace(shown, head=replace(shown.head, size=shown.head.size + 1))
    assert found(right, wrong.canonical) == [("PROOF_OF_ANOTHER_HEAD", Weight.FAIL)]
    earlier = replace(right, schema=EARLIER_SCHEMA, in_force=None)
    named = replace(shown, head=replace(shown.head, digest=earlier.digest))
    assert found(earlier, named.canonical) == [("PROOF_HEAD_EARLIER", Weight.UNKNOWN)]
    for data in (None, b"", shown.canonical + b"\n", shown.canonical[:-1]):
        assert found(right, data) == [("PROOF_UNREADABLE", Weight.FAIL)]
    newer = shown.canonical.replace(b"pkdocs-proof/1", b"pkdocs-proof/2")
    assert found(right, newer) == [("PROOF_NEWER", Weight.UNKNOWN)]
    late = head(LINES, dated=DAY - timedelta(days=1))
    assert found(late, prove_lines(late, LINES, [LEAF.id]).canonical) == [("LIST_LATER", Weight.FAIL)]


def test_lines_of_a_newer_pkdocs_in_a_proof_are_unknown() -> None:
    shown = proof(LINES)
    newer = [*LINES]
    raw = [render_lines([line])[:-1] for line in newer]
    raw[0] = raw[0].replace(b"pkdocs-position/1", b"pkdocs-position/2")
    tree = Tree.of(raw)
    which = replace(head(LINES), in_force=replace(head(LINES).in_force, root_hash=tree.root.hex()))
    one = replace(shown.in_force[0], line=raw[0].decode(), path=tuple(step.hex() for step in tree.path(0)))
    made = Proof(shown.schema, replace(shown.head, digest=which.digest), (one,))
    account, _ = open_proof(which, (), made.canonical)
    assert [finding.code for finding in account.findings] == ["PROOF_NEWER"]


def altered(shown: Proof) -> list[Proof]:
    """Return the proof with one thing other: a line, a step, a place, the order."""
    first, second, *rest = shown.in_force
    step = first.path[0]
    return [
        replace(shown, in_force=(replace(first, line=first.line.replace('"title":"', '"title":"x')), second, *rest)),
        replace(shown, in_force=(replace(first, path=("0" * 64, *first.path[1:])), second, *rest)),
        replace(shown, in_force=(replace(first, path=first.path[1:]), second, *rest)),
        replace(shown, in_force=(replace(first, path=(*first.path, step)), second, *rest)),
        replace(shown, in_force=(replace(first, index=first.index + len(LINES)), second, *rest)),
        replace(shown, in_force=(second, first, *rest)),
        replace(shown, listed=(replace(shown.listed[0], index=0), *shown.listed[1:])),
        replace(shown, in_force=shown.listed, listed=()),
        replace(shown, listed=shown.in_force[:1]),
    ]


@pytest.mark.parametrize("which", range(9))
def test_a_proof_with_anything_altered_shows_nothing(which: int) -> None:
    lines = [*LINES, replace(LINES[0], entered=ENDED, title="Lain")]
    account = opened(lines, altered(proof(lines))[which])
    assert (account.register, {finding.code for finding in account.findings}) == (None, {"PROOF_WRONG"})


HONEST, WRITTEN = head(LINES), proof(LINES).canonical


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(WRITTEN) - 1), st.integers(1, 255))
def test_a_proof_in_which_any_byte_is_another_shows_nothing(place: int, by: int) -> None:
    changed = WRITTEN[:place] + bytes([WRITTEN[place] ^ by]) + WRITTEN[place + 1 :]
    account, _ = open_proof(HONEST, (), changed)
    assert account.register is None
    assert account.findings


def test_what_is_not_in_force_cannot_be_proven() -> None:
    with pytest.raises(KeyError, match="pk-2026-lain-1"):
        proof(LINES, "PK-2026-LAIN-1")
    with pytest.raises(ValueError, match="in force"):
        prove_lines(replace(head(LINES), schema=EARLIER_SCHEMA, in_force=None), LINES, [LEAF.id])


def test_a_head_says_how_many_pages_were_compared() -> None:
    whole = head(LINES)
    terms = Terms(whole.organisation, 2026, whole.person_scheme, whole.root_position, whole.keepers, whole.dated)
    agreement = next(line for line in LINES if isinstance(line, AgreementLine))
    compared = replace(agreement, compared=True, schema="pkdocs-agreement/3")
    made = next_head(None, [*LINES, compared], terms)
    assert made.in_force is not None
    assert (made.in_force.size, made.in_force.compared) == (len(LINES), 1)
