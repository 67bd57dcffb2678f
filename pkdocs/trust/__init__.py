"""What an auditor pins before judging (docs/trust.md)."""

from pkdocs.trust.file import FILE_NAME, read_trust, render_trust
from pkdocs.trust.value import ALGORITHMS, AlgorithmDates, Anchor, LowestHead, Purpose, Trust

__all__ = [
    "ALGORITHMS",
    "FILE_NAME",
    "AlgorithmDates",
    "Anchor",
    "LowestHead",
    "Purpose",
    "Trust",
    "read_trust",
    "render_trust",
]
