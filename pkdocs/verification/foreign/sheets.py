"""The pages of one state of a PDF, and what each is with what it inherits."""

from collections.abc import Iterator
from typing import Final

from pkdocs.verification.finding import Step, Weight
from pkdocs.verification.foreign.fault import InspectionError
from pkdocs.verification.foreign.view import Json, View, is_reference

_INHERITED: Final = frozenset({"/Resources", "/MediaBox", "/CropBox", "/Rotate"})
_SHEET: Final = [0, 0, 595, 842]
_MAX_PAGES: Final = 20_000
_MAX_DEPTH: Final = 32


def pages(view: View) -> Iterator[str]:
    """Yield the references of the pages in their order; one may stand several times.

    Raises:
        InspectionError: they have no end, or stand where no object does.
    """
    pending, above, count = [view.catalog.get("/Pages")], set[str](), 0
    while pending:
        reference = pending.pop()
        count += 1
        if not is_reference(reference) or reference in above or count > _MAX_PAGES:
            raise InspectionError("LATER_DAMAGED", Step.REVISIONS, Weight.UNKNOWN, {})
        node = view.dictionary(reference)
        if "/Kids" in node:
            above.add(reference)
            pending.extend(reversed(view.array(node["/Kids"])))
        else:
            yield reference


def page_of(view: View, page: str) -> dict[str, Json]:
    """Return a page with what it inherits, which some writers put into it; one content is as good as a list of it."""
    node = view.dictionary(page)
    whole = dict(node)
    for _ in range(_MAX_DEPTH):
        node = view.dictionary(node.get("/Parent"))
        whole = {key: node[key] for key in _INHERITED & node.keys()} | whole
    whole.setdefault("/Rotate", 0)
    whole.setdefault("/CropBox", whole.get("/MediaBox"))
    match view.resolve(whole.get("/Contents")):
        case [only]:
            whole["/Contents"] = only
    return whole


def sheet_area(view: View, page: str) -> float:
    """Return the area of a page in square points."""
    left, bottom, right, top = map(float, view.array(page_of(view, page).get("/MediaBox", _SHEET)))
    return abs(right - left) * abs(top - bottom)
