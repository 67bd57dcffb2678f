"""What evidence records are worth: each timestamp judged at the time of the one that renews it (RFC 4998, 5.3)."""

from datetime import datetime
from typing import Final

from pkdocs.messages import Said
from pkdocs.verification.algorithms import Policy
from pkdocs.verification.attestation import Attestation
from pkdocs.verification.authority import AuthorityJudge
from pkdocs.verification.certificates import When
from pkdocs.verification.finding import Finding, Step, Weight, find
from pkdocs.verification.token import Token

_LAPSED: Final = frozenset({"ALGORITHM_LAPSED", "CERTIFICATE_EXPIRED", "AUTHORITY_OUT_OF_DATE"})
"""What a renewal that came too late looks like, or one that never came."""
_KEPT: Final = 1024

_Tokens = tuple[tuple[str, tuple[Token, ...]], ...]


class RecordJudge:
    """Judges records at the moment ``at``; the tokens that thousands of records share once."""

    def __init__(self, authorities: AuthorityJudge, policy: Policy, at: datetime) -> None:
        self._authorities = authorities
        self._policy = policy
        self._at = at
        self._known: dict[_Tokens, tuple[Token | None, tuple[tuple[str, str], ...]]] = {}

    def judge(self, record: Attestation) -> tuple[Token | None, tuple[Finding, ...]]:
        """Return the first token of ``record`` that is believed, None if none is, and what is wrong with others.

        From the last to the first: the last one is judged at the time of judging, each one before at that of the
        next that is believed. Renewals made after the time of judging are left aside. What one token covers, all
        after it cover too, so a gap costs what lies before it alone.
        """
        tokens = tuple((chain.hashing, chain.tokens) for chain in record.chains)
        if tokens not in self._known:
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[tokens] = self._judge(tokens)
        first, doubts = self._known[tokens]
        return first, tuple(_finding(code, cause, record.name) for code, cause in doubts)

    def _judge(self, chains: _Tokens) -> tuple[Token | None, tuple[tuple[str, str], ...]]:
        first: Token | None = None
        doubts: list[tuple[str, str]] = []
        for hashing, tokens in reversed(chains):
            made = [token for token in tokens if token.time <= self._at]
            until = self._policy.digest_until(hashing)
            if until is None or until < (first.latest if first else self._at):
                # whoever can make two files of one hash can say anything of what lies below
                doubts.append(("RECORD_LAPSED", hashing))
                break
            for token in reversed(made):
                cause = self._authorities.doubt(token, When(first.latest if first else None))
                if cause is None:
                    first = token
                else:
                    doubts.append(("RECORD_LAPSED" if cause in _LAPSED else "RECORD_NOT_BELIEVED", cause))
        if first is None and not doubts:
            doubts.append(("RECORD_LATER", ""))
        return first, tuple(dict.fromkeys(doubts))


def _finding(code: str, cause: str, name: str) -> Finding:
    return find(code, Step.CERTIFICATES, Weight.WARNING, cause=cause, record=name)


def name_of_record(name: str) -> Said:
    """Return what findings call the evidence record in the file ``name``, in the place of a role."""
    return Said("EVIDENCE_RECORD", (("record", name),))
