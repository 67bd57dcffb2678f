"""The register of a year: an append-only list and its signed head (docs/chain.md, section 4)."""

from pkdocs.register.examine import HeadFacts, examine_head
from pkdocs.register.judge import HeadVerdict, judge_head
from pkdocs.register.page import is_head, render_head
from pkdocs.register.signing import sign_head

__all__ = [
    "HeadFacts",
    "HeadVerdict",
    "examine_head",
    "is_head",
    "judge_head",
    "render_head",
    "sign_head",
]
