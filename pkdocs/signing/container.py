"""The container of a signature that we joined ourselves: taken apart, and joined again to see that nothing differs."""

import hashlib
from functools import lru_cache

from asn1crypto.x509 import Certificate

from pkdocs import der
from pkdocs.signing.cms import is_intact, parts_of, signer_identifier
from pkdocs.verification.container import certificates_above, is_sealed
from pkdocs.verification.token import TokenError, read_token


def open_own(contents: bytes, digest: bytes) -> bytes | None:
    """Return the signer's certificate (DER) if ``contents`` is ours, intact, over ``digest``; else None.

    Ours is what ``Parts.join`` gives, byte for byte, and zeros after it. What our signature does not cover must vouch
    for itself, as verification demands: the certificates above, and a timestamp. Whether anybody believes them is not
    asked.

    Raises:
        ValueError, UnsupportedAlgorithm, InvalidVersion: what is in it is not even DER, or no usable certificate.
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
    parts = parts_of(own[0], others)
    covered, signature = parts.covered(digest), der.contents(written)
    token = _token(unsigned[0]) if unsigned else None
    is_ours = parts.join(covered, signature, token).ljust(len(contents), b"\0") == contents
    if not is_ours or not _is_line(own[0], others) or not (token is None or _is_token(token, signature)):
        return None
    return own[0] if is_intact(own[0], signature, covered) else None


@lru_cache(maxsize=1024)
def _is_line(certificate: bytes, others: tuple[bytes, ...]) -> bool:
    """Tell whether ``others`` are the line above ``certificate``, each exactly what its issuer signed."""
    sealed = all(is_sealed(Certificate.load(one, strict=True)) for one in (certificate, *others))
    return sealed and len(tuple(certificates_above(certificate, list(others)))) == len(others)


def _is_token(token: bytes, signature: bytes) -> bool:
    try:
        read_token(token, lambda algorithm: hashlib.new(algorithm, signature).digest())
    except TokenError:
        return False
    return True


def _token(attributes: bytes) -> bytes:
    """Return the value of the only attribute."""
    (attribute,) = der.values(attributes)
    _, held = der.values(attribute)
    (token,) = der.values(held)
    return token
