"""The shapes of pkdocs's JSON: strict both ways, versioned, canonical where they are signed.

Values are frozen dataclasses; their fields' types are the schema. Absent stands for ``None`` and for the
empty tuple. Reading refuses what the type does not name: nothing unknown is ever carried along unseen.
What is written to a file names its schema and that schema's number, ``"schema": "<name>/<n>"``.
"""

import json
from typing import Any, TypeVar

from pkdocs.schema.reading import MAX_DEPTH, from_json
from pkdocs.schema.value import (
    MAX_INTEGER,
    NewerSchemaError,
    SchemaError,
    demand,
    demand_schema,
    is_plain_text,
)
from pkdocs.schema.writing import canonical, canonical_json, to_json

__all__ = [
    "MAX_DEPTH",
    "MAX_INTEGER",
    "NewerSchemaError",
    "SchemaError",
    "canonical",
    "canonical_json",
    "demand",
    "demand_schema",
    "from_json",
    "is_plain_text",
    "parse_canonical",
    "parse_json",
    "to_json",
]

T = TypeVar("T")


def parse_canonical(kind: type[T], data: bytes, *, schema: str | None = None) -> T:
    """Return the value that ``data`` is the canonical form of; ``schema`` is the one that it must name.

    Comparing the bytes with what the value gives again refuses duplicate keys, other orders, spaces,
    escapes and number forms in one stroke. Read exactly, it would be written as what was read.

    Raises:
        NewerSchemaError: of a newer ``schema``.
        SchemaError: not JSON, not of this shape, or not canonical.
    """
    raw = parse_json(data)
    value = from_json(kind, raw, schema=schema, exact=True)
    demand(canonical_json(raw) == data, "not in canonical form")
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
