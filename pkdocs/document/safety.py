"""What the XML of a template may hold: no fields that fetch, no foreign objects, Jinja only in printed text."""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from pkdocs.errors import TemplateError

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WP: Final = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"

FIELDS: Final = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES"})
"""Fields that LibreOffice computes from the document alone."""

_ELEMENTS: Final = frozenset(
    {
        "altChunk", "object", "OLEObject", "control", "subDoc", "attachedTemplate", "mailMerge", "dataBinding",
        "frameset", "contentPart", "hlinkHover", "hlinkMouseOver", "saveThroughXslt", "movie",
    }
)  # fmt: skip
_ATTRIBUTES: Final = frozenset({"link", "href", "src", "althref"})
_DESCRIPTIONS: Final = frozenset({"descr", "title"})
_CLOSING: Final = {"{{": "}}", "{%": "%}", "{#": "#}"}
_JINJA: Final = (*_CLOSING, *_CLOSING.values())
_MARKS: Final = re.compile("|".join(map(re.escape, _JINJA)))

_TAKEN_AWAY: Final = {"p": "p", "tr": "tr", "tc": "tc"}
"""Tags of docxtpl, and the element of which each leaves nothing."""


def check_tree(tree: etree._Element, part: str, template: str) -> None:
    """Check one part of the file.

    Raises:
        TemplateError: an element, attribute or field that could make LibreOffice fetch or embed something.
    """
    for element in tree.iter(etree.Element):
        local = _local(element.tag)
        if local in _ELEMENTS:
            raise TemplateError("TEMPLATE_ELEMENT", template=template, part=part, element=local)
        for attribute in map(_local, element.attrib):
            if attribute in _ATTRIBUTES:
                raise TemplateError("TEMPLATE_ELEMENT", template=template, part=part, element=f"{local}/@{attribute}")
    check_fields(tree, part, template)


def check_fields(tree: etree._Element, part: str, template: str) -> None:
    """Check the fields of a part; once more after rendering, which may join what stood apart.

    Raises:
        TemplateError: a field that is not on the list.
    """
    for instruction in _instructions(tree):
        words = instruction.split()
        if not words or words[0].upper() not in FIELDS:
            raise TemplateError("TEMPLATE_FIELD", template=template, part=part, field=" ".join(words)[:60] or "-")


def check_alone(tree: etree._Element, part: str, template: str) -> None:
    """Check that a tag that takes away its paragraph, row or cell has nothing beside it: that would go unseen.

    Raises:
        TemplateError: other text stands there.
    """
    for kind, element in _TAKEN_AWAY.items():
        for whole in tree.iter(f"{W}{element}"):
            text = "".join(written.text or "" for written in whole.iter(f"{W}t")).strip()
            if f"{{%{kind} " in text and not re.fullmatch(rf"{{%{kind} [^%]*%}}", text):
                raise TemplateError("TEMPLATE_ALONE", template=template, part=part, text=text[:60])


def check_places(tree: etree._Element, part: str, template: str, *, rendered: bool) -> None:
    """Check that Jinja stands only where a reader sees text; nowhere at all if the part is not ``rendered``.

    Raises:
        TemplateError: a tag in another element, an attribute, or a part that is copied as it is.
    """
    for element in tree.iter(etree.Element):
        seen = element.tag == f"{W}t" and rendered
        for written in (element.text or "", element.tail or ""):
            if not seen and ("{" in written or "}" in written) and (rendered or _is_jinja(written)):
                raise TemplateError("TEMPLATE_PLACE", template=template, part=part, text=written[:60])
            seen = False
        for name, value in element.attrib.items():
            allowed = rendered and element.tag == f"{WP}docPr" and name in _DESCRIPTIONS
            if _is_jinja(str(value)) and not allowed:
                raise TemplateError("TEMPLATE_PLACE", template=template, part=part, text=value[:60])


def check_balance(tree: etree._Element, part: str, template: str) -> None:
    """Check that every tag is closed before the next one opens.

    docxtpl's patterns look for the end of each open tag through the whole part: thousands of them unclosed
    would take hours.

    Raises:
        TemplateError: a tag is not closed, or closed without being open.
    """
    text = "".join(element.text or "" for element in tree.iter(f"{W}t"))
    opened = ""
    for mark in _MARKS.finditer(text):
        expected = {_CLOSING[opened]} if opened else _CLOSING.keys()
        if mark[0] not in expected:
            near = text[max(mark.start() - 40, 0) : mark.end() + 40]
            raise TemplateError("TEMPLATE_SYNTAX", template=template, part=part, text=near, detail=mark[0])
        opened = "" if opened else mark[0]
    if opened:
        raise TemplateError("TEMPLATE_SYNTAX", template=template, part=part, text=text[-80:], detail=opened)


def _local(name: str | bytes) -> str:
    # not QName, which refuses names that the parser lets pass
    return str(name).rpartition("}")[2]


def _is_jinja(written: str) -> bool:
    return any(mark in written for mark in _JINJA)


def _instructions(tree: etree._Element) -> Iterator[str]:
    """Yield the instruction of each field, put together where runs or nested fields divide it."""
    open_fields: list[str] = []
    for element in tree.iter(f"{W}fldSimple", f"{W}fldChar", f"{W}instrText", f"{W}delInstrText"):
        if element.tag == f"{W}fldSimple":
            yield element.get(f"{W}instr", "")
        elif element.tag != f"{W}fldChar":
            if not open_fields:
                yield element.text or ""
            else:
                open_fields[-1] += element.text or ""
        elif element.get(f"{W}fldCharType") == "begin":
            open_fields.append("")
        elif element.get(f"{W}fldCharType") == "end" and open_fields:
            yield open_fields.pop()
    yield from open_fields
