"""A timestamp authority in memory, behind what looks like a service; it can be made to answer wrongly."""

import threading
from collections.abc import Callable
from datetime import datetime

from pkdocs.pki.authority import KeyKind
from pkdocs.pki.timestamping import TimestampAuthority
from pkdocs.signing.timestamp import HttpTimestamper
from pkdocs.transport import Reply
from tests.signed import AT, services

TYPE = {"content-type": "application/timestamp-reply"}


class MemoryService:
    """Answers like a ``Service`` with the training authority's responses, after ``change``; counts requests."""

    host = "tsa.example"

    def __init__(
        self,
        change: Callable[[Reply], Reply] = lambda reply: reply,
        *,
        kind: KeyKind = KeyKind.P256,
        at: datetime = AT,
        authority: TimestampAuthority | None = None,
    ) -> None:
        self._change = change
        self._authority = authority or services(kind=kind).timestamps
        self._at = at
        self._lock = threading.Lock()
        self.asked: list[bytes] = []

    def send(self, _method: str, *, body: bytes, **_more: object) -> Reply:
        with self._lock:
            self.asked.append(body)
        return self._change(Reply(200, TYPE, self._authority.answer(body, at=self._at)))


def timestamper(service: MemoryService | None = None) -> HttpTimestamper:
    """Return who asks ``service``, and never waits."""
    return HttpTimestamper(service or MemoryService(), sleep=lambda _seconds: None)  # type: ignore[arg-type]  # only sends
