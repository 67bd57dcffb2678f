"""One PDF to facts: file, signatures, revisions, content; and certificates at a time (docs/chain.md, section 6)."""

from pkdocs.verification.examine import examine_pdf
from pkdocs.verification.facts import Facts, unread_facts
from pkdocs.verification.finding import (
    Finding,
    Result,
    Step,
    Sub,
    Weight,
    find,
    heavier,
    heaviness,
    result_of,
    weight_of,
)
from pkdocs.verification.signature import Signature
from pkdocs.verification.vouched import Issue, Vouched

__all__ = [
    "Facts",
    "Finding",
    "Issue",
    "Result",
    "Signature",
    "Step",
    "Sub",
    "Vouched",
    "Weight",
    "examine_pdf",
    "find",
    "heavier",
    "heaviness",
    "result_of",
    "unread_facts",
    "weight_of",
]
