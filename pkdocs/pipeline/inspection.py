"""Inspecting signed PDFs on disk, each in a process of its own, whoever made them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

from pkdocs.chain import judge_alone
from pkdocs.executor import cores, run_each
from pkdocs.messages import Said
from pkdocs.pipeline.sources import Source, SourceError
from pkdocs.register import HeadFacts, archived_heads, examine_head, inspect_head, is_head, judge_head_alone
from pkdocs.trust import Trust
from pkdocs.verification import Step, Weight, examine_pdf, find
from pkdocs.verification.agreement import inspect_agreement
from pkdocs.verification.foreign import inspect_foreign, judge_identities
from pkdocs.verification.inspection import Inspection, uninspected

Progress = Callable[[int, int], None]

_CODES: Final = {"FILE_NOT_READ": "INSPECT_NOT_READ"}
"""What is said here of a file that cannot be read."""
TIMEOUT_S: Final = 10.0
"""For one file; usual are 0.1 s."""
MAX_HEADS: Final = 100
"""Beside a head, the newest of them; each takes 0.02 s."""


@dataclass(frozen=True, slots=True)
class Basis:
    """By what signers are judged, and when; without a trust file they are not, and that is said."""

    trust: Trust | None
    at: datetime


def inspect(files: Sequence[Source], basis: Basis | None, *, jobs: int, progress: Progress) -> Iterator[Inspection]:
    """Yield what was found in each of ``files``; without ``basis`` only whether it is intact.

    A file that kills its process or takes too long cannot be judged, and hides no other.
    """
    look = partial(inspect_file, basis=basis)
    found = run_each(look, files, jobs=jobs or cores(), timeout_s=TIMEOUT_S, lost=_lost)
    for done, inspection in enumerate(found, 1):
        progress(done, len(files))
        yield inspection


def _lost(_file: Source) -> Inspection:
    return uninspected(Said("EXAMINATION_LOST"), code="INSPECT_LOST")


def inspect_file(file: Source, basis: Basis | None) -> Inspection:
    """Return what was found in one file; one that cannot be read counts as such."""
    try:
        pdf = file.read()
    except SourceError as fault:
        code = _CODES.get(fault.refusal.code, fault.refusal.code)
        return uninspected(fault.refusal.reason, code=code)
    return next(found for look in _KINDS if (found := look(pdf, file, basis)) is not None)


def _agreement(pdf: bytes, _file: Source, basis: Basis | None) -> Inspection | None:
    """Look at an agreement of ours as ``verify`` would at one file alone; None if it is none."""
    facts = examine_pdf(pdf)
    if facts.content is None:
        return None
    inspection = inspect_agreement(facts, facts.content, size=len(pdf))
    if basis is None or basis.trust is None:
        return _unjudged(inspection, basis)
    return judge_alone(inspection, facts, basis.trust, at=basis.at)


def _head(pdf: bytes, file: Source, basis: Basis | None) -> Inspection | None:
    """Look at a head of the register without its list, and at earlier ones beside it; None if it is none."""
    if not is_head(pdf):
        return None
    facts = examine_head(pdf)
    if facts.head is None:
        return None
    inspection = inspect_head(facts, facts.head, size=len(pdf))
    if basis is None or basis.trust is None:
        return _unjudged(inspection, basis)
    return judge_head_alone(inspection, facts, tuple(_heads_beside(file)), basis.trust, at=basis.at)


def _heads_beside(file: Source) -> Iterator[HeadFacts]:
    """Yield the other heads that are kept beside ``file``, which say who keeps the register; none in an archive."""
    kept = archived_heads(file.path) if file.entry is None else ()
    for one in map(Source.of, kept[-MAX_HEADS:]):
        if one.path != file.path and one.is_head:
            try:
                yield examine_head(one.read())
            except SourceError:
                continue


def _foreign(pdf: bytes, _file: Source, basis: Basis | None) -> Inspection:
    inspection = inspect_foreign(pdf)
    if basis is None or basis.trust is None:
        return _unjudged(inspection, basis)
    return judge_identities(inspection, basis.trust, basis.at)


_KINDS: Final[tuple[Callable[[bytes, Source, Basis | None], Inspection | None], ...]] = (_head, _agreement, _foreign)
"""Whoever knows a file first says what it is; the last takes all."""


def _unjudged(inspection: Inspection, basis: Basis | None) -> Inspection:
    """Return ``inspection`` with the word that nobody's identity was judged, if more than integrity was asked for."""
    if basis is None:
        return inspection
    finding = find("IDENTITY_NOT_JUDGED", Step.CERTIFICATES, Weight.UNKNOWN)
    return replace(inspection, signatures=tuple(replace(one, identity=(finding,)) for one in inspection.signatures))
