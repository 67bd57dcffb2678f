"""A timestamp token (RFC 3161, with RFC 5816): that something was there, not later than a time; without trust or clock.

Authorities differ in what they write, and all that the RFCs allow is read. What contradicts them, or itself, is not.
"""

import dataclasses
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from pkdocs.verification.algorithms import DIGESTS, SIGNATURES, Key, key_of
from pkdocs.verification.container import (
    HASHES,
    attributes_of,
    certificate_of,
    certificates_above,
    is_der,
    is_for_timestamps,
    is_named,
    is_protected,
    is_sealed,
    is_signed,
    verifies,
)
from pkdocs.verification.finding import Sub, Weight
from pkdocs.verification.frame import Filling, Frame, take_apart
from pkdocs.verification.mould import Mould

_SIGNING_CERTIFICATES: Final = frozenset({"signing_certificate", "signing_certificate_v2"})
_PLAIN_RSA: Final = "rsassa_pkcs1v15"
_FRAMES_KEPT: Final = 256
_MOULDS_KEPT: Final = 4
"""Of tokens of one length: serial numbers and signatures may be a byte longer or shorter."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token that holds in itself. ``accuracy`` is how far its ``time`` may be off, ``nonce`` the asker's own number.

    ``certificate`` and ``chain`` (DER) are the authority's, whom nobody has been asked about yet.
    """

    time: datetime
    accuracy: timedelta
    certificate: bytes = dataclasses.field(repr=False)
    chain: tuple[bytes, ...] = dataclasses.field(repr=False)
    digest: str
    key: Key
    nonce: int | None = None

    @property
    def latest(self) -> datetime:
        """The last moment at which it can have been made: what was stamped was there by then."""
        return self.time + self.accuracy


class TokenError(Exception):
    """The token is not as it must be; carries code, sub-indication, weight and parameters of the finding."""

    def __init__(self, code: str, sub: Sub, weight: Weight = Weight.FAIL, **params: str | int) -> None:
        super().__init__(code)
        self.code, self.sub, self.weight, self.params = code, sub, weight, params


_frames: Final[dict[Frame, Token]] = {}
"""What differs from one token of an authority to the next is checked each time, what does not only once."""
_moulds: Final[dict[int, tuple[tuple[Mould, Token], ...]]] = {}
"""The same for tokens by their length: nothing of them has to be taken apart."""


def read_token(encoded: bytes, hashed: Callable[[str], bytes]) -> Token:
    """Return what the token ``encoded`` (DER) says of the bytes whose digest ``hashed`` gives by algorithm.

    Its certificates may include others than its authority's chain; they are left aside.

    Raises:
        TokenError: not readable, of other bytes, altered, or of a certificate that is not for timestamps. With weight
            *unknown* where it is only of a form or an algorithm that is not judged.
    """
    for mould, before in _moulds.get(len(encoded), ()):
        poured = mould.filling(encoded)
        if poured and (known := _filled(before, poured, hashed)):
            return known
    parts = take_apart(encoded)
    if parts is None:
        return read_whole(encoded, hashed)
    frame, filling = parts
    like = _frames.get(frame)
    token = like and _filled(like, filling, hashed)
    if token is None:
        # whatever is wrong, this says what
        token = read_whole(encoded, hashed)
        if len(_frames) >= _FRAMES_KEPT:
            _frames.clear()
        _frames[frame] = token
    if made := Mould.of(encoded, frame, filling):
        if len(_moulds) >= _FRAMES_KEPT:
            _moulds.clear()
        _moulds[len(encoded)] = ((made, token), *_moulds.get(len(encoded), ()))[:_MOULDS_KEPT]
    return token


def _filled(like: Token, filling: Filling, hashed: Callable[[str], bytes]) -> Token | None:
    """Return the token that differs from ``like``, which held, only in what it is filled with; None if it does not."""
    at, loaded = filling.at, certificate_of(like.certificate)
    holds = (
        at is not None
        and loaded.not_valid_before_utc <= at <= loaded.not_valid_after_utc
        and b"" < filling.serial[:1] < b"\x80"
        and filling.nonce != b""
        and filling.imprint == hashed("sha256")
        and filling.digest == hashlib.new(like.digest, filling.stamped).digest()
        and verifies(loaded, HASHES[like.digest](), filling.attributes, filling.signature)
    )
    nonce = None if filling.nonce is None else int.from_bytes(filling.nonce, signed=True)
    return dataclasses.replace(like, time=at, nonce=nonce) if at and holds else None


def read_whole(encoded: bytes, hashed: Callable[[str], bytes]) -> Token:
    """Return what ``read_token`` does, of which this is the definition; nothing is remembered of earlier tokens.

    Raises:
        TokenError: as ``read_token``.
    """
    try:
        return _read(encoded, hashed)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, x509.InvalidVersion) as fault:
        raise _malformed(type(fault).__name__) from fault
    except (UnsupportedAlgorithm, x509.DuplicateExtension) as fault:
        raise _unjudged(type(fault).__name__) from fault


def _read(encoded: bytes, hashed: Callable[[str], bytes]) -> Token:
    if not is_der(encoded):
        raise _malformed("DER")
    data = _signed_data(encoded)
    info = data["signer_infos"][0]
    signed = info["signed_attrs"].dump()
    content = bytes(data["encap_content_info"]["content"])
    certificate, chain = _certificates(data, info)
    digest, key = _algorithms(data, info, certificate)
    attributes = attributes_of(info)
    if isinstance(attributes, str):
        raise _malformed(attributes)
    if wrong := sorted(_wrong_attributes(attributes, certificate, info)):
        raise _malformed(", ".join(wrong))
    is_whole = attributes["message_digest"].native == hashlib.new(digest, content).digest()
    if not is_whole or not is_signed(certificate, digest, signed, info["signature"].native):
        raise TokenError("TIMESTAMP_ALTERED", Sub.SIG_CRYPTO_FAILURE)
    if len(info["unsigned_attrs"]):
        raise _unjudged("unsignedAttrs")
    stamped = _info(content)
    _check_imprint(stamped["message_imprint"], hashed)
    accuracy, nonce = _accuracy(stamped["accuracy"]), stamped["nonce"].native
    token = Token(stamped["gen_time"].native, accuracy, certificate, chain, digest, key, nonce)
    _check_authority(token, stamped)
    return token


def _malformed(what: str) -> TokenError:
    return TokenError("TIMESTAMP_MALFORMED", Sub.FORMAT_FAILURE, what=what)


def _unjudged(what: str) -> TokenError:
    return TokenError("TIMESTAMP_NOT_JUDGED", Sub.SIG_CONSTRAINTS_FAILURE, Weight.UNKNOWN, what=what)


def _signed_data(encoded: bytes) -> Any:
    info = cms.ContentInfo.load(encoded, strict=True)
    if info["content_type"].native != "signed_data":
        raise _malformed("contentType")
    data = info["content"]
    if data["version"].native != "v3" or data["encap_content_info"]["content_type"].native != "tst_info":
        raise _malformed("eContentType")
    if len(data["signer_infos"]) != 1:
        raise _malformed("signerInfos")
    if len(data["crls"]):
        raise _unjudged("crls")
    return data


def _certificates(data: Any, info: Any) -> tuple[bytes, tuple[bytes, ...]]:
    """Return the authority's certificate and those above it."""
    written = data["certificates"].dump()
    if not written:
        raise TokenError("TIMESTAMP_CERTIFICATE", Sub.NO_SIGNING_CERTIFICATE_FOUND, Weight.UNKNOWN)
    return _line(written, info["sid"].dump())


@lru_cache(maxsize=64)
def _line(certificates: bytes, sid: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    """Return the same from what is written; an authority writes the same into all its tokens."""
    # the tag that it has in SignedData becomes that of a SET again
    written = cms.CertificateSet.load(b"\x31" + certificates[1:], strict=True)
    listed = [choice.chosen for choice in written if choice.name == "certificate"]
    signer = cms.SignerIdentifier.load(sid, strict=True)
    own = [one for one in listed if _is_signer(one, signer)]
    if len(own) != 1:
        raise TokenError("TIMESTAMP_CERTIFICATE", Sub.NO_SIGNING_CERTIFICATE_FOUND, Weight.UNKNOWN)
    if not is_sealed(own[0].dump()):
        raise _malformed("certificates")
    certificate = own[0].dump()
    above = certificates_above(certificate, [one for one in (each.dump() for each in listed) if is_sealed(one)])
    return certificate, tuple(above)


def _is_signer(certificate: Any, sid: Any) -> bool:
    wanted = sid.chosen
    if sid.name == "subject_key_identifier":
        return bool(certificate.key_identifier == wanted.native)
    named = wanted["issuer"].dump(), wanted["serial_number"].native
    return bool(named == (certificate.issuer.dump(), certificate.serial_number))


def _algorithms(data: Any, info: Any, certificate: bytes) -> tuple[str, Key]:
    digest = str(info["digest_algorithm"]["algorithm"].native)
    signature = str(info["signature_algorithm"]["algorithm"].native)
    key = key_of(x509.load_der_x509_certificate(certificate))
    kind = "rsa" if key is not None and key.kind == "rsa" else "ecdsa"
    # with RSA many name the digest in its own place alone (RFC 3370, 3.2)
    fits = digest in DIGESTS and (
        SIGNATURES.get(signature) == (digest, kind) or (signature, kind) == (_PLAIN_RSA, "rsa")
    )
    parameters = [info[f"{part}_algorithm"]["parameters"].native for part in ("digest", "signature")]
    if key is None or not fits or parameters != [None, None]:
        raise _unjudged(f"{digest}, {signature}")
    if digest not in {entry["algorithm"].native for entry in data["digest_algorithms"]}:
        raise _malformed("digestAlgorithms")
    return digest, key


def _wrong_attributes(attributes: dict[str, Any], certificate: bytes, info: Any) -> Iterator[str]:
    """Yield what is absent or contradicts; others, such as the signing time, are the authority's matter."""
    if "content_type" not in attributes or attributes["content_type"].native != "tst_info":
        yield "content_type"
    if "message_digest" not in attributes:
        yield "message_digest"
    if not _SIGNING_CERTIFICATES & attributes.keys():
        yield "signing_certificate_v2"
    if "signing_certificate_v2" in attributes and not is_named(attributes["signing_certificate_v2"], certificate):
        yield "signing_certificate_v2"
    if "signing_certificate" in attributes and not _is_named_by_sha1(attributes["signing_certificate"], certificate):
        yield "signing_certificate"
    protection = attributes.get("cms_algorithm_protection")
    if protection is not None and not is_protected(protection, info):
        yield "cms_algorithm_protection"


def _is_named_by_sha1(attribute: Any, certificate: bytes) -> bool:
    """Tell whether the first ESSCertID, which knows SHA-1 alone, is of ``certificate`` (RFC 2634, 5.4.1).

    It names one of the certificates that are at hand and whose key has signed; no digest of content rests on it.
    """
    named = attribute["certs"][0]["cert_hash"].native
    return bool(named == hashlib.sha1(certificate, usedforsecurity=False).digest())


def _info(content: bytes) -> Any:
    """Return what is signed (TSTInfo; RFC 3161, 2.4.2)."""
    stamped = tsp.TSTInfo.load(content, strict=True)
    if not is_der(content) or stamped["version"].native != "v1" or stamped["gen_time"].native.tzinfo is None:
        raise _malformed("TSTInfo")
    # each must be there and readable, and says nothing here
    if not stamped["policy"].native or stamped["serial_number"].native < 0:
        raise _malformed("policy, serialNumber")
    if any(extension["critical"].native for extension in stamped["extensions"]):
        raise _unjudged("extensions")
    return stamped


def _check_imprint(imprint: Any, hashed: Callable[[str], bytes]) -> None:
    algorithm = str(imprint["hash_algorithm"]["algorithm"].native)
    if algorithm not in DIGESTS or imprint["hash_algorithm"]["parameters"].native is not None:
        raise _unjudged(algorithm)
    if imprint["hashed_message"].native != hashed(algorithm):
        raise TokenError("TIMESTAMP_IMPRINT", Sub.HASH_FAILURE)


def _accuracy(accuracy: Any) -> timedelta:
    parts = (accuracy[part].native or 0 for part in ("seconds", "millis", "micros"))
    seconds, millis, micros = parts if accuracy.native is not None else (0, 0, 0)
    if seconds < 0 or not 0 <= millis <= 999 or not 0 <= micros <= 999:
        raise _malformed("accuracy")
    return timedelta(seconds=seconds, milliseconds=millis, microseconds=micros)


def _check_authority(token: Token, stamped: Any) -> None:
    """Demand a certificate for timestamps and nothing else, of the named authority, of the time's own days."""
    loaded = x509.load_der_x509_certificate(token.certificate)
    if not is_for_timestamps(loaded):
        raise TokenError("TIMESTAMP_USE", Sub.CHAIN_CONSTRAINTS_FAILURE)
    named = stamped["tsa"]
    if named.native is not None and named.name == "directory_name" and not _is_of(named.chosen, loaded):
        raise _malformed("tsa")
    if not loaded.not_valid_before_utc <= token.time <= loaded.not_valid_after_utc:
        raise TokenError(
            "TIMESTAMP_OUT_OF_DAYS", Sub.CHAIN_CONSTRAINTS_FAILURE, time=f"{token.time:%Y-%m-%d %H:%M:%S} UTC"
        )


def _is_of(name: Any, certificate: x509.Certificate) -> bool:
    """Tell whether ``name`` is the certificate's subject; by its alternative names nothing contradicts it."""
    alternatives = (one for one in certificate.extensions if isinstance(one.value, x509.SubjectAlternativeName))
    return bool(name.chosen.dump() == certificate.subject.public_bytes()) or any(alternatives)
