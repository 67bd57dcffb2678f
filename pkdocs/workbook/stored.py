"""What the stored values of cells mean in one workbook (ECMA-376 part 1, 18.3.1.4 and 18.18.11)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from pkdocs.workbook.cells import Cell, Fault, clean
from pkdocs.workbook.shown import show

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TEXT, PHONETIC = f"{MAIN}t", f"{MAIN}rPh"
TRUE: Final = frozenset({"1", "true", "on"})
OWN_TEXT: Final = frozenset({"str", "inlineStr"})
"""Kinds of cells that hold their text themselves."""

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescape(text: str) -> str:
    """Return a text with the characters that ``_x000D_`` and the like stand for (18.4.12)."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


@dataclass(frozen=True, slots=True)
class Stored:
    """The workbook's shared strings, the number format of each style, and from which day it counts."""

    strings: Sequence[str | Fault]
    formats: Sequence[str]
    epoch_1904: bool = False

    def cell(self, kind: str, style: str, stored: str) -> Cell:
        """Return the cell of a value that is not empty; kind and style as written, empty where they are not.

        Raises:
            ValueError, LookupError: no such value, string or style.
        """
        if kind in OWN_TEXT:
            return clean(unescape(stored))
        match kind:
            case "s":
                return self.strings[int(stored)]
            case "e":
                return Fault("CELL_ERROR", stored[:20])
            case "b":
                return "TRUE" if stored in TRUE else "FALSE"
            case "d":
                return date.fromisoformat(stored[:10])
            case _:
                return show(stored, self.formats[int(style or "0")], epoch_1904=self.epoch_1904)
