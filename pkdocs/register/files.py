"""How the register's files are called in a folder."""

import re
from pathlib import Path
from typing import Final

HEAD_NAME: Final = "register.pdf"
LIST_NAME: Final = "register.jsonl"
_ARCHIVED: Final = re.compile(r"register-([1-9][0-9]{0,8})\.pdf")


def archive_name(version: int) -> str:
    """Return the name under which the head of ``version`` is kept once a later one has taken its place."""
    return f"register-{version}.pdf"


def archived_heads(named: Path) -> tuple[Path, ...]:
    """Return the heads that are kept beside ``named``, by version, the newest last; what they are is not asked."""
    found = {
        int(match[1]): file for file in named.parent.glob("register-*.pdf") if (match := _ARCHIVED.fullmatch(file.name))
    }
    newest = named.with_name(HEAD_NAME)
    return (*(found[version] for version in sorted(found)), *((newest,) if newest.is_file() else ()))
