"""Step 8: does every promise answer to one above, and what of what is above is carried below?"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache

from pkdocs.chain.counting import Counted
from pkdocs.chain.softening import budget_findings, carried_findings, change_findings
from pkdocs.chain.tree import Forest, Node
from pkdocs.content import Promise
from pkdocs.verification import Finding, Step, Weight, find


class PromiseBook:
    """The promises of a set, by what they answer to. Of what stands beside or below, only what counts is asked."""

    def __init__(self, forest: Forest, counted: Counted) -> None:
        self._counted = counted
        self._carriers: dict[str, list[Promise]] = defaultdict(list)
        for node in forest.nodes:
            if node.copies[0] is node and counted.has(node):
                self._carry(node, is_current=not any(map(counted.has, forest.successors.get(node.digest, ()))))
        self._beside: dict[Node, Mapping[str, Promise]] = {}

    def _carry(self, node: Node, *, is_current: bool) -> None:
        """Note what ``node`` carries; of what a later version took the place of, only that it was carried."""
        for promise in node.content.indicators:
            for code in promise.answers_to:
                self._carriers[code] += [promise] if is_current else []

    def findings(self, node: Node) -> Iterator[Finding]:
        """Yield what ``node`` promises without anything above it, and what of its own nobody carries.

        What an indicator answers to may stand nowhere above: that of a vacant position, whose agreement nobody
        signs, or of another branch. The workbook allows it with a warning, so after signing it is no more than that.
        """
        yield from self._parent_findings(node)
        if node.parent is not None:
            yield from budget_findings(node.content, node.parent.content)
        for promise in node.content.indicators:
            if promise.code in self._carriers:
                yield from carried_findings(promise, self._carriers[promise.code])
            elif node.children and not promise.own:
                yield find("INDICATOR_NOT_CARRIED", Step.CASCADE, Weight.WARNING, indicator=promise.code)

    def _parent_findings(self, node: Node) -> Iterator[Finding]:
        line = [node, *node.ancestors]
        # with the line cut short, what it answers to may stand in what is absent
        weight = Weight.WARNING if line[-1].content.parent is None else Weight.UNKNOWN
        plans = {plan.code for one in line for plan in one.content.plans}
        for promise in node.content.indicators:
            for code in promise.answers_to:
                above = self._above(node, code)
                if above is not None:
                    yield from change_findings(promise, above)
                elif code not in plans:
                    yield find("INDICATOR_PARENT_ABSENT", Step.CASCADE, weight, indicator=promise.code, parent=code)

    def _above(self, node: Node, code: str) -> Promise | None:
        """Return the promise ``code`` of an ancestor, or of somebody directly below one.

        The latter because a position is passed over when its holder would sign with himself; indicators still
        answer to its own.
        """
        for ancestor in node.ancestors:
            if ancestor not in self._beside:
                below = [child for child in reversed(ancestor.children) if self._counted.has(child)]
                contents = [one.content for one in (*below, ancestor)]
                self._beside[ancestor] = {p.code: p for content in contents for p in content.indicators}
            promise = self._beside[ancestor].get(code)
            if promise is not None and promise not in _promises_of(node):
                return promise
        return None


@lru_cache(maxsize=1)
def _promises_of(node: Node) -> frozenset[Promise]:
    """Return what the node promises itself; a content may have many thousands, each asked about."""
    return frozenset(node.content.indicators)
