"""A key in a token or HSM, by its PKCS #11 module (OASIS PKCS #11 v2.40). The only module that knows them.

One session and one login serve a whole batch; the key never leaves the token.
"""

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NoReturn, Self

import pkcs11
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pkcs11 import Attribute, KeyType, Mechanism, TokenFlag
from pkcs11.exceptions import PKCS11Error

from pkdocs.errors import CredentialError
from pkdocs.signing.signer import is_signature_by
from pkdocs.signing.tokens import choose_pair, choose_token, demand_pin, pin_error, read_pairs
from pkdocs.verification.cms import certificates_above

_DIGEST_INFO: Final = bytes.fromhex("3031300d060960864801650304020105000420")
"""What stands before a SHA-256 in PKCS #1 v1.5 (RFC 8017, 9.2)."""


@dataclass(frozen=True, slots=True)
class _Way:
    """How a mechanism makes a signature with SHA-256: what it is given, and what becomes of what it gives."""

    mechanism: Mechanism
    given: Callable[[bytes], bytes]
    taken: Callable[[bytes], bytes]


def _whole(data: bytes) -> bytes:
    return data


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _digest_info(data: bytes) -> bytes:
    return _DIGEST_INFO + _digest(data)


def _in_der(signature: bytes) -> bytes:
    half = len(signature) // 2
    return encode_dss_signature(int.from_bytes(signature[:half]), int.from_bytes(signature[half:]))


_WAYS: Final = {
    KeyType.EC: (_Way(Mechanism.ECDSA, _digest, _in_der), _Way(Mechanism.ECDSA_SHA256, _whole, _in_der)),
    KeyType.RSA: (_Way(Mechanism.SHA256_RSA_PKCS, _whole, _whole), _Way(Mechanism.RSA_PKCS, _digest_info, _whole)),
}
"""For each kind of key, what is taken if the token offers it, the first first."""


class _Key:
    """A private key with the session that is logged in; after a fault of the token it signs nothing more.

    ``pin`` is kept only for a key that demands it with each signature.
    """

    def __init__(self, session: Any, key: Any, way: _Way, certificate: bytes, pin: str | None) -> None:
        self._session = session
        self._key = key
        self._way = way
        self._certificate = certificate
        self._pin = pin
        self._process = os.getpid()
        self._is_proven = False

    def sign(self, data: bytes) -> bytes:
        if self._process != os.getpid():
            raise CredentialError("TOKEN_FORKED")
        if self._session is None:
            raise CredentialError("TOKEN_LOST")
        try:
            given = self._key.sign(self._way.given(data), mechanism=self._way.mechanism, pin=self._pin)
        except PKCS11Error as fault:
            self._forget()
            raise pin_error(fault) or CredentialError("TOKEN_LOST") from fault
        signature = self._way.taken(given)
        if not self._is_proven and not is_signature_by(self._certificate, signature, data):
            self.close()
            raise CredentialError("TOKEN_KEY_MISMATCH")
        self._is_proven = True
        return signature

    def close(self) -> None:
        session = self._session
        self._forget()
        if session is not None and self._process == os.getpid():
            _end(session)

    def _forget(self) -> None:
        # a token that failed is not asked again, least of all for a PIN
        self._session = self._key = self._pin = None


@dataclass(frozen=True, slots=True, repr=False)
class TokenSigner:
    """A signer whose key is in a token, unlocked; ends with ``close``, with its block, or with the process."""

    certificate: bytes
    chain: tuple[bytes, ...]
    person: str
    friendly_name: str
    _key: _Key = field(compare=False)

    def __repr__(self) -> str:
        return f"TokenSigner({self.person})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a session is not handed to other processes")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def origin(self) -> str:
        """Where the key is."""
        return "PKCS#11"

    @property
    def batch(self) -> int:
        """A token signs one after the other."""
        return 1

    @property
    def is_remote(self) -> bool:
        """It is at this machine."""
        return False

    def sign_raw(self, data: Sequence[bytes]) -> list[bytes]:
        """Return the raw signature of each of ``data``, with SHA-256.

        The first one is checked against the certificate.

        Raises:
            CredentialError: the token is gone, the session was closed or belongs to another process, the key is not
                that of the certificate, or the PIN that it demands each time is wrong; nothing more is signed then.
        """
        return [self._key.sign(one) for one in data]

    def close(self) -> None:
        """Log out and end the session; what is signed afterwards is refused."""
        self._key.close()


def open_token(
    module: Path,
    pin: str,
    *,
    token: str | None = None,
    key: str | None = None,
    final_try: bool = False,
    authorities: Sequence[bytes] = (),
) -> TokenSigner:
    """Return the signer in a token: the key labelled ``key`` in the token labelled ``token``, else the only ones.

    ``module`` is the token's PKCS #11 library; it is loaded once for the process. The PIN is tried once. It is not
    kept, unless the key demands it with each signature. Where it is typed at the reader, ``pin`` is empty; then a key
    that demands it with each signature is refused. ``authorities`` (DER) complete the chain where the token lacks
    them. Whether the certificate is in date is ``check_certificate``'s matter.

    Raises:
        CredentialError: no module, token or key, or several; the PIN is wrong, locked, or one error would lock it and
            ``final_try`` does not say that this is meant; the key is not for signing documents.
    """
    chosen = choose_token(_load(module), token)
    demand_pin(chosen.flags, pin, final_try=final_try)
    session = _login(chosen, pin)
    try:
        return _signer(session, chosen, key, pin, authorities)
    except PKCS11Error as fault:
        _end(session)
        raise CredentialError("TOKEN_LOST") from fault
    except BaseException:
        _end(session)
        raise


def _load(module: Path) -> Any:
    if not module.is_file():
        raise CredentialError("TOKEN_MODULE_ABSENT", module=module)
    try:
        return pkcs11.lib(str(module.resolve()))
    except PKCS11Error as fault:
        raise CredentialError("TOKEN_MODULE_UNUSABLE", module=module) from fault


def _login(token: Any, pin: str) -> Any:
    try:
        return token.open(user_pin=pin or pkcs11.PROTECTED_AUTH)
    except PKCS11Error as fault:
        # asked anew: the flags say what this attempt has left
        raise pin_error(fault, _flags(token)) or CredentialError("TOKEN_REFUSED") from fault


def _flags(token: Any) -> TokenFlag:
    try:
        flags: TokenFlag = token.slot.get_token().flags
    except PKCS11Error:
        return TokenFlag(0)
    return flags


def _signer(session: Any, token: Any, label: str | None, pin: str, authorities: Sequence[bytes]) -> TokenSigner:
    ring = read_pairs(session)
    pair = choose_pair(ring.pairs, label)
    offered = token.slot.get_mechanisms()
    way = next((way for way in _WAYS.get(pair.key.key_type, ()) if way.mechanism in offered), None)
    if way is None:
        raise CredentialError("TOKEN_MECHANISM")
    asks_always = _asks_always(pair.key)
    if asks_always and not pin:
        raise CredentialError("TOKEN_PIN_EACH_TIME")
    return TokenSigner(
        certificate=pair.certificate,
        chain=tuple(certificates_above(pair.certificate, [*ring.certificates, *authorities])),
        person=pair.person,
        friendly_name=pair.label,
        _key=_Key(session, pair.key, way, pair.certificate, pin if asks_always else None),
    )


def _asks_always(key: Any) -> bool:
    try:
        return bool(key[Attribute.ALWAYS_AUTHENTICATE])
    except PKCS11Error:
        # older modules do not know it
        return False


def _end(session: Any) -> None:
    try:
        session.close()
    except PKCS11Error:
        # gone already
        return
