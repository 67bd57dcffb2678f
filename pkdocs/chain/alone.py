"""One agreement alone: what judging would say of it without those above it and without the set."""

from dataclasses import replace
from datetime import datetime

from pkdocs.chain.judge import judge_set
from pkdocs.chain.verdict import Exhibit
from pkdocs.trust import Trust
from pkdocs.verification import Facts, Finding, Step
from pkdocs.verification.inspection import InspectedSignature, Inspection


def judge_alone(inspection: Inspection, facts: Facts, trust: Trust, *, at: datetime) -> Inspection:
    """Return ``inspection``, which was made of ``facts``, with what ``trust`` says of it at the moment ``at``."""
    (verdict,) = judge_set([Exhibit("", facts)], trust, None, at=at).agreements
    judged = [one for one in verdict.findings if one.step <= Step.CONTENT and one not in facts.findings]
    signatures = tuple(
        replace(one, identity=tuple(finding for finding in judged if _is_about(finding, one)))
        for one in inspection.signatures
    )
    general = tuple(finding for finding in judged if not any(_is_about(finding, one) for one in signatures))
    return replace(inspection, signatures=signatures, identity=general)


def _is_about(finding: Finding, signature: InspectedSignature) -> bool:
    return finding.role is not None and finding.role.value == signature.field
