"""What lies in a folder beside agreements: lists of bundles, prints, receipts and reports say that they are none."""

from pathlib import Path

from pkdocs.errors import ConflictError
from pkdocs.issue import BEGINNING_BYTES, Companion, companion_kind


def companion_at(file: Path) -> Companion | None:
    """Tell what a file says that it is beside agreements; None for what says nothing or cannot be read."""
    try:
        with file.open("rb") as opened:
            return companion_kind(opened.read(BEGINNING_BYTES))
    except OSError:
        return None


def demand_print_or_nothing(file: Path) -> None:
    """Pass a place for a print: nothing is there, or an earlier print.

    Raises:
        ConflictError: something else is there.
    """
    if file.exists() and (not file.is_file() or companion_at(file) is not Companion.PRINT):
        raise ConflictError("PRINT_IN_THE_WAY", file=str(file))
