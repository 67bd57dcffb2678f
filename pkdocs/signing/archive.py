"""The revision that keeps a signed file verifiable: validation data, a document timestamp, or both (docs/levels.md).

The document security store (ISO 32000-2, 12.8.4.3) is written anew with all that it named before; a document
timestamp (12.8.5) has a field without size, which stands on no page.
"""

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from pkdocs.errors import SigningError
from pkdocs.signing.evidence import Evidence
from pkdocs.signing.preserved import DSS_LISTS, Preserved, reference_lists
from pkdocs.signing.tail import Tail, append_objects
from pkdocs.verification.syntax import PdfSyntaxError, Ref, entry_spans, read_value

FIELD_PREFIX: Final = "waktu-"

_RANGE_BYTES: Final = 36
"""Three numbers of at most ten digits, and room."""

_RANGE: Final = b"*" * _RANGE_BYTES
_OPENING: Final = b"/Contents "


@dataclass(frozen=True, slots=True)
class Draft:
    """A file with one revision more; where a timestamp belongs it has zeros so far.

    ``digest`` (SHA-256) is what is to be stamped: all but the place for it, ``gap``.
    """

    pdf: bytes = field(repr=False)
    gap: tuple[int, int]
    digest: bytes

    def fill(self, token: bytes) -> bytes:
        """Return the file with ``token`` in its place.

        Raises:
            SigningError: it is larger than what was kept free.
        """
        begins, ends = self.gap
        written = token.hex().encode("ascii")
        if len(written) > ends - begins - 2:
            raise SigningError("AUGMENT_TOKEN_LARGE", bytes=len(token))
        return self.pdf[: begins + 1] + written.ljust(ends - begins - 2, b"0") + self.pdf[ends - 1 :]


def append_evidence(preserved: Preserved, evidence: Evidence) -> bytes:
    """Return the file with ``evidence`` in its document security store, beside what is there already.

    Raises:
        SigningError: the file has not the form that such a revision can follow.
    """
    return preserved.tail.pdf + _revision(preserved, evidence, reserved=None)


def draft_stamp(preserved: Preserved, evidence: Evidence, *, reserved: int) -> Draft:
    """Return the file with ``evidence`` and room for a document timestamp of ``reserved`` bytes.

    Raises:
        SigningError: the file has not the form that such a revision can follow.
    """
    before = len(preserved.tail.pdf)
    revision = _revision(preserved, evidence, reserved=reserved)
    begins = revision.index(_OPENING + b"<0") + len(_OPENING)
    ends = revision.index(b">", begins) + 1
    named = b"%d %d %d" % (before + begins, before + ends, len(revision) - ends)
    revision = revision.replace(_RANGE, named.ljust(_RANGE_BYTES))
    hashed = hashlib.sha256(preserved.tail.pdf)
    hashed.update(revision[:begins])
    hashed.update(revision[ends:])
    return Draft(preserved.tail.pdf + revision, (before + begins, before + ends), hashed.digest())


def _revision(preserved: Preserved, evidence: Evidence, *, reserved: int | None) -> bytes:
    try:
        return append_objects(preserved.tail, _objects(preserved, evidence - preserved.evidence, reserved))
    except (PdfSyntaxError, KeyError, TypeError, ValueError, AttributeError) as fault:
        raise SigningError("AUGMENT_FORM") from fault


def _objects(preserved: Preserved, evidence: Evidence, reserved: int | None) -> Mapping[int, bytes]:
    tail = preserved.tail
    objects: dict[int, bytes] = {}
    edits = _Edits(tail)
    if evidence:
        objects.update(_store(tail, evidence))
        edits.set_catalog(b"DSS", max(objects))
    if reserved is not None:
        value = max(objects, default=tail.size - 1) + 1
        name = f"{FIELD_PREFIX}{len(preserved.stamps) + 1}"
        objects |= {value: _value(reserved), value + 1: _field(name, value)}
        edits.add_field(value + 1)
    return objects | edits.objects


def _store(tail: Tail, evidence: Evidence) -> dict[int, bytes]:
    """Return the streams of ``evidence``, and after them the store that names them and all that were there."""
    lists = reference_lists(tail)
    added = (evidence.certificates, evidence.ocsps, evidence.crls)
    objects: dict[int, bytes] = {}
    entries: list[bytes] = []
    for name, values in zip(DSS_LISTS, added, strict=True):
        new = range(tail.size + len(objects), tail.size + len(objects) + len(values))
        objects.update(zip(new, map(_stream, values), strict=True))
        named = [*(reference.number for reference in lists[name]), *new]
        if named:
            entries.append(b"/%b [ %b ]" % (name.encode(), b" ".join(b"%d 0 R" % number for number in named)))
    objects[tail.size + len(objects)] = b"<< /Type /DSS %b >>" % b" ".join(entries)
    return objects


@lru_cache(maxsize=4096)
def _stream(data: bytes) -> bytes:
    """Return one value as a stream; the values of a batch are nearly always the same."""
    packed = zlib.compress(data, 9)
    return b"<< /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream" % (len(packed), packed)


def _value(reserved: int) -> bytes:
    head = b"<< /Type /DocTimeStamp /Filter /Adobe.PPKLite /SubFilter /ETSI.RFC3161"
    return b"%b %b<%b> /ByteRange [0 %b] >>" % (head, _OPENING, b"0" * (2 * reserved), _RANGE)


def _field(name: str, value: int) -> bytes:
    head = b"<< /Type /Annot /Subtype /Widget /FT /Sig /F 132 /Rect [0 0 0 0]"
    return b"%b /T (%b) /V %d 0 R >>" % (head, name.encode("ascii"), value)


class _Edits:
    """Objects written again with little changed: the bytes around each change stay as they are."""

    def __init__(self, tail: Tail) -> None:
        self._tail = tail
        self._changes: dict[int, list[tuple[int, int, bytes]]] = {}

    @property
    def objects(self) -> dict[int, bytes]:
        return {number: self._written(number, sorted(changes)) for number, changes in self._changes.items()}

    def _written(self, number: int, changes: list[tuple[int, int, bytes]]) -> bytes:
        begins, end = self._tail.span(number)
        parts = []
        for start, stop, new in changes:
            parts += [self._tail.pdf[begins:start], new]
            begins = stop
        return b"".join((*parts, self._tail.pdf[begins:end])).strip()

    def _change(self, number: int, start: int, stop: int, new: bytes) -> None:
        self._changes.setdefault(number, []).append((start, stop, new))

    def set_catalog(self, key: bytes, number: int) -> None:
        """Let the entry ``key`` of the catalog refer to the object ``number``."""
        catalog = self._tail.catalog
        begins, ends = self._tail.span(catalog)
        spans = entry_spans(self._tail.pdf, begins)
        reference = b"%d 0 R" % number
        if (name := key.decode()) in spans:
            self._change(catalog, *spans[name], reference)
        else:
            self._change(catalog, ends - 2, ends - 2, b"/%b %b\n" % (key, reference))

    def add_field(self, number: int) -> None:
        """Add a field to the end of the form's list, wherever that stands."""
        place = self._tail.catalog
        begins, _ = self._tail.span(place)
        ends = 0
        for key in ("AcroForm", "Fields"):
            begins, ends = entry_spans(self._tail.pdf, begins)[key]
            entry = self._reference(begins)
            if entry is not None:
                place = entry
                begins, ends = self._tail.span(place)
        self._change(place, ends - 1, ends - 1, b" %d 0 R" % number)

    def _reference(self, offset: int) -> int | None:
        value = read_value(self._tail.pdf, offset)[0]
        return value.number if isinstance(value, Ref) else None
