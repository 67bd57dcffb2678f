"""Signing on disk, as a ceremony: the plan first, then each file replaced whole by itself, and a receipt at the end."""

from pkdocs.pipeline.ceremony.exchange import Manifest, export_waiting, import_signed
from pkdocs.pipeline.ceremony.execution import Raise, sign_plan
from pkdocs.pipeline.ceremony.journal import home_of
from pkdocs.pipeline.ceremony.planning import (
    Candidate,
    Refused,
    SigningPlan,
    Waiting,
    Wishes,
    demand_person,
    plan_for,
    plan_signing,
    signatory_of,
)
from pkdocs.pipeline.ceremony.result import NOT_REACHED, Signed, SigningResult, Written
from pkdocs.pipeline.ceremony.settling import OpenOutcome, Resolution, resolve

__all__ = [
    "NOT_REACHED",
    "Candidate",
    "Manifest",
    "OpenOutcome",
    "Raise",
    "Refused",
    "Resolution",
    "Signed",
    "SigningPlan",
    "SigningResult",
    "Waiting",
    "Wishes",
    "Written",
    "demand_person",
    "export_waiting",
    "home_of",
    "import_signed",
    "plan_for",
    "plan_signing",
    "resolve",
    "sign_plan",
    "signatory_of",
]
