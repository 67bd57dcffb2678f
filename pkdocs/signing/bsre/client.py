"""Requests to the client service in the name of an application."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from pkdocs.errors import CredentialError, ServiceError
from pkdocs.signing.bsre.account import Account
from pkdocs.transport import MAX_REPLY_BYTES, Reply, Service

TIMEOUT_S: Final = 180.0
"""How long an answer may take: verifying has taken 43 s, signing is slower under load."""

_PAUSES_S: Final = (5.0, 15.0, 45.0)
_LONGEST_PAUSE_S: Final = 120
_BUSY: Final = 429


@dataclass(frozen=True, slots=True)
class Client:
    """The service, and the account that asks; ``pause`` waits for some seconds."""

    service: Service
    account: Account
    pause: Callable[[float], None] = time.sleep

    def post_json(self, path: str, value: Mapping[str, Any], *, limit: int = MAX_REPLY_BYTES) -> Reply:
        """Return the answer to ``value``, as ``ask`` does."""
        return self.ask("POST", path, body=json.dumps(value).encode(), kind="application/json", limit=limit)

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        kind: str | None = None,
        limit: int = MAX_REPLY_BYTES,
        seen: Callable[[Mapping[str, str]], None] | None = None,
    ) -> Reply:
        """Return the answer; only a service that says it is too busy (429), and so did nothing, is asked again.

        Raises:
            CredentialError: the account is refused.
            ServiceError: not reached, or busy for long: nothing was done.
            UnknownOutcomeError: no whole answer came.
        """
        headers = {"Authorization": self.account.authorization} | ({"Content-Type": kind} if kind else {})
        send = partial(self.service.send, method, path, body=body, headers=headers, limit=limit, seen=seen)
        reply = send()
        for pause in _PAUSES_S:
            if reply.status == _BUSY:
                self.pause(_asked_pause(reply) or pause)
                reply = send()
        if reply.status == _BUSY:
            raise ServiceError("BSRE_BUSY", host=self.service.host)
        if reply.status in {401, 403}:
            raise CredentialError("BSRE_ACCOUNT", host=self.service.host)
        return reply


def _asked_pause(reply: Reply) -> float:
    """Return how long the service asks to wait (RFC 9110, 10.2.3), in reason; 0 where it does not say."""
    asked = reply.headers.get("retry-after", "")
    return min(int(asked), _LONGEST_PAUSE_S) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0
