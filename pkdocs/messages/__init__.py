"""The one catalogue of what users read: Indonesian first, English second.

Every sentence has a stable code. The texts stand in the ``*.toml`` files beside this module, one for
each stage; a code stands in exactly one of them. Texts are ``str.format`` patterns with named fields;
values are put in as they are and never interpreted.
"""

import errno
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal, Protocol, get_args, runtime_checkable

Language = Literal["id", "en"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)


@runtime_checkable
class Spoken(Protocol):
    """What says itself in either language: an error, a finding, a part of a sentence."""

    def message(self, language: Language = "id") -> str:
        """Return the sentence for the user."""


@cache
def catalogue() -> Mapping[str, Mapping[Language, str]]:
    """Return every code with its texts.

    Raises:
        ValueError: a code stands twice; a fault of the program, found by the first test.
    """
    entries: dict[str, Mapping[Language, str]] = {}
    for file in sorted(files(__package__).iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            added = tomllib.loads(file.read_text(encoding="utf-8"))
            if twice := entries.keys() & added.keys():
                raise ValueError(f"{file.name}: said twice: {sorted(twice)}")
            entries |= added
    return entries


def text(code: str, language: Language, params: Mapping[str, object] | None = None) -> str:
    """Return the sentence of ``code``, filled with ``params``; what among them is spoken is said in the same language.

    Raises:
        KeyError: no such code, or a field that ``params`` lacks; a fault of the program.
    """
    given = (params or {}).items()
    said = {name: value.message(language) if isinstance(value, Spoken) else value for name, value in given}
    return catalogue()[code][language].format_map(said)


@dataclass(frozen=True, slots=True)
class Said:
    """What the catalogue says under ``code``, as a part of another sentence; ``params`` by name."""

    code: str
    params: tuple[tuple[str, "str | int | Said"], ...] = ()

    def message(self, language: Language = "id") -> str:
        """Return the words."""
        return text(self.code, language, dict(self.params))


def reason_of(fault: OSError) -> Said | str:
    """Return why the operating system refused; in its own words where the catalogue (``SYSTEM_<errno>``) has none."""
    code = f"SYSTEM_{errno.errorcode.get(fault.errno or 0, '-')}"
    return Said(code) if code in catalogue() else fault.strerror or type(fault).__name__
