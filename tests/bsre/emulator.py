"""An emulator of BSrE's eSign client service, versions 1 and 2. It is NOT the service, and no one vouches for it.

It follows what public sources say: the official guide of January 2024 and reports of integrators. What they do not
settle is a switch (``Habits``), and what goes wrong in the field is a ``Fault``. Its signatures are real ones, with
keys of a test authority. The texts of its errors hold NIK and pass phrase on purpose: a client must not repeat them.
"""

import base64
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.bsre.authority import tls_context
from tests.bsre.bodies import Fault, listed, parts, wish_1, wish_2
from tests.bsre.habits import Habits, Wish, seal, sign

NIK = "9999990101900991"
PASSPHRASE = "frasa sandi emulator"
SUBSCRIBER = "pelanggan-uji"
ACTIVATION = "sandi aktivasi uji"
ACCOUNT = "pkdocs-uji:sandi akun uji"
_MOST_WRONG = 3


class InternalError(Exception):
    """As with the real one, whatever goes wrong with a document is an internal error."""


@dataclass
class Emulator:
    """The service's side: its habits, what it will do wrong, and what it was asked."""

    habits: Habits = field(default_factory=Habits)
    state: str = "ISSUE"
    faults: list[Fault | None] = field(default_factory=list)
    delay_s: float = 0
    address: str = ""
    asked: list[str] = field(default_factory=list)
    """Method and path of each request."""
    wishes: list[Wish] = field(default_factory=list)
    signed: int = 0
    wrong: int = 0
    kept: dict[str, bytes] = field(default_factory=dict)
    passwords: dict[str, int] = field(default_factory=dict)
    """One-time passwords of seals, and for how many documents each is good."""
    numbers: str = "dokumen-"
    """How the numbers begin under which documents are kept."""
    wraps_data: bool = False
    """Whether a one-time password stands in ``data``; sources show both."""

    def next_fault(self) -> Fault | None:
        return self.faults.pop(0) if self.faults else None

    def refusal(self, nik: str, passphrase: str) -> tuple[int, dict[str, Any]] | None:
        """Return the answer to somebody who may not sign."""
        if nik != NIK:
            return 400, {"error": f"User {nik} tidak terdaftar", "status_code": 2011}
        if self.wrong >= _MOST_WRONG:
            return 400, {"error": f"Akun {nik} terkunci"}
        if passphrase != PASSPHRASE:
            self.wrong += 1
            return 400, {"error": f"Passphrase anda salah ({passphrase})", "status_code": 2031}
        if self.state == "NO_CERTIFICATE":
            return 200, {"error": "Sertifikat tidak ditemukan", "status_code": "2021"}
        return None

    def sign(self, pdf: bytes, wish: Wish) -> bytes:
        self.wishes.append(wish)
        return self._make(lambda: sign(pdf, wish, self.habits))

    def seal(self, pdf: bytes, wish: Wish) -> bytes:
        self.wishes.append(wish)
        return self._make(lambda: seal(pdf, self.habits))

    def _make(self, making: Callable[[], bytes]) -> bytes:
        time.sleep(self.delay_s)
        try:
            signed = making()
        except Exception as fault:
            raise InternalError from fault
        self.signed += 1
        return signed


@contextmanager
def emulating(emulator: Emulator, *, tls: bool = False) -> Iterator[Emulator]:
    """Listen until the block ends, on a port of this machine."""

    class Handler(_Handler):
        service = emulator

    server = _Server(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls_context().wrap_socket(server.socket, server_side=True)
    emulator.address = f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield emulator
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    """Connections that are kept do not keep it from ending, and clients that go away are none of its faults."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    service: Emulator

    def log_message(self, *_args: object) -> None:
        pass

    def do_GET(self) -> None:
        if self._is_let_in():
            *_, kind, last = self.path.split("/")
            if kind == "status":
                self._state(last, 1110, 1111)
            else:
                self._download(last)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self._is_let_in():
            return
        if self.path == "/api/v2/user/check/status":
            self._state(json.loads(body).get("nik", ""), 2011, 1111)
        elif self.path == "/api/v2/sign/pdf":
            self._sign_several(json.loads(body))
        elif self.path == "/api/v2/seal/get/totp":
            self._give_password(json.loads(body))
        elif self.path == "/api/v2/seal/pdf":
            self._seal_several(json.loads(body))
        elif self.path == "/api/sign/pdf":
            self._sign_one(*parts(body, self.headers["Content-Type"]))
        else:
            self._fail(404, "Not Found")

    def _is_let_in(self) -> bool:
        self.service.asked.append(f"{self.command} {self.path}")
        expected = "Basic " + base64.b64encode(ACCOUNT.encode()).decode()
        if self.headers["Authorization"] != expected:
            self._fail(401, "Unauthorized")
            return False
        return True

    def _state(self, nik: str, absent: int, present: int) -> None:
        if self._misbehave(self.service.next_fault(), b"", {}):
            return
        state = self.service.state if nik == NIK else "NOT_REGISTERED"
        code = absent if state == "NOT_REGISTERED" else 2021 if state == "NO_CERTIFICATE" else present
        self._say(200, {"status_code": str(code), "status": state, "message": f"Status {nik}: {state}"})

    def _download(self, number: str) -> None:
        pdf = self.service.kept.pop(number, None)
        if pdf is None:
            self._say(404, {"error": "Dokumen telah didownload sebelumnya"})
        elif not self._misbehave(self.service.next_fault(), pdf, {}):
            self._answer(200, "application/pdf", pdf)

    def _sign_one(self, fields: dict[str, str], files: dict[str, bytes]) -> None:
        refusal = self.service.refusal(fields["nik"], fields["passphrase"])
        if refusal:
            self._say(*refusal)
            return
        fault = self.service.next_fault()
        if self._refuse(fault, fields["nik"]):
            return
        try:
            signed = self.service.sign(files["file"], wish_1(fields, files))
        except InternalError:
            self._fail(500, "Internal Server Error")
            return
        number = f"{self.service.numbers}{self.service.signed}"
        self.service.kept[number] = signed
        if not self._misbehave(fault, signed, {"id_dokumen": number}):
            self._answer(200, "application/pdf", signed, {"id_dokumen": number})

    def _sign_several(self, asked: dict[str, Any]) -> None:
        refusal = self.service.refusal(asked["nik"], asked["passphrase"])
        self._work(asked, refusal, asked["nik"], self.service.sign)

    def _seal_several(self, asked: dict[str, Any]) -> None:
        count = self.service.passwords.pop(asked["totp"], 0)
        known = asked["idSubscriber"] == SUBSCRIBER and count == len(asked["file"])
        refusal = None if known else (400, {"success": False, "message": f"OTP {asked['totp']} tidak valid"})
        self._work(asked, refusal, SUBSCRIBER, self.service.seal)

    def _give_password(self, asked: dict[str, Any]) -> None:
        if self._misbehave(self.service.next_fault(), b"", {}):
            return
        if asked["idSubscriber"] != SUBSCRIBER or asked["totp"] != ACTIVATION:
            self._say(400, {"success": False, "message": f"Aktivasi {asked['totp']} tidak valid"})
            return
        password = f"{len(self.service.asked):06}"
        self.service.passwords[password] = asked["data"]
        given = {"message": "OK", "totp": password, "expires": "2026-01-22 09:30:00", "result": True}
        self._say(200, {"success": True, "data": given} if self.service.wraps_data else given)

    def _work(
        self,
        asked: dict[str, Any],
        refusal: tuple[int, dict[str, Any]] | None,
        who: str,
        make: Callable[[bytes, Wish], bytes],
    ) -> None:
        if refusal:
            self._say(*refusal)
            return
        fault = self.service.next_fault()
        if self._refuse(fault, who):
            return
        properties, files = asked["signatureProperties"], asked["file"]
        try:
            # one element for all of the files, or one for each; all of a call fails together
            wishes = [wish_2(one) for one in properties * (len(files) if len(properties) == 1 else 1)]
            signed = [make(base64.b64decode(file), wish) for file, wish in zip(files, wishes, strict=True)]
        except (InternalError, ValueError):
            self._fail(500, "Internal Server Error")
            return
        answer = listed(fault, signed)
        if not self._misbehave(fault, json.dumps(answer).encode(), {}):
            self._say(200, answer)

    def _refuse(self, fault: Fault | None, nik: str) -> bool:
        """Answer without having done anything."""
        if fault in {Fault.BUSY, Fault.LONG_BUSY}:
            retry = {"Retry-After": "7"} if fault is Fault.LONG_BUSY else {}
            self._answer(429, "text/plain", b"Too many requests", retry)
        elif fault is Fault.REDIRECTION:
            self._answer(301, "text/html", b"", {"Location": "https://127.0.0.1/"})
        elif fault is Fault.UNKNOWN_ERROR:
            self._say(400, {"error": f"Gagal untuk {nik}", "status_code": 3001})
        elif fault is Fault.ERROR_WITHIN_200:
            self._say(200, {"error": f"Gagal untuk {nik}", "status_code": 3001})
        elif fault is Fault.PLAIN_WORDS:
            self._say(200, {"error": f"Passphrase {nik} tidak sesuai"})
        elif fault is Fault.REFUSED:
            self._fail(413, "Payload Too Large")
        else:
            return False
        return True

    def _misbehave(self, fault: Fault | None, body: bytes, headers: dict[str, str]) -> bool:
        """Answer as it should not be, after having done what was asked."""
        if fault is Fault.SILENT:
            self.close_connection = True
        elif fault is Fault.CUT:
            self._answer(200, "application/pdf", body, cut=True)
        elif fault is Fault.CUT_UNDER_A_NUMBER:
            self._answer(200, "application/pdf", body, headers, cut=True)
        elif fault is Fault.NO_PDF:
            self._answer(200, "application/pdf", b"", headers)
        elif fault is Fault.TORN_PDF:
            self._answer(200, "application/pdf", body[:-100], headers)
        elif fault is Fault.HTML:
            self._answer(200, "text/html", b"<html>masuk dahulu</html>")
        elif fault is Fault.GATEWAY:
            self._answer(504, "text/html", b"<html>Gateway Time-out</html>")
        else:
            return False
        return True

    def _fail(self, status: int, error: str) -> None:
        form = {"timestamp": "2026-01-22T02:15:00.000+00:00", "status": status, "error": error, "path": self.path}
        self._say(status, form)

    def _say(self, status: int, value: dict[str, Any]) -> None:
        self._answer(status, "application/json", json.dumps(value).encode())

    def _answer(
        self, status: int, kind: str, body: bytes, headers: dict[str, str] | None = None, *, cut: bool = False
    ) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection |= cut
