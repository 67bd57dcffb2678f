"""What later revisions did to a signed state: everything that a reader sees must be as it was (ISO 32000-2, 12.8.2.2).

Two views of one file are compared. What is the same needs no word; each object that is not must be explained by
the place that it has: catalog, form, page, structure, or what shows nothing at all. What is left unexplained and
still used is a change of what was signed.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm

from pkdocs.verification.foreign.fault import InspectionError
from pkdocs.verification.foreign.fields import FieldChanges, Permission, compare_fields
from pkdocs.verification.foreign.looks import Box
from pkdocs.verification.foreign.sheets import page_of, pages, sheet_area
from pkdocs.verification.foreign.view import TRAILER, Json, View, different_keys, is_reference, references_in

_SHOWS_NOTHING: Final = frozenset(
    {"/DSS", "/Metadata", "/Extensions", "/MarkInfo", "/Version", "/PieceInfo", "/Legal", "/LastModified"}
    | {"/PageMode", "/PageLayout"}
)
_FORM_SETTINGS: Final = frozenset({"/Fields", "/DR", "/DA", "/Q", "/SigFlags", "/NeedAppearances"})
_PRIVATE_OF_PAGES: Final = frozenset({"/PieceInfo", "/Thumb", "/Metadata"})
_OF_PAGES: Final = _PRIVATE_OF_PAGES | {"/Annots", "/Tabs", "/StructParents", "/LastModified"}
_NAMING: Final = frozenset({"/NM", "/M", "/P", "/StructParent"})
"""What readers write into annotations without meaning anything by it."""
_USAGE_RIGHTS: Final = frozenset({"/UR", "/UR3"})
_GROWING: Final = frozenset({"/K", "/Kids", "/Nums", "/Limits", "/ParentTree", "/ParentTreeNextKey"})
_STRUCTURE: Final = (None, "/StructElem", "/StructTreeRoot")
_COVERING_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Review:
    """How far the later revisions went, the fields that were filled in, and codes of what remains doubtful.

    ``drawn`` are the boxes, by the number of the page from 0, where something new may be seen, ``laid`` those of them
    that may hide nothing, ``redrawn`` those with their field's name where nothing else may be seen than before.
    """

    level: ModificationLevel
    filled: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    drawn: Mapping[int, Sequence[Box]] = field(default_factory=dict)
    redrawn: Mapping[int, Sequence[tuple[Box, str]]] = field(default_factory=dict)
    laid: Mapping[int, Sequence[Box]] = field(default_factory=dict)


def review_changes(old: View, new: View, permission: Permission) -> Review:
    """Return what was done between two views of one file, as far as it is harmless.

    Intermediate states are not looked at: they show nothing any more, and whoever signed one is judged by it.

    Raises:
        InspectionError: something that the signed state showed is another, or is not there any more.
        ValueError: the file's structure has no end.
    """
    return _Comparison(old, new, permission).review()


class _Comparison:
    """Explains the objects that differ, place by place."""

    def __init__(self, old: View, new: View, permission: Permission) -> None:
        self._old, self._new, self._permission = old, new, permission
        self._changed = {reference for reference in old.references if old.differs(reference, new)}
        self._explained: set[str] = set()
        self._doubts: list[str] = []
        self._level = ModificationLevel.LTA_UPDATES
        self._drawn: defaultdict[int, list[Box]] = defaultdict(list)
        self._redrawn: defaultdict[int, list[tuple[Box, str]]] = defaultdict(list)
        self._laid: defaultdict[int, list[Box]] = defaultdict(list)

    def review(self) -> Review:
        self._demand_nothing_supplied()
        self._catalog()
        self._form()
        fields = compare_fields(self._old, self._new, self._permission)
        self._explained |= fields.touched
        for part, holder in fields.private:
            self._explain_private(part, {holder})
        self._pages(fields)
        if fields.widgets:
            self._structure()
        self._demand_nothing_left()
        return Review(
            max(self._level, fields.level),
            tuple(dict.fromkeys(fields.filled)),
            tuple(self._doubts),
            self._drawn,
            self._redrawn,
            self._laid,
        )

    def _demand_nothing_supplied(self) -> None:
        """Nothing may be brought that the signed state refers to and lacks: it would appear there."""
        added = self._new.references - self._old.references
        if supplied := added & self._old.referrers.keys():
            raise InspectionError.changed("LATER_OBJECT_SUPPLIED", object=_number(min(supplied)))

    def _catalog(self) -> None:
        before, after = self._old.catalog, self._new.catalog
        other = self._different(before, after)
        if "/Perms" in other and not self._different_permissions(before, after):
            other.discard("/Perms")
        if other := other - _SHOWS_NOTHING - {"/AcroForm", "/StructTreeRoot"}:
            raise InspectionError.changed("LATER_CATALOG", what=min(other))
        if ("/StructTreeRoot" in before) != ("/StructTreeRoot" in after):
            raise InspectionError.changed("LATER_CATALOG", what="/StructTreeRoot")
        root = self._old.root
        self._explained.add(root)
        for key in _SHOWS_NOTHING & before.keys():
            self._explain_private(before[key], {root})
        self._explain_private(self._old.trailer.get("/Info"), {TRAILER})

    def _different_permissions(self, before: dict[str, Json], after: dict[str, Json]) -> set[str]:
        """Return what of the permissions was changed but usage rights, which open functions of one reader."""
        pair = (view.dictionary(one.get("/Perms")) for view, one in ((self._old, before), (self._new, after)))
        return self._different(*pair) - _USAGE_RIGHTS

    def _different(self, before: dict[str, Json], after: dict[str, Json]) -> set[str]:
        """Return the entries that say something else; one that is empty says as little as one that is absent."""
        different = different_keys(self._old, before, self._new, after)
        empty: tuple[Json, ...] = (None, {}, [])
        return {
            key
            for key in different
            if self._old.resolve(before.get(key)) not in empty or self._new.resolve(after.get(key)) not in empty
        }

    def _form(self) -> None:
        before, after = (view.catalog.get("/AcroForm") for view in (self._old, self._new))
        form, later = self._old.dictionary(before), self._new.dictionary(after)
        if other := self._different(form, later) - _FORM_SETTINGS:
            raise InspectionError.changed("LATER_CATALOG", what=f"/AcroForm {min(other)}")
        if later.get("/NeedAppearances") is True and form.get("/NeedAppearances") is not True:
            # readers would draw every field anew, from values that nobody may have seen
            raise InspectionError.changed("LATER_CATALOG", what="/NeedAppearances")
        root = self._old.root
        holder = before if is_reference(before) else root
        self._explain_alone(before, {root})
        self._explain_alone(form.get("/Fields"), {holder})
        if form.get("/NeedAppearances") is True or self._old.borrows_resources:
            self._fonts(form.get("/DR"), later.get("/DR"), holder)
        else:
            self._explain_private(form.get("/DR"), {holder})

    def _fonts(self, before: Json, after: Json, holder: str) -> None:
        """What fields are drawn with may grow, and nothing in it be another."""
        self._explain_alone(before, {holder})
        kinds = self._old.dictionary(before)
        for kind, listed in kinds.items():
            self._explain_alone(listed, {before if is_reference(before) else holder})
            mine, later = self._old.dictionary(listed), self._new.dictionary(self._new.dictionary(after).get(kind))
            if different_keys(self._old, mine, self._new, later) & mine.keys():
                raise InspectionError.changed("LATER_CATALOG", what="/AcroForm /DR")

    def _pages(self, fields: FieldChanges) -> None:
        listed_pages = list(pages(self._old))
        if listed_pages != list(pages(self._new)):
            raise InspectionError.changed("LATER_PAGE", what="/Pages")
        for number, page in enumerate(listed_pages):
            if page in self._changed:
                self._page(page)
            before, after = self._old.dictionary(page), self._new.dictionary(page)
            self._explain_alone(before.get("/Annots"), {page})
            for key in _PRIVATE_OF_PAGES:
                self._explain_private(before.get(key), {page})
            listed, later = self._old.array(before.get("/Annots")), self._new.array(after.get("/Annots"))
            self._named(listed)
            self._annotations(page, listed, later, fields)
            touched = fields.drawn.keys() | fields.redrawn.keys()
            shown = [one for one in later if one not in listed or (is_reference(one) and one in touched)]
            self._boxes(number, shown, fields)

    def _page(self, page: str) -> None:
        before, after = page_of(self._old, page), page_of(self._new, page)
        other = different_keys(self._old, before, self._new, after) - _OF_PAGES
        if "/Resources" in other and not self._different_resources(before, after):
            other.discard("/Resources")
        if other:
            raise InspectionError.changed("LATER_PAGE", what=min(other))
        self._explained.add(page)

    def _different_resources(self, before: dict[str, Json], after: dict[str, Json]) -> set[str]:
        """Return the kinds of resources of a page that are others, if it has its own; for printers are none."""
        kinds, later = self._old.dictionary(before.get("/Resources")), self._new.dictionary(after.get("/Resources"))
        return self._different(kinds, later) - {"/ProcSet"}

    def _boxes(self, number: int, later: list[Json], fields: FieldChanges) -> None:
        """Remember where on the page something may be seen anew."""
        for annotation in later:
            box = _box(self._new.resolve(self._new.dictionary(annotation).get("/Rect")))
            name = fields.redrawn.get(annotation) if is_reference(annotation) else None
            if box is not None and name is not None:
                self._redrawn[number].append((box, name))
            elif box is not None:
                self._drawn[number].append(box)
                if is_reference(annotation) and annotation in fields.laid:
                    self._laid[number].append(box)

    def _named(self, listed: list[Json]) -> None:
        """Take annotations as looked at that say the same, but for what tells them apart."""
        for annotation in filter(is_reference, listed):
            pair = self._old.dictionary(annotation), self._new.dictionary(annotation)
            if annotation in self._changed and different_keys(self._old, pair[0], self._new, pair[1]) <= _NAMING:
                self._explained.add(annotation)

    def _annotations(self, page: str, listed: list[Json], later: list[Json], fields: FieldChanges) -> None:
        if not _has_grown(listed, later):
            # in another order, one may cover another
            raise InspectionError.changed("LATER_ANNOTATION")
        if any(not is_reference(added) or added not in fields.widgets for added in later if added not in listed):
            self._annotated()
        drawn = sum(fields.drawn.get(annotation, 0) for annotation in later if is_reference(annotation))
        if drawn and drawn > _COVERING_SHARE * sheet_area(self._new, page):
            self._doubts.append("LATER_COVERS")

    def _annotated(self) -> None:
        if self._permission.document is not MDPPerm.ANNOTATE:
            raise InspectionError.changed("LATER_ANNOTATION")
        # permitted, and yet it may lie over what was signed
        self._level = ModificationLevel.ANNOTATIONS
        self._doubts.append("LATER_ANNOTATION_PERMITTED")

    def _structure(self) -> None:
        """The structure may grow where something was signed later; what was there stays, in its order."""
        for reference in _structure(self._old) & self._changed:
            if _has_grown(self._old.value(reference), self._new.value(reference)):
                self._explained.add(reference)

    def _demand_nothing_left(self) -> None:
        left = self._changed - self._explained
        if left and (used := left & self._new.used):
            raise InspectionError.changed("LATER_OBJECT", object=_number(min(used)), count=len(used))

    def _explain_alone(self, value: Json, holders: Collection[str]) -> None:
        """Take an object as looked at, unless it also serves elsewhere."""
        if is_reference(value) and self._old.referrers.get(value, set()) <= set(holders):
            self._explained.add(value)

    def _explain_private(self, value: Json, holders: Collection[str]) -> None:
        """Take all below ``value`` as free to change that serves nobody else than what is above it."""
        private, pending = set(holders), list(references_in(value))
        progress = True
        while progress:
            found = {one for one in pending if self._old.referrers.get(one, set()) <= private} - private
            private |= found
            pending.extend(target for one in found for target in self._old.mentions.get(one, frozenset()))
            progress = bool(found)
        self._explained |= private - set(holders)


def _box(value: Json) -> Box | None:
    if not isinstance(value, list) or len(value) != 4 or any(isinstance(corner, str) for corner in value):
        return None
    left, bottom, right, top = map(float, value)
    return left, bottom, right, top


def _number(reference: str) -> int:
    return int(reference.partition(" ")[0])


def _structure(view: View) -> set[str]:
    """Return the objects of the structure tree, its index included; nothing beyond pages."""
    beyond = set(pages(view)) | {TRAILER}
    reached: set[str] = set()
    pending = list(references_in(view.catalog.get("/StructTreeRoot")))
    while pending:
        reference = pending.pop()
        if reference not in reached | beyond:
            reached.add(reference)
            pending.extend(view.mentions.get(reference, frozenset()))
    return reached


def _has_grown(before: Json, after: Json) -> bool:
    """Tell whether all that an array or structure element had is still there, in its order."""
    if isinstance(before, list) and isinstance(after, list):
        left = iter(after)
        return all(any(entry == candidate for candidate in left) for entry in before)
    if not isinstance(before, dict) or not isinstance(after, dict) or before.get("/Type") not in _STRUCTURE:
        return False
    others = (before.keys() | after.keys()) - _GROWING
    if any(before.get(key) != after.get(key) for key in others):
        return False
    return all(_has_grown(_listed(before.get(key)), _listed(after.get(key))) for key in ("/K", "/Kids", "/Nums"))


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [] if value is None else [value]
