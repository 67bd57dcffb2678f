"""The inventory as a PDF: archival, in Indonesian, and saying of itself that it is no agreement."""

import hashlib
from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import Final

from pkdocs.content import Role
from pkdocs.drawing import (
    LEFT,
    RIGHT,
    Column,
    Objects,
    Row,
    Sheets,
    Side,
    Text,
    add_intent,
    archival_catalog,
    describe,
    embed_font,
)
from pkdocs.inventory.listing import Absent, Inventory, Item, Mark, Signatory
from pkdocs.issue import Companion, piece_info
from pkdocs.numerals import format_number
from pkdocs.signing.font import load_face

_LARGE, _MIDDLE, _SMALL, _TINY = 14, 11, 7.5, 5.5
_GAP, _STEP = 14, 4
_TOGETHER: Final = 90
"""What follows a heading on its sheet at least: the table's header and a row, in points."""

_NUMBER: Final = Column(LEFT, LEFT + 26, Side.RIGHT)
_FACTS: Final = (Column(LEFT, LEFT + 144), Column(LEFT + 150, RIGHT))
_ITEMS: Final = (_NUMBER, Column(LEFT + 32, LEFT + 241), Column(LEFT + 249, LEFT + 361), Column(LEFT + 369, RIGHT))
_ABSENT: Final = (_NUMBER, Column(LEFT + 32, LEFT + 241), Column(LEFT + 249, RIGHT))


def render_inventory(inventory: Inventory) -> bytes:
    """Return the inventory as a PDF/A-3b whose catalog stands first and says what it is (``pkdocs.issue.companion``).

    The same inventory gives the same bytes. Letters that the font lacks stand as their base letters, else as question
    marks; the spreadsheet has them all.
    """
    objects = Objects(compressed=True)
    catalog = objects.reserve()
    title = f"Daftar Bundel Perjanjian Kinerja Tahun {inventory.year}"
    information, metadata = describe(objects, title=title, author=inventory.organisation, day=inventory.day)
    intent = add_intent(objects)
    sheets = Sheets(objects, load_face(), embed_font(objects))
    _write(inventory, title, sheets)
    made = sheets.close(lambda number, count: f"{title} · halaman {number} dari {count}")
    says = f"/PieceInfo {piece_info(Companion.INVENTORY, inventory.day)}"
    objects.fill(catalog, archival_catalog(made, metadata, intent, says))
    return objects.render(catalog=catalog, information=information, identity=_identity(inventory))


def _identity(inventory: Inventory) -> bytes:
    return hashlib.sha256(repr(inventory).encode()).digest()[:16]


def _write(inventory: Inventory, title: str, sheets: Sheets) -> None:
    heading = Text(title.upper(), _LARGE, bold=True)
    sheets.add_paragraph("H1", heading, Text(inventory.organisation, _MIDDLE, bold=True), side=Side.CENTRE)
    sheets.add_space(_GAP)
    sheets.add_paragraph("P", Text(_PURPOSE))
    sheets.add_space(_STEP)
    sheets.add_table(_FACTS, [_row(label, fact) for label, fact in _facts(inventory)])
    numbered = enumerate(inventory.items, 1)
    for unit, items in groupby(numbered, key=lambda entry: entry[1].unit):
        _add_heading(sheets, unit)
        sheets.add_table(_ITEMS, map(_item, items), _row("No.", "Jabatan", "Pihak Pertama", "Pihak Kedua", bold=True))
    if inventory.absent:
        _add_heading(sheets, "Tidak ikut dibundel")
        absent = map(_absent, enumerate(inventory.absent, 1))
        sheets.add_table(_ABSENT, absent, _row("No.", "Jabatan", "Sebab", bold=True))


_PURPOSE: Final = (
    "Daftar ini hanya penunjuk isi bundel: bukan perjanjian, dan tidak ditandatangani. Setiap berkas disalin apa "
    "adanya, tanpa digabung atau dicap; sidik SHA-256 di bawah jabatan adalah sidik seluruh berkas saat dibundel. "
    "Keadaan tanda tangan disebut sebagaimana tercatat di berkas; sah atau tidaknya dinilai dengan pkdocs verify."
)


def _facts(inventory: Inventory) -> Iterator[tuple[str, str]]:
    """Yield what each row of the first table is about, and what it says."""
    marks = [[signatory.mark for signatory in item.signatories.values()] for item in inventory.items]
    yield "Perjanjian", _number(len(marks))
    yield "Perangkat daerah", _number(len({item.unit for item in inventory.items}))
    yield "Sudah ditandatangani semua pihak", _number(sum(set(found) == {Mark.SIGNED} for found in marks))
    yield "Menunggu tanda tangan", _number(sum(Mark.AWAITED in found for found in marks))
    yield "Dengan tanda tangan di atas kertas", _number(sum(Mark.PAPER in found for found in marks))
    yield "Tidak ikut dibundel", _number(len(inventory.absent))


def _item(entry: tuple[int, Item]) -> Row:
    number, item = entry
    told = (Text(item.position), Text(item.id, _SMALL), Text(item.digest, _TINY))
    return (Text(f"{number}."),), told, *(_signatory(item.signatories.get(role)) for role in Role)


def _signatory(signatory: Signatory | None) -> tuple[Text, ...]:
    if signatory is None:
        return (Text("-"),)
    return Text(signatory.name), Text(f"tanda tangan: {signatory.mark}", _SMALL, bold=signatory.mark is Mark.SIGNED)


def _absent(entry: tuple[int, Absent]) -> Row:
    number, absent = entry
    told = (Text(absent.position), Text(absent.unit, _SMALL), Text(absent.id, _SMALL))
    return (Text(f"{number}."),), told, (Text(absent.reason),)


def _row(*words: str, bold: bool = False) -> tuple[tuple[Text, ...], ...]:
    return tuple((Text(text, bold=bold),) for text in words)


def _add_heading(sheets: Sheets, heading: str) -> None:
    sheets.add_space(_GAP)
    sheets.keep(_TOGETHER)
    sheets.add_paragraph("H2", Text(heading, _MIDDLE, bold=True))
    sheets.add_space(_STEP)


def _number(value: int) -> str:
    return format_number(Decimal(value))
