"""Whether BSrE lets somebody sign: the state of his certificate there."""

from typing import Final

from pkdocs.errors import CredentialError, ServiceError, UnknownOutcomeError
from pkdocs.signing.bsre.account import Signatory
from pkdocs.signing.bsre.answer import credential_error, read_json
from pkdocs.signing.bsre.client import Client
from pkdocs.signing.bsre.version import Version
from pkdocs.transport import Reply

_MAX_BYTES: Final = 100_000
_MAY_SIGN: Final = "ISSUE"
_OTHERS: Final = frozenset(
    {
        "BSRE_STATE_EXPIRED",
        "BSRE_STATE_RENEW",
        "BSRE_STATE_WAITING_FOR_VERIFICATION",
        "BSRE_STATE_NEW",
        "BSRE_STATE_NO_CERTIFICATE",
        "BSRE_STATE_NOT_REGISTERED",
        "BSRE_STATE_SUSPEND",
        "BSRE_STATE_REVOKE",
    }
)
"""A code for each state that may not sign; the state's name is its end."""


def demand_certificate(client: Client, version: Version, signatory: Signatory) -> None:
    """Pass a person whose certificate may sign; asking changes nothing.

    Raises:
        CredentialError: the account is refused, or the state is another than ISSUE: each has its own code.
        ServiceError: no answer, or none that says a state.
    """
    host = client.service.host
    try:
        reply = _ask(client, version, signatory)
    except UnknownOutcomeError as fault:
        # nothing was to be done, so nothing is unknown
        raise ServiceError("BSRE_STATE_SILENT", host=host) from fault
    answer = read_json(reply.body)
    state = answer.get("status")
    if reply.status == 200 and state == _MAY_SIGN:
        return
    if (code := f"BSRE_STATE_{state}") in _OTHERS:
        raise CredentialError(code, host=host)
    raise credential_error(answer, host=host) or ServiceError("BSRE_STATE_UNCLEAR", host=host, status=reply.status)


def _ask(client: Client, version: Version, signatory: Signatory) -> Reply:
    if version is Version.V1:
        return client.ask("GET", f"/api/user/status/{signatory.nik}", limit=_MAX_BYTES)
    return client.post_json("/api/v2/user/check/status", {"nik": signatory.nik}, limit=_MAX_BYTES)
