"""Verification on disk: every file is looked at in a process of its own, and all are judged together."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from pkdocs.chain import Exhibit, SetVerdict, judge_set
from pkdocs.errors import UsageError
from pkdocs.executor import cores, run_each
from pkdocs.files import pdf_files, read_regular
from pkdocs.messages import Said, reason_of
from pkdocs.pipeline.accounting import is_head_at, read_account
from pkdocs.pipeline.attesting import attest, named_records
from pkdocs.pipeline.beside import is_beside
from pkdocs.pipeline.pinning import read_trust_file
from pkdocs.pipeline.reissue import reissue
from pkdocs.pipeline.wording import Wordings, read_wordings
from pkdocs.verification import Facts, examine_pdf, unread_facts
from pkdocs.verification.layout import MAX_FILE_BYTES

Progress = Callable[[int, int], None]

TIMEOUT_S: Final = 60.0
"""For one file; usual are 0.1 s."""


@dataclass(frozen=True, slots=True)
class Means:
    """What the auditor has at hand beside trust: the register's head, its list beside it; templates and workbook.

    ``records`` are files or folders of evidence records, besides those that lie beside the files.
    With templates pages are issued again, with the workbook in its wording.
    """

    register: Path | None = None
    templates: Path | None = None
    workbook: Path | None = None
    jobs: int = 0
    records: tuple[Path, ...] = ()


def verify(paths: Iterable[Path], trust_file: Path, *, at: datetime, means: Means, progress: Progress) -> SetVerdict:
    """Return the verdicts on all PDF files at and below ``paths``, by the trust file and what the register vouches for.

    Heads of the register among the files are no agreements; they are compared with the one that was named. Drafts,
    lists of bundles and prints below a folder are left aside; a file that was named itself is judged.

    Raises:
        TrustError: the trust file cannot be used.
        UsageError: there is no PDF file at all, or a record was named that is of none of them.
        OfficeError, TemplateError, WorkbookError: pages cannot be issued again with what was named for it.
    """
    trust, jobs = read_trust_file(trust_file), means.jobs or cores()
    found = pdf_files(paths)
    heads = [file for file, _ in found if is_head_at(file)]
    files = [file for file, named in found if file not in heads and (named or not is_beside(file))]
    if not files:
        raise UsageError("NOTHING_TO_VERIFY")
    records = named_records(means.records, [*files, *heads])
    exhibits = attest(_exhibits(files, jobs, progress), files, records, jobs=jobs)
    if means.templates:
        exhibits = _compared(exhibits, means.templates, means, trust.qr_addresses)
    account = None
    if means.register:
        account = read_account(means.register, heads, trust, at=at, jobs=jobs, records=records)
    return judge_set(exhibits, trust, account, at=at)


def _compared(exhibits: list[Exhibit], templates: Path, means: Means, addresses: Sequence[str]) -> list[Exhibit]:
    wordings = read_wordings(means.workbook) if means.workbook else Wordings()
    checks = dict(reissue(exhibits, templates, wordings, addresses=addresses, jobs=means.jobs))
    return [replace(exhibit, page=checks.get(exhibit.file, exhibit.page)) for exhibit in exhibits]


def _exhibits(files: Sequence[Path], jobs: int, progress: Progress) -> list[Exhibit]:
    exhibits: list[Exhibit] = []
    looked = run_each(examine_file, files, jobs=jobs, timeout_s=TIMEOUT_S, lost=lost_file)
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
        return unread_facts(reason_of(fault))


def lost_file(_file: Path) -> Facts:
    """Return the facts of a file whose process did not come to an end."""
    return unread_facts(Said("EXAMINATION_LOST"))
