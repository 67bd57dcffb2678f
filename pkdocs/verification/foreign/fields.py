"""What later revisions did to the fields of a form: signed once, filled in where they were blank, or else changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm

from pkdocs.verification.finding import Step, Weight
from pkdocs.verification.foreign.fault import InspectionError
from pkdocs.verification.foreign.view import Json, View, different_keys, is_reference

Path: TypeAlias = tuple[str, ...]

_MAX_DEPTH: Final = 32
_MAX_NODES: Final = 20_000
_TOUCHED: Final = frozenset({"/Ff", "/Type", "/Kids", "/P", "/NM", "/M", "/StructParent"})
"""Readers write these anew without meaning anything by it; those below a field are looked at one by one."""
_WIDGET: Final = frozenset({"/Subtype", "/Rect", "/BS", "/Border", "/H", "/C", "/DV", "/DR"})
"""What a signature field gets that was none on a page before."""
_SIGNING: Final = _TOUCHED | _WIDGET | {"/V", "/AP", "/AS", "/F", "/DA", "/Q", "/MK", "/Lock", "/TU"}
_FILLING: Final = _TOUCHED | {"/V", "/AP", "/AS", "/DA", "/Q", "/MK", "/RV", "/I", "/TI"}
_LOCKS: Final = 64 | 128 | 512
"""Flags of a widget that forbid to change it: ReadOnly, Locked, LockedContents (ISO 32000-2, table 167)."""
_ACTIONS: Final = frozenset({"/A", "/AA"})
_SHOWN_BY_READERS: Final = frozenset({"/BG", "/BC", "/CA", "/I"})
"""What readers draw of a field without an appearance (ISO 32000-2, table 192)."""
_UNDER_THE_MOUSE: Final = frozenset({"/R", "/D"})
_BLANK: Final[tuple[Json, ...]] = (None, "/Off", [])


@dataclass(frozen=True, slots=True)
class Permission:
    """What a signature lets others do later: by DocMDP (None: it says nothing), and which fields it locks."""

    document: MDPPerm | None
    is_locked: Callable[[str], bool]

    @property
    def lets_fill(self) -> bool:
        """Whether the signer, who certified the document, lets others fill in its form."""
        return self.document in {MDPPerm.FILL_FORMS, MDPPerm.ANNOTATE}


@dataclass(frozen=True, slots=True)
class FieldNode:
    """A field, or one of its widgets; ``name`` is the field's full one, ``kind`` and ``value`` may be inherited.

    ``stored`` is the value as it is written: a reference, for a signature.
    """

    reference: str
    entries: dict[str, Json]
    name: str
    kind: Json
    stored: Json
    value: Json

    @property
    def area(self) -> float:
        """The area of its rectangle in square points; 0 for what is not seen."""
        corners = self.entries.get("/Rect")
        if not isinstance(corners, list) or len(corners) != 4 or any(isinstance(corner, str) for corner in corners):
            return 0.0
        left, bottom, right, top = map(float, corners)
        return abs(right - left) * abs(top - bottom)


@dataclass(slots=True)
class FieldChanges:
    """What happened to the fields: their objects, how far it went, and the names of those filled in.

    ``private`` are parts of fields, each with its field's object, that were replaced where that is allowed;
    ``widgets`` are those of new and newly signed fields, ``drawn`` the areas of whatever shows something new.
    ``redrawn`` are the names of those whose value is as it was, and whose appearance was made anew, ``laid`` those that
    show something where nothing of theirs was seen before.
    """

    touched: set[str] = field(default_factory=set)
    level: ModificationLevel = ModificationLevel.LTA_UPDATES
    filled: list[str] = field(default_factory=list)
    private: list[tuple[Json, str]] = field(default_factory=list)
    widgets: set[str] = field(default_factory=set)
    drawn: dict[str, float] = field(default_factory=dict)
    redrawn: dict[str, str] = field(default_factory=dict)
    laid: set[str] = field(default_factory=set)


def compare_fields(old: View, new: View, permission: Permission) -> FieldChanges:
    """Return what was done to the fields between two views.

    Raises:
        InspectionError: a field was removed, added, locked, or changed beyond what ``permission`` and the signature
            allow, or the fields have no end.
    """
    before, after = read_fields(old), read_fields(new)
    if gone := before.keys() - after.keys():
        raise InspectionError.changed("LATER_FIELD_REMOVED", name=before[min(gone)].name)
    comparison = _FieldComparison(old, new, permission)
    for path, node in after.items():
        if path in before:
            comparison.compare(before[path], node)
        else:
            comparison.add(node)
    return comparison.changes


def read_fields(view: View) -> dict[Path, FieldNode]:
    """Return every field and widget of the form by its path of names; widgets have their place in the field.

    Raises:
        InspectionError: nested without end, or too many.
    """
    form = view.dictionary(view.catalog.get("/AcroForm"))
    found: dict[Path, FieldNode] = {}
    for path, node in _nodes(view, form.get("/Fields"), (), FieldNode("", {}, "", None, None, None)):
        if len(found) >= _MAX_NODES:
            raise _endless()
        # two fields of one name are told apart by their order
        found[next(unique for unique in _numbered(path) if unique not in found)] = node
    return found


def _numbered(path: Path) -> Iterator[Path]:
    yield path
    for number in range(2, _MAX_NODES):
        yield (*path[:-1], f"{path[-1]} ({number})")


def _nodes(view: View, listed: Json, path: Path, parent: FieldNode) -> Iterator[tuple[Path, FieldNode]]:
    if len(path) >= _MAX_DEPTH:
        raise _endless()
    for place, reference in enumerate(view.array(listed)):
        entries = view.dictionary(reference)
        title = entries.get("/T")
        stored = entries.get("/V", parent.stored)
        name = ".".join(filter(None, (parent.name, _plain(title)))) if isinstance(title, str) else parent.name
        node = FieldNode(
            reference=reference if is_reference(reference) else "",
            entries=entries,
            name=name,
            kind=view.resolve(entries.get("/FT", parent.kind)),
            stored=stored,
            value=view.resolve(stored),
        )
        below = (*path, _plain(title) if isinstance(title, str) else f"[{place}]")
        yield below, node
        yield from _nodes(view, entries.get("/Kids"), below, node)


def _endless() -> InspectionError:
    return InspectionError("LATER_DAMAGED", Step.REVISIONS, Weight.UNKNOWN, {})


def _plain(text: str) -> str:
    return text.partition(":")[2]


class _FieldComparison:
    """Takes the fields one by one."""

    def __init__(self, old: View, new: View, permission: Permission) -> None:
        self._old, self._new, self._permission = old, new, permission
        self.changes = FieldChanges()

    def add(self, node: FieldNode) -> None:
        """Take a field that was not there."""
        is_acting = bool(node.entries.keys() & _ACTIONS)
        if node.kind is None and "/Kids" in node.entries and node.area == 0 and not is_acting:
            # a name for others, each of which is looked at by itself
            return
        style = self._new.dictionary(node.entries.get("/MK")).keys() & _SHOWN_BY_READERS
        is_drawn_unsigned = node.value is None and "/AP" in node.entries
        is_drawn_by_readers = "/AP" not in node.entries and bool(style)
        if node.kind != "/Sig" or is_acting or (node.area > 0 and (is_drawn_unsigned or is_drawn_by_readers)):
            raise InspectionError.changed("LATER_FIELD_ADDED", name=node.name)
        self._demand_new_value(node)
        if node.area > 0:
            self._demand_uncertified(node)
        self.changes.laid.add(node.reference)
        self._sign(node)

    def compare(self, before: FieldNode, after: FieldNode) -> None:
        """Take a field that was there."""
        self.changes.touched.add(before.reference)
        different = different_keys(self._old, before.entries, self._new, after.entries)
        if _unlocked(before.entries) == _unlocked(after.entries):
            different.discard("/F")
        if before.kind != after.kind:
            raise InspectionError.changed("LATER_FIELD_CHANGED", name=after.name)
        if "/Kids" in different:
            self.changes.private.append((before.entries.get("/Kids"), before.reference))
        if different <= _TOUCHED:
            return
        if after.kind == "/Sig":
            self._demand_first_signed(before, after)
            if after.area > 0 and "/Rect" in different:
                self._demand_uncertified(after)
            if "/Rect" in different or not self._shown(before):
                self.changes.laid.add(after.reference)
            self._sign(after)
        if not different <= (_SIGNING if after.kind == "/Sig" else _FILLING):
            raise InspectionError.changed("LATER_FIELD_CHANGED", name=after.name)
        if after.kind != "/Sig":
            self._demand_filled(before, after)
        self.changes.private.append((before.entries.get("/AP"), before.reference))

    def _demand_uncertified(self, node: FieldNode) -> None:
        if self._permission.document is not None:
            # what a certified document may show was settled by who certified it
            raise InspectionError.changed("LATER_FIELD_SHOWN", name=node.name)

    def _demand_unlocked(self, node: FieldNode) -> None:
        if self._permission.is_locked(node.name):
            raise InspectionError.changed("LATER_FIELD_LOCKED", name=node.name)

    def _demand_first_signed(self, before: FieldNode, after: FieldNode) -> None:
        if before.value is not None or after.value is None:
            raise InspectionError.changed("LATER_SIGNATURE_CHANGED", name=after.name)
        self._demand_new_value(after)

    def _demand_new_value(self, node: FieldNode) -> None:
        if is_reference(node.stored) and node.stored in self._old.references:
            raise InspectionError.changed("LATER_SIGNATURE_CHANGED", name=node.name)

    def _demand_filled(self, before: FieldNode, after: FieldNode) -> None:
        if before.value == after.value and not self._permission.is_locked(after.name):
            # readers make appearances anew; whether it looks as it did is seen when it is drawn
            self.changes.redrawn[after.reference] = after.name
            return
        self._demand_unlocked(after)
        # a field may be blank and yet show something
        is_shown = self._shown(before)
        if not self._permission.lets_fill and (not _is_blank(before.value) or _is_blank(after.value) or is_shown):
            raise InspectionError.changed("LATER_VALUE_CHANGED", name=after.name)
        if not is_shown:
            self.changes.laid.add(after.reference)
        self.changes.level = max(self.changes.level, ModificationLevel.FORM_FILLING)
        self.changes.filled.append(after.name)
        self.changes.drawn[after.reference] = after.area

    def _shown(self, node: FieldNode) -> bool:
        return self._old.shows(node.entries.get("/AP"), node.entries.get("/AS"))

    def _sign(self, node: FieldNode) -> None:
        if node.area > 0 and self._new.dictionary(node.entries.get("/AP")).keys() & _UNDER_THE_MOUSE:
            # it shows something else than what is drawn
            raise InspectionError.changed("LATER_FIELD_CHANGED", name=node.name)
        kind = node.value.get("/Type") if isinstance(node.value, dict) else "/DocTimeStamp"
        if node.area > 0 or kind != "/DocTimeStamp":
            self._demand_unlocked(node)
            self.changes.level = max(self.changes.level, ModificationLevel.FORM_FILLING)
        self.changes.widgets.add(node.reference)
        self.changes.drawn[node.reference] = node.area


def _unlocked(entries: dict[str, Json]) -> Json:
    flags = entries.get("/F", 0)
    return flags & ~_LOCKS if isinstance(flags, int) else flags


def _is_blank(value: Json) -> bool:
    return value in _BLANK or (isinstance(value, str) and not _plain(value).strip() and not value.startswith("/"))
