"""Whose a stranger's signature is, as far as a trust file tells: its certificate and algorithms at a time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from pkdocs.trust import Purpose, Trust
from pkdocs.verification.algorithms import Key, Policy, key_of, policy_of
from pkdocs.verification.certificates import CertificateJudge
from pkdocs.verification.finding import Finding, Step, Weight, find
from pkdocs.verification.inspection import InspectedSignature, Inspection


def judge_identities(inspection: Inspection, trust: Trust, at: datetime) -> Inspection:
    """Return ``inspection`` with what ``trust`` says of each signer at the moment ``at``.

    Certificates are judged as those of persons. Revocation is judged by the trust file's lists alone, and no
    timestamp moves the time of judging back.
    """
    judge, policy = CertificateJudge(trust, Purpose.PERSONS, at), policy_of(trust)
    signatures = tuple(
        replace(one, identity=tuple(_identity(one, one.certificate, judge, policy, at))) if one.certificate else one
        for one in inspection.signatures
    )
    return replace(inspection, signatures=signatures)


def _identity(
    signature: InspectedSignature, certificate: bytes, judge: CertificateJudge, policy: Policy, at: datetime
) -> Iterator[Finding]:
    standing = judge.judge(certificate, signature.chain)
    # these sentences speak of a role, which a stranger's signature has not
    named = (("role", signature.field),)
    yield from (replace(finding, params=(*finding.params, *named)) for finding in standing.findings)
    if standing.anchor is not None and standing.anchor.training:
        yield find("TRAINING", Step.CERTIFICATES, Weight.NOTE)
    key = _key(certificate)
    until = policy.until(signature.digest, key) if key else None
    if until is None:
        yield find("INSPECT_ALGORITHM", Step.SIGNATURES, Weight.UNKNOWN, field=signature.field)
    elif at > until:
        params = {"until": f"{until:%Y-%m-%d}", "role": signature.field}
        yield Finding.of("ALGORITHM_LAPSED", Step.SIGNATURES, Weight.UNKNOWN, params)


def _key(certificate: bytes) -> Key | None:
    try:
        return key_of(x509.load_der_x509_certificate(certificate))
    except (ValueError, x509.InvalidVersion, UnsupportedAlgorithm):
        return None
