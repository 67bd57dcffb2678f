"""What the log of runs says: lines of JSON that hold no personal data.

What may be in a line is let in by its kind: counts, codes of the catalogue, ids of agreements, names of options and
of exceptions. Texts, paths and values of arguments have no place, so no name, number or passphrase comes in with them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from logging import LogRecord
from typing import Final

from pkdocs.content import is_agreement_id
from pkdocs.errors import PkdocsError
from pkdocs.messages import catalogue
from pkdocs.nip import holds_personal_number

SCHEMA: Final = "pkdocs-log/1"
MOST_IDS: Final = 100
"""Named for one code in one line; all are counted."""

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z_.-]{0,39}")
_EXCEPTION: Final = re.compile(r"[A-Za-z]{1,60}(?:Error|Exception|Warning)")
_LIGHT: Final = frozenset({"warning", "note"})

Occurrence = tuple[str, str | None]
"""A code, and the agreement in which it occurred if that is to be named."""


class Event(StrEnum):
    """What a line tells."""

    START = "start"
    RECORD = "record"
    END = "end"


@dataclass(frozen=True, slots=True)
class Code:
    """How often a code occurred, and in which agreements, the first ``MOST_IDS``."""

    code: str
    count: int
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``time`` is UTC, ``run`` is common to the lines of one call, ``program`` is the version.

    The start has ``options``, the names of those given; the end ``exit``, ``duration_ms``, ``counts``, ``codes``, and
    after a crash ``fault``, the exception's name. A record of a module has ``level``, ``logger`` and ``text``.
    """

    schema: str
    time: str
    run: str
    program: str
    event: Event
    command: str | None = None
    options: tuple[str, ...] = ()
    exit: int | None = None
    duration_ms: int | None = None
    counts: Mapping[str, int] | None = None
    codes: tuple[Code, ...] = ()
    fault: str | None = None
    level: str | None = None
    logger: str | None = None
    text: str | None = None


def counts_of(value: object) -> Iterator[tuple[str, int]]:
    """Yield the integers and the lengths of lists in what a command gives (its JSON), by their names."""
    for name, entry in value.items() if isinstance(value, dict) else ():
        if not _NAME.fullmatch(str(name)):
            continue
        if isinstance(entry, list):
            yield name, len(entry)
        elif type(entry) is int:
            yield name, entry
        else:
            yield from ((f"{name}.{part}", count) for part, count in counts_of(entry))


def codes_of(value: object, identity: str | None = None) -> Iterator[Occurrence]:
    """Yield each code in what a command gives; the agreement is not named for warnings and notes."""
    if isinstance(value, list):
        for entry in value:
            yield from codes_of(entry, identity)
    elif isinstance(value, dict):
        identity = _id(value.get("id")) or identity
        code = value.get("code")
        if isinstance(code, str) and code in catalogue():
            yield code, None if value.get("weight", value.get("severity")) in _LIGHT else identity
        for entry in value.values():
            yield from codes_of(entry, identity)


def codes_of_error(error: PkdocsError) -> Iterator[Occurrence]:
    """Yield the code of what stopped a command, for each agreement that it names, or for none."""
    parts = [part for value in error.params.values() for part in str(value).split(", ")]
    named = [identity for part in parts if (identity := _id(part))]
    yield from ((error.code, identity) for identity in named or (None,))


def counted(occurrences: Iterable[Occurrence]) -> tuple[Code, ...]:
    """Return the codes in their order, each with its count and the agreements named."""
    by_code: dict[str, list[str | None]] = defaultdict(list)
    for code, identity in occurrences:
        by_code[code].append(identity)
    return tuple(
        Code(code, len(named), tuple(dict.fromkeys(filter(None, named)))[:MOST_IDS])
        for code, named in sorted(by_code.items())
    )


def text_of(record: LogRecord) -> str:
    """Return what a module says (a literal of its source) with numbers and names of exceptions alone filled in."""
    said = str(record.msg)
    if not isinstance(record.args, tuple) or not record.args:
        return said
    try:
        return said % tuple(map(_harmless, record.args))
    except (TypeError, ValueError):
        return said


def _id(value: object) -> str | None:
    return value if isinstance(value, str) and is_agreement_id(value) and not holds_personal_number(value) else None


def _harmless(value: object) -> object:
    return value if isinstance(value, int) or (isinstance(value, str) and _EXCEPTION.fullmatch(value)) else "…"
