"""Objects of a file written again with little changed: catalog and form gain an entry, all else stays byte for byte."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from pkdocs.signing.source import Source
from pkdocs.verification.syntax import Ref, entry_spans, read_value


class Edits:
    """Objects written again with little changed: the bytes around each change stay as they are."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._changes: dict[int, list[tuple[int, int, bytes]]] = {}

    @property
    def objects(self) -> dict[int, bytes]:
        """What is written, by number."""
        return {number: self._written(number, sorted(changes)) for number, changes in self._changes.items()}

    def _written(self, number: int, changes: list[tuple[int, int, bytes]]) -> bytes:
        body, begins = self._source.body(number), 0
        parts = []
        for start, stop, new in changes:
            parts += [body[begins:start], new]
            begins = stop
        return b"".join((*parts, body[begins:])).strip()

    def _change(self, number: int, start: int, stop: int, new: bytes) -> None:
        self._changes.setdefault(number, []).append((start, stop, new))

    def set_catalog(self, key: str, number: int) -> None:
        """Let the entry ``key`` of the catalog refer to the object ``number``."""
        catalog = self._source.tail.root
        body = self._source.body(catalog)
        spans = _spans(body)
        reference = b"%d 0 R" % number
        if key in spans:
            self._change(catalog, *spans[key], reference)
        else:
            self._change(catalog, len(body) - 2, len(body) - 2, b"/%b %b\n" % (key.encode(), reference))

    def add_field(self, number: int) -> None:
        """Add a field to the end of the form's list, wherever that stands."""
        place = self._source.tail.root
        body, begins, ends = self._source.body(place), 0, 0
        for key in ("AcroForm", "Fields"):
            begins, ends = _spans(body, begins)[key]
            value = read_value(body, begins)[0]
            if isinstance(value, Ref):
                place = value.number
                body = self._source.body(place)
                begins, ends = 0, len(body)
        self._change(place, ends - 1, ends - 1, b" %d 0 R" % number)


@lru_cache(maxsize=256)
def _spans(body: bytes, begins: int = 0) -> Mapping[str, tuple[int, int]]:
    """Return where the entries of the dictionary stand; catalogs of a batch mostly are equal bytes."""
    return MappingProxyType(entry_spans(body, begins))
