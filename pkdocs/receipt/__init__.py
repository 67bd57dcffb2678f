"""What somebody takes home from a batch of signatures: what was signed, with which key, and what became of each."""

from pkdocs.receipt.page import render_receipt
from pkdocs.receipt.value import (
    SCHEMA,
    Credential,
    Fate,
    Item,
    Planned,
    Receipt,
    describe_certificate,
    moment,
    plan_digest,
)

__all__ = [
    "SCHEMA",
    "Credential",
    "Fate",
    "Item",
    "Planned",
    "Receipt",
    "describe_certificate",
    "moment",
    "plan_digest",
    "render_receipt",
]
