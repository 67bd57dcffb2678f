"""How the emulated service writes a signature into a PDF: what is not known of the real one are switches.

The signatures are real ones, made by pyHanko.
"""

from dataclasses import dataclass
from enum import Enum, auto
from functools import cache, lru_cache
from io import BytesIO

import pikepdf
import segno
from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from PIL import Image
from pyhanko.pdf_utils.generic import DictionaryObject, IndirectObject, NameObject, NumberObject, StreamObject
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.stamp import BaseStampStyle, StaticStampStyle, TextStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.bsre.authority import certificate_of, key_of


class Rewriting(Enum):
    """Which files are written anew before they are signed."""

    NEVER = auto()
    UNSIGNED = auto()
    ALWAYS = auto()


@dataclass(frozen=True)
class Habits:
    """What is not known of the real service."""

    rewriting: Rewriting = Rewriting.NEVER
    own_field: bool = True
    tags: bool = False
    draws_qr: bool = False
    loose_font: bool = False
    signs_as: str = "person"
    shift: int = 0
    """By how many points the box is moved to the right."""


@dataclass(frozen=True)
class Wish:
    """What a caller asks for: the box (llx, lly, urx, ury) on a page from 0 with a picture, or invisible."""

    page: int = 0
    box: tuple[int, int, int, int] | None = None
    picture: bytes | None = None
    reason: str | None = None
    location: str | None = None


@lru_cache(maxsize=200)
def sign(pdf: bytes, wish: Wish, habits: Habits) -> bytes:
    """Return ``pdf`` with a signature, for the same wish the same one.

    Raises whatever the library does for a bad PDF, or for a box outside of the page.
    """
    writer = IncrementalPdfFileWriter(BytesIO(_rewrite(pdf, habits)))
    box = wish.box and (wish.box[0] + habits.shift, wish.box[1], wish.box[2] + habits.shift, wish.box[3])
    page = writer.find_page_for_modification(wish.page)[0].get_object()
    if box and not (box[0] >= 0 <= box[1] and box[2] <= page["/MediaBox"][2] and box[3] <= page["/MediaBox"][3]):
        raise ValueError("outside of the page")
    if habits.draws_qr:
        _draw_qr(writer, wish.page)
    name = f"Signature{len(writer.prev.embedded_signatures) + 1}" if habits.own_field else _field_at(writer, box)
    if habits.own_field:
        _append_field(writer, name, wish, box, tags=habits.tags)
    return _fill(writer, name, wish, signer_of(habits.signs_as), _style(wish, habits))


@cache
def seal(pdf: bytes, habits: Habits = Habits()) -> bytes:
    """Return ``pdf`` with the invisible seal of an organisation."""
    writer = IncrementalPdfFileWriter(BytesIO(_rewrite(pdf, habits)))
    append_signature_field(writer, SigFieldSpec(sig_field_name="segel"))
    return _fill(writer, "segel", Wish(), signer_of("organisation"), None)


def _fill(
    writer: IncrementalPdfFileWriter, name: str, wish: Wish, signer: SimpleSigner, style: BaseStampStyle | None
) -> bytes:
    meta = PdfSignatureMetadata(
        field_name=name,
        reason=wish.reason,
        location=wish.location,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
    )
    signing = PdfSigner(meta, signer=signer, stamp_style=style)
    signed: bytes = signing.sign_pdf(writer, existing_fields_only=True).getvalue()
    return signed


@cache
def signer_of(who: str) -> SimpleSigner:
    """Return pyHanko's signer with the key of ``who``."""
    key = key_of(who).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    store = SimpleCertificateStore()
    store.register(Certificate.load(certificate_of("authority").public_bytes(Encoding.DER)))
    certificate = Certificate.load(certificate_of(who).public_bytes(Encoding.DER))
    return SimpleSigner(certificate, PrivateKeyInfo.load(key), store)


def _rewrite(pdf: bytes, habits: Habits) -> bytes:
    with pikepdf.open(BytesIO(pdf)) as document:
        is_signed = any("/V" in field for field in document.Root.AcroForm.Fields)
        if habits.rewriting is Rewriting.NEVER or (habits.rewriting is Rewriting.UNSIGNED and is_signed):
            return pdf
        output = BytesIO()
        document.save(output, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        return output.getvalue()


def _field_at(writer: IncrementalPdfFileWriter, box: tuple[int, ...] | None) -> str:
    """Return the open field in which ``box`` lies, or the first one that is open."""
    for reference in writer.root["/AcroForm"]["/Fields"]:
        field = reference.get_object()
        left, bottom, right, top = field["/Rect"]
        inside = box is None or (left <= box[0] and bottom <= box[1] and box[2] <= right and box[3] <= top)
        if "/V" not in field and inside:
            return str(field["/T"])
    raise ValueError("no field there")


def _append_field(
    writer: IncrementalPdfFileWriter, name: str, wish: Wish, box: tuple[int, ...] | None, *, tags: bool
) -> None:
    spec = SigFieldSpec(sig_field_name=name, on_page=wish.page, box=box, empty_field_appearance=False)
    append_signature_field(writer, spec)
    field = writer.root["/AcroForm"]["/Fields"].raw_get(-1)
    if box:
        # pyHanko's blank appearance would stay behind when the field is signed
        blank = field.get_object().pop("/AP").raw_get("/N")
        del writer.objects[0, blank.idnum]
    if tags:
        _tag(writer, field, wish.page)


def _tag(writer: IncrementalPdfFileWriter, field: IndirectObject, page: int) -> None:
    """Enter the widget into the structure tree, below its first element (ISO 32000-2, 14.7)."""
    tree = writer.root["/StructTreeRoot"]
    above = tree["/K"].raw_get(0)
    key = tree["/ParentTreeNextKey"]
    child = {"/Type": NameObject("/OBJR"), "/Obj": field}
    entries = {
        "/Type": NameObject("/StructElem"),
        "/S": NameObject("/Form"),
        "/P": above,
        "/Pg": writer.find_page_for_modification(page)[0],
        "/K": DictionaryObject(child),
    }
    element = writer.add_object(DictionaryObject(entries))
    above.get_object()["/K"].append(element)
    tree["/ParentTree"]["/Nums"].extend([NumberObject(key), element])
    tree[NameObject("/ParentTreeNextKey")] = NumberObject(key + 1)
    field.get_object()[NameObject("/StructParent")] = NumberObject(key)
    writer.update_container(tree)
    for changed in (above, field):
        writer.mark_update(changed)


def _style(wish: Wish, habits: Habits) -> BaseStampStyle | None:
    if habits.loose_font:
        # the default font of pyHanko's texts is Courier, not embedded
        return TextStampStyle(stamp_text="Ditandatangani secara elektronik")
    if wish.picture is None:
        return None
    with Image.open(BytesIO(wish.picture)) as picture:
        return StaticStampStyle(background=PdfImage(picture.convert("RGB")), background_opacity=1, border_width=0)


def _draw_qr(writer: IncrementalPdfFileWriter, page: int) -> None:
    rows = segno.make("https://tte.example/1", micro=False).matrix
    squares = [f"{x * 2 + 20} {800 - y * 2} 2 2 re" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark]
    stream = writer.add_object(StreamObject(stream_data="\n".join(["q 0 g", *squares, "f Q"]).encode()))
    writer.add_stream_to_page(page, stream)
