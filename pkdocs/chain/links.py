"""Step 7: does the parent hold what the child says of it, up to the one root?"""

from collections.abc import Collection, Iterator

from pkdocs.chain.people import is_root
from pkdocs.chain.tree import MAX_LEVELS, Node, root_positions
from pkdocs.content import Content, Party
from pkdocs.register import Register
from pkdocs.trust import Trust
from pkdocs.verification import Finding, Step, Weight, find


def link_findings(node: Node, trust: Trust, register: Register | None, believed: Collection[Node]) -> Iterator[Finding]:
    """Yield what breaks the chain at ``node``, its parent above included.

    ``believed`` are the files that all whom they name have signed; of several roots only these count.
    """
    yield from _organisation_findings(node.content, trust)
    yield from _root_findings(node, trust, believed)
    if node.content.parties.first.position != node.content.position.key:
        yield _fail("FIRST_PARTY_ELSEWHERE", position=node.content.position.key)
    if node.content.parent is None:
        return
    yield from _superior_findings(node.content, register)
    if node.parent is None:
        yield find("PARENT_ABSENT", Step.CHAIN, Weight.UNKNOWN, parent=node.content.parent.id)
        return
    yield from _parent_findings(node.content, node.parent.content, register)
    keys = [above.content.position.key for above in node.ancestors]
    if node.content.position.key in keys:
        yield _fail("CHAIN_CIRCLE", position=node.content.position.key)
    if node.depth > MAX_LEVELS:
        yield _fail("CHAIN_TOO_DEEP", depth=node.depth, limit=MAX_LEVELS)


def _fail(code: str, **params: str | int) -> Finding:
    return Finding.of(code, Step.CHAIN, Weight.FAIL, params)


def _organisation_findings(content: Content, trust: Trust) -> Iterator[Finding]:
    if not trust.organisation:
        yield find("ORGANISATION_UNNAMED", Step.CHAIN, Weight.UNKNOWN)
    elif (content.organisation.name, content.organisation.code or "") != (trust.organisation, trust.organisation_code):
        yield _fail("ORGANISATION_OTHER", organisation=content.organisation.name, pinned=trust.organisation)


def _root_findings(node: Node, trust: Trust, believed: Collection[Node]) -> Iterator[Finding]:
    content = node.content
    if trust.root_position:
        if is_root(node, trust) and content.parent is not None:
            yield _fail("ROOT_WITH_PARENT")
        elif content.parent is None and not is_root(node, trust):
            yield _fail("NOT_THE_ROOT", position=content.position.key, root=trust.root_position)
    elif content.parent is None:
        count = len(root_positions((node, *believed)))
        yield find("ROOT_UNNAMED", Step.CHAIN, Weight.NOTE if count == 1 else Weight.UNKNOWN, count=count)


def _superior_findings(content: Content, register: Register | None) -> Iterator[Finding]:
    """Yield that the register puts another position above on the first day, or if it has no line of that day, ever.

    A position that it does not have is unlisted, which step 9 says. A proof may lack the line of the day: then those
    of other days neither stand for it nor contradict.
    """
    second, lines = content.parties.second, register.positions.get(content.position.key, ()) if register else ()
    above = {line.accepts for line in lines if line.holds_on(content.first_day)}
    is_partial = register is not None and not register.whole
    above |= {line.accepts for line in lines if not (above or is_partial)}
    if second is None or second.position in above:
        return
    if is_partial:
        yield find("SUPERIOR_NOT_IN_PROOF", Step.CHAIN, Weight.UNKNOWN, position=content.position.key)
    elif above:
        listed = ", ".join(sorted(key or "-" for key in above))
        yield _fail("SUPERIOR_OTHER", position=second.position, listed=listed)


def _parent_findings(child: Content, parent: Content, register: Register | None) -> Iterator[Finding]:
    reference, second = child.parent, child.parties.second
    if reference is None or second is None:
        return
    if reference.id != parent.id:
        yield _fail("PARENT_ID", named=reference.id, found=parent.id)
    if child.organisation != parent.organisation or child.person_scheme is not parent.person_scheme:
        yield _fail("PARENT_ORGANISATION", parent=parent.id)
    if child.year != parent.year:
        yield _fail("PARENT_YEAR", parent=parent.id, year=parent.year)
    if second.position != parent.position.key:
        yield _fail("PARENT_POSITION", parent=parent.id, position=second.position)
    elif second.person != parent.parties.first.person:
        # with a register the office of each signer is judged in step 5, the stand-in's too
        code, weight = ("STAND_IN", Weight.NOTE) if register else ("NEEDS_REGISTER", Weight.UNKNOWN)
        yield find(code, Step.CHAIN, weight, parent=parent.id, position=second.position)
    elif _shown(second) != _shown(parent.parties.first):
        yield find("PARENT_NAME", Step.CHAIN, Weight.WARNING, parent=parent.id)
    if not parent.first_day <= child.first_day <= parent.last_day:
        yield _fail("PARENT_NOT_IN_FORCE", parent=parent.id, day=child.first_day.isoformat())


def _shown(party: Party) -> tuple[str, str, str | None]:
    return party.name, party.office, party.number
