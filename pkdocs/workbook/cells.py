"""What a cell holds once it is read: text, a number as it shows, a date, or a fault."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

_ERRORS: Final = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)
_BREAKS = re.compile(r"\s*[\t\n\v\f\r\x85\u2028\u2029]\s*")
_SPACES = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")


class Number(str):
    """A number cell as it shows, in id-ID without grouping: ``1234,50``, ``85%``.

    A text of its own kind, because a number may not stand where an identifier belongs.
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that cannot be read; ``code`` names the message, empty where it has been reported elsewhere."""

    code: str
    shown: str = ""


Cell = str | date | Fault
"""An empty cell is the empty text."""


def clean(text: str) -> str | Fault:
    """Return a text as agreements may hold it: NFC, trimmed, line breaks, tabs and special spaces as one space.

    NFC changes the bytes of what was typed, never its looks. Any other control, direction, private-use or
    unassigned character is a fault, as is an error value of the spreadsheet.
    """
    if not (text.isascii() and text.isprintable()):
        text = _SPACES.sub(" ", _BREAKS.sub(" ", unicodedata.normalize("NFC", text)))
        if not text.isprintable():
            strange = next(character for character in text if not character.isprintable())
            return Fault("CELL_CONTROL", f"U+{ord(strange):04X}")
    text = text.strip()
    if text.startswith("#") and text in _ERRORS:
        return Fault("CELL_ERROR", text)
    return text
