"""The revision that keeps a signed file verifiable: validation data, a document timestamp, or both (docs/levels.md).

The document security store (ISO 32000-2, 12.8.4.3) is written anew with all that it named before; a document
timestamp (12.8.5) has a field without size, which stands on no page.
"""

import hashlib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from pkdocs.errors import SigningError
from pkdocs.signing.edits import Edits
from pkdocs.signing.evidence import Evidence
from pkdocs.signing.increment import render_revision, stream_body
from pkdocs.signing.objects import IrregularError
from pkdocs.signing.preserved import Preserved
from pkdocs.signing.reserved import Reserved, reserve, signature_body
from pkdocs.signing.source import Source, read_source
from pkdocs.signing.timestamp import read_stamped
from pkdocs.verification.stamp import Stamp
from pkdocs.verification.syntax import Ref

DSS_LISTS: Final = ("Certs", "OCSPs", "CRLs")
FIELD_PREFIX: Final = b"waktu-"

_VALUE: Final = b"/Type /DocTimeStamp /Filter /Adobe.PPKLite /SubFilter /ETSI.RFC3161"
_FIELD: Final = b"<< /Type /Annot /Subtype /Widget /FT /Sig /F 132 /Rect [0 0 0 0] /T (%b) /V %d 0 R >>"


@dataclass(frozen=True, slots=True)
class Draft:
    """A file, and the revision that it will have when its document timestamp is there; ``evidence`` is new in it."""

    before: Preserved
    evidence: Evidence
    reserved: Reserved = field(repr=False)
    revision: int

    @property
    def digest(self) -> bytes:
        """What is to be stamped (SHA-256): all but the place for the timestamp."""
        return self.reserved.digest

    def fill(self, encoded: bytes) -> Preserved:
        """Return the file with the timestamp ``encoded`` in its place, as it will be read.

        Raises:
            SigningError: it is larger than what was kept free.
            TokenError: it is not of this file.
        """
        try:
            pdf = self.before.pdf + self.reserved.fill(encoded)
        except ValueError as fault:
            raise SigningError("AUGMENT_TOKEN_LARGE", bytes=len(encoded)) from fault
        stamp = Stamp(_name(self.before).decode("ascii"), self.revision, len(pdf), read_stamped(encoded, self.digest))
        return self.before.grown(pdf, self.evidence, stamp)


def append_evidence(preserved: Preserved, evidence: Evidence) -> Preserved:
    """Return the file with ``evidence`` in its document security store, beside what is there already.

    Raises:
        SigningError: the file has not the form that such a revision can follow.
    """
    with _regular():
        source, added = read_source(preserved.pdf), evidence - preserved.evidence
        objects, _ = _objects(source, preserved, added, None)
        return preserved.grown(source.pdf + render_revision(source.tail, objects).data, added)


def draft_stamp(preserved: Preserved, evidence: Evidence, *, size: int) -> Draft:
    """Return the file with ``evidence`` and room for a document timestamp of ``size`` bytes.

    Raises:
        SigningError: the file has not the form that such a revision can follow.
    """
    with _regular():
        source, added = read_source(preserved.pdf), evidence - preserved.evidence
        objects, value = _objects(source, preserved, added, size)
        reserved = reserve(hashlib.sha256(source.pdf), source.tail, objects, value, size)
        return Draft(preserved, added, reserved, source.revisions)


@contextmanager
def _regular() -> Iterator[None]:
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        # catalog and form are whatever somebody wrote
        raise SigningError("AUGMENT_FORM") from fault


def _objects(
    source: Source, preserved: Preserved, evidence: Evidence, size: int | None
) -> tuple[dict[int, bytes], int]:
    """Return what the revision writes, and the number of the timestamp's value (0: none)."""
    objects: dict[int, bytes] = {}
    edits = Edits(source)
    if evidence:
        objects.update(_store(source, evidence))
        edits.set_catalog("DSS", max(objects))
    value = 0
    if size is not None:
        value = max(objects, default=source.tail.size - 1) + 1
        objects |= {value: signature_body(_VALUE, size), value + 1: _FIELD % (_name(preserved), value)}
        edits.add_field(value + 1)
    return objects | edits.objects, value


def _name(preserved: Preserved) -> bytes:
    return b"%b%d" % (FIELD_PREFIX, len(preserved.stamps) + 1)


def _store(source: Source, evidence: Evidence) -> dict[int, bytes]:
    """Return the streams of ``evidence``, and after them the store that names them and all that were there."""
    lists, first = _references(source), source.tail.size
    added = (evidence.certificates, evidence.ocsps, evidence.crls)
    objects: dict[int, bytes] = {}
    entries: list[bytes] = []
    for name, values in zip(DSS_LISTS, added, strict=True):
        new = range(first + len(objects), first + len(objects) + len(values))
        objects.update(zip(new, map(_stream, values), strict=True))
        named = [*(reference.number for reference in lists[name]), *new]
        if named:
            entries.append(b"/%b [ %b ]" % (name.encode(), b" ".join(b"%d 0 R" % number for number in named)))
    objects[first + len(objects)] = b"<< /Type /DSS %b >>" % b" ".join(entries)
    return objects


def _references(source: Source) -> dict[str, list[Ref]]:
    """Return what the document security store names, by list; empty lists where there is none."""
    store = source.get(source.get(Ref(source.tail.root)).get("DSS")) or {}
    lists = {name: source.get(store.get(name, [])) for name in DSS_LISTS}
    if any(not isinstance(entry, Ref) for references in lists.values() for entry in references):
        raise IrregularError("/DSS")
    return lists


@lru_cache(maxsize=4096)
def _stream(data: bytes) -> bytes:
    """Return one value as a stream; the values of a batch are nearly always the same."""
    return stream_body(b"/Filter /FlateDecode", zlib.compress(data, 9))
