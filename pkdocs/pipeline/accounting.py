"""The register that an auditor names, on disk: its head, its list, and other heads at hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from pkdocs.executor import run_each
from pkdocs.files import read_regular
from pkdocs.pipeline.attesting import NO_RECORDS, Records, attest_heads
from pkdocs.register import (
    LIST_NAME,
    MAX_LIST_BYTES,
    Account,
    HeadFacts,
    compare_heads,
    examine_head,
    is_head,
    judge_head,
    open_account,
    unexamined_head,
)
from pkdocs.trust import Trust

TIMEOUT_S: Final = 60.0
"""For one head; usual are 0.02 s."""


def is_head_at(file: Path) -> bool:
    """Tell whether the file has the form of a head; what cannot be read has none."""
    try:
        return is_head(read_regular(file))
    except OSError:
        return False


def read_account(
    named: Path,
    others: Sequence[Path],
    trust: Trust,
    *,
    at: datetime,
    jobs: int,
    records: Records = NO_RECORDS,
) -> Account:
    """Return what the head ``named`` and the list beside it are worth, compared with ``others``.

    Evidence records of heads lie beside them, or are among ``records``.
    Each head is examined in a process of its own, with limits of time and memory. A list that cannot be read is absent.
    """
    heads = list(dict.fromkeys((named, *others)))
    facts = list(run_each(_examine, heads, jobs=jobs, timeout_s=TIMEOUT_S, lost=_lost))
    facts = attest_heads(facts, heads, records, jobs=jobs)
    verdict, *verdicts = (judge_head(one, trust, at) for one in facts)
    data = _read_list(named.parent / LIST_NAME)
    account = open_account(verdict.head if verdict.believed else None, verdict.findings, data)
    if account.register is None:
        return account
    rivals = [one.head for one in verdicts if one.believed and one.head]
    return replace(account, findings=(*account.findings, *compare_heads(account.register.head, rivals, data)))


def _read_list(file: Path) -> bytes | None:
    try:
        return read_regular(file, limit=MAX_LIST_BYTES)
    except OSError:
        return None


def _examine(file: Path) -> HeadFacts:
    try:
        return examine_head(read_regular(file))
    except OSError:
        return unexamined_head("FILE_NOT_READ")


def _lost(_file: Path) -> HeadFacts:
    return unexamined_head("EXAMINATION_LOST")
