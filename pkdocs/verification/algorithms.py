"""Which algorithms are believed, and until when: the one table (after ETSI TS 119 312, SOG-IS ACM 1.3).

A trust file may let one end sooner, or say that it is believed for longer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from types import MappingProxyType
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from pkdocs.trust import Trust
from pkdocs.verification.finding import Finding, Step, Weight, find


@dataclass(frozen=True, slots=True)
class Key:
    """A kind of key and its size in bits: ``rsa`` 2048, ``secp256r1`` 256."""

    kind: str
    bits: int


def _year_end(year: int) -> datetime:
    return datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC)


NAME: Final = "pkdocs"
VERSION: Final = "2026.1"
"""Of the table below. Whoever changes a row changes it: every report names it."""

DIGESTS: Final = {"sha256": _year_end(2035), "sha384": _year_end(2035), "sha512": _year_end(2035)}
"""Digests and the last moment at which they are believed."""

KEYS: Final = {
    "secp256r1": _year_end(2035),
    "secp384r1": _year_end(2035),
    "secp521r1": _year_end(2035),
    "rsa-3000": _year_end(2035),
    "rsa-2048": _year_end(2030),
}
"""Curves, least sizes of RSA moduli (largest first), and the last moment for each."""

_RSA_BITS: Final = (3000, 2048)

SIGNATURES: Final = {
    f"{digest}_{kind}": (digest, kind)
    for digest in DIGESTS
    for kind in ("rsa", "ecdsa")
}  # fmt: skip
"""Signature algorithms by asn1crypto's names, with digest and kind of key (PKCS #1 v1.5 or ECDSA)."""


def key_of(certificate: x509.Certificate) -> Key | None:
    """Return the kind of the certificate's key; None if no signature of ours is made with such."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return Key("rsa", key.key_size)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return Key(key.curve.name, key.key_size)
    return None


@dataclass(frozen=True, slots=True)
class Policy:
    """The table as one trust file has it. ``title`` is what reports print, ``later`` what is believed for longer."""

    title: str
    lasts: Mapping[str, datetime]
    later: tuple[str, ...] = ()

    def until(self, digest: str, key: Key) -> datetime | None:
        """Return the last moment at which a signature with these is believed; None: at no time."""
        limits = [self.lasts.get(name) for name in (digest, _name_of(key)) if digest in DIGESTS]
        known = [limit for limit in limits if limit is not None]
        return min(known) if len(known) == 2 else None

    def digest_until(self, digest: str) -> datetime | None:
        """Return the last moment at which a digest alone is believed; None: at no time."""
        return self.lasts[digest] if digest in DIGESTS else None


def _name_of(key: Key) -> str:
    if key.kind != "rsa":
        return key.kind
    return next((f"rsa-{bits}" for bits in _RSA_BITS if key.bits >= bits), "rsa")


PLAIN: Final = Policy(f"{NAME} {VERSION}", MappingProxyType({**DIGESTS, **KEYS}))


def policy_of(trust: Trust) -> Policy:
    """Return the table with the dates of ``trust``: what it names ends sooner, or explicitly later, or as it is.

    Nothing that the table lacks can be let in.
    """
    dates = trust.algorithms
    if not (dates.sooner or dates.later):
        return PLAIN
    lasts = dict(PLAIN.lasts)
    for name, day in dates.sooner:
        lasts[name] = min(lasts[name], _end_of(day))
    later = tuple(name for name, day in dates.later if _end_of(day) > lasts[name])
    lasts |= {name: _end_of(day) for name, day in dates.later if name in later}
    changed = [f"{name} {moment:%Y-%m-%d}" for name, moment in lasts.items() if moment != PLAIN.lasts[name]]
    return Policy(" + ".join([PLAIN.title, *changed]), lasts, later)


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), UTC)


def extended_finding(policy: Policy, step: Step) -> Iterator[Finding]:
    """Yield that the trust file believes algorithms for longer than the table: whoever reads a verdict must see it."""
    if policy.later:
        yield find("ALGORITHMS_EXTENDED", step, Weight.WARNING, names=", ".join(policy.later))
