"""What a later revision may change in the catalog, its form and its pages: entries for a field, and extensions."""

import re
from typing import Any, Final

from pkdocs.verification.appearance import check_appearance
from pkdocs.verification.syntax import Name, Ref, Value, name_of, parts_of
from pkdocs.verification.update import Update, differing, entries_of

_CATALOG: Final = frozenset({"AcroForm", "DSS", "Extensions", "Version"})
_VERSIONS: Final = frozenset({"1.7", "2.0"})
"""pyHanko declares 2.0 for keys on elliptic curves; nothing that an issued file has means something else there."""
_EXTENSION: Final = frozenset({"Type", "BaseVersion", "ExtensionLevel", "ExtensionRevision", "URL"})
_FORM: Final = frozenset({"Fields", "DR", "DA"})
_TABS: Final = frozenset({"S", "R", "C", "A", "W"})
_DEFAULT: Final = re.compile(rb"[ -~]{0,200}")


def catalogs_of(update: Update) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the catalog as it was and as it is now."""
    root = update.revision.trailer["Root"]
    return entries_of(update.old(root)), entries_of(update.new(root))


def check_catalog(update: Update) -> None:
    """Note every entry of the catalog that changes and may not, whatever else the revision does."""
    old, new = catalogs_of(update)
    if update.revision.trailer["Root"].number not in update.revision.objects:
        return
    wrong = differing(old, new) - _CATALOG
    if new.get("Version", Name("1.7")) not in _VERSIONS or ("Version" in old and "Version" not in new):
        wrong.add("Version")
    if not _are_extensions(update, old.get("Extensions", {}), new.get("Extensions", {})):
        wrong.add("Extensions")
    if wrong:
        update.note("REVISION_CATALOG", what=", ".join(f"/{key}" for key in sorted(wrong)))
    update.explain(update.revision.trailer["Root"])
    update.explain_place(old.get("Extensions"), new.get("Extensions"))


def _are_extensions(update: Update, old: Value, new: Value) -> bool:
    """Tell whether ``new`` declares all that ``old`` did, and developers' extensions only (ISO 32000-2, 7.12)."""
    before, after = entries_of(update.old(old)), update.new(new)
    if not isinstance(after, dict) or differing(before, after) & before.keys():
        return False
    return all(
        isinstance(entry, dict) and entry.keys() <= _EXTENSION and not parts_of(entry).references
        for key, declared in after.items()
        if key != "Type"
        for entry in (declared if isinstance(declared, list) else [declared])
    )


def read_added_fields(update: Update) -> tuple[Ref, ...]:
    """Return the fields that the form lists more than before, after noting what else the form changes."""
    old_catalog, new_catalog = catalogs_of(update)
    old, new = entries_of(update.old(old_catalog.get("AcroForm"))), update.new(new_catalog.get("AcroForm", {}))
    if not isinstance(new, dict):
        update.note("REVISION_FORM", what="/AcroForm")
        return ()
    wrong = differing(old, new) - _FORM
    before, after = update.old(old.get("Fields", [])), update.new(new.get("Fields", []))
    is_longer = isinstance(before, list) and isinstance(after, list) and after[: len(before)] == before
    added = tuple(entry for entry in after[len(before) :] if update.is_added(entry)) if is_longer else ()
    if not is_longer or len(added) != len(after) - len(before) or len(set(added)) != len(added):
        wrong.add("Fields")
    if not _are_defaults(old, new):
        wrong.add("DA")
    if wrong:
        update.note("REVISION_FORM", what=", ".join(f"/{key}" for key in sorted(wrong)))
    update.explain_place(old_catalog.get("AcroForm"), new_catalog.get("AcroForm"))
    update.explain_place(old.get("Fields"), new.get("Fields"))
    _check_resources(update, old.get("DR"), new.get("DR"))
    return added


def _are_defaults(old: dict[str, Any], new: dict[str, Any]) -> bool:
    if "DA" not in new:
        return "DA" not in old
    return isinstance(new["DA"], bytes) and _DEFAULT.fullmatch(new["DA"]) is not None


def _check_resources(update: Update, old: Value, new: Value) -> None:
    """Account for the form's resources where they change; only fields use them, and ours have their own."""
    if old == new and not (isinstance(new, Ref) and new.number in update.revision.objects):
        return
    if not isinstance(update.new(new), dict):
        update.note("REVISION_FORM", what="/DR")
    check_appearance(update, new)


def check_pages(update: Update, pages: tuple[int, ...], field: Ref | None) -> None:
    """Note every page that changes beyond listing the annotation of the added ``field``, in whatever order of tabs.

    Only the page that the field names lists it: on another one its appearance would cover what is printed there.
    """
    listings = 0
    home = entries_of(update.new(field)).get("P")
    for number in pages:
        page = Ref(number)
        old, new = entries_of(update.old(page)), entries_of(update.new(page))
        before, after = update.old(old.get("Annots", [])), update.new(new.get("Annots", []))
        if number not in update.revision.objects and before == after:
            continue
        listings += before != after
        grown = [*before, field] if isinstance(before, list) else None
        if (
            differing(old, new) - {"Annots", "Tabs"}
            or after not in (before, grown)
            or name_of(new.get("Tabs", Name("S"))) not in _TABS
            or field is None
            or listings > 1
            or (before != after and home not in {None, page})
        ):
            update.note_objects("REVISION_PAGE_CHANGED", {number})
        update.explain(page)
        update.explain_place(old.get("Annots"), new.get("Annots"))
