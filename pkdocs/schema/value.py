"""What may stand in pkdocs's JSON, and what is said of anything else."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

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


def scalar(value: object) -> Any:
    """Return a value without parts as JSON has it.

    Raises:
        SchemaError: a text is not plain, or a number no small integer.
    """
    if isinstance(value, str):
        if not is_plain_text(value):
            raise SchemaError(f"not plain text: {value!r}")
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise SchemaError(f"not a small integer: {value}")
        return value
    raise SchemaError(f"no place for {type(value).__name__}")
