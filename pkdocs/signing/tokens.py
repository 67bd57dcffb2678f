"""Which token, and which key in it: chosen by label, or the only one there is; never guessed."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from pkcs11 import Attribute, ObjectClass, TokenFlag
from pkcs11.exceptions import (
    PinExpired,
    PinIncorrect,
    PinInvalid,
    PinLenRange,
    PinLocked,
    PKCS11Error,
    UserAlreadyLoggedIn,
    UserPinNotInitialized,
)

from pkdocs.errors import CredentialError
from pkdocs.pki import person_of
from pkdocs.signing.signer import check_usage

_NO_FLAGS: Final = TokenFlag(0)
_PIN_WRONG: Final = (PinIncorrect, PinInvalid, PinLenRange)
_REFUSALS: Final[tuple[tuple[tuple[type[PKCS11Error], ...], str], ...]] = (
    ((PinLocked,), "TOKEN_PIN_LOCKED"),
    ((PinExpired, UserPinNotInitialized), "TOKEN_PIN_UNSET"),
    ((UserAlreadyLoggedIn,), "TOKEN_IN_USE"),
)
_UNPRINTABLE: Final = re.compile(r"[^\w .,:()#-]")


@dataclass(frozen=True, slots=True)
class Pair:
    """A private key in a token and its certificate (DER); ``label`` may name a person and is shown to nobody."""

    key: Any = field(repr=False)
    certificate: bytes
    label: str = field(repr=False)

    @property
    def person(self) -> str:
        """Whom the certificate names."""
        return person_of(self._loaded)

    @property
    def is_committing(self) -> bool:
        """Whether the certificate is for binding signatures (contentCommitment), not for logging in as well."""
        usage = self._loaded.extensions.get_extension_for_class(x509.KeyUsage).value
        return usage.content_commitment

    @property
    def refusal(self) -> CredentialError | None:
        """Why it may not sign documents; None if it may."""
        try:
            check_usage(self._loaded)
        except CredentialError as error:
            return error
        except (ValueError, UnsupportedAlgorithm):
            return CredentialError("KEY_USAGE")
        return None

    @property
    def _loaded(self) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.certificate)


@dataclass(frozen=True, slots=True)
class Keyring:
    """What a token holds: its keys that have a certificate, and all its certificates (DER)."""

    pairs: tuple[Pair, ...]
    certificates: tuple[bytes, ...]


def choose_token(module: Any, label: str | None) -> Any:
    """Return the token labelled ``label``, or the only one.

    Raises:
        CredentialError: none, none of that label, or several; it names the labels that there are.
    """
    try:
        present = [token for token in module.get_tokens() if token.flags & TokenFlag.TOKEN_INITIALIZED]
    except PKCS11Error as fault:
        raise CredentialError("TOKEN_ABSENT") from fault
    if not present:
        raise CredentialError("TOKEN_ABSENT")
    labels = ", ".join(sorted(_UNPRINTABLE.sub("?", token.label) for token in present))
    named = [token for token in present if label in {None, token.label}]
    if not named:
        raise CredentialError("TOKEN_UNKNOWN", labels=labels)
    if len(named) > 1:
        raise CredentialError("TOKEN_SEVERAL" if label is None else "TOKEN_SAME_LABEL", labels=labels)
    return named[0]


def demand_pin(flags: TokenFlag, pin: str, *, final_try: bool) -> None:
    """Refuse a PIN that must not be tried.

    Raises:
        CredentialError: it is locked; not set; empty, where there is no reader to type it at; or one error would lock
            it, and ``final_try`` does not say that this is meant.
    """
    if flags & TokenFlag.USER_PIN_LOCKED:
        raise CredentialError("TOKEN_PIN_LOCKED")
    if not flags & TokenFlag.USER_PIN_INITIALIZED:
        raise CredentialError("TOKEN_PIN_UNSET")
    if not pin and not flags & TokenFlag.PROTECTED_AUTHENTICATION_PATH:
        raise CredentialError("TOKEN_PIN_EMPTY")
    if flags & TokenFlag.USER_PIN_FINAL_TRY and not final_try:
        raise CredentialError("TOKEN_PIN_FINAL_TRY")


def pin_error(fault: PKCS11Error, left: TokenFlag = _NO_FLAGS) -> CredentialError | None:
    """Return what a refused PIN means, by the token's flags after it (``left``); None for another kind of fault."""
    if not isinstance(fault, _PIN_WRONG):
        return next((CredentialError(code) for kinds, code in _REFUSALS if isinstance(fault, kinds)), None)
    if left & TokenFlag.USER_PIN_LOCKED:
        return CredentialError("TOKEN_PIN_LOCKED")
    return CredentialError("TOKEN_PIN_WRONG_FINAL" if left & TokenFlag.USER_PIN_FINAL_TRY else "TOKEN_PIN_WRONG")


def read_pairs(session: Any) -> Keyring:
    """Return what the token of an open session holds; certificates that cannot be read are left out.

    Raises:
        PKCS11Error: the token is gone.
    """
    found = sorted(_certificates(session), key=lambda entry: entry.begins)
    # of several for one key the newest, as after a renewal
    by_id = {entry.identity: entry for entry in found}
    keys = session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.SIGN: True})
    pairs = [
        Pair(key, entry.certificate, _text(key) or entry.label)
        for key in keys
        if (entry := by_id.get(key.id)) is not None
    ]
    return Keyring(tuple(pairs), tuple(entry.certificate for entry in found))


def choose_pair(pairs: Sequence[Pair], label: str | None) -> Pair:
    """Return the key labelled ``label``, or the only one that may sign documents.

    Of several without a label, the only one for binding signatures is taken: cards have another for logging in.

    Raises:
        CredentialError: none, none of that label, several, or the only one may not sign documents.
    """
    if not pairs:
        raise CredentialError("TOKEN_WITHOUT_KEY")
    named = [pair for pair in pairs if label in {None, pair.label}]
    if not named:
        raise CredentialError("TOKEN_KEY_UNKNOWN", count=len(pairs))
    able = [pair for pair in named if pair.refusal is None]
    if not able:
        raise next(filter(None, (pair.refusal for pair in named)))
    committing = [pair for pair in able if pair.is_committing]
    chosen = able if len(able) == 1 else committing
    if len(chosen) != 1:
        raise CredentialError("TOKEN_SEVERAL_KEYS", count=len(able))
    return chosen[0]


@dataclass(frozen=True, slots=True)
class _Stored:
    identity: bytes
    label: str = field(repr=False)
    certificate: bytes
    begins: datetime


def _certificates(session: Any) -> Iterator[_Stored]:
    objects: Iterable[Any] = session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
    for entry in objects:
        try:
            identity, value = entry[Attribute.ID], entry[Attribute.VALUE]
            begins = x509.load_der_x509_certificate(value).not_valid_before_utc
        except (PKCS11Error, ValueError):
            continue
        yield _Stored(identity, _text(entry), value, begins)


def _text(entry: Any) -> str:
    try:
        return str(entry[Attribute.LABEL])
    except PKCS11Error:
        return ""
