"""What makes sheets PDF/A-3b (ISO 19005-3): metadata, the colours that they mean, the catalog.

A packet and a profile of its own, not those of agreements: these may change from release to release, the bytes of the
register's head may not.
"""

import struct
from datetime import date
from typing import Final
from xml.sax.saxutils import escape

from pkdocs.drawing.pdf import Objects, ref, text_string
from pkdocs.drawing.sheets import Made
from pkdocs.issue import LANGUAGE

_PROGRAM: Final = "pkdocs"
"""Without its version: any release must give the same bytes."""

_PACKET: Final = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
    xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/">
   <pdfaid:part>3</pdfaid:part>
   <pdfaid:conformance>B</pdfaid:conformance>
   <dc:format>application/pdf</dc:format>
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
   <dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
   <dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
   <pdf:Producer>{program}</pdf:Producer>
   <xmp:CreatorTool>{program}</xmp:CreatorTool>
   <xmp:CreateDate>{moment}</xmp:CreateDate>
   <xmp:ModifyDate>{moment}</xmp:ModifyDate>
   <xmp:MetadataDate>{moment}</xmp:MetadataDate>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""

_PRIMARIES: Final = {
    b"wtpt": (0xF6D6, 0x10000, 0xD32D),
    b"rXYZ": (0x6FA2, 0x38F5, 0x390),
    b"gXYZ": (0x6299, 0xB785, 0x18DA),
    b"bXYZ": (0x24A0, 0xF84, 0xB6CF),
}
"""White and the three colours of sRGB, seen in the light D50, in 65536ths."""
_GAMMA: Final = 0x0233
"""2.2, in 256ths."""


def describe(objects: Objects, *, title: str, author: str, day: date, language: str = LANGUAGE) -> tuple[int, int]:
    """Add document information and XMP packet, which say the same, and return their numbers."""
    words = {"title": escape(title), "author": escape(author), "program": _PROGRAM, "language": language}
    packet = _PACKET.format(**words, moment=f"{day.isoformat()}T00:00:00Z")
    begun = f"(D:{day:%Y%m%d}000000Z)"
    information = objects.add(
        f"<< /Title {text_string(title)} /Author {text_string(author)} /Creator ({_PROGRAM}) /Producer ({_PROGRAM})"
        f" /CreationDate {begun} /ModDate {begun} >>"
    )
    return information, objects.add_stream(packet.encode(), "/Type /Metadata /Subtype /XML")


def add_intent(objects: Objects) -> int:
    """Add the output intent, sRGB, and return its number."""
    profile = objects.add_stream(_profile(), "/N 3")
    return objects.add(
        "<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB IEC61966-2.1) /Info (sRGB IEC61966-2.1)"
        f" /DestOutputProfile {ref(profile)} >>"
    )


def archival_catalog(made: Made, metadata: int, intent: int, *more: str, language: str = LANGUAGE) -> str:
    """Return the catalog of sheets that were made, described and given an intent, with ``more`` entries at its end."""
    entries = (
        f"/Type /Catalog /Pages {ref(made.pages)} /Lang ({language}) /MarkInfo << /Marked true >>",
        f"/StructTreeRoot {ref(made.tree)} /Metadata {ref(metadata)} /OutputIntents [{ref(intent)}]",
        "/ViewerPreferences << /DisplayDocTitle true >>",
        *more,
    )
    return f"<< {' '.join(entries)} >>"


def _profile() -> bytes:
    """Return an ICC profile of the smallest kind for a monitor: white, three colours, one curve (ICC.1:2001-04)."""
    tags = {b"desc": b"desc" + bytes(4) + struct.pack(">I", 5) + b"sRGB\0" + bytes(78), b"cprt": b"text\0\0\0\0CC0\0"}
    tags |= {name: b"XYZ \0\0\0\0" + struct.pack(">3I", *numbers) for name, numbers in _PRIMARIES.items()}
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, _GAMMA)
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    table, data, start = b"", b"", 132 + 12 * len(tags)
    for name, tag in tags.items():
        table += name + struct.pack(">II", start + len(data), len(tag))
        data += tag.ljust(-(-len(tag) // 4) * 4, b"\0")
    kind = struct.pack(">I4sI", start + len(data), b"\0\0\0\0", 0x02100000) + b"mntrRGB XYZ "
    begun = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)
    light = struct.pack(">3I", *_PRIMARIES[b"wtpt"])
    head = (kind + begun + b"acsp").ljust(68, b"\0") + light
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + data
