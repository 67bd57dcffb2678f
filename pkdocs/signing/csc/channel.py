"""Requests to a CSC service, and what its refusals mean (CSC API 2.0.0.2, clauses 7, 8.1 and 10).

The only module of this package that sends anything. Nothing is sent twice.
"""

import json
import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from pkdocs.errors import CredentialError, PkdocsError, ServiceError, UnknownOutcomeError
from pkdocs.signing.csc.answer import Answer, plain, read_answer
from pkdocs.transport import Reply, Service

MAX_ANSWER_BYTES: Final = 16_000_000
REFUSED: Final = "CSC_REFUSED"
"""The code of a refusal for which no other sentence is known."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""A bearer token (RFC 6750, 2.1)."""
_CREDENTIAL_FAULTS: Final = {
    "invalid_pin": "CSC_PIN",
    "invalid_otp": "CSC_OTP",
    "invalid_authentication_data": "CSC_PIN_OR_OTP",
    "invalid_token": "CSC_TOKEN",
    "expired_token": "CSC_TOKEN",
    "unauthorized_client": "CSC_TOKEN",
    "access_denied": "CSC_DENIED",
}
"""Errors of 1.0.4.0, 11.6 and 11.9, and of 2.0.0.2, 10.2, 11.6 and 11.10, that concern who asks."""
_SAID: Final[tuple[tuple[re.Pattern[str], type[PkdocsError], str], ...]] = (
    (re.compile(r"\blocked\b", re.IGNORECASE), CredentialError, "CSC_LOCKED"),
    (re.compile(r"\bPIN is invalid\b", re.IGNORECASE), CredentialError, "CSC_PIN"),
    (re.compile(r"\bOTP is invalid\b", re.IGNORECASE), CredentialError, "CSC_OTP"),
    (re.compile(r"\baccess token\b", re.IGNORECASE), CredentialError, "CSC_TOKEN"),
    (re.compile(r"\bSAD expired\b", re.IGNORECASE), ServiceError, "CSC_SAD_EXPIRED"),
)
"""Descriptions of the same clauses, for what is only an ``invalid_request``, or is one at some services."""
_DONE_NOTHING: Final = frozenset({HTTPStatus.NOT_IMPLEMENTED, HTTPStatus.SERVICE_UNAVAILABLE})


class Channel:
    """One service, asked under ``prefix`` in the name of ``token``; its ``repr`` shows neither."""

    def __init__(self, service: Service, prefix: str, token: str | None) -> None:
        if token is not None and not _TOKEN.fullmatch(token):
            raise CredentialError("CSC_TOKEN_FORM")
        self.host: Final = service.host
        self._service = service
        self._prefix = prefix
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"
        self._token = token

    def __repr__(self) -> str:
        return f"Channel({self.host})"

    def ask(self, method: str, question: Mapping[str, object]) -> Answer:
        """Return the answer to what signs nothing, so that its outcome is never unknown.

        Raises:
            CredentialError: token, PIN or one-time code are refused.
            ServiceError: not reached, no answer, or refused.
        """
        try:
            return self.ask_once(method, question)
        except UnknownOutcomeError as fault:
            raise ServiceError("CSC_SILENT", host=self.host, method=method) from fault

    def ask_once(self, method: str, question: Mapping[str, object]) -> Answer:
        """Return the answer to what may sign.

        Raises:
            CredentialError: token, PIN or one-time code are refused.
            ServiceError: not reached, or refused: nothing was signed.
            UnknownOutcomeError: no answer, or none that can be read.
        """
        body = json.dumps(question).encode()
        reply = self._service.send(
            "POST", self._prefix + method, body=body, headers=self._headers, limit=MAX_ANSWER_BYTES
        )
        answer = Answer(self.host, {}) if _is_empty(reply) else read_answer(self.host, reply.body)
        error = _error_of(answer)
        if _is_refusal(reply.status, error):
            raise self._refusal(reply.status, answer, hidden=[*_leaves(question), self._token or ""])
        if not _is_success(reply.status) or answer is None:
            raise UnknownOutcomeError("CSC_UNREADABLE", host=self.host, status=reply.status)
        return answer

    def _refusal(self, status: int, answer: Answer | None, *, hidden: list[str]) -> PkdocsError:
        error = _error_of(answer)
        description = answer.members.get("error_description") if answer is not None else None
        words = description if isinstance(description, str) else ""
        if code := _CREDENTIAL_FAULTS.get(error):
            return CredentialError(code, host=self.host)
        if status == HTTPStatus.UNAUTHORIZED:
            return CredentialError("CSC_TOKEN", host=self.host)
        for pattern, kind, known in _SAID:
            if pattern.search(words):
                return kind(known, host=self.host)
        said = plain(_without(f"{error} {words}".strip(), hidden)) or "-"
        return ServiceError(REFUSED, host=self.host, status=status, said=said)


def _is_empty(reply: Reply) -> bool:
    return reply.status == HTTPStatus.NO_CONTENT or (_is_success(reply.status) and not reply.body)


def _is_success(status: int) -> bool:
    return HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES


def _is_refusal(status: int, error: str) -> bool:
    """Tell whether the service says that it has done nothing; of other faults of the server nobody knows."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return status in _DONE_NOTHING and bool(error)
    return not _is_success(status) or bool(error)


def _error_of(answer: Answer | None) -> str:
    error = answer.members.get("error") if answer is not None else None
    return error if isinstance(error, str) else ""


def _leaves(value: Any) -> Iterator[str]:
    """Yield every text in a question: none of them comes back in a message, should a service repeat it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for entry in value.values():
            yield from _leaves(entry)
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from _leaves(entry)


def _without(words: str, hidden: list[str]) -> str:
    for secret in sorted(filter(None, hidden), key=len, reverse=True):
        words = words.replace(secret, "...")
    return words
