"""Signed PDFs of anybody: intact, not intact, or cannot say; and who signed them (docs/inspect.md)."""

from pkdocs.verification.foreign.examine import inspect_foreign
from pkdocs.verification.foreign.identity import judge_identities

__all__ = ["inspect_foreign", "judge_identities"]
