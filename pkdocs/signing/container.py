"""The container of a signature that we joined ourselves: taken apart, and joined again to see that nothing differs."""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache

from asn1crypto.x509 import Certificate

from pkdocs import der
from pkdocs.signing.cms import is_intact, parts_of, signer_identifier
from pkdocs.verification.container import certificates_above, is_sealed
from pkdocs.verification.token import TokenError, read_token


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


def open_own(contents: bytes, digest: bytes) -> bytes | None:
    """Return the signer's certificate (DER) if ``contents`` is ours, intact, over ``digest``; else None.

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
    is_ours = parts.join(covered, own.signature, own.token).ljust(len(contents), b"\0") == contents
    is_whole = is_ours and _is_line(own.certificate, own.chain) and _is_stamped(own)
    return own.certificate if is_whole and is_intact(own.certificate, own.signature, covered) else None


@lru_cache(maxsize=1024)
def _is_line(certificate: bytes, others: tuple[bytes, ...]) -> bool:
    """Tell whether ``others`` are the line above ``certificate``, each exactly what its issuer signed."""
    sealed = all(is_sealed(Certificate.load(one, strict=True)) for one in (certificate, *others))
    return sealed and len(tuple(certificates_above(certificate, list(others)))) == len(others)


def _is_stamped(own: Own) -> bool:
    """Tell whether the timestamp, if there is one, is of this signature and intact."""
    if own.token is None:
        return True
    try:
        read_token(own.token, lambda algorithm: hashlib.new(algorithm, own.signature).digest())
    except TokenError:
        return False
    return True


def _token(attributes: bytes) -> bytes:
    """Return the value of the only attribute."""
    (attribute,) = der.values(attributes)
    _, held = der.values(attribute)
    (token,) = der.values(held)
    return token
