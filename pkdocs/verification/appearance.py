"""What the appearance of a signature may be: drawings and fonts of its own revision, within its widget."""

from typing import Final

from pkdocs.verification.syntax import Name, PdfSyntaxError, Ref, Stream, Value, inflate, name_of, parts_of, references
from pkdocs.verification.update import Update

_MAX_BYTES: Final = 16_000_000
_KEYS: Final = {
    "XObject": frozenset(
        {"Type", "Subtype", "FormType", "BBox", "Matrix", "Resources", "Length", "Filter", "DecodeParms"}
        | {"Width", "Height", "ColorSpace", "BitsPerComponent", "ImageMask", "Decode", "Interpolate", "SMask"}
    ),
    "Font": frozenset(
        {"Type", "Subtype", "BaseFont", "Encoding", "DescendantFonts", "ToUnicode", "CIDSystemInfo", "FontDescriptor"}
        | {"W", "DW", "CIDToGIDMap", "FirstChar", "LastChar", "Widths", "Name"}
    ),
    "FontDescriptor": frozenset(
        {"Type", "FontName", "FontFamily", "Flags", "FontBBox", "ItalicAngle", "Ascent", "Descent", "CapHeight"}
        | {"XHeight", "StemV", "StemH", "FontFile2", "FontFile3", "CIDSet", "MissingWidth", "Leading", "AvgWidth"}
        | {"MaxWidth"}
    ),
    "Encoding": frozenset({"Type", "BaseEncoding", "Differences"}),
}
_PLAIN_KEYS: Final = frozenset({"Length", "Filter", "Length1", "Subtype", "Type", "CMapName", "CIDSystemInfo", "WMode"})
_TYPES: Final = frozenset({*_KEYS, "CMap", None})
_RESOURCES: Final = frozenset({"Font", "ProcSet", "XObject", "ExtGState", "ColorSpace"})


def check_appearance(update: Update, *values: Value) -> None:
    """Account for what ``values`` (appearances, resources) lead to, and note what could do more than draw."""
    reached = update.reached(*values)
    left = _MAX_BYTES
    bad: set[int] = set()
    for number in reached:
        value = update.revision.objects[number]
        if number in update.before or not _only_draws(value) or _reaches_out(update, value):
            bad.add(number)
        if isinstance(value, Stream):
            left -= _size(value, left)
    update.note_objects("REVISION_APPEARANCE", bad if left > 0 else reached)
    update.explained |= reached - update.changed


def is_drawing(update: Update, appearance: Value) -> bool:
    """Tell whether ``appearance`` (/AP) is one form of this revision, and nothing for mouse or keys."""
    if not isinstance(appearance, dict) or appearance.keys() != {"N"} or not isinstance(appearance["N"], Ref):
        return False
    drawn = update.revision.objects.get(appearance["N"].number)
    return isinstance(drawn, Stream) and drawn.dictionary.get("Subtype") == "Form"


def _reaches_out(update: Update, value: Value) -> bool:
    return any(reference.number not in update.revision.objects for reference in references(value))


def _only_draws(value: Value) -> bool:
    entries = value.dictionary if isinstance(value, Stream) else value
    if not isinstance(entries, dict):
        return True
    kind = name_of(entries.get("Type"))
    subtype = name_of(entries.get("Subtype"))
    # a third kind of XObject was once PostScript, which does what it likes (ISO 32000-1, 8.8.2)
    if subtype == "PS" or (kind == "XObject" and subtype not in {"Form", "Image"}):
        return False
    if kind not in _TYPES or entries.keys() - _KEYS.get(kind or "", _PLAIN_KEYS):
        return False
    return not isinstance(value, Stream) or _no_layers(entries.get("Resources", {}))


def _no_layers(resources: Value) -> bool:
    return (
        isinstance(resources, dict)
        and resources.keys() <= _RESOURCES
        and not any(
            key in dictionary
            for dictionary in parts_of(resources).dictionaries
            for key in (Name("OC"), Name("Properties"))
        )
    )


def _size(stream: Stream, limit: int) -> int:
    """Return how many bytes are drawn from the stream; more than ``limit`` where it cannot be told."""
    entries = stream.dictionary
    if entries.get("Subtype") == "Image" and entries.get("Filter") == "DCTDecode":
        width, height = entries.get("Width"), entries.get("Height")
        return 3 * width * height if type(width) is int and type(height) is int else limit + 1
    try:
        return len(inflate(stream, limit))
    except PdfSyntaxError:
        return limit + 1
