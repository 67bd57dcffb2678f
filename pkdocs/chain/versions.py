"""Versions of one agreement: what supersedes what, and what that does to those below (docs/chain.md, section 3)."""

from collections.abc import Collection, Iterator

from pkdocs.chain.counting import Counted
from pkdocs.chain.force import Calendar
from pkdocs.chain.people import is_root
from pkdocs.chain.softening import amendment_findings
from pkdocs.chain.tree import Forest, Node
from pkdocs.content import Content
from pkdocs.messages import Said
from pkdocs.profile import Ground
from pkdocs.register import Register
from pkdocs.trust import Trust
from pkdocs.verification import Finding, Step, Weight, find


def base_findings(
    node: Node, forest: Forest, trust: Trust, register: Register | None, believed: Collection[Node]
) -> Iterator[Finding]:
    """Yield what is wrong between ``node`` and the version that it supersedes, whatever else lies beside.

    ``believed`` are the files that all whom they name have signed. A change of officer is unknown unless the register
    lists the new content: then its keepers vouch for it, and step 5 asks who held the office.
    """
    if node.content.amendment is None:
        return
    named = node.content.amendment.supersedes
    base = forest.by_digest.get(named.digest)
    vouched = register is not None and node.digest in register.agreements
    if base is not None and not _follows(node.content, base.content):
        yield find("AMENDMENT_BASE", Step.CHAIN, Weight.FAIL, base=base.id)
    elif vouched:
        return
    elif base is None:
        # whoever has a certificate could make himself the root by a version that supersedes what nobody has
        others = [other for other in believed if _is_of_another_person(node, other)] if is_root(node, trust) else []
        if others:
            yield _officer(node, min(other.id for other in others))
    else:
        yield from _successor_findings(node, base, trust)


def _successor_findings(node: Node, base: Node, trust: Trust) -> Iterator[Finding]:
    """Yield what nobody can know without the register: another person, or another position above, than before."""
    amendment, second, before = node.content.amendment, node.content.parties.second, base.content.parties.second
    is_change = amendment is not None and amendment.ground is Ground.OFFICER
    if _is_of_another_person(node, base) and (is_root(node, trust) or not is_change):
        yield _officer(node, base.id)
    if second is not None and before is not None and second.position != before.position:
        positions = {"base": base.id, "position": second.position, "before": before.position}
        yield Finding.of("SUPERIOR_NEEDS_REGISTER", Step.CHAIN, Weight.UNKNOWN, positions)


def version_findings(node: Node, forest: Forest, counted: Counted, calendar: Calendar) -> Iterator[Finding]:
    """Yield what other versions of ``node`` and of its parent do to it."""
    yield from _predecessor_findings(node, forest, counted)
    for successor in _successors(node, forest):
        if counted.has(successor):
            code = "WITHDRAWN" if successor.content.is_withdrawal else "SUPERSEDED"
            yield find(code, Step.CHAIN, Weight.NOTE, successor=successor.id)
    if node.parent is not None:
        for successor in _successors(node.parent, forest):
            yield from _superseded_parent(node.content, node.parent.content, successor, counted, calendar)


def _predecessor_findings(node: Node, forest: Forest, counted: Counted) -> Iterator[Finding]:
    if node.content.amendment is None:
        return
    named = node.content.amendment.supersedes
    base = forest.by_digest.get(named.digest)
    if base is None:
        weight = counted.weight(node, forest.by_id.get(named.id.casefold(), ()))
        code = "AMENDMENT_BASE_ABSENT" if weight is Weight.WARNING else "AMENDMENT_BASE"
        yield find(code, Step.CHAIN, weight, base=named.id)
        return
    if _follows(node.content, base.content):
        yield from amendment_findings(node.content, base.content)
    others = [other for other in _successors(base, forest) if other.digest != node.digest]
    if others:
        yield find("AMENDED_TWICE", Step.CHAIN, counted.rivalry(node, others), base=base.id)


def _successors(base: Node, forest: Forest) -> Iterator[Node]:
    """Yield the versions that supersede ``base`` and may."""
    for successor in forest.successors.get(base.digest, ()):
        if _follows(successor.content, base.content):
            yield successor


def _follows(content: Content, base: Content) -> bool:
    same = (content.organisation, content.year, content.position.key)
    return same == (base.organisation, base.year, base.position.key) and content.version == base.version + 1


def _is_of_another_person(node: Node, other: Node) -> bool:
    own, others = node.content, other.content
    same = (own.year, own.position.key) == (others.year, others.position.key)
    return same and own.parties.first.person != others.parties.first.person


def _officer(node: Node, base: str) -> Finding:
    return find(
        "OFFICER_NEEDS_REGISTER", Step.CHAIN, Weight.UNKNOWN, base=base, position=node.content.parties.first.position
    )


def _superseded_parent(
    child: Content, parent: Content, successor: Node, counted: Counted, calendar: Calendar
) -> Iterator[Finding]:
    """A child stands when its parent is superseded, unless it begins when that no longer counted."""
    counts, began = counted.has(successor), calendar.beginning(successor)
    since = began.day if counts and began.is_proven else successor.content.first_day
    named = {"parent": parent.id, "successor": successor.id}
    if child.first_day >= since:
        day = Said("SUPERSEDED_PROVEN" if began.is_proven else "SUPERSEDED_UNPROVEN", (("day", since.isoformat()),))
        contradicts = Weight.FAIL if began.is_proven else Weight.UNKNOWN
        weight = contradicts if counts else Weight.WARNING
        yield Finding.of("PARENT_SUPERSEDED", Step.CHAIN, weight, {**named, "since": day})
    elif counts and successor.content.is_withdrawal:
        yield Finding.of("PARENT_WITHDRAWN", Step.CHAIN, Weight.WARNING, named)
    elif counts and _is_stale(child, parent, successor.content):
        yield Finding.of("PARENT_STALE", Step.CHAIN, Weight.WARNING, named)


def _is_stale(child: Content, parent: Content, successor: Content) -> bool:
    """Tell whether something that ``child`` answers to is another in ``successor``; else it is carried over."""
    wanted = {code for promise in child.indicators for code in promise.answers_to}
    before = {promise.code: promise for promise in parent.indicators if promise.code in wanted}
    after = {promise.code: promise for promise in successor.indicators if promise.code in wanted}
    return before != after
