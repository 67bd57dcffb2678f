"""Issued bytes that somebody vouches for, who is believed: the keepers of a register (docs/chain.md, section 6)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Issue(NamedTuple):
    """What issued bytes are of: the digest of their content, and how many they are."""

    content: str
    length: int


@dataclass(frozen=True, slots=True)
class Vouched:
    """What is vouched for: issues by the SHA-256 of their bytes, in hexadecimal. Without any, everything is read."""

    issues: Mapping[str, Issue] = field(default_factory=dict, repr=False)

    def has(self, digest: str, length: int, content: str) -> bool:
        """Tell whether the issue of these bytes, with the content of that digest, is vouched for."""
        return self.issues.get(digest) == Issue(content, length)
