"""Whether a timestamp's authority is believed, at the time that is proven for the token."""

from datetime import datetime
from typing import Final

from pkdocs.trust import Purpose, Trust
from pkdocs.verification.algorithms import policy_of
from pkdocs.verification.certificates import CertificateJudge, When
from pkdocs.verification.evidence import Library
from pkdocs.verification.finding import Weight
from pkdocs.verification.token import Token

_HEAVY: Final = frozenset({Weight.FAIL, Weight.UNKNOWN})


class AuthorityJudge:
    """Judges the authorities of timestamps by one trust file at one time."""

    def __init__(self, trust: Trust, at: datetime, library: Library) -> None:
        self._at = at
        self._policy = policy_of(trust)
        self._certificates = CertificateJudge(trust, Purpose.TIMESTAMPS, at, library)

    def doubt(self, token: Token, when: When) -> str | None:
        """Return the code of what speaks against ``token``, which was there ``when``; None if it is believed."""
        until = self._policy.until(token.digest, token.key)
        if until is None:
            return "ALGORITHM_WEAK"
        if until < (when.proven or self._at):
            return "ALGORITHM_LAPSED"
        found = self._certificates.judge(token.certificate, token.chain, when).findings
        return next((one.code for one in found if one.weight in _HEAVY), None)
