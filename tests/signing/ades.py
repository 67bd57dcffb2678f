"""What pyHanko's AdES validation says of a file, with one root as the only anchor and nothing fetched."""

import asyncio
from datetime import datetime
from io import BytesIO
from typing import Any

from asn1crypto.crl import CertificateList
from asn1crypto.ocsp import OCSPResponse
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.ades import ades_lta_validation, ades_with_time_validation
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    PdfSignatureValidationSpec,
    SignatureValidationSpec,
    bootstrap_validation_data_handlers,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy, RevocationCheckingRule
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer

from pkdocs.pki import KeyKind
from pkdocs.signing.preserved import read_preserved
from tests.signed import authorities

PASSED = "OK"


def ades_lta(pdf: bytes, *, at: datetime, kind: KeyKind = KeyKind.P256, root: bytes = b"") -> list[str]:
    """Return the sub-indication of each signature in validation with archival data (EN 319 102-1, 5.6.3)."""
    signatures = PdfFileReader(BytesIO(pdf), strict=True).embedded_regular_signatures
    spec = PdfSignatureValidationSpec(_spec(root or _root(kind)))
    timing = ValidationTimingInfo(at, at, point_in_time_validation=True)
    return [
        asyncio.run(ades_lta_validation(signature, spec, timing_info=timing)).ades_subindic.name
        for signature in signatures
    ]


def ades_with_time(pdf: bytes, *, at: datetime, kind: KeyKind = KeyKind.P256, root: bytes = b"") -> list[str]:
    """Return the sub-indication of each signature in validation with time (5.5), by the file's validation data."""
    signatures = PdfFileReader(BytesIO(pdf), strict=True).embedded_regular_signatures
    return [_with_time(pdf, signature, at, root or _root(kind)) for signature in signatures]


def _with_time(pdf: bytes, signature: Any, at: datetime, root: bytes) -> str:
    evidence = read_preserved(pdf).evidence
    spec = _spec(root, LocalKnowledge(known_certs=[Certificate.load(entry) for entry in evidence.certificates]))
    timing = ValidationTimingInfo(at, at, point_in_time_validation=True)
    handlers = bootstrap_validation_data_handlers(spec, timing_info=timing)
    manager = handlers.revinfo_manager
    assert manager is not None
    manager._crls.extend(CRLContainer(CertificateList.load(entry)) for entry in evidence.crls)
    for entry in evidence.ocsps:
        manager._ocsps.extend(OCSPContainer.load_multi(OCSPResponse.load(entry)))
    signature.compute_integrity_info()
    result = asyncio.run(
        ades_with_time_validation(
            signature.signed_data,
            spec,
            timing_info=timing,
            raw_digest=signature.compute_digest(),
            validation_data_handlers=handlers,
        )
    )
    return result.ades_subindic.name


def _root(kind: KeyKind) -> bytes:
    return authorities(kind)[0].certificate.public_bytes(Encoding.DER)


def _spec(root: bytes, knowledge: LocalKnowledge | None = None) -> SignatureValidationSpec:
    rule = RevocationCheckingRule.CRL_OR_OCSP_REQUIRED
    policy = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=[Certificate.load(root)]),
        revinfo_policy=CertRevTrustPolicy(RevocationCheckingPolicy(rule, rule)),
    )
    return SignatureValidationSpec(cert_validation_policy=policy, local_knowledge=knowledge or LocalKnowledge())
