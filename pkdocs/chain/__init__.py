"""Facts, trust and time to verdicts on every agreement and on the set (docs/chain.md, section 6)."""

from pkdocs.chain.alone import judge_alone
from pkdocs.chain.judge import judge_set
from pkdocs.chain.verdict import AgreementVerdict, Borne, Exhibit, Expected, PageCheck, Phase, RegisterMark, SetVerdict

__all__ = [
    "AgreementVerdict",
    "Borne",
    "Exhibit",
    "Expected",
    "PageCheck",
    "Phase",
    "RegisterMark",
    "SetVerdict",
    "judge_alone",
    "judge_set",
]
