"""Step 9 without asking the register: copies, two contents of one id, files that could not be read."""

from collections.abc import Collection, Iterator

from pkdocs.chain.counting import Counted, rivals_of
from pkdocs.chain.tree import Forest, Node, root_positions
from pkdocs.chain.verdict import Exhibit
from pkdocs.verification import Finding, Result, Step, Weight, find, heavier, result_of, weight_of


def copy_findings(node: Node, counted: Counted) -> Iterator[Finding]:
    """Yield that there is another file of the same agreement."""
    others = [other for other in node.copies if other is not node]
    if not others:
        return
    apart = [other for other in others if other.facts.issue_digest != node.facts.issue_digest]
    if apart:
        # pages of two issues could differ, and both carry the same content
        both = node in counted.nodes and not counted.nodes.isdisjoint(apart)
        yield find("ISSUED_TWICE", Step.SET, Weight.UNKNOWN if both else Weight.WARNING, file=apart[0].file)
    else:
        yield find("FILE_TWICE", Step.SET, Weight.WARNING, file=others[0].file)


def rival_findings(node: Node, forest: Forest, counted: Counted) -> Iterator[Finding]:
    """Yield that there is another content of the same id; where both count, they contradict."""
    rivals = rivals_of(node, forest)
    if rivals:
        weightiest = min(rivals, key=lambda rival: not counted.has(rival))
        yield find("ID_TWICE", Step.SET, counted.rivalry(node, rivals), file=weightiest.file)


def result_of_unreadable(exhibit: Exhibit) -> Result:
    """Return the result of a file without content: nothing that cannot be read passes, whatever was found in it."""
    return heavier(result_of(exhibit.facts.findings), Result.INDETERMINATE)


def set_findings(forest: Forest, believed: Collection[Node], counted: Counted) -> Iterator[Finding]:
    """Yield what concerns the set.

    ``believed`` are the files that all whom they name have signed.
    """
    if forest.unreadable:
        weight = weight_of(heavier(*map(result_of_unreadable, forest.unreadable)))
        yield find("SET_UNREADABLE", Step.SET, weight, count=len(forest.unreadable), file=forest.unreadable[0].file)
    absent = sorted({n.content.parent.id for n in forest.nodes if n.content.parent is not None and n.parent is None})
    if absent:
        yield find("SET_PARENTS_ABSENT", Step.SET, Weight.UNKNOWN, count=len(absent), parent=absent[0])
    positions = root_positions(forest.nodes)
    if len(positions) > 1:
        weight = Weight.FAIL if len(root_positions(believed)) > 1 else Weight.WARNING
        yield find("SET_ROOTS", Step.SET, weight, positions=", ".join(positions))
    doubled = sorted({node.id for node in forest.nodes if len(node.copies) > 1})
    if doubled:
        yield find("SET_DOUBLED", Step.SET, Weight.WARNING, count=len(doubled), id=doubled[0])
    rivals = sorted(name for name, nodes in forest.by_id.items() if len({node.digest for node in nodes}) > 1)
    if rivals:
        nodes = [node for name in rivals for node in forest.by_id[name]]
        weights = {counted.rivalry(node, rivals_of(node, forest)) for node in nodes}
        weight = next(weight for weight in Weight if weight in weights)
        yield find("SET_IDS_TWICE", Step.SET, weight, count=len(rivals), id=nodes[0].id)


def record_findings(forest: Forest) -> Iterator[Finding]:
    """Yield that evidence records lie beside some files and not beside all: one may have been lost.

    What not all have signed is not sealed yet, so nothing is lost there.
    """
    complete = [node for node in forest.nodes if all(map(node.facts.signature, node.content.roles))]
    without = [node for node in complete if not node.facts.records]
    if 0 < len(without) < len(complete):
        yield find("RECORD_ABSENT", Step.SET, Weight.NOTE, count=len(without), id=without[0].id)
