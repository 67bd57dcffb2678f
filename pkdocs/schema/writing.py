"""Dataclasses to JSON, and its canonical bytes (RFC 8785)."""

import dataclasses
import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

import rfc8785

from pkdocs.schema.value import scalar


def to_json(value: object) -> Any:
    """Return a dataclass as JSON values: absent fields left out, dates and enumerations as text.

    Raises:
        SchemaError: a text is not plain, or a number no small integer.
    """
    kind: Any = type(value)
    return _writer(kind)(value)


@cache
def _writer(kind: Any) -> Callable[[Any], Any]:
    """Return what writes values of ``kind``; found out once for each."""
    if issubclass(kind, str) or not (issubclass(kind, tuple | Mapping) or dataclasses.is_dataclass(kind)):
        return scalar
    if issubclass(kind, tuple):
        return lambda entries: [to_json(entry) for entry in entries]
    if not dataclasses.is_dataclass(kind):
        return lambda entries: {to_json(name): to_json(entry) for name, entry in entries.items()}
    names = tuple(field.name for field in dataclasses.fields(kind))

    def write(value: object) -> dict[str, Any]:
        pairs = [(name, getattr(value, name)) for name in names]
        return {name: to_json(entry) for name, entry in pairs if entry is not None and entry != ()}

    return write


def canonical(value: object) -> bytes:
    """Return the canonical JSON of a dataclass (RFC 8785), text in NFC."""
    return canonical_json(to_json(value))


_write_json: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def canonical_json(raw: Any) -> bytes:
    """Return the canonical form of what ``to_json`` gives.

    Python's own writer escapes the same and, of such values, writes the same; only names beyond the basic plane it
    sorts otherwise.
    """
    written = _write_json(raw)
    is_basic = written.isascii() or len(written.encode("utf-16-le")) == 2 * len(written)
    return written.encode() if is_basic else rfc8785.dumps(raw)
