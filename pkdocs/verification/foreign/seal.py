"""The cryptography of one signature or timestamp, by pyHanko: does it hold, when was it made, of which form is it.

Certificates are not judged here, and no clock is looked at.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from asn1crypto import core, tsp
from pyhanko.sign.general import find_cms_attribute_iter
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import (
    extract_certs_for_validation,
    get_signing_cert_attr,
    validate_sig_integrity,
)

from pkdocs.verification.finding import Weight
from pkdocs.verification.foreign.fault import InspectionError
from pkdocs.verification.foreign.keys import LenientKeys

_PADES: Final = frozenset({"/ETSI.CAdES.detached", "/PBAD.PAdES"})
_DETACHED: Final = _PADES | {"/adbe.pkcs7.detached"}
_OF_DIGEST: Final = "/adbe.pkcs7.sha1"
_BROKEN: Final = frozenset({"md2", "md4", "md5"})
_WEAK: Final = frozenset({"sha1"})


@dataclass(frozen=True, slots=True)
class Seal:
    """A signature that holds: its certificate and the others it brings (DER), the times, what speaks against it.

    ``timed`` is by a timestamp over it whose own signature holds; whether anybody believes the authority is not said.
    """

    certificate: bytes
    others: tuple[bytes, ...]
    is_pades: bool
    timed: datetime | None
    remarks: tuple[InspectionError, ...]


def check_seal(signature: EmbeddedPdfSignature) -> Seal:
    """Return the signature of a person, after checking it against the bytes that it covers.

    Raises:
        InspectionError: other bytes than those signed, a forged value, or a form that cannot be judged.
    """
    kind = str(signature.sig_object.get("/SubFilter"))
    content = signature.signed_data["encap_content_info"]
    if signature.external_md_algorithm in _BROKEN:
        raise InspectionError.unclear("INSPECT_DIGEST_BROKEN", algorithm=signature.external_md_algorithm)
    if kind in _DETACHED:
        if content["content"] is not core.VOID and content["content"].native:
            raise InspectionError.unclear("INSPECT_ENCAPSULATES")
        digest = signature.compute_digest()
    elif kind == _OF_DIGEST:
        digest = _digest_of_digest(signature, content["content"].native)
    else:
        raise InspectionError.unclear("INSPECT_FORM", kind=kind)
    certificates = _demand_holds(signature.signed_data, digest, "data")
    timed, remarks = _timestamp(signature.signer_info)
    if signature.external_md_algorithm in _WEAK or kind == _OF_DIGEST:
        remarks = (*remarks, InspectionError.remark("INSPECT_DIGEST_WEAK", algorithm="sha1"))
    return Seal(
        certificate=certificates.signer_cert.dump(),
        others=tuple(other.dump() for other in certificates.other_certs),
        is_pades=kind in _PADES and get_signing_cert_attr(signature.signer_info["signed_attrs"]) is not None,
        timed=timed,
        remarks=remarks,
    )


def check_timestamp(signature: EmbeddedPdfSignature) -> datetime:
    """Return when a document timestamp says that it was made, after checking it.

    Raises:
        InspectionError: other bytes than those stamped, a forged value, or a form that cannot be judged.
    """
    kind = str(signature.sig_object.get("/SubFilter"))
    if kind != "/ETSI.RFC3161":
        raise InspectionError.unclear("INSPECT_FORM", kind=kind)
    return _read_token(signature.signed_data, signature.compute_digest)


def _digest_of_digest(signature: EmbeddedPdfSignature, carried: object) -> bytes:
    """Return the digest of the SHA-1 that the signature carries, if it is that of the file (ISO 32000-1, 12.8.3.3)."""
    if carried != signature.compute_digest("sha1"):
        raise InspectionError.broken("INSPECT_DIGEST")
    return hashlib.new(signature.md_algorithm, bytes(carried)).digest()


def _demand_holds(signed_data: Any, digest: bytes, content_type: str) -> Any:
    """Return the certificates, after checking digest and value of the one signer."""
    (signer,) = signed_data["signer_infos"]
    try:
        certificates = extract_certs_for_validation(signed_data)
        is_intact, is_valid = validate_sig_integrity(
            signer, certificates.signer_cert, content_type, digest, sig_validator=LenientKeys()
        )
    except SignatureValidationError as fault:
        raise InspectionError.unclear("INSPECT_CMS", what=str(fault.ades_subindication or "")) from fault
    if not is_intact:
        raise InspectionError.broken("INSPECT_DIGEST")
    if not is_valid:
        raise InspectionError.broken("INSPECT_VALUE")
    return certificates


def _timestamp(signer: Any) -> tuple[datetime | None, tuple[InspectionError, ...]]:
    """Return the time of the first signature timestamp that holds, and what is wrong with others."""
    remarks: list[InspectionError] = []
    for token in find_cms_attribute_iter(signer["unsigned_attrs"], "signature_time_stamp_token"):
        try:
            return _read_token(
                token["content"], lambda algorithm: hashlib.new(algorithm, signer["signature"].native).digest()
            ), tuple(remarks)
        except (InspectionError, ValueError, TypeError, KeyError) as fault:
            if isinstance(fault, InspectionError) and fault.weight is Weight.FAIL:
                # it stamps something else, or was changed: it contradicts the signature that it hangs on
                remarks.append(InspectionError.broken("INSPECT_TIMESTAMP"))
            else:
                remarks.append(InspectionError.remark("INSPECT_TIMESTAMP_UNREAD"))
    return None, tuple(remarks)


def _read_token(signed_data: Any, expected: Callable[[str], bytes]) -> datetime:
    """Return the time of a timestamp token (RFC 3161), after checking its signature and what it stamps."""
    content = signed_data["encap_content_info"]["content"]
    stamped = content.parsed if isinstance(content, core.ParsableOctetString) else None
    if not isinstance(stamped, tsp.TSTInfo):
        raise InspectionError.unclear("INSPECT_CMS", what="TSTInfo")
    (signer,) = signed_data["signer_infos"]
    algorithm = signer["digest_algorithm"]["algorithm"].native
    _demand_holds(signed_data, hashlib.new(algorithm, bytes(content)).digest(), "tst_info")
    imprint = stamped["message_imprint"]
    if imprint["hashed_message"].native != expected(imprint["hash_algorithm"]["algorithm"].native):
        raise InspectionError.broken("INSPECT_DIGEST")
    moment: datetime = stamped["gen_time"].native
    return moment
