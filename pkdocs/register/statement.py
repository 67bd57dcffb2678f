"""What workbook, files and enrolment state today, as lines: the register is brought up to this."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

from pkdocs.cascade import Agreement, Cascade
from pkdocs.content import Content, Role
from pkdocs.register.lines import AgreementLine, AssignmentLine, PositionLine, State, Stretch, agreement_schema
from pkdocs.roster import Assignment, Means, Person, Roster
from pkdocs.verification import Facts

ONE_DAY = timedelta(days=1)


def state_positions(roster: Roster, cascade: Cascade, entered: date) -> Iterator[PositionLine]:
    """Yield every position with the one above it; with days where another signs as superior from some day on."""
    agreements: dict[str, list[Agreement]] = defaultdict(list)
    for agreement in cascade.agreements:
        agreements[agreement.key].append(agreement)
    for key, row in {row.key: row for row in roster.assignments}.items():
        yield from _position_lines(row, sorted(agreements[key], key=lambda one: one.first_day), entered)


def _position_lines(row: Assignment, agreements: list[Agreement], entered: date) -> Iterator[PositionLine]:
    line = PositionLine(entered, row.key, row.title, row.unit, row.level, row.superior or None)
    spans: list[tuple[date | None, str | None]] = []
    for agreement in agreements:
        signs_with = agreement.second.key if agreement.second and agreement.second.key != line.superior else None
        if not spans or spans[-1][1] != signs_with:
            spans.append((agreement.first_day if spans else None, signs_with))
    spans = spans or [(None, None)]
    ends = [begins - ONE_DAY for begins, _ in spans[1:] if begins] + [None]
    for (begins, signs_with), end in zip(spans, ends, strict=True):
        yield replace(line, signs_with=signs_with, begins=begins, ends=end)


def state_assignments(roster: Roster, name: Callable[[Person], str], entered: date) -> Iterator[AssignmentLine]:
    """Yield who holds what; ``name`` gives the content's person. Several versions of one holder are one line."""
    seen: dict[object, AssignmentLine] = {}
    for row in roster.assignments:
        if row.person:
            line = AssignmentLine(
                entered, name(row.person), row.key, row.status, row.begins, row.ends, row.decree or None
            )
            seen[line.subject] = line
    yield from seen.values()


def state_agreement(content: Content, facts: Facts, owners: Mapping[bytes, str], entered: date) -> AgreementLine:
    """Return how far an agreement has come by the facts of its file.

    ``owners`` are the enrolled persons by certificate (DER): a signature counts if its certificate is the party's.
    """
    facts = facts.attributed(owners)
    parties = {role: party for role in content.roles if (party := content.party(role))}
    paper = tuple(role for role, party in parties.items() if party.means is Means.PAPER)
    ends = [end for role, party in parties.items() if (end := _signed_end(facts, role, party.person, owners))]
    line = AgreementLine(
        entered=entered,
        id=content.id,
        position=content.position.key,
        unit=content.position.unit,
        content=content.digest,
        issued=Stretch(str(facts.issue_digest), facts.issue_length),
        state=State.PARTIAL if ends else State.ISSUED,
        persons=tuple(party.person for party in parties.values()),
        paper=paper,
    )
    if len(ends) < len(parties):
        return line
    length = max(ends)
    return replace(line, state=State.COMPLETE, signed=Stretch(dict(facts.revisions)[length], length))


def _signed_end(facts: Facts, role: Role, person: str, owners: Mapping[bytes, str]) -> int:
    """Return where the revision ends in which ``person`` signed; 0 if that is not shown."""
    signature = facts.signature(role)
    if signature is None or signature.certificate is None:
        return 0
    return signature.end if owners.get(signature.certificate) == person else 0


def with_decision(line: AgreementLine, ended: State) -> AgreementLine:
    """Return the line of an agreement that was rejected or withdrawn; a complete one stands."""
    if line.state.is_finished:
        return line
    return replace(line, state=ended, schema=agreement_schema(ended, compared=line.compared))


def with_comparison(line: AgreementLine) -> AgreementLine:
    """Return the line of an agreement whose page was issued again and was the same."""
    return replace(line, compared=True, schema=agreement_schema(line.state, compared=True))


def with_successors(lines: Iterable[AgreementLine], contents: Iterable[Content]) -> Iterator[AgreementLine]:
    """Yield the lines, those of complete versions superseded where a complete later one of ``contents`` says so."""
    by_content = {line.content: line for line in lines}
    later = {
        content.amendment.supersedes.digest: content.id
        for content in contents
        if content.amendment and by_content[content.digest].state is State.COMPLETE
    }
    for digest, line in by_content.items():
        if digest in later and line.state is State.COMPLETE:
            yield replace(line, state=State.SUPERSEDED, successor=later[digest])
        else:
            yield line
