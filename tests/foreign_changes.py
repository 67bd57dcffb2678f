"""Changes to signed PDFs of others: those that must be named, by number and name, and those that show nothing."""

from collections.abc import Callable
from typing import Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter as Writer

from tests import foreign

Change = Callable[[Writer], None]

ACTION = generic.DictionaryObject({pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): pdf_string("app.beep(1)")})
NUMBERS = generic.ArrayObject(map(generic.NumberObject, (0, 0, 100, 100)))


def contents(writer: Writer) -> None:
    stream = writer.root["/Pages"]["/Kids"][0]["/Contents"]
    stream.strip_filters()
    writer.update_container(stream)
    writer.root["/Pages"]["/Kids"][0][pdf_name("/Contents")] = writer.add_object(
        generic.StreamObject(stream_data=b"BT /F1 12 Tf 72 700 Td (Lain) Tj ET")
    )
    writer.update_container(writer.root["/Pages"]["/Kids"][0])


def in_place(writer: Writer) -> None:
    reference = writer.root["/Pages"]["/Kids"][0].raw_get("/Contents").reference
    writer.objects[(reference.generation, reference.idnum)] = generic.StreamObject(stream_data=b"q Q")


def new_catalog(writer: Writer) -> None:
    copied = generic.DictionaryObject(writer.root)
    page_copy = generic.DictionaryObject(writer.root["/Pages"]["/Kids"][0])
    page_copy[pdf_name("/Contents")] = writer.add_object(generic.StreamObject(stream_data=b"q Q"))
    pages = generic.DictionaryObject(writer.root["/Pages"])
    pages[pdf_name("/Kids")] = generic.ArrayObject([writer.add_object(page_copy)])
    copied[pdf_name("/Pages")] = writer.add_object(pages)
    writer.root.update(copied)
    writer.update_root()


def font(writer: Writer) -> None:
    resources = writer.root["/Pages"]["/Kids"][0]["/Resources"]
    used = resources["/Font"]["/F1"]
    used[pdf_name("/BaseFont")] = pdf_name("/Symbol")
    writer.update_container(used)


def page_key(key: str, value: generic.PdfObject) -> Callable[[Writer], None]:
    def change(writer: Writer) -> None:
        sheet = writer.root["/Pages"]["/Kids"][0]
        sheet[pdf_name(key)] = value
        writer.update_container(sheet)

    return change


def catalog_key(key: str, value: generic.PdfObject) -> Callable[[Writer], None]:
    def change(writer: Writer) -> None:
        writer.root[pdf_name(key)] = value
        writer.update_root()

    return change


def another_page(writer: Writer) -> None:
    pages = writer.root["/Pages"]
    pages["/Kids"].append(writer.add_object(generic.DictionaryObject(pages["/Kids"][0])))
    pages[pdf_name("/Count")] = generic.NumberObject(2)
    writer.update_container(pages)


def no_page(writer: Writer) -> None:
    writer.root["/Pages"][pdf_name("/Kids")] = generic.ArrayObject([])
    writer.update_container(writer.root["/Pages"])


def annotation(writer: Writer) -> None:
    entries = {"/Type": "/Annot", "/Subtype": "/FreeText"}
    note = generic.DictionaryObject({pdf_name(key): pdf_name(value) for key, value in entries.items()})
    sheet = writer.root["/Pages"]["/Kids"][0]
    sheet["/Annots"].append(writer.add_object(note))
    writer.update_container(sheet)


def no_annotation(writer: Writer) -> None:
    sheet = writer.root["/Pages"]["/Kids"][0]
    sheet[pdf_name("/Annots")] = generic.ArrayObject([])
    writer.update_container(sheet)


def other_order(writer: Writer) -> None:
    sheet = writer.root["/Pages"]["/Kids"][0]
    sheet[pdf_name("/Annots")] = generic.ArrayObject(reversed(sheet["/Annots"]))
    writer.update_container(sheet)


def acting_signature(writer: Writer) -> None:
    entries = {"/FT": pdf_name("/Sig"), "/T": pdf_string("Sig9"), "/AA": generic.DictionaryObject()}
    field = generic.DictionaryObject({pdf_name(key): value for key, value in entries.items()})
    writer.root["/AcroForm"]["/Fields"].append(writer.add_object(field))
    writer.update_container(writer.root["/AcroForm"])


def drawn_field(writer: Writer) -> None:
    appearance = generic.DictionaryObject({pdf_name("/N"): writer.add_object(foreign.form_stream(b"(Setuju) Tj"))})
    entries = {"/FT": pdf_name("/Sig"), "/T": pdf_string("Sig9"), "/Rect": NUMBERS, "/AP": appearance}
    field = generic.DictionaryObject({pdf_name(key): value for key, value in entries.items()})
    writer.root["/AcroForm"]["/Fields"].append(writer.add_object(field))
    writer.update_container(writer.root["/AcroForm"])


def text_field(writer: Writer) -> None:
    entries = {"/FT": pdf_name("/Tx"), "/T": pdf_string("baru"), "/V": pdf_string("1")}
    field = generic.DictionaryObject({pdf_name(key): value for key, value in entries.items()})
    writer.root["/AcroForm"]["/Fields"].append(writer.add_object(field))
    writer.update_container(writer.root["/AcroForm"])


def no_fields(writer: Writer) -> None:
    kept = [field for field in writer.root["/AcroForm"]["/Fields"] if field.get_object()["/T"] == "Sig1"]
    writer.root["/AcroForm"][pdf_name("/Fields")] = generic.ArrayObject(kept)
    writer.update_container(writer.root["/AcroForm"])


def field_key(name: str, key: str, value: generic.PdfObject) -> Callable[[Writer], None]:
    def change(writer: Writer) -> None:
        foreign.field_of(writer, name)[pdf_name(key)] = value

    return change


def signature_key(writer: Writer) -> None:
    signed = foreign.field_of(writer, "Sig1")["/V"]
    signed[pdf_name("/Reason")] = pdf_string("Bukan saya")
    writer.update_container(signed)


def form_key(key: str, value: generic.PdfObject) -> Callable[[Writer], None]:
    def change(writer: Writer) -> None:
        writer.root["/AcroForm"][pdf_name(key)] = value
        writer.update_container(writer.root["/AcroForm"])

    return change


def appearance_in_place(writer: Writer) -> None:
    reference = foreign.field_of(writer, "isian1")["/AP"].raw_get("/N").reference
    writer.objects[(reference.generation, reference.idnum)] = foreign.form_stream(b"(900) Tj")


CHANGES: dict[str, tuple[Callable[[Writer], None], str]] = {
    "13 page content": (contents, "LATER_PAGE"),
    "13 page content in place": (in_place, "LATER_OBJECT"),
    "13 another page tree": (new_catalog, "LATER_CATALOG"),
    "20 font": (font, "LATER_OBJECT"),
    "26 page added": (another_page, "LATER_PAGE"),
    "26 page removed": (no_page, "LATER_PAGE"),
    "26 page turned": (page_key("/Rotate", generic.NumberObject(180)), "LATER_PAGE"),
    "26 page resized": (page_key("/CropBox", NUMBERS), "LATER_PAGE"),
    "27 annotation added": (annotation, "LATER_ANNOTATION"),
    "19 annotation removed": (no_annotation, "LATER_ANNOTATION"),
    "27 annotations in another order": (other_order, "LATER_ANNOTATION"),
    "40 field drawn to look signed": (drawn_field, "LATER_FIELD_ADDED"),
    "30 field that acts": (acting_signature, "LATER_FIELD_ADDED"),
    "28 outlines": (catalog_key("/Outlines", ACTION), "LATER_CATALOG"),
    "28 structure": (catalog_key("/StructTreeRoot", generic.DictionaryObject()), "LATER_CATALOG"),
    "28 names": (catalog_key("/Names", ACTION), "LATER_CATALOG"),
    "30 script": (catalog_key("/OpenAction", ACTION), "LATER_CATALOG"),
    "30 form drawn anew": (form_key("/NeedAppearances", generic.BooleanObject(value=True)), "LATER_CATALOG"),
    "30 XFA": (form_key("/XFA", pdf_string("x")), "LATER_CATALOG"),
    "24 certified afterwards": (catalog_key("/Perms", ACTION), "LATER_CATALOG"),
    "29 value changed": (foreign.fill("isian1", "900"), "LATER_VALUE_CHANGED"),
    "29 value emptied": (foreign.fill("isian1", ""), "LATER_VALUE_CHANGED"),
    "20 appearance changed": (foreign.fill("isian1", None, drawn="900"), "LATER_VALUE_CHANGED"),
    "20 appearance changed in place": (appearance_in_place, "LATER_OBJECT"),
    "20 blank field drawn": (foreign.fill("isian0", None, drawn="900"), "LATER_VALUE_CHANGED"),
    "25 field moved": (field_key("isian1", "/Rect", NUMBERS), "LATER_FIELD_CHANGED"),
    "25 field renamed": (field_key("isian1", "/T", pdf_string("lain")), "LATER_FIELD_REMOVED"),
    "25 field of another kind": (field_key("isian1", "/FT", pdf_name("/Ch")), "LATER_FIELD_CHANGED"),
    "25 field added": (text_field, "LATER_FIELD_ADDED"),
    "25 fields removed": (no_fields, "LATER_FIELD_REMOVED"),
    "17 signature dictionary": (signature_key, "INSPECT_OUTSIDE"),
    "17 signed field moved": (field_key("Sig1", "/Rect", NUMBERS), "LATER_SIGNATURE_CHANGED"),
    "23 signed field drawn": (field_key("Sig1", "/AP", generic.DictionaryObject()), "LATER_SIGNATURE_CHANGED"),
}


def unsigned_field_signed(writer: Writer) -> None:
    value = writer.add_object(generic.DictionaryObject({pdf_name("/Type"): pdf_name("/Sig")}))
    entries = {"/FT": pdf_name("/Sig"), "/T": pdf_string("Sig2"), "/V": value}
    field = generic.DictionaryObject({pdf_name(key): value for key, value in entries.items()})
    writer.root["/AcroForm"]["/Fields"].append(writer.add_object(field))
    writer.update_container(writer.root["/AcroForm"])


# --- what shows nothing


def nothing(_writer: Writer) -> None:
    """Append an empty revision."""


def described(writer: Writer) -> None:
    writer.root[pdf_name("/Metadata")] = writer.add_object(generic.StreamObject(stream_data=b"<x:xmpmeta/>"))
    writer.root[pdf_name("/PageMode")] = pdf_name("/UseNone")
    writer.root[pdf_name("/Names")] = generic.DictionaryObject()
    writer.update_root()


def page_tidied(writer: Writer) -> None:
    sheet = writer.root["/Pages"]["/Kids"][0]
    sheet[pdf_name("/Annots")] = writer.add_object(generic.ArrayObject(sheet["/Annots"]))
    sheet[pdf_name("/Tabs")] = pdf_name("/S")
    sheet[pdf_name("/Thumb")] = writer.add_object(generic.StreamObject(stream_data=b"x"))
    sheet["/Resources"][pdf_name("/ProcSet")] = generic.ArrayObject([pdf_name("/PDF")])
    writer.update_container(sheet)


def form_tidied(writer: Writer) -> None:
    form = writer.root["/AcroForm"]
    form[pdf_name("/NeedAppearances")] = generic.BooleanObject(value=False)
    form["/DR"][pdf_name("/Encoding")] = generic.DictionaryObject()
    form[pdf_name("/CO")] = generic.ArrayObject()
    writer.root[pdf_name("/AcroForm")] = form
    writer.update_root()


def field_locked(writer: Writer) -> None:
    """Do to a field what readers do when they lock it."""
    field = foreign.field_of(writer, "isian1")
    field[pdf_name("/F")] = generic.NumberObject(4 | 64 | 128)
    field[pdf_name("/Ff")] = generic.NumberObject(1)
    field[pdf_name("/NM")] = pdf_string("isian1")


def field_redrawn(writer: Writer) -> None:
    """Make the appearance of a field anew, as it was."""
    appearance = writer.add_object(foreign.form_stream(b"BT 1 0 0 1 2 5 Tm  (100)  Tj ET"))
    field = foreign.field_of(writer, "isian1")
    field[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): appearance})


HARMLESS: Final[dict[str, Change]] = {
    "empty revision": nothing,
    "description": described,
    "page tidied": page_tidied,
    "form tidied": form_tidied,
    "field locked": field_locked,
    "field redrawn": field_redrawn,
    "validation data": foreign.store,
    "field filled in": foreign.fill("isian0", "7"),
}
