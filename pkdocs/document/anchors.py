"""Pictures with a meaning: where each role signs, and where the QR code stands.

An anchor is a picture in line with the text whose hyperlink is ``https://anchor.pkdocs.invalid/<role>``;
the QR code's place is a PNG picture whose alternative text begins with ``pkdocs:qr``.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from lxml import etree

from pkdocs.content import ANCHOR_ADDRESS, Role
from pkdocs.document.package import DOCUMENT, Package
from pkdocs.document.safety import WP
from pkdocs.errors import TemplateError

QR_TEXT: Final = "pkdocs:qr"

_A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def anchor_roles(package: Package, template: str) -> Mapping[str, Role]:
    """Return the role of each anchor's relationship.

    Raises:
        TemplateError: a link to an anchor that is not a role's.
    """
    roles: dict[str, Role] = {}
    for relation in package.relations:
        if relation.source == DOCUMENT and relation.target.startswith(ANCHOR_ADDRESS):
            named = relation.target.removeprefix(ANCHOR_ADDRESS)
            if named not in set(Role):
                known = ", ".join(f"{ANCHOR_ADDRESS}{role}" for role in Role)
                raise TemplateError("TEMPLATE_ANCHOR_UNKNOWN", template=template, target=relation.target, known=known)
            roles[relation.id] = Role(named)
    return roles


def check_anchors(
    tree: etree._Element, links: Mapping[str, Role], wanted: Iterable[Role], *, part: str, template: str
) -> None:
    """Check that ``tree`` has one anchor for each role ``wanted`` and no other.

    Raises:
        TemplateError: one is missing, doubled, too many, or no picture in line with the text.
    """
    found = Counter(
        links[link.get(f"{_R}id", "")]
        for picture in tree.iter(f"{WP}inline")
        for link in picture.iterfind(f"{WP}docPr/{_A}hlinkClick")
        if link.get(f"{_R}id", "") in links
    )
    for role in Role:
        expected = int(role in wanted)
        if found[role] != expected:
            code = "TEMPLATE_ANCHOR_MISSING" if found[role] < expected else "TEMPLATE_ANCHOR_DOUBLED"
            raise TemplateError(code, template=template, part=part, target=f"{ANCHOR_ADDRESS}{role}")


def qr_picture(package: Package, template: str) -> str:
    """Return the part of the QR code's placeholder, a PNG that nothing else shows.

    Raises:
        TemplateError: there is none, or several, or it is no picture of its own.
    """
    places = _qr_places(package.trees[DOCUMENT])
    _check_qr_count(places, template)
    shown = {blip.get(f"{_R}embed") for blip in places[0].getparent().iter(f"{_A}blip")}  # type: ignore[union-attr]  # docPr is never a root
    pictures = [r.target for r in package.relations if r.source == DOCUMENT and r.id in shown]
    users = [r for r in package.relations if r.target in pictures]
    if len(users) != 1 or not pictures[0].endswith(".png") or _times_shown(package, users[0].id) != 1:
        raise TemplateError("TEMPLATE_QR_PICTURE", template=template)
    return pictures[0]


def check_qr(tree: etree._Element, template: str) -> None:
    """Check that ``tree`` shows the QR code once.

    Raises:
        TemplateError: a condition or loop of the template took it away or repeated it.
    """
    _check_qr_count(_qr_places(tree), template)


def _qr_places(tree: etree._Element) -> list[etree._Element]:
    return [place for place in tree.iter(f"{WP}docPr") if place.get("descr", "").startswith(QR_TEXT)]


def _check_qr_count(places: list[etree._Element], template: str) -> None:
    if len(places) != 1:
        raise TemplateError("TEMPLATE_QR_COUNT", template=template, count=len(places), text=QR_TEXT)


def _times_shown(package: Package, relation: str) -> int:
    return sum(blip.get(f"{_R}embed") == relation for blip in package.trees[DOCUMENT].iter(f"{_A}blip"))
