"""The shapes of pkdocs's JSON: strict both ways, versioned, canonical where they are signed.

Values are frozen dataclasses; their fields' types are the schema. Absent stands for ``None`` and for the
empty tuple. Reading refuses what the type does not name: nothing unknown is ever carried along unseen.
What is written to a file names its schema and that schema's number, ``"schema": "<name>/<n>"``.
"""

import dataclasses
import json
import re
import types
import typing
import unicodedata
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, Final, TypeVar, Union, cast, get_args, get_origin

import rfc8785

T = TypeVar("T")

MAX_DEPTH: Final = 16
MAX_INTEGER: Final = 10**9

_NUMBERED: Final = re.compile(r"([a-z-]+)/([1-9][0-9]{0,3})")
_REFUSED_CATEGORIES: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})


class SchemaError(ValueError):
    """Bytes or values that do not have the shape; says where."""


class NewerSchemaError(SchemaError):
    """Bytes or values of a newer pkdocs: not damaged, but not for this program to read."""

    def __init__(self, found: str, known: str) -> None:
        self.found = found
        self.known = known
        super().__init__(found, known)

    def __str__(self) -> str:
        return f"schema {self.found} is newer than {self.known}"

    @property
    def params(self) -> Mapping[str, str]:
        """What fills the sentence ``SCHEMA_NEWER``, beside the ``file``."""
        return {"found": self.found, "known": self.known}


def demand_schema(raw: object, known: str) -> None:
    """Check which schema ``raw`` names, before anything else of it is looked at.

    Raises:
        NewerSchemaError: the one that is known, with a greater number.
        SchemaError: none, or another.
    """
    named = raw.get("schema") if isinstance(raw, Mapping) else None
    matched = _NUMBERED.fullmatch(named) if isinstance(named, str) else None
    name, _, number = known.partition("/")
    if matched is None or matched[1] != name:
        raise SchemaError(f"schema is not {known}")
    if int(matched[2]) > int(number):
        raise NewerSchemaError(matched[0], known)


def demand(fulfilled: object, what: str) -> None:
    """Pass what holds; for the constructors of values.

    Raises:
        SchemaError: it does not; ``what`` is wrong.
    """
    if not fulfilled:
        raise SchemaError(what)


def is_plain_text(written: str) -> bool:
    """Tell whether the text is NFC without control, direction, private-use or unassigned characters."""
    if written.isascii():
        return written.isprintable()
    return unicodedata.is_normalized("NFC", written) and not any(
        unicodedata.category(character) in _REFUSED_CATEGORIES for character in written
    )


def to_json(value: object) -> Any:
    """Return a dataclass as JSON values: absent fields left out, dates and enumerations as text.

    Raises:
        SchemaError: a text is not plain, or a number no small integer.
    """
    if isinstance(value, str):
        return _scalar(value)
    if isinstance(value, tuple):
        return [to_json(entry) for entry in value]
    kind: type = type(value)
    names = _field_names(kind)
    if names is not None:
        pairs = ((name, getattr(value, name)) for name in names)
        return {name: to_json(entry) for name, entry in pairs if entry is not None and entry != ()}
    if isinstance(value, Mapping):
        return {to_json(name): to_json(entry) for name, entry in value.items()}
    return _scalar(value)


@cache
def _field_names(kind: type) -> tuple[str, ...] | None:
    return tuple(field.name for field in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else None


def _scalar(value: object) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise SchemaError(f"not a small integer: {value}")
        return value
    if isinstance(value, str):
        if not is_plain_text(value):
            raise SchemaError(f"not plain text: {value!r}")
        return str(value)
    raise SchemaError(f"no place for {type(value).__name__}")


def canonical(value: object) -> bytes:
    """Return the canonical JSON of a dataclass (RFC 8785), text in NFC."""
    return rfc8785.dumps(to_json(value))


def parse_canonical(kind: type[T], data: bytes, *, schema: str | None = None) -> T:
    """Return the value that ``data`` is the canonical form of; ``schema`` is the one that it must name.

    Comparing the bytes with what the value gives again refuses duplicate keys, other orders, spaces,
    escapes and number forms in one stroke.

    Raises:
        NewerSchemaError: of a newer ``schema``.
        SchemaError: not JSON, not of this shape, or not canonical.
    """
    value = from_json(kind, parse_json(data), schema=schema)
    if canonical(value) != data:
        raise SchemaError("not in canonical form")
    return value


def parse_json(data: bytes) -> Any:
    """Return what ``data`` says in JSON, of any shape; of a key that stands twice the last counts.

    Raises:
        SchemaError: not JSON.
    """
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as fault:
        raise SchemaError("not JSON") from fault


def from_json(kind: type[T], raw: object, *, schema: str | None = None) -> T:
    """Return ``raw`` (as ``parse_json`` gives it) as a ``kind``; ``schema`` is the one that it must name.

    Raises:
        NewerSchemaError: of a newer ``schema``.
        SchemaError: a field is unknown, absent or of another type; the message says which.
    """
    if schema is not None:
        demand_schema(raw, schema)
    return cast(T, _read(kind, raw, "$", 0))


def _read(kind: Any, raw: object, where: str, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise SchemaError(f"{where}: nested too deeply")
    origin = get_origin(kind)
    if origin in {Union, types.UnionType}:
        inner = next(option for option in get_args(kind) if option is not type(None))
        return _read(inner, raw, where, depth)
    if origin is tuple:
        return _read_list(get_args(kind)[0], raw, where, depth)
    if origin is not None:
        return _read_mapping(get_args(kind), raw, where, depth)
    if dataclasses.is_dataclass(kind):
        return _read_object(cast(type, kind), raw, where, depth)
    return _read_scalar(kind, raw, where)


def _read_list(kind: Any, raw: object, where: str, depth: int) -> tuple[Any, ...]:
    if not isinstance(raw, list) or not raw:
        raise SchemaError(f"{where}: not a list with entries")
    return tuple(_read(kind, entry, f"{where}[{index}]", depth + 1) for index, entry in enumerate(raw))


def _read_mapping(kinds: tuple[Any, ...], raw: object, where: str, depth: int) -> Mapping[Any, Any]:
    if not isinstance(raw, dict):
        raise SchemaError(f"{where}: not an object")
    key, entry = kinds
    read = {_read(key, name, where, depth): _read(entry, raw[name], f"{where}.{name}", depth + 1) for name in raw}
    return types.MappingProxyType(read)


@cache
def _shape(kind: type) -> tuple[Mapping[str, Any], frozenset[str]]:
    hints = typing.get_type_hints(kind)
    names = {field.name: hints[field.name] for field in dataclasses.fields(kind)}
    required = frozenset(
        field.name
        for field in dataclasses.fields(kind)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    )
    return names, required


def _read_object(kind: type, raw: object, where: str, depth: int) -> Any:
    if not isinstance(raw, dict):
        raise SchemaError(f"{where}: not an object")
    names, required = _shape(kind)
    if unknown := raw.keys() - names.keys():
        raise SchemaError(f"{where}: unknown {', '.join(sorted(unknown))}")
    if absent := required - raw.keys():
        raise SchemaError(f"{where}: lacks {', '.join(sorted(absent))}")
    values = {name: _read(names[name], entry, f"{where}.{name}", depth + 1) for name, entry in raw.items()}
    try:
        return kind(**values)
    except SchemaError:
        raise
    except ValueError as fault:
        raise SchemaError(f"{where}: {fault}") from fault


def _read_scalar(kind: Any, raw: object, where: str) -> Any:
    if kind is date or (isinstance(kind, type) and issubclass(kind, StrEnum)):
        if not isinstance(raw, str):
            raise SchemaError(f"{where}: not text")
        try:
            return date.fromisoformat(raw) if kind is date else cast(type[StrEnum], kind)(raw)
        except ValueError as fault:
            raise SchemaError(f"{where}: {fault}") from fault
    # bool is an int to Python, and must not pass as one here
    if type(raw) is not kind:
        raise SchemaError(f"{where}: not {kind.__name__}")
    return _scalar(raw)
