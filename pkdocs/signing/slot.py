"""The empty signature fields of an issued file, exactly as ``pkdocs.issue`` writes them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from pkdocs.issue import FIELD_FLAGS
from pkdocs.signing.objects import IrregularError, Objects, entry_of, value_of
from pkdocs.verification.syntax import Ref, Value

_NUMBER: Final = rb"(-?\d{1,5}(?:\.\d{1,6})?)"
_FIELD: Final = re.compile(
    rb"<< /AP << /N \d{1,10} 0 R >> (/F %d /FT /Sig " % FIELD_FLAGS
    + rb"/Lock << /Action /Include /Fields \[ \((?P<name>[a-z0-9-]{1,40})\) \] /Type /SigFieldLock >> /P \d{1,10} 0 R "
    + rb"/Rect \[ %b %b %b %b \] /StructParent \d{1,10} /Subtype /Widget " % ((_NUMBER,) * 4)
    + rb"/T \((?P=name)\) /TU \([^()\\\r\n]*\) /Type /Annot)( /V \d{1,10} 0 R)? >>"
)
_APPEND_ONLY: Final = 3


@dataclass(frozen=True, slots=True)
class Slot:
    """A field that nobody has signed: its name, the number of its object, and its measures in points."""

    name: str
    number: int
    width: float
    height: float
    _entries: bytes = field(repr=False)

    def filled(self, appearance: int, signature: int) -> bytes:
        """Return the field with the objects of those numbers as its appearance and its value; all else stays."""
        return b"<< /AP << /N %d 0 R >> %s /V %d 0 R >>" % (appearance, self._entries, signature)


def read_slots(objects: Objects, root: int) -> Mapping[str, Slot | None]:
    """Return the fields of a form by name, in its order; None for one that is not empty as it was issued.

    Raises:
        IrregularError: the catalog (object ``root``) has no form of the issued kind.
    """
    found: dict[str, Slot | None] = {}
    for number in _field_numbers(objects.body(root)):
        body = objects.body(number)
        matched = _FIELD.fullmatch(body)
        name = matched["name"].decode("ascii") if matched else _name(value_of(body))
        if name in found:
            raise IrregularError("a field twice")
        found[name] = _slot(number, matched) if matched else None
    return found


def empty_slot(objects: Objects, root: int, name: str) -> Slot:
    """Return the field of that name.

    Raises:
        IrregularError: there is none, it is not empty, or not as it was issued.
    """
    written = b"/T (%s)" % name.encode()
    for number in _field_numbers(objects.body(root)):
        body = objects.body(number)
        matched = _FIELD.fullmatch(body) if written in body else None
        if matched and matched["name"] == name.encode() and (slot := _slot(number, matched)):
            return slot
    raise IrregularError(f"/T ({name})")


@lru_cache(maxsize=64)
def _field_numbers(catalog: bytes) -> tuple[int, ...]:
    """Return the numbers of the fields; catalogs of a batch mostly are equal bytes."""
    form = entry_of(value_of(catalog), "AcroForm")
    fields = entry_of(form, "Fields")
    if form.keys() != {"Fields", "SigFlags"} or form["SigFlags"] != _APPEND_ONLY or not isinstance(fields, list):
        raise IrregularError("/AcroForm")
    if not all(isinstance(field, Ref) for field in fields):
        raise IrregularError("/Fields")
    return tuple(field.number for field in fields)


def _slot(number: int, field: re.Match[bytes]) -> Slot | None:
    entries, name, *edges, value = field.groups()
    left, bottom, right, top = map(float, edges)
    if value or left >= right or bottom >= top:
        return None
    return Slot(name.decode("ascii"), number, right - left, top - bottom, entries)


def _name(value: Value) -> str:
    name = entry_of(value, "T")
    if not isinstance(name, bytes):
        raise IrregularError("/T")
    return name.decode("latin-1")
