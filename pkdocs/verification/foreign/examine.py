"""Any signed PDF to an inspection: rules on the bytes first, then pyHanko's judgement, then what came later."""

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeVar

from pyhanko.pdf_utils.generic import parse_pdf_date
from pyhanko.sign.validation.generic_cms import extract_self_reported_ts
from pypdfium2 import PdfiumError

from pkdocs.verification.certificates import name_of_subject
from pkdocs.verification.container import certificates_above
from pkdocs.verification.finding import Finding, Step, Weight, find
from pkdocs.verification.foreign.changes import Review, review_changes
from pkdocs.verification.foreign.cms import certificates_in, read_container, signer_of
from pkdocs.verification.foreign.fault import InspectionError
from pkdocs.verification.foreign.fields import Permission, read_fields
from pkdocs.verification.foreign.held import Held
from pkdocs.verification.foreign.looks import Looks, demand_same_looks
from pkdocs.verification.foreign.opening import Opened
from pkdocs.verification.foreign.ranges import Range, demand_alone, read_range
from pkdocs.verification.foreign.seal import Seal, check_seal, check_timestamp, raw_certificates
from pkdocs.verification.foreign.tail import loose_bytes
from pkdocs.verification.foreign.view import View
from pkdocs.verification.inspection import Coverage, InspectedSignature, Inspection, Level, shown

MAX_SIGNATURES: Final = 200

_UNREADABLE: Final = {
    Step.FILE: "INSPECT_UNREADABLE",
    Step.SIGNATURES: "INSPECT_SIGNATURE_UNREADABLE",
    Step.REVISIONS: "INSPECT_LATER_UNREADABLE",
}
_LOG: Final = logging.getLogger(__name__)
# what it warns of becomes findings
logging.getLogger("pyhanko").addHandler(logging.NullHandler())

_T = TypeVar("_T")


def inspect_foreign(pdf: bytes) -> Inspection:
    """Return what can be said of a PDF whoever made it; it never raises for what is in the file, and needs no clock.

    Whose a signature is, and whether its certificate was good, is not judged. Document timestamps are no signatures
    of anybody: they count for the level, and a broken one speaks against the file.
    """
    return _Examination(pdf).inspection()


@dataclass(slots=True)
class _Mark:
    """One filled signature field at work: what could be read of it so far."""

    name: str
    findings: list[Finding] = field(default_factory=list)
    held: Held | None = None
    covered: Range | None = None
    seal: Seal | None = None
    stamped: datetime | None = None

    @property
    def is_timestamp(self) -> bool:
        """Whether it is a document timestamp instead of somebody's signature."""
        return self.held is not None and self.held.is_timestamp

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against it."""
        return not any(finding.weight in {Weight.FAIL, Weight.UNKNOWN} for finding in self.findings)


class _Examination:
    """One file; the steps in their order, each with the one border that catches what libraries raise."""

    def __init__(self, pdf: bytes) -> None:
        self._pdf = pdf
        self._findings: list[Finding] = []
        self._now: View | None = None
        self._shown: Looks | None = None
        self._states = 1

    def inspection(self) -> Inspection:
        opened = self._border(Step.FILE, self._findings, "", partial(Opened, self._pdf))
        marks = self._border(Step.FILE, self._findings, "", partial(self._marks, opened)) if opened else None
        signatures: tuple[InspectedSignature, ...] = ()
        if opened is not None and marks is not None:
            if opened.before:
                self._findings.append(find("INSPECT_BEFORE", Step.FILE, Weight.WARNING, count=opened.before))
            judge = self._mended if opened.is_mended else partial(self._tail, opened)
            self._border(Step.FILE, self._findings, "", partial(judge, marks), "INSPECT_TAIL_DAMAGED")
            signatures = tuple(self._signatures(opened, marks))
        return Inspection(hashlib.sha256(self._pdf).hexdigest(), tuple(self._findings), signatures)

    def _signatures(self, opened: Opened, marks: Sequence[_Mark]) -> Iterator[InspectedSignature]:
        stamps = [mark for mark in marks if mark.is_timestamp]
        self._states = len(marks)
        for mark in marks:
            self._border(Step.REVISIONS, mark.findings, mark.name, partial(self._later, opened, mark))
        if len(stamps) == len(marks):
            self._findings.append(find("INSPECT_NO_SIGNATURE", Step.SIGNATURES, Weight.UNKNOWN))
        self._findings.extend(finding for mark in stamps for finding in mark.findings)
        for mark in marks:
            if not mark.is_timestamp:
                yield self._inspected(mark, stamps)

    def _border(
        self, step: Step, findings: list[Finding], name: str, work: Callable[[], _T], code: str = ""
    ) -> _T | None:
        """Return what ``work`` gives; what it or a library below raises becomes one of ``findings``."""
        try:
            return work()
        except InspectionError as fault:
            findings.append(fault.finding(name))
        except Exception as fault:  # noqa: BLE001 the one border: libraries raise many kinds on damaged files
            kind = type(fault).__name__
            _LOG.info("step %d: %s", step, kind, exc_info=fault)
            findings.append(find(code or _UNREADABLE[step], step, Weight.UNKNOWN, field=name, kind=kind))
        return None

    def _marks(self, opened: Opened) -> list[_Mark]:
        filled = opened.fields
        if len(filled) > MAX_SIGNATURES:
            raise InspectionError("INSPECT_TOO_MANY", Step.FILE, Weight.UNKNOWN, {"count": len(filled)})
        marks = []
        for name, value, entry in filled:
            mark = _Mark(shown(str(name)))
            marks.append(mark)
            work = partial(self._mark, mark, opened, value, entry)
            self._border(Step.SIGNATURES, mark.findings, mark.name, work)
        return sorted(marks, key=lambda mark: mark.covered.end if mark.covered else len(self._pdf) + 1)

    def _mark(self, mark: _Mark, opened: Opened, value: Any, entry: Any) -> None:
        held = Held.read(opened.reader, value, entry)
        mark.held = held
        covered = read_range(self._pdf, held.numbers, held.container)
        demand_alone(self._pdf, held.place + opened.shift if held.place >= 0 else -1, covered)
        mark.covered = covered
        digest = partial(covered.digest, self._pdf)
        if mark.is_timestamp:
            mark.stamped = check_timestamp(held, digest)
        else:
            mark.seal = check_seal(held, digest)
            mark.findings.extend(remark.finding(mark.name) for remark in mark.seal.remarks)

    def _later(self, opened: Opened, mark: _Mark) -> None:
        """Judge what later revisions did to what this signature covers."""
        if mark.held is None or mark.covered is None or mark.covered.is_whole(self._pdf):
            return
        old = View(opened.body(mark.covered.end))
        self._now = self._now or View(opened.body(len(self._pdf)))
        before, after = (_count_signed(view, mark.held) for view in (old, self._now))
        if before == 0:
            raise InspectionError.changed("INSPECT_OUTSIDE")
        if after > before:
            raise InspectionError.changed("INSPECT_TWICE", count=after)
        if self._now.damage - old.damage:
            # a reader that mends it may see something else there
            raise InspectionError("LATER_DAMAGED", Step.REVISIONS, Weight.UNKNOWN, {})
        permitted = mark.held.permitted
        review = review_changes(old, self._now, Permission(permitted, mark.held.is_locked))
        mark.findings.extend(_remarks(review, mark.name))
        if permitted is not None and review.level.value > permitted.value:
            raise InspectionError.changed("LATER_NOT_PERMITTED", permitted=permitted.value)
        self._compare_looks(opened, old.data, review)

    def _compare_looks(self, opened: Opened, old: bytes, review: Review) -> None:
        """Judge whether a reader sees in the file what was seen when it was signed."""
        try:
            self._shown = self._shown or Looks(opened.body(len(self._pdf)))
        except PdfiumError as fault:
            raise InspectionError("LATER_NOT_SHOWN", Step.REVISIONS, Weight.UNKNOWN, {}) from fault
        demand_same_looks(old, self._shown, review.drawn, review.redrawn, review.laid, share=self._states)

    def _mended(self, marks: Sequence[_Mark]) -> None:
        """What is found by searching is certain where all of it was signed, and nothing else can be found."""
        if not marks or not all(mark.covered and mark.covered.is_whole(self._pdf) for mark in marks):
            raise InspectionError("INSPECT_CROSS_REFERENCES", Step.FILE, Weight.UNKNOWN, {})
        self._findings.append(find("INSPECT_MENDED", Step.FILE, Weight.WARNING))

    def _tail(self, opened: Opened, marks: Sequence[_Mark]) -> None:
        containers = Counter((mark.held.container, mark.held.place) for mark in marks if mark.held)
        for text, count in Counter(container for container, _ in containers if container.strip(b"\0")).items():
            if count > 1:
                self._findings.append(find("INSPECT_TWICE", Step.SIGNATURES, Weight.FAIL, count=count))
            elif (shared := max(number for (one, _), number in containers.items() if one == text)) > 1:
                self._findings.append(find("INSPECT_SHARED", Step.SIGNATURES, Weight.WARNING, count=shared))
        ends = [mark.covered.end for mark in marks if mark.covered]
        loose = loose_bytes(opened, min(ends)) if ends else None
        if loose is not None:
            self._findings.append(find("INSPECT_LOOSE_BYTES", Step.FILE, Weight.FAIL, offset=loose))

    def _inspected(self, mark: _Mark, stamps: Sequence[_Mark]) -> InspectedSignature:
        """Return what is known of a signature; whose it claims to be even where it does not hold."""
        if mark.held is None:
            return InspectedSignature(mark.name, "", Coverage.PART, findings=tuple(mark.findings))
        seal = mark.seal
        certificate = self._tried(partial(_certificate, mark.held))
        level = self._border(Step.SIGNATURES, mark.findings, mark.name, partial(_level, mark, stamps))
        return InspectedSignature(
            field=mark.name,
            signer=shown(name_of_subject(certificate or b"")),
            covers=self._covers(mark.covered),
            level=level or Level.NONE,
            signed_at=(seal.timed if seal else None) or self._tried(partial(_claimed, mark.held)),
            is_timed=seal is not None and seal.timed is not None,
            end=mark.covered.end if mark.covered else 0,
            findings=tuple(mark.findings),
            digest=seal.digest if seal else "",
            certificate=seal.certificate if seal else None,
            chain=(self._tried(partial(_chain, seal)) if seal else None) or (),
        )

    def _tried(self, work: Callable[[], _T]) -> _T | None:
        """Return what ``work`` gives; None where it cannot be read, and nothing rests on it."""
        return self._border(Step.SIGNATURES, [], "", work)

    def _covers(self, covered: Range | None) -> Coverage:
        if covered is None:
            return Coverage.PART
        return Coverage.FILE if covered.is_whole(self._pdf) else Coverage.REVISION


def _count_signed(view: View, held: Held) -> int:
    """Return how many fields hold that signature: its container or, which tells it as well, its byte range."""
    container = "b:" + held.container.hex()
    values = (node.value for node in read_fields(view).values() if "/V" in node.entries)
    return sum(
        value.get("/Contents") == container or view.array(value.get("/ByteRange")) == held.numbers
        for value in values
        if isinstance(value, dict)
    )


def _remarks(review: Review, name: str) -> list[Finding]:
    doubts = [find(code, Step.REVISIONS, Weight.UNKNOWN, field=name) for code in review.doubts]
    if review.filled:
        named = shown(", ".join(review.filled))
        doubts.append(find("LATER_FILLED", Step.REVISIONS, Weight.NOTE, field=name, names=named))
    return doubts


def _level(mark: _Mark, stamps: Sequence[_Mark]) -> Level:
    """Return the level of which the file holds the parts; whether they are trusted is not judged."""
    if mark.seal is None or mark.covered is None or mark.held is None or not mark.seal.is_pades:
        return Level.NONE
    end = mark.covered.end
    later = [stamp for stamp in stamps if stamp.holds and stamp.covered is not None and stamp.covered.end > end]
    if mark.seal.timed is None and not later:
        return Level.B
    reader = mark.held.reader
    if not _has_validation_data(reader.root):
        return Level.T
    states = (reader.get_historical_root(stamp.held.revision) for stamp in later if stamp.held)
    return Level.LTA if any(map(_has_validation_data, states)) else Level.LT


def _has_validation_data(catalog: Any) -> bool:
    """Tell whether the document security store holds certificates and what is said of their revocation."""
    try:
        store = catalog["/DSS"]
        return bool(store.get("/Certs")) and any(store.get(key) for key in ("/CRLs", "/OCSPs"))
    except (KeyError, AttributeError, ValueError, TypeError):
        return False


def _certificate(held: Held) -> bytes:
    beside = raw_certificates(held)
    if beside:
        return beside[0]
    signer, _ = certificates_in(read_container(held.container))
    encoded: bytes = signer.dump()
    return encoded


def _claimed(held: Held) -> datetime | None:
    """Return when the signer says to have signed: as signed attribute, else in the dictionary."""
    claimed: datetime | None = None
    if not raw_certificates(held):
        claimed = extract_self_reported_ts(signer_of(read_container(held.container)))
    if claimed is None and "/M" in held.value:
        claimed = parse_pdf_date(held.value["/M"], strict=False)
    return claimed


def _chain(seal: Seal) -> tuple[bytes, ...]:
    return tuple(certificates_above(seal.certificate, list(seal.others)))
