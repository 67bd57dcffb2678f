"""The register that an auditor names, on disk: its head, its list, and other heads at hand."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from pkdocs.executor import run_each
from pkdocs.files import digest, read_regular
from pkdocs.pipeline.sources import Source, SourceError
from pkdocs.register import (
    LIST_NAME,
    MAX_LIST_BYTES,
    Account,
    HeadFacts,
    compare_heads,
    examine_head,
    judge_head,
    open_account,
    unexamined_head,
)
from pkdocs.trust import Trust
from pkdocs.verification.basis import Basis, Use

TIMEOUT_S: Final = 60.0
"""For one head; usual are 0.02 s."""


def read_account(named: Path, others: Sequence[Source], trust: Trust, *, at: datetime, jobs: int) -> Account:
    """Return what the head ``named`` and the list beside it are worth, compared with ``others``.

    Each head is examined in a process of its own, with limits of time and memory. A list that cannot be read is absent.
    """
    heads = list(dict.fromkeys((Source.of(named), *others)))
    facts = list(run_each(_examine, heads, jobs=jobs, timeout_s=TIMEOUT_S, lost=_lost))
    verdict, *verdicts = (judge_head(one, trust, at) for one in facts)
    list_file = named.parent / LIST_NAME
    data = _read_list(list_file)
    account = open_account(verdict.head if verdict.believed else None, verdict.findings, data)
    account = replace(account, sources=tuple(_sources(heads, facts, list_file, data)))
    if account.register is None:
        return account
    rivals = [one.head for one in verdicts if one.believed and one.head]
    return replace(account, findings=(*account.findings, *compare_heads(account.register.head, rivals, data)))


def _sources(
    heads: Sequence[Source], facts: Sequence[HeadFacts], list_file: Path, data: bytes | None
) -> Iterator[Basis]:
    for file, found in zip(heads, facts, strict=True):
        yield Basis(Use.REGISTER if file is heads[0] else Use.HEAD, file.name, found.sha256)
    if data is not None:
        yield Basis(Use.LIST, str(list_file), digest(data))


def _read_list(file: Path) -> bytes | None:
    try:
        return read_regular(file, limit=MAX_LIST_BYTES)
    except OSError:
        return None


def _examine(file: Source) -> HeadFacts:
    try:
        return examine_head(file.read())
    except SourceError:
        return unexamined_head("FILE_NOT_READ")


def _lost(_file: Source) -> HeadFacts:
    return unexamined_head("EXAMINATION_LOST")
