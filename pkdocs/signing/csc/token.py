"""A token by which a CSC service knows its caller, from its OAuth 2.0 server."""

from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from pkdocs.errors import CredentialError, ServiceError, UnknownOutcomeError
from pkdocs.signing.csc.answer import read_answer
from pkdocs.transport import Service

_MAX_ANSWER_BYTES: Final = 1_000_000


def request_token(server: Service, *, client_id: str, client_secret: str) -> str:
    """Return a token of scope ``service`` by client credentials (RFC 6749, 4.4; CSC API 2.0.0.2, 8.4.4).

    ``server`` has the base address that ``info`` calls ``oauth2``; ``oauth2/token`` is added. The token is for the
    length of one run: it is not renewed.

    Raises:
        CredentialError: client or secret are refused.
        ServiceError: not reached, no answer, or none with a token.
    """
    fields = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
    body = urlencode({**fields, "scope": "service"}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    try:
        reply = server.send("POST", "/oauth2/token", body=body, headers=headers, limit=_MAX_ANSWER_BYTES)
    except UnknownOutcomeError as fault:
        raise ServiceError("CSC_SILENT", host=server.host, method="oauth2/token") from fault
    if HTTPStatus.BAD_REQUEST <= reply.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        raise CredentialError("CSC_CLIENT", host=server.host)
    answer = read_answer(server.host, reply.body)
    token = answer.text("access_token") if answer is not None and reply.status == HTTPStatus.OK else None
    if not token:
        raise ServiceError("CSC_ANSWER", host=server.host, place="access_token")
    return token
