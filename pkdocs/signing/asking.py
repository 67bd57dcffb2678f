"""How a certificate's issuer is asked about it: OCSP (RFC 6960) and revocation lists (RFC 5280), over HTTP."""

from typing import Final, TypeVar
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from pkdocs.errors import ServiceError
from pkdocs.transport import Service

_Value = TypeVar("_Value", bound=x509.ExtensionType)

_TIMEOUT_S: Final = 30.0
_OK: Final = 200
_QUESTION: Final = {"Content-Type": "application/ocsp-request", "Accept": "application/ocsp-response"}


def fetch(address: str, body: bytes | None, limit: int) -> bytes:
    """Return what is at ``address``, of at most ``limit`` bytes; ``body`` is an OCSP request (None: GET).

    What is asked for is signed, so plain http is as good as https.

    Raises:
        ServiceError, UnknownOutcomeError: not reached, no whole answer, or another status than 200.
        UsageError: the address is none.
    """
    parts = urlsplit(address)
    service = Service(f"{parts.scheme}://{parts.netloc}", timeout_s=_TIMEOUT_S, unsafe_plain_http=True, connections=1)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    method, headers = ("GET", None) if body is None else ("POST", _QUESTION)
    reply = service.send(method, path, body=body, headers=headers, limit=limit)
    if reply.status != _OK:
        raise ServiceError("EVIDENCE_HTTP", host=service.host, status=reply.status)
    return reply.body


def build_question(certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
    """Return an OCSP request about one certificate, without nonce: the answer's own times are what counts."""
    # SHA-1 only names the certificate, nothing rests on it; many responders know no other (RFC 5019, 2.1.1)
    named = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1())  # noqa: S303
    return named.build().public_bytes(Encoding.DER)


def list_addresses(certificate: x509.Certificate) -> tuple[str, ...]:
    """Return where the certificate says its revocation list is (RFC 5280, 4.2.1.13)."""
    points = (point for value in _values(certificate, x509.CRLDistributionPoints) for point in value)
    names = (name for point in points for name in point.full_name or ())
    return tuple(name.value for name in names if isinstance(name, x509.UniformResourceIdentifier))


def answer_addresses(certificate: x509.Certificate) -> tuple[str, ...]:
    """Return where the certificate says it can be asked about by OCSP (RFC 5280, 4.2.2.1)."""
    accesses = (access for value in _values(certificate, x509.AuthorityInformationAccess) for access in value)
    places = (one.access_location for one in accesses if one.access_method == AuthorityInformationAccessOID.OCSP)
    return tuple(place.value for place in places if isinstance(place, x509.UniformResourceIdentifier))


def _values(certificate: x509.Certificate, kind: type[_Value]) -> tuple[_Value, ...]:
    return tuple(entry.value for entry in certificate.extensions if isinstance(entry.value, kind))
