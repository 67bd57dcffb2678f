"""The container of a signature (RFC 5652): its one signer, whose certificate it is, and whether value and digest hold.

Certificates are not judged here, and no clock is looked at. Where signers deviate from the letter and all readers
take it, it is taken: encodings that are not DER, algorithms named twice differently.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from asn1crypto import cms, core, tsp, x509
from pyhanko.sign.general import find_unique_cms_attribute
from pyhanko.sign.validation.errors import CMSAlgorithmProtectionError
from pyhanko.sign.validation.generic_cms import validate_algorithm_protection

from pkdocs.verification.foreign.fault import InspectionError
from pkdocs.verification.foreign.keys import digest_name, digest_of, fits

Digest = Callable[[str], bytes]
"""Gives the digest of what is signed, by the name of the digest."""

_SET: Final = b"\x31"


def read_container(container: bytes) -> Any:
    """Return the signed data of a container, whatever follows it there.

    Raises:
        InspectionError: it is none.
    """
    try:
        message = cms.ContentInfo.load(container)
        if message["content_type"].native == "signed_data":
            signed_data = message["content"]
            # parsed as it is used; here, to know
            _ = signed_data["signer_infos"].native if len(signed_data["signer_infos"]) == 0 else None
            return signed_data
    except (ValueError, TypeError, KeyError) as fault:
        raise InspectionError.unclear("INSPECT_CONTAINER") from fault
    raise InspectionError.unclear("INSPECT_CONTAINER")


def signer_of(signed_data: Any) -> Any:
    """Return the one signer.

    Raises:
        InspectionError: there are none or several.
    """
    infos = signed_data["signer_infos"]
    if len(infos) != 1:
        raise InspectionError.unclear("INSPECT_SIGNERS", count=len(infos))
    return infos[0]


def certificates_in(signed_data: Any) -> tuple[x509.Certificate, list[x509.Certificate]]:
    """Return the signer's certificate and the others of the container.

    Raises:
        InspectionError: the signer's is not among them.
    """
    signer = signer_of(signed_data)
    choices = signed_data["certificates"] if signed_data["certificates"] is not core.VOID else []
    found = [choice.chosen.untag() for choice in choices if choice.name == "certificate"]
    attribute = _signing_certificate(signer)
    tests: tuple[Callable[[x509.Certificate], bool], ...] = (
        lambda one: _is_named(one, signer["sid"]),
        lambda one: attribute is not None and _is_hashed(one, attribute),
    )
    for test in tests:
        for one in found:
            if test(one):
                return one, [other for other in found if other is not one]
    raise InspectionError.unclear("INSPECT_SIGNER_ABSENT")


def demand_holds(signed_data: Any, digest: Digest, content_type: str) -> tuple[bytes, tuple[bytes, ...]]:
    """Return the signer's certificate and the others (DER), after checking that the signature holds over the content.

    Raises:
        InspectionError: the content is another, the value does not fit the key, or the parts contradict each other.
    """
    signer = signer_of(signed_data)
    certificate, others = certificates_in(signed_data)
    name = digest_name(signer["digest_algorithm"]["algorithm"].native)
    content = digest(name)
    attributes = signer["signed_attrs"]
    value, method = signer["signature"].native, signer["signature_algorithm"]
    if attributes is core.VOID:
        if not fits(certificate.public_key, value, content, method, name, is_digest=True):
            raise InspectionError.broken("INSPECT_VALUE")
    else:
        _demand_consistent(signer, certificate, content_type)
        if _single(attributes, "message_digest").native != content:
            raise InspectionError.broken("INSPECT_DIGEST")
        if not any(
            fits(certificate.public_key, value, text, method, name, is_digest=False) for text in _signed(attributes)
        ):
            raise InspectionError.broken("INSPECT_VALUE")
    return certificate.dump(), tuple(other.dump() for other in others)


def _signed(attributes: Any) -> Iterator[bytes]:
    """Yield what may have been signed: the attributes as they are written, and in DER (RFC 5652, 5.4)."""
    yield _SET + attributes.dump()[1:]
    yield attributes.untag().copy().dump(force=True)


def _demand_consistent(signer: Any, certificate: x509.Certificate, content_type: str) -> None:
    attributes = signer["signed_attrs"]
    if _single(attributes, "content_type").native != content_type:
        raise InspectionError.unclear("INSPECT_CMS", what="content-type")
    attribute = _signing_certificate(signer)
    if attribute is not None and not _is_hashed(certificate, attribute):
        raise InspectionError.unclear("INSPECT_CMS", what="signing-certificate")
    try:
        validate_algorithm_protection(attributes, signer["digest_algorithm"], signer["signature_algorithm"], None)
    except (CMSAlgorithmProtectionError, ValueError) as fault:
        raise InspectionError.unclear("INSPECT_CMS", what="algorithm-protection") from fault


def _single(attributes: Any, name: str) -> Any:
    try:
        return find_unique_cms_attribute(attributes, name)
    except (KeyError, ValueError) as fault:
        raise InspectionError.unclear("INSPECT_CMS", what=name.replace("_", "-")) from fault


def has_signing_certificate(signer: Any) -> bool:
    """Tell whether the signer names the certificate among what is signed, as CAdES demands."""
    return _signing_certificate(signer) is not None


def _signing_certificate(signer: Any) -> Any:
    """Return the first of the certificates that the signed attributes name; None if they name none."""
    attributes = signer["signed_attrs"]
    kinds = {"signing_certificate_v2": tsp.SigningCertificateV2, "signing_certificate": tsp.SigningCertificate}
    for attribute in attributes if attributes is not core.VOID else ():
        kind = kinds.get(attribute["type"].native)
        if kind is None:
            continue
        try:
            # read from a copy: the signed bytes must not change
            (value,) = attribute["values"]
            return kind.load(value.dump())["certs"][0]
        except (ValueError, TypeError, IndexError) as fault:
            raise InspectionError.unclear("INSPECT_CMS", what="signing-certificate") from fault
    return None


def _is_named(certificate: x509.Certificate, identifier: Any) -> bool:
    if identifier.name == "subject_key_identifier":
        return bool(certificate.key_identifier == identifier.chosen.native)
    named, written = identifier.chosen, certificate["tbs_certificate"]
    if named["serial_number"].native != written["serial_number"].native:
        return False
    return named["issuer"].dump() == written["issuer"].dump() or bool(named["issuer"] == written["issuer"])


def _is_hashed(certificate: x509.Certificate, attribute: Any) -> bool:
    name = "sha1" if isinstance(attribute, tsp.ESSCertID) else attribute["hash_algorithm"]["algorithm"].native
    return bool(digest_of(digest_name(name), [certificate.dump()]) == attribute["cert_hash"].native)
