"""The revision that keeps a signed file verifiable: validation data, a document timestamp, or both (docs/levels.md).

The document security store (ISO 32000-2, 12.8.4.3) is written anew with all that it named before; a document
timestamp (12.8.5) has a field without size, which stands on no page.
"""

import hashlib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeAlias

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
        objects, _ = preserving_objects(source, _streams(added), None)
        return preserved.grown(source.pdf + render_revision(source.tail, objects).data, added)


def draft_stamp(preserved: Preserved, evidence: Evidence, *, size: int) -> Draft:
    """Return the file with ``evidence`` and room for a document timestamp of ``size`` bytes.

    Raises:
        SigningError: the file has not the form that such a revision can follow.
    """
    with _regular():
        source, added = read_source(preserved.pdf), evidence - preserved.evidence
        objects, value = preserving_objects(source, _streams(added), (_name(preserved), size))
        reserved = reserve(hashlib.sha256(source.pdf), source.tail, objects, value, size)
        return Draft(preserved, added, reserved, source.revisions)


@contextmanager
def _regular() -> Iterator[None]:
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        # catalog and form are whatever somebody wrote
        raise SigningError("AUGMENT_FORM") from fault


Streams: TypeAlias = Mapping[str, Sequence[bytes]]
"""New entries of the document security store as streams, by list."""


def preserving_objects(source: Source, added: Streams, stamp: tuple[bytes, int] | None) -> tuple[dict[int, bytes], int]:
    """Return what a revision writes that adds ``added`` and a document timestamp, and the number of its value.

    ``stamp`` is the name of its field and how many bytes it keeps; without it (None) the number is 0.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: the file has not the form that such a revision can follow.
    """
    objects: dict[int, bytes] = {}
    edits = Edits(source)
    if any(added.values()):
        objects.update(_store(source, added))
        edits.set_catalog("DSS", max(objects))
    value = 0
    if stamp is not None:
        name, size = stamp
        value = max(objects, default=source.tail.size - 1) + 1
        objects |= {value: signature_body(_VALUE, size), value + 1: _FIELD % (name, value)}
        edits.add_field(value + 1)
    return objects | edits.objects, value


def stamp_name(place: int) -> bytes:
    """Return the name of the field of the document timestamp that is the file's ``place``-th."""
    return b"%b%d" % (FIELD_PREFIX, place)


def _name(preserved: Preserved) -> bytes:
    return stamp_name(len(preserved.stamps) + 1)


def _streams(evidence: Evidence) -> Streams:
    added = (evidence.certificates, evidence.ocsps, evidence.crls)
    return {name: [_stream(one) for one in values] for name, values in zip(DSS_LISTS, added, strict=True)}


def _store(source: Source, added: Streams) -> dict[int, bytes]:
    """Return the streams that are ``added``, and after them the store that names them and all that were there."""
    lists, first = store_references(source), source.tail.size
    objects: dict[int, bytes] = {}
    entries: list[bytes] = []
    for name in DSS_LISTS:
        new = range(first + len(objects), first + len(objects) + len(added[name]))
        objects.update(zip(new, added[name], strict=True))
        named = [*(reference.number for reference in lists[name]), *new]
        if named:
            entries.append(b"/%b [ %b ]" % (name.encode(), b" ".join(b"%d 0 R" % number for number in named)))
    objects[first + len(objects)] = b"<< /Type /DSS %b >>" % b" ".join(entries)
    return objects


def store_references(source: Source) -> dict[str, list[Ref]]:
    """Return what the document security store names, by list; empty lists where there is none.

    Raises:
        ValueError, AttributeError: it is none.
    """
    store = source.get(source.get(Ref(source.tail.root)).get("DSS")) or {}
    lists = {name: source.get(store.get(name, [])) for name in DSS_LISTS}
    if any(not isinstance(entry, Ref) for references in lists.values() for entry in references):
        raise IrregularError("/DSS")
    return lists


@lru_cache(maxsize=4096)
def _stream(data: bytes) -> bytes:
    """Return one value as a stream; the values of a batch are nearly always the same."""
    return stream_body(b"/Filter /FlateDecode", zlib.compress(data, 9))
