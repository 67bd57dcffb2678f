"""The Word file as a package of parts: what may be in it, and nothing else.

LibreOffice follows what a document points to (files of this machine, other hosts) and runs what it
carries, so parts, relationships and pictures pass by a list of what is allowed (ECMA-376 part 2).
"""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

from pkdocs.content import ANCHOR_ADDRESS
from pkdocs.errors import TemplateError

MAX_FILE_BYTES: Final = 5_000_000
MAX_PART_BYTES: Final = 2_000_000
MAX_TOTAL_BYTES: Final = 20_000_000
MAX_PARTS: Final = 200

DOCUMENT: Final = "word/document.xml"
CONTENT_TYPES: Final = "[Content_Types].xml"

_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_MAIN: Final = f"{_WORD}.document.main+xml"
_CORE: Final = f"{_PACKAGE}/relationships/metadata/core-properties"
_IMAGES: Final[Mapping[str, bytes]] = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
_TYPES: Final = frozenset(
    {
        _MAIN,
        "application/xml",
        "application/vnd.openxmlformats-package.relationships+xml",
        "application/vnd.openxmlformats-package.core-properties+xml",
        "application/vnd.openxmlformats-officedocument.extended-properties+xml",
        "application/vnd.openxmlformats-officedocument.custom-properties+xml",
        "application/vnd.openxmlformats-officedocument.customXmlProperties+xml",
        "application/vnd.openxmlformats-officedocument.theme+xml",
        "application/vnd.ms-word.stylesWithEffects+xml",
        *(f"{_WORD}.{kind}+xml" for kind in ("styles", "settings", "webSettings", "fontTable", "numbering")),
        *(f"{_WORD}.{kind}+xml" for kind in ("header", "footer", "footnotes", "endnotes", "comments")),
        *_IMAGES,
    }
)
_RELATIONS: Final = frozenset(
    {
        _CORE,
        f"{_PACKAGE}/relationships/metadata/thumbnail",
        "http://schemas.microsoft.com/office/2007/relationships/stylesWithEffects",
        *(f"{_OFFICE}/{kind}" for kind in ("officeDocument", "extended-properties", "custom-properties", "theme")),
        *(f"{_OFFICE}/{kind}" for kind in ("styles", "settings", "webSettings", "fontTable", "numbering", "image")),
        *(f"{_OFFICE}/{kind}" for kind in ("header", "footer", "footnotes", "endnotes", "comments")),
        *(f"{_OFFICE}/{kind}" for kind in ("customXml", "customXmlProps")),
    }
)
_HYPERLINK: Final = f"{_OFFICE}/hyperlink"


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship of the part ``source``; ``target`` is a part's name, or an anchor's address."""

    source: str
    id: str
    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class Package:
    """The parts of an accepted file in their order, the XML ones also as trees (not to be changed)."""

    parts: Mapping[str, bytes]
    trees: Mapping[str, etree._Element]
    relations: tuple[Relation, ...]

    def related(self, kind: str) -> tuple[str, ...]:
        """Return the parts that the document relates to as ``kind``, such as ``header``."""
        return tuple(r.target for r in self.relations if r.source == DOCUMENT and r.kind == f"{_OFFICE}/{kind}")

    @property
    def core_part(self) -> str:
        """The part of the core properties, which every Word file has."""
        return next(r.target for r in self.relations if r.kind == _CORE)


def read_package(data: bytes, name: str) -> Package:
    """Return the parts of the Word file ``data``; ``name`` stands in the errors.

    Raises:
        TemplateError: damaged, too large, not a Word document, or with a part or relationship that is
            not on the list; the error names it.
    """
    parts = _read_parts(data, name)
    trees = {part: _parse(content, part, name) for part, content in parts.items() if _is_xml(part)}
    _check_types(parts, trees, name)
    relations = tuple(_relations(parts, trees, name))
    roots = {(relation.kind, relation.target) for relation in relations if not relation.source}
    if (f"{_OFFICE}/officeDocument", DOCUMENT) not in roots or _CORE not in {kind for kind, _ in roots}:
        raise TemplateError("TEMPLATE_NOT_WORD", template=name)
    return Package(parts, trees, relations)


def strict_parser() -> etree.XMLParser:
    """Return a parser that fetches and expands nothing."""
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _is_xml(part: str) -> bool:
    return part.endswith((".xml", ".rels"))


def _read_parts(data: bytes, name: str) -> dict[str, bytes]:
    if len(data) > MAX_FILE_BYTES:
        raise TemplateError("TEMPLATE_TOO_LARGE", template=name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _check_entries(entries, name)
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as fault:
        raise TemplateError("TEMPLATE_DAMAGED", template=name, detail=str(fault)) from fault


def _check_entries(entries: list[zipfile.ZipInfo], name: str) -> None:
    sizes = [entry.file_size for entry in entries]
    if len(entries) > MAX_PARTS or sum(sizes) > MAX_TOTAL_BYTES or max(sizes, default=0) > MAX_PART_BYTES:
        raise TemplateError("TEMPLATE_TOO_LARGE", template=name)
    if any(entry.flag_bits & 1 for entry in entries):
        raise TemplateError("TEMPLATE_DAMAGED", template=name, detail="encrypted")
    seen: set[str] = set()
    for entry in entries:
        path = entry.filename
        if posixpath.normpath(path) != path or path.startswith(("/", "..")) or "\\" in path or path.casefold() in seen:
            raise TemplateError("TEMPLATE_DAMAGED", template=name, detail=f"part {path!r}")
        seen.add(path.casefold())


def _parse(content: bytes, part: str, name: str) -> etree._Element:
    try:
        root = etree.fromstring(content, strict_parser())
    except etree.XMLSyntaxError as fault:
        raise TemplateError("TEMPLATE_DAMAGED", template=name, detail=f"{part}: {fault}") from fault
    info = root.getroottree().docinfo
    if info.internalDTD is not None:
        raise TemplateError("TEMPLATE_DOCTYPE", template=name, part=part)
    if (info.encoding or "UTF-8").upper() not in {"UTF-8", "ASCII", "US-ASCII"}:
        raise TemplateError("TEMPLATE_DAMAGED", template=name, detail=f"{part}: {info.encoding}")
    return root


def _check_types(parts: Mapping[str, bytes], trees: Mapping[str, etree._Element], name: str) -> None:
    if CONTENT_TYPES not in parts:
        raise TemplateError("TEMPLATE_NOT_WORD", template=name)
    defaults: dict[str, str] = {}
    overrides: dict[str, str] = {}
    for entry in trees[CONTENT_TYPES].iter(f"{{{_PACKAGE}/content-types}}*"):
        if "PartName" in entry.attrib:
            overrides[entry.get("PartName", "").lstrip("/").casefold()] = entry.get("ContentType", "")
        elif "Extension" in entry.attrib:
            defaults[entry.get("Extension", "").casefold()] = entry.get("ContentType", "")
    for part, content in parts.items():
        if part == CONTENT_TYPES:
            continue
        kind = overrides.get(part.casefold()) or defaults.get(part.rpartition(".")[2].casefold(), "")
        if not _is_allowed(part, kind, content):
            raise TemplateError("TEMPLATE_PART", template=name, part=part, kind=kind or "-")


def _is_allowed(part: str, kind: str, content: bytes) -> bool:
    if kind in _IMAGES:
        # LibreOffice goes by the content: an SVG called .png would be loaded, with what it links to
        return content.startswith(_IMAGES[kind])
    return kind in _TYPES and _is_xml(part) and (kind == _MAIN) == (part == DOCUMENT)


def _relations(parts: Mapping[str, bytes], trees: Mapping[str, etree._Element], name: str) -> Iterator[Relation]:
    for part, tree in trees.items():
        if not part.endswith(".rels"):
            continue
        folder, _, file = part.rpartition("_rels/")
        source = folder + file.removesuffix(".rels")
        seen: set[str] = set()
        for entry in tree.iter(f"{{{_PACKAGE}/relationships}}Relationship"):
            relation = _relation(source, entry, parts, name)
            if relation.id in seen:
                raise TemplateError("TEMPLATE_DAMAGED", template=name, detail=f"{part}: {relation.id}")
            seen.add(relation.id)
            yield relation


def _relation(source: str, entry: etree._Element, parts: Mapping[str, bytes], name: str) -> Relation:
    kind, target = entry.get("Type", ""), entry.get("Target", "")
    if entry.get("TargetMode", "Internal") != "Internal":
        if kind != _HYPERLINK or source != DOCUMENT or not target.startswith(ANCHOR_ADDRESS):
            raise TemplateError("TEMPLATE_EXTERNAL", template=name, part=source or "-", target=target)
        return Relation(source, entry.get("Id", ""), kind, target)
    resolved = posixpath.normpath(posixpath.join("/", posixpath.dirname(source), target)).lstrip("/")
    if kind not in _RELATIONS or resolved not in parts:
        raise TemplateError("TEMPLATE_RELATION", template=name, part=source or "-", kind=kind, target=target)
    return Relation(source, entry.get("Id", ""), kind, resolved)
