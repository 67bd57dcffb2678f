"""What a trust file makes of a head at a time: do enough of its registrars stand for it, and is it the one to use?"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from pkdocs.content import PersonScheme
from pkdocs.register.authority import Authority
from pkdocs.register.examine import HeadFacts
from pkdocs.register.head import Head, Registrar
from pkdocs.trust import Trust
from pkdocs.verification import Finding, Step, Weight, find
from pkdocs.verification.belief import SignatureJudge, Signing
from pkdocs.verification.finding import Keeper

_LIGHT: Final = frozenset({Weight.WARNING, Weight.NOTE})
_STALE: Final = "REGISTER_STALE"


@dataclass(frozen=True, slots=True)
class HeadVerdict:
    """The verdict on one head. ``head`` is None where none could be read.

    ``signed_by`` are the registrars whose signatures count; ``training`` says that one rests on a training anchor.
    ``proven`` is when enough of them were there at the latest, by timestamps; None: that is not shown.
    """

    findings: tuple[Finding, ...]
    head: Head | None = None
    signed_by: tuple[Registrar, ...] = ()
    training: bool = False
    proven: datetime | None = None

    @property
    def digest(self) -> str | None:
        """The digest of the head, None where there is none."""
        return self.head.digest if self.head else None

    @property
    def believed(self) -> bool:
        """Whether what the head says is believed: nothing weighs, save that a newer head is due."""
        heavy = (finding for finding in self.findings if finding.weight not in _LIGHT)
        return self.head is not None and all(finding.code == _STALE for finding in heavy)

    @property
    def believed_head(self) -> Head | None:
        """The head, if it is believed."""
        return self.head if self.believed else None


def judge_head(facts: HeadFacts, trust: Trust, at: datetime, authority: Authority | None = None) -> HeadVerdict:
    """Return the verdict on a head, by ``trust`` at the moment ``at``. The list is not looked at.

    Only the registrars of ``authority`` count (None: those of the trust file), each person and each key once, and it
    says how many must: whom the head itself names has no say in that. Each signature is judged at the time that is
    proven for it. Where enough count, what is unknown of a further one is a warning.
    """
    head = facts.head
    if head is None:
        return HeadVerdict(facts.findings)
    authority = authority or Authority.pinned(trust)
    votes = tuple(_votes(head, facts, authority, SignatureJudge(trust, at)))
    counted = tuple(_distinct(votes))
    reached = len(counted) >= authority.threshold
    proven = _reached_at(counted, authority.threshold)
    training = any(vote.is_training for vote in counted)
    findings = (
        *facts.findings,
        *_stranger_findings(facts, authority),
        *(_lighter(finding) if reached else finding for vote in votes for finding in vote.findings),
        *_double_findings(votes, counted),
        *_threshold_findings(len(counted), authority, trust),
        *_scope_findings(head, trust),
        *_version_findings(head, trust),
        *_age_findings(head, trust, at),
        *_late_findings(head, trust, proven),
        *((find("TRAINING", Step.SET, Weight.NOTE),) if training else ()),
    )
    return HeadVerdict(findings, head, tuple(vote.registrar for vote in counted), training, proven)


def _reached_at(counted: Iterable["_Vote"], threshold: int) -> datetime | None:
    """Return when enough signatures are proven to have been there."""
    proven = sorted(vote.signing.proof.at for vote in counted if vote.signing.proof)
    return proven[threshold - 1] if len(proven) >= threshold else None


@dataclass(frozen=True, slots=True)
class _Vote:
    """An intact signature of a registrar whom the trust file pins, and what is wrong with it."""

    registrar: Registrar
    signing: Signing
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing that weighs is wrong with it."""
        return all(finding.weight in _LIGHT for finding in self.findings)

    @property
    def is_training(self) -> bool:
        """Whether it rests on a training anchor."""
        anchor = self.signing.standing.anchor
        return anchor is not None and anchor.training


def _votes(head: Head, facts: HeadFacts, authority: Authority, judge: SignatureJudge) -> Iterator[_Vote]:
    timeline = judge.timeline(facts.signatures, facts.stamps, facts.evidence, facts.records)
    for registrar, signature in facts.signed:
        certificate = signature.certificate
        if certificate is not None and authority.has(registrar):
            signing = judge.signing(signature, certificate, timeline)
            wrong = (*judge.findings(signing), *_person_findings(head, registrar, signing))
            yield _Vote(registrar, signing, tuple(_of(registrar, finding) for finding in wrong))


def _of(registrar: Registrar, finding: Finding) -> Finding:
    return replace(finding, step=Step.SET, role=Keeper.REGISTRAR, holder=registrar.name)


def _person_findings(head: Head, registrar: Registrar, signing: Signing) -> Iterator[Finding]:
    """Yield where certificate and head contradict each other on who the registrar is."""
    anchor = signing.standing.anchor
    if anchor is None:
        return
    if anchor.training and signing.person != registrar.person:
        yield find("HEAD_PERSON", Step.SET, Weight.FAIL)
    if not anchor.training and head.person_scheme is PersonScheme.TRIAL:
        yield find("TRIAL_PERSONS", Step.SET, Weight.FAIL)


def _distinct(votes: Iterable[_Vote]) -> Iterator[_Vote]:
    """Yield the sound votes, each person and each key once: two certificates are not two people."""
    seen: set[str] = set()
    for vote in votes:
        own = {vote.registrar.person, vote.signing.person or vote.registrar.person, vote.signing.key}
        if vote.is_sound and seen.isdisjoint(own):
            seen |= own
            yield vote


def _lighter(finding: Finding) -> Finding:
    return replace(finding, weight=Weight.WARNING) if finding.weight is Weight.UNKNOWN else finding


def _stranger_findings(facts: HeadFacts, authority: Authority) -> Iterator[Finding]:
    if authority.missing is not None:
        return
    for registrar, signature in facts.signed:
        if signature.certificate is None or authority.has(registrar):
            continue
        if authority.since is None:
            yield _of(registrar, find("HEAD_NOT_PINNED", Step.SET, Weight.WARNING))
        else:
            yield _of(registrar, find("HEAD_REPLACED", Step.SET, Weight.WARNING, version=authority.since))


def _double_findings(votes: Iterable[_Vote], counted: Collection[_Vote]) -> Iterator[Finding]:
    for vote in votes:
        if vote.is_sound and vote not in counted:
            yield _of(vote.registrar, find("HEAD_DOUBLED", Step.SET, Weight.WARNING))


def _threshold_findings(count: int, authority: Authority, trust: Trust) -> Iterator[Finding]:
    if not trust.registrars:
        yield find("HEAD_REGISTRARS_UNNAMED", Step.SET, Weight.UNKNOWN)
    elif authority.missing is not None:
        yield find("HEAD_GAP", Step.SET, Weight.UNKNOWN, missing=authority.missing)
    elif count < authority.threshold:
        yield find("HEAD_THRESHOLD", Step.SET, Weight.UNKNOWN, count=count, threshold=authority.threshold)


def _scope_findings(head: Head, trust: Trust) -> Iterator[Finding]:
    own = (head.organisation.name, head.organisation.code or "")
    if trust.organisation and own != (trust.organisation, trust.organisation_code):
        yield _fail("HEAD_ORGANISATION", organisation=head.organisation.name, pinned=trust.organisation)
    if trust.root_position and head.root_position != trust.root_position:
        yield _fail("HEAD_ROOT", position=head.root_position, root=trust.root_position)


def _version_findings(head: Head, trust: Trust) -> Iterator[Finding]:
    lowest = trust.lowest_head
    if lowest is None:
        return
    if head.version < lowest.version:
        yield _fail("HEAD_ROLLED_BACK", version=head.version, lowest=lowest.version)
    elif head.version == lowest.version and head.digest != lowest.digest:
        yield _fail("HEAD_FORKED", version=head.version, digest=head.digest, pinned=lowest.digest)


def _age_findings(head: Head, trust: Trust, at: datetime) -> Iterator[Finding]:
    if not head.closed and at.astimezone(trust.zone.info).date() > head.next_by:
        yield find(_STALE, Step.SET, Weight.UNKNOWN, version=head.version, due=head.next_by.isoformat())


def _late_findings(head: Head, trust: Trust, proven: datetime | None) -> Iterator[Finding]:
    """Yield that the head was due to be replaced before anything shows that it was there: it may be backdated."""
    if proven is not None and proven.astimezone(trust.zone.info).date() > head.next_by:
        shown = f"{proven.astimezone(trust.zone.info):%Y-%m-%d}"
        named: dict[str, str | int] = {"version": head.version, "dated": head.dated.isoformat(), "proven": shown}
        yield Finding.of("HEAD_PROVEN_LATE", Step.SET, Weight.WARNING, named)


def _fail(code: str, **params: str | int) -> Finding:
    return Finding.of(code, Step.SET, Weight.FAIL, params)
