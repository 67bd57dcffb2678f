"""ISO 32000-1, 14.7 and 14.8: the file is tagged, to be read aloud (ISO 14289-1 as far as LibreOffice goes)."""

from collections.abc import Iterator
from typing import Any, Final

from pikepdf import Array, Dictionary, Name, NumberTree, Object

from tests.pdfa.opened import Opened

_STANDARD: Final = frozenset(
    {
        *("/Document", "/Part", "/Sect", "/Div", "/P", "/H1", "/H2", "/H3", "/Figure", "/Form", "/Span", "/Link"),
        *("/Table", "/TR", "/TH", "/TD", "/THead", "/TBody", "/L", "/LI", "/Lbl", "/LBody", "/NonStruct"),
    }
)
_LINES: Final = frozenset({"S", "s"})
_WITHIN: Final = {
    "/TR": {"/Table", "/THead", "/TBody"},
    "/TH": {"/TR"},
    "/TD": {"/TR"},
    "/LI": {"/L"},
    "/LBody": {"/LI"},
    "/Lbl": {"/LI"},
}

Mark = tuple[tuple[int, int], int]
"""A page, and the number of marked content on it."""


def catalog_says_that_it_is_tagged(opened: Opened) -> Iterator[str]:
    root = opened.document.Root
    if not bool(root.get("/MarkInfo", {}).get("/Marked", False)) or bool(root.MarkInfo.get("/Suspects", False)):
        yield "not marked"
    if str(root.get("/Lang", "")) != "id-ID":
        yield "no language"
    if not bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False)):
        yield "its title is not shown"
    for page in opened.document.pages:
        if "/Annots" in page.obj and page.obj.get("/Tabs") != Name.S:
            yield "a page whose fields are not visited in their order"


def what_is_painted_is_content_or_artifact(opened: Opened) -> Iterator[str]:
    """Lines left aside: LibreOffice 7 draws borders after all marked content."""
    for number, steps in enumerate(opened.pages, 1):
        painted = (step for step in steps if step.paints and step.operator not in _LINES)
        if any(step.mark is None or (step.mark[0] != "/Artifact" and step.mark[1] is None) for step in painted):
            yield f"page {number} has what is neither"


def content_is_in_the_structure_once(opened: Opened) -> Iterator[str]:
    written = [
        (page.obj.objgen, int(step.mark[1]))
        for page, steps in zip(opened.document.pages, opened.pages, strict=True)
        for step in steps
        if step.operator == "BDC" and step.mark and step.mark[1] is not None
    ]
    if len(written) != len(set(written)):
        yield "content has a number twice"
    named = [mark for element in _elements(opened) for mark in _marks(element)]
    if len(named) != len(set(named)):
        yield "content is in the structure twice"
    if set(named) != set(written):
        yield f"structure and content differ: {sorted(set(named) ^ set(written))[:5]}"


def the_way_back_leads_to_the_same_element(opened: Opened) -> Iterator[str]:
    tree = NumberTree(opened.document.Root.StructTreeRoot.ParentTree)
    for element in _elements(opened):
        for page, number in _marks(element):
            back = tree.get(int(opened.document.get_object(page).get("/StructParents", -1)), Array())
            if len(back) <= number or back[number].objgen != element.objgen:
                yield f"{page} {number} leads elsewhere"
        for kid in _kids(element):
            if isinstance(kid, Dictionary) and kid.get("/Type") == Name.OBJR:
                back = tree.get(int(kid.Obj.get("/StructParent", -1)))
                if back is None or back.objgen != element.objgen:
                    yield f"{kid.Obj.objgen} leads elsewhere"
    placed = {kid.Obj.objgen for element in _elements(opened) for kid in _kids(element) if _is_object(kid)}
    if {annotation.objgen for annotation in opened.annotations} != placed:
        yield "a field is not in the structure"
    if tree and int(opened.document.Root.StructTreeRoot.get("/ParentTreeNextKey", 0)) <= max(tree):
        yield "the next key is taken"


def elements_are_of_known_kinds_in_their_places(opened: Opened) -> Iterator[str]:
    roles = opened.document.Root.StructTreeRoot.get("/RoleMap", Dictionary())
    for element in _elements(opened):
        kind = _kind(element, roles)
        if kind not in _STANDARD:
            yield f"{element.S} is not known"
        if kind in _WITHIN and _kind(element.P, roles) not in _WITHIN[kind]:
            yield f"{kind} in {element.P.get('/S')}"


def pictures_and_fields_are_described(opened: Opened) -> Iterator[str]:
    for element in _elements(opened):
        if element.S in {Name.Figure, Name.Form} and not str(element.get("/Alt", "")).strip():
            yield f"{element.S} without words"


def headings_begin_at_the_first_level_and_leave_none_out(opened: Opened) -> Iterator[str]:
    before = 0
    for element in _elements(opened):
        kind = str(element.S)
        if kind in {"/H1", "/H2", "/H3"}:
            level = int(kind[2:])
            if level > before + 1:
                yield f"{kind} after {before or 'nothing'}"
            before = level


def _kind(element: Object, roles: Object) -> str:
    kind = str(element.get("/S", ""))
    return kind if kind in _STANDARD or kind not in roles else str(roles[kind])


def _elements(opened: Opened) -> Iterator[Object]:
    """Yield the elements in the order in which they are read."""
    waiting = list(reversed(_kids(opened.document.Root.StructTreeRoot)))
    while waiting:
        element = waiting.pop()
        if isinstance(element, Dictionary) and "/S" in element:
            yield element
            waiting.extend(reversed(_kids(element)))


def _kids(element: Object) -> list[Any]:
    kids = element.get("/K", Array())
    return list(kids) if isinstance(kids, Array) else [kids]


def _is_object(kid: Any) -> bool:
    return isinstance(kid, Dictionary) and kid.get("/Type") == Name.OBJR


def _marks(element: Object) -> Iterator[Mark]:
    for kid in _kids(element):
        if isinstance(kid, int):
            yield element.Pg.objgen, kid
        elif isinstance(kid, Dictionary) and kid.get("/Type") == Name.MCR:
            yield (kid.get("/Pg") or element.Pg).objgen, int(kid.MCID)


RULES: Final = (
    catalog_says_that_it_is_tagged,
    what_is_painted_is_content_or_artifact,
    content_is_in_the_structure_once,
    the_way_back_leads_to_the_same_element,
    elements_are_of_known_kinds_in_their_places,
    pictures_and_fields_are_described,
    headings_begin_at_the_first_level_and_leave_none_out,
)
