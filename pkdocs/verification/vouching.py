"""Which of many certificates an anchor vouches for, in work that grows with their number and no faster.

Whoever looks for a way to an anchor by names tries every order of certificates that bear the same ones, and anybody can
make such. So signatures come first here: what no anchor has signed, directly or by others of them, leads nowhere.
"""

from collections import defaultdict
from contextlib import suppress
from functools import lru_cache
from typing import Final

from cryptography import x509

from pkdocs.verification.container import is_issued

FEW: Final = 4
"""So many may be tried in every order: a person's own chain has two or three."""


def few_or_vouched_for(certificates: tuple[bytes, ...], anchors: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """Return ``certificates`` (DER) if they are few, else those that ``anchors`` vouch for."""
    return certificates if len(certificates) <= FEW else vouched_for(certificates, anchors)


@lru_cache(maxsize=32)
def vouched_for(certificates: tuple[bytes, ...], anchors: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """Return those of ``certificates`` (DER) to which signatures lead from ``anchors``, the nearest first.

    Only that they are signed is looked at; what cannot be read leads nowhere.
    """
    waiting: dict[x509.Name, dict[bytes, x509.Certificate]] = defaultdict(dict)
    for encoded in dict.fromkeys(certificates):
        if loaded := _load(encoded):
            waiting[loaded.issuer][encoded] = loaded
    found: list[bytes] = []
    pending = list(filter(None, map(_load, anchors)))
    while pending:
        above = pending.pop()
        below = waiting.get(above.subject, {})
        signed = [encoded for encoded, loaded in below.items() if is_issued(loaded, above)]
        found += signed
        pending += (loaded for loaded in map(below.pop, signed) if _is_authority(loaded))
    return tuple(found)


def _load(encoded: bytes) -> x509.Certificate | None:
    with suppress(ValueError, x509.InvalidVersion, x509.DuplicateExtension):
        loaded = x509.load_der_x509_certificate(encoded)
        # these are read when they are asked for, and may turn out not to be any
        if loaded.subject and loaded.issuer and loaded.extensions:
            return loaded
    return None


def _is_authority(certificate: x509.Certificate) -> bool:
    constraints = (one.value for one in certificate.extensions if isinstance(one.value, x509.BasicConstraints))
    return any(one.ca for one in constraints)
