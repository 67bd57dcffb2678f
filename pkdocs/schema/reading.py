"""JSON to dataclasses: what each type demands is found out once, so that reading is little more than making the values.

What reads is made of functions, one for each type. An *exact* one takes nothing but what writing the value gives again.
"""

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, Final, TypeAlias, TypeVar, Union, cast, get_args, get_origin

from pkdocs.schema.value import SchemaError, demand_schema, scalar

T = TypeVar("T")

MAX_DEPTH: Final = 16
_MOST_KNOWN: Final = 1024
"""Objects of one type that are remembered."""

_Reader: TypeAlias = Callable[[Any, int], Any]
"""Reads a value of one type, so many levels deep."""


def from_json(kind: type[T], raw: object, *, schema: str | None = None, exact: bool = False) -> T:
    """Return ``raw`` (as ``parse_json`` gives it) as a ``kind``; ``schema`` is the one that it must name.

    If ``exact``, the value is written as ``raw`` again: nothing is left to a default that would be written.

    Raises:
        NewerSchemaError: of a newer ``schema``.
        SchemaError: a field is unknown, absent or of another type; the message says which.
    """
    if schema is not None:
        demand_schema(raw, schema)
    try:
        return cast(T, _reader(cast(Any, kind), exact)(raw, 0))
    except _MisfitError as misfit:
        raise SchemaError(f"${''.join(reversed(misfit.path))}: {misfit.what}") from misfit


class _MisfitError(Exception):
    """A value is not of its type; ``path`` is where, innermost first."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what
        self.path: list[str] = []


@cache
def _reader(kind: Any, exact: bool) -> _Reader:  # noqa: FBT001  # one of two ways through all types
    """Return what reads values of the type ``kind``."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in {Union, types.UnionType}:
        return _reader(_without_none(kind), exact)
    if origin is tuple:
        return _list_reader(_reader(inner[0], exact))
    if origin is not None:
        return _mapping_reader(_reader(inner[0], exact), _reader(inner[1], exact))
    return _object_reader(kind, exact) if dataclasses.is_dataclass(kind) else _plain_reader(kind)


def _list_reader(reader: _Reader) -> _Reader:
    def read(raw: Any, depth: int) -> tuple[Any, ...]:
        if not isinstance(raw, list) or not raw:
            raise _MisfitError("not a list with entries")
        found: list[Any] = []
        try:
            for entry in raw:
                found.append(reader(entry, depth + 1))  # noqa: PERF401  # how far it came is said in the fault
        except _MisfitError as misfit:
            misfit.path.append(f"[{len(found)}]")
            raise
        return tuple(found)

    return read


def _mapping_reader(key: _Reader, entry: _Reader) -> _Reader:
    def read(raw: Any, depth: int) -> Mapping[Any, Any]:
        if not isinstance(raw, dict):
            raise _MisfitError("not an object")
        found = {}
        for name in raw:
            read_name = key(name, depth)
            try:
                found[read_name] = entry(raw[name], depth + 1)
            except _MisfitError as misfit:
                misfit.path.append(f".{name}")
                raise
        return types.MappingProxyType(found)

    return read


@dataclasses.dataclass(frozen=True, slots=True)
class _Shape:
    """What reads each field of a dataclass, which must be there, which are texts as they stand.

    Of one that ``holds_words`` all fields are written as text.
    """

    readers: Mapping[str, _Reader]
    required: frozenset[str]
    texts: frozenset[str]
    holds_words: bool


def _object_reader(kind: Any, exact: bool) -> _Reader:  # noqa: FBT001  # as above
    # its fields are looked at when the first is read, for a type may hold itself
    shape_of = cache(lambda: _shape(kind, exact))
    known: dict[tuple[tuple[str, str], ...], Any] = {}

    def read(raw: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise _MisfitError("nested too deeply")
        if not isinstance(raw, dict):
            raise _MisfitError("not an object")
        shape = shape_of()
        if not shape.holds_words or not all(type(entry) is str for entry in raw.values()):
            return _made(kind, _values(raw, shape, depth))
        # targets, offices, people are the same again and again, and none of these can be changed
        said = tuple(raw.items())
        found = known.get(said)
        if found is None:
            found = _made(kind, _values(raw, shape, depth))
            if len(known) >= _MOST_KNOWN:
                known.clear()
            known[said] = found
        return found

    return read


def _values(raw: Mapping[str, Any], shape: _Shape, depth: int) -> dict[str, Any]:
    """Return the values of an object's fields."""
    readers, texts = shape.readers, shape.texts
    if not shape.required <= raw.keys() <= readers.keys():
        raise _misfit(raw.keys(), readers.keys(), shape.required)
    values: dict[str, Any] = {}
    try:
        for name, entry in raw.items():
            # nearly all are such texts; they are plain
            is_plain = type(entry) is str and name in texts and entry.isascii() and entry.isprintable()
            values[name] = entry if is_plain else readers[name](entry, depth + 1)
    except _MisfitError as misfit:
        misfit.path.append(f".{name}")
        raise
    return values


def _shape(kind: Any, exact: bool) -> _Shape:  # noqa: FBT001  # as above
    hints = typing.get_type_hints(kind)
    fields = dataclasses.fields(kind)
    # what is None or an empty tuple is not written
    unwritten = {one.name for one in fields if one.default is None or one.default == ()}
    given = {one.name for one in fields if not (one.default is one.default_factory is dataclasses.MISSING)}
    plain = {one.name: _without_none(hints[one.name]) for one in fields}
    return _Shape(
        readers={name: _reader(hint, exact) for name, hint in plain.items()},
        required=frozenset(plain) - (unwritten if exact else given),
        texts=frozenset(name for name, hint in plain.items() if hint is str),
        holds_words=all(isinstance(hint, type) and issubclass(hint, str | date) for hint in plain.values()),
    )


def _without_none(kind: Any) -> Any:
    """Return the type of a value that is there."""
    is_choice = get_origin(kind) in {Union, types.UnionType}
    return next(option for option in get_args(kind) if option is not type(None)) if is_choice else kind


def _misfit(found: typing.AbstractSet[str], known: typing.AbstractSet[str], required: frozenset[str]) -> _MisfitError:
    if unknown := found - known:
        return _MisfitError(f"unknown {', '.join(sorted(unknown))}")
    return _MisfitError(f"lacks {', '.join(sorted(required - found))}")


def _made(kind: Callable[..., Any], values: Mapping[str, Any]) -> Any:
    try:
        return kind(**values)
    except SchemaError:
        raise
    except ValueError as fault:
        raise _MisfitError(str(fault)) from fault


def _plain_reader(kind: Any) -> _Reader:
    if kind is date:
        return _text_reader(_read_date)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _text_reader(kind)
    return _scalar_reader(kind)


def _text_reader(kind: Callable[[str], Any]) -> _Reader:
    def read(raw: Any, _depth: int) -> Any:
        if not isinstance(raw, str):
            raise _MisfitError("not text")
        try:
            return kind(raw)
        except ValueError as fault:
            raise _MisfitError(str(fault)) from fault

    return read


def _read_date(written: str) -> date:
    day = date.fromisoformat(written)
    if day.isoformat() != written:
        raise ValueError(f"another form of {day}")
    return day


def _scalar_reader(kind: Any) -> _Reader:
    def read(raw: Any, _depth: int) -> Any:
        # bool is an int to Python, and must not pass as one here
        if type(raw) is not kind:
            raise _MisfitError(f"not {kind.__name__}")
        return scalar(raw)

    return read
