"""The organisation's seal on an agreement: whose it is, as far as the trust file tells. No verdict rests on it."""

from collections.abc import Iterator

from cryptography import x509
from cryptography.x509.oid import NameOID

from pkdocs.trust import Trust
from pkdocs.verification import Finding, Signature, Step, Weight, find
from pkdocs.verification.belief import SignatureJudge
from pkdocs.verification.proof import Timeline


def seal_findings(seal: Signature | None, judge: SignatureJudge, timeline: Timeline, trust: Trust) -> Iterator[Finding]:
    """Yield a warning about a seal (None: there is none) that is not believed, or that names another organisation.

    That it is intact is a matter of its file; ``timeline`` is that file's.
    """
    if seal is None or seal.certificate is None:
        return
    heavy = (
        finding
        for finding in judge.signing(seal, seal.certificate, timeline).standing.findings
        if finding.weight in {Weight.FAIL, Weight.UNKNOWN}
    )
    if cause := next(heavy, None):
        yield find("SEAL_NOT_BELIEVED", Step.CERTIFICATES, Weight.WARNING, cause=cause.code)
    elif (named := _organisation(seal.certificate)) != trust.organisation:
        yield find("SEAL_OTHER", Step.CERTIFICATES, Weight.WARNING, named=named or "-", expected=trust.organisation)


def _organisation(certificate: bytes) -> str:
    subject = x509.load_der_x509_certificate(certificate).subject
    return next((str(one.value) for one in subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)), "")
