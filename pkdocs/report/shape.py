"""Whether a JSON value has the form that the published schema of verdicts says (JSON Schema, draft 2020-12).

Only the keywords that this schema uses are known; another one is a fault of the program.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

_TYPES: Final[Mapping[str, type]] = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


@cache
def schema_text() -> str:
    """Return the schema as it is published."""
    return files(__package__).joinpath("pkdocs-verdict-1.json").read_text(encoding="utf-8")


@cache
def _schema() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = json.loads(schema_text())
    return loaded


def misfits(value: object) -> Iterator[str]:
    """Yield where ``value`` has another form than the schema says; properties that it does not name are allowed."""
    return _misfits(value, _schema(), "$")


def _misfits(value: object, schema: Mapping[str, Any], at: str) -> Iterator[str]:
    for keyword, demanded in schema.items():
        if keyword not in _SILENT:
            yield from _KEYWORDS[keyword](value, demanded, at)


def _ref(value: object, name: str, at: str) -> Iterator[str]:
    return _misfits(value, _schema()["$defs"][name.removeprefix("#/$defs/")], at)


def _type(value: object, name: str, at: str) -> Iterator[str]:
    fits = type(value) is int if name == "integer" else isinstance(value, _TYPES[name])
    if not fits:
        yield f"{at}: not of type {name}"


def _enum(value: object, allowed: list[object], at: str) -> Iterator[str]:
    if not any(type(value) is type(one) and value == one for one in allowed):
        yield f"{at}: not one of the allowed values"


def _pattern(value: object, pattern: str, at: str) -> Iterator[str]:
    if isinstance(value, str) and not re.search(pattern, value):
        yield f"{at}: not of the pattern {pattern}"


def _any_of(value: object, schemas: list[Mapping[str, Any]], at: str) -> Iterator[str]:
    if all(any(True for _ in _misfits(value, one, at)) for one in schemas):
        yield f"{at}: fits none of the forms"


def _properties(value: object, schemas: Mapping[str, Mapping[str, Any]], at: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name in schemas.keys() & value.keys():
            yield from _misfits(value[name], schemas[name], f"{at}.{name}")


def _required(value: object, names: list[str], at: str) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (f"{at}: {name} is absent" for name in names if name not in value)


def _items(value: object, schema: Mapping[str, Any], at: str) -> Iterator[str]:
    if isinstance(value, list):
        for number, entry in enumerate(value):
            yield from _misfits(entry, schema, f"{at}[{number}]")


def _bounds(value: object, low: float, high: float, at: str) -> Iterator[str]:
    if isinstance(value, int) and not low <= value <= high:
        yield f"{at}: out of bounds"


_SILENT: Final = frozenset({"$schema", "$id", "$defs", "title", "description", "format"})
_KEYWORDS: Final[Mapping[str, Callable[[object, Any, str], Iterator[str]]]] = {
    "$ref": _ref,
    "type": _type,
    "const": lambda value, one, at: _enum(value, [one], at),
    "enum": _enum,
    "pattern": _pattern,
    "anyOf": _any_of,
    "properties": _properties,
    "required": _required,
    "items": _items,
    "minimum": lambda value, low, at: _bounds(value, low, float("inf"), at),
    "maximum": lambda value, high, at: _bounds(value, float("-inf"), high, at),
}
