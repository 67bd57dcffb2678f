"""The register of a year: an append-only list and its signed head (docs/chain.md, section 4)."""

from pkdocs.register.account import Account, begins_list, compare_heads, older_heads, open_account, rewritten_findings
from pkdocs.register.book import Proven, Register
from pkdocs.register.difference import Difference, Moved, compare_versions
from pkdocs.register.enrolment import MAX_ENROLMENT_BYTES, Enrolled, demand_one_owner, parse_enrolment
from pkdocs.register.examine import HeadFacts, examine_head, unexamined_head
from pkdocs.register.files import HEAD_NAME, LIST_NAME, archive_name, archived_heads
from pkdocs.register.head import Head, Keepers, Registrar, UnitCount, parse_head
from pkdocs.register.inspecting import inspect_head, judge_head_alone
from pkdocs.register.judge import HeadVerdict, judge_head
from pkdocs.register.lines import (
    MAX_LIST_BYTES,
    AgreementLine,
    AssignmentLine,
    CertificateLine,
    Line,
    PositionLine,
    State,
    Stretch,
    TemplateLine,
    added_lines,
    last_lines,
    parse_lines,
    render_lines,
    valid_lines,
)
from pkdocs.register.making import USUAL_DAYS, Terms, list_root, next_head, standing
from pkdocs.register.merkle import merkle_root
from pkdocs.register.page import is_head, render_head
from pkdocs.register.proof import MAX_PROOF_BYTES, PROOF_SCHEMA, HeadMark, Proof, parse_proof, prove_growth, prove_lines
from pkdocs.register.proven import growth_findings, open_proof
from pkdocs.register.signing import preserve_head, sign_head
from pkdocs.register.statement import (
    state_agreement,
    state_assignments,
    state_positions,
    with_comparison,
    with_decision,
    with_successors,
)
from pkdocs.register.succession import judge_heads

__all__ = [
    "HEAD_NAME",
    "LIST_NAME",
    "MAX_ENROLMENT_BYTES",
    "MAX_LIST_BYTES",
    "MAX_PROOF_BYTES",
    "PROOF_SCHEMA",
    "USUAL_DAYS",
    "Account",
    "AgreementLine",
    "AssignmentLine",
    "CertificateLine",
    "Difference",
    "Enrolled",
    "Head",
    "HeadFacts",
    "HeadMark",
    "HeadVerdict",
    "Keepers",
    "Line",
    "Moved",
    "PositionLine",
    "Proof",
    "Proven",
    "Register",
    "Registrar",
    "State",
    "Stretch",
    "TemplateLine",
    "Terms",
    "UnitCount",
    "added_lines",
    "archive_name",
    "archived_heads",
    "begins_list",
    "compare_heads",
    "compare_versions",
    "demand_one_owner",
    "examine_head",
    "growth_findings",
    "inspect_head",
    "is_head",
    "judge_head",
    "judge_head_alone",
    "judge_heads",
    "last_lines",
    "list_root",
    "merkle_root",
    "next_head",
    "older_heads",
    "open_account",
    "open_proof",
    "parse_enrolment",
    "parse_head",
    "parse_lines",
    "parse_proof",
    "preserve_head",
    "prove_growth",
    "prove_lines",
    "render_head",
    "render_lines",
    "rewritten_findings",
    "sign_head",
    "standing",
    "state_agreement",
    "state_assignments",
    "state_positions",
    "unexamined_head",
    "valid_lines",
    "with_comparison",
    "with_decision",
    "with_successors",
]
