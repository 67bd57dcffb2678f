"""The receipt as a PDF: archival, in Indonesian, and saying of itself that it is no agreement."""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
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
from pkdocs.issue import Companion, piece_info
from pkdocs.numerals import format_date, format_number
from pkdocs.profile import Zone
from pkdocs.receipt.value import Fate, Item, Receipt
from pkdocs.signing.font import load_face

_LARGE, _MIDDLE, _SMALL, _TINY = 14, 11, 7.5, 5.5
_GAP, _STEP = 14, 4
_TOGETHER: Final = 90
"""What follows a heading on its sheet at least: the table's header and a row, in points."""

_FACTS: Final = (Column(LEFT, LEFT + 144), Column(LEFT + 150, RIGHT))
_ITEMS: Final = (Column(LEFT, LEFT + 26, Side.RIGHT), Column(LEFT + 32, LEFT + 340), Column(LEFT + 348, RIGHT))
_ROLES: Final = {Role.FIRST: "Pihak Pertama", Role.SECOND: "Pihak Kedua"}
_FATES: Final = {
    Fate.SIGNED: "ditandatangani",
    Fate.REFUSED: "tidak ditandatangani",
    Fate.UNKNOWN: "tidak diketahui",
    Fate.UNTOUCHED: "belum disentuh",
}
_PURPOSE: Final = (
    "Tanda terima ini hanya catatan: bukan perjanjian, dan tidak ditandatangani. Sidik SHA-256 di bawah setiap "
    "perjanjian adalah sidik berkas sebelum dan sesudah tanda tangan; waktunya menurut jam komputer dan tidak "
    "membuktikan apa pun. Sah atau tidaknya tanda tangan dinilai dengan pkdocs verify."
)
_UNKNOWN: Final = (
    "Ada perjanjian yang tidak diketahui hasilnya: layanan diminta menandatangani, tetapi jawabannya tidak sampai. "
    "Perjanjian itu tidak akan ditandatangani lagi sebelum diselesaikan dengan pkdocs sign --resolve."
)


def render_receipt(receipt: Receipt, zone: Zone) -> bytes:
    """Return the receipt as a PDF/A-3b whose catalog stands first and says what it is (``pkdocs.issue.companion``).

    Moments are shown in ``zone``. The same receipt gives the same bytes. Letters that the font lacks stand as their
    base letters, else as question marks; the JSON has them all.
    """
    objects = Objects(compressed=True)
    catalog = objects.reserve()
    title, day = "Tanda Terima Penandatanganan", _local(receipt.ended, zone).date()
    information, metadata = describe(objects, title=title, author=receipt.organisation or "pkdocs", day=day)
    intent = add_intent(objects)
    sheets = Sheets(objects, load_face(), embed_font(objects))
    _write(receipt, zone, title, sheets)
    made = sheets.close(lambda number, count: f"{title} {receipt.batch} · halaman {number} dari {count}")
    objects.fill(catalog, archival_catalog(made, metadata, intent, f"/PieceInfo {_says(day)}"))
    identity = hashlib.sha256(receipt.json).digest()[:16]
    return objects.render(catalog=catalog, information=information, identity=identity)


def _says(day: date) -> str:
    return piece_info(Companion.RECEIPT, day)


def _write(receipt: Receipt, zone: Zone, title: str, sheets: Sheets) -> None:
    heading = Text(title.upper(), _LARGE, bold=True)
    sheets.add_paragraph("H1", heading, Text(receipt.organisation, _MIDDLE, bold=True), side=Side.CENTRE)
    sheets.add_space(_GAP)
    sheets.add_paragraph("P", Text(_PURPOSE))
    sheets.add_space(_STEP)
    if receipt.count(Fate.UNKNOWN):
        sheets.add_paragraph("P", Text(_UNKNOWN, bold=True))
        sheets.add_space(_STEP)
    sheets.add_table(_FACTS, [_row(label, fact) for label, fact in _facts(receipt, zone)])
    sheets.add_space(_GAP)
    sheets.keep(_TOGETHER)
    sheets.add_paragraph("H2", Text("Perjanjian", _MIDDLE, bold=True))
    sheets.add_space(_STEP)
    header = _row("No.", "Perjanjian", "Hasil", bold=True)
    numbered = enumerate(receipt.documents, 1)
    sheets.add_table(_ITEMS, (_item(number, item, zone) for number, item in numbered), header)


def _facts(receipt: Receipt, zone: Zone) -> Iterator[tuple[str, str]]:
    """Yield what each row of the first table is about, and what it says."""
    certificate = receipt.certificate
    yield "Nomor", receipt.batch
    yield "Penanda tangan", f"{receipt.name} ({receipt.person})"
    yield "Mulai", _moment(receipt.begun, zone)
    yield "Selesai", _moment(receipt.ended, zone)
    yield "Sertifikat", f"{certificate.subject}, diterbitkan oleh {certificate.issuer}"
    yield "Masa berlaku sertifikat", f"{format_date(certificate.begins)} sampai {format_date(certificate.ends)}"
    yield "Sidik SHA-256 sertifikat", certificate.sha256
    yield "Tempat kunci", receipt.origin
    yield "Tingkat tanda tangan", f"PAdES B-{receipt.level.upper()}"
    yield "Sidik SHA-256 rencana", receipt.plan
    yield "Perjanjian dalam rencana", format_number(Decimal(len(receipt.documents)))
    for fate, words in _FATES.items():
        yield words.capitalize(), format_number(Decimal(receipt.count(fate)))


def _item(number: int, item: Item, zone: Zone) -> Row:
    digests = [f"sebelum {item.before}"] + ([f"sesudah {item.after}"] if item.after else [])
    told = (Text(item.id), Text(_ROLES[item.role], _SMALL), *(Text(words, _TINY) for words in digests))
    fate = [Text(_FATES[item.outcome], bold=item.outcome is not Fate.SIGNED)]
    fate += [Text(_moment(item.at, zone), _SMALL)] if item.at else []
    fate += [Text(item.code, _TINY)] if item.code else []
    return (Text(f"{number}."),), told, fate


def _row(*words: str, bold: bool = False) -> tuple[tuple[Text, ...], ...]:
    return tuple((Text(text, bold=bold),) for text in words)


def _local(written: str, zone: Zone) -> datetime:
    return datetime.fromisoformat(written).astimezone(zone.info)


def _moment(written: str, zone: Zone) -> str:
    local = _local(written, zone)
    return f"{format_date(local.date())} {local:%H.%M.%S} {zone}"
