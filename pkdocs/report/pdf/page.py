"""The report as a PDF/A-3b to sign: it carries the verdict as JSON, and its pages are a function of that alone.

So whoever reads the file can make the pages again and see that they say what the JSON says, and nothing else.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from pkdocs.drawing import (
    HEADER,
    Objects,
    Sheets,
    add_intent,
    archival_catalog,
    attach,
    attaching,
    describe,
    embed_font,
    signing,
)
from pkdocs.issue import BEGINNING_BYTES, Companion, companion_kind, piece_info
from pkdocs.messages import text
from pkdocs.report.pdf.wording import FIELD, write_report
from pkdocs.signing.font import load_face

ATTACHMENT: Final = "laporan.json"
ATTACHED: Final = 3
"""The object of the attachment, behind the catalog and what names it."""

_LANGUAGES: Final = {"id": "id-ID", "en": "en-GB"}

__all__ = ["ATTACHED", "ATTACHMENT", "FIELD", "is_report", "render_pdf"]


def is_report(beginning: bytes) -> bool:
    """Tell by its first bytes whether a PDF says that it is a report; cheap, and no judgement."""
    return beginning.startswith(HEADER) and companion_kind(beginning[:BEGINNING_BYTES]) is Companion.REPORT


def render_pdf(written: bytes) -> bytes:
    """Return the file of a verdict, of which ``written`` is the JSON, with an empty field for the auditor.

    The same JSON gives the same pages. Letters that the font lacks stand as their base letters, else as question
    marks; the attachment has them all.

    Raises:
        ValueError, LookupError, TypeError: the JSON is no verdict.
    """
    report: Mapping[str, Any] = json.loads(written)
    language, day = report["language"], datetime.fromisoformat(report["at"]).date()
    title = text("REPORT_TITLE", language)
    objects = Objects(compressed=True)
    catalog = objects.reserve()
    named = attach(objects, ATTACHMENT, written, described=text("REPORT_ATTACHED", language), day=day)
    spoken = _LANGUAGES[language]
    author = report["organisation"] or "pkdocs"
    information, metadata = describe(objects, title=title, author=author, day=day, language=spoken)
    intent = add_intent(objects)
    sheets = Sheets(objects, load_face(), embed_font(objects))
    write_report(report, language, sheets)
    made = sheets.close(lambda number, count: text("REPORT_PAGE_FOOT", language, {"page": number, "pages": count}))
    says = f"/PieceInfo {piece_info(Companion.REPORT, day)}"
    entries = (says, attaching(ATTACHMENT, named), signing(made.fields))
    objects.fill(catalog, archival_catalog(made, metadata, intent, *entries, language=spoken))
    identity = hashlib.sha256(written).digest()[:16]
    return objects.render(catalog=catalog, information=information, identity=identity)
