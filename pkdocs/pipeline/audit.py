"""Verification on disk: trust and register are read first, then each file is looked at, and all are judged together."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from pkdocs.chain import Exhibit, SetVerdict, judge_set
from pkdocs.errors import UsageError
from pkdocs.executor import cores, run_each
from pkdocs.files import pdf_files
from pkdocs.pipeline.accounting import is_head_at, read_account
from pkdocs.pipeline.beside import is_beside
from pkdocs.pipeline.looking import NOTHING_VOUCHED, Look
from pkdocs.pipeline.pinning import read_trust_file
from pkdocs.pipeline.reissue import reissue
from pkdocs.pipeline.renderers import find_renderers
from pkdocs.pipeline.wording import Wordings, read_wordings
from pkdocs.verification import Vouched
from pkdocs.verification.parcel import Unpacker
from pkdocs.vouched import vouched_by

Progress = Callable[[int, int], None]

TIMEOUT_S: Final = 60.0
"""For one file; usual are some milliseconds, or 0.1 s."""
THOROUGH_S: Final = 180.0
"""The same where other programs draw it too, each within limits of its own."""


@dataclass(frozen=True, slots=True)
class Means:
    """What the auditor has at hand beside trust: the register's head, its list beside it; templates and workbook.

    With templates pages are issued again, with the workbook in its wording. ``thorough``: each file is looked at in
    every way.
    """

    register: Path | None = None
    templates: Path | None = None
    workbook: Path | None = None
    jobs: int = 0
    thorough: bool = False


def verify(paths: Iterable[Path], trust_file: Path, *, at: datetime, means: Means, progress: Progress) -> SetVerdict:
    """Return the verdicts on all PDF files at and below ``paths``, by the trust file and what the register vouches for.

    Heads of the register among the files are no agreements; they are compared with the one that was named. Drafts,
    lists of bundles and prints below a folder are left aside; a file that was named itself is judged.

    Raises:
        TrustError: the trust file cannot be used.
        UsageError: there is no PDF file at all.
        OfficeError, TemplateError, WorkbookError: pages cannot be issued again with what was named for it.
    """
    trust = read_trust_file(trust_file)
    jobs = means.jobs or cores()
    found = pdf_files(paths)
    heads = [file for file, _ in found if is_head_at(file)]
    files = [file for file, named in found if file not in heads and (named or not is_beside(file))]
    if not files:
        raise UsageError("NOTHING_TO_VERIFY")
    account = read_account(means.register, heads, trust, at=at, jobs=jobs) if means.register else None
    # whoever asks for pages to be made again shall have them read as well
    vouched = NOTHING_VOUCHED if means.templates else vouched_by(account.register if account else None)
    exhibits = _exhibits(files, vouched, jobs, progress, thorough=means.thorough)
    if means.templates:
        exhibits = _compared(exhibits, means.templates, means, trust.qr_addresses)
    return judge_set(exhibits, trust, account, at=at)


def _compared(exhibits: list[Exhibit], templates: Path, means: Means, addresses: Sequence[str]) -> list[Exhibit]:
    wordings = read_wordings(means.workbook) if means.workbook else Wordings()
    checks = dict(reissue(exhibits, templates, wordings, addresses=addresses, jobs=means.jobs))
    return [replace(exhibit, page=checks.get(exhibit.file, exhibit.page)) for exhibit in exhibits]


def _exhibits(
    files: Sequence[Path], vouched: Vouched, jobs: int, progress: Progress, *, thorough: bool
) -> list[Exhibit]:
    look = Look(vouched, find_renderers() if thorough else ())
    function, first = (look.thoroughly, None) if thorough else (look.strictly, look.quickly)
    timeout_s = THOROUGH_S if thorough else TIMEOUT_S
    looked = run_each(function, files, jobs=jobs, timeout_s=timeout_s, lost=look.lost, first=first)
    unpacker, exhibits = Unpacker(), list[Exhibit]()
    for file, packed in zip(files, looked, strict=True):
        exhibits.append(Exhibit(str(file), unpacker.unpack(packed)))
        progress(len(exhibits), len(files))
    return exhibits
