"""The training PKI: certificates to practise with, which say so in their issuer."""

from pkdocs.pki.authority import KeyKind, Reason, is_training, person_of
from pkdocs.pki.folder import Issuance, init_pki, issue_certificates, open_services, refresh, revoke
from pkdocs.pki.records import ENROLMENT_SCHEMA, Enrollee
from pkdocs.pki.server import serving
from pkdocs.pki.services import Services

__all__ = [
    "ENROLMENT_SCHEMA",
    "Enrollee",
    "Issuance",
    "KeyKind",
    "Reason",
    "Services",
    "init_pki",
    "is_training",
    "issue_certificates",
    "open_services",
    "person_of",
    "refresh",
    "revoke",
    "serving",
]
