"""Validation data and document timestamps of one file, revision after revision, as our writer writes them."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from typing import Final

from pkdocs.signing.archive import DSS_LISTS, Streams, preserving_objects, stamp_name, store_references
from pkdocs.signing.holder import Hash
from pkdocs.signing.increment import render_revision
from pkdocs.signing.objects import IrregularError
from pkdocs.signing.reserved import reserve
from pkdocs.signing.source import Source
from pkdocs.signing.written import CONTENTS, OBJECT_END, demand_regular
from pkdocs.verification.evidence import Evidence
from pkdocs.verification.signature import container_in
from pkdocs.verification.stamp import Stamp
from pkdocs.verification.syntax import Name, Stream, inflate
from pkdocs.verification.token import Token, read_token
from pkdocs.verification.validation_data import LISTS, MAX_BYTES, MAX_ENTRIES

_STREAM: Final = re.compile(rb"<< /Filter /FlateDecode /Length (\d{1,7}) >>\nstream\n")
_STREAM_END: Final = b"\nendstream"
_STORE: Final = re.compile(rb"\d{1,10} 0 obj\n<< /Type /DSS ([^<>]*) >>")
_LIST: Final = re.compile(rb"/([A-Za-z]{4,5}) \[ ([\d R]+) \]")
_REFERENCE: Final = re.compile(rb"(\d{1,10}) 0 R")
_ENTRY_BYTES: Final = 500_000
"""For one entry; what is larger is read the long way."""


class Shelf:
    """What the revisions read so far hold."""

    def __init__(self) -> None:
        self.evidence: list[Evidence] = []
        self.stamps: list[Stamp] = []
        self._held: dict[str, dict[int, bytes]] = {name: {} for name in DSS_LISTS}

    def read(self, source: Source, revision: bytes, hashed: Hash, place: int) -> None:
        """Take in ``revision``, the ``place``-th, which follows ``source``; ``hashed`` has taken in all before.

        What is taken out of it is written again, so nothing rests on how it is found.

        Raises:
            ValueError, KeyError, TypeError, AttributeError: we would write it otherwise.
            TokenError: its timestamp does not hold.
        """
        end = source.tail.length + len(revision)
        streams, rest = _streams(revision, source.tail.size)
        added = _by_list(streams, rest, source.tail.size)
        contents = CONTENTS.search(rest)
        if contents is None:
            objects, _ = preserving_objects(source, added, None)
            demand_regular(streams and render_revision(source.tail, objects).data == revision, "not our bytes")
        else:
            name, size = stamp_name(len(self.stamps) + 1), len(contents[1]) // 2
            objects, value = preserving_objects(source, added, (name, size))
            reserved = reserve(hashed, source.tail, objects, value, size)
            demand_regular(reserved.before + contents[1] + reserved.after == revision, "not our bytes")
            self.stamps.append(Stamp(name.decode("ascii"), place, end, _token(contents[1], reserved.digest)))
        if streams:
            self._hold(source, added, end)

    def _hold(self, source: Source, added: Streams, end: int) -> None:
        """Take in the entries that are ``added``; each is what its list is of, and none was there before us."""
        before = {name: [one.number for one in listed] for name, listed in store_references(source).items()}
        demand_regular(before == {name: list(held) for name, held in self._held.items()}, "/DSS")
        number = source.tail.size
        for name in DSS_LISTS:
            for stream in added[name]:
                self._held[name][number] = _entry(name, stream)
                number += 1
        listed = [tuple(dict.fromkeys(self._held[name].values())) for name in DSS_LISTS]
        demand_regular(max(map(len, self._held.values())) <= MAX_ENTRIES, "entries")
        demand_regular(sum(len(one) for held in self._held.values() for one in held.values()) <= MAX_BYTES, "bytes")
        self.evidence.append(Evidence(end, *listed))


def _streams(revision: bytes, first: int) -> tuple[list[bytes], bytes]:
    """Return the streams with the numbers from ``first`` on, which follow the catalog, and what follows them."""
    found: list[bytes] = []
    place = revision.index(OBJECT_END + b"%d 0 obj\n" % first) + len(OBJECT_END)
    while matched := _STREAM.match(revision, place + len(b"%d 0 obj\n" % (first + len(found)))):
        end = matched.end() + int(matched[1]) + len(_STREAM_END)
        found.append(revision[matched.start() : end])
        place = end + len(OBJECT_END)
    return found, revision[place:]


def _by_list(streams: Sequence[bytes], rest: bytes, first: int) -> Streams:
    """Return ``streams`` by the list that the store at the beginning of ``rest`` has them in."""
    store = _STORE.match(rest)
    named = _LIST.findall(store[1]) if store else []
    counts = {
        name.decode("ascii"): sum(int(number) >= first for number in _REFERENCE.findall(numbers))
        for name, numbers in named
    }
    left = iter(streams)
    return {name: list(islice(left, counts.get(name, 0))) for name in DSS_LISTS}


# the authorities' are the same in file after file
@lru_cache(maxsize=128)
def _entry(name: str, stream: bytes) -> bytes:
    """Return what ``stream`` holds: DER of the kind that the list ``name`` is of."""
    opened = _STREAM.match(stream)
    if opened is None:
        raise IrregularError("stream")
    raw = stream[opened.end() : -len(_STREAM_END)]
    encoded = inflate(Stream({"Filter": Name("FlateDecode")}, raw), _ENTRY_BYTES)
    LISTS[name](encoded)
    return encoded


def _token(written: bytes, digest: bytes) -> Token:
    encoded = container_in(written)
    if encoded is None:
        raise IrregularError("/Contents")
    return read_token(encoded, lambda algorithm: digest if algorithm == "sha256" else b"")
