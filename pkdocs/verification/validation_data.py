"""The validation data of a file, as its revisions add it (/DSS: ISO 32000-2, 12.8.4.3; ETSI EN 319 142-1, 5.4.2).

No signature covers the last of it, so it may add a proof and never take one away: what was listed stays listed,
compared by what it says. Whether anybody believes it is not judged here.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from cryptography import x509
from cryptography.x509 import ocsp

from pkdocs.verification.catalog import catalogs_of
from pkdocs.verification.evidence import Evidence
from pkdocs.verification.syntax import PdfSyntaxError, Ref, Stream, Value, inflate
from pkdocs.verification.update import Update, entries_of

MAX_ENTRIES: Final = 200
MAX_BYTES: Final = 32_000_000
_STREAM: Final = frozenset({"Length", "Filter"})
_VRI: Final = re.compile(r"[0-9A-F]{40}")
LISTS: Final[Mapping[str, Callable[[bytes], object]]] = {
    "Certs": x509.load_der_x509_certificate,
    "OCSPs": ocsp.load_der_ocsp_response,
    "CRLs": x509.load_der_x509_crl,
}
"""The lists of a store, and what reads an entry; it raises ``ValueError`` of what is none."""
_OF_SIGNATURE: Final = {"Cert": "Certs", "OCSP": "OCSPs", "CRL": "CRLs"}


class Store:
    """The validation data read so far, revision after revision."""

    def __init__(self) -> None:
        self._known: dict[str, set[bytes]] = {key: set() for key in LISTS}
        self._parsed: dict[tuple[str, int], bytes] = {}
        self._structure: set[int] = set()
        self._left = MAX_BYTES

    def read(self, update: Update) -> Evidence | None:
        """Return what the revision lists; None if it does not touch validation data. Its objects are accounted for."""
        old, new = (catalog.get("DSS") for catalog in catalogs_of(update))
        if old == new and not self._structure & update.revision.objects.keys():
            return None
        store = update.new(new)
        if not isinstance(store, dict) or store.keys() - {*LISTS, "Type", "VRI"} or store.get("Type", "DSS") != "DSS":
            update.note("DSS_SHAPE", what="/DSS")
            return None
        before, self._structure = self._structure, set(_numbers(new))
        listed = {key: self._entries(update, key, store.get(key)) for key in LISTS}
        self._check_vri(update, store.get("VRI"), listed)
        # what serves another purpose cannot become a part of it, to be written again
        if self._structure - before - update.added:
            update.note("DSS_SHAPE", what="/DSS")
        update.explained |= self._structure & (before | update.added)
        found = {key: tuple(dict.fromkeys(entries.values())) for key, entries in listed.items()}
        lost = sum(len(known - set(found[key])) for key, known in self._known.items())
        if lost:
            update.note("DSS_LOST", count=lost)
        for key, entries in found.items():
            self._known[key].update(entries)
        return Evidence(update.revision.end, found["Certs"], found["OCSPs"], found["CRLs"])

    def _entries(self, update: Update, key: str, listing: Value) -> dict[int, bytes]:
        """Return what the list ``key`` holds, by the numbers of its streams."""
        self._structure.update(_numbers(listing))
        entries = update.new([] if listing is None else listing)
        if (
            not isinstance(entries, list)
            or len(entries) > MAX_ENTRIES
            or not all(isinstance(entry, Ref) for entry in entries)
        ):
            update.note("DSS_SHAPE", what=f"/{key}")
            return {}
        found: dict[int, bytes] = {}
        for entry in entries:
            encoded = self._parsed.get((key, entry.number)) or self._parse(update, key, entry)
            if encoded is None:
                update.note("DSS_STREAM", what=f"/{key}", object=entry.number)
                continue
            found[entry.number] = self._parsed[key, entry.number] = encoded
            # a stream that was there stays as it is: only new ones are accounted for
            if update.is_added(entry):
                update.explain(entry)
        return found

    def _parse(self, update: Update, key: str, entry: Ref) -> bytes | None:
        """Return the DER of the stream, if it is what ``key`` says and within what is left of the limit."""
        stream = update.new(entry)
        if not isinstance(stream, Stream) or stream.dictionary.keys() - _STREAM:
            return None
        try:
            encoded = inflate(stream, self._left)
            LISTS[key](encoded)
        except (PdfSyntaxError, ValueError):
            return None
        self._left -= len(encoded)
        return encoded

    def _check_vri(self, update: Update, value: Value, listed: Mapping[str, Mapping[int, bytes]]) -> None:
        """Demand that the part about single signatures names nothing but what is listed."""
        self._structure.update(_numbers(value))
        for name, reference in entries_of(update.new(value)).items():
            self._structure.update(_numbers(reference))
            entry: dict[str, Any] = entries_of(update.new(reference))
            is_named = name == "Type" or _VRI.fullmatch(name.upper()) is not None
            if (
                not is_named
                or entry.keys() - {*_OF_SIGNATURE, "Type", "TU"}
                or not self._is_listed(update, entry, listed)
            ):
                update.note("DSS_SHAPE", what=f"/VRI /{name[:40]}")

    def _is_listed(self, update: Update, entry: Mapping[str, Any], listed: Mapping[str, Mapping[int, bytes]]) -> bool:
        for key in _OF_SIGNATURE.keys() & entry.keys():
            self._structure.update(_numbers(entry[key]))
            named = update.new(entry[key])
            if not isinstance(named, list):
                return False
            if any(not isinstance(one, Ref) or one.number not in listed[_OF_SIGNATURE[key]] for one in named):
                return False
        return True


def _numbers(value: Value) -> Iterator[int]:
    if isinstance(value, Ref):
        yield value.number
