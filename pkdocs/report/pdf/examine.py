"""One report's PDF to facts: what it proves by itself, before anybody is trusted."""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, datetime
from functools import partial
from typing import Any, Final

from pkdocs.report.json import OPENING, PROGRAM
from pkdocs.report.pdf.page import ATTACHED, render_pdf
from pkdocs.report.pdf.wording import FIELD
from pkdocs.report.shape import misfits
from pkdocs.verification import Finding, Step, Sub, Weight, find
from pkdocs.verification.border import Border
from pkdocs.verification.filled import NOTHING_FILLED, Filled, read_filled
from pkdocs.verification.finding import Keeper
from pkdocs.verification.layout import FileError, Layout, Revision, read_layout
from pkdocs.verification.syntax import PdfSyntaxError, Stream, Value, inflate

MAX_JSON_BYTES: Final = 512_000_000
_QUOTED: Final = 80


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """Facts of one report. ``written`` is its JSON as it stands there, ``report`` that as a value, None without any.

    ``filled`` is what was added to the PDF: the auditor's signature, validation data, timestamps. The findings are of
    step 9, and need neither trust nor the files that were judged.
    """

    sha256: str
    findings: tuple[Finding, ...]
    written: bytes = b""
    report: dict[str, Any] | None = None
    filled: Filled = NOTHING_FILLED


def examine_report(data: bytes) -> ReportFacts:
    """Return what a report, JSON or PDF, proves by itself; it never raises for what is in the file.

    The first revision of a PDF must be what ``render_pdf`` makes of the attached JSON, which only the version of
    pkdocs that made it can tell; a later one fills in the auditor's field, or adds validation data or a timestamp.
    """
    border = Border()
    facts = ReportFacts(hashlib.sha256(data).hexdigest(), ())
    look = _read_json if data.startswith(OPENING) else _read_pdf
    facts = border(Step.SET, partial(look, data, facts, border)) or facts
    return replace(facts, findings=tuple(replace(one, step=Step.SET) for one in dict.fromkeys(border.findings)))


def _read_json(written: bytes, facts: ReportFacts, border: Border) -> ReportFacts:
    try:
        report = json.loads(written)
    except (ValueError, RecursionError):
        report = None
    wrong = next(misfits(report), None) if isinstance(report, dict) else "JSON"
    if wrong is None and not _is_moment(report["at"]):
        wrong = "$.at"
    if wrong is not None:
        border.findings.append(_fail("REPORT_UNREADABLE", why=wrong[:_QUOTED]))
        return facts
    return replace(facts, written=written, report=report)


def _is_moment(written: str) -> bool:
    """Tell whether it is a time that every zone can show."""
    try:
        return MINYEAR < datetime.fromisoformat(written).year < MAXYEAR
    except ValueError:
        return False


def _read_pdf(data: bytes, facts: ReportFacts, border: Border) -> ReportFacts:
    try:
        layout = read_layout(data)
        attached = layout.issued.objects.get(ATTACHED)
        written = inflate(attached, MAX_JSON_BYTES) if isinstance(attached, Stream) else b""
    except FileError as fault:
        border.findings.append(_fail("REPORT_UNREADABLE", why=fault.finding.code))
        return facts
    except PdfSyntaxError:
        written = b""
    facts = _read_json(written, facts, border)
    if facts.report is None:
        return facts
    if facts.report["program"] != PROGRAM:
        border.findings.append(
            find("REPORT_PAGES_UNKNOWN", Step.SET, Weight.UNKNOWN, made=facts.report["program"], here=PROGRAM)
        )
    elif not _is_drawn_from(layout, written):
        border.findings.append(_fail("REPORT_PAGES_OTHER"))
        return facts
    return replace(facts, filled=read_filled(layout, [(FIELD, "")], Keeper.AUDITOR, border))


def _is_drawn_from(layout: Layout, written: bytes) -> bool:
    """Tell whether the first revision is what the JSON gives; how it was compressed does not count."""
    again = read_layout(render_pdf(written)).issued
    issued = layout.issued
    return _plain(issued) == _plain(again) and issued.trailer == again.trailer


def _plain(revision: Revision) -> dict[int, Value]:
    return {number: _inflated(value) for number, value in revision.objects.items()}


def _inflated(value: Value) -> Value:
    if not isinstance(value, Stream):
        return value
    entries = {name: entry for name, entry in value.dictionary.items() if name not in {"Length", "Filter"}}
    return Stream(entries, inflate(value, MAX_JSON_BYTES))


def _fail(code: str, **params: str | int) -> Finding:
    return Finding.of(code, Step.SET, Weight.FAIL, params, sub=Sub.FORMAT_FAILURE)
