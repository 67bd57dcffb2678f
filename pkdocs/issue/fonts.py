"""Which fonts a PDF from LibreOffice holds, and which letters each sets."""

import io
import re
from collections.abc import Mapping
from typing import Final

import pikepdf
from pikepdf import Dictionary, Stream

from pkdocs.errors import DocumentError
from pkdocs.issue.source import NOT_THE_SHAPE

_SUBSET: Final = re.compile(r"[A-Z]{6}\+")
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
        with pikepdf.open(io.BytesIO(pdf), suppress_warnings=True) as document:
            for found in document.objects:
                if isinstance(found, Dictionary) and "/BaseFont" in found:
                    name = _SUBSET.sub("", str(found.BaseFont).removeprefix("/"), count=1)
                    fonts[name] = fonts.get(name, frozenset()) | _letters(found)
    except NOT_THE_SHAPE as fault:
        raise DocumentError("ISSUE_UNREADABLE", id=agreement, reason=f"{type(fault).__name__}: {fault}") from fault
    return fonts


def _letters(font: Dictionary) -> frozenset[str]:
    mapped = font.get("/ToUnicode")
    if not isinstance(mapped, Stream):
        return frozenset()
    texts = (bytes.fromhex(found.decode()) for found in _MAPPED.findall(mapped.read_bytes()))
    return frozenset("".join(text.decode("utf-16-be", errors="replace") for text in texts)).difference(_NO_LETTERS)
