"""When something was there at the latest: the timestamps of one file that are believed (ETSI EN 319 102-1, 5.6.3)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pkdocs.trust import Trust
from pkdocs.verification.algorithms import policy_of
from pkdocs.verification.attestation import Attestation
from pkdocs.verification.authority import AuthorityJudge
from pkdocs.verification.certificates import When
from pkdocs.verification.evidence import Evidence, Library
from pkdocs.verification.finding import Finding, Step, Sub, Weight, find
from pkdocs.verification.records import RecordJudge, name_of_record
from pkdocs.verification.revocation import Known
from pkdocs.verification.signature import Signature
from pkdocs.verification.stamp import Stamp, name_of_stamp
from pkdocs.verification.token import Token

ORDER_SLACK: Final = timedelta(minutes=1)
"""How far the clocks of two authorities may be apart; both promise a second or so (EN 319 421)."""


class Source(StrEnum):
    """What proves a time."""

    TIMESTAMP = "timestamp"
    DOCUMENT = "document-timestamp"
    RECORD = "evidence-record"
    REGISTER = "register"
    HEAD = "register-timestamp"


@dataclass(frozen=True, slots=True)
class Proof:
    """That a signature was there ``at`` that time at the latest, and what says so."""

    at: datetime
    source: Source


@dataclass(frozen=True, slots=True)
class _Mark:
    """One timestamp of a file: over the bytes up to ``end``; ``field`` is the signature's or its own."""

    field: str
    end: int
    token: Token
    source: Source

    def covers(self, end: int) -> bool:
        """Tell whether it is over a revision that ends at ``end``: a document timestamp, in one after, or a record."""
        return self.end > end if self.source is Source.DOCUMENT else self._is_record and self.end >= end

    @property
    def _is_record(self) -> bool:
        return self.source is Source.RECORD

    @property
    def place(self) -> tuple[int, bool, datetime]:
        """Where it stands among others: a record over a revision after all that is in it, of two the later one."""
        return self.end, self._is_record, self.token.time


@dataclass(frozen=True, slots=True)
class Timeline:
    """The timestamps of one file that are believed, and what its evidence is worth.

    ``findings`` are about the others, those about a signature's timestamp by its field, those about the document's
    under ''.
    """

    marks: tuple[_Mark, ...] = ()
    known: tuple[Known, ...] = ()
    findings: tuple[tuple[str, Finding], ...] = ()

    def proof(self, signature: Signature) -> Proof | None:
        """Return the earliest proof of ``signature``: its own timestamp, or one of the document or a record over it.

        Of one time its own counts: it says more about when the signature was made.
        """
        about = (
            mark
            for mark in self.marks
            if mark.covers(signature.end) or (mark.field, mark.end) == (signature.field, signature.end)
        )
        proofs = (Proof(mark.token.latest, mark.source) for mark in about)
        return min(proofs, key=lambda proof: (proof.at, proof.source is not Source.TIMESTAMP), default=None)

    def about(self, field: str) -> Iterator[Finding]:
        """Yield the findings about the timestamp of the signature in ``field``; '': about document timestamps."""
        return (finding for named, finding in self.findings if named == field)


NO_TIMELINE: Final = Timeline()


class TimeJudge:
    """Judges timestamps by one trust file at one time."""

    def __init__(self, trust: Trust, at: datetime, library: Library) -> None:
        self._at = at
        self._authorities = AuthorityJudge(trust, at, library)
        self._records = RecordJudge(self._authorities, policy_of(trust), at)

    def timeline(
        self,
        signatures: Iterable[Signature],
        stamps: Iterable[Stamp],
        evidence: tuple[Evidence, ...],
        records: Iterable[Attestation] = (),
    ) -> Timeline:
        """Return what is proven by the timestamps of one file, and by evidence records over it.

        The last one is judged at the time of judging, each one before at the time that those over it prove: so one
        whose authority has ended still counts, if another was put over it in time.
        """
        believed: list[_Mark] = []
        findings: list[tuple[str, Finding]] = []
        for record in records:
            first, wrong = self._records.judge(record)
            findings.extend(("", finding) for finding in wrong)
            if first:
                believed.append(_Mark(record.name, record.end, first, Source.RECORD))
        for mark in sorted(_marks(signatures, stamps), key=lambda one: one.place, reverse=True):
            if finding := self._wrong(mark, believed, evidence):
                findings.append(_placed(mark, finding))
            else:
                believed.append(mark)
        believed.sort(key=lambda one: one.place, reverse=True)
        findings += (_placed(mark, _out_of_order(mark)) for mark in _disordered(believed))
        return Timeline(tuple(believed), tuple(self._known(evidence, believed)), tuple(findings))

    def _wrong(self, mark: _Mark, later: list[_Mark], evidence: tuple[Evidence, ...]) -> Finding | None:
        """Return why ``mark`` proves nothing; None if it does."""
        token = mark.token
        if token.time > self._at:
            return find("TIMESTAMP_LATER", Step.CERTIFICATES, Weight.WARNING, time=_written(token.time))
        proven = min((one.token.latest for one in later if one.covers(mark.end)), default=None)
        cause = self._authorities.doubt(token, When(proven, tuple(self._known(evidence, later))))
        return find("TIMESTAMP_NOT_BELIEVED", Step.CERTIFICATES, Weight.WARNING, cause=cause) if cause else None

    def _known(self, evidence: tuple[Evidence, ...], believed: list[_Mark]) -> Iterator[Known]:
        """Yield the evidence with the time since when it is known: a document timestamp covers its own revision too."""
        over = [mark for mark in believed if mark.source is not Source.TIMESTAMP]
        for one in evidence:
            proven = (mark.token.latest for mark in over if mark.end >= one.end)
            yield Known(one, min(proven, default=self._at))


def _marks(signatures: Iterable[Signature], stamps: Iterable[Stamp]) -> Iterator[_Mark]:
    for signature in signatures:
        if signature.timestamp is not None:
            yield _Mark(signature.field, signature.end, signature.timestamp, Source.TIMESTAMP)
    for stamp in stamps:
        if stamp.token is not None:
            yield _Mark(stamp.field, stamp.end, stamp.token, Source.DOCUMENT)


def _disordered(believed: list[_Mark]) -> Iterator[_Mark]:
    """Yield those that are of an earlier time than one in a revision before; ``believed`` are latest first.

    What lies outside of the file, a record over its beginning, may be made long after the file has grown.
    """
    latest: datetime | None = None
    for mark in reversed(believed):
        if latest is not None and mark.token.latest + ORDER_SLACK < latest:
            yield mark
        if mark.source is Source.RECORD:
            continue
        begun = mark.token.time - mark.token.accuracy
        latest = begun if latest is None else max(latest, begun)


def _placed(mark: _Mark, finding: Finding) -> tuple[str, Finding]:
    """Return ``finding`` with the field that it is about; one about the document names its timestamp itself."""
    if mark.source is Source.TIMESTAMP:
        return mark.field, finding
    is_record = mark.source is Source.RECORD
    named = (("role", name_of_record(mark.field) if is_record else name_of_stamp(mark.field)),)
    return "", replace(finding, params=(*finding.params, *named))


def _out_of_order(mark: _Mark) -> Finding:
    return find(
        "TIMESTAMP_ORDER",
        Step.CERTIFICATES,
        Weight.UNKNOWN,
        sub=Sub.TIMESTAMP_ORDER_FAILURE,
        time=_written(mark.token.time),
    )


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
