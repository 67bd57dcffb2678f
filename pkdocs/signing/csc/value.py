"""A signature value as services write it: ECDSA comes in DER or as two numbers side by side."""

from collections.abc import Iterator
from typing import Final

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from pkdocs.signing.signer import is_signature_by

_P256_PAIR_BYTES: Final = 64


def normalise(certificate: bytes, written: bytes, data: bytes) -> bytes | None:
    """Return the raw signature of ``data`` by the key of ``certificate`` (DER) that ``written`` is; None if it is none.

    RSA as it is; ECDSA from ``r || s`` (IEEE P1363) or DER (RFC 3279, 2.2.3), given in DER.
    """
    return next((value for value in _readings(written) if is_signature_by(certificate, value, data)), None)


def _readings(written: bytes) -> Iterator[bytes]:
    try:
        # written anew, for what follows demands DER and some services write BER
        yield encode_dss_signature(*decode_dss_signature(written))
    except ValueError:
        yield written
    if len(written) == _P256_PAIR_BYTES:
        half = _P256_PAIR_BYTES // 2
        yield encode_dss_signature(int.from_bytes(written[:half]), int.from_bytes(written[half:]))
