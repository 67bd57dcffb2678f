"""Version 1 of the service: multipart, one document a call, the signed PDF as the answer's body."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from pkdocs.errors import PkdocsError, ServiceError, SigningError, UnknownOutcomeError
from pkdocs.outcome import Outcome
from pkdocs.signing.bsre.account import Account, Signatory
from pkdocs.signing.bsre.answer import error_of
from pkdocs.signing.bsre.call import Call, Shown, is_whole, match
from pkdocs.signing.bsre.client import Client
from pkdocs.signing.holder import Task
from pkdocs.transport import Service, multipart

_FILE: Final = "dokumen.pdf"
_PICTURE: Final = "tampilan.png"
_KEPT: Final = "id_dokumen"
_NUMBER: Final = re.compile(r"[0-9A-Za-z_-]{1,128}")


def sign_one(client: Client, signatory: Signatory, call: Call) -> Outcome[Task, bytes]:
    """Return what the service makes of one document: the signed file begins with the bytes sent.

    An ``UnknownOutcomeError`` has the param ``document`` where the service said under which number it keeps the file.
    """
    heads: list[Mapping[str, str]] = []
    try:
        return Outcome(call.task, _ask(client, signatory, call, heads))
    except UnknownOutcomeError as error:
        number = _kept_under(heads, signatory)
        kept = UnknownOutcomeError("BSRE_KEPT", host=client.service.host, document=number)
        return Outcome(call.task, error=kept if number else error)
    except PkdocsError as error:
        return Outcome(call.task, error=error)


def _ask(client: Client, signatory: Signatory, call: Call, heads: list[Mapping[str, str]]) -> bytes:
    body, kind = multipart(_fields(signatory, call), _files(call))
    reply = client.ask("POST", "/api/sign/pdf", body=body, kind=kind, seen=heads.append)
    host = client.service.host
    if reply.status != 200 or not reply.body.startswith(b"%PDF-"):
        raise error_of(reply, host=host, count=1)
    if not is_whole(reply.body):
        raise UnknownOutcomeError("BSRE_ANSWER_BROKEN", host=host, status=reply.status)
    (continued,) = match([call.task.pdf], [reply.body])
    if continued is None:
        raise SigningError("BSRE_REWRITTEN", host=host)
    return continued


def _kept_under(heads: Sequence[Mapping[str, str]], signatory: Signatory) -> str:
    """Return the number that the last answer gave; empty without one, or if it is none for a receipt."""
    number = heads[-1].get(_KEPT, "") if heads else ""
    return number if _NUMBER.fullmatch(number) and signatory.nik not in number else ""


def _fields(signatory: Signatory, call: Call) -> dict[str, str]:
    secrets = {"nik": signatory.nik, "passphrase": signatory.passphrase}
    if call.shown is None:
        # an invisible signature takes nothing else
        return secrets | {"tampilan": "invisible"}
    said = {"reason": call.task.reason} | ({"location": call.task.location} if call.task.location else {})
    return secrets | said | _box(call.shown)


def _box(shown: Shown) -> dict[str, str]:
    place = shown.place
    return {
        "tampilan": "visible",
        "image": "true",
        "page": str(place.page),
        "xAxis": str(place.x),
        "yAxis": str(place.y),
        "width": str(place.width),
        "height": str(place.height),
    }


def _files(call: Call) -> dict[str, tuple[str, str, bytes]]:
    document = {"file": (_FILE, "application/pdf", call.task.pdf)}
    return document | ({"imageTTD": (_PICTURE, "image/png", call.shown.picture)} if call.shown else {})


def fetch_signed(service: Service, account: Account, document: str) -> bytes:
    """Return the file that the service keeps under the number ``document``; it gives each once only.

    What comes is to be accepted like any file from outside. This needs neither NIK nor pass phrase.

    Raises:
        CredentialError: the account is refused.
        ServiceError: not a number, not reached, or nothing there, or no more.
        UnknownOutcomeError: no whole file came; asking again is in vain.
    """
    if not _NUMBER.fullmatch(document):
        raise ServiceError("BSRE_NOTHING_KEPT", host=service.host)
    try:
        reply = Client(service, account).ask("GET", f"/api/sign/download/{document}")
    except UnknownOutcomeError as fault:
        raise UnknownOutcomeError("BSRE_FETCH_BROKEN", host=service.host) from fault
    if 300 <= reply.status < 500:
        raise ServiceError("BSRE_NOTHING_KEPT", host=service.host)
    if reply.status != 200 or not is_whole(reply.body):
        raise UnknownOutcomeError("BSRE_FETCH_BROKEN", host=service.host)
    return reply.body
