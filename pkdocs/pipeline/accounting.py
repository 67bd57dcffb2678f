"""The register that an auditor names, on disk: its head, its list or a proof, and other heads at hand."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from pkdocs.executor import run_each
from pkdocs.files import digest, read_regular
from pkdocs.pipeline.attesting import NO_RECORDS, Records, attest_heads
from pkdocs.pipeline.sources import Source, SourceError
from pkdocs.register import (
    LIST_NAME,
    MAX_LIST_BYTES,
    MAX_PROOF_BYTES,
    Account,
    HeadFacts,
    HeadVerdict,
    Proven,
    archived_heads,
    begins_list,
    compare_heads,
    examine_head,
    growth_findings,
    judge_heads,
    older_heads,
    open_account,
    open_proof,
    rewritten_findings,
    unexamined_head,
)
from pkdocs.trust import Trust
from pkdocs.verification import Finding, Step, Weight, find
from pkdocs.verification.basis import Basis, Use

TIMEOUT_S: Final = 60.0
"""For one head; usual are 0.02 s."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The register as it was read: what it is worth, the verdict on its head, and those on the ``others`` by file."""

    account: Account
    verdict: HeadVerdict
    others: tuple[tuple[Source, HeadVerdict], ...]


def read_account(
    named: Path,
    others: Sequence[Source],
    trust: Trust,
    *,
    at: datetime,
    jobs: int,
    proof: Path | None = None,
    records: Records = NO_RECORDS,
) -> Account:
    """Return what the head ``named`` and the list beside it are worth, compared with ``others``.

    Each head is examined in a process of its own, with limits of time and memory. Earlier heads that are kept beside
    it say who keeps the register. With ``proof`` no list is looked for: the lines of that file are all that is known.
    A list or proof that cannot be read is absent. Evidence records of heads lie beside them, or are among ``records``.
    """
    reading = read_register(named, others, trust, at=at, jobs=jobs, proof=proof, records=records)
    account = reading.account
    return replace(account, findings=(*account.findings, *_unread_findings(reading.others)))


def read_register(
    named: Path,
    others: Sequence[Source],
    trust: Trust,
    *,
    at: datetime,
    jobs: int,
    proof: Path | None = None,
    records: Records = NO_RECORDS,
) -> Reading:
    """Return the same, with the verdicts on the heads."""
    # it may lie among them, found by another path
    files = [Source.of(named), *(one for one in others if one.entry or one.path.resolve() != named.resolve())]
    kept = [one for one in map(Source.of, archived_heads(named)) if one not in files and one.is_head]
    facts = list(run_each(_examine, [*files, *kept], jobs=jobs, timeout_s=TIMEOUT_S, lost=_lost))
    facts = attest_heads(facts, [*files, *kept], records, jobs=jobs)
    verdict, *verdicts = judge_heads(facts, trust, at)
    beside = tuple(zip(files[1:], verdicts, strict=False))
    if proof is None:
        use, file, data = Use.LIST, named.parent / LIST_NAME, _read(named.parent / LIST_NAME, MAX_LIST_BYTES)
        account = _by_list(verdict, verdicts, data)
    else:
        use, file, data = Use.PROOF, proof, _read(proof, MAX_PROOF_BYTES)
        account = _by_proof(verdict, [one for _, one in beside], data)
    heads = (
        Basis(Use.HEAD if place else Use.REGISTER, one.name, found.sha256)
        for place, (one, found) in enumerate(zip([*files, *kept], facts, strict=True))
    )
    lines = () if data is None else (Basis(use, str(file), digest(data)),)
    return Reading(replace(account, sources=(*heads, *lines)), verdict, beside)


def _unread_findings(others: Iterable[tuple[Source, HeadVerdict]]) -> Iterator[Finding]:
    """Yield that files begin as heads and are none: nobody judges them as agreements, so they are not passed over."""
    unread = [file.base for file, verdict in others if verdict.head is None]
    if unread:
        yield find("HEAD_UNREADABLE", Step.SET, Weight.UNKNOWN, count=len(unread), file=unread[0])


def _by_list(verdict: HeadVerdict, others: Sequence[HeadVerdict], data: bytes | None) -> Account:
    head = verdict.believed_head
    account = open_account(head, verdict.findings, data)
    if head is None or account.register is None:
        return account
    heads = {one: one.believed_head for one in others}
    believed = [one for one in heads.values() if one]
    older = older_heads(head, believed)
    found = (*account.findings, *compare_heads(head, believed), *rewritten_findings(older, data))
    sound = [one for one, its in heads.items() if its in older and its is not None and begins_list(its, data)]
    return Account(replace(account.register, proven=tuple(_proven((verdict, *sound)))), found)


def _by_proof(verdict: HeadVerdict, others: Sequence[HeadVerdict], data: bytes | None) -> Account:
    head = verdict.believed_head
    account, proof = open_proof(head, verdict.findings, data)
    if head is None or account.register is None:
        return account
    believed = [one.believed_head for one in others if one.believed_head]
    grown = growth_findings(head, proof, older_heads(head, believed))
    register = replace(account.register, proven=tuple(_proven((verdict,))))
    return Account(register, (*account.findings, *compare_heads(head, believed), *grown))


def _proven(verdicts: Iterable[HeadVerdict]) -> Iterator[Proven]:
    for verdict in verdicts:
        if verdict.head is not None and verdict.proven is not None:
            yield Proven(verdict.head.size, verdict.proven)


def _read(file: Path, limit: int) -> bytes | None:
    try:
        return read_regular(file, limit=limit)
    except OSError:
        return None


def _examine(file: Source) -> HeadFacts:
    try:
        return examine_head(file.read())
    except SourceError:
        return unexamined_head("FILE_NOT_READ")


def _lost(_file: Source) -> HeadFacts:
    return unexamined_head("EXAMINATION_LOST")
