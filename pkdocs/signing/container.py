"""The container of a signature that we joined ourselves: taken apart, and joined again to see that nothing differs."""

from pkdocs import der
from pkdocs.signing.cms import is_intact, parts_of, signer_identifier


def open_own(contents: bytes, digest: bytes) -> bytes | None:
    """Return the signer's certificate (DER) if ``contents`` is ours, intact, over ``digest``; else None.

    Ours is what ``Parts.join`` gives, byte for byte, and zeros after it. Whether the certificate is worth anything, and
    what a timestamp in it says, is not asked.

    Raises:
        ValueError, UnsupportedAlgorithm: what is in it is not even DER, or a key of an unknown kind.
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
    parts = parts_of(own[0], tuple(certificate for certificate in certificates if certificate != own[0]))
    covered, signature = parts.covered(digest), der.contents(written)
    joined = parts.join(covered, signature, _token(unsigned[0]) if unsigned else None)
    is_ours = joined.ljust(len(contents), b"\0") == contents
    return own[0] if is_ours and is_intact(own[0], signature, covered) else None


def _token(attributes: bytes) -> bytes:
    """Return the value of the only attribute."""
    (attribute,) = der.values(attributes)
    _, held = der.values(attribute)
    (token,) = der.values(held)
    return token
