"""Whether the certificates on a path were revoked at a time, by what is at hand (ETSI EN 319 102-1, 5.2.5, 5.6.2.1)."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain, pairwise
from typing import Final

from pkdocs.verification.container import certificate_of
from pkdocs.verification.evidence import Evidence, Library, Statement
from pkdocs.verification.finding import Finding, Step, Sub, Weight, find

_MOST_SAID: Final = 1024


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
        # of authorities and lists the same is asked for every file
        self._said = lru_cache(maxsize=_MOST_SAID)(self._statements)

    def findings(self, path: tuple[bytes, ...], moment: datetime, known: tuple[Known, ...]) -> tuple[Finding, ...]:
        """Return what speaks against ``path`` (DER), from the anchor down, at ``moment``, the heaviest first.

        Revoked by then, or not shown not to be: unknown. Revoked later: a note. The anchor is not asked about.
        """
        found: list[tuple[int, Finding]] = []
        believed_until = certificate_of(path[0]).not_valid_after_utc
        for issuer, below in pairwise(path):
            # what the file brings must have been there while the issuer was believed: who has a key that ended can
            # say anything of any time; the trust file is vouched for by who pins it
            brought = [one.evidence for one in known if one.since <= believed_until]
            lists, answers = (one.lists for one in brought), (one.answers for one in brought)
            said = self._said(below, issuer, tuple(lists), tuple(answers))
            ends = certificate_of(below).not_valid_after_utc
            since = min((one.revoked for one in said if one.revoked), default=None)
            if since is not None and since <= moment:
                found.append((0, _revoked(since, is_authority=below is not path[-1])))
            elif not any(one.speaks_of(moment, ends) for one in said):
                found.append((1, _unknown("CERTIFICATE_STATUS_UNKNOWN", Sub.TRY_LATER)))
            elif since is not None:
                found.append((2, _revoked_later(since)))
            believed_until = min(ends, since or ends)
        return tuple(finding for _, finding in sorted(found, key=lambda one: one[0]))

    def _statements(
        self, below: bytes, issuer: bytes, lists: tuple[tuple[bytes, ...], ...], answers: tuple[tuple[bytes, ...], ...]
    ) -> tuple[Statement, ...]:
        """Return what was said of ``below`` up to the time of judging, by the trust file and what a file brings."""
        pair = certificate_of(below), certificate_of(issuer)
        said = [self._library.by_list(entry, *pair) for entry in dict.fromkeys((*self._lists, *chain(*lists)))]
        said += [one for entry in dict.fromkeys(chain(*answers)) for one in self._library.by_answer(entry, *pair)]
        return tuple(one for one in said if one is not None and one.made <= self._at)


def _revoked(since: datetime, *, is_authority: bool) -> Finding:
    sub = Sub.REVOKED_CA_NO_POE if is_authority else Sub.REVOKED_NO_POE
    return _unknown("CERTIFICATE_REVOKED", sub, day=f"{since:%Y-%m-%d}")


def _revoked_later(since: datetime) -> Finding:
    return find("CERTIFICATE_REVOKED_LATER", Step.CERTIFICATES, Weight.NOTE, day=f"{since:%Y-%m-%d}")


def _unknown(code: str, sub: Sub, **params: str) -> Finding:
    return Finding.of(code, Step.CERTIFICATES, Weight.UNKNOWN, params, sub=sub)
