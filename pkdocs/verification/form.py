"""The issued form: what the first revision may consist of (docs/chain.md, section 2; ``pkdocs.issue`` makes it)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from pkdocs.content import Role
from pkdocs.issue import ATTACHMENT, FIELD_FLAGS, LANGUAGE
from pkdocs.verification.drawing import MAX_DRAWING, drawing_cost
from pkdocs.verification.field import Field
from pkdocs.verification.finding import Finding
from pkdocs.verification.layout import Layout
from pkdocs.verification.passive import FormReader, check_passive
from pkdocs.verification.syntax import PdfSyntaxError, Ref, Stream, Value, inflate, name_of

MAX_PAGES: Final = 200
_LARGEST_PT: Final = 1300

_CATALOG: Final = frozenset({"Type", "Pages", "Lang", "MarkInfo", "Metadata", "OutputIntents", "StructTreeRoot"})
_CATALOG_ALLOWED: Final = _CATALOG | {"ViewerPreferences", "Names", "AF", "AcroForm", "Extensions"}
_PAGE_ALLOWED: Final = frozenset(
    {"Type", "Parent", "MediaBox", "CropBox", "Resources", "Contents", "StructParents", "Tabs", "Annots", "Group"}
    | {"Rotate"}
)
_NODE_ALLOWED: Final = frozenset({"Type", "Parent", "Kids", "Count", "MediaBox", "CropBox", "Resources", "Rotate"})
_FIELD: Final = frozenset({"Type", "Subtype", "FT", "T", "TU", "F", "Rect", "P", "StructParent", "Lock", "AP"})
_RESOURCES: Final = frozenset({"Font", "ProcSet", "XObject", "ExtGState", "ColorSpace", "Pattern", "Shading"})


class Slot(NamedTuple):
    """Where a signature will show: index of the page, and a rectangle in points."""

    page: int
    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class Form:
    """What the rest of judging needs of the issued form: object numbers of pages, fields, slots, two streams."""

    pages: tuple[int, ...]
    fields: tuple[Field, ...]
    slots: tuple[Slot, ...]
    attachment: Stream | None
    metadata: Stream | None
    is_sound: bool
    """Nothing was found that an issued file does not have."""


def read_form(layout: Layout, *, is_thorough: bool = True) -> tuple[Form, tuple[Finding, ...]]:
    """Return what stands where, and a finding for everything that the issued form does not have.

    If not ``is_thorough``, what no entry point of the form leads to is not looked at: that is for who compares the
    issued bytes with what was issued, and shows them to nobody.
    """
    reader = FormReader(layout)
    catalog = reader.dictionary(layout.issued.trailer["Root"], "/Root")
    _check_catalog(reader, catalog)
    if is_thorough:
        check_passive(reader)
    pages = _read_pages(reader, catalog)
    if is_thorough and not reader.findings and drawing_cost(layout, pages) > MAX_DRAWING:
        reader.note("ISSUED_DRAWING")
    fields = _read_fields(reader, catalog, pages)
    metadata = layout.resolve(catalog.get("Metadata"))
    form = Form(
        pages=tuple(pages),
        fields=fields,
        slots=tuple(_slots(layout, pages, fields)),
        attachment=_read_attachment(reader, catalog),
        metadata=metadata if isinstance(metadata, Stream) else None,
        is_sound=not reader.findings,
    )
    return form, tuple(reader.findings)


def _check_catalog(reader: FormReader, catalog: Mapping[str, Any]) -> None:
    reader.allow(catalog, _CATALOG_ALLOWED, "/Catalog")
    for key in sorted(_CATALOG - catalog.keys()):
        reader.note("ISSUED_LACKS", what=f"/Catalog /{key}")
    if catalog.get("Lang") != LANGUAGE.encode() or catalog.get("MarkInfo") != {"Marked": True}:
        reader.note("ISSUED_SHAPE", what="/Lang, /MarkInfo")


def _read_pages(reader: FormReader, catalog: Mapping[str, Any]) -> list[int]:
    pages: list[int] = []
    visited: set[int] = set()
    pending: list[tuple[Value, Value]] = [(catalog.get("Pages"), None)]
    while pending:
        reference, parent = pending.pop()
        if not isinstance(reference, Ref) or reference.number in visited or len(visited) > 2 * MAX_PAGES:
            reader.note("ISSUED_SHAPE", what="/Pages")
            break
        visited.add(reference.number)
        node = reader.dictionary(reference, "/Pages")
        if node.get("Parent") != parent:
            reader.note("ISSUED_SHAPE", what="/Parent")
        if node.get("Type") == "Pages":
            reader.allow(node, _NODE_ALLOWED, "/Pages")
            kids = reader.array(node.get("Kids"), "/Kids")
            pending.extend((kid, reference) for kid in reversed(kids))
        else:
            _check_page(reader, node)
            pages.append(reference.number)
        _check_resources(reader, node.get("Resources", {}))
    count = reader.dictionary(catalog.get("Pages"), "/Pages").get("Count")
    if not 0 < len(pages) <= MAX_PAGES or count != len(pages):
        reader.note("ISSUED_SHAPE", what="/Count")
    return pages


def _check_page(reader: FormReader, page: Mapping[str, Any]) -> None:
    reader.allow(page, _PAGE_ALLOWED, "/Page")
    box = reader.layout.resolve(page.get("MediaBox", [0, 0, 595, 842]))
    if page.get("Type") != "Page" or page.get("Rotate", 0) != 0 or not _is_sheet(box):
        reader.note("ISSUED_SHAPE", what="/Page")
    # a smaller visible box would hide what lies outside of it
    if page.get("CropBox", box) != box:
        reader.note("ISSUED_SHAPE", what="/CropBox")


def _is_rectangle(box: Value) -> bool:
    """Tell whether ``box`` is a rectangle with its lower left corner first."""
    if not isinstance(box, list) or len(box) != 4 or any(type(number) not in {int, float} for number in box):
        return False
    return bool(box[0] < box[2] and box[1] < box[3])


def _is_sheet(box: Value) -> bool:
    if not _is_rectangle(box):
        return False
    left, bottom, right, top = box
    return bool(left == bottom == 0 and 72 <= right <= _LARGEST_PT and 72 <= top <= _LARGEST_PT)


def _check_resources(reader: FormReader, value: Value) -> None:
    pending = [value]
    seen: set[Value] = set()
    while pending:
        resources = reader.dictionary(pending.pop(), "/Resources")
        reader.allow(resources, _RESOURCES, "/Resources")
        for reference in reader.dictionary(resources.get("XObject", {}), "/XObject").values():
            drawn = reader.dictionary(reference, "/XObject")
            if name_of(drawn.get("Subtype")) not in {"Image", "Form"}:
                reader.note("ISSUED_FOREIGN", what="/XObject")
            # streams are always indirect, so a form that draws itself is known by its reference
            if "Resources" in drawn and isinstance(reference, Ref) and reference not in seen:
                seen.add(reference)
                pending.append(drawn["Resources"])


def _read_fields(reader: FormReader, catalog: Mapping[str, Any], pages: list[int]) -> tuple[Field, ...]:
    form = reader.dictionary(catalog.get("AcroForm", {"Fields": [], "SigFlags": 3}), "/AcroForm")
    reader.allow(form, frozenset({"Fields", "SigFlags"}), "/AcroForm")
    listed = reader.array(form.get("Fields"), "/Fields")
    fields: dict[Role, Field] = {}
    for reference in listed:
        field = reader.dictionary(reference, "/Fields")
        role = next((role for role in Role if role.value.encode() == field.get("T")), None)
        if not isinstance(reference, Ref) or role is None or role in fields or not _is_field(reader, field, role):
            reader.note("ISSUED_FIELD", what=f"/T {field.get('T')!r}")
        else:
            fields[role] = Field(role.value, reference.number, role)
    if form.get("SigFlags") != 3:
        reader.note("ISSUED_FIELD", what="/SigFlags")
    _check_annotations(reader, pages, [reference for reference in listed if isinstance(reference, Ref)])
    return tuple(fields.values())


def _is_field(reader: FormReader, field: Mapping[str, Any], role: Role) -> bool:
    blank = reader.layout.resolve(reader.dictionary(field.get("AP", {}), "/AP").get("N"))
    lock = {"Type": "SigFieldLock", "Action": "Include", "Fields": [role.value.encode()]}
    kind = (field.get("Type"), field.get("Subtype"), field.get("FT"), field.get("F"))
    return (
        field.keys() == _FIELD
        and _is_rectangle(reader.layout.resolve(field["Rect"]))
        and kind == ("Annot", "Widget", "Sig", FIELD_FLAGS)
        and reader.layout.resolve(field["Lock"]) == lock
        and field["AP"].keys() == {"N"}
        and isinstance(blank, Stream)
        and _is_blank(blank)
    )


def _is_blank(stream: Stream) -> bool:
    try:
        return not inflate(stream, 1).strip()
    except PdfSyntaxError:
        return False


def _slots(layout: Layout, pages: list[int], fields: Iterable[Field]) -> Iterator[Slot]:
    for field in fields:
        widget = layout.issued.objects[field.number]
        left, bottom, right, top = layout.resolve(widget["Rect"])
        yield Slot(pages.index(widget["P"].number), left, bottom, right, top)


def _check_annotations(reader: FormReader, pages: list[int], fields: list[Ref]) -> None:
    """Each field stands once on its page, and nothing else does."""
    found = []
    for number in pages:
        page = reader.dictionary(Ref(number), "/Page")
        for reference in reader.array(page.get("Annots", []), "/Annots"):
            found.append(reference)
            if reference not in fields:
                reader.note("ISSUED_ANNOTATION", object=reference.number if isinstance(reference, Ref) else 0)
            elif reader.dictionary(reference, "/Annots").get("P") != Ref(number):
                reader.note("ISSUED_FIELD", what="/P")
    if any(found.count(field) != 1 for field in fields):
        reader.note("ISSUED_FIELD", what="/Annots")


def _read_attachment(reader: FormReader, catalog: Mapping[str, Any]) -> Stream | None:
    """Return the only attachment, after demanding that it is the only one."""
    names = reader.dictionary(catalog.get("Names", {}), "/Names")
    reader.allow(names, frozenset({"EmbeddedFiles"}), "/Names")
    tree = reader.dictionary(names.get("EmbeddedFiles", {}), "/EmbeddedFiles")
    entries = reader.array(tree.get("Names", []), "/EmbeddedFiles")
    embedded = {id(dictionary) for dictionary in _holding(reader, "EF")}
    streams = sum(
        isinstance(value, Stream) and value.dictionary.get("Type") == "EmbeddedFile"
        for value in reader.layout.issued.objects.values()
    )
    if tree.keys() != {"Names"} or len(entries) != 2 or entries[0] != ATTACHMENT.encode() or len(embedded) != 1:
        reader.note("ISSUED_ATTACHMENTS", count=len(embedded))
        return None
    listed = reader.dictionary(entries[1], "/Filespec")
    files = reader.dictionary(listed.get("EF", {}), "/EF")
    stream = reader.layout.resolve(files.get("F"))
    name = (listed.get("F"), listed.get("UF"), listed.get("AFRelationship"))
    if (
        id(listed) not in embedded
        or streams != 1
        or name != (ATTACHMENT.encode(), ATTACHMENT.encode(), "Data")
        or files.get("UF") != files.get("F")
        or reader.layout.resolve(catalog.get("AF")) != [entries[1]]
        or not isinstance(stream, Stream)
    ):
        reader.note("ISSUED_ATTACHMENTS", count=streams)
        return None
    return stream


def _holding(reader: FormReader, key: str) -> Iterator[dict[str, Any]]:
    for parts in reader.layout.issued.parts.values():
        yield from (dictionary for dictionary in parts.dictionaries if key in dictionary)
