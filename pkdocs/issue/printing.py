"""Issued PDFs to one PDF for the printer: pages alone, never to be signed as a file or taken for an agreement.

It has no signature field, no attachment, no structure, does not claim to be archival, and says of itself what it is.
"""

from collections.abc import Iterable
from contextlib import ExitStack
from datetime import date
from typing import BinaryIO, Final

import pikepdf
from pikepdf import Dictionary, Name, Object, Page, Pdf, String

from pkdocs.errors import DocumentError
from pkdocs.issue.companion import Companion, piece_info
from pkdocs.issue.source import NOT_THE_SHAPE

_NOT_PRINTED: Final = ("/Annots", "/StructParents", "/Tabs")


def join_pages(
    sources: Iterable[BinaryIO], target: BinaryIO, *, title: str, day: date, duplex: bool
) -> tuple[int, ...]:
    """Write the pages of all ``sources`` one behind the other to ``target``, and return how many each one took.

    With ``duplex`` a blank page follows a source of an odd number of pages, so that each begins on a new sheet.
    Results may be joined again: what comes out is the same as if all had been joined at once, so many files can be
    joined in parts. ``day`` stands for the date of the file: the same arguments give the same bytes.

    Raises:
        DocumentError: a source cannot be read.
    """
    try:
        with ExitStack() as opened, pikepdf.new() as document:
            taken = []
            for source in sources:
                # open until all is saved: pages are copied when they are written
                part = opened.enter_context(pikepdf.open(source))
                taken.append(_append(document, part, duplex=duplex))
            _describe(document, title=title, day=day, duplex=duplex)
            document.save(
                target, force_version="1.7", deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable
            )
    except NOT_THE_SHAPE as fault:
        raise DocumentError("PRINT_UNREADABLE", reason=f"{type(fault).__name__}: {fault}") from fault
    return tuple(taken)


def _append(document: Pdf, part: Pdf, *, duplex: bool) -> int:
    before = len(document.pages)
    for page in part.pages:
        _strip(page)
    document.pages.extend(part.pages)
    if duplex and (len(document.pages) - before) % 2:
        left, bottom, right, top = (float(edge) for edge in document.pages[-1].mediabox)
        document.add_blank_page(page_size=(right - left, top - bottom))
    return len(document.pages) - before


def _strip(page: Page) -> None:
    for key in _NOT_PRINTED:
        if key in page:
            del page[key]


def _describe(document: Pdf, *, title: str, day: date, duplex: bool) -> None:
    document.Root.Lang = String("id-ID")
    document.Root.PieceInfo = Object.parse(piece_info(Companion.PRINT, day).encode())
    document.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True, PrintScaling=Name("/None"))
    if duplex:
        document.Root.ViewerPreferences.Duplex = Name.DuplexFlipLongEdge
    document.trailer.Info = document.make_indirect(Dictionary(Title=String(title)))
