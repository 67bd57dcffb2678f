"""Checking a raw signature with keys and algorithms as they are found in the wild, some of them oddly written."""

import hashlib
import re
from collections.abc import Iterable
from typing import Any, Final

from asn1crypto import algos, keys
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pyhanko_certvalidator.sig_validate import DefaultSignatureValidator, SignatureValidationContext
from pyhanko_certvalidator.util import get_pyca_cryptography_hash, process_pss_params

from pkdocs.verification.foreign.fault import InspectionError

_NULL: Final = b"\x05\x00"
_RIPEMD: Final = "1.3.36.3.2.1"
_SIGNING: Final = {
    **{f"2.16.840.1.101.3.4.3.{13 + place}": f"sha3_{bits}" for place, bits in enumerate((224, 256, 384, 512))},
    **{
        f"0.4.0.127.0.7.1.1.4.1.{place}": f"sha{bits}"
        for place, bits in enumerate(("1", "224", "256", "384", "512"), 1)
    },
}
"""Digests of signature algorithms that asn1crypto does not know: RSA with SHA-3, and the plain ECDSA of TR-03111."""
_PLAIN_ECDSA: Final = "0.4.0.127.0.7.1.1.4.1."


def digest_name(algorithm: str) -> str:
    """Return the digest that ``algorithm`` stands for: a digest's own name, or a signature's where that was written."""
    name = algorithm.lower()
    if name not in _SIGNING and name[:1].isdigit():
        # some write the signature's algorithm where the digest's belongs
        name = str(algos.SignedDigestAlgorithmId(name).native)
    return _SIGNING.get(name) or re.sub("_(rsa|ecdsa|dsa)$", "", name)


def digest_of(name: str, parts: Iterable[bytes | memoryview]) -> bytes:
    """Return the digest of ``parts`` one after the other.

    Raises:
        InspectionError: no digest of that name is known here.
    """
    is_extended = name.startswith("shake256")
    try:
        made: Any = hashlib.new("shake_256" if is_extended else "ripemd160" if name == _RIPEMD else name)
    except ValueError as fault:
        raise InspectionError.unclear("INSPECT_METHOD", algorithm=name) from fault
    for part in parts:
        made.update(part)
    return bytes(made.digest(64) if is_extended else made.digest())


def fits(key: keys.PublicKeyInfo, signature: bytes, text: bytes, method: Any, digest: str, *, is_digest: bool) -> bool:
    """Tell whether ``signature`` over ``text``, or over what ``text`` is the ``digest`` of, was made with the key.

    ``method`` names the signature's algorithm. What it says of the digest counts less than the ``digest`` of the
    signer: they contradict each other in many files, and readers take either.

    Raises:
        InspectionError: a key or method that is not known here.
    """
    names = dict.fromkeys((digest, _digest_in(method) or digest))
    try:
        return any(_fits(key, signature, text, method, name, is_digest=is_digest) for name in names)
    except InvalidSignature:
        return False
    except (ValueError, TypeError, NotImplementedError, UnsupportedAlgorithm, AttributeError, AssertionError) as fault:
        named = f"{method['algorithm'].native} {key['algorithm']['algorithm'].native}"
        raise InspectionError.unclear("INSPECT_METHOD", algorithm=named) from fault


def recovered_digest(key: rsa.RSAPublicKey, signature: bytes) -> tuple[str, bytes] | None:
    """Return name and value of the digest in an RSA signature (RFC 8017, 8.2.2); None if it was not made with the key.

    Its encoding must be exact, but the parameters may be absent or null.
    """
    try:
        found = key.recover_data_from_signature(signature, padding.PKCS1v15(), None)
        written = algos.DigestInfo.load(found, strict=True)
        name, digest = written["digest_algorithm"]["algorithm"], written["digest"].native
    except (InvalidSignature, ValueError, TypeError):
        return None
    inner = name.dump()
    for end in (_NULL, b""):
        kind = bytes([0x30, len(inner) + len(end)]) + inner + end
        if found == bytes([0x30, len(kind) + 2 + len(digest)]) + kind + bytes([4, len(digest)]) + digest:
            return digest_name(name.native), digest
    return None


def rsa_key(key: keys.PublicKeyInfo) -> rsa.RSAPublicKey:
    """Return an RSA key by its numbers, its modulus positive though its first bit is set, whatever encoding it has."""
    written = key["public_key"].parsed
    modulus, exponent = (int.from_bytes(written[name].contents) for name in ("modulus", "public_exponent"))
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()


def _digest_in(method: Any) -> str | None:
    try:
        return str(method.hash_algo)
    except ValueError:
        return _SIGNING.get(method["algorithm"].native)


def _fits(key: keys.PublicKeyInfo, signature: bytes, text: bytes, method: Any, name: str, *, is_digest: bool) -> bool:
    kind = method["algorithm"].native
    if key.algorithm in {"rsa", "rsassa_pss"}:
        return _fits_rsa(rsa_key(key), signature, text, method, name, is_digest=is_digest)
    public = load_der_public_key(key.dump())
    digest = text if is_digest else digest_of(name, [text])
    if isinstance(public, ec.EllipticCurvePublicKey):
        written = _from_plain(signature) if kind.startswith(_PLAIN_ECDSA) else signature
        return _accepts(public, written, digest, ec.ECDSA(Prehashed(get_pyca_cryptography_hash(name))))
    if isinstance(public, dsa.DSAPublicKey):
        return _accepts(public, signature, digest, Prehashed(get_pyca_cryptography_hash(name)))
    if is_digest:
        raise NotImplementedError("signs the text itself")
    context = SignatureValidationContext(contextual_md_algorithm=name)
    DefaultSignatureValidator().validate_signature(signature, text, key, method, context)
    return True


def _fits_rsa(key: rsa.RSAPublicKey, signature: bytes, text: bytes, method: Any, name: str, *, is_digest: bool) -> bool:
    if method["algorithm"].native != "rsassa_pss":
        return recovered_digest(key, signature) == (name, text if is_digest else digest_of(name, [text]))
    pad, used = process_pss_params(method["parameters"], prehashed=is_digest)
    return _accepts(key, signature, text, pad, used)


def _accepts(key: Any, signature: bytes, *how: Any) -> bool:
    try:
        key.verify(signature, *how)
    except InvalidSignature:
        return False
    return True


def _from_plain(signature: bytes) -> bytes:
    half = len(signature) // 2
    return encode_dss_signature(int.from_bytes(signature[:half]), int.from_bytes(signature[half:]))
