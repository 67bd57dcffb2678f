"""Whether the certificates on a path were revoked at a time, by what is at hand (ETSI EN 319 102-1, 5.2.5, 5.6.2.1)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from cryptography import x509

from pkdocs.verification.evidence import Evidence, Library, Statement
from pkdocs.verification.finding import Finding, Step, Sub, Weight, find


@dataclass(frozen=True, slots=True)
class Known:
    """Evidence that a file brings, and a moment by which it is proven to have been there."""

    evidence: Evidence
    since: datetime


class RevocationJudge:
    """Judges by the trust file's ``lists`` (DER) and what a file brings, as far as it was said up to ``at``."""

    def __init__(self, lists: tuple[bytes, ...], at: datetime, library: Library) -> None:
        self._lists = lists
        self._at = at
        self._library = library

    def findings(
        self, path: tuple[x509.Certificate, ...], moment: datetime, known: tuple[Known, ...]
    ) -> tuple[Finding, ...]:
        """Return what speaks against ``path``, from the anchor down, at ``moment``, the heaviest first.

        Revoked by then, or not shown not to be: unknown. Revoked later: a note. The anchor is not asked about.
        """
        found: list[tuple[int, Finding]] = []
        believed_until = path[0].not_valid_after_utc
        for issuer, below in pairwise(path):
            said = tuple(self._statements(below, issuer, known, believed_until))
            since = min((one.revoked for one in said if one.revoked), default=None)
            if since is not None and since <= moment:
                found.append((0, _revoked(since, is_authority=below is not path[-1])))
            elif not any(one.speaks_of(moment, below.not_valid_after_utc) for one in said):
                found.append((1, _unknown("CERTIFICATE_STATUS_UNKNOWN", Sub.TRY_LATER)))
            elif since is not None:
                found.append((2, _revoked_later(since)))
            believed_until = min(below.not_valid_after_utc, since or below.not_valid_after_utc)
        return tuple(finding for _, finding in sorted(found, key=lambda one: one[0]))

    def _statements(
        self, certificate: x509.Certificate, issuer: x509.Certificate, known: tuple[Known, ...], until: datetime
    ) -> Iterator[Statement]:
        """Yield what was said of ``certificate`` up to the time of judging.

        What the file brings must have been there while the issuer was believed, ``until`` then: who has a key that
        ended can say anything of any time. The trust file is vouched for by who pins it.
        """
        brought = [one.evidence for one in known if one.since <= until]
        lists = (*self._lists, *(entry for evidence in brought for entry in evidence.lists))
        answers = (entry for evidence in brought for entry in evidence.answers)
        said = [self._library.by_list(entry, certificate, issuer) for entry in dict.fromkeys(lists)]
        said += [one for entry in dict.fromkeys(answers) for one in self._library.by_answer(entry, certificate, issuer)]
        yield from (one for one in said if one is not None and one.made <= self._at)


def _revoked(since: datetime, *, is_authority: bool) -> Finding:
    sub = Sub.REVOKED_CA_NO_POE if is_authority else Sub.REVOKED_NO_POE
    return _unknown("CERTIFICATE_REVOKED", sub, day=f"{since:%Y-%m-%d}")


def _revoked_later(since: datetime) -> Finding:
    return find("CERTIFICATE_REVOKED_LATER", Step.CERTIFICATES, Weight.NOTE, day=f"{since:%Y-%m-%d}")


def _unknown(code: str, sub: Sub, **params: str) -> Finding:
    return Finding.of(code, Step.CERTIFICATES, Weight.UNKNOWN, params, sub=sub)
