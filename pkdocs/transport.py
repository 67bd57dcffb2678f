"""Requests to a service over HTTPS. The only module that opens connections."""

import ipaddress
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
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


class _UnreachedError(HTTPError):
    """There is no connection, for the reason that is its cause: nothing was sent."""


class _Connection(HTTPConnection):
    """A connection that is made within ``_CONNECT_S``, and then has the time of its service to send and to read."""

    def connect(self) -> None:
        longest = self.timeout
        self.timeout = min(longest or _CONNECT_S, _CONNECT_S)
        try:
            super().connect()
        except (HTTPError, OSError) as fault:
            raise _UnreachedError from fault
        finally:
            self.timeout = longest
        self.sock.settimeout(longest)


class _SecureConnection(_Connection, HTTPSConnection):
    """The same after a TLS handshake."""


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class Service:
    """One service at one address; connections are kept and may be used by several threads at once.

    ``address`` begins with ``https://``; plain ``http://`` is for the same machine, or with ``unsafe_plain_http``.
    ``authorities`` is a file (PEM) of those who vouch for its name, instead of the system's. Certificates and names are
    always checked, redirections are not followed, and nothing is sent twice. ``timeout_s`` is how long sending a body
    may take, and then how long the service may be silent.

    Raises:
        UsageError: no such address, plain http to another machine, or a file of authorities that cannot be used.
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
        context = None if self.is_plain else _context(authorities)
        self._pool = urllib3.PoolManager(
            num_pools=1, maxsize=connections, block=True, retries=False, ssl_context=context
        )
        self._pool.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
        self._timeout = urllib3.Timeout(connect=timeout_s, read=timeout_s)

    def __repr__(self) -> str:
        return f"Service({self.host})"

    @property
    def place(self) -> str:
        """Its host, as plans and receipts name it: what crosses the network for all to read is said to."""
        return f"{self.host}, http tanpa penyandian" if self.is_plain else self.host

    def send(
        self,
        method: str,
        path: str = "",
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        limit: int = MAX_REPLY_BYTES,
        seen: Callable[[Mapping[str, str]], None] | None = None,
    ) -> Reply:
        """Return the answer to one request, whatever its status; ``path`` is added to the address as it is.

        ``seen`` is told the headers before the body is read: of an answer that breaks off they are all there is.

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
            names = {name.lower(): value for name, value in answer.headers.items()}
            if seen:
                seen(names)
            data = self._read(answer, limit)
        except _UnreachedError as fault:
            is_untrusted = isinstance(fault.__cause__, ssl.SSLCertVerificationError)
            raise ServiceError(
                "SERVICE_CERTIFICATE" if is_untrusted else "SERVICE_UNREACHABLE", host=self.host
            ) from fault
        except (HTTPError, OSError) as fault:
            raise UnknownOutcomeError("SERVICE_SILENT", host=self.host) from fault
        return Reply(answer.status, names, data)

    def _read(self, answer: urllib3.BaseHTTPResponse, limit: int) -> bytes:
        try:
            data = answer.read(limit + 1)
            if len(data) > limit:
                # the rest must not be taken for the next answer
                answer.close()
                raise UnknownOutcomeError("SERVICE_ANSWER_LARGE", host=self.host, limit=limit)
        finally:
            answer.release_conn()
        return data


def demand_address(address: str) -> None:
    """Pass an address that a ``Service`` could have.

    Raises:
        UsageError: another scheme, no host, or a name, a password or a query in it.
    """
    _split(address)


def _context(authorities: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=authorities)
    except OSError as fault:
        raise UsageError("SERVICE_AUTHORITIES") from fault


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
