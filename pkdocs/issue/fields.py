"""Anchors to signature fields: where the template says that somebody signs, there the field is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pikepdf import Array, Dictionary, Name, NumberTree, Object, Page, Pdf, Stream, String

from pkdocs.content import ANCHOR_ADDRESS, Content, Role
from pkdocs.errors import DocumentError
from pkdocs.roster import Means

FIELD_FLAGS: Final = 132
"""``/F`` of a widget: printed, and locked against being moved."""

_LABELS: Final = {Role.FIRST: "Tanda tangan Pihak Pertama", Role.SECOND: "Tanda tangan Pihak Kedua"}
_TOLERANCE_PT: Final = 1


@dataclass(frozen=True, slots=True)
class Anchor:
    """The link annotation that holds the place of a role's signature."""

    role: Role
    page: Page
    link: Object


def electronic_roles(content: Content) -> tuple[Role, ...]:
    """Return the roles for which the issued file has a field."""
    parties = ((role, content.party(role)) for role in content.roles)
    return tuple(role for role, party in parties if party is not None and party.means is Means.ELECTRONIC)


def take_anchors(document: Pdf, content: Content) -> list[Anchor]:
    """Remove all annotations from the pages and return them: the anchors, in the order of the roles.

    Raises:
        DocumentError: an electronic role has no anchor; an anchor is doubled or of a role that nobody has; an
            annotation is no anchor.
    """
    found: dict[Role, list[Anchor]] = {role: [] for role in content.roles}
    for number, page in enumerate(document.pages, 1):
        for link in page.get("/Annots", Array()):
            role = _role(link, number, content)
            if role not in found:
                raise DocumentError("ISSUE_ANCHOR_UNEXPECTED", id=content.id, role=role.value)
            found[role].append(Anchor(role, page, link))
        if "/Annots" in page:
            del page["/Annots"]
    _demand_one_each(found, content)
    return [anchor for anchors in found.values() for anchor in anchors]


def _role(link: Object, page: int, content: Content) -> Role:
    action = link.get("/A", Dictionary())
    is_link = link.get("/Subtype") == Name.Link and action.get("/S") == Name.URI
    address = str(action.get("/URI", "")) if is_link else ""
    for role in Role:
        if address == ANCHOR_ADDRESS + role.value:
            return role
    kind = address or str(link.get("/Subtype", "?"))
    raise DocumentError("ISSUE_ANNOTATION", id=content.id, page=page, kind=kind)


def _demand_one_each(found: Mapping[Role, list[Anchor]], content: Content) -> None:
    electronic = electronic_roles(content)
    for role, anchors in found.items():
        if not anchors and role in electronic:
            raise DocumentError("ISSUE_ANCHOR_MISSING", id=content.id, role=role.value)
        if len(anchors) > 1:
            raise DocumentError("ISSUE_ANCHOR_DOUBLED", id=content.id, role=role.value, count=len(anchors))


def place_fields(document: Pdf, content: Content, anchors: Iterable[Anchor]) -> list[Object]:
    """Put an empty field where the anchor of each electronic role was, and return them; for paper nothing.

    Raises:
        DocumentError: an anchor has no place in the structure tree.
    """
    electronic = electronic_roles(content)
    fields = []
    for anchor in anchors:
        element = _element(document, content, anchor)
        if anchor.role in electronic:
            fields.append(_place(document, anchor, element))
        else:
            _remove(document, anchor, element)
    return fields


def _place(document: Pdf, anchor: Anchor, element: Object) -> Object:
    field = document.make_indirect(_field(document, anchor))
    tree = _parent_tree(document)
    field.StructParent = _tree_key(anchor, tree)
    tree[field.StructParent] = element
    document.Root.StructTreeRoot.ParentTreeNextKey = max(tree) + 1
    element.S = Name.Form
    element.Alt = String(_LABELS[anchor.role])
    element.Pg = anchor.page.obj
    # not in an array: pyHanko takes a later signature for a suspicious change otherwise
    element.K = Dictionary(Type=Name.OBJR, Obj=field, Pg=anchor.page.obj)
    # fields are visited in the order of the structure (ISO 14289-1, 7.18.3)
    anchor.page.Tabs = Name.S
    anchor.page.Annots = Array([*anchor.page.get("/Annots", Array()), field])
    return field


def _remove(document: Pdf, anchor: Anchor, element: Object) -> None:
    siblings = element.P.K
    element.P.K = Array([kid for kid in siblings if not kid.is_indirect or kid.objgen != element.objgen])
    tree = _parent_tree(document)
    if "/StructParent" in anchor.link:
        del tree[int(anchor.link.StructParent)]


def _parent_tree(document: Pdf) -> NumberTree:
    return NumberTree(document.Root.StructTreeRoot.ParentTree)


def _tree_key(anchor: Anchor, tree: NumberTree) -> int:
    return int(anchor.link.get("/StructParent", max(tree, default=-1) + 1))


def _field(document: Pdf, anchor: Anchor) -> Dictionary:
    left, bottom, right, top = anchor.link.Rect.as_list()
    blank = Stream(document, b"")
    blank.Type = Name.XObject
    blank.Subtype = Name.Form
    blank.BBox = Array([0, 0, right - left, top - bottom])
    blank.Resources = Dictionary()
    name = String(anchor.role.value)
    return Dictionary(
        Type=Name.Annot,
        Subtype=Name.Widget,
        FT=Name.Sig,
        T=name,
        TU=String(_LABELS[anchor.role]),
        F=FIELD_FLAGS,
        Rect=anchor.link.Rect,
        P=anchor.page.obj,
        Lock=Dictionary(Type=Name.SigFieldLock, Action=Name.Include, Fields=Array([name])),
        AP=Dictionary(N=blank),
    )


def _element(document: Pdf, content: Content, anchor: Anchor) -> Object:
    """Return the structure element of the anchor: its own, else the picture's that has its rectangle."""
    tree = _parent_tree(document)
    if "/StructParent" in anchor.link and int(anchor.link.StructParent) in tree:
        return tree[int(anchor.link.StructParent)]
    # LibreOffice 7 tags the picture, but not the link on it
    elements, seen = [document.Root.StructTreeRoot], set()
    while elements:
        element = elements.pop()
        if _is_picture_of(element, anchor):
            return element
        if element.objgen not in seen:
            # anchors stand on the first pages
            elements.extend(reversed(_kids(element)))
        if element.is_indirect:
            seen.add(element.objgen)
    raise DocumentError("ISSUE_NOT_ARCHIVAL", id=content.id, lacks=f"/Figure ({anchor.role.value})")


def _kids(element: Object) -> list[Object]:
    kids = element.get("/K", Array())
    listed = kids.as_list() if isinstance(kids, Array) else [kids]
    return [kid for kid in listed if isinstance(kid, Dictionary)]


def _is_picture_of(element: Object, anchor: Anchor) -> bool:
    if element.get("/S") != Name.Figure or element.get("/Pg") != anchor.page.obj:
        return False
    attributes = element.get("/A", Dictionary())
    box = attributes.get("/BBox") if isinstance(attributes, Dictionary) else None
    if box is None:
        return False
    pairs = zip(box.as_list(), anchor.link.Rect.as_list(), strict=True)
    return all(abs(float(one) - float(other)) <= _TOLERANCE_PT for one, other in pairs)
