"""Signed PDFs of anybody: intact, not intact, or cannot say (docs/inspect.md)."""

from pkdocs.verification.foreign.examine import inspect_foreign

__all__ = ["inspect_foreign"]
