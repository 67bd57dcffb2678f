"""Who asks and who signs: the application's account and the secrets of person or organisation, never shown or kept."""

import base64
import re
from dataclasses import dataclass, field
from typing import Final, NoReturn

from pkdocs.errors import CredentialError

_NIK: Final = re.compile(r"[0-9]{16}")


@dataclass(frozen=True, slots=True, repr=False)
class Account:
    """The account of an application at the client service; ``authorization`` is its header (RFC 7617)."""

    authorization: str = field(compare=False)

    def __reduce__(self) -> NoReturn:
        raise TypeError("an account is not handed to other processes")


@dataclass(frozen=True, slots=True, repr=False)
class Signatory:
    """The person who signs: NIK and pass phrase.

    Raises:
        CredentialError: a NIK that is not 16 digits, or an empty pass phrase; it does not repeat them.
    """

    nik: str = field(compare=False)
    passphrase: str = field(compare=False)

    def __post_init__(self) -> None:
        if not _NIK.fullmatch(self.nik):
            raise CredentialError("BSRE_NIK")
        if not self.passphrase:
            raise CredentialError("BSRE_PASSPHRASE_EMPTY")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a pass phrase is not handed to other processes")


@dataclass(frozen=True, slots=True, repr=False)
class Subscriber:
    """The organisation whose seal it is: its number at BSrE, and the one-time password of its activation.

    Raises:
        CredentialError: one of them is empty.
    """

    number: str = field(compare=False)
    activation: str = field(compare=False)

    def __post_init__(self) -> None:
        if not (self.number and self.activation):
            raise CredentialError("BSRE_SUBSCRIBER_EMPTY")

    def __reduce__(self) -> NoReturn:
        raise TypeError("an activation is not handed to other processes")


def read_account(text: str) -> Account:
    """Return the account that ``text`` holds as ``user:password``, one line.

    Raises:
        CredentialError: not of that form; it does not repeat the text.
    """
    line = text.rstrip("\r\n")
    name, colon, password = line.partition(":")
    if not (name and colon and password) or not line.isprintable():
        raise CredentialError("BSRE_ACCOUNT_FORM")
    return Account("Basic " + base64.b64encode(line.encode()).decode("ascii"))
