"""What an auditor pins before judging (docs/trust.md)."""

from pkdocs.trust.file import read_trust, render_trust
from pkdocs.trust.value import Anchor, LowestHead, Purpose, Trust

__all__ = ["Anchor", "LowestHead", "Purpose", "Trust", "read_trust", "render_trust"]
