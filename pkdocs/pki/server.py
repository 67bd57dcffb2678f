"""The services of the training PKI over HTTP/1.1. The only module that listens for connections."""

import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from pkdocs import __version__
from pkdocs.errors import ConflictError, PkdocsError
from pkdocs.messages import reason_of
from pkdocs.pki.services import PATHS, Answer, Services

LOOPBACK: Final = "127.0.0.1"
MAX_REQUEST_BYTES: Final = 65_536
MAX_CONNECTIONS: Final = 64
_IDLE_S: Final = 30

_LOG: Final = logging.getLogger(__name__)
_KNOWN: Final = frozenset({"/", *PATHS})
_LENGTH: Final = re.compile(r"[0-9]{1,9}")

Clock = Callable[[], datetime]
Listener = Callable[[str, str, int], None]
"""Is told of each answer: method, path without what follows the service's name, status."""


def _now() -> datetime:
    return datetime.now(UTC)


def _silent(_method: str, _path: str, _status: int) -> None:
    pass


@contextmanager
def serving(
    services: Services, *, host: str = LOOPBACK, port: int = 0, clock: Clock = _now, listener: Listener = _silent
) -> Iterator[str]:
    """Serve until the block ends; give the address, ``http://host:port``. Port 0 takes one that is free.

    Requests are bounded in size, number at a time and patience; nothing is written.

    Raises:
        ConflictError: the address is in use, or not one of this machine.
    """
    try:
        server = _Server((host, port), services, clock, listener)
    except OSError as fault:
        raise ConflictError("PKI_SERVICE_ADDRESS", host=host, port=port, reason=reason_of(fault)) from fault
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://{host}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    # a connection that is kept must not keep the program
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], services: Services, clock: Clock, listener: Listener) -> None:
        self.services = services
        self.clock = clock
        self.listener = listener
        self._free = threading.BoundedSemaphore(MAX_CONNECTIONS)
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, *_: Any) -> None:
        # a client that went away, mostly
        _LOG.debug("request not answered", exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = f"pkdocs/{__version__}"
    sys_version = ""
    timeout = _IDLE_S
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        self._answer(lambda at: self.server.services.get(self.path, at=at))

    def do_POST(self) -> None:
        body = self._body()
        if isinstance(body, HTTPStatus):
            # what follows is not read, so it must not be taken for the next request
            self.close_connection = True
            self._send(Answer.refused(body))
            return
        media_type = self.headers.get_content_type()
        self._answer(lambda at: self.server.services.post(self.path, media_type, body, at=at))

    def _body(self) -> bytes | HTTPStatus:
        length = self.headers.get("Content-Length", "")
        if "Transfer-Encoding" in self.headers or not _LENGTH.fullmatch(length):
            return HTTPStatus.LENGTH_REQUIRED
        if int(length) > MAX_REQUEST_BYTES:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return self.rfile.read(int(length))

    def _answer(self, given: Callable[[datetime], Answer]) -> None:
        try:
            answer = given(self.server.clock())
        except PkdocsError as error:
            _LOG.warning("no answer: %s", error.code)
            answer = Answer.refused(HTTPStatus.SERVICE_UNAVAILABLE)
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        if answer.allow:
            self.send_header("Allow", answer.allow)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body)
        path = "/" + self.path[1:].partition("/")[0]
        self.server.listener(self.command, path if path in _KNOWN else "…", answer.status)

    def log_message(self, *_: Any) -> None:
        """Say nothing of what a client wrote."""
