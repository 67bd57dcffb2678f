"""Where on a page somebody signs, in the coordinates of either version."""

import math
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import pikepdf

from pkdocs.errors import SigningError
from pkdocs.signing.bsre.version import Version

_SIGNATURE: Final = pikepdf.Name("/Sig")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in points, origin at the lower left."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class Slot:
    """An open field: its page (from 1), its rectangle, the page's; ``is_signed``: the file bears a signature."""

    page: int
    box: Box
    sheet: Box
    is_signed: bool


@dataclass(frozen=True, slots=True)
class Place:
    """The box of a signature in whole points: a corner and a size. Which corner, and from where, is the version's."""

    page: int
    x: int
    y: int
    width: int
    height: int


def read_slot(pdf: bytes, field: str) -> Slot:
    """Return where ``field`` lies in ``pdf``.

    Raises:
        SigningError: damaged, or it has no such field on a page.
    """
    try:
        return _read(pdf, field)
    except Exception as fault:
        # the reader raises whatever a damaged file leads it to
        raise SigningError("SIGN_DAMAGED") from fault


def _read(pdf: bytes, name: str) -> Slot:
    with pikepdf.open(BytesIO(pdf)) as document:
        fields = list(document.Root.AcroForm.Fields)
        field = next(entry for entry in fields if str(entry.get("/T", "")) == name)
        pages = [page.obj.objgen for page in document.pages]
        index = pages.index(field.P.objgen)
        return Slot(
            page=index + 1,
            box=_box(field.Rect),
            sheet=_box(document.pages[index].mediabox),
            is_signed=any(entry.get("/FT") == _SIGNATURE and "/V" in entry for entry in fields),
        )


def _box(array: pikepdf.Object) -> Box:
    # a list is an iterable of numbers, in the library's own type
    left, bottom, right, top = (float(edge) for edge in list(array))
    return Box(left, bottom, right, top)


def place(slot: Slot, version: Version) -> Place:
    """Return the largest box of whole points inside ``slot``.

    v1 counts from the page's lower left corner to the box's lower left, v2 from the upper left to its upper left.
    """
    left, right = math.ceil(slot.box.left - slot.sheet.left), math.floor(slot.box.right - slot.sheet.left)
    if version is Version.V1:
        low, high = math.ceil(slot.box.bottom - slot.sheet.bottom), math.floor(slot.box.top - slot.sheet.bottom)
    else:
        low, high = math.ceil(slot.sheet.top - slot.box.top), math.floor(slot.sheet.top - slot.box.bottom)
    return Place(slot.page, left, low, right - left, high - low)
