"""The field that a later revision adds: another signer's own, the seal's, or a document timestamp's."""

import re
from dataclasses import dataclass
from typing import Any, Final

from pkdocs.verification.appearance import check_appearance, is_drawing
from pkdocs.verification.field import Field
from pkdocs.verification.form import Slot
from pkdocs.verification.syntax import Ref, Value, name_of
from pkdocs.verification.update import Update, entries_of

_REQUIRED: Final = frozenset({"FT", "T", "Subtype", "Rect", "V"})
_ALLOWED: Final = _REQUIRED | {"Type", "TU", "F", "P", "AP", "DR", "DA", "Lock", "MK", "StructParent"}
_NAME: Final = re.compile(rb"[ -\-/-~]{1,100}")
"""No dot: that would be a field below another."""
_MAX_SAID: Final = 200
_HIDDEN, _PRINT, _LOCKED = 2, 4, 128
_NOWHERE: Final = (0, 0)


@dataclass(frozen=True, slots=True)
class OwnField:
    """A field that was added: its name, its object, that of its value, and where its widget lies.

    ``kind`` is the type of the value: ``Sig`` or ``DocTimeStamp``. ``slot`` is the field of the first revision in
    whose slot it lies, None where it has no size.
    """

    name: str
    number: int
    value: int
    kind: str
    slot: Field | None


def read_own_field(
    update: Update, reference: Ref, slots: tuple[tuple[Field, Slot], ...], pages: tuple[int, ...]
) -> OwnField | None:
    """Return the field that ``reference`` adds; None, noted, where it is none that may be.

    Its object, its value and its appearance are accounted for. ``pages`` are numbers of objects.
    """
    field = entries_of(update.new(reference))
    value = field.get("V")
    signed = entries_of(update.new(value))
    kind = name_of(signed.get("Type")) or ""
    wrong = _wrong_entries(update, field, pages)
    if wrong or not update.is_added(value) or kind not in {"Sig", "DocTimeStamp"}:
        update.note("REVISION_OWN_FIELD", what=", ".join(wrong) or "/V")
        return None
    update.explain(reference, value)
    check_appearance(update, field.get("AP"), field.get("DR"))
    found = OwnField(field["T"].decode("ascii"), reference.number, value.number, kind, None)
    box = [update.new(edge) for edge in update.new(field["Rect"])]
    if (box[2] - box[0], box[3] - box[1]) == _NOWHERE:
        return found
    for place, slot in slots:
        if kind == "Sig" and field.get("P") == Ref(pages[slot.page]) and _is_within(box, slot):
            return OwnField(found.name, found.number, found.value, kind, place)
    update.note("REVISION_OUTSIDE_SLOT")
    return None


def _wrong_entries(update: Update, field: dict[str, Any], pages: tuple[int, ...]) -> list[str]:
    wrong = sorted(_REQUIRED - field.keys()) + sorted(field.keys() - _ALLOWED)
    tests = {
        "Type": field.get("Type", "Annot") == "Annot",
        "Subtype": field.get("Subtype") == "Widget",
        "FT": field.get("FT") == "Sig",
        "T": isinstance(field.get("T"), bytes) and _NAME.fullmatch(field["T"]) is not None,
        "TU": _is_short(field.get("TU", b"")),
        "DA": _is_short(field.get("DA", b"")),
        "Rect": _is_box(update.new(field.get("Rect"))),
        "F": field.get("F", 0) in _flags(update.new(field.get("Rect"))),
        "P": field.get("P", Ref(pages[0])) in {Ref(number) for number in pages},
        "AP": "AP" not in field or is_drawing(update, field["AP"]),
        "DR": isinstance(field.get("DR", {}), dict),
        "MK": field.get("MK", {}) == {},
        "Lock": field.get("Lock") is None or update.new(field["Lock"]) == _own_lock(field),
        "StructParent": type(field.get("StructParent", 0)) is int,
    }
    wrong += [key for key, is_right in tests.items() if not is_right and key not in wrong]
    return [f"/{key}" for key in wrong]


def _is_short(value: Value) -> bool:
    return isinstance(value, bytes) and len(value) <= _MAX_SAID


def _is_box(box: Value) -> bool:
    if not isinstance(box, list) or len(box) != 4 or any(type(edge) not in {int, float} for edge in box):
        return False
    return bool(box[0] <= box[2] and box[1] <= box[3])


def _flags(box: Value) -> set[int]:
    """Return the flags of an annotation that may be; one that shows must also print."""
    shows = _is_box(box) and (box[2] - box[0], box[3] - box[1]) != _NOWHERE
    printed = {_PRINT, _PRINT | _LOCKED}
    return printed if shows else printed | {0, _LOCKED} | {_HIDDEN | flags for flags in (0, *printed, _LOCKED)}


def _own_lock(field: dict[str, Any]) -> dict[str, Any]:
    return {"Type": "SigFieldLock", "Action": "Include", "Fields": [field.get("T")]}


def _is_within(box: list[Any], slot: Slot) -> bool:
    return bool(slot.left <= box[0] and slot.bottom <= box[1] and box[2] <= slot.right and box[3] <= slot.top)
