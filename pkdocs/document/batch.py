"""Agreements of one template laid out in one Word file, which LibreOffice converts in half the time.

After the prelude each agreement is a section of its own from page 1, between two bookmarks; the number of its pages
is the page of the second. The file is for conversion alone: :func:`pkdocs.issue.part_batch` takes its PDF apart.
"""

import copy
import io
import zipfile
from collections.abc import Sequence

from lxml import etree

from pkdocs.content import first_mark, last_mark
from pkdocs.document.package import CONTENT_TYPES, DOCUMENT, strict_parser
from pkdocs.document.prelude import HEAD_REFERENCES, Binding
from pkdocs.document.safety import W

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_RELATIONS = "word/_rels/document.xml.rels"
_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"


def is_usual(document: bytes, binding: Binding) -> bool:
    """Tell whether a Word file that was rendered from the template bound so shows no letter that the prelude lacks."""
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        parts = [DOCUMENT, *(part for part in binding.own.values() if part.endswith(".xml"))]
        text = "".join(archive.read(part).decode() for part in parts)
    return text.isascii() or binding.letters.issuperset(letter for letter in text if not letter.isascii())


def join_batch(documents: Sequence[bytes], binding: Binding) -> bytes:
    """Return the Word file for conversion of ``documents``, all rendered from the template that is bound so."""
    joint = _Joint(documents[0], binding)
    for place, document in enumerate(documents):
        joint.add(document, place)
    return joint.file()


class _Joint:
    """A Word file that grows by one agreement after the other; what they share is that of the first."""

    def __init__(self, first: bytes, binding: Binding) -> None:
        with zipfile.ZipFile(io.BytesIO(first)) as archive:
            self._parts = {name: archive.read(name) for name in archive.namelist()}
        self._own = binding.own
        self._relations = _parse(self._parts[_RELATIONS])
        self._types = _parse(self._parts[CONTENT_TYPES])
        self._tree = _parse(self._parts[DOCUMENT])
        self._body = _body(self._tree)
        self._section = copy.deepcopy(self._body[-1])
        for reference in list(self._section.iterchildren(*HEAD_REFERENCES)):
            self._section.remove(reference)
        self._body[:] = copy.deepcopy(list(binding.prelude))

    def add(self, document: bytes, place: int) -> None:
        """Add an agreement as the next section."""
        with zipfile.ZipFile(io.BytesIO(document)) as archive:
            tree = _parse(archive.read(DOCUMENT))
            for part in dict.fromkeys(self._own.values()):
                self._take_part(part, archive.read(part), place)
        self._relate(place)
        for element in tree.iter(*HEAD_REFERENCES, _PICTURE):
            for name in (f"{_R}id", f"{_R}embed"):
                if (value := element.get(name)) in self._own:
                    element.set(name, _numbered(str(value), place))
        _count_to(tree, place)
        self._close_section()
        self._take_body(_body(tree), place)

    def _take_part(self, part: str, content: bytes, place: int) -> None:
        own = _numbered(part, place)
        if not part.endswith(".xml"):
            self._parts[own] = content
            return
        tree = _parse(content)
        _count_to(tree, place)
        self._parts[own] = etree.tostring(tree, encoding="UTF-8", standalone=True)
        folder, _, name = part.rpartition("/")
        if links := self._parts.get(f"{folder}/_rels/{name}.rels"):
            self._parts[f"{folder}/_rels/{_numbered(name, place)}.rels"] = links
        for kind in [entry for entry in self._types if entry.get("PartName") == f"/{part}"]:
            copied = copy.deepcopy(kind)
            copied.set("PartName", f"/{own}")
            self._types.append(copied)

    def _relate(self, place: int) -> None:
        for relation in [entry for entry in self._relations if entry.get("Id") in self._own]:
            copied = copy.deepcopy(relation)
            identity = relation.get("Id", "")
            copied.set("Id", _numbered(identity, place))
            copied.set("Target", "/" + _numbered(self._own[identity], place))
            self._relations.append(copied)

    def _close_section(self) -> None:
        """Move the properties of the section so far to its last paragraph, for another one follows."""
        last = self._body[-1]
        if last.find(f"{W}pPr") is None:
            last.insert(0, etree.Element(f"{W}pPr"))
        last[0].append(self._section)

    def _take_body(self, body: etree._Element, place: int) -> None:
        self._section = body[-1]
        opening = next(body.iter(f"{W}sectPr"))
        for kind in opening.findall(f"{W}type"):
            opening.remove(kind)
        etree.SubElement(opening, f"{W}pgNumType").set(f"{W}start", "1")
        first, last = next(body.iter(f"{W}p")), body[-2]
        _mark(first, 0 if first.find(f"{W}pPr") is None else 1, first_mark(place), 2 * place)
        _mark(last, len(last), last_mark(place), 2 * place + 1)
        self._body.extend(list(body)[:-1])

    def file(self) -> bytes:
        """Return the whole."""
        self._body.append(self._section)
        trees = {DOCUMENT: self._tree, _RELATIONS: self._relations, CONTENT_TYPES: self._types}
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for name, content in self._parts.items():
                tree = trees.get(name)
                written = content if tree is None else etree.tostring(tree, encoding="UTF-8", standalone=True)
                archive.writestr(zipfile.ZipInfo(name), written)
        return file.getvalue()


def _parse(content: bytes) -> etree._Element:
    return etree.fromstring(content, strict_parser())


def _body(tree: etree._Element) -> etree._Element:
    (body,) = tree.iterfind(f"{W}body")
    return body


def _numbered(name: str, place: int) -> str:
    stem, dot, extension = name.rpartition(".")
    return f"{stem}-{place}.{extension}" if dot else f"{name}-{place}"


def _count_to(tree: etree._Element, place: int) -> None:
    """Let the number of pages be the page of the last paragraph: the file has more pages than the agreement."""
    for instruction in tree.iter(f"{W}instrText"):
        field, *switches = (instruction.text or "").split()
        if field.upper() == "NUMPAGES":
            instruction.text = " ".join(["", "PAGEREF", last_mark(place), *switches, ""])


def _mark(paragraph: etree._Element, index: int, name: str, number: int) -> None:
    for kind in ("bookmarkEnd", "bookmarkStart"):
        mark = etree.Element(f"{W}{kind}")
        mark.set(f"{W}id", str(number))
        paragraph.insert(index, mark)
    paragraph[index].set(f"{W}name", name)
