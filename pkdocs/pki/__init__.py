"""The training PKI: certificates to practise with, which say so in their issuer."""

from pkdocs.pki.authority import KeyKind, Reason, is_training, person_of
from pkdocs.pki.folder import Issuance, init_pki, issue_certificates, refresh, revoke
from pkdocs.pki.records import ENROLMENT_SCHEMA, Enrollee

__all__ = [
    "ENROLMENT_SCHEMA",
    "Enrollee",
    "Issuance",
    "KeyKind",
    "Reason",
    "init_pki",
    "is_training",
    "issue_certificates",
    "person_of",
    "refresh",
    "revoke",
]
