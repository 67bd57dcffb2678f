"""How the register's files are called in a folder."""

from typing import Final

HEAD_NAME: Final = "register.pdf"
LIST_NAME: Final = "register.jsonl"


def archive_name(version: int) -> str:
    """Return the name under which the head of ``version`` is kept once a later one has taken its place."""
    return f"register-{version}.pdf"
