"""Validation data gathered: the way from each certificate to an anchor, and for each step its revocation status."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Final
from urllib.parse import urlsplit

from pkdocs.errors import ServiceError, SigningError, UnknownOutcomeError, UsageError
from pkdocs.signing.container import ContainerError, demand, in_date, load
from pkdocs.signing.evidence import Evidence
from pkdocs.signing.status import (
    MAX_ANSWER_BYTES,
    MAX_LIST_BYTES,
    Status,
    answer_addresses,
    build_question,
    is_authority,
    is_issued_by,
    list_addresses,
    read_answer,
    read_list,
)
from pkdocs.transport import Service
from pkdocs.trust import Purpose, Trust
from pkdocs.verification.certificates import name_of_subject

MAX_PATH: Final = 8
SKEW: Final = timedelta(minutes=5)
"""How far clocks may differ: what was made just now is not of the future."""

_TIMEOUT_S: Final = 30.0
_OK: Final = 200
_QUESTION: Final = {"Content-Type": "application/ocsp-request", "Accept": "application/ocsp-response"}

Fetch = Callable[[str, bytes | None, int], bytes]
"""Address, body (None: GET), most bytes -> answer. Raises ServiceError, UnknownOutcomeError, UsageError."""


@dataclass(frozen=True, slots=True)
class Used:
    """A certificate that signed something, with others that may lie on its way to an anchor for ``purpose``.

    ``made`` is when that was done by its own word, of a timestamp's authority; ``proven`` when it is proven to have
    been done by somebody else's; None: not before now.
    """

    certificate: bytes = field(repr=False)
    others: tuple[bytes, ...] = field(repr=False)
    purpose: Purpose
    made: datetime | None
    proven: datetime | None


def fetch(address: str, body: bytes | None, limit: int) -> bytes:
    """Return what is at ``address``: answers are signed, so plain http is as good as https for them.

    Raises:
        ServiceError, UnknownOutcomeError: not reached, no whole answer, or another status than 200.
        UsageError: the address is none.
    """
    parts = urlsplit(address)
    service = Service(f"{parts.scheme}://{parts.netloc}", timeout_s=_TIMEOUT_S, unsafe_plain_http=True, connections=1)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    method, headers = ("GET", None) if body is None else ("POST", _QUESTION)
    reply = service.send(method, path, body=body, headers=headers, limit=limit)
    if reply.status != _OK:
        raise ServiceError("EVIDENCE_HTTP", host=service.host, status=reply.status)
    return reply.body


class Gatherer:
    """Gathers for a batch under one ``trust``: each certificate is asked about once.

    Taken is, in this order: a list of the trust file issued since the last proven use, OCSP, the list that the
    certificate names, an older list of the trust file; always one that is current. The anchor's certificate is part
    of the evidence: archival validation of a list that it has signed needs it.
    """

    def __init__(self, trust: Trust, *, fetch: Fetch = fetch) -> None:
        self._trust = trust
        self._fetch = fetch
        self._known: dict[tuple[bytes, bytes], tuple[Status | SigningError, datetime]] = {}
        self._lists: dict[str, tuple[bytes, datetime]] = {}

    def gather(self, used: Iterable[Used], *, at: datetime) -> Evidence:
        """Return what shows at ``at`` that each certificate was good when it was used, or is now.

        ``at`` is the same for a whole batch: what was asked before is asked again.

        Raises:
            SigningError: no way to an anchor, out of date, revoked, or no status to be had; it names the certificate.
        """
        used = tuple(used)
        since = min(at, max((entry.proven for entry in used if entry.proven), default=at))
        certificates: list[bytes] = []
        statuses: list[Status] = []
        for entry in used:
            path = self._find_path(entry)
            certificates.extend(path)
            for step in pairwise(path):
                statuses.extend(self._statuses(*step, entry.proven, since, at))
        answers = tuple(one.encoded for one in statuses if not one.is_list)
        return Evidence(tuple(certificates), answers, tuple(one.encoded for one in statuses if one.is_list))

    def covers(self, evidence: Evidence, used: Used, *, at: datetime | None = None) -> bool:
        """Tell whether ``evidence`` alone shows that the certificate was good when it was used.

        That is the proven time; where there is none ``at``, else what it says itself.
        """
        moment = used.proven or at or used.made
        if moment is None:
            return False
        try:
            path = self._find_path(used)
        except SigningError:
            return False
        is_there = set(evidence.certificates).issuperset(path)
        return is_there and all(_is_shown(evidence, *step, moment) for step in pairwise(path))

    def _find_path(self, used: Used) -> tuple[bytes, ...]:
        anchors = [anchor.certificate for anchor in self._trust.anchors if used.purpose in anchor.purposes]
        path = [used.certificate]
        while path[-1] not in anchors:
            candidates = (entry for entry in (*anchors, *used.others) if entry not in path)
            above = next((entry for entry in candidates if _is_above(entry, path[-1])), None)
            if above is None or len(path) == MAX_PATH:
                raise SigningError("EVIDENCE_PATH", name=name_of_subject(used.certificate))
            path.append(above)
        return tuple(path)

    def _statuses(
        self, certificate: bytes, issuer: bytes, proven: datetime | None, since: datetime, at: datetime
    ) -> Iterator[Status]:
        """Yield the status of the certificate, and that of a responder who must be asked about too."""
        if not in_date(certificate, at):
            raise SigningError("EVIDENCE_EXPIRED", name=name_of_subject(certificate))
        status = self._status(certificate, issuer, since, at)
        if status.revoked and (proven is None or status.revoked <= proven):
            raise SigningError("EVIDENCE_REVOKED", name=name_of_subject(certificate), day=f"{status.revoked:%Y-%m-%d}")
        yield status
        if status.responder:
            # by lists alone: a responder cannot vouch for itself
            by_lists = self._attempts(status.responder, issuer, at, by_answer=False)
            yield self._find(status.responder, by_lists, since, at)

    def _status(self, certificate: bytes, issuer: bytes, since: datetime, at: datetime) -> Status:
        known = self._known.get((certificate, issuer))
        if known is None or known[1] < since:
            known = self._known[certificate, issuer] = self._find_or_fail(certificate, issuer, since, at), at
        if isinstance(known[0], SigningError):
            raise known[0]
        return known[0]

    def _find_or_fail(self, certificate: bytes, issuer: bytes, since: datetime, at: datetime) -> Status | SigningError:
        """Return the status, or why there is none: that is not asked again for every file either."""
        try:
            return self._find(certificate, self._attempts(certificate, issuer, at, by_answer=True), since, at)
        except SigningError as error:
            return error

    def _find(self, certificate: bytes, attempts: Iterable["_Attempt"], since: datetime, at: datetime) -> Status:
        """Return the first status that is current, and new where it was at hand."""
        older: list[Status] = []
        fault: Exception = ContainerError("STATUS_NO_SOURCE")
        for attempt in attempts:
            try:
                status = attempt()
                demand(status.issued <= at + SKEW and at <= status.due + SKEW, "STATUS_STALE")
            except (ContainerError, ServiceError, UnknownOutcomeError, UsageError) as failed:
                fault = failed
                continue
            if status.issued >= since or status.encoded not in self._trust.crls:
                return status
            older.append(status)
        if not older:
            raise SigningError("EVIDENCE_STATUS", name=name_of_subject(certificate), reason=fault) from fault
        return max(older, key=lambda status: status.issued)

    def _attempts(self, certificate: bytes, issuer: bytes, at: datetime, *, by_answer: bool) -> Iterator["_Attempt"]:
        for encoded in self._trust.crls:
            yield partial(read_list, encoded, certificate, issuer)
        if by_answer:
            for address in answer_addresses(load(certificate)):
                yield partial(self._ask, address, certificate, issuer)
        for address in list_addresses(load(certificate)):
            yield partial(self._look_up, address, certificate, issuer, at)

    def _ask(self, address: str, certificate: bytes, issuer: bytes) -> Status:
        answer = self._fetch(address, build_question(certificate, issuer), MAX_ANSWER_BYTES)
        return read_answer(answer, certificate, issuer)

    def _look_up(self, address: str, certificate: bytes, issuer: bytes, at: datetime) -> Status:
        known = self._lists.get(address)
        if known is None or known[1] < at:
            known = self._lists[address] = self._fetch(address, None, MAX_LIST_BYTES), at
        return read_list(known[0], certificate, issuer)


_Attempt = Callable[[], Status]


def _is_above(issuer: bytes, certificate: bytes) -> bool:
    return is_authority(load(issuer)) and is_issued_by(certificate, issuer)


def _is_shown(evidence: Evidence, certificate: bytes, issuer: bytes, moment: datetime) -> bool:
    """Tell whether something in ``evidence`` shows that the certificate was good at ``moment``."""
    attempts = [partial(read_answer, entry, certificate, issuer) for entry in evidence.ocsps]
    attempts += [partial(read_list, entry, certificate, issuer) for entry in evidence.crls]
    for attempt in attempts:
        try:
            status = attempt()
        except ContainerError:
            continue
        if moment <= status.due + SKEW and (status.revoked is None or moment < status.revoked):
            return True
    return False
