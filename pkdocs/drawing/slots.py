"""An empty signature field in the issued form (``pkdocs.issue``): where a registrar signs."""

from dataclasses import dataclass
from typing import NamedTuple

from pkdocs.drawing.pdf import Objects, ref, text_string
from pkdocs.issue import FIELD_FLAGS


@dataclass(frozen=True, slots=True)
class Slot:
    """A field to be: its name, and what viewers call it."""

    name: str
    label: str


class Box(NamedTuple):
    """A rectangle on a page, in points."""

    left: float
    bottom: float
    right: float
    top: float


def fill_field(objects: Objects, number: int, slot: Slot, box: Box, *, page: int, key: int) -> None:
    """Make the reserved object ``number`` the field with its widget; ``key`` leads from it to its element."""
    size = f"[0 0 {box.right - box.left:.2f} {box.top - box.bottom:.2f}]"
    blank = objects.add_stream(b"", f"/Type /XObject /Subtype /Form /BBox {size} /Resources << >>")
    lock = f"<< /Type /SigFieldLock /Action /Include /Fields [({slot.name})] >>"
    objects.fill(
        number,
        f"<< /Type /Annot /Subtype /Widget /FT /Sig /T ({slot.name}) /TU {text_string(slot.label)} /F {FIELD_FLAGS}"
        f" /Rect [{' '.join(f'{edge:.2f}' for edge in box)}] /P {ref(page)} /StructParent {key}"
        f" /Lock {lock} /AP << /N {ref(blank)} >> >>",
    )
