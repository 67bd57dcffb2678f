"""The cryptography of one signature or timestamp: does it hold, when was it made, of which form is it.

Certificates are not judged here, and no clock is looked at.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from asn1crypto import core, tsp, x509
from pyhanko.pdf_utils.generic import ArrayObject, ByteStringObject, TextStringObject
from pyhanko.sign.general import find_cms_attribute_iter

from pkdocs.verification.finding import Weight
from pkdocs.verification.foreign.cms import Digest, demand_holds, has_signing_certificate, read_container, signer_of
from pkdocs.verification.foreign.fault import InspectionError
from pkdocs.verification.foreign.held import Held, entry_of
from pkdocs.verification.foreign.keys import digest_name, digest_of, recovered_digest, rsa_key

_PADES: Final = frozenset({"/ETSI.CAdES.detached", "/PBAD.PAdES"})
_DETACHED: Final = _PADES | {"/adbe.pkcs7.detached"}
_OF_DIGEST: Final = "/adbe.pkcs7.sha1"
_RAW: Final = "/adbe.x509.rsa_sha1"
_BROKEN: Final = frozenset({"md2", "md4", "md5"})
_WEAK: Final = frozenset({"sha1"})


@dataclass(frozen=True, slots=True)
class Seal:
    """A signature that holds: its certificate and the others it brings (DER), the times, what speaks against it.

    ``timed`` is by a timestamp over it whose own signature holds; whether anybody believes the authority is not said.
    ``digest`` is the weakest that it rests on.
    """

    certificate: bytes
    others: tuple[bytes, ...]
    is_pades: bool
    digest: str
    timed: datetime | None
    remarks: tuple[InspectionError, ...]


def check_seal(held: Held, covered: Digest) -> Seal:
    """Return the signature of a person, after checking it against ``covered``, the bytes that it covers.

    Raises:
        InspectionError: other bytes than those signed, a forged value, or a form that cannot be judged.
    """
    if held.kind == _RAW:
        return _check_raw(held, covered)
    if held.kind not in _DETACHED | {_OF_DIGEST}:
        raise InspectionError.unclear("INSPECT_FORM", kind=held.kind)
    signed_data = read_container(held.container)
    signer = signer_of(signed_data)
    digest = digest_name(signer["digest_algorithm"]["algorithm"].native)
    if held.kind == _OF_DIGEST:
        carried = _carried(signed_data, covered)
        certificate, others = demand_holds(signed_data, lambda name: digest_of(name, [carried]), "data")
        digest = digest if digest in _BROKEN else "sha1"
    else:
        if signed_data["encap_content_info"]["content"] is not core.VOID:
            raise InspectionError.unclear("INSPECT_ENCAPSULATES")
        certificate, others = demand_holds(signed_data, covered, "data")
    timed, remarks = _timestamp(signer)
    is_pades = held.kind in _PADES and has_signing_certificate(signer)
    return Seal(certificate, others, is_pades, digest, timed, (*_of_digest(digest), *remarks))


def check_timestamp(held: Held, covered: Digest) -> datetime:
    """Return when a document timestamp says that it was made, after checking it.

    Raises:
        InspectionError: other bytes than those stamped, a forged value, or a form that cannot be judged.
    """
    if held.kind != "/ETSI.RFC3161":
        raise InspectionError.unclear("INSPECT_FORM", kind=held.kind)
    return _read_token(read_container(held.container), covered)


def raw_certificates(held: Held) -> list[bytes]:
    """Return the certificates that stand beside a raw signature, the signer's first (ISO 32000-1, table 252)."""
    written = entry_of(held.value, "/Cert")
    listed: Iterable[Any] = written if isinstance(written, ArrayObject) else [written]
    return [one.original_bytes for one in listed if isinstance(one, ByteStringObject | TextStringObject)]


def _of_digest(digest: str) -> Iterable[InspectionError]:
    if digest in _BROKEN:
        raise InspectionError.unclear("INSPECT_DIGEST_BROKEN", algorithm=digest)
    if digest in _WEAK:
        yield InspectionError.remark("INSPECT_DIGEST_WEAK", algorithm=digest)


def _check_raw(held: Held, covered: Digest) -> Seal:
    """Check a value by PKCS #1 beside its certificate (ISO 32000-1, 12.8.3.2)."""
    certificates = raw_certificates(held)
    if not certificates:
        raise InspectionError.unclear("INSPECT_SIGNER_ABSENT")
    try:
        value = core.OctetString.load(held.container).native
        key = rsa_key(x509.Certificate.load(certificates[0]).public_key)
    except (ValueError, TypeError, KeyError) as fault:
        raise InspectionError.unclear("INSPECT_CONTAINER") from fault
    found = recovered_digest(key, value)
    if found is None:
        raise InspectionError.broken("INSPECT_VALUE")
    name, digest = found
    if covered(name) != digest:
        raise InspectionError.broken("INSPECT_DIGEST")
    first, *others = certificates
    return Seal(first, tuple(others), is_pades=False, digest=name, timed=None, remarks=tuple(_of_digest(name)))


def _carried(signed_data: Any, covered: Digest) -> bytes:
    """Return the SHA-1 that the signature carries, if it is that of the file (ISO 32000-1, 12.8.3.3)."""
    content = signed_data["encap_content_info"]["content"]
    carried = content.native if content is not core.VOID else None
    if carried != covered("sha1"):
        raise InspectionError.broken("INSPECT_DIGEST")
    return bytes(carried)


def _timestamp(signer: Any) -> tuple[datetime | None, tuple[InspectionError, ...]]:
    """Return the time of the first signature timestamp that holds, and what is wrong with others."""
    remarks: list[InspectionError] = []
    value = signer["signature"].native
    for token in find_cms_attribute_iter(signer["unsigned_attrs"], "signature_time_stamp_token"):
        try:
            return _read_token(token["content"], lambda name: digest_of(name, [value])), tuple(remarks)
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
    demand_holds(signed_data, lambda name: digest_of(name, [bytes(content)]), "tst_info")
    imprint = stamped["message_imprint"]
    name = digest_name(imprint["hash_algorithm"]["algorithm"].native)
    if imprint["hashed_message"].native != expected(name):
        raise InspectionError.broken("INSPECT_DIGEST")
    moment: datetime = stamped["gen_time"].native
    return moment
