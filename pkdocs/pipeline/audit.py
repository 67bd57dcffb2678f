"""Verification on disk: trust and register are read first, then each file is looked at, and all are judged together."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from pkdocs.chain import Exhibit, SetVerdict, judge_set
from pkdocs.errors import UsageError
from pkdocs.executor import cores, run_each
from pkdocs.pipeline.accounting import read_account
from pkdocs.pipeline.attesting import attest, named_records
from pkdocs.pipeline.basis import with_basis
from pkdocs.pipeline.looking import NOTHING_VOUCHED, Look
from pkdocs.pipeline.pinning import read_trust_file
from pkdocs.pipeline.reissue import reissue
from pkdocs.pipeline.renderers import find_renderers
from pkdocs.pipeline.sources import Source, find_sources
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

    With templates pages are issued again, with the workbook in its wording. With a proof the list is not looked for.
    ``records`` are files or folders of evidence records, besides those that lie beside the files. ``thorough``: each
    file is looked at in every way.
    """

    register: Path | None = None
    templates: Path | None = None
    workbook: Path | None = None
    proof: Path | None = None
    records: tuple[Path, ...] = ()
    jobs: int = 0
    thorough: bool = False


def verify(
    paths: Iterable[Path],
    trust_file: Path,
    *,
    at: datetime,
    means: Means,
    progress: Progress,
    known_as: Callable[[str, str], str] | None = None,
) -> SetVerdict:
    """Return the verdicts on all PDF files at and below ``paths``, and in archives among these.

    They are judged by the trust file and by what the register vouches for.

    Heads of the register among the files are no agreements; they are compared with the one that was named. Drafts,
    lists of bundles and prints below a folder are left aside; a file that was named itself is judged. ``known_as``
    gives the name under which a file is told, of its path and SHA-256.

    Raises:
        TrustError: the trust file cannot be used.
        UsageError: there is no PDF file at all, or a record was named that is of none of them.
        OfficeError, TemplateError, WorkbookError: pages cannot be issued again with what was named for it.
    """
    trust = read_trust_file(trust_file)
    jobs = means.jobs or cores()
    heads, files = _sorted_out(find_sources(paths), means.register)
    if not files:
        raise UsageError("NOTHING_TO_VERIFY")
    records = named_records(means.records, [*files, *heads])
    account = None
    if means.register:
        account = read_account(means.register, heads, trust, at=at, jobs=jobs, proof=means.proof, records=records)
    # whoever asks for pages to be made again shall have them read as well
    vouched = NOTHING_VOUCHED if means.templates else vouched_by(account.register if account else None)
    exhibits = _exhibits(files, vouched, jobs, progress, thorough=means.thorough)
    exhibits = attest(exhibits, files, records, jobs=jobs)
    if means.templates:
        exhibits = _compared(exhibits, means.templates, means, trust.qr_addresses)
    # last, for several files may be known under one name
    if known_as:
        exhibits = [replace(one, file=known_as(one.file, one.facts.sha256)) for one in exhibits]
    verdict = judge_set(exhibits, trust, account, at=at)
    return with_basis(verdict, trust_file, means.templates, means.workbook)


def _sorted_out(found: Iterable[Source], register: Path | None) -> tuple[list[Source], list[Source]]:
    """Return the heads of the register, among them the one that was named, and what is judged."""
    named = register and register.resolve()
    heads: list[Source] = []
    files: list[Source] = []
    for source in found:
        if source.is_head or (named and source.path.name == named.name and source.path.resolve() == named):
            heads.append(source)
        elif source.named or not source.is_beside:
            files.append(source)
    return heads, files


def _compared(exhibits: list[Exhibit], templates: Path, means: Means, addresses: Sequence[str]) -> list[Exhibit]:
    wordings = read_wordings(means.workbook) if means.workbook else Wordings()
    checks = dict(reissue(exhibits, templates, wordings, addresses=addresses, jobs=means.jobs))
    return [replace(exhibit, page=checks.get(exhibit.file, exhibit.page)) for exhibit in exhibits]


def _exhibits(
    files: Sequence[Source], vouched: Vouched, jobs: int, progress: Progress, *, thorough: bool
) -> list[Exhibit]:
    look = Look(vouched, find_renderers() if thorough else ())
    function, first = (look.thoroughly, None) if thorough else (look.strictly, look.quickly)
    timeout_s = THOROUGH_S if thorough else TIMEOUT_S
    looked = run_each(function, files, jobs=jobs, timeout_s=timeout_s, lost=look.lost, first=first)
    unpacker, exhibits = Unpacker(), list[Exhibit]()
    for file, packed in zip(files, looked, strict=True):
        exhibits.append(Exhibit(file.name, unpacker.unpack(packed)))
        progress(len(exhibits), len(files))
    return exhibits
