"""What no object of an issued file may be: unused, acting, fetching, layered, endless, or left to a viewer's fonts."""

from collections.abc import Mapping
from typing import Any, Final

from pkdocs.verification.finding import Finding, Step, Sub, Weight
from pkdocs.verification.layout import Layout
from pkdocs.verification.syntax import PdfSyntaxError, Stream, Value, inflate, name_of, references

MAX_INFLATED_BYTES: Final = 128_000_000
MAX_PIXELS: Final = 60_000_000
_ACTIVE_KEYS: Final = frozenset(
    {"AA", "JS", "JavaScript", "XFA", "OpenAction", "OC", "OCGs", "OCProperties", "Alternates", "OPI", "Ref", "PS"}
    | {"URI", "RichMediaContent", "NeedAppearances", "Collection", "Threads", "Requirements", "FFilter"}
)
_ACTIONS: Final = frozenset(
    {"GoTo", "GoToR", "GoToE", "GoToDp", "Launch", "Thread", "URI", "Hide", "Named", "SubmitForm", "ResetForm"}
    | {"ImportData", "JavaScript", "SetOCGState", "Rendition", "Trans", "GoTo3DView", "RichMediaExecute"}
)
_FILTERS: Final = (None, "FlateDecode", "DCTDecode", ["FlateDecode"], ["DCTDecode"])
_FONT_FILES: Final = frozenset({"FontFile", "FontFile2", "FontFile3"})
_STREAMS: Final = frozenset({"Image", "Form", "XML", "application/json", "Type1C", "CIDFontType0C", "OpenType"})
_DESCRIBED_FONTS: Final = frozenset({"TrueType", "Type1", "MMType1", "CIDFontType0", "CIDFontType2"})


class FormReader:
    """Walks the issued revision once and notes what is not of the form."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.findings: list[Finding] = []

    def note(self, code: str, **params: str | int) -> None:
        """Add a failure of step 3."""
        self.findings.append(Finding.of(code, Step.REVISIONS, Weight.FAIL, params, sub=Sub.FORMAT_FAILURE))

    def dictionary(self, value: Value, what: str) -> dict[str, Any]:
        """Return the dictionary of ``value`` or of what it refers to; an empty one, noted, if there is none."""
        found = self.layout.resolve(value)
        if isinstance(found, Stream):
            return found.dictionary
        if isinstance(found, dict):
            return found
        self.note("ISSUED_SHAPE", what=what)
        return {}

    def array(self, value: Value, what: str) -> list[Value]:
        """Return the array that ``value`` is or refers to; an empty one, noted, if there is none."""
        found = self.layout.resolve(value)
        if isinstance(found, list):
            return found
        self.note("ISSUED_SHAPE", what=what)
        return []

    def allow(self, dictionary: Mapping[str, Any], allowed: frozenset[str], what: str) -> None:
        """Note every key besides those ``allowed``."""
        for key in sorted(dictionary.keys() - allowed):
            self.note("ISSUED_FOREIGN", what=f"{what} /{key}")


def check_passive(reader: FormReader) -> None:
    """Note every object that is not used, does something, or grows beyond measure."""
    _check_reachable(reader)
    for number, value in reader.layout.issued.objects.items():
        _check_object(reader, number, value)
    _check_sizes(reader)


def _check_reachable(reader: FormReader) -> None:
    parts = reader.layout.issued.parts
    reached: set[int] = set()
    pending = [reference.number for reference in references(dict(reader.layout.issued.trailer))]
    while pending:
        number = pending.pop()
        if number not in reached:
            reached.add(number)
            pending.extend([reference.number for reference in parts[number].references])
    for number in sorted(parts.keys() - reached):
        reader.note("ISSUED_UNREFERENCED", object=number)


def _check_object(reader: FormReader, number: int, value: Value) -> None:
    """Nothing acts, nothing is fetched, no layer, no font that a viewer would have to supply."""
    if isinstance(value, Stream):
        if "F" in value.dictionary or value.dictionary.get("Filter") not in _FILTERS:
            reader.note("ISSUED_ACTIVE", object=number, what="/F, /Filter")
        if "Subtype" in value.dictionary and name_of(value.dictionary["Subtype"]) not in _STREAMS:
            reader.note("ISSUED_ACTIVE", object=number, what="/Subtype")
    for dictionary in reader.layout.issued.parts[number].dictionaries:
        for key in sorted(_ACTIVE_KEYS.intersection(dictionary)):
            reader.note("ISSUED_ACTIVE", object=number, what=f"/{key}")
        if dictionary.get("Type") == "Action" or name_of(dictionary.get("S")) in _ACTIONS:
            reader.note("ISSUED_ACTIVE", object=number, what="/Action")
        if dictionary.get("PatternType") == 1:
            # tiles repeat a drawing as often as they like
            reader.note("ISSUED_FOREIGN", what="/PatternType 1")
        if dictionary.get("Type") == "Font":
            _check_font(reader, number, dictionary)


def _check_font(reader: FormReader, number: int, font: Mapping[str, Any]) -> None:
    kind = name_of(font.get("Subtype"))
    if kind == "Type0":
        return
    descriptor = reader.dictionary(font.get("FontDescriptor", {}), "/FontDescriptor")
    if kind not in _DESCRIBED_FONTS or not _FONT_FILES & descriptor.keys():
        reader.note("ISSUED_FONT", object=number)


def _check_sizes(reader: FormReader) -> None:
    """Demand that no stream inflates beyond measure, before any library sees the file."""
    left = MAX_INFLATED_BYTES
    for number, value in reader.layout.issued.objects.items():
        if not isinstance(value, Stream):
            continue
        width, height = value.dictionary.get("Width", 0), value.dictionary.get("Height", 0)
        if type(width) is not int or type(height) is not int or width * height > MAX_PIXELS:
            reader.note("ISSUED_TOO_LARGE", object=number)
        if value.dictionary.get("Filter") not in ("FlateDecode", ["FlateDecode"]):
            continue
        try:
            left -= len(inflate(Stream({"Filter": "FlateDecode"}, value.raw), left))
        except PdfSyntaxError:
            reader.note("ISSUED_TOO_LARGE", object=number)
