"""The CSC API, version 2 (Cloud Signature Consortium, API specifications, 2.0.0.2; 2.1 and 2.2 number some clauses
otherwise).
"""

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from pkdocs.errors import CredentialError
from pkdocs.signing.csc.answer import Answer, plain
from pkdocs.signing.csc.client import Client
from pkdocs.signing.csc.credential import SHA256, Factor, Kind

_TYPED: Final = "Password"
_CHALLENGE: Final = "ChallengeResponse"
_CODE_NAME: Final = re.compile("otp", re.IGNORECASE)
_EXPRESSION: Final = re.compile(r"[^\s()]+")


class ClientV2(Client):
    """A service of version 2: what is typed are authentication objects (8.3.1), named by the credential."""

    version = "v2"
    prefix = "/csc/v2/"
    list_question: ClassVar[Mapping[str, object]] = {"onlyValid": True}
    digests_field = "hashes"
    digest_algorithm_field = "hashAlgorithmOID"
    code_method = "credentials/getChallenge"
    code_field = "authObjectID"

    def write_bound(self, digests: Sequence[bytes]) -> Mapping[str, object]:
        """Return the digests with their algorithm, which version 2 wants beside them (11.6)."""
        return {**super().write_bound(digests), self.digest_algorithm_field: SHA256}

    def read_factors(self, answer: Answer) -> tuple[Factor, ...]:
        """Return the authentication objects (11.5: ``auth/mode``, ``auth/expression``, ``auth/objects``).

        At most one PIN and one one-time code, both needed; what is answered out of band is not supported.

        Raises:
            CredentialError: authorisation by browser (``oauth2code``), or objects of other kinds or combinations.
        """
        mode = answer.text("auth/mode")
        if mode != "explicit":
            raise CredentialError("CSC_AUTH_MODE", host=self.host, mode=plain(mode or "-"))
        factors = tuple(self._read_factor(entry) for entry in answer.objects("auth/objects"))
        operators = set(_EXPRESSION.findall(answer.text("auth/expression") or "")) - {entry.id for entry in factors}
        if len({entry.kind for entry in factors}) < len(factors) or not operators <= {"AND"}:
            raise CredentialError("CSC_AUTH_OBJECTS", host=self.host)
        return factors

    def _read_factor(self, entry: Answer) -> Factor:
        kind, identity = entry.text("type"), entry.text("id")
        if identity and kind == _CHALLENGE:
            return Factor(Kind.CODE, identity, is_sent=True)
        if not identity or kind != _TYPED:
            raise CredentialError("CSC_AUTH_OBJECTS", host=self.host)
        is_code = entry.text("generator") is not None or _CODE_NAME.search(identity)
        return Factor(Kind.CODE if is_code else Kind.PIN, identity)

    def write_typed(self, typed: Mapping[Factor, str]) -> Mapping[str, object]:
        """Return ``authData`` (11.6), absent where nothing has to be typed."""
        data = [{"id": factor.id, "value": value} for factor, value in typed.items()]
        return {"authData": data} if data else {}
