"""What the services of the training PKI answer to requests, as values: timestamps, status, lists, a page on them."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from html import escape
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote

from cryptography.hazmat.primitives.serialization import Encoding

from pkdocs.messages import LANGUAGES, text
from pkdocs.pki.authority import ISSUING_LIST, ROOT_LIST, STATUS, Authority
from pkdocs.pki.ledger import Ledger
from pkdocs.pki.status import Responder
from pkdocs.pki.timestamping import TimestampAuthority

TIMESTAMPS: Final = "/tsa"
PATHS: Final = (TIMESTAMPS, STATUS, ROOT_LIST, ISSUING_LIST)
"""Where below the address what is answered."""

_TEXT: Final = "text/plain; charset=utf-8"
_PAGE: Final = "text/html; charset=utf-8"
_LIST: Final = "application/pkix-crl"
_STATUS_ANSWER: Final = "application/ocsp-response"
_TIMESTAMP_ANSWER: Final = "application/timestamp-reply"
_ASKED: Final = {TIMESTAMPS: "application/timestamp-query", STATUS: "application/ocsp-request"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: HTTP status, media type, body; the method that would be right (``allow``) where it was not."""

    status: HTTPStatus
    media_type: str
    body: bytes
    allow: str = ""

    @classmethod
    def refused(cls, status: HTTPStatus, allow: str = "") -> "Answer":
        """Return an answer that says no more than ``status``."""
        return cls(status, _TEXT, f"{status} {status.phrase}\n".encode("ascii"), allow)


@dataclass(frozen=True)
class Services:
    """The services of one PKI: keys at hand, ``ledger`` asked at each answer about certificates."""

    root: Authority
    issuing: Authority
    timestamping: Authority
    responding: Authority
    ledger: Callable[[], Ledger]

    @cached_property
    def timestamps(self) -> TimestampAuthority:
        """The timestamp authority; its tokens carry the chain without the root (RFC 3161, 2.4.1)."""
        return TimestampAuthority(self.timestamping, (self.issuing.certificate.public_bytes(Encoding.DER),))

    @cached_property
    def responder(self) -> Responder:
        """The OCSP responder for what the issuing authority has issued."""
        return Responder(self.issuing.certificate, self.responding)

    def get(self, path: str, *, at: datetime) -> Answer:
        """Return the answer to GET of ``path``: the page, a list, or by RFC 6960, A.1, a status.

        Raises:
            CredentialError: the records are damaged.
        """
        if path == "/":
            return Answer(HTTPStatus.OK, _PAGE, _page())
        if path in {ROOT_LIST, ISSUING_LIST}:
            of_root, of_issuing = self.ledger().lists(self.root, self.issuing, at)
            wanted = of_root if path == ROOT_LIST else of_issuing
            return Answer(HTTPStatus.OK, _LIST, wanted.public_bytes(Encoding.DER))
        if path.startswith(STATUS + "/"):
            return self._status(_unpacked(path.removeprefix(STATUS + "/")), at)
        if path in _ASKED:
            return Answer.refused(HTTPStatus.METHOD_NOT_ALLOWED, "POST")
        return Answer.refused(HTTPStatus.NOT_FOUND)

    def post(self, path: str, media_type: str, body: bytes, *, at: datetime) -> Answer:
        """Return the answer to POST of ``body`` to ``path``.

        Raises:
            CredentialError: the records are damaged.
        """
        if path in {"/", ROOT_LIST, ISSUING_LIST}:
            return Answer.refused(HTTPStatus.METHOD_NOT_ALLOWED, "GET")
        if path not in _ASKED:
            return Answer.refused(HTTPStatus.NOT_FOUND)
        if media_type != _ASKED[path]:
            return Answer.refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        if path == STATUS:
            return self._status(body, at)
        return Answer(HTTPStatus.OK, _TIMESTAMP_ANSWER, self.timestamps.answer(body, at=at))

    def _status(self, request: bytes, at: datetime) -> Answer:
        answer = self.responder.answer(request, self.ledger().standings, at=at)
        return Answer(HTTPStatus.OK, _STATUS_ANSWER, answer)


def _unpacked(written: str) -> bytes:
    """Return the request in an address; empty, which is none, if it is not base64."""
    try:
        return base64.b64decode(unquote(written), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _page() -> bytes:
    title = escape(text("PKI_SERVICE_TITLE", LANGUAGES[0]))
    parts = [f'<!DOCTYPE html><html lang="{LANGUAGES[0]}"><meta charset="utf-8"><title>{title}</title>']
    for language in LANGUAGES:
        heading = escape(text("PKI_SERVICE_TITLE", language))
        parts.append(f'<section lang="{language}"><h1>{heading}</h1>')
        parts.append(f"<p>{escape(text('PKI_SERVICE_TRAINING', language))}</p><ul>")
        parts += [f"<li><code>{path}</code> {escape(text(_SAID[path], language))}</li>" for path in PATHS]
        parts.append("</ul></section>")
    return "\n".join(parts).encode()


_SAID: Final = {
    TIMESTAMPS: "PKI_SERVICE_TIMESTAMPS",
    STATUS: "PKI_SERVICE_STATUS",
    ROOT_LIST: "PKI_SERVICE_ROOT_LIST",
    ISSUING_LIST: "PKI_SERVICE_ISSUING_LIST",
}
