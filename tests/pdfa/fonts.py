"""ISO 19005-3, 6.2.11: every font is in the file, and says of its glyphs what its program says."""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from fontTools.pens.recordingPen import RecordingPen
from fontTools.t1Lib import T1Font
from fontTools.ttLib import TTFont
from pikepdf import Array, Name, Object, Stream

import pkdocs.signing
from tests.pdfa.opened import Opened, Shown

_PROGRAMS: Final = {"/FontFile": {"/Type1"}, "/FontFile2": {"/TrueType", "/CIDFontType2"}}
"""What LibreOffice writes; it makes Type 1 of OpenType fonts."""
_SUBSET: Final = re.compile(r"/[A-Z]{6}\+.+")
_OWN: Final = Path(pkdocs.signing.__file__).with_name("fonts")
_TOLERANCE: Final = 1
"""Thousandths of an em (6.2.11.5)."""
_SYMBOLIC: Final = 4
_NON_SYMBOLIC: Final = 32
_ENCODINGS: Final = frozenset({"/MacRomanEncoding", "/WinAnsiEncoding"})


@dataclass(frozen=True)
class Program:
    """A font program: width in thousandths and outline of each glyph, and which glyph each code shows."""

    widths: Mapping[int, float]
    outlines: Mapping[int, bytes]
    codes: Mapping[int, int]
    cmaps: tuple[tuple[int, int], ...] = ()

    def is_undefined(self, glyph: int) -> bool:
        """Tell whether ``glyph`` is .notdef, or one that LibreOffice copied of it for a letter that no font has."""
        return glyph == 0 or glyph not in self.outlines or self._looks_undefined(glyph)

    def _looks_undefined(self, glyph: int) -> bool:
        return bool(self.outlines[0]) and self.outlines[glyph] == self.outlines[0]


@cache
def _true_type(data: bytes) -> Program:
    with TTFont(io.BytesIO(data), recalcBBoxes=False) as font:
        order, scale = font.getGlyphOrder(), 1000 / font["head"].unitsPerEm
        metrics = font["hmtx"].metrics
        outlines = {number: font["glyf"][name].compile(font["glyf"]) for number, name in enumerate(order)}
        tables = font["cmap"].tables if "cmap" in font else []
        codes = {code: font.getGlyphID(name) for table in tables for code, name in table.cmap.items()}
        widths = {number: metrics[name][0] * scale for number, name in enumerate(order)}
        return Program(widths, outlines, codes, tuple((table.platformID, table.platEncID) for table in tables))


@cache
def _type_1(data: bytes) -> Program:
    font = T1Font.__new__(T1Font)  # it can otherwise only be read from a file
    font.data, font.encoding = data, "ascii"
    font.parse()
    glyphs = font.getGlyphSet()
    order = [".notdef", *(name for name in glyphs if name != ".notdef")]
    widths, outlines = {}, {}
    for number, name in enumerate(order):
        pen = RecordingPen()
        glyphs[name].draw(pen)
        widths[number], outlines[number] = float(glyphs[name].width), repr(pen.value).encode() if pen.value else b""
    codes = {code: order.index(name) for code, name in enumerate(font["Encoding"]) if name in order}
    return Program(widths, outlines, codes)


def _descriptor(font: Object) -> Object:
    holder = font.DescendantFonts[0] if font.Subtype == Name.Type0 else font
    return holder.get("/FontDescriptor", {})


def _program(font: Object) -> Program | None:
    descriptor = _descriptor(font)
    if "/FontFile2" in descriptor:
        return _true_type(descriptor.FontFile2.read_bytes())
    if "/FontFile" in descriptor:
        return _type_1(descriptor.FontFile.read_bytes())
    return None


def _glyphs(shown: Shown, program: Program) -> Iterator[tuple[int, int, float | None]]:
    """Yield each code that is shown with its glyph, and the width that the PDF says it has."""
    font = shown.font
    if font.Subtype == Name.Type0:
        listed = _listed_widths(font.DescendantFonts[0])
        for code in sorted(shown.codes):
            yield code, code, listed.get(code, float(font.DescendantFonts[0].get("/DW", 1000)))
        return
    first, widths = int(font.get("/FirstChar", 0)), font.get("/Widths", Array())
    for code in sorted(shown.codes):
        place = code - first
        yield code, program.codes.get(code, 0), float(widths[place]) if 0 <= place < len(widths) else None


def _whole(name: str) -> int:
    """Return how many glyphs the font ``name`` of pkdocs has in all; 0 if it is not one of them."""
    file = _OWN / f"{name.removeprefix('/')}.ttf"
    return len(_true_type(file.read_bytes()).widths) if file.is_file() else 0


def _listed_widths(font: Object) -> dict[int, float]:
    listed: dict[int, float] = {}
    entries: list[Any] = list(font.get("/W", Array()))
    while entries:
        first, second = int(entries.pop(0)), entries.pop(0)
        if isinstance(second, Array):
            listed |= {first + place: float(width) for place, width in enumerate(second)}
        else:
            listed |= dict.fromkeys(range(first, int(second) + 1), float(entries.pop(0)))
    return listed


def _fonts(opened: Opened) -> Iterator[Object]:
    return (found for found in opened.dictionaries if found.get("/Type") == Name.Font and "/BaseFont" in found)


def clause_6_2_11_2_types(opened: Opened) -> Iterator[str]:
    for font in _fonts(opened):
        if str(font.Subtype) not in {"/Type0", "/Type1", "/TrueType", "/CIDFontType2"}:
            yield f"{font.BaseFont} is {font.Subtype}"


def clause_6_2_11_3_composite(opened: Opened) -> Iterator[str]:
    for font in (found for found in _fonts(opened) if found.Subtype == Name.Type0):
        if str(font.Encoding) != "/Identity-H":
            yield f"{font.BaseFont} has another map of codes"
        descendant = font.DescendantFonts[0]
        system = descendant.get("/CIDSystemInfo", {})
        if (str(system.get("/Registry", "")), str(system.get("/Ordering", ""))) != ("Adobe", "Identity"):
            yield f"{font.BaseFont} has another character collection"
        if descendant.Subtype == Name.CIDFontType2 and descendant.get("/CIDToGIDMap") != Name.Identity:
            yield f"{font.BaseFont} has no map to glyphs"


def clause_6_2_11_4_1_embedded(opened: Opened) -> Iterator[str]:
    for font in (found for found in _fonts(opened) if found.Subtype != Name.Type0):
        descriptor = _descriptor(font)
        held = [key for key in _PROGRAMS if isinstance(descriptor.get(key), Stream)]
        if len(held) != 1:
            yield f"{font.BaseFont} is not in the file"
        elif str(font.Subtype) not in _PROGRAMS[held[0]]:
            yield f"{font.BaseFont} is in the file as something else"
        elif "/FontFile3" in descriptor:
            yield f"{font.BaseFont} is in the file twice"
        if str(descriptor.get("/FontName", "")) != str(font.BaseFont):
            yield f"{font.BaseFont} is described under another name"


def clause_6_2_11_4_2_subsets(opened: Opened) -> Iterator[str]:
    for font in _fonts(opened):
        descriptor, program = _descriptor(font), _program(font)
        is_whole = program is not None and len(program.widths) == _whole(str(font.BaseFont))
        if not is_whole and not _SUBSET.fullmatch(str(font.BaseFont)):
            yield f"{font.BaseFont} has no mark of a subset"
        if program and "/CIDSet" in descriptor:
            bits = descriptor.CIDSet.read_bytes()
            listed = {8 * place + bit for place, byte in enumerate(bits) for bit in range(8) if byte & 0x80 >> bit}
            if listed != set(program.widths):
                yield f"{font.BaseFont} lists other glyphs"


def clause_6_2_11_5_metrics(opened: Opened) -> Iterator[str]:
    for shown in opened.shown.values():
        program = _program(shown.font)
        for code, glyph, width in _glyphs(shown, program) if program else ():
            if width is None or abs(width - program.widths.get(glyph, -9999)) > _TOLERANCE:
                yield f"{shown.font.BaseFont}: {code} is {program.widths.get(glyph)} wide, not {width}"


def clause_6_2_11_6_encodings(opened: Opened) -> Iterator[str]:
    for font in (found for found in _fonts(opened) if found.Subtype == Name.TrueType):
        flags, encoding, program = int(_descriptor(font).get("/Flags", 0)), font.get("/Encoding"), _program(font)
        if bool(flags & _SYMBOLIC) == bool(flags & _NON_SYMBOLIC):
            yield f"{font.BaseFont} is symbolic and not"
        if flags & _SYMBOLIC and encoding is not None:
            yield f"{font.BaseFont} is symbolic, with an encoding"
        if flags & _SYMBOLIC and program and len(program.cmaps) != 1 and (3, 0) not in program.cmaps:
            yield f"{font.BaseFont} is symbolic, with several maps"
        if flags & _NON_SYMBOLIC and str(encoding) not in _ENCODINGS:
            yield f"{font.BaseFont} is not symbolic, and has no encoding"


def clause_6_2_11_7_unicode(opened: Opened) -> Iterator[str]:
    """Not asked of level B: of tagged files that are to be read aloud, searched and verified."""
    for shown in opened.shown.values():
        stream = shown.font.get("/ToUnicode")
        mapped = _mapped(stream.read_bytes()) if isinstance(stream, Stream) else {}
        if absent := sorted(shown.codes - mapped.keys()):
            yield f"{shown.font.BaseFont} does not say what {absent[:5]} are"
        if bad := sorted(code for code in shown.codes & mapped.keys() if mapped[code] in {"\0", "\ufeff", "\ufffe"}):
            yield f"{shown.font.BaseFont}: {bad[:5]} are no letters"


def _mapped(cmap: bytes) -> dict[int, str]:
    mapped: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            mapped[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            start = int(text, 16)
            mapped |= {code: chr(start + code - int(first, 16)) for code in range(int(first, 16), int(last, 16) + 1)}
    return mapped


def clause_6_2_11_8_undefined_glyph(opened: Opened) -> Iterator[str]:
    for shown in opened.shown.values():
        program = _program(shown.font)
        for code, glyph, _ in _glyphs(shown, program) if program else ():
            if program.is_undefined(glyph):
                yield f"{shown.font.BaseFont}: {code} has no glyph"


RULES: Final = (
    clause_6_2_11_2_types,
    clause_6_2_11_3_composite,
    clause_6_2_11_4_1_embedded,
    clause_6_2_11_4_2_subsets,
    clause_6_2_11_5_metrics,
    clause_6_2_11_6_encodings,
    clause_6_2_11_7_unicode,
    clause_6_2_11_8_undefined_glyph,
)
