"""A PDF to its draft: for reading and correcting, never to be signed or taken for an agreement.

A draft has RANCANGAN across each page, no signature field, no content attached, and does not claim to be
archival. It says of itself that it is a draft.
"""

import io
import math
from typing import Final

import pikepdf
from pikepdf import Dictionary, Name, Page, Pdf, String

from pkdocs.content import Content
from pkdocs.errors import DocumentError
from pkdocs.issue.fields import take_anchors
from pkdocs.issue.source import NOT_THE_SHAPE, close_catalog, demand_plain_pages, open_source

WORD: Final = "RANCANGAN"

_NAME: Final = Name("/Rancangan")
"""Of the resources that the word is drawn with."""
_MARK: Final = b"pkdocs:rancangan"
_WIDTH_EM: Final = 6.55
"""Of the word in Helvetica-Bold (ISO 32000-1, 9.6.2.2), from the font's metrics."""
_SHARE: Final = 0.7
"""How much of the page's diagonal the word takes."""
_HALF_CAPITAL_EM: Final = 0.36


def draft_pdf(pdf: bytes, content: Content, *, source: str = "") -> bytes:
    """Return the draft of ``pdf``, which LibreOffice made of the agreement ``content``.

    ``source`` is kept in the draft, for :func:`is_draft` to find. The same arguments give the same bytes.

    Raises:
        DocumentError: the PDF is unreadable or not a fresh tagged PDF/A-3, an anchor is missing, doubled or one
            too many, or the PDF holds what an issued file must not have.
    """
    try:
        with open_source(pdf, content.id) as document:
            close_catalog(document, content.id)
            take_anchors(document, content)
            demand_plain_pages(document, content.id)
            _stamp(document)
            _describe(document, content, source)
            output = io.BytesIO()
            document.save(output, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    except NOT_THE_SHAPE as fault:
        raise DocumentError("ISSUE_UNREADABLE", id=content.id, reason=f"{type(fault).__name__}: {fault}") from fault
    return output.getvalue()


def is_draft(data: bytes, *, source: str = "") -> bool:
    """Tell whether a file says that it is a draft, one that was made of ``source``, and bears no signature."""
    return b"%s %s" % (_MARK, source.encode()) in data and b"/ByteRange" not in data


def _stamp(document: Pdf) -> None:
    bold = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name("/Helvetica-Bold"))
    light = Dictionary(Type=Name.ExtGState, ca=0.16)
    resources = {Name.Font: document.make_indirect(bold), Name.ExtGState: document.make_indirect(light)}
    for page in document.pages:
        for kind, resource in resources.items():
            page.add_resource(resource, kind, _NAME, replace_existing=True)
        _stamp_page(page)


def _stamp_page(page: Page) -> None:
    """Draw the word over the page: light enough to read through, and nothing of the page can cover it."""
    left, bottom, right, top = (float(edge) for edge in page.mediabox)
    width, height = right - left, top - bottom
    angle, size = math.atan2(height, width), _SHARE * math.hypot(width, height) / _WIDTH_EM
    turn = f"{math.cos(angle):.5f} {math.sin(angle):.5f} {-math.sin(angle):.5f} {math.cos(angle):.5f}"
    middle = f"{left + width / 2:.2f} {bottom + height / 2:.2f}"
    start = f"{-_WIDTH_EM * size / 2:.2f} {-_HALF_CAPITAL_EM * size:.2f}"
    drawn = (
        f"Q\n/Artifact BMC q {_NAME} gs 0.3 g {turn} {middle} cm\n"
        f"BT {_NAME} {size:.2f} Tf {start} Td ({WORD}) Tj ET Q EMC\n"
    )
    page.contents_add(b"q\n", prepend=True)
    page.contents_add(drawn.encode())


def _describe(document: Pdf, content: Content, source: str) -> None:
    for key in ("/Metadata", "/OutputIntents"):
        del document.Root[key]
    document.Root.Lang = String("id-ID")
    for key in set(document.trailer.keys()) - {"/Root", "/Info", "/Size"}:
        del document.trailer[key]
    title = f"{WORD} - {content.title} - {content.parties.first.office}"
    mark = String(f"{_MARK.decode()} {source}")
    document.trailer.Info = document.make_indirect(Dictionary(Title=String(title), Keywords=mark))
