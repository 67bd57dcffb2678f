"""Version 2 of the service: JSON with Base64, several documents a call."""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pkdocs.errors import PkdocsError, SigningError, UnknownOutcomeError
from pkdocs.outcome import Outcome
from pkdocs.signing.bsre.account import Signatory
from pkdocs.signing.bsre.answer import credential_error, error_of, read_json
from pkdocs.signing.bsre.call import Call, continues, is_whole, match
from pkdocs.signing.bsre.client import Client
from pkdocs.signing.holder import Task
from pkdocs.transport import Reply


def sign_several(client: Client, signatory: Signatory, calls: Sequence[Call]) -> list[Outcome[Task, bytes]]:
    """Return what the service makes of documents that are handed over together, in their order.

    A returned file belongs to the document whose bytes it begins with; what is left without one is unknown.
    """
    return hand_over(client, "/api/v2/sign/pdf", {"nik": signatory.nik, "passphrase": signatory.passphrase}, calls)


def hand_over(
    client: Client, path: str, secrets: Mapping[str, str], calls: Sequence[Call]
) -> list[Outcome[Task, bytes]]:
    """Return what comes of ``calls`` in the name of whoever the ``secrets`` are, as ``sign_several`` does."""
    tasks = [call.task for call in calls]
    documents = {
        "signatureProperties": [_properties(call) for call in calls],
        "file": [_encode(call.task.pdf) for call in calls],
    }
    try:
        reply = client.post_json(path, {**secrets, **documents})
        return list(_assign(tasks, reply, client.service.host))
    except PkdocsError as error:
        return [Outcome(task, error=error) for task in tasks]


def _properties(call: Call) -> dict[str, Any]:
    said = {"reason": call.task.reason} | ({"location": call.task.location} if call.task.location else {})
    if call.shown is None:
        return said | {"tampilan": "INVISIBLE"}
    place = call.shown.place
    return said | {
        "tampilan": "VISIBLE",
        "imageBase64": _encode(call.shown.picture),
        "page": place.page,
        "originX": place.x,
        "originY": place.y,
        "width": place.width,
        "height": place.height,
    }


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _assign(tasks: Sequence[Task], reply: Reply, host: str) -> Iterator[Outcome[Task, bytes]]:
    answer = read_json(reply.body)
    listed = answer.get("file")
    if reply.status != 200 or not isinstance(listed, list):
        raise error_of(reply, host=host, count=len(tasks))
    returned = list(_decode(listed))
    sent = [task.pdf for task in tasks]
    left = _unmatched(answer, sent, returned, host)
    for task, signed in zip(tasks, match(sent, returned), strict=True):
        yield Outcome(task, signed) if signed is not None else Outcome(task, error=left)


def _decode(listed: Sequence[object]) -> Iterator[bytes]:
    """Yield the whole files among what the answer lists."""
    for entry in listed:
        try:
            file = base64.b64decode(entry, validate=True) if isinstance(entry, str) else b""
        except (binascii.Error, ValueError):
            continue
        if is_whole(file):
            yield file


def _unmatched(answer: dict[str, Any], sent: Sequence[bytes], returned: Sequence[bytes], host: str) -> PkdocsError:
    """Return what is said of a document for which no file came."""
    against = credential_error(answer, host=host)
    if against:
        return against
    if len(returned) == len(sent) and not any(continues(file, before) for file in returned for before in sent):
        # as many files as were sent, and none continues any of them: whichever belongs to which, none can be kept
        return SigningError("BSRE_REWRITTEN", host=host)
    return UnknownOutcomeError("BSRE_UNMATCHED", host=host, sent=len(sent), returned=len(returned))
