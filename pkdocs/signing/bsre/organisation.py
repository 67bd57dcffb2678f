"""An organisation's electronic seal at BSrE (version 2 alone): invisible, with a one-time password for each call."""

import time
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from pkdocs.errors import CredentialError, PkdocsError, ServiceError, SigningError, UnknownOutcomeError
from pkdocs.outcome import Outcome
from pkdocs.signing.bsre.account import Account, Subscriber
from pkdocs.signing.bsre.answer import read_json
from pkdocs.signing.bsre.call import Call
from pkdocs.signing.bsre.client import Client
from pkdocs.signing.bsre.holder import FILES_A_CALL, Acceptance, BsreHolder, current, origin_of
from pkdocs.signing.bsre.v2 import hand_over
from pkdocs.signing.bsre.version import Version
from pkdocs.signing.holder import Task
from pkdocs.transport import Service

_MAX_BYTES: Final = 100_000


def open_seal(
    service: Service,
    *,
    account: Account,
    number: str,
    activation: str,
    certificates: Collection[bytes],
    accept: Acceptance,
    at: datetime,
    files_a_call: int = FILES_A_CALL,
    pause: Callable[[float], None] = time.sleep,
) -> BsreHolder:
    """Return the holder of an organisation's seal; the field and the stamp of its tasks are not looked at.

    ``number`` (``idSubscriber``) and the one-time password of the ``activation`` come from the service's
    administrator. The service must append to files without a signature: one that writes them anew cannot seal.
    Nothing is asked before the first document, since no question is known that changes nothing.

    Raises:
        CredentialError: number or activation is empty, or no certificate of the organisation is enrolled.
    """
    subscriber = Subscriber(number, activation)
    return BsreHolder(
        certificate=current(certificates, at),
        person="",
        origin=origin_of(service, Version.V2),
        batch=files_a_call,
        _prepare=partial(Call, shown=None),
        _send=partial(_seal, Client(service, account, pause), subscriber),
        _accept=accept,
    )


def _seal(client: Client, subscriber: Subscriber, calls: Sequence[Call]) -> list[Outcome[Task, bytes]]:
    try:
        password = _one_time_password(client, subscriber, len(calls))
    except PkdocsError as error:
        return [Outcome(call.task, error=error) for call in calls]
    secrets = {"idSubscriber": subscriber.number, "totp": password}
    return [_reword(outcome) for outcome in hand_over(client, "/api/v2/seal/pdf", secrets, calls)]


def _one_time_password(client: Client, subscriber: Subscriber, count: int) -> str:
    """Return the password for ``count`` documents.

    Raises:
        CredentialError: the service gives none.
        ServiceError: it did not answer; nothing was sealed.
    """
    host = client.service.host
    asked = {"idSubscriber": subscriber.number, "totp": subscriber.activation, "data": count}
    try:
        reply = client.post_json("/api/v2/seal/get/totp", asked, limit=_MAX_BYTES)
    except UnknownOutcomeError as fault:
        raise ServiceError("BSRE_SEAL_SILENT", host=host) from fault
    password = _password_in(read_json(reply.body))
    if reply.status != 200 or not password:
        raise CredentialError("BSRE_SEAL_REFUSED", host=host)
    return password


def _password_in(answer: dict[str, Any]) -> str:
    """Return the password, which stands in the answer itself or in its ``data``; empty where there is none."""
    inner = answer.get("data")
    password = answer.get("totp", inner.get("totp") if isinstance(inner, dict) else None)
    return password if isinstance(password, str) else ""


def _reword(outcome: Outcome[Task, bytes]) -> Outcome[Task, bytes]:
    """Return ``outcome``; where the service wrote a file anew, to seal it first is no advice here."""
    error = outcome.error
    if error is None or error.code != "BSRE_REWRITTEN":
        return outcome
    return Outcome(outcome.key, error=SigningError("BSRE_SEAL_REWRITTEN", error.params))
