"""Validation data: what shows later that certificates were good when they were used (ETSI EN 319 142-1, 5.4)."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields


@dataclass(frozen=True, slots=True)
class Evidence:
    """Certificates, OCSP responses and revocation lists (DER), each once, in the order in which they were found."""

    certificates: tuple[bytes, ...] = field(default=(), repr=False)
    ocsps: tuple[bytes, ...] = field(default=(), repr=False)
    crls: tuple[bytes, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        for entry in fields(self):
            # a dictionary keeps the order and takes nothing twice
            object.__setattr__(self, entry.name, tuple(dict.fromkeys(getattr(self, entry.name))))

    def __or__(self, other: "Evidence") -> "Evidence":
        """Return both: what is here first, then what ``other`` adds."""
        return Evidence(self.certificates + other.certificates, self.ocsps + other.ocsps, self.crls + other.crls)

    def __sub__(self, other: "Evidence") -> "Evidence":
        """Return what is here and not in ``other``."""
        return Evidence(
            _without(self.certificates, other.certificates),
            _without(self.ocsps, other.ocsps),
            _without(self.crls, other.crls),
        )

    def __bool__(self) -> bool:
        return bool(self.certificates or self.ocsps or self.crls)


def _without(entries: tuple[bytes, ...], known: Iterable[bytes]) -> tuple[bytes, ...]:
    there = frozenset(known)
    return tuple(entry for entry in entries if entry not in there)
