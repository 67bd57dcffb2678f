"""Time-stamp tokens (RFC 3161, RFC 5816): the request for one, and what one that is intact says.

Whether its authority is believed is a matter of the trust file, and not asked here.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final

from asn1crypto.tsp import TSTInfo
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from pkdocs import der
from pkdocs.signing.container import TIMESTAMP, Container, ContainerError, demand, in_date, load, open_container

MAX_TOKEN_BYTES: Final = 64_000

_SHA256: Final = der.encode(der.SEQUENCE, der.identifier("2.16.840.1.101.3.4.2.1"), der.NULL)
"""With NULL as parameters: that is how the usual clients ask, so every authority takes it."""

_CERTIFICATES_WANTED: Final = bytes.fromhex("0101ff")
_VERSION_1: Final = der.integer(1)


@dataclass(frozen=True, slots=True)
class Token:
    """What an intact token says: what was there (SHA-256 ``digest``) at the latest ``at``.

    ``certificate`` (DER) is that of the authority, ``others`` are the certificates beside it in the token.
    """

    digest: bytes
    at: datetime
    nonce: int | None
    certificate: bytes
    others: tuple[bytes, ...] = field(repr=False)


def build_request(digest: bytes, nonce: int) -> bytes:
    """Return a request (``TimeStampReq``, DER) to stamp the SHA-256 ``digest`` and send the certificate too."""
    imprint = der.encode(der.SEQUENCE, _SHA256, der.encode(der.OCTETS, digest))
    return der.encode(der.SEQUENCE, _VERSION_1, imprint, der.integer(nonce), _CERTIFICATES_WANTED)


def read_token(encoded: bytes) -> Token:
    """Return what a token (``ContentInfo``, DER; zeros may follow) says, after checking it.

    It has one signer, whose certificate is inside, is for timestamps alone (RFC 3161, 2.3) and in date then.

    Raises:
        ContainerError: not so.
    """
    demand(len(encoded) <= MAX_TOKEN_BYTES, "TOKEN_FORM")
    container = open_container(encoded, TIMESTAMP)
    demand(_is_for_timestamps(container.certificate), "TOKEN_CERTIFICATE_USE")
    try:
        return _read(container)
    except (ValueError, TypeError, KeyError, OverflowError) as fault:
        raise fault if isinstance(fault, ContainerError) else ContainerError("TOKEN_FORM") from fault


def _read(container: Container) -> Token:
    stated = TSTInfo.load(container.content, strict=True)
    imprint, at = stated["message_imprint"], stated["gen_time"].native
    demand(imprint["hash_algorithm"]["algorithm"].native == "sha256", "TOKEN_ALGORITHM")
    demand(in_date(container.certificate, at), "TOKEN_CERTIFICATE_DATE")
    digest, nonce = imprint["hashed_message"].native, stated["nonce"].native
    return Token(digest, at, nonce, container.certificate, container.others)


@lru_cache(maxsize=64)
def _is_for_timestamps(certificate: bytes) -> bool:
    try:
        usage = load(certificate).extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return False
    return usage.critical and list(usage.value) == [ExtendedKeyUsageOID.TIME_STAMPING]
