"""The agreements of a set as trees: parents found by the digest of their content, never by name."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from pkdocs.chain.verdict import Exhibit, PageCheck
from pkdocs.content import Content
from pkdocs.verification import Facts

MAX_LEVELS: Final = 32
"""How many agreements may stand above one; a government has eight levels at most."""


@dataclass(eq=False, slots=True)
class Node:
    """A file with a readable content, and its place in the tree. Files with the same content are copies."""

    file: str
    facts: Facts
    content: Content
    digest: str
    page: PageCheck = PageCheck.NOT_COMPARED
    parents: tuple["Node", ...] = ()
    """All copies of the parent; none if it is absent, or if there is no parent."""
    children: list["Node"] = field(default_factory=list)
    """Without copies of one another."""
    copies: tuple["Node", ...] = ()
    """All files of this content, itself included."""
    depth: int = 0

    @property
    def id(self) -> str:
        """The agreement's id."""
        return self.content.id

    @property
    def parent(self) -> "Node | None":
        """The parent, any of its copies."""
        return self.parents[0] if self.parents else None

    @property
    def ancestors(self) -> Iterator["Node"]:
        """Those above, nearest first, as many as may stand above one another."""
        above = self.parent
        for _ in range(MAX_LEVELS):
            if above is None:
                return
            yield above
            above = above.parent


@dataclass(frozen=True, slots=True)
class Forest:
    """All nodes, each after its parent: a tree after the other, and the children by unit and id.

    ``by_id`` holds them by id without case, ``successors`` by the digest of the content that they supersede.
    """

    nodes: tuple[Node, ...]
    unreadable: tuple[Exhibit, ...]
    by_id: Mapping[str, tuple[Node, ...]]
    by_digest: Mapping[str, Node]
    successors: Mapping[str, tuple[Node, ...]]


def root_positions(nodes: Iterable[Node]) -> tuple[str, ...]:
    """Return the positions whose agreements name no parent, sorted."""
    return tuple(sorted({node.content.position.key for node in nodes if node.content.parent is None}))


def grow_forest(exhibits: Iterable[Exhibit]) -> Forest:
    """Return the trees that ``exhibits`` make; the order in which they come makes no difference."""
    ordered = sorted(exhibits, key=lambda exhibit: (exhibit.file, exhibit.facts.sha256))
    nodes = [
        Node(exhibit.file, exhibit.facts, exhibit.facts.content, exhibit.facts.content_digest, exhibit.page)
        for exhibit in ordered
        if exhibit.facts.content is not None and exhibit.facts.content_digest is not None
    ]
    _link(nodes)
    unreadable = tuple(exhibit for exhibit in ordered if exhibit.facts.content is None)
    placed = tuple(_in_order(nodes))
    singles = [node for node in placed if node.copies[0] is node]
    return Forest(
        nodes=placed,
        unreadable=unreadable,
        by_id=_grouped((node.id.casefold(), node) for node in placed),
        by_digest={node.digest: node for node in singles},
        successors=_grouped(
            (node.content.amendment.supersedes.digest, node) for node in singles if node.content.amendment is not None
        ),
    )


def _grouped(pairs: Iterable[tuple[str, Node]]) -> Mapping[str, tuple[Node, ...]]:
    groups: dict[str, list[Node]] = defaultdict(list)
    for key, node in pairs:
        groups[key].append(node)
    return {key: tuple(group) for key, group in groups.items()}


def _link(nodes: list[Node]) -> None:
    contents: dict[str, list[Node]] = defaultdict(list)
    for node in nodes:
        contents[node.digest].append(node)
    for copies in contents.values():
        first = copies[0]
        for node in copies:
            node.copies = tuple(copies)
            if node.content.parent is not None:
                node.parents = tuple(contents.get(node.content.parent.digest, ()))
        for parent in first.parents:
            parent.children.append(first)


def _in_order(nodes: list[Node]) -> Iterator[Node]:
    """Yield each node after its parent, from a stack: depth is what a set makes it."""
    pending = sorted((node for node in nodes if node.copies[0] is node and not node.parents), key=_rank, reverse=True)
    while pending:
        node = pending.pop()
        for copy in node.copies:
            copy.depth = node.parent.depth + 1 if node.parent else 0
            yield copy
        pending.extend(sorted(node.children, key=_rank, reverse=True))


def _rank(node: Node) -> tuple[bool, str, str]:
    return (node.content.parent is not None, node.content.position.unit, node.id)
