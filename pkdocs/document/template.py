"""A template: checked, patched by docxtpl's own code and compiled, once."""

import dataclasses
import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import jinja2
from docxtpl import DocxTemplate
from lxml import etree

from pkdocs.content import Role
from pkdocs.document.anchors import anchor_roles, check_anchors, qr_picture
from pkdocs.document.fonts import Typography, read_typography
from pkdocs.document.names import check_names
from pkdocs.document.package import DOCUMENT, Package, read_package
from pkdocs.document.prelude import Binding, binding_of
from pkdocs.document.safety import W, check_alone, check_balance, check_places, check_tree
from pkdocs.document.sandbox import compile_counted, parse, sandbox
from pkdocs.errors import TemplateError
from pkdocs.profile import Paper

_F4_TWIPS: Final = (12189, 18709)
"""215 x 330 mm."""

_TWIPS: Final = re.compile(r"[0-9]{1,5}")
_PARAGRAPH: Final = re.compile(r"<w:p([ >])")
_COPIED_TEXTS: Final = ("footnotes", "endnotes", "comments")


@dataclass(frozen=True, slots=True)
class Part:
    """A part that is rendered: its compiled text, and for the document the tree whose body it becomes."""

    name: str
    compiled: jinja2.Template
    frame: etree._Element | None = None


@dataclass(frozen=True, slots=True)
class _Blob:
    """What docxtpl needs of a part."""

    blob: bytes


@dataclass(frozen=True, slots=True)
class Template:
    """A checked template; ``digest`` is SHA-256 of its file, in hexadecimal.

    ``links`` are the relationships of its anchors; ``qr_part``, the picture, and ``core_part``, the properties, are
    replaced in each document; ``copied`` is a zip file of the parts that are the same in all; ``typography`` is what
    its text is to be set in. ``binding`` is how several documents are laid out together; None where they cannot be.
    """

    name: str
    digest: str
    parts: tuple[Part, ...]
    links: Mapping[str, Role]
    qr_part: str
    core_part: str
    copied: bytes
    typography: Typography
    binding: Binding | None


def load_template(data: bytes, name: str, *, paper: Paper = Paper.A4) -> Template:
    """Return the template of a Word file; ``name`` is its file name, for messages.

    With F4 its pages become 215 x 330 mm, and what that makes them wider joins the right margin: text and tables
    stay as wide as they are, so tables stay within the margins. With A4 pages stay as they are.

    Raises:
        TemplateError: damaged or too large; parts, links, fields or pictures that could fetch something or
            run; a name, filter or construct that the page does not have; an anchor or the QR code's place
            missing or doubled.
    """
    package = read_package(data, name)
    if paper is Paper.F4:
        package = _on_f4(package)
    rendered = (DOCUMENT, *package.related("header"), *package.related("footer"))
    _check_parts(package, rendered, name)
    links = anchor_roles(package, name)
    parts, used = _compile(package, rendered, name)
    wanted = set(Role) if "pihak_kedua" in used else {Role.FIRST}
    check_anchors(package.trees[DOCUMENT], links, wanted, part=DOCUMENT, template=name)
    qr_part = qr_picture(package, name)
    core_part = package.core_part
    changed = {*rendered, qr_part, core_part}
    copied = _zip({part: content for part, content in package.parts.items() if part not in changed})
    return Template(
        name=name,
        digest=hashlib.sha256(data).hexdigest(),
        parts=parts,
        links=links,
        qr_part=qr_part,
        core_part=core_part,
        copied=copied,
        typography=read_typography(package),
        binding=binding_of(package, rendered, qr_part=qr_part),
    )


def entry(name: str) -> zipfile.ZipInfo:
    """Return a zip entry that is the same on every machine and day."""
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 0
    return info


def _zip(parts: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(entry(name), content)
    return file.getvalue()


def _on_f4(package: Package) -> Package:
    tree = etree.fromstring(package.parts[DOCUMENT])
    for section in tree.iter(f"{W}sectPr"):
        _resize(section)
    content = etree.tostring(tree, encoding="UTF-8", standalone=True)
    return dataclasses.replace(
        package, parts={**package.parts, DOCUMENT: content}, trees={**package.trees, DOCUMENT: tree}
    )


def _resize(section: etree._Element) -> None:
    for size in section.iterfind(f"{W}pgSz"):
        width, height = reversed(_F4_TWIPS) if size.get(f"{W}orient") == "landscape" else _F4_TWIPS
        wider = width - _twips(size, "w", width)
        size.set(f"{W}w", str(width))
        size.set(f"{W}h", str(height))
        for margins in section.iterfind(f"{W}pgMar"):
            margins.set(f"{W}right", str(max(_twips(margins, "right", 0) + wider, 0)))


def _twips(element: etree._Element, name: str, default: int) -> int:
    written = element.get(f"{W}{name}", "")
    return int(written) if _TWIPS.fullmatch(written) else default


def _check_parts(package: Package, rendered: tuple[str, ...], name: str) -> None:
    for part, tree in package.trees.items():
        check_tree(tree, part, name)
    for part in rendered:
        check_places(package.trees[part], part, name, rendered=True)
        check_alone(package.trees[part], part, name)
        check_balance(package.trees[part], part, name)
    for part in (part for kind in _COPIED_TEXTS for part in package.related(kind)):
        check_places(package.trees[part], part, name, rendered=False)


def _compile(package: Package, rendered: tuple[str, ...], name: str) -> tuple[tuple[Part, ...], frozenset[str]]:
    word = DocxTemplate(io.BytesIO(_zip(package.parts)))
    try:
        word.init_docx()
        sources = {part: _source(word, package, part) for part in rendered}
    except (KeyError, ValueError, AttributeError, TypeError) as fault:
        raise TemplateError("TEMPLATE_DAMAGED", template=name, detail=str(fault)) from fault
    environment = sandbox()
    parts, used = [], frozenset[str]()
    for part, source in sources.items():
        tree = parse(environment, source, part, name)
        used |= check_names(tree, part, name)
        frame = _without_body(word) if part == DOCUMENT else None
        parts.append(Part(part, compile_counted(environment, tree), frame))
    return tuple(parts), used


def _source(word: DocxTemplate, package: Package, part: str) -> str:
    """Return a part as docxtpl gives it to Jinja, each paragraph on its own line."""
    xml = word.get_xml() if part == DOCUMENT else word.get_part_xml(_Blob(package.parts[part]))
    return _PARAGRAPH.sub(r"\n<w:p\1", word.patch_xml(xml))


def _without_body(word: DocxTemplate) -> etree._Element:
    root = etree.fromstring(etree.tostring(word.docx._element))  # noqa: SLF001  as docxtpl itself does
    for body in root.iterfind(f"{W}body"):
        body.clear()
    return root
