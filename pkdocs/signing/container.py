"""The container of a signature that we joined ourselves: taken apart, and joined again to see that nothing differs."""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache

from pkdocs import der
from pkdocs.signing.cms import is_intact, parts_of, signer_identifier
from pkdocs.verification.container import certificates_above, is_sealed
from pkdocs.verification.token import Token, TokenError, read_token


@dataclass(frozen=True, slots=True)
class Own:
    """What stands in a container of ours (DER): certificates, the raw signature, a timestamp over it (None: none)."""

    certificate: bytes = field(repr=False)
    chain: tuple[bytes, ...] = field(repr=False)
    signature: bytes = field(repr=False)
    token: bytes | None = field(repr=False)


def take_apart(contents: bytes) -> Own | None:
    """Return what stands in ``contents`` if it has the form of ours; nothing of it is checked.

    Raises:
        ValueError: it is not even DER.
    """
    _, wrapped = der.values(contents)
    (signed,) = der.values(wrapped)
    *_, held, infos = der.values(signed)
    (info,) = der.values(infos)
    _, sid, _, _, _, written, *unsigned = der.values(info)
    certificates = der.values(held)
    own = [certificate for certificate in certificates if signer_identifier(certificate) == sid]
    if len(own) != 1 or len(unsigned) > 1:
        return None
    others = tuple(certificate for certificate in certificates if certificate != own[0])
    return Own(own[0], others, der.contents(written), _token(unsigned[0]) if unsigned else None)


@dataclass(frozen=True, slots=True)
class Opened:
    """What an intact container of ours says: certificates (DER), those above in order, its timestamp (None: none)."""

    certificate: bytes = field(repr=False)
    chain: tuple[bytes, ...] = field(repr=False)
    timestamp: Token | None


def open_own(contents: bytes, digest: bytes) -> Opened | None:
    """Return what ``contents`` says if it is ours, intact, over ``digest``; else None.

    Ours is what ``Parts.join`` gives, byte for byte, and zeros after it. What our signature does not cover must vouch
    for itself, as verification demands: the certificates above, and a timestamp. Whether anybody believes them is not
    asked.

    Raises:
        ValueError, UnsupportedAlgorithm, InvalidVersion: what is in it is not even DER, or no usable certificate.
    """
    own = take_apart(contents)
    if own is None:
        return None
    parts = parts_of(own.certificate, own.chain)
    covered = parts.covered(digest)
    chain = _line(own.certificate, own.chain)
    is_ours = parts.join(covered, own.signature, own.token).ljust(len(contents), b"\0") == contents
    if not is_ours or chain is None or not is_intact(own.certificate, own.signature, covered):
        return None
    try:
        token = own.token and read_token(own.token, lambda algorithm: hashlib.new(algorithm, own.signature).digest())
    except TokenError:
        return None
    return Opened(own.certificate, chain, token or None)


@lru_cache(maxsize=1024)
def _line(certificate: bytes, others: tuple[bytes, ...]) -> tuple[bytes, ...] | None:
    """Return ``others`` as the line above ``certificate``; None if not all are, each exactly what its issuer signed."""
    line = tuple(certificates_above(certificate, list(others)))
    return line if len(line) == len(others) and all(map(is_sealed, (certificate, *others))) else None


def _token(attributes: bytes) -> bytes:
    """Return the value of the only attribute."""
    (attribute,) = der.values(attributes)
    _, held = der.values(attribute)
    (token,) = der.values(held)
    return token
