"""Somebody's key at BSrE: opened for a batch with NIK and pass phrase."""

import time
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import partial

from pkdocs.errors import SigningError
from pkdocs.outcome import Outcome
from pkdocs.signing.bsre.account import Account, Signatory
from pkdocs.signing.bsre.call import Call, Shown
from pkdocs.signing.bsre.client import Client
from pkdocs.signing.bsre.holder import FILES_A_CALL, Acceptance, BsreHolder, current, origin_of
from pkdocs.signing.bsre.picture import Appearance, draw_stamp
from pkdocs.signing.bsre.slot import place, read_slot
from pkdocs.signing.bsre.state import demand_certificate
from pkdocs.signing.bsre.v1 import sign_one
from pkdocs.signing.bsre.v2 import sign_several
from pkdocs.signing.bsre.version import Version
from pkdocs.signing.holder import Task
from pkdocs.transport import Service


def open_bsre(
    service: Service,
    *,
    version: Version,
    account: Account,
    nik: str,
    passphrase: str,
    certificates: Collection[bytes],
    person: str,
    appearance: Appearance,
    accept: Acceptance,
    appends: bool,
    at: datetime,
    files_a_call: int = FILES_A_CALL,
    pause: Callable[[float], None] = time.sleep,
) -> BsreHolder:
    """Return the holder of ``person``, whose certificate the service says may sign.

    ``certificates`` (DER) are those that enrolment has of this person; the newest in date ``at`` that moment is shown,
    while ``accept`` decides which a signature may have. ``appends``: the service is known to append to files that bear
    no signature; otherwise such a file is refused before it is sent. v1 takes one file a call whatever
    ``files_a_call`` says. ``pause`` waits for some seconds, where the service says that it is busy.

    Raises:
        CredentialError: a NIK that is none, no certificate enrolled, the account refused, or a certificate that may
            not sign: expired, suspended, revoked, not there.
        ServiceError: not reached, or no answer that says the state.
    """
    signatory = Signatory(nik, passphrase)
    certificate = current(certificates, at)
    client = Client(service, account, pause)
    demand_certificate(client, version, signatory)
    return BsreHolder(
        certificate=certificate,
        person=person,
        origin=origin_of(service, version),
        batch=1 if version is Version.V1 else files_a_call,
        _prepare=partial(_call, version=version, appearance=appearance, appends=appends),
        _send=partial(_sign_each if version is Version.V1 else sign_several, client, signatory),
        _accept=accept,
    )


def _call(task: Task, *, version: Version, appearance: Appearance, appends: bool) -> Call:
    """Return the call for one document.

    Raises:
        SigningError: damaged, or without any signature where the service could rewrite it.
    """
    slot = read_slot(task.pdf, task.field)
    if not (slot.is_signed or appends):
        raise SigningError("BSRE_SEAL_FIRST", id=task.id)
    if not appearance.is_visible:
        return Call(task, None)
    box = place(slot, version)
    return Call(task, Shown(box, draw_stamp(task.stamp, appearance, width=box.width, height=box.height)))


def _sign_each(client: Client, signatory: Signatory, calls: Sequence[Call]) -> list[Outcome[Task, bytes]]:
    return [sign_one(client, signatory, call) for call in calls]
