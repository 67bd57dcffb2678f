"""Who may sign a head: the registrars of the trust file, or those whom a head before has put in their place."""

import hashlib
from dataclasses import dataclass, replace

from pkdocs.register.head import Keepers, Registrar
from pkdocs.trust import Trust


@dataclass(frozen=True, slots=True)
class Authority:
    """The certificates that count, SHA-256 in hexadecimal, and how many of them must.

    ``since`` is the version whose head named them, None if the trust file does. ``missing`` is the version of a head
    without which nobody knows who they are.
    """

    certificates: frozenset[str]
    threshold: int
    since: int | None = None
    missing: int | None = None

    @classmethod
    def pinned(cls, trust: Trust) -> "Authority":
        """Return the registrars of the trust file."""
        return cls(frozenset(hashlib.sha256(one).hexdigest() for one in trust.registrars), trust.threshold)

    @classmethod
    def named(cls, keepers: Keepers, trust: Trust, *, since: int) -> "Authority":
        """Return those whom the head of version ``since`` names; never fewer must sign than the trust file asks for.

        If the trust file pins just these, it is the trust file that names them.
        """
        certificates = frozenset(one.certificate for one in keepers.registrars)
        named = cls(certificates, max(keepers.threshold, trust.threshold))
        pinned = cls.pinned(trust)
        return pinned if named == pinned else replace(named, since=since)

    @classmethod
    def unknown(cls, trust: Trust, *, missing: int) -> "Authority":
        """Return what is known where the head of version ``missing`` is not at hand: nobody counts."""
        return cls(frozenset(), trust.threshold, missing=missing)

    def has(self, registrar: Registrar) -> bool:
        """Tell whether the registrar's signature counts."""
        return registrar.certificate in self.certificates
