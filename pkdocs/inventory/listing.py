"""What is in a bundle, as values and as sheets of a spreadsheet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from pkdocs.content import Role
from pkdocs.spreadsheet import Column, Format, Sheet, Value, write_spreadsheet

_COLUMNS: Final = (
    Column(6, "No.", format=Format.WHOLE),
    Column(34, "Perangkat Daerah"),
    Column(46, "Jabatan"),
    Column(34, "Pihak Pertama"),
    Column(16, "Tanda Tangan Pihak Pertama"),
    Column(34, "Pihak Kedua"),
    Column(16, "Tanda Tangan Pihak Kedua"),
    Column(34, "Perjanjian"),
    Column(60, "Berkas"),
    Column(68, "SHA-256"),
)
_ABSENT: Final = (
    Column(34, "Perjanjian"),
    Column(34, "Perangkat Daerah"),
    Column(46, "Jabatan"),
    Column(90, "Sebab", is_wrapped=True),
)


class Mark(StrEnum):
    """What a file says of one party's signature; whether a signature holds is for ``verify`` to say."""

    SIGNED = "sudah"
    AWAITED = "belum"
    PAPER = "di atas kertas"


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs in a role: the name as printed, and how far that has come."""

    name: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Item:
    """A file of the bundle: ``place`` is its path in it, ``digest`` SHA-256 of its bytes."""

    id: str
    unit: str
    position: str
    place: str
    digest: str
    signatories: dict[Role, Signatory]


@dataclass(frozen=True, slots=True)
class Absent:
    """An agreement that is not in the bundle, and why, in Indonesian."""

    id: str
    unit: str
    position: str
    reason: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """The items in their order, those of one unit together."""

    organisation: str
    year: int
    items: Sequence[Item]
    absent: Sequence[Absent] = ()

    @property
    def day(self) -> date:
        """What stands for every date of the lists themselves: equal bundles have equal lists."""
        return date(self.year, 1, 1)


def write_xlsx(inventory: Inventory) -> bytes:
    """Return the inventory as ``.xlsx``; the same inventory gives the same bytes."""
    sheets = [Sheet("Daftar", _COLUMNS, _rows(inventory), filtered=len(inventory.items) + 1)]
    if inventory.absent:
        rows = [(absent.id, absent.unit, absent.position, absent.reason) for absent in inventory.absent]
        sheets.append(Sheet("Tidak Ikut", _ABSENT, rows))
    return write_spreadsheet(sheets, inventory.day)


def _rows(inventory: Inventory) -> Iterator[Sequence[Value]]:
    for number, item in enumerate(inventory.items, 1):
        signatories = [cell for role in Role for cell in _cells(item.signatories.get(role))]
        yield (number, item.unit, item.position, *signatories, item.id, item.place, item.digest)


def _cells(signatory: Signatory | None) -> tuple[Value, Value]:
    return (signatory.name, signatory.mark.value) if signatory else (None, None)
