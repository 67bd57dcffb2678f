"""Why a value cannot be that of an option or argument: a code of the catalogue, and what fills it."""

import os
import stat
from pathlib import Path
from typing import Any

import click

from pkdocs.messages import Said, reason_of

Fault = tuple[str, dict[str, object]]


def value_fault(kind: "click.ParamType[Any]", value: str) -> Fault | None:
    """Return what is wrong with ``value`` as a ``kind`` of click that has refused it; None for a kind unknown here."""
    match kind:
        case click.Choice():
            return "VALUE_CHOICE", {"value": value, "choices": ", ".join(map(str, kind.choices))}
        case click.IntRange():
            return "VALUE_RANGE", {"value": value, "least": kind.min, "most": kind.max}
        case click.DateTime():
            return "VALUE_DATE", {"value": value}
        case click.Path():
            return _path_fault(kind, value)
        case _:
            return ("VALUE_INTEGER", {"value": value}) if kind is click.INT else None


def _path_fault(kind: "click.Path[Path]", path: str) -> Fault:
    try:
        is_folder = stat.S_ISDIR(os.stat(path).st_mode)  # noqa: PTH116  # a Path would lose the slash at the end
    except FileNotFoundError:
        return "PATH_ABSENT", {"path": path}
    except OSError as fault:
        return "PATH_UNREADABLE", {"path": path, "reason": reason_of(fault)}
    if is_folder and not kind.dir_okay:
        return "PATH_IS_FOLDER", {"path": path}
    if not is_folder and not kind.file_okay:
        return "PATH_IS_FILE", {"path": path}
    return "PATH_UNREADABLE", {"path": path, "reason": Said("SYSTEM_EACCES")}
