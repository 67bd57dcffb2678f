"""Step 9, as far as it needs no register: copies, two contents of one id, files that could not be read."""

from collections.abc import Iterator

from pkdocs.chain.tree import Forest, Node
from pkdocs.verification import Finding, Step, Weight, find


def copy_findings(node: Node) -> Iterator[Finding]:
    """Yield that there is another file of the same agreement."""
    others = [other for other in node.copies if other is not node]
    if not others:
        return
    if any(other.facts.issue_digest != node.facts.issue_digest for other in others):
        # pages of two issues could differ, and both carry the same content
        yield find("ISSUED_TWICE", Step.SET, Weight.UNKNOWN, file=others[0].file)
    else:
        yield find("FILE_TWICE", Step.SET, Weight.WARNING, file=others[0].file)


def rival_findings(node: Node, forest: Forest, vouched: frozenset[Node]) -> Iterator[Finding]:
    """Yield that there is another content of the same id; with believed signatures on both they contradict."""
    rivals = [other for other in forest.by_id[node.id.casefold()] if other.digest != node.digest]
    if rivals:
        signed = node in vouched and any(other in vouched for other in rivals)
        yield find("ID_TWICE", Step.SET, Weight.FAIL if signed else Weight.WARNING, file=rivals[0].file)


def set_findings(forest: Forest) -> Iterator[Finding]:
    """Yield what concerns the set; its result is not judged without a register."""
    yield find("REGISTER_ABSENT", Step.SET, Weight.NOTE)
    if forest.unreadable:
        yield find(
            "SET_UNREADABLE", Step.SET, Weight.FAIL, count=len(forest.unreadable), file=forest.unreadable[0].file
        )
    absent = sorted({n.content.parent.id for n in forest.nodes if n.content.parent is not None and n.parent is None})
    if absent:
        yield find("SET_PARENTS_ABSENT", Step.SET, Weight.UNKNOWN, count=len(absent), parent=absent[0])
    if len(forest.roots) > 1:
        yield find("SET_ROOTS", Step.SET, Weight.FAIL, positions=", ".join(forest.roots))
    doubled = sorted({node.id for node in forest.nodes if len(node.copies) > 1})
    if doubled:
        yield find("SET_DOUBLED", Step.SET, Weight.WARNING, count=len(doubled), id=doubled[0])
    rivals = sorted(name for name, nodes in forest.by_id.items() if len({node.digest for node in nodes}) > 1)
    if rivals:
        yield find("SET_IDS_TWICE", Step.SET, Weight.FAIL, count=len(rivals), id=forest.by_id[rivals[0]][0].id)
