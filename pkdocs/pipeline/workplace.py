"""Prepare a workplace: the workbook to fill in, templates, settings, and the key that hides NIPs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Final

from pkdocs.errors import ConflictError
from pkdocs.files import PRIVATE, in_the_way, new_folder, write_atomic
from pkdocs.messages import LANGUAGES, Language, text
from pkdocs.persons import new_person_key
from pkdocs.settings import FILE_NAME, LOG_NAME, Settings, default_templates
from pkdocs.workbook import GUIDE
from pkdocs.workplace import WORKBOOK, blank_workbook

TEMPLATES: Final = "templat"
KEY: Final = "person.key"
README: Final = "BACA-SAYA.txt"

_NAMES: Final[Mapping[str, str]] = {
    "workbook": WORKBOOK,
    "templates": TEMPLATES,
    "settings": FILE_NAME,
    "key": KEY,
    "readme": README,
    "guide": GUIDE,
}
_FOLDER_MODE: Final = 0o755
_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class Workplace:
    """What was made, each as a path that begins with the folder's."""

    folder: Path
    workbook: Path
    templates: Path
    settings: Path
    person_key: Path
    readme: Path


def init_workplace(directory: Path, *, language: Language, day: date) -> Workplace:
    """Make a workplace in ``directory``, whole or not at all; ``day`` dates the workbook's file.

    Raises:
        ConflictError: something is there already; it stands, whatever it is.
    """
    _demand_free(directory)
    try:
        with new_folder(directory) as building:
            _fill(building, language, day)
    except OSError:
        # somebody else may have been quicker; else the place cannot be written
        _demand_free(directory)
        raise
    made = (directory / name for name in (WORKBOOK, TEMPLATES, FILE_NAME, KEY, README))
    return Workplace(directory, *made)


def _demand_free(directory: Path) -> None:
    if names := in_the_way(directory):
        listed = ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
        raise ConflictError("WORKPLACE_IN_THE_WAY", folder=str(directory), names=listed)


def _fill(folder: Path, language: Language, day: date) -> None:
    write_atomic(folder / WORKBOOK, blank_workbook(language, day))
    shipped = default_templates()
    for template in sorted(shipped.rglob("*.docx")):
        write_atomic(folder / TEMPLATES / template.relative_to(shipped), template.read_bytes())
    for below in folder.rglob("*/"):
        # whatever the umask is
        below.chmod(_FOLDER_MODE)
    write_atomic(folder / KEY, new_person_key(), mode=PRIVATE)
    write_atomic(folder / README, _readme().encode("utf-8"))
    write_atomic(folder / FILE_NAME, _settings(language).encode("utf-8"))


def _readme() -> str:
    return f"\n{'-' * 100}\n\n".join(text("WORKPLACE_README", language, _NAMES) for language in LANGUAGES)


def _settings(language: Language) -> str:
    """Return ``pkdocs.toml``: every setting, with what it means above it."""
    chosen = {"lang": language, "person_key": KEY, "templates": TEMPLATES, "log": LOG_NAME}
    lines = [_comment("SETTINGS_HEAD", language)]
    for setting in fields(Settings):
        value = chosen.get(setting.name, setting.default)
        # of such plain texts and numbers, JSON is TOML too; what has no value is there to be filled in
        line = f'# {setting.name} = ""' if value is None else f"{setting.name} = {json.dumps(value)}"
        lines += ["", _comment(f"SETTING_IS_{setting.name.upper()}", language), line]
    return "\n".join(lines) + "\n"


def _comment(code: str, language: Language) -> str:
    return "\n".join(f"# {line}" for line in text(code, language).splitlines())
