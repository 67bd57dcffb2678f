"""The list of a bundle: archival, the same for the same bundle, whatever is written in it."""

import io
from dataclasses import replace

import openpyxl
import pikepdf
import pypdfium2 as pdfium
from hypothesis import given, settings
from hypothesis import strategies as st

from pkdocs.content import Role
from pkdocs.inventory import Absent, Inventory, Item, Mark, Signatory, render_inventory, write_xlsx
from pkdocs.issue import BEGINNING_BYTES, Companion, companion_kind

ITEM = Item(
    id="PK-2026-KOMINFO-1",
    unit="Dinas Komunikasi dan Informatika",
    position="Kepala Dinas",
    place="dinas-komunikasi-dan-informatika/PK-2026-KOMINFO-1.pdf",
    digest="a" * 64,
    signatories={
        Role.FIRST: Signatory("Dra. Citra Maheswari, M.M.", Mark.SIGNED),
        Role.SECOND: Signatory("Arum Pradnyawati", Mark.AWAITED),
    },
)
ABSENT = Absent("PK-2026-KOMINFO.APTIKA-1", ITEM.unit, "Kepala Bidang", "berkas PDF tidak ada")
INVENTORY = Inventory("Pemerintah Kota Wanasari", 2026, [ITEM], [ABSENT])


def text_of(pdf: bytes) -> str:
    with pdfium.PdfDocument(pdf) as document:
        return " ".join("\n".join(page.get_textpage().get_text_range() for page in document).split())


def test_it_is_sound_tagged_and_archival_and_says_first_what_it_is() -> None:
    pdf = render_inventory(INVENTORY)
    assert companion_kind(pdf[:BEGINNING_BYTES]) is Companion.INVENTORY
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert not document.check_pdf_syntax()
        assert document.Root.MarkInfo.Marked
        assert {"/StructTreeRoot", "/OutputIntents", "/Metadata"} <= document.Root.keys()
        assert "/Filter" not in document.Root.Metadata
        assert not document.Root.keys() & {"/AcroForm", "/Names", "/AF"}
        assert b"<pdfaid:part>3</pdfaid:part>" in document.Root.Metadata.read_bytes()
        font = document.pages[0].Resources.Font.F1.DescendantFonts[0]
        assert "/FontFile2" in font.FontDescriptor


def test_the_same_bundle_has_the_same_lists_and_another_one_others() -> None:
    other = replace(INVENTORY, items=[replace(ITEM, digest="b" * 64)])
    assert render_inventory(INVENTORY) == render_inventory(replace(INVENTORY))
    assert write_xlsx(INVENTORY) == write_xlsx(replace(INVENTORY))
    assert render_inventory(INVENTORY) != render_inventory(other)
    assert write_xlsx(INVENTORY) != write_xlsx(other)


def test_an_empty_bundle_has_lists_too() -> None:
    empty = Inventory("Pemerintah Kota Wanasari", 2026, [])
    assert "Tidak ikut dibundel 0" in text_of(render_inventory(empty))
    assert openpyxl.load_workbook(io.BytesIO(write_xlsx(empty))).sheetnames == ["Daftar"]


def test_counts_are_those_of_the_marks() -> None:
    paper = {Role.FIRST: Signatory("A", Mark.PAPER), Role.SECOND: Signatory("B", Mark.SIGNED)}
    done = {Role.FIRST: Signatory("A", Mark.SIGNED)}
    items = [ITEM, replace(ITEM, signatories=paper), replace(ITEM, signatories=done, unit="Lain")]
    said = text_of(render_inventory(replace(INVENTORY, items=items)))
    for fact in (
        "Perjanjian 3",
        "Perangkat daerah 2",
        "Sudah ditandatangani semua pihak 1",
        "Menunggu tanda tangan 1",
        "Dengan tanda tangan di atas kertas 1",
        "Tidak ikut dibundel 1",
    ):
        assert fact in said


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=200))
def test_whatever_is_written_in_it_it_stays_sound(written: str) -> None:
    signatories = {Role.FIRST: Signatory(written, Mark.AWAITED)}
    item = replace(ITEM, unit=written, position=written, signatories=signatories)
    inventory = Inventory(written, 2026, [item], [replace(ABSENT, reason=written)])
    with pikepdf.open(io.BytesIO(render_inventory(inventory))) as document:
        assert not document.check_pdf_syntax()
    assert write_xlsx(inventory)
