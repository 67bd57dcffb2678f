"""Steps 4 and 5: is each required signature there, believed, in time, and of the person that the content names?"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Final

from pkdocs.chain.seal import seal_findings
from pkdocs.chain.tree import Node
from pkdocs.content import Party, PersonScheme, Role
from pkdocs.register import Register
from pkdocs.register.lines import AssignmentLine, CertificateLine
from pkdocs.roster import Means
from pkdocs.trust import Trust
from pkdocs.verification import Finding, Signature, Step, Weight, find
from pkdocs.verification.belief import SignatureJudge, Signing
from pkdocs.verification.proof import Proof, Source, Timeline

LISTING: Final = timedelta(days=31)
"""How long listing an original may take: as long as the law gives to draw it up (Permenpan RB 53/2014)."""

_LAST_SECOND: Final = time(23, 59, 59)


class PeopleJudge:
    """Judges signatures of agreements by one trust file and, if there is one, the register, at one time."""

    def __init__(self, trust: Trust, register: Register | None, at: datetime) -> None:
        self._trust = trust
        self._register = register
        self._at = at
        self._signatures = SignatureJudge(trust, at)
        self._timelines: dict[Node, Timeline] = {}

    def signings(self, node: Node) -> Mapping[Role, Signing]:
        """Return the intact signatures of ``node``, by role."""
        facts = node.facts
        sealed = (facts.seal,) if facts.seal else ()
        signatures = (*sealed, *facts.signatures)
        timeline = self._signatures.timeline(signatures, facts.stamps, facts.evidence, facts.records)
        self._timelines[node] = timeline
        listed, length = self._listed(node), listed_length(node, self._register)
        return {
            signature.role: self._signing(
                signature, signature.certificate, timeline, listed if signature.end <= length else None
            )
            for signature in facts.signatures
            if isinstance(signature.role, Role) and signature.certificate is not None
        }

    def timeline(self, node: Node) -> Timeline:
        """Return what the timestamps of ``node`` prove, whose signatures have been asked for."""
        return self._timelines[node]

    def _listed(self, node: Node) -> Proof | None:
        """Return when the register had the signed bytes at the latest.

        At the end of the day of entry, or when the timestamps over a head that lists them say so, if that is earlier.
        """
        if self._register is None or not listed_length(node, self._register):
            return None
        stamped = self._register.listed_by(node.digest)
        proofs = [Proof(stamped, Source.HEAD)] if stamped else []
        day = self._register.signed_on[node.digest]
        # of a day to come nothing can be proven yet
        if day <= self._day(self._at):
            end = datetime.combine(day, _LAST_SECOND, self._trust.zone.info)
            proofs.append(Proof(min(end, self._at), Source.REGISTER))
        return min(proofs, key=lambda proof: proof.at, default=None)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self._trust.zone.info).date()

    def _signing(self, signature: Signature, certificate: bytes, timeline: Timeline, listed: Proof | None) -> Signing:
        """Return ``signature`` as it is judged, with the person whose it is ('' nobody's).

        Whose, says the register; a training certificate that it does not have names the person itself.
        """
        signing = self._signatures.signing(signature, certificate, timeline, listed=listed)
        if line := self._line(certificate):
            return replace(signing, person=line.person)
        anchor = signing.standing.anchor
        return signing if anchor is None or anchor.training else replace(signing, person="")

    def findings(self, node: Node, signings: Mapping[Role, Signing]) -> Iterator[Finding]:
        """Yield what is wrong with the signatures of ``node``: absent, not believed, too late, of others."""
        timeline = self._timelines[node]
        yield from timeline.about("")
        yield from seal_findings(node.facts.seal, self._signatures, timeline, self._trust)
        for role in required_roles(node, self._trust):
            party = node.content.party(role)
            if party is not None:
                yield from self._role_findings(node, role, party, signings.get(role))
        yield from _pair_findings(signings)
        yield from self._completion_findings(node, signings)
        if any(signing.standing.anchor and signing.standing.anchor.training for signing in signings.values()):
            yield find("TRAINING", Step.CERTIFICATES, Weight.NOTE)

    def _role_findings(self, node: Node, role: Role, party: Party, signing: Signing | None) -> Iterator[Finding]:
        if party.means is Means.PAPER:
            yield find("PAPER", Step.SIGNATURES, Weight.UNKNOWN, role=role, office=party.office)
        elif signing is not None:
            yield from (replace(finding, role=role) for finding in self._signatures.findings(signing))
            yield from _person_findings(node, role, party, signing)
            yield from self._office_findings(role, party, signing)
            yield from self._enrolment_findings(role, signing)
        elif node.facts.signature(role) is None:
            yield find("SIGNATURE_MISSING", Step.SIGNATURES, Weight.MISSING, role=role, office=party.office)

    def _office_findings(self, role: Role, party: Party, signing: Signing) -> Iterator[Finding]:
        """Yield that by the register the party did not hold the office on the claimed and the proven day."""
        if self._register is None:
            return
        days = self._days(signing)
        held = [tuple(self._register.held(party.person, party.position, day)) for day in days]
        if all(held):
            yield from self._line_findings(role, party, signing, [line for lines in held for line in lines])
            return
        # of days after its own the register knows only what was foreseen
        contradicts = self._register.whole and not any(held) and min(days) <= self._register.head.dated
        weight = Weight.FAIL if contradicts else Weight.UNKNOWN
        named = {"office": party.office, "position": party.position, "days": ", ".join(day.isoformat() for day in days)}
        code = "OFFICE_NOT_HELD" if contradicts else "OFFICE_UNPROVEN"
        yield Finding.of(code, Step.PERSONS, weight, named, role=role)

    def _line_findings(
        self, role: Role, party: Party, signing: Signing, lines: list[AssignmentLine]
    ) -> Iterator[Finding]:
        """Yield that the register knows the party in another status, or only since a day after the proven one."""
        statuses = dict.fromkeys(line.status for line in lines)
        if party.status not in statuses:
            named = {"printed": str(party.status), "listed": ", ".join(map(str, statuses)), "office": party.office}
            yield Finding.of("OFFICE_STATUS", Step.PERSONS, Weight.WARNING, named, role=role)
        entered = min(line.entered for line in lines)
        # a proof of single lines need not show the first one
        is_whole = self._register is not None and self._register.whole
        if is_whole and signing.proof is not None and entered > (proven := self._day(signing.proof.at)):
            days = {"entered": entered.isoformat(), "proven": proven.isoformat(), "office": party.office}
            yield Finding.of("OFFICE_ENTERED_LATE", Step.PERSONS, Weight.WARNING, days, role=role)

    def _days(self, signing: Signing) -> tuple[date, ...]:
        """The claimed day and the proven one; without proof that of judging."""
        moments = [signing.signature.claimed, signing.proof.at if signing.proof else self._at]
        return tuple(dict.fromkeys(self._day(moment) for moment in moments if moment is not None))

    def completed(self, node: Node, signings: Mapping[Role, Signing]) -> datetime | None:
        """Return when, in the zone, all who must are proven to have signed ``node``; None: nothing proves that."""
        proof = self._completion(node, signings)
        return proof.at.astimezone(self._trust.zone.info) if proof else None

    def _completion(self, node: Node, signings: Mapping[Role, Signing]) -> Proof | None:
        signed = [signings.get(role) for role in required_roles(node, self._trust)]
        proofs = [one.proof for one in signed if one is not None and one.proof is not None]
        return None if len(proofs) < len(signed) else max(proofs, key=lambda proof: proof.at)

    def _completion_findings(self, node: Node, signings: Mapping[Role, Signing]) -> Iterator[Finding]:
        """Yield that it is proven complete only after the day from which it should count: it may be backdated.

        An amendment then counts from the proven day. An original counts from its first day all the same, and is
        signed at a ceremony in the year; so it is late only after the day that stands on its page, and where nothing
        but the register proves when, after the time that listing may take.
        """
        proof, content = self._completion(node, signings), node.content
        if proof is None:
            return
        is_original = content.amendment is None
        due = max(content.first_day, content.dated) if is_original else content.first_day
        slack = LISTING if is_original and proof.source in {Source.REGISTER, Source.HEAD} else timedelta()
        if self._day(proof.at) > due + slack:
            code = "COMPLETED_LATE" if is_original else "AMENDMENT_COMPLETED_LATE"
            days = {"first": due.isoformat(), "proven": self._day(proof.at).isoformat()}
            yield Finding.of(code, Step.CHAIN, Weight.WARNING, days)

    def _line(self, certificate: bytes) -> CertificateLine | None:
        return self._register.certificates.get(sha256(certificate).hexdigest()) if self._register else None

    def _enrolment_findings(self, role: Role, signing: Signing) -> Iterator[Finding]:
        """Yield that the register got the certificate later than the signature is proven to have been there."""
        certificate = signing.signature.certificate
        line = self._line(certificate) if certificate else None
        if line is None and self._register is not None and not self._register.whole:
            yield Finding.of("CERTIFICATE_NOT_IN_PROOF", Step.PERSONS, Weight.UNKNOWN, {}, role=role)
        if line is None or signing.proof is None:
            return
        proven = self._day(signing.proof.at)
        if line.entered > proven:
            days = {"entered": line.entered.isoformat(), "proven": proven.isoformat()}
            yield Finding.of("CERTIFICATE_ENTERED_LATE", Step.PERSONS, Weight.WARNING, days, role=role)


def listed_length(node: Node, register: Register | None) -> int:
    """Return how long the signed bytes are that the register lists and the file begins with; 0: it does not."""
    line = register.agreements.get(node.digest) if register else None
    if line is None or line.signed is None:
        return 0
    return line.signed.length if (line.signed.length, line.signed.digest) in node.facts.revisions else 0


def required_roles(node: Node, trust: Trust) -> tuple[Role, ...]:
    """Return who must sign: computed from the place in the tree, whatever the content says."""
    return (Role.FIRST,) if is_root(node, trust) else (Role.FIRST, Role.SECOND)


def is_root(node: Node, trust: Trust) -> bool:
    """Tell whether the agreement is the root's, as the trust file names it; else whether it has no parent."""
    if trust.root_position:
        return node.content.position.key == trust.root_position
    return node.content.parent is None


def key_findings(signings: Mapping[Node, Mapping[Role, Signing]]) -> Mapping[Node, tuple[Finding, ...]]:
    """Return a finding for each signature whose key signs for several persons in the set.

    Only believed certificates count: anybody can put his key into one of his own making. One of nobody known, such as
    a renewed one that the register does not have yet, is not somebody else's.
    """
    persons: dict[str, set[str]] = defaultdict(set)
    for signing in _believed(signings.values()):
        if signing.person:
            persons[signing.key].add(signing.person)
    return {
        node: tuple(
            find("KEY_OF_SEVERAL", Step.PERSONS, Weight.FAIL, role=role, count=len(persons[signing.key]))
            for role, signing in own.items()
            if signing.standing.anchor is not None and len(persons[signing.key]) > 1
        )
        for node, own in signings.items()
    }


def _believed(signings: Iterable[Mapping[Role, Signing]]) -> Iterator[Signing]:
    for own in signings:
        yield from (signing for signing in own.values() if signing.standing.anchor is not None)


def _person_findings(node: Node, role: Role, party: Party, signing: Signing) -> Iterator[Finding]:
    anchor = signing.standing.anchor
    if anchor is not None and not anchor.training and node.content.person_scheme is PersonScheme.TRIAL:
        yield find("TRIAL_PERSONS", Step.PERSONS, Weight.FAIL, role=role)
    if not signing.person:
        # whose a certificate in earnest is, enrolment shows: the register
        yield find("PERSON_UNKNOWN", Step.PERSONS, Weight.UNKNOWN, role=role)
    elif signing.person != party.person:
        yield find("PERSON_OTHER", Step.PERSONS, Weight.FAIL, role=role, office=party.office)


def _pair_findings(signings: Mapping[Role, Signing]) -> Iterator[Finding]:
    first, second = signings.get(Role.FIRST), signings.get(Role.SECOND)
    if first is None or second is None:
        return
    if first.key == second.key or (first.person and first.person == second.person):
        yield find("ONE_PERSON", Step.PERSONS, Weight.FAIL)
    if second.signature.revision < first.signature.revision:
        yield find("SIGNED_OUT_OF_ORDER", Step.SIGNATURES, Weight.WARNING)
