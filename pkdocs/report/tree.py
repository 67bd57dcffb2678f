"""The verdict as lines for a terminal: the tree of units and agreements, counts, causes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pkdocs.chain import AgreementVerdict, Phase, SetVerdict
from pkdocs.messages import Language, text
from pkdocs.report.completeness import Part, by_unit, whole
from pkdocs.report.outline import CAUSES, REMARKS, Entry, heaviest_first, kinds, units, unread
from pkdocs.report.wording import (
    MARKS,
    TALLIES,
    level_name,
    moment,
    register_line,
    state_of,
    states_line,
    tally_words,
    visible,
)
from pkdocs.verification import Finding, Result

_MOST_OF_A_KIND: Final = 5
_TOLD: Final = frozenset({Phase.UPCOMING, Phase.IN_FORCE, Phase.SUPERSEDED, Phase.WITHDRAWN, Phase.PAST})
"""Of the others the line says enough: how many have signed, and its result."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report; ``result`` is what it says, None for a heading."""

    text: str
    result: Result | None = None


def tree_lines(verdict: SetVerdict, language: Language) -> Iterator[Line]:
    """Yield the tree of units and levels with one line for each agreement, then counts and first causes."""
    for line in _lines(verdict, language):
        yield Line(visible(line.text), line.result)


def _lines(verdict: SetVerdict, language: Language) -> Iterator[Line]:
    for unit in units(verdict):
        yield Line(unit.name)
        for entry in unit.entries:
            yield Line(_agreement(entry, language), entry.agreement.result)
    yield from _unread(verdict, language)
    yield Line("")
    yield from _counts(verdict, language)
    yield from _completeness(verdict, language)
    yield from _causes(verdict, language)
    yield from _remarks(verdict, language)
    facts = {"at": moment(verdict.at), "digest": verdict.trust}
    yield Line(text("REPORT_BASIS", language, facts))
    if mark := verdict.register:
        yield Line(register_line(mark, language))


def _agreement(entry: Entry, language: Language) -> str:
    agreement, content = entry.agreement, entry.content
    party = content.parties.first
    signed = f"{len(agreement.signed)}/{len(content.roles)}"
    line = {"id": content.id, "office": party.office, "name": party.name, "signed": signed}
    state = f", {state_of(agreement, language)}" if agreement.phase in _TOLD else ""
    return f"{_head(agreement)}  {text('REPORT_AGREEMENT', language, line)}{state}{_codes(agreement)}"


def _head(agreement: AgreementVerdict) -> str:
    return f"{'  ' * (agreement.depth + 1)}{MARKS[agreement.result]} {agreement.result}"


def _codes(agreement: AgreementVerdict) -> str:
    causes = dict.fromkeys(finding.code for finding in agreement.findings if finding.weight in CAUSES)
    return f"  [{', '.join(causes)}]" if causes else ""


def _unread(verdict: SetVerdict, language: Language) -> Iterator[Line]:
    files = unread(verdict)
    if files:
        yield Line(text("REPORT_UNREAD", language))
    for _, agreement in files:
        yield Line(f"{_head(agreement)}  {agreement.file}{_codes(agreement)}", agreement.result)


def _counts(verdict: SetVerdict, language: Language) -> Iterator[Line]:
    total = len(verdict.agreements)
    for result, count in verdict.summary.items():
        yield Line(text("REPORT_COUNT", language, {"result": result, "count": count, "total": total}))
    if states := states_line((one.phase for one in verdict.agreements), language):
        yield Line(f"{text('REPORT_STATE', language)}: {states}")
    yield Line(text("REPORT_SET", language, {"result": verdict.result}), verdict.result)
    for finding in sorted(verdict.findings, key=heaviest_first):
        yield Line(f"  {_finding(finding, language)}")


def _completeness(verdict: SetVerdict, language: Language) -> Iterator[Line]:
    """What there is of what must be, by level, and the units of which something is absent."""
    everything = whole(verdict)
    yield Line(text("REPORT_COMPLETENESS", language))
    for level, part in everything.levels.items():
        yield Line(_tally(level_name(level), part, language))
    yield Line(_tally(text("REPORT_TOTAL", language), everything, language))
    lacking = [(name, part) for name, part in by_unit(verdict).items() if part.tally.missing]
    for name, part in lacking[:_MOST_OF_A_KIND]:
        yield Line(_tally(name, part, language))
    if len(lacking) > _MOST_OF_A_KIND:
        yield Line("  " + text("AND_MORE", language, {"count": len(lacking) - _MOST_OF_A_KIND}))


def _tally(label: str, part: Part, language: Language) -> str:
    words = dict(zip(TALLIES, tally_words(part.tally, language), strict=True))
    told = "  ".join(f"{text(column, language)} {count}" for column, count in words.items() if count != "0")
    return f"  {label}: {told}"


def _finding(finding: Finding, language: Language) -> str:
    return f"{finding.code}: {finding.message(language)}"


def _causes(verdict: SetVerdict, language: Language) -> Iterator[Line]:
    """What makes agreements fail, unknown or incomplete, by kind."""
    causes = kinds(verdict, CAUSES)
    if causes:
        yield Line(text("REPORT_CAUSES", language))
    for kind in causes:
        yield Line(f"  {len(kind.cases)} × {kind.code}")
        for case in kind.cases[:_MOST_OF_A_KIND]:
            named = case.agreement.id or case.agreement.file
            yield Line(f"    {named}: {case.finding.message(language)}", case.agreement.own)
        if len(kind.cases) > _MOST_OF_A_KIND:
            yield Line("    " + text("AND_MORE", language, {"count": len(kind.cases) - _MOST_OF_A_KIND}))


def _remarks(verdict: SetVerdict, language: Language) -> Iterator[Line]:
    """Warnings and notes by kind: what stands on every agreement is said once."""
    for kind in kinds(verdict, REMARKS):
        messages = {case.finding.message(language) for case in kind.cases}
        first = kind.cases[0]
        told = {
            "count": len(kind.cases),
            "code": kind.code,
            "message": first.finding.message(language),
            "named": first.agreement.id or first.agreement.file,
        }
        yield Line(text("REPORT_KIND" if len(messages) == 1 else "REPORT_KIND_EXAMPLE", language, told))
