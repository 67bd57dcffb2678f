"""Where choices come from: defaults, then ``pkdocs.toml`` of the workplace, then ``PKDOCS_*``."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

from pkdocs.errors import UsageError
from pkdocs.messages import LANGUAGES, Language, Said, reason_of

FILE_NAME: Final = "pkdocs.toml"
LOG_NAME: Final = "pkdocs.log"
_PATHS: Final = frozenset({"person_key", "templates", "trust", "service_authorities"})


@dataclass(frozen=True, slots=True)
class Settings:
    """Choices of a workplace. Paths in its file are relative to it. ``jobs`` 0 is one for each core.

    ``log`` None is no log; a workplace has one unless its file says ``log = ""``. ``tsa`` is the address of the
    timestamp authority, ``trust`` the trust file, ``service_authorities`` a file (PEM) of those who vouch for services
    instead of the system's.
    """

    lang: Language = "id"
    person_key: Path | None = None
    templates: Path | None = None
    jobs: int = 0
    log: Path | None = None
    tsa: str | None = None
    trust: Path | None = None
    service_authorities: Path | None = None


def read_settings(folder: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings in force in ``folder``.

    Raises:
        UsageError: the file is no TOML, or a setting is unknown or of a wrong kind.
    """
    if environment is None:
        environment = os.environ
    file = folder / FILE_NAME
    settings = Settings(log=folder / LOG_NAME if file.is_file() else None)
    settings = _with(settings, _from_file(file), folder, FILE_NAME)
    names = {f"PKDOCS_{field.name.upper()}": field.name for field in fields(Settings)}
    given = {names[name]: value for name, value in environment.items() if name in names and value}
    return _with(settings, given, Path(), "PKDOCS_*")


def _from_file(file: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as fault:
        raise UsageError("SETTINGS_DAMAGED", file=str(file), reason=reason_of(fault)) from fault
    except ValueError as fault:
        reason = Said("SETTINGS_NOT_TOML", (("detail", str(fault)),))
        raise UsageError("SETTINGS_DAMAGED", file=str(file), reason=reason) from fault


def _with(settings: Settings, given: Mapping[str, object], base: Path, source: str) -> Settings:
    for name, value in given.items():
        settings = _set(settings, name, value, base, source)
    return settings


def _set(settings: Settings, name: str, value: object, base: Path, source: str) -> Settings:
    if name in _PATHS and isinstance(value, str):
        place: dict[str, Any] = {name: base / value}
        return replace(settings, **place)
    if name == "tsa" and isinstance(value, str):
        return replace(settings, tsa=value)
    if name == "log" and isinstance(value, str):
        return replace(settings, log=base / value if value else None)
    if name == "lang" and isinstance(value, str) and value in LANGUAGES:
        return replace(settings, lang=value)
    if name == "jobs" and str(value).isdecimal():
        return replace(settings, jobs=int(str(value)))
    known = ", ".join(field.name for field in fields(Settings))
    raise UsageError("SETTING_UNKNOWN", name=name, value=value, source=source, known=known)


def default_templates() -> Path:
    """Return the folder of the templates that come with pkdocs: in the package, or beside it in a checkout."""
    package = Path(__file__).parent
    packed = package / "_templates"
    return packed if packed.is_dir() else package.parent / "templates"
