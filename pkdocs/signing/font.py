"""The letters of visible signatures: one small font, of which each signature carries the letters that it needs."""

import hashlib
import io
import unicodedata
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from pkdocs.signing.increment import Body, stream_body
from pkdocs.signing.shape import Shape

BOLD: Final = 0.022
"""Width of the outline that makes letters bold, as a part of their size: one font does for both."""

_FILE: Final = "PkdocsSans.ttf"
_UNITS: Final = 1000
_SUBSTITUTE: Final = "?"
_SYMBOLIC: Final = 4
_STEM: Final = 80
_CODES_PER_BLOCK: Final = 100


@dataclass(frozen=True, slots=True)
class Face:
    """Measures in thousandths of the size; ``advances`` and numbers of ``glyphs`` in the whole font by character."""

    advances: Mapping[str, int]
    glyphs: Mapping[str, int]
    ascent: int
    descent: int
    box: tuple[int, int, int, int]

    def width(self, text: str, size: float) -> float:
        """Return the width of ``text`` in points; every character must be one of the face."""
        return sum(self.advances[character] for character in text) * size / _UNITS

    def printable(self, text: str) -> str:
        """Return ``text`` with characters that the face lacks as their base letters, else as a question mark."""
        return "".join(character if character in self.advances else self._nearest(character) for character in text)

    def wrap(self, text: str, size: float, width: float) -> Iterator[str]:
        """Yield the printable ``text`` in lines of ``width`` points at most; only a word that is longer is broken."""
        row = ""
        for word in self.printable(text).split():
            longer = f"{row} {word}" if row else word
            if self.width(longer, size) <= width:
                row = longer
                continue
            if row:
                yield row
            *full, row = self._break(word, size, width)
            yield from full
        if row:
            yield row

    def _break(self, word: str, size: float, width: float) -> list[str]:
        """Return ``word`` in pieces that fit, of one character at least."""
        pieces, taken = [""], 0
        for character in word:
            taken += self.advances[character]
            if pieces[-1] and taken * size / _UNITS > width:
                pieces.append("")
                taken = self.advances[character]
            pieces[-1] += character
        return pieces

    def _nearest(self, character: str) -> str:
        base = unicodedata.normalize("NFKD", character)
        return "".join(letter for letter in base if letter in self.advances) or _SUBSTITUTE


@dataclass(frozen=True, slots=True, eq=False)
class Subset:
    """The glyphs of some characters: the font program (compressed), and glyph numbers by character.

    Each is equal to itself alone: ``cut_subset`` gives the same one again.
    """

    tag: str
    program: bytes
    program_length: int
    glyphs: Mapping[str, int]

    def show(self, text: str) -> str:
        """Return the operator that draws ``text``."""
        return show_text(text, self.glyphs)


def show_text(text: str, glyphs: Mapping[str, int]) -> str:
    """Return the operator that draws ``text`` by its ``glyphs``."""
    return "<" + "".join(f"{glyphs[character]:04X}" for character in text) + "> Tj"


@cache
def load_face() -> Face:
    """Return the measures of the font."""
    with _open() as font:
        scale = _UNITS / font["head"].unitsPerEm
        advances = font["hmtx"].metrics
        header = font["head"]
        return Face(
            advances={chr(code): round(advances[name][0] * scale) for code, name in font.getBestCmap().items()},
            glyphs={chr(code): font.getGlyphID(name) for code, name in font.getBestCmap().items()},
            ascent=round(font["hhea"].ascent * scale),
            descent=round(font["hhea"].descent * scale),
            box=tuple(round(edge * scale) for edge in (header.xMin, header.yMin, header.xMax, header.yMax)),
        )


@lru_cache(maxsize=64)
def cut_subset(characters: frozenset[str]) -> Subset:
    """Return the part of the font that draws ``characters``, all of them characters of the face.

    Kept for the signatures that follow: a signer's name and office do not change from one to the next.
    """
    with _open() as font:
        options = Options(hinting=False, layout_features=[], glyph_names=False, notdef_outline=True)
        options.drop_tables = [*options.drop_tables, "OS/2", "name"]
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=map(ord, characters))
        subsetter.subset(font)
        glyphs = {chr(code): font.getGlyphID(name) for code, name in font.getBestCmap().items()}
        # the PDF numbers glyphs itself and embeds no font for others to use: no names, no character map
        del font["cmap"]
        output = io.BytesIO()
        font.save(output, reorderTables=False)
    program = output.getvalue()
    tag = "".join(chr(ord("A") + byte % 26) for byte in hashlib.sha256(program).digest()[:6])
    return Subset(tag, zlib.compress(program, 9), len(program), glyphs)


FONT_SHAPE: Final = (
    Shape(rb"<< /Filter /FlateDecode /Length1 \d{1,8} ", is_stream=True),
    Shape(
        rb"<< /Type /FontDescriptor /FontName /[A-Z]{6}\+PkdocsSans /Flags 4"
        rb" /FontBBox \[-?\d{1,5}(?: -?\d{1,5}){3}\] /ItalicAngle 0"
        rb" /Ascent \d{1,5} /Descent -?\d{1,5} /CapHeight \d{1,5} /StemV \d{1,3} /FontFile2 (\d+) 0 R >>",
        0,
    ),
    Shape(
        rb"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /[A-Z]{6}\+PkdocsSans /CIDSystemInfo"
        rb" << /Registry \(Adobe\) /Ordering \(Identity\) /Supplement 0 >> /CIDToGIDMap /Identity"
        rb" /W \[(?:\d{1,5} \[\d{1,5}\] ?){0,2000}\] /FontDescriptor (\d+) 0 R >>",
        1,
    ),
    Shape(rb"<< /Filter /FlateDecode ", is_stream=True),
    Shape(
        rb"<< /Type /Font /Subtype /Type0 /BaseFont /[A-Z]{6}\+PkdocsSans /Encoding /Identity-H"
        rb" /DescendantFonts \[(\d+) 0 R\] /ToUnicode (\d+) 0 R >>",
        2,
        3,
    ),
)
"""What ``font_objects`` gives, whatever the letters are."""


@lru_cache(maxsize=64)
def font_objects(subset: Subset) -> tuple[Body, ...]:
    """Return the objects of the font, the font itself last (ISO 19005-3, 6.2.11).

    It is embedded, its glyphs go by number, and ``/ToUnicode`` tells their characters.
    """
    face = load_face()
    name = b"/%s+PkdocsSans" % subset.tag.encode("ascii")
    box = b" ".join(b"%d" % edge for edge in face.box)
    program = stream_body(b"/Filter /FlateDecode /Length1 %d" % subset.program_length, subset.program)
    descriptor = (
        b"<< /Type /FontDescriptor /FontName %s /Flags %d /FontBBox [%s] /ItalicAngle 0" % (name, _SYMBOLIC, box),
        b" /Ascent %d /Descent %d /CapHeight %d" % (face.ascent, face.descent, face.ascent),
        b" /StemV %d /FontFile2 " % _STEM,
    )
    descendant = (
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont %s /CIDSystemInfo" % name,
        b" << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /CIDToGIDMap /Identity",
        b" /W [%s] /FontDescriptor " % _widths(subset, face),
    )
    unicode = stream_body(b"/Filter /FlateDecode", zlib.compress(to_unicode(subset.glyphs)))
    font = b"<< /Type /Font /Subtype /Type0 /BaseFont %s /Encoding /Identity-H /DescendantFonts [" % name
    return (
        (program,),
        (*descriptor, 0, b" >>"),
        (*descendant, 1, b" >>"),
        (unicode,),
        (font, 2, b"] /ToUnicode ", 3, b" >>"),
    )


def font_program() -> bytes:
    """Return the whole font as it is shipped."""
    return files(__package__).joinpath("fonts", _FILE).read_bytes()


def _open() -> TTFont:
    return TTFont(io.BytesIO(font_program()), lazy=True, recalcTimestamp=False)


def _widths(subset: Subset, face: Face) -> bytes:
    """Return ``/W``: for each glyph its number and a list of one width."""
    numbered = sorted((glyph, character) for character, glyph in subset.glyphs.items())
    return b" ".join(b"%d [%d]" % (glyph, face.advances[character]) for glyph, character in numbered)


def to_unicode(glyphs: Mapping[str, int]) -> bytes:
    """Return the ``/ToUnicode`` map from numbers of glyphs to their characters."""
    pairs = [f"<{glyph:04X}> <{character.encode('utf-16-be').hex().upper()}>" for character, glyph in glyphs.items()]
    blocks = [pairs[start : start + _CODES_PER_BLOCK] for start in range(0, len(pairs), _CODES_PER_BLOCK)]
    mapped = "".join("{} beginbfchar\n{}\nendbfchar\n".format(len(block), "\n".join(block)) for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{mapped}"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode()
