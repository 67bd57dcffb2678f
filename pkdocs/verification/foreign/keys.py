"""Checking a raw signature with keys as they are found in certificates, some of them oddly written."""

from asn1crypto.algos import SignedDigestAlgorithm
from asn1crypto.keys import PublicKeyInfo
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pyhanko_certvalidator.sig_validate import (
    DEFAULT_VALIDATION_CONTEXT,
    DefaultSignatureValidator,
    SignatureValidationContext,
)


class LenientKeys(DefaultSignatureValidator):
    """Takes an RSA key by its numbers where its encoding is not DER, as the readers that people use do."""

    def validate_signature(
        self,
        signature: bytes,
        signed_data: bytes,
        public_key_info: PublicKeyInfo,
        signature_algorithm: SignedDigestAlgorithm,
        context: SignatureValidationContext = DEFAULT_VALIDATION_CONTEXT,
    ) -> None:
        """Raise ``InvalidSignature`` unless the signature fits the key."""
        key = _plain(public_key_info) if public_key_info.algorithm == "rsa" else public_key_info
        super().validate_signature(signature, signed_data, key, signature_algorithm, context)


def _plain(key: PublicKeyInfo) -> PublicKeyInfo:
    """Return an RSA key in DER: shortest numbers, and a modulus that is positive though its first bit is set."""
    written = key["public_key"].parsed
    modulus, exponent = (int.from_bytes(written[name].contents) for name in ("modulus", "public_exponent"))
    encoded = (
        RSAPublicNumbers(exponent, modulus).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )
    return PublicKeyInfo.load(encoded)
