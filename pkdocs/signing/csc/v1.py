"""The CSC API, version 1 (Cloud Signature Consortium, Architectures and protocols for remote signature applications,
1.0.4.0).
"""

from collections.abc import Mapping
from typing import ClassVar, Final

from pkdocs.errors import CredentialError
from pkdocs.signing.csc.answer import Answer, plain
from pkdocs.signing.csc.client import Client
from pkdocs.signing.csc.credential import Factor, Kind

_ONLINE: Final = "online"


class ClientV1(Client):
    """A service of version 1: PIN and OTP are fields of their own, and an online OTP is asked for (11.8)."""

    version = "v1"
    prefix = "/csc/v1/"
    list_question: ClassVar[Mapping[str, object]] = {}
    digests_field = "hash"
    digest_algorithm_field = "hashAlgo"
    code_method = "credentials/sendOTP"

    def read_factors(self, answer: Answer) -> tuple[Factor, ...]:
        """Return PIN and OTP where they are required, not where optional (11.5: ``authMode``, ``PIN``, ``OTP``).

        Raises:
            CredentialError: authorisation by browser (``oauth2code``), or another.
        """
        mode = answer.text("authMode")
        if mode == "implicit":
            return ()
        if mode != "explicit":
            raise CredentialError("CSC_AUTH_MODE", host=self.host, mode=plain(mode or "-"))
        wanted = [kind for kind in Kind if answer.text(f"{kind}/presence") == "true"]
        is_sent = answer.text("OTP/type") == _ONLINE
        return tuple(Factor(kind, kind.value, is_sent=is_sent and kind is Kind.CODE) for kind in wanted)

    def write_typed(self, typed: Mapping[Factor, str]) -> Mapping[str, object]:
        """Return ``PIN`` and ``OTP`` (11.6)."""
        return {factor.id: value for factor, value in typed.items()}
