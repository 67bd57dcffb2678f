"""How every form writes results, moments, numbers, and text that somebody else has written."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from pkdocs.chain import RegisterMark
from pkdocs.messages import Language, text
from pkdocs.numerals import format_number
from pkdocs.schema import is_plain_text
from pkdocs.verification import Result

MARKS: Final[Mapping[Result, str]] = {
    Result.PASSED: "✓",
    Result.FAILED: "✗",
    Result.INDETERMINATE: "?",
    Result.INCOMPLETE: "…",
    Result.NOT_JUDGED: "-",
}
"""So that no result is said by its colour alone."""


def visible(written: str) -> str:
    """Return ``written`` with the escape (``\\u202e``) of each character that nobody sees.

    Names of files and texts of judged documents may hold what steers a terminal, turns the direction of a line or
    is no character at all.
    """
    if is_plain_text(written):
        return written
    return "".join(
        character if is_plain_text(character) else character.encode("unicode_escape").decode("ascii")
        for character in written
    )


def moment(at: datetime) -> str:
    """Return ``2026-01-22 09:15:00 WIB``, in the zone that ``at`` has."""
    return f"{at:%Y-%m-%d %H:%M:%S %Z}"


def register_line(mark: RegisterMark, language: Language) -> str:
    """Return which head of the register was believed, for people to compare."""
    facts = {"version": mark.version, "dated": mark.dated.isoformat(), "digest": mark.digest}
    return text("REPORT_REGISTER_USED", language, facts)


def number(count: int, language: Language) -> str:
    """Return ``3.000``, in English ``3,000``."""
    return format_number(Decimal(count)) if language == "id" else f"{count:,d}"
