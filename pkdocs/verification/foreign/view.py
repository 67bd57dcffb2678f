"""One state of a PDF as plain values: its objects and who refers to whom, as qpdf reads them."""

import hashlib
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final, TypeAlias, TypeGuard

import pikepdf

from pkdocs.verification.finding import Step, Weight
from pkdocs.verification.foreign.fault import InspectionError

TRAILER: Final = "trailer"

Json: TypeAlias = Any
"""A value in qpdf's JSON form: names begin with ``/``, strings with ``u:`` or ``b:``, references are ``5 0 R``."""

_REFERENCE: Final = re.compile(r"\d+ \d+ R")
_STREAM_NAME: Final = re.compile(r"^stream <[^>]*>")
_COUNTED: Final = "reported number of objects"
"""Begins a warning that many writers earn, and that says nothing of any object."""
_WRITING: Final = frozenset({"Tj", "TJ", "'", '"'})
_PAINTING: Final = frozenset({"Do", "sh", "INLINE IMAGE"})
_QUOTED: Final = re.compile(rb'"(\d+ \d+ R)"')


class View:
    """The objects of ``data`` that its cross-references name; what they name and is not there is null.

    Text strings and numbers are compared by what they mean, so an object that was merely written anew is equal.
    ``damage`` is what qpdf had to say of single objects: a wrong length, something that is no object.

    Raises:
        InspectionError: its cross-references are damaged.
        pikepdf.PdfError, ValueError: the file cannot be read.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.texts: dict[str, bytes] = {}
        with (
            pikepdf.explicit_conversion(),
            pikepdf.open(io.BytesIO(data), suppress_warnings=True, inherit_page_attributes=False) as document,
        ):
            self.texts[TRAILER] = document.trailer.to_json(schema_version=2)
            for entry in document.objects:
                if entry is not None:
                    number, generation = entry.objgen
                    self.texts[f"{number} {generation} R"] = _text(entry)
            warnings = [_STREAM_NAME.sub("", str(warning)) for warning in document.get_warnings()]
        self.damage = frozenset(warning for warning in warnings if "object" in warning and _COUNTED not in warning)
        if any("reconstruct" in warning for warning in warnings):
            # found by searching, not by its cross-references: another reader finds other things
            raise InspectionError("LATER_DAMAGED", Step.REVISIONS, Weight.UNKNOWN, {})

    @property
    def references(self) -> set[str]:
        """The objects that are there."""
        return self.texts.keys() - {TRAILER}

    def value(self, reference: str) -> Json:
        """Return the object; None if there is none. A stream is its dictionary with a digest of its bytes."""
        text = self.texts.get(reference)
        return None if text is None else _parsed(text)

    def resolve(self, value: Json) -> Json:
        """Return what ``value`` refers to, or itself."""
        return self.value(value) if is_reference(value) else value

    def dictionary(self, value: Json) -> dict[str, Json]:
        """Return the dictionary that ``value`` is or refers to; an empty one if it is none."""
        found = self.resolve(value)
        return found if isinstance(found, dict) else {}

    def array(self, value: Json) -> list[Json]:
        """Return the array that ``value`` is or refers to; an empty one if it is none."""
        found = self.resolve(value)
        return found if isinstance(found, list) else []

    def shows(self, appearance: Json, state: Json) -> bool:
        """Tell whether an appearance in that state writes or paints anything: letters other than spaces, pictures.

        Lines and areas are no content: fields have borders. What cannot be read counts as shown.
        """
        drawn = self.dictionary(appearance).get("/N")
        if "stream" not in self.dictionary(drawn):
            drawn = self.dictionary(drawn).get(state) if isinstance(state, str) else None
        if not is_reference(drawn):
            return False
        number, generation = map(int, drawn.split()[:2])
        try:
            with pikepdf.open(io.BytesIO(self.data), suppress_warnings=True) as document:
                stream = document.get_object(number, generation)
                return any(_writes(step) for step in pikepdf.parse_content_stream(stream))
        except (pikepdf.PdfError, pikepdf.PdfParsingError, TypeError, ValueError):
            return True

    @property
    def trailer(self) -> dict[str, Json]:
        """The trailer."""
        entries: dict[str, Json] = self.value(TRAILER)
        return entries

    @property
    def root(self) -> str:
        """The reference of the document catalog; qpdf takes no file without it."""
        return str(self.trailer["/Root"])

    @property
    def catalog(self) -> dict[str, Json]:
        """The document catalog."""
        return self.dictionary(self.root)

    @cached_property
    def borrows_resources(self) -> bool:
        """Whether a drawing names no resources of its own: readers take those of the form or page."""
        return any(
            b'"/Form"' in text and b'"stream"' in text and b'"/Resources"' not in text for text in self.texts.values()
        )

    @cached_property
    def mentions(self) -> dict[str, frozenset[str]]:
        """What each object, and the trailer, refers to, whether it is there or not."""
        return {
            reference: frozenset(found.decode("ascii") for found in _QUOTED.findall(text))
            for reference, text in self.texts.items()
        }

    @cached_property
    def referrers(self) -> dict[str, set[str]]:
        """The objects in use, and the trailer, that refer to each."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for reference in self.used | {TRAILER}:
            for target in self.mentions.get(reference, frozenset()):
                found[target].add(reference)
        return found

    @cached_property
    def used(self) -> set[str]:
        """Everything that the trailer leads to, whether it is there or not."""
        reached: set[str] = set()
        pending = [TRAILER]
        while pending:
            for target in self.mentions.get(pending.pop(), frozenset()) - reached:
                reached.add(target)
                pending.append(target)
        return reached

    def differs(self, reference: str, other: "View") -> bool:
        """Tell whether the object is another one in ``other``, or is not there."""
        mine, theirs = self.texts.get(reference), other.texts.get(reference)
        if mine == theirs:
            return False
        return mine is None or theirs is None or _parsed(mine) != _parsed(theirs)


def is_reference(value: Json) -> TypeGuard[str]:
    """Tell whether ``value`` is a reference."""
    return isinstance(value, str) and _REFERENCE.fullmatch(value) is not None


def references_in(value: Json) -> Iterator[str]:
    """Yield the references in ``value``."""
    pending = [value]
    while pending:
        entry = pending.pop()
        if isinstance(entry, dict):
            pending.extend(entry.values())
        elif isinstance(entry, list):
            pending.extend(entry)
        elif is_reference(entry):
            yield entry


def is_same(old: View, one: Json, new: View, other: Json, depth: int = 8) -> bool:
    """Tell whether ``one`` in ``old`` and ``other`` in ``new`` are the same, however they are laid out in objects.

    The same reference in both is the same: whether its object was changed is looked at by itself.
    """
    if one == other:
        return True
    if depth == 0:
        return False
    if is_reference(one) or is_reference(other):
        one, other = old.resolve(one), new.resolve(other)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_same(old, one[key], new, other[key], depth - 1) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(is_same(old, left, new, right, depth - 1) for left, right in pairs)
    return bool(one == other)


def different_keys(old: View, one: dict[str, Json], new: View, other: dict[str, Json]) -> set[str]:
    """Return the entries that are not the same in both dictionaries; absent and null are the same."""
    return {key for key in one.keys() | other.keys() if not is_same(old, one.get(key), new, other.get(key))}


def _writes(step: pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage) -> bool:
    operator = str(step.operator)
    if operator not in _WRITING:
        return operator in _PAINTING
    operands = [
        one for operand in step.operands for one in (operand if isinstance(operand, pikepdf.Array) else [operand])
    ]
    return any(isinstance(one, pikepdf.String) and bytes(one).strip() for one in operands)


def _parsed(text: bytes) -> Json:
    # writers round; a thousandth of a point is not seen
    return json.loads(text, parse_float=lambda digits: round(float(digits), 3))


def _text(entry: pikepdf.Object) -> bytes:
    if not isinstance(entry, pikepdf.Stream):
        return entry.to_json(dereference=True, schema_version=2)
    described = json.loads(entry.stream_dict.to_json(schema_version=2))
    # how the length is written says nothing that the bytes do not
    described.pop("/Length", None)
    described["stream"] = hashlib.sha256(entry.read_raw_bytes()).hexdigest()
    return json.dumps(described).encode()
