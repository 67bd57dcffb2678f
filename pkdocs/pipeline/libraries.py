"""Which libraries the program runs with: beside LibreOffice and the fonts, they shape the bytes of a file."""

import platform
import re
import zlib
from importlib.metadata import requires, version
from typing import Final

_NAME: Final = re.compile(r"[\w.-]+")


def libraries() -> str:
    """Return names and versions of Python, of zlib and of each library that pkdocs asks for."""
    asked = [requirement for requirement in requires("pkdocs") or () if "extra ==" not in requirement]
    names = sorted(found[0] for found in map(_NAME.match, asked) if found)
    own = [f"python {platform.python_version()}", f"zlib {zlib.ZLIB_RUNTIME_VERSION}"]
    return ", ".join([*own, *(f"{name} {version(name)}" for name in names)])
