"""What an authority writes alike into certificates that it issues, so that the way to an anchor is found once for all.

Of two certificates of one family, under the same authority, path validation (RFC 5280, 6.1) differs in their days,
in the signature over each, and in their names where somebody above constrains names; in nothing else.
"""

from dataclasses import dataclass
from typing import Final

from cryptography import x509

from pkdocs import der
from pkdocs.verification.container import certificate_of

_EXTENSIONS: Final = 0xA3
_VERSION: Final = 0xA0
_OWN: Final = frozenset({der.identifier("2.5.29.14"), der.identifier("2.5.29.17")})
"""Extensions that say who or which one it is: subject key identifier, subject alternative name."""


@dataclass(frozen=True, slots=True)
class Family:
    """All of a certificate (values in DER) but serial number, days, subject, key, and what says whose it is."""

    issuer: bytes
    algorithms: tuple[bytes, bytes]
    key_kind: bytes
    extensions: tuple[tuple[bytes, ...], ...]


def family_of(certificate: bytes) -> Family | None:
    """Return the family of a certificate (DER); None of one that is not of version 3, or has other parts."""
    try:
        signed, algorithm, _ = der.values(certificate)
        version, _, named, issuer, _, subject, key, *rest = der.values(signed)
        (wrapped,) = rest
        (listed,) = der.values(wrapped)
        if version[0] != _VERSION or wrapped[0] != _EXTENSIONS or subject == issuer:
            return None
        return Family(issuer, (algorithm, named), der.values(key)[0], tuple(map(_alike, der.values(listed))))
    except (ValueError, IndexError):
        return None


def _alike(extension: bytes) -> tuple[bytes, ...]:
    kind, *rest = der.values(extension)
    return (kind, *rest[:-1]) if kind in _OWN else (kind, *rest)


def constrains_names(certificate: bytes) -> bool:
    """Tell whether an authority's certificate (DER) says how those below it may be called."""
    return any(isinstance(one.value, x509.NameConstraints) for one in certificate_of(certificate).extensions)
