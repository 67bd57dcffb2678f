"""ISO 19005-3, 6.6: what the file says about itself."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from lxml import etree
from pikepdf import Name, Stream

from tests.pdfa.opened import Opened

_RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_DC: Final = "{http://purl.org/dc/elements/1.1/}"
_PDF: Final = "{http://ns.adobe.com/pdf/1.3/}"
_XMP: Final = "{http://ns.adobe.com/xap/1.0/}"
_PDFAID: Final = "{http://www.aiim.org/pdfa/ns/id/}"
_EXTENSION: Final = "{http://www.aiim.org/pdfa/ns/extension/}"
_SCHEMA: Final = "{http://www.aiim.org/pdfa/ns/schema#}"
_PROPERTY: Final = "{http://www.aiim.org/pdfa/ns/property#}"

_KNOWN: Final = {
    _DC: {"format": "Text", "title": "Alt", "creator": "Seq", "language": "Bag"},
    _PDF: {"Producer": "Text"},
    _XMP: {"CreatorTool": "Text", "CreateDate": "Date", "ModifyDate": "Date", "MetadataDate": "Date"},
    _PDFAID: {"part": "Text", "conformance": "Text"},
    _EXTENSION: {"schemas": "Bag"},
}
"""Properties of the standard's own schemas that our files have, with the form of their values."""

_SAME: Final = {
    "/Title": (_DC, "title"),
    "/Author": (_DC, "creator"),
    "/Creator": (_XMP, "CreatorTool"),
    "/Producer": (_PDF, "Producer"),
    "/CreationDate": (_XMP, "CreateDate"),
    "/ModDate": (_XMP, "ModifyDate"),
}
_MOMENT: Final = re.compile(r"D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z")
_PACKET: Final = re.compile(rb"\A<\?xpacket begin=([\"'])(\xef\xbb\xbf)?\1 id=([\"'])W5M0MpCehiHzreSzNTczkc9d\3\s*\?>")


def _packet(opened: Opened) -> etree._Element:
    return etree.fromstring(opened.document.Root.Metadata.read_bytes())


def _properties(opened: Opened) -> Iterator[etree._Element]:
    for description in _packet(opened).iter(f"{_RDF}Description"):
        if description.getparent().tag == f"{_RDF}RDF":
            yield from description


def _value(opened: Opened, namespace: str, name: str) -> str | None:
    found = next((entry for entry in _properties(opened) if entry.tag == f"{namespace}{name}"), None)
    return None if found is None else "".join(found.itertext()).strip()


def clause_6_6_2_1_packet(opened: Opened) -> Iterator[str]:
    stream = opened.document.Root.get("/Metadata")
    if not isinstance(stream, Stream) or stream.get("/Type") != Name.Metadata or stream.get("/Subtype") != Name.XML:
        yield "no metadata stream"
        return
    # not asked by the standard of level B, but promised: tools that know no PDF find it
    if "/Filter" in stream:
        yield "compressed"
    if not _PACKET.match(stream.read_bytes()):
        yield "no packet header, or one with bytes or encoding"
    if _packet(opened).find(f"{_RDF}RDF") is None:
        yield "no RDF"


def clause_6_6_2_3_properties(opened: Opened) -> Iterator[str]:
    declared = dict(_declared(opened))
    for entry in _properties(opened):
        namespace, _, name = entry.tag.rpartition("}")
        known = _KNOWN.get(f"{namespace}}}", declared.get(namespace.removeprefix("{"), {}))
        if name not in known:
            yield f"{entry.tag} is not declared"
        elif not _has_form(entry, known[name]):
            yield f"{entry.tag} is no {known[name]}"


def _has_form(entry: etree._Element, form: str) -> bool:
    if form in {"Alt", "Seq", "Bag"}:
        return [child.tag for child in entry] == [f"{_RDF}{form}"] and len(entry[0]) > 0
    if len(entry) > 0:
        return False
    if form == "Date":
        try:
            datetime.fromisoformat(entry.text or "")
        except ValueError:
            return False
    return True


def _declared(opened: Opened) -> Iterator[tuple[str, dict[str, str]]]:
    for schema in _packet(opened).iter(f"{_SCHEMA}namespaceURI"):
        entries = schema.getparent().iterfind(f"{_SCHEMA}property/{_RDF}Seq/{_RDF}li")
        named = {
            entry.findtext(f"{_PROPERTY}name", ""): entry.findtext(f"{_PROPERTY}valueType", "") for entry in entries
        }
        yield schema.text or "", named


def clause_6_6_2_3_3_extension_schema(opened: Opened) -> Iterator[str]:
    for schema in _packet(opened).iter(f"{_SCHEMA}namespaceURI"):
        holder = schema.getparent()
        for name in ("schema", "prefix"):
            if not holder.findtext(f"{_SCHEMA}{name}"):
                yield f"{schema.text} without {name}"
        prefix = holder.findtext(f"{_SCHEMA}prefix")
        if {schema.text} != {entry.nsmap.get(prefix, schema.text) for entry in _properties(opened)}:
            yield f"{prefix} stands for something else"
        for entry in holder.iterfind(f"{_SCHEMA}property/{_RDF}Seq/{_RDF}li"):
            if entry.findtext(f"{_PROPERTY}category") not in {"internal", "external"}:
                yield "a property that is neither internal nor external"
            if not all(entry.findtext(f"{_PROPERTY}{name}") for name in ("name", "valueType", "description")):
                yield "a property without name, type or description"


def clause_6_6_3_information(opened: Opened) -> Iterator[str]:
    information = opened.document.trailer.get("/Info", {})
    for key, (namespace, name) in _SAME.items():
        written = str(information[key]) if key in information else None
        if moment := _MOMENT.fullmatch(written or ""):
            written = "{}-{}-{}T{}:{}:{}Z".format(*moment.groups())
        if written != _value(opened, namespace, name):
            yield f"{key} differs"
    if extra := set(information.keys()) - _SAME.keys():
        yield f"{extra} is in no metadata"


def clause_6_6_4_identification(opened: Opened) -> Iterator[str]:
    if (_value(opened, _PDFAID, "part"), _value(opened, _PDFAID, "conformance")) != ("3", "B"):
        yield "not PDF/A-3b"
    titles = [entry.get(_LANG) for entry in _packet(opened).iterfind(f".//{_DC}title/{_RDF}Alt/{_RDF}li")]
    if "x-default" not in titles:
        yield "no title for every language"


RULES: Final = (
    clause_6_6_2_1_packet,
    clause_6_6_2_3_properties,
    clause_6_6_2_3_3_extension_schema,
    clause_6_6_3_information,
    clause_6_6_4_identification,
)
