"""What a later revision may add to the tags: one element for the field that it adds (ISO 32000-2, 14.7)."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from pkdocs.verification.catalog import catalogs_of
from pkdocs.verification.syntax import Ref, Value, name_of
from pkdocs.verification.update import Update, differing, entries_of

_ELEMENT: Final = frozenset({"Type", "S", "P", "K", "Pg", "ID", "T"})
"""No /Alt or /ActualText: what is read aloud is what was signed."""
_KINDS: Final = frozenset({"Form", "Annot"})
_MAX_NODES: Final = 10_000


def check_tags(update: Update, field: Ref) -> None:
    """Account for one element about ``field``, the entry that leads to it and what lists it; note what is more."""
    root = catalogs_of(update)[0].get("StructTreeRoot")
    elements = [number for number in update.added if _is_element(update.revision.objects[number])]
    nodes = _listing(update, root)
    written = nodes & update.revision.objects.keys()
    if not elements and not written:
        return
    # a number that a page has would be another answer to what its text is
    is_taken = entries_of(update.new(field)).get("StructParent") in _numbers(update, nodes)
    if len(elements) != 1 or is_taken or not _is_about(update, elements[0], field):
        update.note("REVISION_TAGS", objects=", ".join(map(str, sorted({*elements, *written})[:5])))
    element = Ref(elements[0]) if elements else field
    bad = {number for number in written if not _only_lists(update, number, element, field)}
    update.note_objects("REVISION_OBJECT_CHANGED", bad)
    update.explained |= written
    update.explained.update(elements)
    update.explained |= {number for number in update.added if _is_pointer(update.revision.objects[number], field)}


def _is_element(value: Value) -> bool:
    return entries_of(value).get("Type") == "StructElem"


def _listing(update: Update, root: Value) -> set[int]:
    """Return what may list a new element: the root of the tags, its number tree, and every element there was."""
    nodes = {root.number} if isinstance(root, Ref) else set()
    nodes.update(number for number in update.changed if _is_element(update.before[number]))
    pending = [entries_of(update.old(root)).get("ParentTree")]
    while pending and len(nodes) < _MAX_NODES:
        node = pending.pop()
        if isinstance(node, Ref):
            nodes.add(node.number)
        entries = entries_of(update.old(node))
        if isinstance(entries.get("Nums"), Ref):
            nodes.add(entries["Nums"].number)
        pending.extend(kid for kid in update.old(entries.get("Kids", [])) if isinstance(kid, Ref))
    return nodes


def _numbers(update: Update, nodes: Iterable[int]) -> Iterator[Value]:
    """Yield the numbers under which the tree had entries before."""
    for number in nodes:
        node = update.before.get(number)
        inner = entries_of(entries_of(node).get("ParentTree"))
        for listed in (node, entries_of(node).get("Nums"), inner.get("Nums")):
            yield from listed[::2] if isinstance(listed, list) else ()


def _is_about(update: Update, number: int, field: Ref) -> bool:
    """Tell whether the element holds the field's annotation and nothing else."""
    element = update.revision.objects[number]
    kids = element.get("K")
    only = kids[0] if isinstance(kids, list) and len(kids) == 1 else kids
    return (
        element.keys() <= _ELEMENT
        and name_of(element.get("S")) in _KINDS
        and _is_element_or_root(update, element.get("P"))
        and _is_pointer(update.new(only), field)
    )


def _is_element_or_root(update: Update, value: Value) -> bool:
    return isinstance(value, Ref) and (
        _is_element(update.before.get(value.number)) or value == catalogs_of(update)[0].get("StructTreeRoot")
    )


def _is_pointer(value: Value, field: Ref) -> bool:
    entries = entries_of(value)
    return entries.get("Type") == "OBJR" and entries.get("Obj") == field and entries.keys() <= {"Type", "Obj", "Pg"}


def _only_lists(update: Update, number: int, element: Ref, field: Ref) -> bool:
    """Tell whether object ``number`` differs by an entry for ``element`` alone."""
    old, new = update.before[number], update.revision.objects[number]
    key = entries_of(update.new(field)).get("StructParent")
    if isinstance(old, list):
        return _is_grown(old, new, [key, element])
    if not isinstance(new, dict) or differing(old, new) - {"K", "Nums", "ParentTreeNextKey", "ParentTree", "Limits"}:
        return False
    return all(_is_entry_grown(name, old, new, [key, element]) for name in differing(old, new))


def _is_entry_grown(name: str, old: dict[str, Any], new: dict[str, Any], pair: list[Value]) -> bool:
    before, after = old.get(name), new.get(name)
    if name == "K":
        return _is_grown(_listed(before), after, pair[1:])
    if name == "Nums":
        return _is_grown(before, after, pair)
    if name == "ParentTree":
        # written into the root itself: a node without name of its own
        inner, outer = entries_of(before), entries_of(after)
        return differing(inner, outer) <= {"Nums"} and _is_grown(inner.get("Nums"), outer.get("Nums"), pair)
    if name == "Limits":
        return isinstance(after, list) and [type(edge) for edge in after] == [int, int]
    return type(after) is int and type(before) in {int, type(None)} and after >= (before or 0)


def _listed(kids: Value) -> list[Value]:
    if kids is None:
        return []
    return kids if isinstance(kids, list) else [kids]


def _is_grown(old: Value, new: Value, by: list[Value]) -> bool:
    return isinstance(old, list) and new in (old, [*old, *by])
