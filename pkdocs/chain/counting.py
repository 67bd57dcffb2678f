"""Who counts against whom: only what is complete and believed can contradict another agreement.

Anybody can lay a file beside the others. Were it to count without the signatures that it needs, one stray would fail
what is genuine; so it keeps its own result, and is at most a warning on others.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pkdocs.chain.people import required_roles
from pkdocs.chain.tree import Forest, Node
from pkdocs.content import Role
from pkdocs.trust import Trust
from pkdocs.verification import Weight
from pkdocs.verification.belief import Signing


@dataclass(frozen=True, slots=True)
class Counted:
    """The files that count: complete, believed, nothing wrong with them, and the like of one parent above."""

    nodes: frozenset[Node]

    def has(self, node: Node) -> bool:
        """Tell whether any file of the content of ``node`` counts."""
        return not self.nodes.isdisjoint(node.copies)

    def weight(self, node: Node, others: Iterable[Node]) -> Weight:
        """Return how heavy it is for ``node`` that ``others`` contradict it.

        Who signed both contradicts himself: fail. Which of two persons held the office, only a register shows:
        unknown. What does not count is a warning.
        """
        persons = {other.content.parties.first.person for other in others if self.has(other)}
        if node.content.parties.first.person in persons:
            return Weight.FAIL
        return Weight.UNKNOWN if persons else Weight.WARNING

    def rivalry(self, node: Node, rivals: Iterable[Node]) -> Weight:
        """Return as ``weight``, but a warning for a ``node`` that does not count itself."""
        return self.weight(node, rivals) if node in self.nodes else Weight.WARNING


def is_believed(node: Node, signings: Mapping[Role, Signing], trust: Trust) -> bool:
    """Tell whether all whom the content names for the required roles signed it, by believed certificates."""
    return all(_is_signed(node, role, signings.get(role)) for role in required_roles(node, trust))


def _is_signed(node: Node, role: Role, signing: Signing | None) -> bool:
    party = node.content.party(role)
    if party is None or signing is None or signing.standing.anchor is None:
        return False
    return party.person == signing.person


def rivals_of(node: Node, forest: Forest) -> tuple[Node, ...]:
    """Return the files of another content with the same id."""
    return tuple(other for other in forest.by_id[node.id.casefold()] if other.digest != node.digest)


def count(forest: Forest, passing: frozenset[Node]) -> Counted:
    """Return which of ``passing`` count: those whose line above counts too, up to a root that nobody disputes.

    ``passing`` are believed, and nothing is wrong with them alone.
    """
    roots = Counted(frozenset(node for node in passing if node.content.parent is None))
    disputed = {root for root in roots.nodes if roots.rivalry(root, rivals_of(root, forest)) is not Weight.WARNING}
    counted = set(roots.nodes)
    for node in forest.nodes:
        if node in passing and not counted.isdisjoint(set(node.parents) - disputed):
            counted.add(node)
    return Counted(frozenset(counted))
