"""Evidence records on disk, as verification reads them: beside the files that they are of, or named."""

import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeVar

from pkdocs.chain import Exhibit
from pkdocs.errors import UsageError
from pkdocs.executor import run_each
from pkdocs.files import digest
from pkdocs.messages import Said
from pkdocs.pipeline.sources import Source, SourceError
from pkdocs.register import HeadFacts, archive_name
from pkdocs.verification import Facts, Finding, Step, Weight, find
from pkdocs.verification.attestation import Attestation, Beginnings, RecordError, Renewals, read_record
from pkdocs.verification.basis import Basis, Use
from pkdocs.verification.ers import MAX_RECORD_BYTES, RECORD_SUFFIX

_LOG: Final = logging.getLogger(__name__)

TIMEOUT_S: Final = 60.0
"""For the records of one file; usual are 0.002 s."""

_OF_REGISTER: Final = re.compile(r"register-[1-9][0-9]*\.(?:pdf|jsonl)")
"""Heads and lists have other names when their records are made than later."""

Records = Mapping[str, Sequence[Source]]
"""Records that were named, by the name of the file that they are of."""
NO_RECORDS: Final[Records] = MappingProxyType({})
Used = tuple[Basis, ...]
"""The records that were read, with their digests."""
_Shared = dict[tuple[Renewals, ...], tuple[Renewals, ...]]


@dataclass(frozen=True, slots=True)
class Task:
    """The records of one file, and its beginnings as far as they are known from examining it."""

    file: Source
    revisions: tuple[tuple[int, str], ...]
    records: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """What the records of one file prove, what is wrong with those that prove nothing, and which were read."""

    attested: tuple[Attestation, ...] = ()
    findings: tuple[Finding, ...] = ()
    used: tuple[Basis, ...] = ()


def record_of(file: Path) -> Path:
    """Return where the record of ``file`` lies."""
    return file.with_name(file.name + RECORD_SUFFIX)


def names_of(version: int) -> tuple[str, str]:
    """Return the names of the records of a head and of the list that it covers, whatever their files are called now."""
    head = archive_name(version)
    return head + RECORD_SUFFIX, f"{Path(head).stem}.jsonl{RECORD_SUFFIX}"


def named_records(paths: Iterable[Path], files: Iterable[Source]) -> Records:
    """Return the records at and below ``paths``.

    Raises:
        UsageError: one that was named itself is of none of ``files``.
    """
    names = {file.base for file in files}
    found: dict[str, list[Source]] = defaultdict(list)
    for path in paths:
        for record in sorted(path.rglob(f"*{RECORD_SUFFIX}")) if path.is_dir() else [path]:
            name = record.name.removesuffix(RECORD_SUFFIX)
            if path == record and name not in names and not _OF_REGISTER.fullmatch(name):
                raise UsageError("RECORD_OF_NO_FILE", record=record.name)
            found[name].append(Source.of(record))
    return found


def attest(
    exhibits: Sequence[Exhibit], files: Sequence[Source], records: Records, *, jobs: int
) -> tuple[list[Exhibit], Used]:
    """Return ``exhibits``, which are of ``files``, with the evidence records that there are of them; and these.

    Records are read in processes of their own, as files are. A file that could not be read has nothing to be proven.
    """
    pairs = zip(exhibits, files, strict=True)
    tasks = [_task(file, exhibit.facts.revisions, records) for exhibit, file in pairs]
    read = _read_all([task for task in tasks if task.revisions], jobs)
    attested = [
        replace(one, facts=_with(one.facts, read.get(task, Read()))) for one, task in zip(exhibits, tasks, strict=True)
    ]
    return attested, _used(read)


def attest_heads(
    heads: Sequence[HeadFacts], files: Sequence[Source], records: Records, *, jobs: int
) -> tuple[list[HeadFacts], Used]:
    """Return ``heads``, which are of ``files``, with the evidence records that there are of them; and these."""
    tasks = [
        _task(file, (), records, archive_name(facts.head.version)) if facts.head else Task(file, (), ())
        for facts, file in zip(heads, files, strict=True)
    ]
    read = _read_all(tasks, jobs)
    return [_with(facts, read.get(task, Read())) for facts, task in zip(heads, tasks, strict=True)], _used(read)


def _used(read: Mapping[Task, Read]) -> Used:
    """Return the records in an order that does not depend on where files lie: a report of them may be checked there."""
    used = {one for found in read.values() for one in found.used}
    return tuple(sorted(used, key=lambda one: (one.sha256, one.file)))


def _read_all(tasks: Iterable[Task], jobs: int) -> Mapping[Task, Read]:
    wanted = [task for task in tasks if task.records]
    # by processes that last, one for each record costs more than reading it; where one dies another reads the next
    looked = run_each(read_task, wanted, jobs=jobs, timeout_s=TIMEOUT_S, lost=lost, first=read_task)
    shared: _Shared = {}
    return {
        task: replace(read, attested=_with_shared(read.attested, shared))
        for task, read in zip(wanted, looked, strict=True)
    }


def _with_shared(attested: Iterable[Attestation], shared: _Shared) -> tuple[Attestation, ...]:
    """Return the same with tokens that others have too: thousands of records come with the same ones."""
    return tuple(replace(one, chains=shared.setdefault(one.chains, one.chains)) for one in attested)


_Facts = TypeVar("_Facts", Facts, HeadFacts)


def _with(facts: _Facts, read: Read) -> _Facts:
    return replace(facts, records=read.attested, findings=(*facts.findings, *read.findings))


def _task(file: Source, revisions: tuple[tuple[int, str], ...], records: Records, base: str = "") -> Task:
    """Return the task for ``file``; ``base`` is what its record is called after, if another name than its own."""
    beside = file.record(base)
    found = [beside] if beside else []
    return Task(file, revisions, tuple(dict.fromkeys((*found, *records.get(base or file.base, ())))))


def read_task(task: Task) -> Read:
    """Return what the records of one file prove; it never raises for what is in them."""
    attested: list[Attestation] = []
    findings: list[Finding] = []
    used: list[Basis] = []
    for record in task.records:
        try:
            data = record.read(limit=MAX_RECORD_BYTES)
        except SourceError as fault:
            used.append(Basis(Use.RECORD, record.name, ""))
            findings.append(_unread(record, fault.refusal.reason))
            continue
        used.append(Basis(Use.RECORD, record.name, digest(data)))
        told = _read(data, record, task)
        if isinstance(told, Attestation):
            attested.append(told)
        else:
            findings.append(told)
    return Read(tuple(attested), tuple(findings), tuple(used))


def _read(data: bytes, record: Source, task: Task) -> Attestation | Finding:
    try:
        beginnings = (
            Beginnings(task.revisions, task.file.read) if task.revisions else Beginnings.by_revision(task.file.read())
        )
        return read_record(data, record.base, beginnings)
    except RecordError as fault:
        return fault.finding(record.base)
    except SourceError as fault:
        return _unread(record, fault.refusal.reason)
    except Exception as fault:  # noqa: BLE001 the border: a record may be anything
        _LOG.warning("record not read: %s", type(fault).__name__)
        return _unread(record, type(fault).__name__)


def lost(task: Task) -> Read:
    """Return what is said of records whose reading did not come to an end."""
    lost_ones = tuple(_unread(record, Said("EXAMINATION_LOST")) for record in task.records)
    return Read((), lost_ones, tuple(Basis(Use.RECORD, record.name, "") for record in task.records))


def _unread(record: Source, reason: Said | str) -> Finding:
    return find("RECORD_UNREADABLE", Step.CERTIFICATES, Weight.WARNING, record=record.base, reason=reason)
