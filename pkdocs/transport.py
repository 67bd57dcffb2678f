"""Requests to a service over HTTPS. The only module that opens connections."""

import ipaddress
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError
from urllib3.fields import RequestField
from urllib3.filepost import encode_multipart_formdata

from pkdocs.errors import ServiceError, UnknownOutcomeError, UsageError

MAX_REPLY_BYTES: Final = 256_000_000
_CONNECT_S: Final = 10.0
_LOCAL_NAME: Final = "localhost"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a service answered; names of ``headers`` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Service:
    """One service at one address; connections are kept and may be used by several threads at once.

    ``address`` begins with ``https://``; plain ``http://`` is for the same machine, or with ``unsafe_plain_http``.
    ``authorities`` is a file (PEM) of those who vouch for its name, instead of the system's. Certificates and names are
    always checked, redirections are not followed, and nothing is sent twice.

    Raises:
        UsageError: no such address, or plain http to another machine.
    """

    def __init__(
        self,
        address: str,
        *,
        timeout_s: float,
        authorities: Path | None = None,
        unsafe_plain_http: bool = False,
        connections: int = 8,
    ) -> None:
        parts = _split(address)
        if parts.scheme == "http" and not (unsafe_plain_http or is_loopback(address)):
            raise UsageError("SERVICE_PLAIN_HTTP", host=parts.hostname)
        self.host: Final = str(parts.hostname)
        self.is_plain: Final = parts.scheme == "http"
        self._base: Final = address.rstrip("/")
        context = None if self.is_plain else ssl.create_default_context(cafile=authorities)
        self._pool = urllib3.PoolManager(
            num_pools=1, maxsize=connections, block=True, retries=False, ssl_context=context
        )
        self._timeout = urllib3.Timeout(connect=_CONNECT_S, read=timeout_s)

    def __repr__(self) -> str:
        return f"Service({self.host})"

    def send(
        self,
        method: str,
        path: str = "",
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        limit: int = MAX_REPLY_BYTES,
    ) -> Reply:
        """Return the answer to one request, whatever its status; ``path`` is added to the address as it is.

        Raises:
            ServiceError: not reached: nothing was asked.
            UnknownOutcomeError: reached, but no whole answer of at most ``limit`` bytes came in time.
        """
        try:
            answer = self._pool.request(
                method,
                self._base + path,
                body=body,
                headers=dict(headers or {}),
                timeout=self._timeout,
                redirect=False,
                preload_content=False,
            )
            data = answer.read(limit + 1)
            if len(data) > limit:
                # the rest must not be taken for the next answer
                answer.close()
                raise UnknownOutcomeError("SERVICE_ANSWER_LARGE", host=self.host, limit=limit)
            answer.release_conn()
        except (NewConnectionError, ConnectTimeoutError) as fault:
            raise ServiceError("SERVICE_UNREACHABLE", host=self.host) from fault
        except (HTTPError, OSError) as fault:
            raise self._fault(fault) from fault
        return Reply(answer.status, {name.lower(): value for name, value in answer.headers.items()}, data)

    def _fault(self, fault: Exception) -> ServiceError | UnknownOutcomeError:
        if isinstance(fault, SSLError) and any(isinstance(arg, ssl.SSLCertVerificationError) for arg in fault.args):
            return ServiceError("SERVICE_CERTIFICATE", host=self.host)
        return UnknownOutcomeError("SERVICE_SILENT", host=self.host)


def demand_address(address: str) -> None:
    """Pass an address that a ``Service`` could have.

    Raises:
        UsageError: another scheme, no host, or a name, a password or a query in it.
    """
    _split(address)


def is_loopback(address: str) -> bool:
    """Tell whether ``address`` is on this machine, by its name alone."""
    host = _split(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == _LOCAL_NAME


def multipart(fields: Mapping[str, str], files: Mapping[str, tuple[str, str, bytes]]) -> tuple[bytes, str]:
    """Return a body of ``fields`` and ``files`` (file name, media type, bytes), with its content type (RFC 7578)."""
    parts = [RequestField.from_tuples(name, value) for name, value in fields.items()]
    parts += [RequestField.from_tuples(name, (file, data, kind)) for name, (file, kind, data) in files.items()]
    return encode_multipart_formdata(parts)


def _split(address: str) -> SplitResult:
    """Return the parts of an address.

    Raises:
        UsageError: another scheme, no host, or a name, a password or a query in it: secrets do not belong there.
    """
    try:
        parts = urlsplit(address)
        fits = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError as fault:
        raise UsageError("SERVICE_ADDRESS") from fault
    if not fits or not address.isascii() or "@" in parts.netloc or parts.query or parts.fragment:
        raise UsageError("SERVICE_ADDRESS")
    return parts
