"""An auditor's report on disk: signing it, and checking that it is the report of these files."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from pkdocs.chain import SetVerdict
from pkdocs.errors import ConflictError, SigningError
from pkdocs.files import digest, read_regular, replace_unchanged
from pkdocs.messages import Said, text
from pkdocs.pipeline.audit import Means, Progress, verify
from pkdocs.pipeline.pinning import read_trust_file
from pkdocs.pipeline.reporting import MAX_REPORT_BYTES
from pkdocs.pki import is_training
from pkdocs.profile import Zone
from pkdocs.report.pdf import FIELD, ReportFacts, examine_report, is_report
from pkdocs.report.recheck import Names, recheck
from pkdocs.signing import Signer, Stamp, append_signature, check_certificate
from pkdocs.trust import Trust
from pkdocs.verification import Finding, Result, Step, Weight, find, result_of
from pkdocs.verification.basis import Basis
from pkdocs.verification.belief import SignatureJudge
from pkdocs.verification.certificates import name_of_subject
from pkdocs.verification.finding import Keeper


@dataclass(frozen=True, slots=True)
class Rechecked:
    """What came of checking a report: ``signers`` are the names in the certificates of those who signed it intactly.

    ``report`` is its JSON, None where there is none to be had.
    """

    sha256: str
    report: dict[str, Any] | None
    signers: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def result(self) -> Result:
        """What the heaviest finding makes of it."""
        return result_of(self.findings)


def read_report(file: Path) -> ReportFacts:
    """Return what the report ``file`` proves by itself.

    Raises:
        OSError: it cannot be read.
    """
    return examine_report(read_regular(file, limit=MAX_REPORT_BYTES))


def check_report(
    file: Path,
    paths: Sequence[Path],
    trust_file: Path,
    *,
    at: datetime,
    means: Means,
    progress: Progress,
    signer_trust: Path | None = None,
) -> Rechecked:
    """Return whether the report ``file`` is that of the files at and below ``paths``, as of ``at``.

    It is if whoever signed it is believed ``at`` then, by ``signer_trust`` (None: the trust file), and if judging the
    files again, at the report's own time, as thoroughly as it says, and by the files that are named now, says the same.

    Raises:
        OSError: the report cannot be read.
        TrustError, UsageError, OfficeError, TemplateError, WorkbookError: as ``verify``.
    """
    facts = read_report(file)
    findings = list(facts.findings)
    if facts.report is not None:
        findings += _signature_findings(facts, read_trust_file(signer_trust or trust_file), at)
        alike = replace(means, thorough=facts.report["thorough"])
        judge = partial(verify, paths, trust_file, means=alike, progress=progress)
        findings += _recheck(facts, facts.report, at, judge)
    signers = (name_of_subject(one.certificate) for one in facts.filled.signatures if one.certificate)
    return Rechecked(facts.sha256, facts.report, tuple(signers), tuple(dict.fromkeys(findings)))


def _recheck(
    facts: ReportFacts, report: dict[str, Any], at: datetime, judge: Callable[..., SetVerdict]
) -> Iterator[Finding]:
    judged_at = datetime.fromisoformat(report["at"])
    if judged_at > at:
        yield find("REPORT_LATER", Step.SET, Weight.FAIL, at=report["at"])
        return
    again = judge(at=judged_at, known_as=Names(report))
    yield from recheck(report, facts.written, replace(again, sources=_named(again.sources, report)))


def _named(sources: Sequence[Basis], report: dict[str, Any]) -> tuple[Basis, ...]:
    """Return ``sources`` under the names that the report gives those of the same use and digest."""
    known: dict[tuple[str, str], list[str]] = {}
    for one in reversed(report["sources"]):
        known.setdefault((one["use"], one["sha256"]), []).append(one["file"])

    def name(source: Basis) -> Basis:
        names = known.get((str(source.use), source.sha256))
        return replace(source, file=names.pop()) if names else source

    return tuple(name(source) for source in sources)


def _signature_findings(facts: ReportFacts, trust: Trust, at: datetime) -> Sequence[Finding]:
    filled = facts.filled
    if not filled.signatures:
        return (find("REPORT_UNSIGNED", Step.SET, Weight.WARNING),)
    judge = SignatureJudge(trust, at)
    timeline = judge.timeline(filled.signatures, filled.stamps, filled.evidence)
    found: list[Finding] = []
    for one in filled.signatures:
        if one.certificate is not None:
            signing = judge.signing(one, one.certificate, timeline)
            found += (replace(finding, role=Keeper.AUDITOR, step=Step.SET) for finding in judge.findings(signing))
            if signing.standing.anchor is not None and signing.standing.anchor.training:
                found.append(find("TRAINING", Step.SET, Weight.NOTE))
    return found


def sign_report(file: Path, signer: Signer, *, at: Callable[[], datetime]) -> str:
    """Add the auditor's signature to the report ``file`` (PAdES B-B), and return the name that it shows.

    That the pages say what the attached JSON says is asked; whether it is the report of any files is not.

    Raises:
        CredentialError: the certificate is not in date.
        SigningError: no report in PDF, changed since it was made, made by another pkdocs, or signed already.
        ConflictError: somebody else changed the file meanwhile.
        OSError: it cannot be read.
    """
    data, moment = read_regular(file, limit=MAX_REPORT_BYTES), at()
    check_certificate(signer, moment)
    report = _signable(data, file)
    zone = Zone(report["zone"])
    name = name_of_subject(signer.certificate)
    stamp = Stamp(name, text("REPORT_AUDITOR", report["language"]), moment.astimezone(zone.info), zone, _is_uji(signer))
    reason = text("REPORT_REASON", report["language"])
    signed = append_signature(data, FIELD, signer, stamp, location=None, reason=reason)
    replace_unchanged(file, signed, expected=digest(data))
    return name


def _is_uji(signer: Signer) -> bool:
    return is_training(signer.certificate)


def _signable(data: bytes, file: Path) -> dict[str, Any]:
    if not is_report(data):
        raise SigningError("REPORT_NOT_SIGNABLE", file=file.name)
    facts = examine_report(data)
    if facts.report is None or facts.findings:
        found = facts.findings[0]
        raise ConflictError("REPORT_CHANGED", file=file.name, cause=Said(found.code, found.params))
    if facts.filled.signatures:
        raise SigningError("REPORT_SIGNED_ALREADY", file=file.name)
    return facts.report
