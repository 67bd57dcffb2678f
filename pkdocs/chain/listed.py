"""Step 9 against the register: what is not listed, listed otherwise, cut back, or missing from the set."""

from collections import Counter
from collections.abc import Iterator

from pkdocs.chain.people import listed_length
from pkdocs.chain.tree import Forest, Node
from pkdocs.messages import Said
from pkdocs.register import AgreementLine, Register
from pkdocs.verification import Finding, Step, Weight, find


def listing_findings(node: Node, register: Register) -> Iterator[Finding]:
    """Yield what the register says against one file.

    What is not in it at all is unknown while the year is open: it may be entered in the next version. Of other years
    a register says nothing.
    """
    line = register.agreements.get(node.digest)
    if line is None:
        yield _unlisted(node, register)
        return
    if differing := ", ".join(_differing(node, line)):
        yield _fail("LISTED_OTHERWISE", id=line.id, what=differing)
    if (line.issued.length, line.issued.digest) != (node.facts.issue_length, node.facts.issue_digest):
        yield _fail("ISSUE_OTHER", id=line.id)
    elif line.signed is not None and not listed_length(node, register):
        yield _fail(
            "SIGNED_OTHER" if node.facts.revisions[-1][0] >= line.signed.length else "FILE_CUT_BACK", id=line.id
        )
    if node.facts.template_digest not in register.templates:
        yield find("TEMPLATE_UNLISTED", Step.CONTENT, Weight.FAIL if register.whole else Weight.UNKNOWN)
    if line.state.is_ended:
        yield _ended(node, line)
    if line.successor is not None:
        yield find("SUPERSEDED", Step.CHAIN, Weight.NOTE, successor=line.successor)


def _differing(node: Node, line: AgreementLine) -> Iterator[str]:
    """Yield in what the line, found by the content's digest, describes another agreement than the content."""
    content = node.content
    persons = tuple(party.person for role in content.roles if (party := content.party(role)))
    told = {
        "id": (line.id.casefold(), node.id.casefold()),
        "position": (line.position, content.position.key),
        "unit": (line.unit, content.position.unit),
        "persons": (line.persons, persons),
    }
    return (name for name, (listed, own) in told.items() if listed != own)


def _ended(node: Node, line: AgreementLine) -> Finding:
    """A party or the office ended it before it was complete; no keeper of the register ends what all have signed."""
    complete = {role for role in node.content.roles if node.facts.signature(role)} == set(node.content.roles)
    code, weight = ("ENDED_AFTER_ALL_SIGNED", Weight.WARNING) if complete else ("ENDED", Weight.NOTE)
    return find(code, Step.SET, weight, id=line.id, state=Said(f"STATE_{line.state.name}"))


def _unlisted(node: Node, register: Register) -> Finding:
    if not register.whole:
        return find("NOT_IN_PROOF", Step.SET, Weight.UNKNOWN, id=node.id)
    if node.digest in register.voided:
        return _fail("DRAFT_REPLACED", id=node.id)
    if node.id.casefold() in register.ids:
        return _fail("CONTENT_OTHER", id=node.id)
    closed = register.head.closed and register.head.year == node.content.year
    weight = Weight.FAIL if closed else Weight.UNKNOWN
    return find("UNLISTED", Step.SET, weight, id=node.id, version=register.head.version)


def _fail(code: str, **params: str | int) -> Finding:
    return Finding.of(code, Step.SET, Weight.FAIL, params)


def listed_set_findings(forest: Forest, register: Register) -> Iterator[Finding]:
    """Yield what the register says of the set: listed without a file, files without a line, idle positions.

    A proof of single lines says nothing of it.
    """
    if not register.whole:
        yield find("SET_NOT_PROVEN", Step.SET, Weight.NOTE)
        return
    expected = (line for line in register.agreements.values() if not line.state.is_ended)
    missing = sorted(line.id for line in expected if line.content not in forest.by_digest)
    if missing:
        yield find("SET_MISSING", Step.SET, Weight.UNKNOWN, count=len(missing), id=missing[0])
    unlisted = sorted({node.id for node in forest.nodes if node.digest not in register.agreements})
    if unlisted:
        yield find("SET_UNLISTED", Step.SET, Weight.UNKNOWN, count=len(unlisted), id=unlisted[0])
    twice = [count for count in Counter(map(_signed_id, register.agreements.values())).values() if count > 1]
    if twice:
        yield _fail("SET_LISTED_TWICE", count=len(twice))
    standing = {line.position for line in register.agreements.values() if not line.state.is_ended}
    idle = sorted(set(_held_positions(register)) - standing)
    if idle:
        yield find("SET_IDLE_POSITIONS", Step.SET, Weight.WARNING, count=len(idle), position=idle[0])


def _signed_id(line: AgreementLine) -> object:
    return line.id.casefold() if line.state.is_finished else line.content


def _held_positions(register: Register) -> Iterator[str]:
    for position, lines in register.assignments.items():
        if any(line.holds_on(register.head.dated) and not line.status.may_stand_beside for line in lines):
            yield position
