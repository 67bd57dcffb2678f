"""The register of a year: an append-only list and its signed head (docs/chain.md, section 4)."""

from pkdocs.register.account import Account, compare_heads, open_account
from pkdocs.register.book import Register
from pkdocs.register.enrolment import MAX_ENROLMENT_BYTES, Enrolled, demand_one_owner, parse_enrolment
from pkdocs.register.examine import HeadFacts, examine_head, unexamined_head
from pkdocs.register.files import HEAD_NAME, LIST_NAME, archive_name
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
    parse_lines,
    render_lines,
    valid_lines,
)
from pkdocs.register.making import USUAL_DAYS, Terms, list_root, next_head, standing
from pkdocs.register.merkle import merkle_root
from pkdocs.register.page import is_head, render_head
from pkdocs.register.signing import sign_head
from pkdocs.register.statement import (
    state_agreement,
    state_assignments,
    state_positions,
    with_decision,
    with_successors,
)

__all__ = [
    "HEAD_NAME",
    "LIST_NAME",
    "MAX_ENROLMENT_BYTES",
    "MAX_LIST_BYTES",
    "USUAL_DAYS",
    "Account",
    "AgreementLine",
    "AssignmentLine",
    "CertificateLine",
    "Enrolled",
    "Head",
    "HeadFacts",
    "HeadVerdict",
    "Keepers",
    "Line",
    "PositionLine",
    "Register",
    "Registrar",
    "State",
    "Stretch",
    "TemplateLine",
    "Terms",
    "UnitCount",
    "added_lines",
    "archive_name",
    "compare_heads",
    "demand_one_owner",
    "examine_head",
    "inspect_head",
    "is_head",
    "judge_head",
    "judge_head_alone",
    "list_root",
    "merkle_root",
    "next_head",
    "open_account",
    "parse_enrolment",
    "parse_head",
    "parse_lines",
    "render_head",
    "render_lines",
    "sign_head",
    "standing",
    "state_agreement",
    "state_assignments",
    "state_positions",
    "unexamined_head",
    "valid_lines",
    "with_decision",
    "with_successors",
]
