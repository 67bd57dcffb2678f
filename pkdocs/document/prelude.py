"""What makes pages the same whatever is laid out beside them: every usual letter in every format, first of all.

LibreOffice numbers the glyphs of a font by their first use in a file. After the prelude the numbers do not depend
on what follows, as long as it shows nothing but the prelude's letters.
"""

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

from pkdocs.document.package import DOCUMENT, Package
from pkdocs.document.safety import W

LETTERS: Final = "".join(map(chr, range(0x21, 0x7F))) + "–—’‘“”•…×≤≥°²³½§"
HEAD_REFERENCES: Final = (f"{W}headerReference", f"{W}footerReference")
LIGATURES: Final = " fi fl ff ffi ffl fj ft ti tt tti"
"""What a font may draw as one glyph, in words of their own."""

_HALF_POINTS: Final = "8"
"""Small, so that the prelude takes few pages: a glyph is the same in all sizes."""
_COUNTED: Final = frozenset(
    {
        *("numPr", "footnoteReference", "endnoteReference", "commentReference", "commentRangeStart", "bookmarkStart"),
        *("fldSimple", "hyperlink", "sdt", "pict", "txbxContent", "lnNumType", "pgNumType", "footnotePr", "endnotePr"),
        *("ins", "del", "moveFrom", "moveTo"),
    }
)
"""What LibreOffice numbers, names or collects through the whole file."""
_PAGES: Final = (["PAGE"], ["NUMPAGES"])
_STYLED: Final = (f"{W}pStyle", f"{W}rStyle", f"{W}tblStyle")
_HEADS: Final = ("header", "footer")


@dataclass(frozen=True, slots=True)
class Binding:
    """How the agreements of a template are bound to one file.

    ``own`` are the parts that each has for itself, by relationship: headers, footers, the QR code. ``prelude`` is a
    body of the paragraphs that come first, ``letters`` what they show.
    """

    own: Mapping[str, str]
    prelude: etree._Element
    letters: frozenset[str]


def binding_of(package: Package, rendered: Iterable[str], *, qr_part: str) -> Binding | None:
    """Return how agreements are bound whose parts ``rendered`` differ; None where the template counts anything."""
    trees = [package.trees[part] for part in rendered]
    document = package.trees[DOCUMENT]
    if not _ends_with_paragraph(document) or _inherits(document):
        return None
    if any(_counts(tree) for tree in (*trees, *_styles_in_use(package, trees))):
        return None
    own = {
        relation.id: relation.target
        for relation in package.relations
        if relation.source == DOCUMENT and (relation.target == qr_part or relation.kind.rpartition("/")[2] in _HEADS)
    }
    letters = LETTERS + "".join(sorted(_letters(trees) - set(LETTERS)))
    return Binding(own, _prelude(trees, letters), frozenset(letters))


def _ends_with_paragraph(tree: etree._Element) -> bool:
    return [child.tag for child in tree.iterfind(f"{W}body/*")][-2:] == [f"{W}p", f"{W}sectPr"]


def _inherits(document: etree._Element) -> bool:
    """Tell whether the first section lacks a header or footer of a later one: it would take that of a neighbour."""
    sections = [
        {
            (head.tag, head.get(f"{W}type"))
            for head in section.iterchildren(f"{W}headerReference", f"{W}footerReference")
        }
        for section in document.iter(f"{W}sectPr")
    ]
    return any(not heads <= sections[0] for heads in sections)


def _counts(tree: etree._Element) -> bool:
    names = {etree.QName(element).localname for element in tree.iter(f"{W}*")}
    fields = [(instruction.text or "").upper().split() for instruction in tree.iter(f"{W}instrText")]
    return not _COUNTED.isdisjoint(names) or any(field[:1] not in _PAGES for field in fields)


def _styles_in_use(package: Package, trees: Iterable[etree._Element]) -> Iterator[etree._Element]:
    """Yield the styles that the parts name or take for granted, and what these are based on."""
    styles = {
        style.get(f"{W}styleId"): style
        for part in package.related("styles")
        for style in package.trees[part].iterfind(f"{W}style")
    }
    waiting = [named.get(f"{W}val") for tree in trees for named in tree.iter(*_STYLED)]
    waiting += [name for name, style in styles.items() if style.get(f"{W}default") == "1"]
    while waiting:
        style = styles.pop(waiting.pop(), None)
        if style is not None:
            yield style
            waiting += [based.get(f"{W}val") for based in style.iterfind(f"{W}basedOn")]


def _letters(trees: Iterable[etree._Element]) -> set[str]:
    texts = (written.text or "" for tree in trees for written in tree.iter(f"{W}t"))
    return {letter for text in texts for letter in text if letter.isprintable() and letter != " "}


def _prelude(trees: Iterable[etree._Element], letters: str) -> etree._Element:
    """Return a body with a paragraph for each format in which the parts write."""
    specimens: dict[tuple[str, bytes], etree._Element] = {}
    for paragraph in (paragraph for tree in trees for paragraph in tree.iter(f"{W}p")):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        name = "" if style is None else style.get(f"{W}val", "")
        for run in paragraph.iterfind(f"{W}r[{W}t]"):
            look = run.find(f"{W}rPr")
            kind = name, b"" if look is None else etree.tostring(look, method="c14n")
            if kind not in specimens:
                specimens[kind] = _specimen(name, look, letters)
    body = etree.Element(f"{W}body")
    body.extend(specimens.values())
    return body


def _specimen(style: str, look: etree._Element | None, letters: str) -> etree._Element:
    paragraph = etree.Element(f"{W}p")
    properties = etree.SubElement(paragraph, f"{W}pPr")
    if style:
        etree.SubElement(properties, f"{W}pStyle").set(f"{W}val", style)
    for switch in ("keepNext", "keepLines", "pageBreakBefore"):
        etree.SubElement(properties, f"{W}{switch}").set(f"{W}val", "0")
    run = etree.SubElement(paragraph, f"{W}r")
    run.append(etree.Element(f"{W}rPr") if look is None else copy.deepcopy(look))
    for size in run[0].findall(f"{W}sz"):
        run[0].remove(size)
    etree.SubElement(run[0], f"{W}sz").set(f"{W}val", _HALF_POINTS)
    etree.SubElement(run, f"{W}t").text = letters + LIGATURES
    return paragraph
