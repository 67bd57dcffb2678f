"""Versions of one agreement: what supersedes what, and what that does to those below (docs/chain.md, section 3)."""

from collections.abc import Iterator

from pkdocs.chain.tree import Forest, Node
from pkdocs.content import Content
from pkdocs.verification import Finding, Step, Weight, find


def version_findings(node: Node, forest: Forest) -> Iterator[Finding]:
    """Yield what is wrong between ``node``, the version that it supersedes, and its successors.

    Proven completion is the register's matter: where that decides, the answer is unknown.
    """
    yield from _base_findings(node, forest)
    for successor in forest.successors.get(node.digest, ()):
        yield find("SUPERSEDED", Step.CHAIN, Weight.NOTE, successor=successor.id)
    if node.parent is not None:
        for successor in forest.successors.get(node.parent.digest, ()):
            yield from _superseded_parent(node.content, node.parent.content, successor.content)


def _base_findings(node: Node, forest: Forest) -> Iterator[Finding]:
    if node.content.amendment is None:
        return
    named = node.content.amendment.supersedes
    base = forest.by_digest.get(named.digest)
    if base is None:
        is_other = named.id.casefold() in forest.by_id
        code, weight = ("AMENDMENT_BASE", Weight.FAIL) if is_other else ("AMENDMENT_BASE_ABSENT", Weight.WARNING)
        yield find(code, Step.CHAIN, weight, base=named.id)
    elif not _follows(node.content, base.content):
        yield find("AMENDMENT_BASE", Step.CHAIN, Weight.FAIL, base=base.id)
    elif len(forest.successors[base.digest]) > 1:
        yield find("AMENDED_TWICE", Step.CHAIN, Weight.FAIL, base=base.id)


def _follows(content: Content, base: Content) -> bool:
    same = (content.organisation, content.year, content.position.key)
    return same == (base.organisation, base.year, base.position.key) and content.version == base.version + 1


def _superseded_parent(child: Content, parent: Content, successor: Content) -> Iterator[Finding]:
    """A child stands when its parent is superseded, unless it was made when the successor was in force."""
    if child.first_day >= successor.first_day:
        yield find("PARENT_SUPERSEDED", Step.CHAIN, Weight.UNKNOWN, parent=parent.id, successor=successor.id)
        return
    wanted = {code for promise in child.indicators for code in promise.answers_to}
    before = {promise.code: promise for promise in parent.indicators if promise.code in wanted}
    after = {promise.code: promise for promise in successor.indicators if promise.code in wanted}
    if before != after:
        yield find("PARENT_STALE", Step.CHAIN, Weight.WARNING, parent=parent.id, successor=successor.id)
