"""One agreement's Word file: the page's values put into a template."""

import copy
import dataclasses
import io
import re
import zipfile
from datetime import date
from importlib.resources import files
from typing import Final
from xml.sax.saxutils import escape

from docxtpl import DocxTemplate
from jinja2 import UndefinedError
from jinja2.exceptions import SecurityError
from lxml import etree

from pkdocs.content import Content, Role
from pkdocs.document.anchors import check_anchors, check_qr
from pkdocs.document.package import DOCUMENT, strict_parser
from pkdocs.document.qrcode import qr_png
from pkdocs.document.safety import W, check_fields
from pkdocs.document.sandbox import LimitError, render_counted
from pkdocs.document.template import Part, Template, entry
from pkdocs.errors import TemplateError
from pkdocs.page import PLAIN, Page, Wording, absent_value, build_page, printed_values
from pkdocs.roster import Means

_MARKS: Final = (("{_{", "{{"), ("}_}", "}}"), ("{_%", "{%"), ("%_}", "%}"))
_MISSING: Final = re.compile(r"has no attribute '([^']+)'")
_LISTING: Final = "\t\n\a\f"


def render_document(content: Content, template: Template, *, qr: str | None, wording: Wording = PLAIN) -> bytes:
    """Return the .docx of ``content``; the same arguments give the same bytes.

    ``qr`` is the text of the QR code; without one, for a draft, a picture that says RANCANGAN stands in its place.
    ``wording`` is what is printed beside the content. The text of the document is that of docxtpl as documented.

    Raises:
        TemplateError: the template does not print a value of the content, has no anchor for a party who
            signs electronically, asks for a value that this content lacks, or goes beyond a limit.
    """
    page = build_page(content, wording)
    changed = {part.name: _render_part(part, page, template.name) for part in template.parts}
    document = changed[DOCUMENT]
    electronic = {role for role in content.roles if _is_electronic(content, role)}
    check_anchors(document, template.links, electronic, part=DOCUMENT, template=template.name)
    check_qr(document, template.name)
    _check_values(document, content, template.name)
    file = io.BytesIO(template.copied)
    with zipfile.ZipFile(file, "a") as archive:
        for name, tree in changed.items():
            archive.writestr(entry(name), etree.tostring(tree, encoding="UTF-8", standalone=True))
        archive.writestr(entry(template.qr_part), qr_png(qr) if qr else _draft_image())
        archive.writestr(entry(template.core_part), _core_properties(content.id, content.dated))
    return file.getvalue()


def _is_electronic(content: Content, role: Role) -> bool:
    party = content.party(role)
    return party is not None and party.means is Means.ELECTRONIC


def _render_part(part: Part, page: Page, name: str) -> etree._Element:
    context = {field.name: getattr(page, field.name) for field in dataclasses.fields(page)}
    try:
        xml = render_counted(part.compiled, context)
    except (UndefinedError, SecurityError, TypeError) as fault:
        named = _MISSING.search(str(fault))
        detail = named[1] if named else str(fault)
        raise TemplateError("TEMPLATE_VALUE_MISSING", template=name, part=part.name, detail=detail) from fault
    except LimitError as fault:
        raise TemplateError("TEMPLATE_LIMIT", template=name, part=part.name) from fault
    try:
        tree = _finish(_joined(xml), part)
    except (etree.XMLSyntaxError, AttributeError, KeyError, ValueError, TypeError) as fault:
        # the latter from docxtpl, which takes a table's grid for granted
        raise TemplateError("TEMPLATE_BROKEN", template=name, part=part.name, detail=str(fault)) from fault
    check_fields(tree, part.name, name)
    return tree


def _joined(xml: str) -> str:
    """Put together the lines of the source, one a paragraph, and resolve docxtpl's marks for braces."""
    for written, meant in (("\n<w:p ", "<w:p "), ("\n<w:p>", "<w:p>"), *_MARKS):
        xml = xml.replace(written, meant)
    return xml


def _finish(xml: str, part: Part) -> etree._Element:
    """Return the tree that docxtpl makes of a rendered part; its parser mends, so a strict one goes first."""
    word = DocxTemplate(io.BytesIO())
    if any(letter in xml for letter in _LISTING):
        xml = word.resolve_listing(xml)
    tree = etree.fromstring(xml, strict_parser())
    if part.frame is None:
        return tree
    body = tree if all(map(_has_its_columns, tree.iter(f"{W}tbl"))) else word.fix_tables(xml)
    word.docx_ids_index = 1000
    word.fix_docpr_ids(body)
    root = copy.copy(part.frame)
    for empty in root.iterfind(f"{W}body"):
        root.replace(empty, body)
    return root


def _has_its_columns(table: etree._Element) -> bool:
    """Tell whether docxtpl, which counts the columns of a table, would leave it as it is."""
    columns = len(table.findall(f"{W}tblGrid/{W}gridCol"))
    cells = {row: len(row.findall(f"{W}tc")) for row in table.iter(f"{W}tr")}
    if max(cells.values(), default=0) > columns:
        return False
    for span in table.iterfind(f".//{W}tr/{W}tc/{W}tcPr/{W}gridSpan"):
        cells[next(span.iterancestors(f"{W}tr"))] += int(span.get(f"{W}val", "")) - 1
    return max(cells.values(), default=0) >= columns > 0


def _check_values(document: etree._Element, content: Content, name: str) -> None:
    text = "".join(element.text or "" for element in document.iter(f"{W}t"))
    absent = absent_value(text, printed_values(content))
    if absent is not None:
        raise TemplateError("TEMPLATE_VALUE_ABSENT", template=name, id=content.id, value=absent)


def _draft_image() -> bytes:
    return (files("pkdocs.document") / "rancangan.png").read_bytes()


def _core_properties(title: str, day: date) -> bytes:
    time = f"{day.isoformat()}T00:00:00Z"
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title)}</dc:title><dc:language>id-ID</dc:language>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{time}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{time}</dcterms:modified>'
        "</cp:coreProperties>"
    ).encode()
