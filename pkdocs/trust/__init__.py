"""What an auditor pins before judging (docs/trust.md)."""

from pkdocs.trust.file import FILE_NAME, read_trust, render_trust
from pkdocs.trust.value import Anchor, LowestHead, Purpose, Trust

__all__ = ["FILE_NAME", "Anchor", "LowestHead", "Purpose", "Trust", "read_trust", "render_trust"]
