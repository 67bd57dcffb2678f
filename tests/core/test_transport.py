"""Requests to services: what is refused before, and what is known after."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pkdocs.errors import ServiceError, UnknownOutcomeError, UsageError
from pkdocs.transport import Service, is_loopback, multipart


class Answering(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/silent":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun")
            return
        self.send_response(404 if self.path == "/absent" else 200)
        self.send_header("X-Kind", "test")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def answering() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(
    "address",
    [
        "ftp://a.example",
        "a.example",
        "https://",
        "https://nama:sandi@a.example",
        "https://a.example/?x=1",
        "https://[",
        "https://a.example:99999",
    ],
)
def test_address_that_is_none_or_holds_secrets_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="SERVICE_ADDRESS"):
        Service(address, timeout_s=1)


def test_plain_http_is_for_the_same_machine_unless_called_unsafe() -> None:
    with pytest.raises(UsageError, match="SERVICE_PLAIN_HTTP"):
        Service("http://esign.example", timeout_s=1)
    plain = Service("http://esign.example", timeout_s=1, unsafe_plain_http=True)
    assert (plain.is_plain, plain.place) == (True, "esign.example, http tanpa penyandian")
    assert Service("https://esign.example", timeout_s=1).place == "esign.example"
    assert is_loopback("http://localhost:80")
    assert is_loopback("http://[::1]:80")
    assert not is_loopback("https://127.0.0.1.example")


def test_answer_is_given_whatever_its_status() -> None:
    with answering() as address:
        service = Service(address, timeout_s=5)
        reply = service.send("POST", "/", body=b"text", headers={"X-One": "1"})
        assert (reply.status, reply.headers["x-kind"], reply.body) == (200, "test", b"text")
        assert service.send("POST", "/absent", body=b"").status == 404


def test_nobody_listening_is_not_reached() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ServiceError, match="SERVICE_UNREACHABLE"):
            Service(address, timeout_s=1).send("POST", "/", body=b"")


def test_answer_that_breaks_off_or_is_too_large_leaves_the_outcome_unknown() -> None:
    with answering() as address:
        service = Service(address, timeout_s=0.3)
        with pytest.raises(UnknownOutcomeError, match="SERVICE_SILENT"):
            service.send("POST", "/silent", body=b"")
        with pytest.raises(UnknownOutcomeError, match="SERVICE_ANSWER_LARGE"):
            service.send("POST", "/", body=b"longer", limit=3)


def test_headers_are_told_before_a_body_that_breaks_off() -> None:
    seen: list[Mapping[str, str]] = []
    with answering() as address:
        service = Service(address, timeout_s=0.3)
        with pytest.raises(UnknownOutcomeError):
            service.send("POST", "/silent", body=b"", seen=seen.append)
        service.send("POST", "/", body=b"", seen=seen.append)
    assert [head.get("x-kind") for head in seen] == [None, "test"]
    assert seen[0]["content-length"] == "100"


def test_repr_shows_the_host_alone() -> None:
    assert repr(Service("https://esign.example/api", timeout_s=1)) == "Service(esign.example)"


def test_body_of_several_parts_has_each() -> None:
    body, kind = multipart({"nik": "0"}, {"file": ("a.pdf", "application/pdf", b"%PDF")})
    assert kind.startswith("multipart/form-data; boundary=")
    assert b'name="nik"' in body
    assert b'filename="a.pdf"' in body
