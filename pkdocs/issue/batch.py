"""The PDF of agreements that were laid out together, taken apart: each as if it had been laid out alone.

Pictures and tags are named and numbered by their order in the agreement, and the links of page numbers dropped.
Fonts are those of the prelude (``pkdocs.document.prelude``), whatever agreements follow it.
"""

import re
import zlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from pkdocs.content import first_mark, last_mark
from pkdocs.issue.objects import IrregularError, Items, listed, named
from pkdocs.issue.part import Frame, has_content, pages_of, write_part

_MARK: Final = re.compile(rb"/([\w-]+)\[(\d+) 0 R")
_SHOWN: Final = re.compile(rb"/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>")
_LAST_GLYPH: Final = re.compile(rb"/LastChar (\d+)")


def part_batch(pdf: bytes, count: int) -> list[bytes]:
    """Return the PDF of each of ``count`` agreements in their order; ``pdf`` is LibreOffice's of the joined file.

    Raises:
        IrregularError: it cannot be taken apart; or one of several agreements shows a letter in a font that
            the prelude does not, so that the others would depend on it.
    """
    try:
        frame = Frame.of(Items(pdf))
        prelude, parts = _divide(frame, count)
        if count > 1:
            _demand_fonts_of(prelude, frame)
        kids = _kids(frame, prelude, parts)
        return [write_part(frame, pages, own) for pages, own in zip(parts, kids, strict=True)]
    except (ArithmeticError, LookupError, TypeError, ValueError, zlib.error) as fault:
        raise IrregularError(str(fault)) from fault


def _divide(frame: Frame, count: int) -> tuple[list[int], list[list[int]]]:
    """Return the pages of the prelude, and of each agreement those from its first mark to its last."""
    marks = {name.decode(): int(page) for name, page in _MARK.findall(frame.items[frame.marks].body)}
    starts = [frame.pages.index(marks[first_mark(place)]) for place in range(count)]
    ends = [frame.pages.index(marks[last_mark(place)]) + 1 for place in range(count)]
    if starts[0] == 0 or ends != [*starts[1:], len(frame.pages)]:
        raise IrregularError("pages")
    return frame.pages[: starts[0]], [frame.pages[start:end] for start, end in zip(starts, ends, strict=True)]


def _demand_fonts_of(prelude: Sequence[int], frame: Frame) -> None:
    """Demand that no font has a glyph that the prelude does not show."""
    last: dict[bytes, int] = defaultdict(int)
    for page in prelude:
        font = b""
        for name, codes in _SHOWN.findall(frame.items.decoded(named(b"Contents", frame.items[page]))):
            font = name or font
            last[font] = max(last[font], 0, *bytes.fromhex(codes.decode()))
    for name, font_number in frame.fonts.items():
        found = _LAST_GLYPH.search(frame.items[font_number].body)
        if found is None or int(found[1]) != last[name]:
            raise IrregularError(f"font {name.decode()}")


def _kids(frame: Frame, prelude: Sequence[int], parts: Sequence[Sequence[int]]) -> list[dict[int, list[int]]]:
    """Return the tags of each agreement below the document's own, each with all below it.

    Those of empty paragraphs are left out: LibreOffice has none for the last one of a section.
    """
    owner = dict.fromkeys(prelude, -1)
    for place, pages in enumerate(parts):
        owner |= dict.fromkeys(pages, place)
    kids: list[dict[int, list[int]]] = [{} for _ in parts]
    for kid in listed(b"K", frame.items[frame.document]):
        tags = list(frame.below(kid))
        owners = {owner[page] for tag in tags for page in pages_of(frame.items[tag])}
        if len(owners) > 1:
            raise IrregularError("tag of several")
        if tags == [kid] and not has_content(frame.items[kid]):
            continue
        for place in owners - {-1}:
            kids[place][kid] = tags
    return kids
