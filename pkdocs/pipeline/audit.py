"""Verification on disk: every file is looked at in a process of its own, and all are judged together."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from pkdocs.chain import Exhibit, SetVerdict, judge_set
from pkdocs.errors import TrustError, UsageError
from pkdocs.executor import cores, run_each
from pkdocs.files import pdf_files, read_regular
from pkdocs.pipeline.reissue import Wording, read_wording, reissue
from pkdocs.trust import Trust, read_trust
from pkdocs.verification import Facts, examine_pdf, unread_facts
from pkdocs.verification.layout import MAX_FILE_BYTES

Progress = Callable[[int, int], None]

TIMEOUT_S: Final = 60.0
"""For one file; usual are 0.1 s."""

_REGISTER_NAME: Final = "register.pdf"


@dataclass(frozen=True, slots=True)
class Means:
    """What the auditor has at hand beside trust: templates to issue pages again, and the workbook's wording."""

    templates: Path | None = None
    workbook: Path | None = None
    jobs: int = 0


def verify(paths: Iterable[Path], trust_file: Path, *, at: datetime, means: Means, progress: Progress) -> SetVerdict:
    """Return the verdicts on all PDF files at and below ``paths``, by the trust file alone.

    Raises:
        TrustError: the trust file cannot be used.
        UsageError: there is no PDF file at all.
        OfficeError, TemplateError, WorkbookError: pages cannot be issued again with what was named for it.
    """
    trust = read_trust_file(trust_file)
    files = [file for file, named in pdf_files(paths) if named or file.name != _REGISTER_NAME]
    if not files:
        raise UsageError("NOTHING_TO_VERIFY")
    exhibits = _exhibits(files, means.jobs or cores(), progress)
    if means.templates:
        exhibits = _compared(exhibits, means.templates, means, trust.qr_address)
    return judge_set(exhibits, trust, None, at=at)


def read_trust_file(file: Path) -> Trust:
    """Return what the trust file says.

    Raises:
        TrustError: it cannot be read or used.
    """
    try:
        return read_trust(read_regular(file))
    except OSError as fault:
        raise TrustError("TRUST_UNREADABLE") from fault


def _compared(exhibits: list[Exhibit], templates: Path, means: Means, address: str) -> list[Exhibit]:
    wording = read_wording(means.workbook) if means.workbook else Wording()
    checks = dict(reissue(exhibits, templates, wording, address=address, jobs=means.jobs))
    return [replace(exhibit, page=checks.get(exhibit.file, exhibit.page)) for exhibit in exhibits]


def _exhibits(files: Sequence[Path], jobs: int, progress: Progress) -> list[Exhibit]:
    exhibits: list[Exhibit] = []
    looked = run_each(examine_file, files, jobs=jobs, timeout_s=TIMEOUT_S, lost=_lost)
    for file, facts in zip(files, looked, strict=True):
        exhibits.append(Exhibit(str(file), facts))
        progress(len(exhibits), len(files))
    return exhibits


def examine_file(file: Path) -> Facts:
    """Return the facts of a file; one that cannot be read counts as such."""
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            return unread_facts(f"> {MAX_FILE_BYTES} B")
        return examine_pdf(read_regular(file))
    except OSError as fault:
        return unread_facts(fault.strerror or type(fault).__name__)


def _lost(_file: Path) -> Facts:
    return unread_facts("process died, or took too long")
