"""Any signed PDF to an inspection: rules on the bytes first, then pyHanko's judgement, then what came later."""

import hashlib
import io
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import Any, Final, TypeVar

from pyhanko.pdf_utils.generic import IndirectObject
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import EmbeddedPdfSignature

from pkdocs.verification.certificates import name_of_subject
from pkdocs.verification.container import certificates_above
from pkdocs.verification.finding import Finding, Step, Weight, find
from pkdocs.verification.foreign.changes import Review, review_changes
from pkdocs.verification.foreign.fault import InspectionError
from pkdocs.verification.foreign.fields import Permission, read_fields
from pkdocs.verification.foreign.ranges import Range, demand_alone, read_range
from pkdocs.verification.foreign.seal import Seal, check_seal, check_timestamp
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
    embedded: EmbeddedPdfSignature | None = None
    covered: Range | None = None
    seal: Seal | None = None
    stamped: datetime | None = None

    @property
    def is_timestamp(self) -> bool:
        """Whether it is a document timestamp instead of somebody's signature."""
        signed = self.embedded.sig_object if self.embedded else {}
        return signed.get("/SubFilter") == "/ETSI.RFC3161" or signed.get("/Type") == "/DocTimeStamp"

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against it."""
        return not any(finding.weight in {Weight.FAIL, Weight.UNKNOWN} for finding in self.findings)


class _Examination:
    """One file; the steps in their order, each with the one border that catches what libraries raise."""

    def __init__(self, pdf: bytes) -> None:
        self._pdf = pdf
        self._findings: list[Finding] = []

    def inspection(self) -> Inspection:
        reader = self._border(Step.FILE, self._findings, "", self._reader)
        marks = self._border(Step.FILE, self._findings, "", partial(self._marks, reader)) if reader else None
        signatures: tuple[InspectedSignature, ...] = ()
        if reader is not None and marks is not None:
            self._border(Step.FILE, self._findings, "", partial(self._tail, reader, marks))
            signatures = tuple(self._signatures(marks))
        return Inspection(hashlib.sha256(self._pdf).hexdigest(), tuple(self._findings), signatures)

    def _signatures(self, marks: Sequence[_Mark]) -> Iterator[InspectedSignature]:
        stamps = [mark for mark in marks if mark.is_timestamp]
        for mark in marks:
            self._border(Step.REVISIONS, mark.findings, mark.name, partial(self._later, mark))
        if len(stamps) == len(marks):
            self._findings.append(find("INSPECT_NO_SIGNATURE", Step.SIGNATURES, Weight.UNKNOWN))
        self._findings.extend(finding for mark in stamps for finding in mark.findings)
        for mark in marks:
            if not mark.is_timestamp:
                yield self._inspected(mark, stamps)

    def _border(self, step: Step, findings: list[Finding], name: str, work: Callable[[], _T]) -> _T | None:
        """Return what ``work`` gives; what it or a library below raises becomes one of ``findings``."""
        try:
            return work()
        except InspectionError as fault:
            findings.append(fault.finding(name))
        except Exception as fault:  # noqa: BLE001 the one border: libraries raise many kinds on damaged files
            kind = type(fault).__name__
            _LOG.info("step %d: %s", step, kind, exc_info=fault)
            findings.append(find(_UNREADABLE[step], step, Weight.UNKNOWN, field=name, kind=kind))
        return None

    def _reader(self) -> PdfFileReader:
        if not self._pdf.startswith(b"%PDF-"):
            raise InspectionError("INSPECT_NOT_PDF", Step.FILE, Weight.UNKNOWN, {})
        # lenient with files in old forms; whatever is ambiguous in them is looked at here
        reader = PdfFileReader(io.BytesIO(self._pdf), strict=False)
        if "/Encrypt" in reader.trailer:
            raise InspectionError("INSPECT_ENCRYPTED", Step.FILE, Weight.UNKNOWN, {})
        return reader

    def _marks(self, reader: PdfFileReader) -> list[_Mark]:
        filled = list(enumerate_sig_fields(reader, filled_status=True))
        if len(filled) > MAX_SIGNATURES:
            raise ValueError("too many signatures")
        marks = []
        for name, value, entry in filled:
            mark = _Mark(shown(str(name)))
            marks.append(mark)
            work = partial(self._mark, mark, reader, value, entry)
            self._border(Step.SIGNATURES, mark.findings, mark.name, work)
        return sorted(marks, key=lambda mark: mark.covered.end if mark.covered else len(self._pdf) + 1)

    def _mark(self, mark: _Mark, reader: PdfFileReader, value: Any, entry: Any) -> None:
        embedded = EmbeddedPdfSignature(reader, entry, str(mark.name))
        mark.embedded = embedded
        covered = read_range(self._pdf, embedded.byte_range, embedded.pkcs7_content)
        place = reader.xrefs[value.reference] if isinstance(value, IndirectObject) else None
        demand_alone(self._pdf, place if isinstance(place, int) else -1, covered)
        mark.covered = covered
        if mark.is_timestamp:
            mark.stamped = check_timestamp(embedded)
        else:
            mark.seal = check_seal(embedded)
            mark.findings.extend(remark.finding(mark.name) for remark in mark.seal.remarks)

    def _later(self, mark: _Mark) -> None:
        """Judge what later revisions did to what this signature covers."""
        if mark.embedded is None or mark.covered is None or mark.covered.is_whole(self._pdf):
            return
        old = View(self._pdf[: mark.covered.end])
        signed = {"b:" + mark.embedded.pkcs7_content.hex()}
        values = (node.value for node in read_fields(old).values() if isinstance(node.value, dict))
        if not any(value.get("/Contents") in signed for value in values):
            raise InspectionError.changed("INSPECT_OUTSIDE")
        if self._now.damage - old.damage:
            # a reader that mends it may see something else there
            raise ValueError("later revisions are damaged")
        locks, permitted = mark.embedded.fieldmdp, mark.embedded.docmdp_level
        review = review_changes(old, self._now, Permission(permitted, locks.is_locked if locks else _never))
        mark.findings.extend(_remarks(review, mark.name))
        if permitted is not None and review.level.value > permitted.value:
            raise InspectionError.changed("LATER_NOT_PERMITTED", permitted=permitted.value)

    @cached_property
    def _now(self) -> View:
        return View(self._pdf)

    def _tail(self, reader: PdfFileReader, marks: Sequence[_Mark]) -> None:
        for text, count in Counter(mark.embedded.pkcs7_content for mark in marks if mark.embedded).items():
            if count > 1 and text.strip(b"\0"):
                self._findings.append(find("INSPECT_TWICE", Step.SIGNATURES, Weight.FAIL, count=count))
        ends = [mark.covered.end for mark in marks if mark.covered]
        loose = loose_bytes(reader, self._pdf, min(ends)) if ends else None
        if loose is not None:
            self._findings.append(find("INSPECT_LOOSE_BYTES", Step.FILE, Weight.FAIL, offset=loose))

    def _inspected(self, mark: _Mark, stamps: Sequence[_Mark]) -> InspectedSignature:
        """Return what is known of a signature; whose it claims to be even where it does not hold."""
        if mark.embedded is None:
            return InspectedSignature(mark.name, "", Coverage.PART, findings=tuple(mark.findings))
        seal = mark.seal
        certificate = self._tried(partial(_certificate, mark.embedded))
        level = self._border(Step.SIGNATURES, mark.findings, mark.name, partial(_level, mark, stamps))
        return InspectedSignature(
            field=mark.name,
            signer=shown(name_of_subject(certificate or b"")),
            covers=self._covers(mark.covered),
            level=level or Level.NONE,
            signed_at=(seal.timed if seal else None) or self._tried(partial(_claimed, mark.embedded)),
            is_timed=seal is not None and seal.timed is not None,
            end=mark.covered.end if mark.covered else 0,
            findings=tuple(mark.findings),
            digest=mark.embedded.md_algorithm,
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


def _never(_field: str) -> bool:
    return False


def _remarks(review: Review, name: str) -> list[Finding]:
    doubts = [find(code, Step.REVISIONS, Weight.UNKNOWN, field=name) for code in review.doubts]
    if review.filled:
        named = shown(", ".join(review.filled))
        doubts.append(find("LATER_FILLED", Step.REVISIONS, Weight.NOTE, field=name, names=named))
    return doubts


def _level(mark: _Mark, stamps: Sequence[_Mark]) -> Level:
    """Return the level of which the file holds the parts; whether they are trusted is not judged."""
    if mark.seal is None or mark.covered is None or mark.embedded is None or not mark.seal.is_pades:
        return Level.NONE
    end = mark.covered.end
    later = [stamp for stamp in stamps if stamp.holds and stamp.covered is not None and stamp.covered.end > end]
    if mark.seal.timed is None and not later:
        return Level.B
    reader = mark.embedded.reader
    if not _has_validation_data(reader.root):
        return Level.T
    states = (reader.get_historical_root(stamp.embedded.signed_revision) for stamp in later if stamp.embedded)
    return Level.LTA if any(map(_has_validation_data, states)) else Level.LT


def _has_validation_data(catalog: Any) -> bool:
    """Tell whether the document security store holds certificates and what is said of their revocation."""
    try:
        store = catalog["/DSS"]
        return bool(store.get("/Certs")) and any(store.get(key) for key in ("/CRLs", "/OCSPs"))
    except (KeyError, AttributeError, ValueError, TypeError):
        return False


def _certificate(signature: EmbeddedPdfSignature) -> bytes:
    encoded: bytes = signature.signer_cert.dump()
    return encoded


def _claimed(signature: EmbeddedPdfSignature) -> datetime | None:
    claimed: datetime | None = signature.self_reported_timestamp
    return claimed


def _chain(seal: Seal) -> tuple[bytes, ...]:
    return tuple(certificates_above(seal.certificate, list(seal.others)))
