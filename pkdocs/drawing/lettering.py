"""The one font of the sheets, embedded whole: cutting a subset would leave its bytes to a library."""

from typing import Final

from pkdocs.drawing.pdf import Objects, ref
from pkdocs.signing.font import Face, font_program, load_face, to_unicode

_NAME: Final = "/PkdocsSans"
_SYMBOLIC: Final = 4
_STEM: Final = 80


def embed_font(objects: Objects) -> int:
    """Add the font and return its number: glyphs by number, with ``/ToUnicode`` (ISO 19005-3, 6.2.11)."""
    face = load_face()
    program = font_program()
    file = objects.add_stream(program, f"/Length1 {len(program)}")
    descriptor = objects.add(
        f"<< /Type /FontDescriptor /FontName {_NAME} /Flags {_SYMBOLIC} /FontBBox [{' '.join(map(str, face.box))}]"
        f" /ItalicAngle 0 /Ascent {face.ascent} /Descent {face.descent} /CapHeight {face.ascent} /StemV {_STEM}"
        f" /FontFile2 {ref(file)} >>"
    )
    descendant = objects.add(
        f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont {_NAME}"
        " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /CIDToGIDMap /Identity"
        f" /W [{_widths(face)}] /FontDescriptor {ref(descriptor)} >>"
    )
    mapping = objects.add_stream(to_unicode(face.glyphs))
    return objects.add(
        f"<< /Type /Font /Subtype /Type0 /BaseFont {_NAME} /Encoding /Identity-H"
        f" /DescendantFonts [{ref(descendant)}] /ToUnicode {ref(mapping)} >>"
    )


def _widths(face: Face) -> str:
    return " ".join(f"{glyph} [{face.advances[character]}]" for character, glyph in sorted(face.glyphs.items()))
