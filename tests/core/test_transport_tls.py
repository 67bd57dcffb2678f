"""Requests to services as networks are: certificates, redirections, slowness, and many at once."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from pkdocs import transport
from pkdocs.errors import ServiceError, UnknownOutcomeError, UsageError
from pkdocs.transport import Service

HERE = x509.IPAddress(ip_address("127.0.0.1"))
ELSEWHERE = x509.DNSName("esign.example")
DAY = timedelta(days=1)
MEGABYTE = bytes(1_000_000)


@cache
def authority(name: str) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return key, certified(issuer, issuer, key, key, is_authority=True)


def certified(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    by: ec.EllipticCurvePrivateKey,
    *,
    name: x509.GeneralName = HERE,
    ends: timedelta = DAY,
    is_authority: bool = False,
) -> x509.Certificate:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 9 * DAY)
        .not_valid_after(now + ends)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([name]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
        .sign(by, SHA256())
    )


def server_context(
    folder: Path, *, by: str = "Baik", name: x509.GeneralName = HERE, ends: timedelta = DAY
) -> ssl.SSLContext:
    """Return what a server needs to speak TLS with a certificate by the authority ``by``."""
    key = ec.generate_private_key(ec.SECP256R1())
    signing, above = authority(by)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "layanan")])
    leaf = certified(subject, above.subject, key, signing, name=name, ends=ends)
    file = folder / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + leaf.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.fixture
def authorities(tmp_path: Path) -> Path:
    file = tmp_path / "authorities.pem"
    file.write_bytes(authority("Baik")[1].public_bytes(Encoding.PEM))
    return file


class Server(ThreadingHTTPServer):
    """Counts what it was asked, and answers as it is told."""

    daemon_threads = True

    def __init__(self, answer: Callable[["Handler"], None], context: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = answer
        self.asked = 0
        self.lock = threading.Lock()
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, *_args: object) -> None:
        """A client that hangs up is what is tested."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server: Server

    def do_POST(self) -> None:
        with self.server.lock:
            self.server.asked += 1
        self.server.answer(self)

    def receive(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"]))

    def give(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        pass


def echo(handler: Handler) -> None:
    handler.give(handler.receive())


@contextmanager
def serving(answer: Callable[[Handler], None] = echo, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(answer, context)
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def plain(server: Server, *, timeout_s: float = 20, connections: int = 8) -> Service:
    return Service(f"http://127.0.0.1:{server.server_port}", timeout_s=timeout_s, connections=connections)


def secure(server: Server, authorities: Path | None) -> Service:
    return Service(f"https://127.0.0.1:{server.server_port}", timeout_s=20, authorities=authorities)


def test_server_that_a_private_authority_vouches_for_is_trusted(tmp_path: Path, authorities: Path) -> None:
    with serving(context=server_context(tmp_path)) as server:
        service = secure(server, authorities)
        assert [service.send("POST", "/", body=body).body for body in (b"a", MEGABYTE)] == [b"a", MEGABYTE]


@pytest.mark.parametrize(("by", "name", "ends"), [("Baik", ELSEWHERE, DAY), ("Baik", HERE, -DAY), ("Lain", HERE, DAY)])
def test_server_with_another_name_an_old_certificate_or_an_unknown_authority_is_told_nothing(
    by: str, name: x509.GeneralName, ends: timedelta, tmp_path: Path, authorities: Path
) -> None:
    with serving(context=server_context(tmp_path, by=by, name=name, ends=ends)) as server:
        with pytest.raises(ServiceError, match="SERVICE_CERTIFICATE"):
            secure(server, authorities).send("POST", "/", body=b"PIN")
        assert server.asked == 0


def test_private_authority_is_unknown_where_it_is_not_named(tmp_path: Path) -> None:
    with serving(context=server_context(tmp_path)) as server:
        with pytest.raises(ServiceError, match="SERVICE_CERTIFICATE"):
            secure(server, None).send("POST", "/", body=b"PIN")
        assert server.asked == 0


def test_server_that_speaks_no_tls_is_told_nothing(authorities: Path) -> None:
    with serving() as server:
        with pytest.raises(ServiceError, match="SERVICE_UNREACHABLE"):
            secure(server, authorities).send("POST", "/", body=b"PIN")
        assert server.asked == 0


def test_server_that_never_ends_the_handshake_is_not_reached(
    authorities: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "_CONNECT_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"https://127.0.0.1:{listening.getsockname()[1]}"
        with pytest.raises(ServiceError, match="SERVICE_UNREACHABLE"):
            Service(address, timeout_s=20, authorities=authorities).send("POST", "/", body=b"PIN")


@pytest.mark.parametrize("written", [None, b"", b"bukan PEM"])
def test_file_of_authorities_that_cannot_be_used_is_refused(written: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "otoritas.pem"
    if written is not None:
        file.write_bytes(written)
    with pytest.raises(UsageError, match="SERVICE_AUTHORITIES"):
        Service("https://esign.example", timeout_s=1, authorities=file)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirection_is_an_answer_and_not_followed(status: int) -> None:
    with serving() as target:

        def redirect(handler: Handler) -> None:
            handler.receive()
            handler.give(b"", status, Location=f"http://127.0.0.1:{target.server_port}/")

        with serving(redirect) as server:
            reply = plain(server).send("POST", "/", body=b"PIN")
        assert (reply.status, target.asked, server.asked) == (status, 0, 1)


def test_answer_may_take_longer_than_connecting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_CONNECT_S", 0.1)
    with serving(lambda handler: (threading.Event().wait(0.3), echo(handler))[1]) as server:
        assert plain(server).send("POST", "/", body=b"a").body == b"a"


def test_body_may_be_taken_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_CONNECT_S", 0.1)
    large = bytes(20_000_000)

    def slowly(handler: Handler) -> None:
        threading.Event().wait(0.4)
        handler.give(str(len(handler.receive())).encode())

    with serving(slowly) as server:
        assert plain(server).send("POST", "/", body=large).body == b"20000000"


def test_answer_that_comes_too_late_is_not_asked_for_again() -> None:
    done = threading.Event()
    with serving(lambda handler: (done.wait(20), echo(handler))[1]) as server:
        with pytest.raises(UnknownOutcomeError, match="SERVICE_SILENT"):
            plain(server, timeout_s=0.2).send("POST", "/", body=b"a")
        done.set()
        assert server.asked == 1


def hang_up(handler: Handler) -> None:
    handler.receive()
    handler.close_connection = True


def break_off(handler: Handler) -> None:
    handler.receive()
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun")
    handler.close_connection = True


def break_chunk(handler: Handler) -> None:
    handler.receive()
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nbegun")
    handler.close_connection = True


def babble(handler: Handler) -> None:
    handler.receive()
    handler.wfile.write(b"SSH-2.0-OpenSSH\r\n\r\n")
    handler.close_connection = True


@pytest.mark.parametrize("answer", [hang_up, break_off, break_chunk, babble])
def test_answer_that_is_none_or_half_leaves_the_outcome_unknown(answer: Callable[[Handler], None]) -> None:
    with serving(answer) as server:
        with pytest.raises(UnknownOutcomeError, match="SERVICE_SILENT"):
            plain(server).send("POST", "/", body=b"a")
        assert server.asked == 1


def test_headers_are_told_before_a_body_that_breaks_off() -> None:
    told: list[str] = []
    with serving(break_off) as server, pytest.raises(UnknownOutcomeError):
        plain(server).send("POST", "/", body=b"a", seen=lambda names: told.append(names["content-length"]))
    assert told == ["100"]


@pytest.mark.parametrize("answer", [echo, break_off, hang_up])
def test_answer_that_is_not_read_to_the_end_keeps_no_connection(answer: Callable[[Handler], None]) -> None:
    with serving(answer) as server:
        service = plain(server, connections=1)
        for _ in range(3):
            with contextlib.suppress(UnknownOutcomeError):
                service.send("POST", "/", body=MEGABYTE, limit=3)
        assert server.asked == 3


def test_connection_that_the_service_closed_is_made_again() -> None:
    with serving(lambda handler: handler.give(handler.receive(), Connection="close")) as server:
        service = plain(server, connections=1)
        assert [service.send("POST", "/", body=b"%d" % number).body for number in range(3)] == [b"0", b"1", b"2"]


def test_eight_are_asked_at_once() -> None:
    together = threading.Barrier(8)

    def wait(handler: Handler) -> None:
        together.wait(20)
        echo(handler)

    with serving(wait) as server, ThreadPoolExecutor(8) as threads:
        service = plain(server)
        bodies = [b"%d" % number for number in range(16)]
        assert list(threads.map(lambda body: service.send("POST", "/", body=body).body, bodies)) == bodies


def test_each_of_many_threads_gets_its_own_answer() -> None:
    with serving() as server, ThreadPoolExecutor(16) as threads:
        service = plain(server)
        bodies = [b"%d" % number * 100 for number in range(200)]
        assert list(threads.map(lambda body: service.send("POST", "/", body=body).body, bodies)) == bodies
        assert server.asked == 200
