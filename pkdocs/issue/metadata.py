"""What the issued file says about itself, with the content's date for all dates."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from xml.sax.saxutils import escape

from pikepdf import Dictionary, Name, Pdf, Stream, String

from pkdocs.content import Content

NAMESPACE: Final = "https://pkdocs.invalid/ns/1#"
"""Of our XMP properties."""
PROPERTIES: Final = {
    "id": "Id of the agreement",
    "contentDigest": "SHA-256 of the canonical content, in hexadecimal",
    "templateDigest": "SHA-256 of the Word template, in hexadecimal",
    "program": "Version of pkdocs",
    "office": "Build of LibreOffice",
    "fonts": "Digest of the fonts",
}
"""Our XMP properties, all of them text, with their descriptions."""

_ICC_DATE: Final = slice(24, 36)

_PACKET: Final = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
   <pdfaid:part>3</pdfaid:part>
   <pdfaid:conformance>B</pdfaid:conformance>
  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
   <dc:format>application/pdf</dc:format>
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
   <dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
   <dc:language><rdf:Bag><rdf:li>id-ID</rdf:li></rdf:Bag></dc:language>
  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
   <pdf:Producer>{producer}</pdf:Producer>
  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
   <xmp:CreatorTool>{tool}</xmp:CreatorTool>
   <xmp:CreateDate>{moment}</xmp:CreateDate>
   <xmp:ModifyDate>{moment}</xmp:ModifyDate>
   <xmp:MetadataDate>{moment}</xmp:MetadataDate>
  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:pkdocs="{namespace}">
{values}
  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
    xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
   <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
    <pdfaSchema:schema>pkdocs</pdfaSchema:schema>
    <pdfaSchema:namespaceURI>{namespace}</pdfaSchema:namespaceURI>
    <pdfaSchema:prefix>pkdocs</pdfaSchema:prefix>
    <pdfaSchema:property><rdf:Seq>
{declarations}
    </rdf:Seq></pdfaSchema:property>
   </rdf:li></rdf:Bag></pdfaExtension:schemas>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""

_DECLARATION: Final = """     <rdf:li rdf:parseType="Resource">
      <pdfaProperty:name>{name}</pdfaProperty:name>
      <pdfaProperty:valueType>Text</pdfaProperty:valueType>
      <pdfaProperty:category>internal</pdfaProperty:category>
      <pdfaProperty:description>{description}</pdfaProperty:description>
     </rdf:li>"""


@dataclass(frozen=True, slots=True)
class Toolchain:
    """What shaped the page: version of pkdocs, build of LibreOffice, digest of the fonts."""

    program: str
    office: str
    fonts: str


def pdf_date(day: date) -> str:
    """Return the beginning of ``day`` as a PDF date in UTC."""
    return f"D:{day:%Y%m%d}000000Z"


def describe(document: Pdf, content: Content, *, template_digest: str, toolchain: Toolchain) -> None:
    """Replace document information, XMP metadata and the date of the output intent's profile."""
    title = f"{content.title} - {content.parties.first.office}"
    producer = f"pkdocs {toolchain.program}"
    day = String(pdf_date(content.dated))
    document.trailer.Info = document.make_indirect(
        Dictionary(
            Title=String(title),
            Author=String(content.organisation.name),
            Creator=String(toolchain.office),
            Producer=String(producer),
            CreationDate=day,
            ModDate=day,
        )
    )
    values = (content.id, content.digest, template_digest, toolchain.program, toolchain.office, toolchain.fonts)
    packet = _packet(content, title, producer, dict(zip(PROPERTIES, values, strict=True)))
    document.Root.Metadata = Stream(document, packet.encode())
    document.Root.Metadata.Type = Name.Metadata
    document.Root.Metadata.Subtype = Name.XML
    _fix_profile_dates(document, content.dated)


def _packet(content: Content, title: str, producer: str, values: dict[str, str]) -> str:
    return _PACKET.format(
        title=escape(title),
        author=escape(content.organisation.name),
        producer=escape(producer),
        tool=escape(values["office"]),
        moment=f"{content.dated.isoformat()}T00:00:00Z",
        namespace=NAMESPACE,
        values="\n".join(f"   <pkdocs:{name}>{escape(value)}</pkdocs:{name}>" for name, value in values.items()),
        declarations="\n".join(
            _DECLARATION.format(name=name, description=description) for name, description in PROPERTIES.items()
        ),
    )


def _fix_profile_dates(document: Pdf, day: date) -> None:
    """Set the creation date in the header of each ICC profile (ICC.1, 7.2.8): LibreOffice writes the current time."""
    stamp = b"".join(number.to_bytes(2, "big") for number in (day.year, day.month, day.day, 0, 0, 0))
    for intent in document.Root.OutputIntents:
        profile = bytearray(intent.DestOutputProfile.read_bytes())
        profile[_ICC_DATE] = stamp
        intent.DestOutputProfile.write(bytes(profile))
