"""One agreement alone: what judging would say of it without those above it and without the set."""

from dataclasses import replace
from datetime import datetime

from pkdocs.chain.judge import judge_set
from pkdocs.chain.verdict import Exhibit
from pkdocs.trust import Trust
from pkdocs.verification import Facts, Step
from pkdocs.verification.inspection import Inspection


def judge_alone(inspection: Inspection, facts: Facts, trust: Trust, *, at: datetime) -> Inspection:
    """Return ``inspection``, which was made of ``facts``, with what ``trust`` says of it at the moment ``at``."""
    (verdict,) = judge_set([Exhibit("", facts)], trust, None, at=at).agreements
    judged = [one for one in verdict.findings if one.step <= Step.CONTENT and one not in facts.findings]
    roles = {signature.field: signature.role for signature in facts.signatures if signature.role is not None}
    signatures = tuple(
        replace(one, identity=tuple(finding for finding in judged if finding.role == roles.get(one.field, "")))
        for one in inspection.signatures
    )
    general = tuple(finding for finding in judged if finding.role not in roles.values())
    return replace(inspection, signatures=signatures, identity=general)
