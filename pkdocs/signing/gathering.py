"""Validation data gathered: the way from each certificate to an anchor, and for each step its revocation status."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache, partial
from itertools import pairwise
from typing import Final

from cryptography import x509

from pkdocs.errors import ServiceError, SigningError, UnknownOutcomeError, UsageError
from pkdocs.messages import Said
from pkdocs.signing.asking import answer_addresses, build_question, fetch, list_addresses
from pkdocs.signing.evidence import Evidence
from pkdocs.trust import Purpose, Trust
from pkdocs.verification.certificates import name_of_subject
from pkdocs.verification.container import has_issued
from pkdocs.verification.evidence import Library, Statement

MAX_PATH: Final = 8
MAX_LIST_BYTES: Final = 32_000_000
MAX_ANSWER_BYTES: Final = 64_000
SKEW: Final = timedelta(minutes=5)
"""How far clocks may differ: what was made just now is not of the future."""

Fetch = Callable[[str, bytes | None, int], bytes]
"""As ``asking.fetch``."""


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


@dataclass(frozen=True, slots=True)
class _Status:
    """What was found about one certificate: ``encoded``, a list or an answer, and what it says."""

    encoded: bytes
    is_list: bool
    said: Statement


class Gatherer:
    """Gathers for a batch under one ``trust``: each certificate is asked about once.

    Taken is, in this order: a list of the trust file made since the last proven use, OCSP, the list that the
    certificate names, an older list of the trust file; always one that is current. The anchor's certificate is part
    of the evidence: archival validation of a list that it has signed needs it.
    """

    def __init__(self, trust: Trust, *, fetch: Fetch = fetch) -> None:
        self._trust = trust
        self._fetch = fetch
        self._library = Library()
        self._known: dict[tuple[bytes, bytes], tuple[_Status | SigningError, datetime]] = {}
        self._lists: dict[str, tuple[bytes, datetime]] = {}

    def gather(self, used: Iterable[Used], *, at: datetime) -> Evidence:
        """Return what shows at ``at`` that each certificate was good when it was used, or is now.

        ``at`` is the same for a whole batch: what was asked about before then is asked about again.

        Raises:
            SigningError: no way to an anchor, out of date, revoked, or no status to be had; it names the certificate.
        """
        used = tuple(used)
        since = min(at, max((entry.proven for entry in used if entry.proven), default=at))
        certificates: list[bytes] = []
        statuses: list[_Status] = []
        for entry in used:
            path = self._find_path(entry)
            certificates.extend(path)
            statuses.extend(self._good(step, entry.proven, since, at) for step in pairwise(path))
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
        return is_there and all(self._is_shown(evidence, step, moment) for step in pairwise(path))

    def _is_shown(self, evidence: Evidence, step: tuple[bytes, bytes], moment: datetime) -> bool:
        certificate, issuer = map(_load, step)
        said = [self._library.by_list(entry, certificate, issuer) for entry in evidence.crls]
        said += [one for entry in evidence.ocsps for one in self._library.by_answer(entry, certificate, issuer)]
        known = [one for one in said if one]
        is_revoked = any(one.revoked and one.revoked <= moment for one in known)
        return not is_revoked and any(one.speaks_of(moment, certificate.not_valid_after_utc) for one in known)

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

    def _good(self, step: tuple[bytes, bytes], proven: datetime | None, since: datetime, at: datetime) -> _Status:
        """Return the status of the certificate below; it is good, or was revoked after its proven use."""
        certificate = _load(step[0])
        if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
            raise SigningError("EVIDENCE_EXPIRED", name=name_of_subject(step[0]))
        known = self._known.get(step)
        if known is None or known[1] < since:
            known = self._known[step] = self._find_or_fail(step, since, at), at
        status = known[0]
        if isinstance(status, SigningError):
            raise status
        if status.said.revoked and (proven is None or status.said.revoked <= proven):
            day = f"{status.said.revoked:%Y-%m-%d}"
            raise SigningError("EVIDENCE_REVOKED", name=name_of_subject(step[0]), day=day)
        return status

    def _find_or_fail(self, step: tuple[bytes, bytes], since: datetime, at: datetime) -> _Status | SigningError:
        """Return the first status that is current, and new where it was at hand; else why there is none.

        That is kept too: nobody is asked again for every file.
        """
        older: list[_Status] = []
        fault: Said | ServiceError | UnknownOutcomeError | UsageError = Said("STATUS_NO_SOURCE")
        for attempt in self._attempts(step, at):
            try:
                status = attempt()
            except (ServiceError, UnknownOutcomeError, UsageError) as failed:
                fault = failed
                continue
            if status is None or not status.said.made - SKEW <= at <= status.said.until + SKEW:
                fault = Said("STATUS_UNUSABLE" if status is None else "STATUS_STALE")
            elif status.said.made >= since or status.encoded not in self._trust.crls:
                return status
            else:
                older.append(status)
        if older:
            return max(older, key=lambda status: status.said.made)
        return SigningError("EVIDENCE_STATUS", name=name_of_subject(step[0]), reason=fault)

    def _attempts(self, step: tuple[bytes, bytes], at: datetime) -> Iterator[Callable[[], _Status | None]]:
        for encoded in self._trust.crls:
            yield partial(self._by_list, step, encoded)
        for address in answer_addresses(_load(step[0])):
            yield partial(self._ask, step, address)
        for address in list_addresses(_load(step[0])):
            yield partial(self._look_up, step, address, at)

    def _by_list(self, step: tuple[bytes, bytes], encoded: bytes) -> _Status | None:
        said = self._library.by_list(encoded, *map(_load, step))
        return _Status(encoded, is_list=True, said=said) if said else None

    def _ask(self, step: tuple[bytes, bytes], address: str) -> _Status | None:
        certificate, issuer = map(_load, step)
        encoded = self._fetch(address, build_question(certificate, issuer), MAX_ANSWER_BYTES)
        said = next(iter(self._library.by_answer(encoded, certificate, issuer)), None)
        return _Status(encoded, is_list=False, said=said) if said else None

    def _look_up(self, step: tuple[bytes, bytes], address: str, at: datetime) -> _Status | None:
        known = self._lists.get(address)
        if known is None or known[1] < at:
            known = self._lists[address] = self._fetch(address, None, MAX_LIST_BYTES), at
        return self._by_list(step, known[0])


@lru_cache(maxsize=1024)
def _load(certificate: bytes) -> x509.Certificate:
    return x509.load_der_x509_certificate(certificate)


@lru_cache(maxsize=4096)
def _is_above(issuer: bytes, certificate: bytes) -> bool:
    return has_issued(issuer, certificate)
