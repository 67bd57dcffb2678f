"""How much drawing the pages can ask for: a bound, found without drawing.

Forms that draw forms multiply: ten levels of ten make ten thousand million out of some hundred bytes. So what
``Do`` may call is counted before any library draws.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from pkdocs.verification.layout import Layout
from pkdocs.verification.syntax import PdfSyntaxError, Ref, Stream, Value, inflate

MAX_DRAWING: Final = 200_000_000
"""Bytes of operators and pixels of pictures, each counted as often as it may be drawn."""

_MAX_NESTED: Final = 6
_CALL: Final = re.compile(rb"/([^\s/<>\[\](){}%#]+)\s+Do\b")
_DO: Final = re.compile(rb"\bDo\b")


def drawing_cost(layout: Layout, pages: Iterable[int]) -> int:
    """Return at least what drawing ``pages`` costs; more than ``MAX_DRAWING`` where it cannot be told."""
    counter = _Counter(layout)
    return sum(counter.page(number) for number in pages)


class _Counter:
    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._known: dict[int, int] = {}

    def page(self, number: int) -> int:
        """Return the cost of one page."""
        page = self._layout.issued.objects[number]
        contents = self._layout.resolve(page.get("Contents"))
        parts = contents if isinstance(contents, list) else [page.get("Contents")]
        streams = [self._layout.resolve(part) for part in parts]
        drawn = [self._plain(stream) for stream in streams if isinstance(stream, Stream)]
        return self._cost(b"\n".join(drawn), self._resources(page), 0)

    def _resources(self, page: dict[str, Any]) -> Value:
        node: Value = page
        for _ in range(_MAX_NESTED):
            if not isinstance(node, dict) or "Resources" in node:
                break
            node = self._layout.resolve(node.get("Parent"))
        return node.get("Resources", {}) if isinstance(node, dict) else {}

    def _cost(self, drawn: bytes, resources: Value, depth: int) -> int:
        named = self._named(resources)
        costs = {name: self._called(value, depth + 1) for name, value in named.items()}
        calls = Counter(name.decode("latin-1") for name in _CALL.findall(drawn))
        known = {name: count for name, count in calls.items() if name in costs}
        # a call that is spelled otherwise could be of any of them
        unknown = len(_DO.findall(drawn)) - sum(known.values())
        called = sum(count * costs[name] for name, count in known.items())
        return len(drawn) + called + unknown * max(costs.values(), default=0)

    def _named(self, resources: Value) -> dict[str, Value]:
        found = self._layout.resolve(resources)
        drawings = self._layout.resolve(found.get("XObject", {})) if isinstance(found, dict) else {}
        return drawings if isinstance(drawings, dict) else {}

    def _called(self, value: Value, depth: int) -> int:
        if depth > _MAX_NESTED:
            return MAX_DRAWING + 1
        key = value.number if isinstance(value, Ref) else -1
        if key not in self._known:
            self._known[key] = self._drawing(self._layout.resolve(value), depth)
        return self._known[key]

    def _drawing(self, drawing: Value, depth: int) -> int:
        if not isinstance(drawing, Stream):
            return 0
        entries = drawing.dictionary
        if entries.get("Subtype") == "Image":
            width, height = entries.get("Width"), entries.get("Height")
            return width * height if isinstance(width, int) and isinstance(height, int) else MAX_DRAWING + 1
        return self._cost(self._plain(drawing), entries.get("Resources", {}), depth)

    def _plain(self, stream: Stream) -> bytes:
        try:
            return inflate(stream, MAX_DRAWING)
        except PdfSyntaxError:
            return b""
