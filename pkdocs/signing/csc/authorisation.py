"""The authorisations of a batch: as few as the credential allows, all of them before anything is signed."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from pkdocs.errors import CredentialError
from pkdocs.signing.csc.client import Client
from pkdocs.signing.csc.credential import Credential, Factor, Kind


@dataclass(frozen=True, slots=True)
class Turn:
    """Which one-time code is wanted: that of authorisation ``number`` of ``total``; ``challenge`` is to be shown."""

    number: int
    total: int
    challenge: str = ""


@dataclass(frozen=True, slots=True)
class Prompts:
    """Where secrets come from, at the moment they are needed; absent where nobody can be asked."""

    pin: Callable[[], str] | None = field(repr=False)
    otp: Callable[[Turn], str] | None = field(repr=False)

    def demand_for(self, credential: Credential) -> None:
        """Check that what unlocks ``credential`` can be asked for.

        Raises:
            CredentialError: it needs a PIN or a one-time code that nobody will give.
        """
        wanted = {factor.kind for factor in credential.factors}
        if Kind.PIN in wanted and self.pin is None:
            raise CredentialError("CSC_PIN_NEEDED")
        if Kind.CODE in wanted and self.otp is None:
            raise CredentialError("CSC_OTP_NEEDED")


@dataclass(frozen=True, slots=True)
class Group:
    """What one authorisation covers: data, their SHA-256 digests, and the service's permit for them."""

    data: tuple[bytes, ...] = field(repr=False)
    digests: tuple[bytes, ...] = field(repr=False)
    permit: str = field(repr=False)


def authorise(client: Client, credential: Credential, prompts: Prompts, data: Sequence[bytes]) -> tuple[Group, ...]:
    """Return ``data`` in groups of at most ``multisign``, each with its permit.

    The PIN is asked for once, a one-time code for each authorisation. The first refusal ends it.

    Raises:
        CredentialError: refused.
        ServiceError: not reached, or no answer.
    """
    if not data:
        return ()
    size = credential.multisign
    parts = [tuple(data[begin : begin + size]) for begin in range(0, len(data), size)]
    pins = {factor: prompts.pin() for factor in credential.factors if factor.kind is Kind.PIN and prompts.pin}
    groups: list[Group] = []
    for number, part in enumerate(parts, 1):
        digests = tuple(hashlib.sha256(one).digest() for one in part)
        codes = dict(_codes(client, credential, prompts, number, len(parts)))
        groups.append(Group(part, digests, client.authorise(credential, digests, {**pins, **codes})))
    return tuple(groups)


def _codes(
    client: Client, credential: Credential, prompts: Prompts, number: int, total: int
) -> Iterator[tuple[Factor, str]]:
    for factor in credential.factors:
        if factor.kind is Kind.CODE and prompts.otp is not None:
            challenge = client.send_code(credential, factor) if factor.is_sent else ""
            yield factor, prompts.otp(Turn(number, total, challenge))
