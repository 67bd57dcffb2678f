"""Verdicts as text and as JSON (docs/contracts.md, ``verify``)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from pkdocs.chain import AgreementVerdict, SetVerdict
from pkdocs.messages import Language, text
from pkdocs.verification import Finding, Result, Weight

_MARKS: Final = {
    Result.PASSED: "✓",
    Result.FAILED: "✗",
    Result.INDETERMINATE: "?",
    Result.INCOMPLETE: "…",
    Result.NOT_JUDGED: "-",
}
_HEAVIEST: Final = (Weight.FAIL, Weight.UNKNOWN, Weight.MISSING)
_CAUSES: Final = frozenset(_HEAVIEST)
_MOST_OF_A_KIND: Final = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report; ``result`` is what it says, None for a heading."""

    text: str
    result: Result | None = None


def tree_lines(verdict: SetVerdict, language: Language) -> Iterator[Line]:
    """Yield the tree of units and levels with one line for each agreement, then counts and first causes."""
    unit = ""
    for agreement in verdict.agreements:
        content = agreement.content
        if content and content.position.unit != unit:
            unit = content.position.unit
            yield Line(unit)
        yield Line(_agreement(agreement, language), agreement.result)
    yield Line("")
    yield from _counts(verdict, language)
    yield from _causes(verdict, language)
    yield from _notes(verdict, language)


def _agreement(agreement: AgreementVerdict, language: Language) -> str:
    indent, mark = "  " * (agreement.depth + 1), _MARKS[agreement.result]
    if agreement.content is None:
        return f"{indent}{mark} {agreement.result}  {agreement.file}"
    party = agreement.content.parties.first
    signed = f"{len(agreement.signed)}/{len(agreement.content.roles)}"
    line = {"id": agreement.content.id, "office": party.office, "name": party.name, "signed": signed}
    causes = dict.fromkeys(finding.code for finding in agreement.findings if finding.weight in _CAUSES)
    named = f"  [{', '.join(causes)}]" if causes else ""
    return f"{indent}{mark} {agreement.result}  {text('REPORT_AGREEMENT', language, line)}{named}"


def _finding(finding: Finding, language: Language) -> str:
    return f"{finding.code}: {finding.message(language)}"


def _counts(verdict: SetVerdict, language: Language) -> Iterator[Line]:
    total = len(verdict.agreements)
    for result, count in verdict.summary.items():
        yield Line(text("REPORT_COUNT", language, {"result": result, "count": count, "total": total}))
    yield Line(text("REPORT_SET", language, {"result": verdict.result}), verdict.result)
    for finding in verdict.findings:
        yield Line(f"  {_finding(finding, language)}")


def _causes(verdict: SetVerdict, language: Language) -> Iterator[Line]:
    """What makes agreements fail, unknown or incomplete, by kind; what is inherited has its cause elsewhere."""
    kinds: dict[str, list[tuple[AgreementVerdict, Finding]]] = {}
    for agreement in verdict.agreements:
        for finding in agreement.findings:
            if finding.weight in _CAUSES and not finding.inherited:
                kinds.setdefault(finding.code, []).append((agreement, finding))
    if kinds:
        yield Line(text("REPORT_CAUSES", language))
    for code, causes in sorted(kinds.items(), key=lambda kind: _HEAVIEST.index(kind[1][0][1].weight)):
        yield Line(f"  {len(causes)} × {code}")
        for agreement, finding in causes[:_MOST_OF_A_KIND]:
            yield Line(f"    {agreement.id or agreement.file}: {finding.message(language)}", agreement.own)
        if len(causes) > _MOST_OF_A_KIND:
            yield Line("    " + text("AND_MORE", language, {"count": len(causes) - _MOST_OF_A_KIND}))


def _notes(verdict: SetVerdict, language: Language) -> Iterator[Line]:
    """Warnings and notes by kind: what stands on every agreement is said once."""
    kinds: dict[str, list[Finding]] = {}
    for agreement in verdict.agreements:
        for finding in agreement.findings:
            if finding.weight in {Weight.WARNING, Weight.NOTE}:
                kinds.setdefault(finding.code, []).append(finding)
    for code, findings in sorted(kinds.items()):
        line = {"count": len(findings), "code": code, "message": findings[0].message(language)}
        yield Line(text("REPORT_KIND", language, line))
    facts = {"at": verdict.at.isoformat(timespec="seconds"), "digest": verdict.trust}
    yield Line(text("REPORT_BASIS", language, facts))


def as_json(verdict: SetVerdict, language: Language) -> dict[str, Any]:
    """Return the verdict in the contract's form."""
    return {
        "schema": "pkdocs-verdict/1",
        "at": verdict.at.isoformat(),
        "trust": verdict.trust,
        "training": verdict.training,
        "summary": {str(result): count for result, count in verdict.summary.items()},
        "agreements": [_agreement_json(agreement, language) for agreement in verdict.agreements],
        "set": {
            "result": str(verdict.result),
            "findings": [_finding_json(finding, language) for finding in verdict.findings],
        },
    }


def _agreement_json(agreement: AgreementVerdict, language: Language) -> dict[str, Any]:
    return {
        "id": agreement.id,
        "file": agreement.file,
        "sha256": agreement.sha256,
        "own": str(agreement.own),
        "result": str(agreement.result),
        "parent": agreement.parent,
        "findings": [_finding_json(finding, language) for finding in agreement.findings],
    }


def _finding_json(finding: Finding, language: Language) -> dict[str, Any]:
    return {
        "code": finding.code,
        "step": int(finding.step),
        "role": finding.role.value if finding.role else None,
        "weight": str(finding.weight),
        "inherited": finding.inherited,
        "sub": str(finding.sub) if finding.sub else None,
        "message": finding.message(language),
    }
