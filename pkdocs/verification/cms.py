"""The CMS of a signature (RFC 5652, as PAdES B-B narrows it: ETSI EN 319 142-1, 6.3), without trust or clock.

Bytes of the container that no signature covers are not free either: the form is closed, so the container is
read strictly and every certificate in it must vouch for the one before.
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from asn1crypto import cms
from cryptography import x509

from pkdocs import der
from pkdocs.verification.algorithms import SIGNATURES, Key, key_of
from pkdocs.verification.container import (
    attributes_of,
    certificates_above,
    is_named,
    is_protected,
    is_sealed,
    is_signed,
)
from pkdocs.verification.field import Field
from pkdocs.verification.finding import Finding, Step, Sub, Weight
from pkdocs.verification.token import Token, TokenError, read_token

_KNOWN_ATTRIBUTES: Final = frozenset(
    {"content_type", "message_digest", "signing_certificate_v2", "cms_algorithm_protection"}
)
_TIMESTAMP: Final = "signature_time_stamp_token"
_REQUIRED_ATTRIBUTES: Final = _KNOWN_ATTRIBUTES - {"cms_algorithm_protection"}


@dataclass(frozen=True, slots=True)
class Signed:
    """What a CMS signature says about itself: its certificate, those above it in order, its algorithms, its time."""

    certificate: bytes
    chain: tuple[bytes, ...]
    digest: str
    key: Key
    timestamp: Token | None


class CmsError(Exception):
    """The signature is not as it must be; carries the finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding)
        self.finding = finding


class CmsReader:
    """Reads the container of one field; ``findings`` collects what is wrong without hindering the rest."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.findings: list[Finding] = []

    def fault(self, code: str, sub: Sub, weight: Weight = Weight.FAIL, **params: str | int) -> CmsError:
        """Return the fault of that code."""
        return CmsError(self.field.finding(code, Step.SIGNATURES, weight, params, sub=sub))

    def read(self, encoded: bytes, covered: bytes) -> Signed:
        """Return what the DER ``encoded`` says, after checking it against the ``covered`` bytes.

        Raises:
            CmsError: not readable, not detached, of other than one signer, or wrong digest or signature.
        """
        data = self._signed_data(encoded)
        info = self._signer_info(data)
        # taken before anything in it is looked at: asn1crypto encodes anew, slowly, what it has opened
        signed = info["signed_attrs"].dump()
        certificate, chain = self._certificates(data, info)
        digest, key = self._algorithms(data, info, certificate)
        if _joined(data, info, signed) != encoded:
            raise self._malformed("DER")
        attributes = self._attributes(info)
        self._check_attributes(attributes, certificate, info)
        self._check_digest(attributes, digest, covered)
        if not is_signed(certificate, digest, signed, info["signature"].native):
            raise self.fault("SIGNATURE_INVALID", Sub.SIG_CRYPTO_FAILURE)
        return Signed(certificate, chain, digest, key, self._timestamp(info))

    def _malformed(self, what: str) -> CmsError:
        return self.fault("SIGNATURE_CMS", Sub.FORMAT_FAILURE, what=what)

    def _signed_data(self, encoded: bytes) -> Any:
        try:
            info = cms.ContentInfo.load(encoded, strict=True)
            kind, data = info["content_type"].native, info["content"]
        except ValueError as fault:
            # what is not even the outermost form; deeper the border around examining catches what is raised
            raise self._malformed("ContentInfo") from fault
        if kind != "signed_data":
            raise self._malformed("contentType")
        encapsulated = data["encap_content_info"]
        if encapsulated["content_type"].native != "data" or encapsulated["content"].native is not None:
            raise self.fault("SIGNATURE_ENCAPSULATES", Sub.FORMAT_FAILURE)
        if data["version"].native != "v1" or len(data["crls"]):
            raise self._malformed("version, crls")
        return data

    def _signer_info(self, data: Any) -> Any:
        if len(data["signer_infos"]) != 1:
            raise self.fault("SIGNATURE_SIGNERS", Sub.FORMAT_FAILURE, count=len(data["signer_infos"]))
        info = data["signer_infos"][0]
        if info["version"].native != "v1" or info["sid"].name != "issuer_and_serial_number":
            raise self._malformed("SignerInfo")
        return info

    def _certificates(self, data: Any, info: Any) -> tuple[bytes, tuple[bytes, ...]]:
        """Return the signer's certificate and the line of those above it; all must be in that line, once."""
        encoded = [choice.chosen.dump() for choice in data["certificates"]]
        if any(choice.name != "certificate" or not is_sealed(choice.chosen.dump()) for choice in data["certificates"]):
            raise self._malformed("certificates")
        wanted = info["sid"].chosen
        own = [
            choice.chosen.dump()
            for choice in data["certificates"]
            if choice.chosen.issuer.dump() == wanted["issuer"].dump()
            and choice.chosen.serial_number == wanted["serial_number"].native
        ]
        if len(own) != 1:
            raise self.fault("SIGNATURE_CERTIFICATE_ABSENT", Sub.NO_SIGNING_CERTIFICATE_FOUND)
        chain = tuple(certificates_above(own[0], encoded))
        if len(chain) + 1 != len(encoded):
            stray = len(encoded) - len(chain) - 1
            finding = self.fault("SIGNATURE_STRAY_CERTIFICATE", Sub.SIG_CONSTRAINTS_FAILURE, count=stray).finding
            self.findings.append(finding)
        return own[0], chain

    def _algorithms(self, data: Any, info: Any, certificate: bytes) -> tuple[str, Key]:
        digest = str(info["digest_algorithm"]["algorithm"].native)
        signature = str(info["signature_algorithm"]["algorithm"].native)
        key = key_of(x509.load_der_x509_certificate(certificate))
        listed = [entry.dump() for entry in data["digest_algorithms"]]
        if (
            key is None
            or listed != [info["digest_algorithm"].dump()]
            or any(info[f"{kind}_algorithm"]["parameters"].native is not None for kind in ("digest", "signature"))
            or SIGNATURES.get(signature) != (digest, "rsa" if key.kind == "rsa" else "ecdsa")
        ):
            raise self.fault("SIGNATURE_ALGORITHM", Sub.CRYPTO_CONSTRAINTS_FAILURE, algorithm=f"{digest}, {signature}")
        return digest, key

    def _attributes(self, info: Any) -> dict[str, Any]:
        attributes = attributes_of(info)
        if isinstance(attributes, str):
            raise self.fault("SIGNATURE_ATTRIBUTE", Sub.SIG_CONSTRAINTS_FAILURE, attribute=attributes)
        return attributes

    def _check_attributes(self, attributes: dict[str, Any], certificate: bytes, info: Any) -> None:
        wrong = sorted(_REQUIRED_ATTRIBUTES - attributes.keys())
        if "content_type" in attributes and attributes["content_type"].native != "data":
            wrong.append("content_type")
        protection = attributes.get("cms_algorithm_protection")
        if protection is not None and not is_protected(protection, info):
            wrong.append("cms_algorithm_protection")
        if wrong:
            raise self.fault("SIGNATURE_ATTRIBUTE", Sub.SIG_CONSTRAINTS_FAILURE, attribute=", ".join(wrong))
        if not is_named(attributes["signing_certificate_v2"], certificate):
            raise self.fault("SIGNATURE_CERTIFICATE_MISMATCH", Sub.NO_SIGNING_CERTIFICATE_FOUND)
        # among them what PAdES keeps elsewhere, such as the claimed time (EN 319 142-1, 6.3): it contradicts nothing
        for kind in sorted(attributes.keys() - _KNOWN_ATTRIBUTES):
            finding = self.fault(
                "SIGNATURE_ATTRIBUTE_UNKNOWN", Sub.SIG_CONSTRAINTS_FAILURE, Weight.UNKNOWN, attribute=kind
            ).finding
            self.findings.append(finding)

    def _check_digest(self, attributes: dict[str, Any], digest: str, covered: bytes) -> None:
        if attributes["message_digest"].native != hashlib.new(digest, covered).digest():
            raise self.fault("SIGNATURE_DIGEST", Sub.HASH_FAILURE)

    def _timestamp(self, info: Any) -> Token | None:
        """Return the timestamp over the signature, which is all that may be there unsigned, once."""
        unsigned = info["unsigned_attrs"]
        if not len(unsigned):
            return None
        values = unsigned[0]["values"]
        if len(unsigned) != 1 or unsigned[0]["type"].native != _TIMESTAMP or len(values) != 1:
            self.findings.append(
                self.fault("SIGNATURE_UNSIGNED_ATTRIBUTE", Sub.SIG_CONSTRAINTS_FAILURE, Weight.UNKNOWN).finding
            )
            return None
        signature = info["signature"].native
        try:
            return read_token(values[0].dump(), lambda algorithm: hashlib.new(algorithm, signature).digest())
        except TokenError as fault:
            self.findings.append(self.fault(fault.code, fault.sub, fault.weight, **fault.params).finding)
            return None


def _joined(data: Any, info: Any, attributes: bytes) -> bytes:
    """Return the container joined anew from its parts: equal to it only without lax lengths or leftovers.

    The parts are held by other means: certificates by signatures, attributes by this signature, a timestamp by its
    own, the rest by comparison. (asn1crypto could encode all of it anew, but takes 200 ms for that.)
    """
    signer = (
        info["version"].dump(),
        der.encode(der.SEQUENCE, info["sid"].chosen["issuer"].dump(), info["sid"].chosen["serial_number"].dump()),
        info["digest_algorithm"].dump(),
        attributes,
        info["signature_algorithm"].dump(),
        der.encode(der.OCTETS, info["signature"].native),
        _joined_unsigned(info["unsigned_attrs"]),
    )
    certificates = (choice.chosen.dump() for choice in data["certificates"])
    signed_data = (
        data["version"].dump(),
        der.encode(der.SET, *(entry.dump() for entry in data["digest_algorithms"])),
        der.encode(der.SEQUENCE, data["encap_content_info"]["content_type"].dump()),
        der.context(0, *certificates),
        der.encode(der.SET, der.encode(der.SEQUENCE, *signer)),
    )
    content = der.context(0, der.encode(der.SEQUENCE, *signed_data))
    return der.encode(der.SEQUENCE, cms.ContentType("signed_data").dump(), content)


def _joined_unsigned(attributes: Any) -> bytes:
    if not len(attributes):
        return b""
    joined = (
        der.encode(
            der.SEQUENCE, attribute["type"].dump(), der.encode(der.SET, *(one.dump() for one in attribute["values"]))
        )
        for attribute in attributes
    )
    return der.context(1, *joined)
