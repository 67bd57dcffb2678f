"""The services over HTTP: what they answer, what they refuse, that they end."""

import base64
import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.ocsp import OCSPCertStatus, OCSPRequestBuilder, load_der_ocsp_response

from pkdocs.errors import ConflictError, CredentialError
from pkdocs.pki import Reason, Services, init_pki, open_services, revoke, serving
from pkdocs.pki import server as serving_module
from pkdocs.pki.server import MAX_REQUEST_BYTES
from pkdocs.transport import Reply, Service
from tests.factory import HEAD
from tests.pki.test_folder import HEAD as HEAD_ENROLLEE
from tests.pki.test_folder import HEAD_NUMBER, issue, signer
from tests.pki.test_status import request as status_request
from tests.pki.test_timestamping import Response
from tests.pki.test_timestamping import request as stamp_request
from tests.signed import AT, services

QUERY = {"Content-Type": "application/timestamp-query"}
STATUS = {"Content-Type": "application/ocsp-request"}


@contextmanager
def served(what: Services | None = None) -> Iterator[Service]:
    with serving(what or services(HEAD), clock=lambda: AT) as address:
        yield Service(address, timeout_s=20)


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with served() as given:
        yield given


def test_a_timestamp_is_given_at_the_time_of_the_clock(service: Service) -> None:
    reply = service.send("POST", "/tsa", body=stamp_request(), headers=QUERY)
    assert (reply.status, reply.headers["content-type"]) == (200, "application/timestamp-reply")
    token = Response.load(reply.body)["time_stamp_token"]["content"]
    assert token["encap_content_info"]["content"].parsed["gen_time"].native == AT


def test_one_connection_serves_many_requests(service: Service) -> None:
    replies = {service.send("POST", "/tsa", body=stamp_request(), headers=QUERY).body for _ in range(20)}
    assert len(replies) == 20


@pytest.mark.parametrize("is_escaped", [True, False])
def test_the_status_is_answered_by_both_methods(service: Service, *, is_escaped: bool) -> None:
    written = base64.b64encode(status_request()).decode("ascii")
    replies = (
        service.send("POST", "/ocsp", body=status_request(), headers=STATUS),
        service.send("GET", "/ocsp/" + (quote(written, safe="") if is_escaped else written)),
    )
    for reply in replies:
        assert (reply.status, reply.headers["content-type"]) == (200, "application/ocsp-response")
        assert load_der_ocsp_response(reply.body).certificate_status is OCSPCertStatus.GOOD


@pytest.mark.parametrize("path", ["/ocsp/", "/ocsp/%", "/ocsp/AAA", "/ocsp/ä".encode().decode("latin-1")])
def test_a_status_that_cannot_be_asked_is_answered_as_malformed(service: Service, path: str) -> None:
    reply = service.send("GET", path)
    assert load_der_ocsp_response(reply.body).response_status.name == "MALFORMED_REQUEST"


@pytest.mark.parametrize("path", ["/root.crl", "/issuing.crl"])
def test_the_lists_are_of_this_moment(service: Service, path: str) -> None:
    reply = service.send("GET", path)
    crl = x509.load_der_x509_crl(reply.body)
    assert crl.last_update_utc == AT
    issuer = services().root if path == "/root.crl" else services().issuing
    assert crl.is_signature_valid(issuer.key.public_key())


def test_the_page_says_what_it_is_in_both_languages(service: Service) -> None:
    said = service.send("GET", "/").body.decode()
    assert "untuk latihan" in said
    assert "for training" in said
    assert all(path in said for path in ("/tsa", "/ocsp", "/root.crl", "/issuing.crl"))


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/nothing", {}, 404),
        ("GET", "/../ca/root.key.pem", {}, 404),
        ("GET", "/tsa", {}, 405),
        ("GET", "/ocsp", {}, 405),
        ("POST", "/nothing", STATUS, 404),
        ("POST", "/", STATUS, 405),
        ("POST", "/root.crl", STATUS, 405),
        ("POST", "/tsa", STATUS, 415),
        ("POST", "/ocsp", {}, 415),
        ("PUT", "/tsa", QUERY, 501),
    ],
)
def test_what_is_not_served_is_refused(
    service: Service, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    reply = service.send(method, path, body=None if method == "GET" else b"x", headers=headers)
    assert reply.status == status
    assert ("allow" in reply.headers) is (status == 405)


def talk(service: Service, sent: bytes) -> bytes:
    """Return all that comes back to ``sent`` until the service ends the connection."""
    host = urlsplit(service._base)
    with socket.create_connection((str(host.hostname), int(host.port or 0)), timeout=20) as connection:
        connection.sendall(sent)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"", b"411"),
        (b"Content-Length: x\r\n", b"411"),
        (b"Content-Length: -1\r\n", b"411"),
        (b"Content-Length: %d\r\n" % (MAX_REQUEST_BYTES + 1), b"413"),
        (b"Transfer-Encoding: chunked\r\nContent-Length: 1\r\n", b"411"),
    ],
)
def test_a_body_without_bound_is_not_read_and_the_connection_ends(service: Service, head: bytes, status: bytes) -> None:
    sent = b"POST /tsa HTTP/1.1\r\nHost: a\r\nContent-Type: application/timestamp-query\r\n" + head + b"\r\n"
    got = talk(service, sent)
    assert got.startswith(b"HTTP/1.1 " + status)
    assert b"Connection: close" in got


def test_what_is_no_http_is_refused(service: Service) -> None:
    assert b"400" in talk(service, b"\x16\x03\x01\r\n\r\n")
    assert b"414" in talk(service, b"GET /" + b"a" * 70_000)


def test_each_answer_is_told_without_what_was_asked() -> None:
    told: list[tuple[str, str, int]] = []
    with serving(services(), listener=lambda *what: told.append(what)) as address:
        service = Service(address, timeout_s=20)
        for path in ("/ocsp/AAAA", "/196903141994031991", "/"):
            service.send("GET", path)
    assert told == [("GET", "/ocsp", 200), ("GET", "…", 404), ("GET", "/", 200)]


def test_connections_beyond_the_bound_are_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving_module, "MAX_CONNECTIONS", 1)
    with serving(services()) as address:
        host = urlsplit(address).netloc
        first = http.client.HTTPConnection(host, timeout=20)
        first.request("GET", "/")
        assert first.getresponse().read()
        with socket.create_connection((host.partition(":")[0], int(host.partition(":")[2])), timeout=20) as second:
            assert second.recv(1) == b""
        first.close()


def test_a_connection_that_is_kept_does_not_keep_the_service() -> None:
    with serving(services()) as address:
        kept = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
        kept.request("GET", "/")
        assert kept.getresponse().read()
    with pytest.raises(ConnectionRefusedError):
        http.client.HTTPConnection(urlsplit(address).netloc, timeout=20).request("GET", "/")
    kept.close()


def test_an_address_that_is_taken_is_named() -> None:
    with serving(services()) as address:
        port = urlsplit(address).port
        with pytest.raises(ConflictError, match="PKI_SERVICE_ADDRESS") as stop, serving(services(), port=port or 0):
            pass
        assert str(port) in stop.value.message("id")


def test_a_fault_in_one_answer_leaves_the_others() -> None:
    def damaged() -> None:
        raise CredentialError("PKI_DAMAGED", file="records.json")

    broken = replace(services(), ledger=damaged)
    with served(broken) as service:
        assert service.send("GET", "/issuing.crl").status == 503
        assert service.send("POST", "/ocsp", body=status_request(), headers=STATUS).status == 503
        assert service.send("POST", "/tsa", body=stamp_request(), headers=QUERY).status == 200


def test_several_ask_at_once(service: Service) -> None:
    replies: list[Reply] = []

    def ask() -> None:
        replies.append(service.send("POST", "/tsa", body=stamp_request(), headers=QUERY))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [reply.status for reply in replies] == [200] * 8


class TestFolder:
    """The services of a PKI on disk answer by its records as they are at the moment."""

    def test_a_revocation_is_seen_at_once(self, tmp_path: Path) -> None:
        pki = tmp_path / "pki"
        init_pki(pki, at=AT)
        issue(pki, HEAD_ENROLLEE)
        certificate = x509.load_der_x509_certificate(signer(pki, HEAD_NUMBER).certificate)
        issuer = x509.load_pem_x509_certificate((pki / "ca" / "issuing.pem").read_bytes())
        asked = OCSPRequestBuilder().add_certificate(certificate, issuer, SHA256()).build()
        encoded = asked.public_bytes(Encoding.DER)

        with served(open_services(pki, AT)) as service:

            def status() -> OCSPCertStatus:
                reply = service.send("POST", "/ocsp", body=encoded, headers=STATUS)
                return load_der_ocsp_response(reply.body).certificate_status

            def listed() -> int:
                return len(x509.load_der_x509_crl(service.send("GET", "/issuing.crl").body))

            assert (status(), listed()) == (OCSPCertStatus.GOOD, 0)
            revoke(pki, HEAD_NUMBER, Reason.KEY_COMPROMISE, AT)
            assert (status(), listed()) == (OCSPCertStatus.REVOKED, 1)
            (pki / "ca" / "records.json").unlink()
            assert service.send("GET", "/issuing.crl").status == 503

    def test_lists_that_are_served_and_published_count_in_one_order(self, tmp_path: Path) -> None:
        pki = tmp_path / "pki"
        init_pki(pki, at=AT)

        def number(at: int) -> int:
            answer = open_services(pki, AT).get("/issuing.crl", at=AT + timedelta(seconds=at))
            crl = x509.load_der_x509_crl(answer.body)
            return int(crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number)

        before = number(1), number(2)
        issue(pki, HEAD_ENROLLEE)
        assert before[0] < before[1] < number(0)
