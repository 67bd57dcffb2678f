"""The register that an auditor names, on disk: its head, its list or a proof, and other heads at hand."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from pkdocs.executor import run_each
from pkdocs.files import read_regular
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
    is_head,
    judge_heads,
    older_heads,
    open_account,
    open_proof,
    rewritten_findings,
    unexamined_head,
)
from pkdocs.trust import Trust

TIMEOUT_S: Final = 60.0
"""For one head; usual are 0.02 s."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The register as it was read: what it is worth, the verdict on its head, and those on the ``others`` by file."""

    account: Account
    verdict: HeadVerdict
    others: tuple[tuple[Path, HeadVerdict], ...]


def is_head_at(file: Path) -> bool:
    """Tell whether the file has the form of a head; what cannot be read has none."""
    try:
        return is_head(read_regular(file))
    except OSError:
        return False


def read_account(
    named: Path, others: Sequence[Path], trust: Trust, *, at: datetime, jobs: int, proof: Path | None = None
) -> Account:
    """Return what the head ``named`` and the list beside it are worth, compared with ``others``.

    Each head is examined in a process of its own, with limits of time and memory. Earlier heads that are kept beside
    it say who keeps the register. With ``proof`` no list is looked for: the lines of that file are all that is known.
    A list or proof that cannot be read is absent.
    """
    return read_register(named, others, trust, at=at, jobs=jobs, proof=proof).account


def read_register(
    named: Path, others: Sequence[Path], trust: Trust, *, at: datetime, jobs: int, proof: Path | None = None
) -> Reading:
    """Return the same, with the verdicts on the heads."""
    files = list(dict.fromkeys((named, *others)))
    kept = [file for file in archived_heads(named) if file not in files and is_head_at(file)]
    facts = run_each(_examine, [*files, *kept], jobs=jobs, timeout_s=TIMEOUT_S, lost=_lost)
    verdict, *verdicts = judge_heads(list(facts), trust, at)
    beside = tuple(zip(files[1:], verdicts, strict=False))
    if proof is None:
        account = _by_list(verdict, verdicts, _read(named.parent / LIST_NAME, MAX_LIST_BYTES))
    else:
        account = _by_proof(verdict, [one for _, one in beside], _read(proof, MAX_PROOF_BYTES))
    return Reading(account, verdict, beside)


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


def _examine(file: Path) -> HeadFacts:
    try:
        return examine_head(read_regular(file))
    except OSError:
        return unexamined_head("FILE_NOT_READ")


def _lost(_file: Path) -> HeadFacts:
    return unexamined_head("EXAMINATION_LOST")
