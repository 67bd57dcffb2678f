"""A head of the register as one signed PDF among others."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pkdocs.register.examine import HeadFacts
from pkdocs.register.head import Head
from pkdocs.register.page import ATTACHMENT
from pkdocs.register.succession import judge_heads
from pkdocs.trust import Trust
from pkdocs.verification import Step, Weight, find
from pkdocs.verification.agreement import inspected_signature
from pkdocs.verification.inspection import Inspection
from pkdocs.verification.level import reached_level


def inspect_head(facts: HeadFacts, head: Head, *, size: int) -> Inspection:
    """Return what ``facts`` say of a head of ``size`` bytes, as far as they need neither trust nor clock."""
    unsigned = () if facts.signatures else (find("INSPECT_NO_SIGNATURE", Step.SIGNATURES, Weight.UNKNOWN),)
    return Inspection(
        sha256=facts.sha256,
        findings=(*facts.findings, *unsigned),
        signatures=tuple(
            inspected_signature(one, (), reached_level(one, facts.stamps, facts.evidence), size=size)
            for one in facts.signatures
        ),
        attachments={ATTACHMENT: head.canonical},
    )


def judge_head_alone(
    inspection: Inspection, facts: HeadFacts, others: Sequence[HeadFacts], trust: Trust, *, at: datetime
) -> Inspection:
    """Return ``inspection``, which was made of ``facts``, with what ``trust`` says of its keepers as of ``at``.

    Who keeps the register after those of the trust file, the ``others`` say: heads of the same register.
    """
    verdict, *_ = judge_heads((facts, *others), trust, at)
    judged = tuple(finding for finding in verdict.findings if finding not in facts.findings)
    return replace(inspection, identity=judged)
