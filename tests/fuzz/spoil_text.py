"""Ways to spoil lists, trust files and other text with a form: values, lines, and certificates in them."""

import base64
import json
import re
from collections.abc import Sequence
from random import Random
from typing import Any

import rfc8785

from tests.fuzz.spoil import ANY, Spoiler, near
from tests.fuzz.spoil_der import spoil_der

_VALUES: list[Any] = [None, True, 0, -1, 1.5, 2**53, 10**400, "", "x" * 20_000, "\ud800", "é", [], {}, "9999-12-31"]
_VALUES += ["0000-00-00", "2026-02-30", "1" * 64, "A" * 16, "pkdocs-agreement/999999999999999999999", [[[[]]]]]
_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\s([A-Za-z0-9+/=\s]+)-----END")


def in_line(data: bytes, chance: Random, others: Sequence[bytes]) -> bytes:
    """Change values of one JSON line, written canonically again or not."""
    lines = data.split(b"\n")
    place = chance.randrange(len(lines))
    try:
        value = json.loads(lines[place])
    except (ValueError, RecursionError):
        return chance.choice(ANY)(data, chance, others)
    value = _changed(value, chance)
    try:
        written = rfc8785.dumps(value) if chance.random() < 0.8 else json.dumps(value).encode()
    except (rfc8785.CanonicalizationError, ValueError, RecursionError):
        written = json.dumps(value).encode()
    lines[place] = written
    return b"\n".join(lines)


def _changed(value: Any, chance: Random) -> Any:
    if isinstance(value, dict) and value and chance.random() < 0.9:
        key = chance.choice(sorted(value))
        kind = chance.randrange(6)
        if kind == 0:
            return {name: entry for name, entry in value.items() if name != key}
        if kind == 1:
            return {**value, chance.choice(["x", "", "schema", "void"]): chance.choice(_VALUES)}
        return {**value, key: _changed(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.8:
        place = chance.randrange(len(value))
        return [*value[:place], _changed(value[place], chance), *value[place + chance.choice([0, 1, 1]) :]]
    if isinstance(value, str) and value and chance.random() < 0.5:
        place = chance.randrange(len(value))
        return value[:place] + chance.choice(["", "0", "\u202e", "\x00", "a"]) + value[place + 1 :]
    deep: Any = value
    if chance.random() < 0.05:
        for _ in range(500):
            deep = [deep]
    return deep if deep is not value else chance.choice(_VALUES)


def other_order(data: bytes, chance: Random, _others: Sequence[bytes]) -> bytes:
    """Exchange, double or drop lines."""
    lines = data.split(b"\n")
    first, second = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(3):
        case 0:
            lines[first], lines[second] = lines[second], lines[first]
        case 1:
            lines.insert(first, lines[second])
        case _:
            del lines[first]
    return b"\n".join(lines)


def in_certificate(data: bytes, chance: Random, others: Sequence[bytes]) -> bytes:
    """Spoil a certificate or list that stands in the text (PEM)."""
    found = near(_PEM, data, chance)
    if not found:
        return chance.choice(ANY)(data, chance, others)
    new = base64.encodebytes(spoil_der(base64.b64decode(found[2]), chance, []))
    return data[: found.start(2)] + new + data[found.end(2) :]


TEXT: list[Spoiler] = [*ANY, other_order, other_order, in_line, in_line, in_line, in_certificate, in_certificate]
