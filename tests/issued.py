"""Issued PDFs for tests in milliseconds, without LibreOffice: a small tagged PDF with real text, really issued."""

import io
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

import pikepdf
import segno
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from pkdocs.content import ANCHOR_ADDRESS, Content, Role, qr_text
from pkdocs.issue import Toolchain, issue_pdf
from pkdocs.page import printed_values

TOOLCHAIN = Toolchain(program="0.1.0", office="LibreOffice 7.4.7.2 (uji)", fonts="f" * 64)
TEMPLATE_DIGEST = "7" * 64
SLOTS = {Role.FIRST.value: (320, 50, 500, 120), Role.SECOND.value: (60, 50, 240, 120)}
"""Where the roles sign on the first page, in points."""

_FONT_FILE = Path("/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf")
_SIZE, _LEADING, _LEFT, _TOP, _BOTTOM, _WIDTH = 9, 13, 50, 690, 140, 480
_QR_BOX = (455, 710, 540, 795)
_SOURCE_XMP = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>3</pdfaid:part></rdf:Description></rdf:RDF>
</x:xmpmeta><?xpacket end="w"?>"""


@cache
def issued(content: Content, address: str = "") -> bytes:
    """Return the issued PDF of ``content``; ``address`` is that of its QR code."""
    return issue_pdf(source_pdf(content, address), content, template_digest=TEMPLATE_DIGEST, toolchain=TOOLCHAIN)


@cache
def source_pdf(content: Content, address: str = "") -> bytes:
    """Return a PDF such as LibreOffice makes of ``content``: its printed values as text on two pages or more."""
    lines = list(chain.from_iterable(printed_values(content)))
    with pikepdf.new() as document:
        code = qr_text(address, content.id, content.digest)
        _Paper(document, _Font.of(lines), code, [role.value for role in content.roles]).write(lines)
        output = io.BytesIO()
        document.save(output, static_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return output.getvalue()


@dataclass(frozen=True)
class _Font:
    """A subset of Liberation Sans with the glyphs that are needed."""

    data: bytes
    glyphs: dict[str, int]
    widths: dict[int, int]

    @classmethod
    def of(cls, lines: Sequence[str]) -> "_Font":
        with TTFont(_FONT_FILE, recalcTimestamp=False) as font:
            subsetter = Subsetter(Options(hinting=False, drop_tables=["FFTM", "GSUB", "GPOS", "GDEF"]))
            subsetter.populate(text="".join(lines) + " ")
            subsetter.subset(font)
            glyphs = {chr(code): font.getGlyphID(name) for code, name in font.getBestCmap().items()}
            scale = 1000 / font["head"].unitsPerEm
            widths = {font.getGlyphID(name): round(width * scale) for name, (width, _) in font["hmtx"].metrics.items()}
            output = io.BytesIO()
            font.save(output)
        return cls(output.getvalue(), glyphs, widths)

    def wrap(self, text: str) -> Iterator[str]:
        line = ""
        for word in text.split(" "):
            longer = f"{line} {word}" if line else word
            if line and sum(self.widths[self.glyphs[character]] for character in longer) * _SIZE / 1000 > _WIDTH:
                yield line
                line = word
            else:
                line = longer
        yield line

    def show(self, text: str) -> str:
        return "<" + "".join(f"{self.glyphs[character]:04X}" for character in text) + "> Tj"

    def embed(self, document: Pdf) -> pikepdf.Object:
        name = Name("/AAAAAA+LiberationSans")
        program = Stream(document, self.data)
        program.Length1 = len(self.data)
        descriptor = Dictionary(Type=Name.FontDescriptor, FontName=name, Flags=4, ItalicAngle=0, FontFile2=program)
        descriptor.FontBBox = Array([-544, -303, 1302, 980])
        descriptor.Ascent, descriptor.Descent, descriptor.CapHeight, descriptor.StemV = 905, -212, 729, 80
        descendant = Dictionary(Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=name, CIDToGIDMap=Name.Identity)
        descendant.CIDSystemInfo = Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0)
        descendant.W = Array([0, Array([self.widths[glyph] for glyph in sorted(self.widths)])])
        descendant.FontDescriptor = document.make_indirect(descriptor)
        font = Dictionary(Type=Name.Font, Subtype=Name.Type0, BaseFont=name, Encoding=Name("/Identity-H"))
        font.DescendantFonts = Array([document.make_indirect(descendant)])
        font.ToUnicode = Stream(document, self._to_unicode())
        return document.make_indirect(font)

    def _to_unicode(self) -> bytes:
        pairs = [f"<{glyph:04X}> <{text.encode('utf-16-be').hex().upper()}>" for text, glyph in self.glyphs.items()]
        blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
        mapped = "".join("{} beginbfchar\n{}\nendbfchar\n".format(len(block), "\n".join(block)) for block in blocks)
        return (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
            "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
            f"1 begincodespacerange <0000> <FFFF> endcodespacerange\n{mapped}"
            "endcmap CMapName currentdict /CMap defineresource pop end end"
        ).encode()


class _Paper:
    """Pages under construction: text on all, QR code and slots on the first."""

    def __init__(self, document: Pdf, font: _Font, code: str, roles: Sequence[str]) -> None:
        self.document, self.font, self.code, self.roles = document, font, code, roles
        self.root = document.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, K=Array()))
        self.parents = Array()

    def write(self, lines: Sequence[str]) -> None:
        wrapped = list(chain.from_iterable(self.font.wrap(line) for line in lines))
        rows = min((_TOP - _BOTTOM) // _LEADING, (len(wrapped) + 1) // 2)
        font = self.font.embed(self.document)
        for number, start in enumerate(range(0, len(wrapped), rows)):
            self._page(number, wrapped[start : start + rows], font)
        self._complete()

    def _page(self, number: int, lines: Sequence[str], font: pikepdf.Object) -> None:
        self.document.add_blank_page(page_size=(595, 842))
        page = self.document.pages[number].obj
        page.Resources = Dictionary(Font=Dictionary(F1=font), XObject=Dictionary())
        page.StructParents = number
        page.Tabs = Name.S
        drawn, elements = [], []
        for index, line in enumerate(lines):
            elements.append(self._element(page, Name.P, index))
            place = f"BT /F1 {_SIZE} Tf {_LEFT} {_TOP - index * _LEADING} Td {self.font.show(line)} ET"
            drawn.append(f"/P <</MCID {index}>> BDC {place} EMC")
        if number == 0:
            elements.append(self._element(page, Name.Figure, len(lines), _QR_BOX))
            drawn.append(f"/Figure <</MCID {len(lines)}>> BDC {_painted('QR', _QR_BOX)} EMC")
            drawn += [f"/Artifact BMC {_painted('Blank', SLOTS[role])} EMC" for role in self.roles]
            page.Resources.XObject = Dictionary(QR=self._qr(), Blank=self._blank())
            page.Annots = Array([self._anchor(page, role) for role in self.roles])
        page.Contents = Stream(self.document, "\n".join(drawn).encode())
        self.parents.append(number)
        self.parents.append(self.document.make_indirect(Array(elements)))

    def _element(
        self, page: pikepdf.Object, kind: Name, marked: int | None, box: Sequence[int] | None = None
    ) -> pikepdf.Object:
        element = self.document.make_indirect(Dictionary(Type=Name.StructElem, S=kind, P=self.root, Pg=page))
        element.K = Array() if marked is None else Array([marked])
        if box is not None:
            element.Alt = String("gambar")
            element.A = Dictionary(O=Name.Layout, Placement=Name.Block, BBox=Array(box))
        self.root.K.append(element)
        return element

    def _anchor(self, page: pikepdf.Object, role: str) -> pikepdf.Object:
        self._element(page, Name.Figure, None, SLOTS[role])
        action = Dictionary(Type=Name.Action, S=Name.URI, URI=String(ANCHOR_ADDRESS + role))
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, F=4, Rect=Array(SLOTS[role]), A=action)
        return self.document.make_indirect(link)

    def _qr(self) -> Stream:
        rows = list(segno.make(self.code, error="m", micro=False).matrix_iter(border=4))
        width = (len(rows) + 7) // 8 * 8
        bits = ("".join("0" if dark else "1" for dark in row).ljust(width, "0") for row in rows)
        return self._image(b"".join(int(row, 2).to_bytes(width // 8, "big") for row in bits), len(rows), 1)

    def _blank(self) -> Stream:
        image = self._image(b"\xff", 1, 8)
        image.SMask = self._image(b"\0", 1, 8)
        return image

    def _image(self, data: bytes, side: int, bits: int) -> Stream:
        image = Stream(self.document, data)
        image.Type, image.Subtype, image.ColorSpace = Name.XObject, Name.Image, Name.DeviceGray
        image.Width, image.Height, image.BitsPerComponent = side, side, bits
        return image

    def _complete(self) -> None:
        catalog = self.document.Root
        tree = Dictionary(Type=Name.StructTreeRoot, K=Array([self.root]), ParentTree=Dictionary(Nums=self.parents))
        catalog.StructTreeRoot = self.document.make_indirect(tree)
        self.root.P = catalog.StructTreeRoot
        catalog.MarkInfo = Dictionary(Marked=True)
        catalog.Metadata = Stream(self.document, _SOURCE_XMP)
        catalog.Metadata.Type, catalog.Metadata.Subtype = Name.Metadata, Name.XML
        profile = Stream(self.document, _profile())
        profile.N = 3
        intent = Dictionary(Type=Name.OutputIntent, S=Name.GTS_PDFA1, DestOutputProfile=profile)
        intent.OutputConditionIdentifier = String("sRGB IEC61966-2.1")
        catalog.OutputIntents = Array([intent])
        catalog.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        catalog.OpenAction = Array([self.document.pages[0].obj, Name.Fit])


def _profile() -> bytes:
    """Return a small sRGB-like ICC profile, version 2: white point, three primaries, one curve."""
    primaries = {
        b"rXYZ": (0.4361, 0.2225, 0.0139),
        b"gXYZ": (0.3851, 0.7169, 0.0971),
        b"bXYZ": (0.1431, 0.0606, 0.7141),
    }
    tags = {b"desc": b"desc" + bytes(4) + struct.pack(">I", 5) + b"sRGB\0" + bytes(78), b"cprt": b"text\0\0\0\0CC0\0"}
    for name, numbers in {b"wtpt": (0.9642, 1.0, 0.8249), **primaries}.items():
        tags[name] = b"XYZ " + bytes(4) + struct.pack(">3i", *(round(number * 65536) for number in numbers))
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), b"curv" + bytes(4) + struct.pack(">IH", 1, 0x0233))
    table, data, start = b"", b"", 132 + 12 * len(tags)
    for name, tag in tags.items():
        table += name + struct.pack(">II", start + len(data), len(tag))
        data += tag.ljust(-(-len(tag) // 4) * 4, b"\0")
    white = struct.pack(">3I", 0xF6D6, 0x10000, 0xD32D)
    head = struct.pack(">I4sI", start + len(data), b"lcms", 0x02100000) + b"mntrRGB XYZ " + bytes(12) + b"acsp"
    return head.ljust(68, b"\0") + white + bytes(48) + struct.pack(">I", len(tags)) + table + data


def _painted(name: str, box: Sequence[int]) -> str:
    left, bottom, right, top = box
    return f"q {right - left} 0 0 {top - bottom} {left} {bottom} cm /{name} Do Q"
