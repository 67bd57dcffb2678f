"""Step 4: what a trust file makes of one intact signature at a time."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pkdocs.pki import person_of
from pkdocs.trust import Purpose, Trust
from pkdocs.verification.algorithms import believed_until
from pkdocs.verification.certificates import CertificateJudge, Standing
from pkdocs.verification.finding import Finding, Step, Sub, Weight, find
from pkdocs.verification.signature import Signature


@dataclass(frozen=True, slots=True)
class Signing:
    """One intact signature, judged: its certificate's standing, the person it names ('' none), its key's digest."""

    signature: Signature
    standing: Standing
    person: str
    key: str
    begins: datetime


class SignatureJudge:
    """Judges signatures of persons by one trust file at one time."""

    def __init__(self, trust: Trust, at: datetime) -> None:
        self._trust = trust
        self._at = at
        self._certificates = CertificateJudge(trust, Purpose.PERSONS, at)

    def signing(self, signature: Signature, certificate: bytes) -> Signing:
        """Return ``signature``, made by the owner of ``certificate`` (DER), as it is judged."""
        loaded = x509.load_der_x509_certificate(certificate)
        key = loaded.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return Signing(
            signature=signature,
            standing=self._certificates.judge(certificate, signature.chain),
            person=person_of(loaded),
            key=hashlib.sha256(key).hexdigest(),
            begins=loaded.not_valid_before_utc,
        )

    def findings(self, signing: Signing) -> Iterator[Finding]:
        """Yield what is wrong with certificate, algorithms and claimed time; whose signature it is they do not say."""
        yield from signing.standing.findings
        signature = signing.signature
        until = believed_until(signature.digest, signature.key) if signature.digest and signature.key else None
        if until is None:
            yield find("ALGORITHM_WEAK", Step.SIGNATURES, Weight.FAIL, sub=Sub.CRYPTO_CONSTRAINTS_FAILURE)
        elif self._at > until:
            sub = Sub.CRYPTO_CONSTRAINTS_FAILURE_NO_POE
            yield find("ALGORITHM_LAPSED", Step.SIGNATURES, Weight.UNKNOWN, sub=sub, until=f"{until:%Y-%m-%d}")
        # a claimed time proves nothing, but one that cannot be true is worth a word
        if signature.claimed is not None and not signing.begins <= signature.claimed <= self._at:
            moment = f"{signature.claimed.astimezone(self._trust.zone.info):%Y-%m-%d %H:%M} {self._trust.zone}"
            yield find("CLAIMED_TIME", Step.CERTIFICATES, Weight.WARNING, claimed=moment)
