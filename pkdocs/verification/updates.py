"""What may follow an issued file, and nothing else (docs/chain.md, section 2).

At most one seal, first of all; one signature of each role, in its own field or in another signer's within its slot;
validation data, a document timestamp, or both.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pkdocs.verification.appearance import check_appearance, is_drawing
from pkdocs.verification.catalog import check_catalog, check_pages, read_added_fields
from pkdocs.verification.evidence import Evidence
from pkdocs.verification.field import Field
from pkdocs.verification.finding import Finding, Keeper, Signatory
from pkdocs.verification.form import Slot
from pkdocs.verification.layout import Layout
from pkdocs.verification.own_field import OwnField, read_own_field
from pkdocs.verification.packet import check_metadata
from pkdocs.verification.syntax import Ref, Stream, Value, name_of, references
from pkdocs.verification.tags import check_tags
from pkdocs.verification.update import Update, entries_of
from pkdocs.verification.validation_data import Store

SEAL: Final = "segel"
"""The name of the seal's field."""

_LINKS: Final = frozenset({"Parent", "P", "Annots", "StructParents", "Pg"})


@dataclass(frozen=True, slots=True)
class Filling:
    """The field that a revision fills in, and the object of its signature."""

    field: Field
    revision: int
    number: int


@dataclass(frozen=True, slots=True)
class Updates:
    """What the later revisions are: signatures of parties (or registrars), seal, document timestamps, evidence."""

    signatures: tuple[Filling, ...] = ()
    seal: Filling | None = None
    stamps: tuple[Filling, ...] = ()
    evidence: tuple[Evidence, ...] = ()


def read_updates(
    layout: Layout, fields: Sequence[Field], pages: Sequence[int], slots: Sequence[Slot] = ()
) -> tuple[Updates, tuple[Finding, ...]]:
    """Return what the later revisions are, and a finding for everything that they may not do.

    ``fields`` and ``pages`` (numbers of objects) are those of the first revision; ``slots`` are where the fields
    show, in the same order. Without them nobody signs in a field of his own, and there is no seal.
    """
    reader = _Reader(layout, fields, tuple(pages), tuple(zip(fields, slots, strict=False)))
    for index in range(1, len(layout.revisions)):
        reader.read(index)
    return reader.updates(), tuple(reader.findings)


def _printed_objects(objects: Mapping[int, Value], pages: Collection[int]) -> frozenset[int]:
    """Return the objects that make the pages: what is reachable from them without going up or sideways."""
    reached: set[int] = set()
    pending = list(pages)
    while pending:
        number = pending.pop()
        if number in reached or number not in objects:
            continue
        reached.add(number)
        value = objects[number]
        entries = value.dictionary if isinstance(value, Stream) else value
        if isinstance(entries, dict):
            entries = {key: entry for key, entry in entries.items() if key not in _LINKS}
        pending.extend(reference.number for reference in references(entries))
    return frozenset(reached)


class _Reader:
    """Goes through the later revisions, with what was there before each."""

    def __init__(
        self,
        layout: Layout,
        fields: Sequence[Field],
        pages: tuple[int, ...],
        slots: tuple[tuple[Field, Slot], ...],
    ) -> None:
        self._layout = layout
        self._fields = fields
        self._pages = pages
        self._slots = slots
        self._objects: dict[int, Value] = dict(layout.issued.objects)
        self._printed = _printed_objects(self._objects, pages)
        self._store = Store()
        self._names = {field.name for field in fields}
        self._signed: list[Signatory] = []
        self._fillings: list[Filling] = []
        self._seal: Filling | None = None
        self._stamps: list[Filling] = []
        self._evidence: list[Evidence] = []
        self.findings: list[Finding] = []

    def updates(self) -> Updates:
        """Return what was recognised."""
        return Updates(tuple(self._fillings), self._seal, tuple(self._stamps), tuple(self._evidence))

    def read(self, index: int) -> None:
        """Account for one revision; what of it nobody has accounted for is a finding."""
        update = Update(index, self._layout.revisions[index], self._objects)
        touched = [field for field in self._fields if field.number in update.revision.objects]
        if len(touched) == 1:
            update.role, update.holder = touched[0].role, touched[0].holder
        added = read_added_fields(update)
        evidence = self._store.read(update)
        is_filled = self._fill(update, touched, len(added))
        is_extended = self._extend(update, added)
        if evidence is not None:
            self._evidence.append(evidence)
        if is_filled or is_extended or evidence is not None or added:
            check_catalog(update)
            check_metadata(update)
        elif len(touched) != 1:
            update.note("REVISION_NOT_SIGNED")
        self._note_rest(update)
        self.findings.extend(update.findings)
        self._objects.update(update.revision.objects)

    def _fill(self, update: Update, touched: list[Field], added: int) -> bool:
        """Account for the signature in one of the fields that were issued; tell whether there is one."""
        if len(touched) > 1 or (touched and added):
            update.note("REVISION_FIELDS", count=len(touched) + added)
        for field in touched:
            _check_filled(update, field)
        if len(touched) != 1:
            return False
        field = touched[0]
        entries = entries_of(update.revision.objects[field.number])
        value = entries.get("V")
        if not update.is_added(value) or not isinstance(update.new(value), dict):
            update.note("REVISION_NOT_SIGNED")
            return False
        update.explain(value)
        check_appearance(update, entries.get("AP"))
        self._sign(update, field, value.number)
        return True

    def _extend(self, update: Update, added: tuple[Ref, ...]) -> bool:
        """Account for the field that is added; tell whether it is one that may be."""
        if len(added) != 1:
            if added:
                update.note("REVISION_FIELDS", count=len(added))
            check_pages(update, self._pages, None)
            return False
        field = read_own_field(update, added[0], self._slots, self._pages)
        check_pages(update, self._pages, added[0])
        check_tags(update, added[0])
        if field is None:
            return False
        if field.name in self._names:
            update.note("REVISION_OWN_FIELD", what="/T")
        self._names.add(field.name)
        if field.kind == "DocTimeStamp":
            self._stamps.append(Filling(Field(field.name, field.number, None), update.index, field.value))
        elif not self._slots:
            update.note("REVISION_OWN_FIELD", what="/T")
        elif field.name == SEAL:
            self._seal_with(update, field)
        else:
            self._sign_beside(update, field)
        return True

    def _seal_with(self, update: Update, field: OwnField) -> None:
        """Take the field for the seal: without size, in the first revision after the issued one, of an agreement."""
        update.role = Keeper.SEAL
        if update.index != 1 or field.slot is not None:
            update.note("REVISION_SEAL")
            return
        self._seal = Filling(Field(field.name, field.number, Keeper.SEAL), update.index, field.value)

    def _sign_beside(self, update: Update, own: OwnField) -> None:
        """Take the field for that of another signer, in the role in whose slot it lies."""
        update.role = own.slot.role if own.slot else None
        self._sign(update, Field(own.name, own.number, update.role), own.value)

    def _sign(self, update: Update, field: Field, number: int) -> None:
        # several registrars sign in one role, each in his own field
        if field.role is not None and self._slots:
            if field.role in self._signed:
                update.note("REVISION_ROLE_TWICE")
            self._signed.append(field.role)
        self._fillings.append(Filling(field, update.index, number))

    def _note_rest(self, update: Update) -> None:
        """Note every object that nobody has accounted for."""
        printed = update.changed & (self._printed - set(self._pages))
        update.note_objects("REVISION_PAGE_CHANGED", printed)
        changed = update.changed - update.explained - {field.number for field in self._fields} - printed
        signed = {number for number in changed if _is_signature(update.before[number])}
        update.note_objects("REVISION_SIGNATURE_CHANGED", signed)
        update.note_objects("REVISION_OBJECT_CHANGED", changed - signed)
        update.note_objects("REVISION_FOREIGN_OBJECT", update.added - update.explained)


def _is_signature(value: Value) -> bool:
    return name_of(entries_of(value).get("Type")) in {"Sig", "DocTimeStamp"}


def _check_filled(update: Update, field: Field) -> None:
    """Note what differs in a field beyond value and appearance; the blank appearance may stay."""
    old, new = update.before[field.number], entries_of(update.revision.objects[field.number])
    if "V" in old:
        update.note("REVISION_SIGNED_TWICE")
    same = {**new, "AP": None, "V": None} == {**old, "AP": None, "V": None}
    if not same or "AP" not in new or not (new["AP"] == old["AP"] or is_drawing(update, new["AP"])):
        update.note("REVISION_FIELD_CHANGED")
