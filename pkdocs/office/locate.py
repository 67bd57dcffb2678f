"""Which LibreOffice there is, and what of it shapes a page."""

import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pkdocs.errors import OfficeError
from pkdocs.office.fonts import Installed, list_fonts

INSTALL: Final = "apt-get install --no-install-recommends libreoffice-writer-nogui"
"""The command that installs what is missing on Debian and its like."""

_USUAL: Final = ("/usr/lib/libreoffice/program", "/usr/lib64/libreoffice/program", "/opt/libreoffice/program")
_WRITER: Final = "libswlo.so"
_SHAPING: Final = ("libmergedlo.so", "libswlo.so", "libwriterfilterlo.so", "libooxlo.so", "libpdffilterlo.so")
_HEADER_BYTES: Final = 4096
_WORKER: Final = Path(__file__).with_name("worker.py")


@dataclass(frozen=True, slots=True)
class Office:
    """A LibreOffice with Writer.

    ``program`` is its folder of libraries, ``build`` its version with a digest of the libraries that shape a
    page, ``fonts`` the SHA-256 of names and versions of all fonts, ``worker`` the command of a worker process,
    ``installed`` the fonts themselves.
    """

    program: Path
    build: str
    fonts: str
    worker: tuple[str, ...] = (sys.executable, "-I", str(_WORKER))
    installed: Installed = field(default_factory=Installed, repr=False)


def find_office(program: Path | None = None) -> Office:
    """Return the LibreOffice in the folder ``program``, else that of ``soffice`` in ``PATH``, else the usual one.

    Raises:
        OfficeError: there is none, it is without Writer, or the fonts cannot be listed; says what to install.
    """
    for folder in _candidates() if program is None else (program,):
        if (folder / _WRITER).is_file():
            fonts, installed = list_fonts(environment(Path("/nonexistent")))
            return Office(folder, _build(folder), fonts, installed=installed)
    raise OfficeError("OFFICE_MISSING", command=INSTALL)


def _candidates() -> Iterator[Path]:
    if command := shutil.which("soffice") or shutil.which("libreoffice"):
        yield Path(command).resolve().parent
    yield from map(Path, _USUAL)


def _build(program: Path) -> str:
    """The header of an ELF file holds its build id, so a distribution's patch shows though the version stays."""
    named = {**_ini(program / "bootstraprc"), **_ini(program / "versionrc")}
    digest = hashlib.sha256()
    for name in _SHAPING:
        if (program / name).is_file():
            with (program / name).open("rb") as library:
                digest.update(library.read(_HEADER_BYTES))
    return f"{named.get('ProductKey', 'LibreOffice')} {named.get('buildid', '')} {digest.hexdigest()[:16]}"


def _ini(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def environment(home: Path) -> dict[str, str]:
    """Return the environment of LibreOffice: nothing of the user's but the search path; all files under ``home``."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "SAL_USE_VCLPLUGIN": "svp",
        "SAL_DISABLE_OPENCL": "1",
        "OOO_DISABLE_RECOVERY": "1",
    }
