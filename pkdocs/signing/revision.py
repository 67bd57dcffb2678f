"""One revision that signs: a signature in a field that is there and empty, with its appearance, and nothing else."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Protocol

from pkdocs.errors import SigningError
from pkdocs.signing.appearance import appearance_objects
from pkdocs.signing.dictionary import moment, signature_entries
from pkdocs.signing.holder import Hash, Task
from pkdocs.signing.increment import Tail, number_objects, read_tail
from pkdocs.signing.objects import IrregularError, Objects
from pkdocs.signing.reserved import Reserved, reserve, signature_body
from pkdocs.signing.seal import reserve_seal
from pkdocs.signing.slot import Slot, empty_slot
from pkdocs.verification.updates import SEAL


class Unsigned(Protocol):
    """A file that lacks nothing but its last signature."""

    @property
    def digest(self) -> bytes:
        """SHA-256 of all that the signature covers."""

    def fill(self, container: bytes) -> bytes:
        """Return the file with its signature.

        Raises:
            ValueError: ``container`` is larger than what is kept for it.
        """


@dataclass(frozen=True, slots=True)
class _Joined:
    """The file as it was, and the revision that will follow."""

    pdf: bytes = field(repr=False)
    reserved: Reserved = field(repr=False)

    @property
    def digest(self) -> bytes:
        return self.reserved.digest

    def fill(self, container: bytes) -> bytes:
        return self.reserved.fill(container, self.pdf)


def prepare_signature(task: Task, *, size: int) -> Unsigned:
    """Return the file of ``task`` with its signature prepared, of ``size`` bytes at most.

    The revision holds the field, its appearance with font, and the signature; that of a seal adds a field without
    size instead. A file that is not exactly of the issued form goes through pyHanko's writer.

    Raises:
        SigningError: the file is damaged, or has no such field that is empty.
    """
    if task.field == SEAL:
        return _Joined(task.pdf, reserve_seal(task, size=size))
    try:
        tail = read_tail(task.pdf)
        slot = empty_slot(Objects(task.pdf, tail.section), tail.root, task.field)
    except IrregularError:
        return _prepare_foreign(task, size)
    appearance = number_objects(appearance_objects(task.stamp, slot.width, slot.height), tail.size)
    entries = signature_entries(
        tail.root,
        slot.name,
        moment(task.stamp.at),
        name=task.stamp.name,
        location=task.location,
        reason=task.reason,
    )
    hashed = task.hashed or hashlib.sha256(task.pdf)
    return _Joined(task.pdf, reserve_signature(hashed, tail, slot, appearance, entries, size=size))


def _prepare_foreign(task: Task, size: int) -> Unsigned:
    try:
        # pyHanko takes most of a second to load, and is hardly ever needed
        prepared: Unsigned = import_module("pkdocs.signing.fallback").prepare_foreign(task, size=size)
    except Exception as fault:
        # the writer raises whatever a damaged file leads it to
        raise SigningError("SIGN_DAMAGED") from fault
    return prepared


def reserve_signature(
    hashed: Hash, tail: Tail, slot: Slot, appearance: Mapping[int, bytes], entries: bytes, *, size: int
) -> Reserved:
    """Return the revision after ``tail`` that signs in ``slot``; the last of ``appearance`` is the form XObject.

    ``hashed`` has taken in the file so far, ``entries`` are those of the signature dictionary.
    """
    number = tail.size + len(appearance)
    objects = {**appearance, slot.number: slot.filled(number - 1, number), number: signature_body(entries, size)}
    return reserve(hashed, tail, objects, number, size)
