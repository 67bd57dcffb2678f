"""The way from a certificate to an anchor (RFC 5280, 6), found by certvalidator, and again what follows from it."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from asn1crypto.x509 import Certificate
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError

from pkdocs.trust import Anchor
from pkdocs.verification.container import certificate_of, has_issued
from pkdocs.verification.family import Family, constrains_names, family_of

_MOST_FAMILIES: Final = 256


@dataclass(frozen=True, slots=True)
class Path:
    """A path that holds from ``begins`` to ``ends``: the anchor's certificate and those below it in order (DER)."""

    anchor: Anchor
    encoded: tuple[bytes, ...]
    begins: datetime
    ends: datetime

    @classmethod
    def of(cls, anchor: Anchor, encoded: tuple[bytes, ...]) -> "Path":
        """Return the path of these certificates, which hold together."""
        loaded = [certificate_of(entry) for entry in encoded]
        begins = max(certificate.not_valid_before_utc for certificate in loaded)
        return cls(anchor, encoded, begins, min(certificate.not_valid_after_utc for certificate in loaded))

    def holds_at(self, at: datetime) -> bool:
        """Tell whether all its certificates are in date."""
        return self.begins <= at <= self.ends


class Paths:
    """Finds ways to ``anchors``; each once, and of each family of certificates only the first from the beginning.

    It lives as long as one judge does, and knows nothing of time but the days of certificates.
    """

    def __init__(self, anchors: Sequence[Anchor]) -> None:
        self._anchors = anchors
        self._known: dict[tuple[bytes, tuple[bytes, ...]], Path] = {}
        self._families: dict[tuple[Family, tuple[bytes, ...]], Path] = {}

    def find(self, certificate: bytes, chain: tuple[bytes, ...], at: datetime) -> Path:
        """Return a path from ``certificate`` (DER) by ``chain`` to an anchor that is in date ``at`` that time.

        Raises:
            PathValidationError, PathBuildingError, InvalidCertificateError: there is none.
        """
        known = self._known.get((certificate, chain))
        if known is not None and known.holds_at(at):
            return known
        family = family_of(certificate)
        path = self._beside(certificate, chain, family, at) or self._found(certificate, chain, family, at)
        self._known[certificate, chain] = path
        return path

    def _beside(self, certificate: bytes, chain: tuple[bytes, ...], family: Family | None, at: datetime) -> Path | None:
        """Return the path that a certificate of the same family has, if its authority has signed this one too."""
        like = self._families.get((family, chain)) if family else None
        if like is None or not has_issued(like.encoded[-2], certificate):
            return None
        path = Path.of(like.anchor, (*like.encoded[:-1], certificate))
        return path if path.holds_at(at) else None

    def _found(self, certificate: bytes, chain: tuple[bytes, ...], family: Family | None, at: datetime) -> Path:
        anchors = [anchor for anchor in self._anchors if is_in_date(anchor.certificate, at)]
        encoded = _validate_any(certificate, chain, anchors, at)
        anchor = next(anchor for anchor in anchors if anchor.certificate == encoded[0])
        # the bytes that are there anyway, for there are as many paths as people
        own = {entry: entry for entry in (anchor.certificate, *chain, certificate)}
        path = Path.of(anchor, tuple(own[entry] for entry in encoded))
        if family and len(path.encoded) > 1 and not any(map(constrains_names, path.encoded[:-1])):
            if len(self._families) >= _MOST_FAMILIES:
                self._families.clear()
            self._families[family, chain] = path
        return path


def _validate_any(certificate: bytes, chain: tuple[bytes, ...], anchors: list[Anchor], at: datetime) -> list[bytes]:
    try:
        return validate(certificate, chain, anchors, at)
    except AssertionError:
        # of several with one name the library takes any, and stumbles over a key of another kind
        for anchor in anchors:
            with suppress(AssertionError, PathBuildingError):
                return validate(certificate, chain, [anchor], at)
        raise PathBuildingError("of no anchor with that name") from None


def validate(certificate: bytes, chain: Iterable[bytes], anchors: Iterable[Anchor], at: datetime) -> list[bytes]:
    """Return the path from the anchor's certificate down.

    Whether the anchors are in date is not looked at (RFC 5280, 6.1.1 d), and of two with one key only the first;
    nor is revocation, which is a matter of evidence.

    Raises:
        PathValidationError, PathBuildingError, InvalidCertificateError: there is none.
    """
    # a context of its own for each: what one file carries must not help the next
    context = ValidationContext(
        trust_roots=[Certificate.load(anchor.certificate) for anchor in anchors],
        moment=at,
        allow_fetching=False,
        revocation_mode="soft-fail",
        time_tolerance=timedelta(0),
    )
    validator = CertificateValidator(
        Certificate.load(certificate), [Certificate.load(above) for above in chain], context
    )
    path = asyncio.run(validator.async_validate_path())
    return [entry.dump() for entry in path]


def is_in_date(certificate: bytes, at: datetime) -> bool:
    """Tell whether ``at`` is one of the days of a certificate (DER)."""
    loaded = certificate_of(certificate)
    return loaded.not_valid_before_utc <= at <= loaded.not_valid_after_utc
