"""The organisation's seal: an invisible signature without a lock, first after the issued revision (docs/chain.md, 2).

Who signs later at a service that writes unsigned files anew gets a file that must be appended to.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from pkdocs.errors import SigningError
from pkdocs.profile import Zone
from pkdocs.signing.appearance import Stamp
from pkdocs.signing.dictionary import moment, unlocked_entries
from pkdocs.signing.edits import Edits
from pkdocs.signing.form import SignedForm
from pkdocs.signing.holder import Task
from pkdocs.signing.reserved import Reserved, reserve, signature_body
from pkdocs.signing.source import read_source
from pkdocs.verification.updates import SEAL

_FIELD: Final = b"<< /Type /Annot /Subtype /Widget /FT /Sig /F 132 /Rect [0 0 0 0] /T (%b) /V %d 0 R >>"


def seal_task(form: SignedForm, pdf: bytes, *, at: datetime, zone: Zone, training: bool) -> Task:
    """Return what a holder of the organisation's key is given to seal ``pdf``, which was read as ``form``.

    Raises:
        SigningError: sealed already, or somebody has signed: a seal comes first.
    """
    content = form.content
    if form.seal is not None:
        raise SigningError("SEAL_ALREADY", id=content.id)
    if form.signatures or form.stamps or form.evidence:
        raise SigningError("SEAL_TOO_LATE", id=content.id)
    stamp = Stamp(content.organisation.name, "", at.astimezone(zone.info), zone, training)
    return Task(content.id, pdf, SEAL, stamp, content.place, f"segel elektronik {content.id}")


def reserve_seal(task: Task, *, size: int) -> Reserved:
    """Return the revision that seals the file of ``task``, with room for a signature of ``size`` bytes.

    Raises:
        SigningError: the file has not the form that such a revision can follow.
    """
    with _regular():
        source = read_source(task.pdf)
        value = source.tail.size
        edits = Edits(source)
        edits.add_field(value + 1)
        entries = unlocked_entries(
            moment(task.stamp.at), name=task.stamp.name, location=task.location, reason=task.reason
        )
        field = _FIELD % (SEAL.encode("ascii"), value)
        objects = {value: signature_body(entries, size), value + 1: field, **edits.objects}
        return reserve(task.hashed or hashlib.sha256(task.pdf), source.tail, objects, value, size)


@contextmanager
def _regular() -> Iterator[None]:
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        # catalog and form are whatever somebody wrote
        raise SigningError("SIGN_DAMAGED") from fault
