"""From when an agreement counts, and what it is on the day of judging (docs/chain.md, section 3)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from pkdocs.chain.counting import Counted
from pkdocs.chain.tree import Forest, Node
from pkdocs.chain.verdict import Phase
from pkdocs.content import Content, Role
from pkdocs.verification import Finding, Result, Step, Weight, find


@dataclass(frozen=True, slots=True)
class Beginning:
    """From when something counts; ``is_proven`` says that nothing but proofs and its own days went into it."""

    day: date
    is_proven: bool


class Calendar:
    """From when each content of a set counts, as of one ``day``, by the days when files are proven ``completed``.

    Only files that all whom they name have signed may be among these: what strangers signed early proves nothing.

    An original counts from its first day, an amendment from its first day or its proven completion, whichever is
    later: backdating gains nothing. Without a proof the day of judging takes its place. Nothing counts before what it
    hangs on.
    """

    def __init__(self, forest: Forest, completed: Mapping[Node, date], day: date) -> None:
        self._forest = forest
        self._day = day
        self._completed: dict[str, date] = {}
        for node, proven in completed.items():
            self._completed[node.digest] = min(proven, self._completed.get(node.digest, proven))
        self._beginnings: dict[str, Beginning] = {}
        for node in forest.nodes:
            # of several files of one content the days are the same
            if node.digest not in self._beginnings:
                self._beginnings[node.digest] = self._begun(node)

    def beginning(self, node: Node) -> Beginning:
        """Return from when ``node`` counts, if it counts at all."""
        return self._beginnings[node.digest]

    def _begun(self, node: Node) -> Beginning:
        own = self._own_beginning(node.content, self._completed.get(node.digest))
        above = self._beginnings[node.parent.digest] if node.parent else own
        return Beginning(max(own.day, above.day), own.is_proven and above.is_proven)

    def _own_beginning(self, content: Content, completed: date | None) -> Beginning:
        if content.amendment is None:
            return Beginning(content.first_day, is_proven=True)
        return Beginning(max(content.first_day, completed or self._day), completed is not None)

    def findings(self, node: Node) -> Iterator[Finding]:
        """Yield that ``node`` is proven complete on an earlier day than what it hangs on: it counts only from then.

        Levels sign in any order, so this is for the auditor to know.
        """
        own = self._completed.get(node.digest)
        above = self._completed.get(node.parent.digest) if node.parent else None
        if node.parent is not None and own is not None and above is not None and own < above:
            yield find(
                "PARENT_COMPLETED_LATER",
                Step.CHAIN,
                Weight.WARNING,
                parent=node.parent.id,
                above=above.isoformat(),
                own=own.isoformat(),
            )

    def phase(
        self, node: Node, counted: Counted, *, signed: frozenset[Role], required: frozenset[Role], result: Result
    ) -> Phase:
        """Return how far ``node`` has come, ``signed`` by these of the ``required`` roles and judged so."""
        if not required <= signed:
            return Phase.PARTIAL if signed else Phase.ISSUED
        if result is not Result.PASSED:
            return Phase.UNPROVEN
        for successor in self._forest.successors.get(node.digest, ()):
            if counted.has(successor) and self.beginning(successor).day <= self._day:
                return Phase.WITHDRAWN if successor.content.is_withdrawal else Phase.SUPERSEDED
        if self._day < self.beginning(node).day:
            return Phase.UPCOMING
        return Phase.PAST if self._day > node.content.last_day else Phase.IN_FORCE
