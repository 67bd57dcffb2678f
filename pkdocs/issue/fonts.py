"""Which fonts a PDF from LibreOffice holds, and which letters each sets."""

import re
import zlib
from collections.abc import Mapping
from typing import Final

from pkdocs.errors import DocumentError
from pkdocs.issue.objects import IrregularError, Item, Items, named

_BASE_FONT: Final = re.compile(rb"/BaseFont\s*/(?:[A-Z]{6}\+)?([^/\s<>\[\]()]+)")
_ESCAPED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_MAPPED: Final = re.compile(rb"<[0-9A-Fa-f]+>\s*<((?:[0-9A-Fa-f]{4})+)>")
_NO_LETTERS: Final = "\ufffe\uffff"


def fonts_in(pdf: bytes, agreement: str) -> Mapping[str, frozenset[str]]:
    """Return the names of all fonts, without the mark of a subset, with the letters that each says it sets.

    LibreOffice writes every font as an object of its own, with a map from codes to letters (ISO 32000-1, 9.10.3);
    of a font without one the letters are not known, and none are returned.

    Raises:
        DocumentError: the PDF of ``agreement`` (its id) cannot be read.
    """
    fonts: dict[str, frozenset[str]] = {}
    try:
        items = Items(pdf)
        for number in items.saying(b"/BaseFont"):
            if found := _BASE_FONT.search(items[number].body):
                name = _ESCAPED.sub(lambda escaped: bytes.fromhex(escaped[1].decode()), found[1]).decode()
                fonts[name] = fonts.get(name, frozenset()) | _letters(items[number], items)
    except (IrregularError, LookupError, TypeError, ValueError, zlib.error) as fault:
        raise DocumentError("ISSUE_UNREADABLE", id=agreement, reason=f"{type(fault).__name__}: {fault}") from fault
    return fonts


def _letters(font: Item, items: Items) -> frozenset[str]:
    if b"/ToUnicode" not in font.body:
        return frozenset()
    texts = (bytes.fromhex(found.decode()) for found in _MAPPED.findall(items.decoded(named(b"ToUnicode", font))))
    return frozenset("".join(text.decode("utf-16-be", errors="replace") for text in texts)).difference(_NO_LETTERS)
