"""What one file proves by itself, before anybody is trusted: plain values that go to other processes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pkdocs.content import Content, Role
from pkdocs.issue import Toolchain
from pkdocs.messages import Said
from pkdocs.verification.attestation import Attestation
from pkdocs.verification.attribution import attribute, unassigned
from pkdocs.verification.evidence import Evidence
from pkdocs.verification.finding import Finding, Step, Weight, find
from pkdocs.verification.signature import Signature
from pkdocs.verification.stamp import Stamp


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of one file.

    ``sha256`` is of the whole file (empty if it could not be read), ``issue_digest`` and ``issue_length`` of its
    first revision, ``revisions`` length and SHA-256 of the file up to the end of each. ``content`` is None where there
    is none to be had, ``codes`` are the QR codes' texts, none where pages were not read; template and toolchain are
    what the file says of itself.
    ``signatures`` are the parties', ``seal`` is the organisation's, ``stamps`` are document timestamps, ``evidence`` is
    what each revision that writes validation data brings to judge certificates by; ``records`` are evidence records
    that lie beside the file, as far as they hold.
    ``findings`` are those of steps 1, 2, 3 and 6 that need neither trust nor clock.
    """

    sha256: str
    findings: tuple[Finding, ...] = ()
    content: Content | None = None
    content_digest: str | None = None
    issue_digest: str | None = None
    issue_length: int = 0
    revisions: tuple[tuple[int, str], ...] = ()
    template_digest: str | None = None
    toolchain: Toolchain | None = None
    signatures: tuple[Signature, ...] = ()
    seal: Signature | None = None
    codes: tuple[str, ...] = ()
    stamps: tuple[Stamp, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    records: tuple[Attestation, ...] = ()

    def signature(self, role: Role) -> Signature | None:
        """Return the signature of ``role``; None if there is none."""
        return next((signature for signature in self.signatures if signature.role is role), None)

    def attributed(self, owners: Mapping[bytes, str]) -> "Facts":
        """Return the facts when it is known whose certificates (DER) are: each signature has its role.

        A signature in a field of its own without size has that of its certificate's owner. One whose owner nobody
        knows keeps none, and is a finding.
        """
        if self.content is None or all(signature.role is not None for signature in self.signatures):
            return self
        signatures, findings = attribute(self.signatures, self.content, owners)
        return replace(self, signatures=signatures, findings=(*self.findings, *findings, *unassigned(signatures)))


def unread_facts(reason: str | Said, *, code: str = "FILE_NOT_READ") -> Facts:
    """Return the facts of a file that could not be read at all; it counts, and is never skipped."""
    return Facts("", (find(code, Step.FILE, Weight.FAIL, reason=reason),))
