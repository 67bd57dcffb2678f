"""What a later revision may change: one open field becomes signed, and nothing else (docs/chain.md, section 2)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pkdocs.verification.field import Field
from pkdocs.verification.finding import Finding, Step, Sub, Weight
from pkdocs.verification.layout import Layout, Revision
from pkdocs.verification.syntax import (
    Name,
    PdfSyntaxError,
    Ref,
    Stream,
    Value,
    inflate,
    name_of,
    parts_of,
    references,
)

_MAX_NAMED: Final = 5
_MAX_APPEARANCE_BYTES: Final = 16_000_000
_WIDGET_LINKS: Final = frozenset({"Parent", "P", "Annots", "StructParents", "Pg"})
_APPEARANCE_KEYS: Final = {
    "XObject": frozenset(
        {"Type", "Subtype", "FormType", "BBox", "Matrix", "Resources", "Length", "Filter", "DecodeParms"}
        | {"Width", "Height", "ColorSpace", "BitsPerComponent", "ImageMask", "Decode", "Interpolate", "SMask"}
    ),
    "Font": frozenset(
        {"Type", "Subtype", "BaseFont", "Encoding", "DescendantFonts", "ToUnicode", "CIDSystemInfo", "FontDescriptor"}
        | {"W", "DW", "CIDToGIDMap", "FirstChar", "LastChar", "Widths"}
    ),
    "FontDescriptor": frozenset(
        {"Type", "FontName", "FontFamily", "Flags", "FontBBox", "ItalicAngle", "Ascent", "Descent", "CapHeight"}
        | {"XHeight", "StemV", "StemH", "FontFile2", "FontFile3", "CIDSet", "MissingWidth", "Leading", "AvgWidth"}
    ),
}
_PLAIN_KEYS: Final = frozenset({"Length", "Filter", "Length1", "Subtype", "Type", "CMapName", "CIDSystemInfo", "WMode"})
_TYPES: Final = frozenset({"XObject", "Font", "FontDescriptor", "CMap", None})


@dataclass(frozen=True, slots=True)
class Filling:
    """The field that a revision fills in, and the object of its signature."""

    field: Field
    revision: int
    number: int


def read_updates(
    layout: Layout, fields: Collection[Field], pages: Collection[int]
) -> tuple[tuple[Filling, ...], tuple[Finding, ...]]:
    """Return the signatures of the later revisions, and a finding for everything else that these change.

    ``fields`` and ``pages`` (numbers of objects) are those of the first revision.
    """
    objects: dict[int, Value] = dict(layout.issued.objects)
    printed = _printed(objects, pages)
    fillings: list[Filling] = []
    findings: list[Finding] = []
    for index, revision in enumerate(layout.revisions[1:], 1):
        update = _Update(revision, objects, fields, printed, index)
        filled = update.filling()
        if filled is not None:
            fillings.append(filled)
        findings.extend(update.findings())
        objects.update(revision.objects)
    return tuple(fillings), tuple(findings)


def _printed(objects: Mapping[int, Value], pages: Collection[int]) -> frozenset[int]:
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
            entries = {key: entry for key, entry in entries.items() if key not in _WIDGET_LINKS}
        pending.extend(reference.number for reference in references(entries))
    return frozenset(reached)


class _Update:
    """One later revision against all before it."""

    def __init__(
        self,
        revision: Revision,
        objects: Mapping[int, Value],
        fields: Collection[Field],
        printed: frozenset[int],
        index: int,
    ) -> None:
        self.revision = revision
        self.before = objects
        self.index = index
        self.fields = fields
        self.printed = printed
        self.changed = sorted(revision.objects.keys() & objects.keys())
        self.touched = [field for field in fields if field.number in revision.objects]

    def filling(self) -> Filling | None:
        """Return the signature that the changed field names, if it is one."""
        if len(self.touched) != 1:
            return None
        reference = self._field().get("V")
        value = self.revision.objects.get(reference.number) if isinstance(reference, Ref) else None
        if not isinstance(reference, Ref) or not isinstance(value, dict) or reference.number in self.before:
            return None
        return Filling(self.touched[0], self.index, reference.number)

    def findings(self) -> Iterator[Finding]:
        """Yield what this revision may not do."""
        filling = self.filling()
        if filling is None:
            yield self._finding("REVISION_NOT_SIGNED")
        yield from self._changed_findings()
        yield from self._field_findings()
        foreign = self.revision.objects.keys() - self.before.keys() - self._reachable(filling)
        yield from self._listed("REVISION_FOREIGN_OBJECT", foreign)
        yield from self._listed("REVISION_APPEARANCE", self._bad_appearance(filling))

    def _finding(self, code: str, **params: str | int) -> Finding:
        named = {"revision": self.index + 1, **params}
        maker = self.touched[0].finding if len(self.touched) == 1 else Finding.of
        return maker(code, Step.REVISIONS, Weight.FAIL, named, sub=Sub.FORMAT_FAILURE)

    def _listed(self, code: str, numbers: set[int]) -> Iterator[Finding]:
        if numbers:
            named = ", ".join(map(str, sorted(numbers)[:_MAX_NAMED]))
            yield self._finding(code, objects=named, count=len(numbers))

    def _field(self) -> dict[str, Any]:
        value = self.revision.objects[self.touched[0].number]
        return value if isinstance(value, dict) else {}

    def _changed_findings(self) -> Iterator[Finding]:
        changed = set(self.changed) - {field.number for field in self.fields}
        signed = {number for number in changed if name_of(_type(self.before[number])) == "Sig"}
        yield from self._listed("REVISION_PAGE_CHANGED", changed & self.printed)
        yield from self._listed("REVISION_SIGNATURE_CHANGED", signed)
        yield from self._listed("REVISION_OBJECT_CHANGED", changed - self.printed - signed)

    def _field_findings(self) -> Iterator[Finding]:
        if len(self.touched) > 1:
            yield self._finding("REVISION_FIELDS", count=len(self.touched))
        for field in self.touched:
            old, new = self.before[field.number], self.revision.objects[field.number]
            if "V" in old:
                yield self._finding("REVISION_SIGNED_TWICE")
            if not isinstance(new, dict) or not self._is_filled_in(old, new):
                yield self._finding("REVISION_FIELD_CHANGED")

    def _is_filled_in(self, old: dict[str, Any], new: dict[str, Any]) -> bool:
        """Tell whether nothing but value and appearance differs; the blank appearance may stay."""
        same = {**new, "AP": None, "V": None} == {**old, "AP": None, "V": None}
        return same and "AP" in new and (new["AP"] == old["AP"] or self._is_appearance(new["AP"]))

    def _is_appearance(self, value: Value) -> bool:
        if not isinstance(value, dict) or value.keys() != {"N"} or not isinstance(value["N"], Ref):
            return False
        drawn = self.revision.objects.get(value["N"].number)
        return isinstance(drawn, Stream) and drawn.dictionary.get("Subtype") == "Form"

    def _reachable(self, filling: Filling | None) -> set[int]:
        """Return what the signed field needs: the signature dictionary, and its appearance with all below."""
        if filling is None:
            return set()
        return {filling.number} | self._appearance()

    def _appearance(self) -> set[int]:
        reached: set[int] = set()
        pending = [reference.number for reference in references(self._field().get("AP"))]
        while pending:
            number = pending.pop()
            if number in self.revision.objects and number not in reached:
                reached.add(number)
                pending.extend(reference.number for reference in references(self.revision.objects[number]))
        return reached

    def _bad_appearance(self, filling: Filling | None) -> set[int]:
        """Return the objects of the appearance that could do more than draw in the slot."""
        if filling is None:
            return set()
        left = _MAX_APPEARANCE_BYTES
        bad: set[int] = set()
        for number in self._appearance():
            value = self.revision.objects[number]
            if number in self.before or not _only_draws(value) or self._reaches_out(value):
                bad.add(number)
            if isinstance(value, Stream):
                left -= _size(value, left)
        return bad if left > 0 else bad | self._appearance()

    def _reaches_out(self, value: Value) -> bool:
        return any(reference.number not in self.revision.objects for reference in references(value))


def _type(value: Value) -> Value:
    entries = value.dictionary if isinstance(value, Stream) else value
    return entries.get("Type") if isinstance(entries, dict) else None


def _only_draws(value: Value) -> bool:
    kind = name_of(_type(value))
    if kind not in _TYPES:
        return False
    if isinstance(value, Stream):
        allowed = _APPEARANCE_KEYS.get(kind or "", _PLAIN_KEYS)
        return value.dictionary.keys() <= allowed and _no_layers(value)
    return not isinstance(value, dict) or value.keys() <= _APPEARANCE_KEYS.get(kind or "", _PLAIN_KEYS)


def _no_layers(value: Stream) -> bool:
    resources = value.dictionary.get("Resources", {})
    allowed = {"Font", "ProcSet", "XObject", "ExtGState", "ColorSpace"}
    return (
        isinstance(resources, dict)
        and resources.keys() <= allowed
        and not any(
            key in dictionary
            for dictionary in parts_of(resources).dictionaries
            for key in (Name("OC"), Name("Properties"))
        )
    )


def _size(stream: Stream, limit: int) -> int:
    """Return how far the stream inflates; more than ``limit`` where it cannot be told."""
    try:
        return len(inflate(stream, limit))
    except PdfSyntaxError:
        return limit + 1
