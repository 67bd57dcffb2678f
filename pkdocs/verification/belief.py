"""Step 4: what a trust file makes of one intact signature, at the time that is proven for it."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pkdocs.messages import Said
from pkdocs.pki import person_of
from pkdocs.trust import Purpose, Trust
from pkdocs.verification.algorithms import policy_of
from pkdocs.verification.attestation import Attestation
from pkdocs.verification.certificates import CertificateJudge, Standing, When
from pkdocs.verification.container import certificate_of
from pkdocs.verification.evidence import Evidence, Library
from pkdocs.verification.finding import Finding, Step, Sub, Weight, find
from pkdocs.verification.proof import NO_TIMELINE, Proof, Source, TimeJudge, Timeline
from pkdocs.verification.signature import Signature
from pkdocs.verification.stamp import Stamp

CLOCK_SLACK: Final = timedelta(hours=1)
"""How far a signer's clock may be off. A quarter of an hour was seen between honest clocks; backdating takes days."""


@dataclass(frozen=True, slots=True)
class Signing:
    """One intact signature, judged: its certificate's standing, the person it names ('' none), its key's digest.

    ``proof`` is the earliest of when it was there, None if nothing proves that. ``findings`` are about its timestamp.
    """

    signature: Signature
    standing: Standing
    person: str
    key: str
    begins: datetime
    proof: Proof | None = None
    findings: tuple[Finding, ...] = ()


@lru_cache(maxsize=256)
def _whose(certificate: bytes) -> tuple[str, str]:
    """Return the person that a certificate (DER) names, and the digest of its key."""
    loaded = certificate_of(certificate)
    key = loaded.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return person_of(loaded), hashlib.sha256(key).hexdigest()


class SignatureJudge:
    """Judges signatures of persons by one trust file at one time."""

    def __init__(self, trust: Trust, at: datetime) -> None:
        self._trust = trust
        self._at = at
        self._policy = policy_of(trust)
        library = Library()
        self._certificates = CertificateJudge(trust, Purpose.PERSONS, at, library)
        self._times = TimeJudge(trust, at, library)

    def timeline(
        self,
        signatures: Iterable[Signature],
        stamps: Iterable[Stamp],
        evidence: tuple[Evidence, ...],
        records: Iterable[Attestation] = (),
    ) -> Timeline:
        """Return what the timestamps and the evidence of one file prove, and evidence records over it."""
        return self._times.timeline(signatures, stamps, evidence, records)

    def signing(
        self,
        signature: Signature,
        certificate: bytes,
        timeline: Timeline = NO_TIMELINE,
        *,
        listed: Proof | None = None,
    ) -> Signing:
        """Return ``signature``, made by the owner of ``certificate`` (DER), as it is judged.

        ``timeline`` is that of its file, ``listed`` when a register had the signed bytes; the earliest proof counts.
        """
        person, key = _whose(certificate)
        proofs = [timeline.proof(signature), listed]
        proof = min((one for one in proofs if one is not None), key=lambda one: one.at, default=None)
        return Signing(
            signature=signature,
            standing=self._certificates.judge(
                certificate, signature.chain, When(proof.at if proof else None, timeline.known)
            ),
            person=person,
            key=key,
            begins=certificate_of(certificate).not_valid_before_utc,
            proof=proof,
            findings=tuple(timeline.about(signature.field)),
        )

    def findings(self, signing: Signing) -> Iterator[Finding]:
        """Yield what is wrong with certificate, algorithms and times; whose signature it is they do not say."""
        yield from signing.standing.findings
        yield from signing.findings
        signature, proof = signing.signature, signing.proof
        until = self._policy.until(signature.digest, signature.key) if signature.digest and signature.key else None
        if until is None:
            yield find("ALGORITHM_WEAK", Step.SIGNATURES, Weight.FAIL, sub=Sub.CRYPTO_CONSTRAINTS_FAILURE)
        elif until < (proof.at if proof else self._at):
            sub = Sub.CRYPTO_CONSTRAINTS_FAILURE_NO_POE
            yield find("ALGORITHM_LAPSED", Step.SIGNATURES, Weight.UNKNOWN, sub=sub, until=f"{until:%Y-%m-%d}")
        if proof is not None and proof.source is not Source.REGISTER:
            proven, source = self._written(proof.at), Said(f"PROVEN_BY_{proof.source.name}")
            yield find("PROVEN_TIME", Step.CERTIFICATES, Weight.NOTE, proven=proven, source=source)
        # a claimed time proves nothing, but one that cannot be true is worth a word
        if signature.claimed is not None and (why := self._doubt(signature.claimed, signing)):
            written = self._written(signature.claimed)
            yield find("CLAIMED_TIME", Step.CERTIFICATES, Weight.WARNING, claimed=written, why=why)

    def _doubt(self, claimed: datetime, signing: Signing) -> Said | None:
        """Return why the claimed time is hardly true: outside of what can be, or far from the signature's timestamp.

        What proves more than a timestamp of the signature itself may have been added long after.
        """
        if not signing.begins <= claimed <= self._at:
            return Said("CLAIMED_IMPOSSIBLE")
        proof = signing.proof
        if proof is None:
            return None
        is_early = proof.source is Source.TIMESTAMP and claimed < proof.at - CLOCK_SLACK
        if is_early or claimed > proof.at + CLOCK_SLACK:
            return Said("CLAIMED_NOT_PROVEN", (("proven", self._written(proof.at)),))
        return None

    def _written(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._trust.zone.info):%Y-%m-%d %H:%M} {self._trust.zone}"
