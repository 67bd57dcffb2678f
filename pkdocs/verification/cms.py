"""The CMS of a signature (RFC 5652, as PAdES B-B narrows it: ETSI EN 319 142-1, 6.3), without trust or clock.

Bytes of the container that no signature covers are not free either: the form is closed, so the container is
read strictly and every certificate in it must vouch for the one before.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import asn1crypto.tsp  # noqa: F401  # teaches asn1crypto.cms the attribute signing-certificate-v2
from asn1crypto import cms, parser
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from pkdocs.verification.algorithms import DIGESTS, SIGNATURES, Key, key_of
from pkdocs.verification.field import Field
from pkdocs.verification.finding import Finding, Step, Sub, Weight

_HASHES: Final[dict[str, type[hashes.HashAlgorithm]]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
_UNIVERSAL, _CONTEXT = 0, 2
_PRIMITIVE, _CONSTRUCTED = 0, 1
_BITS, _OCTETS, _SEQUENCE, _SET = 3, 4, 16, 17
_SET_TAG: Final = b"\x31"
_ATTRIBUTES_TAG: Final = b"\xa0"
_KNOWN_ATTRIBUTES: Final = frozenset(
    {"content_type", "message_digest", "signing_certificate_v2", "cms_algorithm_protection"}
)
_REQUIRED_ATTRIBUTES: Final = _KNOWN_ATTRIBUTES - {"cms_algorithm_protection"}


@dataclass(frozen=True, slots=True)
class Signed:
    """What a CMS signature says about itself: its certificate, those above it in order, its algorithms."""

    certificate: bytes
    chain: tuple[bytes, ...]
    digest: str
    key: Key


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
        signed = info["signed_attrs"].dump()[1:]
        certificate, chain = self._certificates(data, info)
        digest, key = self._algorithms(data, info, certificate)
        if _joined(data, info, signed) != encoded:
            raise self._malformed("DER")
        attributes = self._attributes(info)
        self._check_attributes(attributes, certificate, info)
        self._check_digest(attributes, digest, covered)
        self._check_signature(info, certificate, digest, signed)
        if len(info["unsigned_attrs"]):
            self.findings.append(
                self.fault("SIGNATURE_UNSIGNED_ATTRIBUTE", Sub.SIG_CONSTRAINTS_FAILURE, Weight.UNKNOWN).finding
            )
        return Signed(certificate, chain, digest, key)

    def _malformed(self, what: str) -> CmsError:
        return self.fault("SIGNATURE_CMS", Sub.FORMAT_FAILURE, what=what)

    def _signed_data(self, encoded: bytes) -> Any:
        info = cms.ContentInfo.load(encoded, strict=True)
        if info["content_type"].native != "signed_data":
            raise self._malformed("contentType")
        data = info["content"]
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
        if any(choice.name != "certificate" or not _is_sealed(choice.chosen) for choice in data["certificates"]):
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
        attributes: dict[str, Any] = {}
        for attribute in info["signed_attrs"]:
            kind = str(attribute["type"].native)
            if kind in attributes or len(attribute["values"]) != 1:
                raise self.fault("SIGNATURE_ATTRIBUTE", Sub.SIG_CONSTRAINTS_FAILURE, attribute=kind)
            attributes[kind] = attribute["values"][0]
        return attributes

    def _check_attributes(self, attributes: dict[str, Any], certificate: bytes, info: Any) -> None:
        wrong = sorted(_REQUIRED_ATTRIBUTES - attributes.keys())
        # PAdES keeps the claimed time in /M alone (EN 319 142-1, 6.3)
        wrong += sorted({"signing_time", "signing_certificate"} & attributes.keys())
        if "content_type" in attributes and attributes["content_type"].native != "data":
            wrong.append("content_type")
        protection = attributes.get("cms_algorithm_protection")
        if protection is not None and not _protects(protection, info):
            wrong.append("cms_algorithm_protection")
        if wrong:
            raise self.fault("SIGNATURE_ATTRIBUTE", Sub.SIG_CONSTRAINTS_FAILURE, attribute=", ".join(wrong))
        if not _names(attributes["signing_certificate_v2"], certificate):
            raise self.fault("SIGNATURE_CERTIFICATE_MISMATCH", Sub.SIG_CONSTRAINTS_FAILURE)
        for kind in sorted(attributes.keys() - _KNOWN_ATTRIBUTES):
            finding = self.fault(
                "SIGNATURE_ATTRIBUTE_UNKNOWN", Sub.SIG_CONSTRAINTS_FAILURE, Weight.UNKNOWN, attribute=kind
            ).finding
            self.findings.append(finding)

    def _check_digest(self, attributes: dict[str, Any], digest: str, covered: bytes) -> None:
        if attributes["message_digest"].native != hashlib.new(digest, covered).digest():
            raise self.fault("SIGNATURE_DIGEST", Sub.HASH_FAILURE)

    def _check_signature(self, info: Any, certificate: bytes, digest: str, attributes: bytes) -> None:
        # what is signed is the attributes as a SET, not with the tag that they have in SignerInfo (RFC 5652, 5.4)
        signed = _SET_TAG + attributes
        key = x509.load_der_x509_certificate(certificate).public_key()
        algorithm = _HASHES[digest]()
        signature = info["signature"].native
        try:
            if isinstance(key, rsa.RSAPublicKey):
                key.verify(signature, signed, padding.PKCS1v15(), algorithm)
            elif isinstance(key, ec.EllipticCurvePublicKey):
                key.verify(signature, signed, ec.ECDSA(algorithm))
        except InvalidSignature as wrong:
            raise self.fault("SIGNATURE_INVALID", Sub.SIG_CRYPTO_FAILURE) from wrong


def _joined(data: Any, info: Any, attributes: bytes) -> bytes:
    """Return the container joined anew from its parts: equal to it only without lax lengths or leftovers.

    The parts are held by other means: certificates by signatures, attributes by this signature, the rest by
    comparison. (asn1crypto could encode all of it anew, but takes 200 ms for that.)
    """
    signer = (
        info["version"].dump(),
        _sequence(info["sid"].chosen["issuer"].dump(), info["sid"].chosen["serial_number"].dump()),
        info["digest_algorithm"].dump(),
        _ATTRIBUTES_TAG + attributes,
        info["signature_algorithm"].dump(),
        parser.emit(_UNIVERSAL, _PRIMITIVE, _OCTETS, info["signature"].native),
        info["unsigned_attrs"].dump() if len(info["unsigned_attrs"]) else b"",
    )
    certificates = b"".join(choice.chosen.dump() for choice in data["certificates"])
    signed_data = (
        data["version"].dump(),
        _set(*(entry.dump() for entry in data["digest_algorithms"])),
        _sequence(data["encap_content_info"]["content_type"].dump()),
        parser.emit(_CONTEXT, _CONSTRUCTED, 0, certificates),
        _set(_sequence(*signer)),
    )
    content = parser.emit(_CONTEXT, _CONSTRUCTED, 0, _sequence(*signed_data))
    return _sequence(cms.ContentType("signed_data").dump(), content)


def _sequence(*parts: bytes) -> bytes:
    encoded: bytes = parser.emit(_UNIVERSAL, _CONSTRUCTED, _SEQUENCE, b"".join(parts))
    return encoded


def _set(*parts: bytes) -> bytes:
    encoded: bytes = parser.emit(_UNIVERSAL, _CONSTRUCTED, _SET, b"".join(parts))
    return encoded


def _is_sealed(certificate: Any) -> bool:
    """Tell whether a certificate is exactly what its issuer signed, the algorithm and the signature.

    Unused bits of a BIT STRING, for one, are looked at by nobody else.
    """
    signed = certificate["tbs_certificate"]
    algorithm = signed["signature"].dump()
    signature = parser.emit(_UNIVERSAL, _PRIMITIVE, _BITS, b"\0" + certificate["signature_value"].native)
    return bool(_sequence(signed.dump(), algorithm, signature) == certificate.dump() and certificate.serial_number > 0)


def certificates_above(certificate: bytes, others: list[bytes]) -> Iterator[bytes]:
    """Yield those of ``others`` (all DER) that vouch for one another above ``certificate``, the nearest first."""
    below = x509.load_der_x509_certificate(certificate)
    left = {encoded: x509.load_der_x509_certificate(encoded) for encoded in others if encoded != certificate}
    while issuer := next((encoded for encoded, above in left.items() if _issued(below, above)), None):
        below = left.pop(issuer)
        # no signature of others covers a root: it must at least bear its own
        if below.issuer == below.subject and not _issued(below, below):
            return
        yield issuer


def _issued(below: x509.Certificate, above: x509.Certificate) -> bool:
    try:
        below.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _names(attribute: Any, certificate: bytes) -> bool:
    """Tell whether the first ESSCertIDv2 is of ``certificate`` (RFC 5035, 5.4.1)."""
    first = attribute["certs"][0]
    algorithm = first["hash_algorithm"]["algorithm"].native
    return algorithm in DIGESTS and first["cert_hash"].native == hashlib.new(algorithm, certificate).digest()


def _protects(attribute: Any, info: Any) -> bool:
    """Tell whether algorithm protection (RFC 6211) repeats the algorithms of the signature."""
    digest = attribute["digest_algorithm"]["algorithm"].native == info["digest_algorithm"]["algorithm"].native
    named = attribute["signature_algorithm"]
    return (
        digest
        and named.native is not None
        and named["algorithm"].native == info["signature_algorithm"]["algorithm"].native
    )
