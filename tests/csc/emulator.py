"""An emulator of a CSC service: not a real one, but one of ours by the published specification.

Version 2 is that of 2.0.0.2 (clauses 8.4.4, 10 and 11.1 to 11.10), of which no server can be had; version 1 that of
1.0.4.0 (11.1 to 11.9) with the PIN and the OTP that certomancer's server lacks. It checks what a real service must:
the bearer token, PIN and one-time codes (and locks after three wrong ones), numbers of signatures, that digests which
were authorised are those that are signed, that a SAD serves once and not for ever. ``Faults`` are what real ones do.
"""

import base64
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs

from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from pkdocs.content import Party
from pkdocs.pki import KeyKind
from pkdocs.pki.authority import PrivateKey
from tests.signed import authorities, credential

CREDENTIAL: Final = "GX0112348"
CLIENT: Final = ("pemda-wanasari", "rahasia klien")
PIN: Final = "271828"
CODES: Final = ("100001", "100002", "100003", "100004")
ALGORITHMS: Final = {KeyKind.P256: ["1.2.840.10045.4.3.2"], KeyKind.RSA2048: ["1.2.840.113549.1.1.11"]}
_DIGEST: Final = "2.16.840.1.101.3.4.2.1"
_TRIES: Final = 3


@dataclass
class Faults:
    """What goes wrong when signatures (or ``at``) are asked for; nothing to begin with."""

    at: str = "signatures/signHash"
    after: int = 0
    """How many such requests are answered well before."""
    slow_s: float = 0.0
    silent: bool = False
    """It is done, but no answer comes: the connection ends."""
    status: int | None = None
    body: bytes = b'{"error": "server_error"}'
    wrong_signature: bool = False
    short: bool = False
    """One signature less than asked for."""
    refusal: dict[str, str] | None = None
    refusal_status: int = 400


@dataclass
class Permit:
    """What a SAD stands for."""

    left: int
    digests: frozenset[str] | None
    ends: float


class RefusalError(Exception):
    """An error answer (10.2)."""

    def __init__(self, error: str, description: str = "", status: int = 400) -> None:
        self.status = status
        self.members = {"error": error, "error_description": description}
        super().__init__(error)


@dataclass
class Emulator:
    """The service with one credential; its fields may be changed at any time."""

    party: Party
    kind: KeyKind = KeyKind.P256
    version: str = "v2"
    multisign: int = 10
    level: str = "2"
    factors: tuple[str, ...] = ("PIN",)
    code_is_sent: bool = False
    credentials: list[str] = field(default_factory=lambda: [CREDENTIAL])
    described: dict[str, Any] = field(default_factory=dict)
    """Members that replace those of the answer to ``credentials/info``."""
    needs_token: bool = True
    raw_values: bool = False
    lifetime_s: float = 300.0
    faults: Faults = field(default_factory=Faults)
    clock: Callable[[], float] = time.monotonic
    asked: list[str] = field(default_factory=list)
    questions: list[dict[str, Any]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    permits: dict[str, Permit] = field(default_factory=dict)
    codes: set[str] = field(default_factory=lambda: set(CODES))
    wrong: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def key(self) -> PrivateKey:
        return credential(self.party, self.kind)[0]

    @property
    def certificates(self) -> list[str]:
        chain = [credential(self.party, self.kind)[1], *(entry.certificate for entry in authorities(self.kind)[::-1])]
        return [base64.b64encode(entry.public_bytes(Encoding.DER)).decode() for entry in chain]

    def token(self, form: dict[str, list[str]]) -> dict[str, Any]:
        """Answer ``oauth2/token`` (8.4.4)."""
        if form.get("grant_type") != ["client_credentials"]:
            raise RefusalError("invalid_request", "Invalid parameter grant_type")
        if (form.get("client_id"), form.get("client_secret")) != ([CLIENT[0]], [CLIENT[1]]):
            raise RefusalError("invalid_request", "Invalid parameter client_secret")
        token = secrets.token_urlsafe(24)
        self.tokens.add(token)
        return {"access_token": token, "token_type": "Bearer", "expires_in": 3600}

    def answer(self, method: str, question: dict[str, Any], bearer: str) -> dict[str, Any]:
        """Answer one method of the API."""
        with self._lock:
            self.asked.append(method)
            self.questions.append(question)
            if method != "info" and self.needs_token and bearer.removeprefix("Bearer ") not in self.tokens:
                raise RefusalError("invalid_token", "The access token is not valid", 401)
            methods: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
                "info": lambda _: {"specs": "2.0.0.0" if self.version == "v2" else "1.0.4.0", "oauth2": "/"},
                "credentials/list": lambda _: {"credentialIDs": self.credentials},
                "credentials/info": self._describe,
                "credentials/authorize": self._authorise,
                "credentials/getChallenge": self._send,
                "credentials/sendOTP": self._send,
                "signatures/signHash": self._sign,
            }
            return methods[method](question)

    def _describe(self, question: dict[str, Any]) -> dict[str, Any]:
        self._demand_credential(question)
        assert question["certificates"] == "chain"
        key = {"status": "enabled", "algo": ALGORITHMS[self.kind], "len": 256}
        common = {"key": key, "cert": {"status": "valid", "certificates": self.certificates}, "SCAL": self.level}
        return {**common, "multisign": self.multisign, **self._unlocking(), **self.described}

    def _unlocking(self) -> dict[str, Any]:
        if self.version == "v1":
            kind = "online" if self.code_is_sent else "offline"
            fields = {
                "PIN": {"presence": "true" if "PIN" in self.factors else "false", "format": "N"},
                "OTP": {"presence": "true" if "OTP" in self.factors else "false", "type": kind},
            }
            return {"authMode": "explicit" if self.factors else "implicit", **fields}
        code = {"type": "ChallengeResponse"} if self.code_is_sent else {"type": "Password", "generator": "totp"}
        objects = {"PIN": {"type": "Password", "id": "PIN", "format": "N"}, "OTP": {**code, "id": "OTP"}}
        mode = {"mode": "explicit", "expression": " AND ".join(self.factors)}
        return {"auth": {**mode, "objects": [objects[name] for name in self.factors]}}

    def _send(self, question: dict[str, Any]) -> dict[str, Any]:
        self._demand_credential(question)
        assert self.version == "v1" or question["authObjectID"] == "OTP"
        return {"challenge": "Nama ibu <kandung>?"} if self.version == "v2" else {}

    def _authorise(self, question: dict[str, Any]) -> dict[str, Any]:
        self._demand_credential(question)
        number = question["numSignatures"]
        if not 1 <= number <= self.multisign:
            raise RefusalError("invalid_request", "Numbers of signatures is too high")
        digests = question.get(self._digests)
        if self.level == "2" and (digests is None or len(digests) != number):
            raise RefusalError("invalid_request", "Missing (or invalid type) array parameter hash")
        if self.version == "v2" and digests is not None and question.get("hashAlgorithmOID") != _DIGEST:
            raise RefusalError("invalid_request", "Invalid parameter hashAlgorithmOID")
        self._unlock(question)
        permit = secrets.token_urlsafe(24)
        bound = None if digests is None else frozenset(digests)
        self.permits[permit] = Permit(number, bound, self.clock() + self.lifetime_s)
        return {"SAD": permit, "expiresIn": self.lifetime_s}

    def _unlock(self, question: dict[str, Any]) -> None:
        if self.wrong >= _TRIES:
            raise RefusalError("invalid_request", "Credential locked")
        given = {entry["id"]: entry["value"] for entry in question.get("authData", ())}
        given |= {name: question[name] for name in ("PIN", "OTP") if name in question}
        assert given.keys() == set(self.factors)
        right = {"PIN": given.get("PIN") == PIN, "OTP": given.get("OTP") in self.codes}
        for name in self.factors:
            if not right[name]:
                self.wrong += 1
                error = f"invalid_{name.lower()}" if self.version == "v1" else "invalid_authentication_data"
                raise RefusalError(error, f"The {name} is invalid: {given[name]}")
        self.codes.discard(given.get("OTP", ""))

    def _sign(self, question: dict[str, Any]) -> dict[str, Any]:
        self._demand_credential(question)
        permit, digests = self.permits.get(question["SAD"]), question[self._digests]
        if permit is None:
            raise RefusalError("invalid_request", "Invalid parameter SAD")
        if permit.ends <= self.clock():
            raise RefusalError("invalid_request", "SAD expired")
        if len(digests) > permit.left or (permit.digests is not None and not permit.digests.issuperset(digests)):
            raise RefusalError("invalid_request", "Hash is not authorized by the SAD")
        if question["signAlgo"] not in self.described.get("key", {}).get("algo", ALGORITHMS[self.kind]):
            raise RefusalError("invalid_request", "Invalid parameter signAlgo")
        permit.left -= len(digests)
        if permit.left == 0:
            del self.permits[question["SAD"]]
        values = [self._value(base64.b64decode(digest)) for digest in digests]
        return {"signatures": [base64.b64encode(value).decode() for value in values]}

    def _value(self, digest: bytes) -> bytes:
        assert len(digest) == 32
        hashed = bytes(32) if self.faults.wrong_signature else digest
        if not isinstance(self.key, ec.EllipticCurvePrivateKey):
            return self.key.sign(hashed, padding.PKCS1v15(), Prehashed(SHA256()))
        value = self.key.sign(hashed, ec.ECDSA(Prehashed(SHA256())))
        return b"".join(part.to_bytes(32) for part in decode_dss_signature(value)) if self.raw_values else value

    @property
    def _digests(self) -> str:
        return "hashes" if self.version == "v2" else "hash"

    def _demand_credential(self, question: dict[str, Any]) -> None:
        if question.get("credentialID") not in self.credentials:
            raise RefusalError("invalid_request", "Invalid parameter credentialID")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # an answer in one piece: in two, each would wait for the other side to acknowledge the first
    wbufsize = -1
    emulator: Emulator

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        method = self.path.removeprefix(f"/csc/{self.emulator.version}/")
        try:
            members = self._answered(method, body)
        except RefusalError as refusal:
            self._send(refusal.status, json.dumps(refusal.members).encode())
            return
        self._send_spoilt(method, members)

    def _answered(self, method: str, body: bytes) -> dict[str, Any]:
        if self.path == "/oauth2/token":
            return self.emulator.token(parse_qs(body.decode()))
        if method.startswith("/"):
            raise RefusalError("invalid_request", "no such method", 404)
        return self.emulator.answer(method, json.loads(body), self.headers.get("Authorization", ""))

    def _send_spoilt(self, method: str, members: dict[str, Any]) -> None:
        faults = self.emulator.faults
        if method != faults.at or self.emulator.asked.count(method) <= faults.after:
            self._send(200, json.dumps(members).encode())
            return
        time.sleep(faults.slow_s)
        if faults.silent:
            self.close_connection = True
            return
        if faults.short:
            members["signatures"].pop()
        if faults.refusal is not None:
            self._send(faults.refusal_status, json.dumps(faults.refusal).encode())
        elif faults.status is not None:
            self._send(faults.status, faults.body)
        else:
            self._send(200, json.dumps(members).encode())

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def emulating(emulator: Emulator) -> Iterator[str]:
    """Yield the address at which ``emulator`` answers."""
    handler = type("Handler", (_Handler,), {"emulator": emulator})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
