"""Objects of a file written again with little changed: catalog and form gain an entry, all else stays byte for byte."""

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
        begins, end = self._source.span(number)
        parts = []
        for start, stop, new in changes:
            parts += [self._source.pdf[begins:start], new]
            begins = stop
        return b"".join((*parts, self._source.pdf[begins:end])).strip()

    def _change(self, number: int, start: int, stop: int, new: bytes) -> None:
        self._changes.setdefault(number, []).append((start, stop, new))

    def set_catalog(self, key: str, number: int) -> None:
        """Let the entry ``key`` of the catalog refer to the object ``number``."""
        catalog = self._source.tail.root
        begins, ends = self._source.span(catalog)
        spans = entry_spans(self._source.pdf, begins)
        reference = b"%d 0 R" % number
        if key in spans:
            self._change(catalog, *spans[key], reference)
        else:
            self._change(catalog, ends - 2, ends - 2, b"/%b %b\n" % (key.encode(), reference))

    def add_field(self, number: int) -> None:
        """Add a field to the end of the form's list, wherever that stands."""
        place = self._source.tail.root
        begins, _ = self._source.span(place)
        ends = 0
        for key in ("AcroForm", "Fields"):
            begins, ends = entry_spans(self._source.pdf, begins)[key]
            entry = self._reference(begins)
            if entry is not None:
                place = entry
                begins, ends = self._source.span(place)
        self._change(place, ends - 1, ends - 1, b" %d 0 R" % number)

    def _reference(self, offset: int) -> int | None:
        value = read_value(self._source.pdf, offset)[0]
        return value.number if isinstance(value, Ref) else None
