"""Whether a later revision changes what the document says of itself: dates of change and producer may, no more.

Info and the XMP packet (ISO 16684-1) are compared by what they mean, since other programs write a packet anew.
"""

import re
from typing import Any, Final

from lxml import etree

from pkdocs.verification.catalog import catalogs_of
from pkdocs.verification.syntax import PdfSyntaxError, Ref, Stream, Value, inflate
from pkdocs.verification.update import Update, differing, entries_of

_MAX_BYTES: Final = 1_000_000
_MAX_PRODUCER: Final = 400
_DATE: Final = re.compile(rb"D:[\d+\-'Z]{4,24}")
_STREAM: Final = frozenset({"Type", "Subtype", "Length", "Filter"})
_RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_XMP: Final = "{http://ns.adobe.com/xap/1.0/}"
_MAY_CHANGE: Final = frozenset({f"{_XMP}ModifyDate", f"{_XMP}MetadataDate", "{http://ns.adobe.com/pdf/1.3/}Producer"})
_ARRAYS: Final = frozenset({f"{_RDF}Bag", f"{_RDF}Seq", f"{_RDF}Alt"})
_SYNTAX: Final = frozenset({f"{_RDF}about", f"{_RDF}parseType"})


def check_metadata(update: Update) -> None:
    """Account for Info and XMP, and note what changes in them besides dates of change and producer."""
    info = update.revision.trailer.get("Info")
    if isinstance(info, Ref) and info.number in update.revision.objects:
        wrong = _wrong_information(entries_of(update.old(info)), update.new(info))
        if wrong:
            update.note("REVISION_METADATA", what=wrong)
        update.explain(info)
    packet = catalogs_of(update)[0].get("Metadata")
    if isinstance(packet, Ref) and packet.number in update.revision.objects:
        if not _is_same_packet(update.old(packet), update.new(packet)):
            update.note("REVISION_METADATA", what="XMP")
        update.explain(packet)


def _wrong_information(old: dict[str, Any], new: Value) -> str:
    if not isinstance(new, dict):
        return "Info"
    wrong = differing(old, new) - {"ModDate", "Producer"}
    date, producer = new.get("ModDate", b"D:2026"), new.get("Producer", b"")
    if not isinstance(date, bytes) or not _DATE.fullmatch(date):
        wrong.add("ModDate")
    if not isinstance(producer, bytes) or len(producer) > _MAX_PRODUCER:
        wrong.add("Producer")
    return ", ".join(f"/{key}" for key in sorted(wrong))


def _is_same_packet(old: Value, new: Value) -> bool:
    if not isinstance(old, Stream) or not isinstance(new, Stream) or new.dictionary.keys() - _STREAM:
        return False
    if any(new.dictionary.get(key) != old.dictionary.get(key) for key in ("Type", "Subtype")):
        return False
    try:
        return _properties(inflate(old, _MAX_BYTES)) == _properties(inflate(new, _MAX_BYTES))
    except (PdfSyntaxError, etree.XMLSyntaxError, ValueError):
        return False


def _properties(packet: bytes) -> list[Any]:
    """Return the properties of ``packet`` that may not change, in an order of their own.

    Raises:
        etree.XMLSyntaxError: not well-formed.
        ValueError: not one RDF description of one document, or with what RDF in XMP does not have.
    """
    if b"<!" in packet:
        raise ValueError("comments, sections or a document type")
    tree = etree.fromstring(packet, etree.XMLParser(resolve_entities=False, no_network=True))
    if any(not isinstance(node.tag, str) for node in tree.iter()):
        raise ValueError("instructions")
    described = [tree] if tree.tag == f"{_RDF}RDF" else tree.findall(f"{_RDF}RDF")
    if len(described) != 1 or any(node.tag != f"{_RDF}Description" for node in described[0]):
        raise ValueError("RDF")
    found = [entry for node in described[0] for entry in _entries(node)]
    return sorted((entry for entry in found if entry[0] not in _MAY_CHANGE), key=repr)


def _entries(node: Any) -> list[Any]:
    """Return the properties of a description: as attributes or as elements, which mean the same."""
    written = [(str(key), ("text", str(value))) for key, value in node.attrib.items() if key not in _SYNTAX]
    return written + [(str(kid.tag), _meaning(kid)) for kid in node]


def _meaning(node: Any) -> Any:
    language = node.get("{http://www.w3.org/XML/1998/namespace}lang", "")
    if f"{_RDF}resource" in node.attrib:
        return ("text", str(node.get(f"{_RDF}resource")))
    kids = list(node)
    if len(kids) == 1 and kids[0].tag in _ARRAYS:
        return (str(kids[0].tag), [_meaning(kid) for kid in kids[0]])
    if len(kids) == 1 and kids[0].tag == f"{_RDF}Description":
        return ("parts", sorted(_entries(kids[0]), key=repr))
    if kids or node.get(f"{_RDF}parseType") == "Resource":
        return ("parts", sorted(_entries(node), key=repr))
    return (f"text {language}".strip(), node.text or "")
