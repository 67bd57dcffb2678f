"""What an auditor pins before judging, as values (docs/chain.md, section 5)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, NoReturn

from pkdocs.errors import TrustError
from pkdocs.profile import Zone
from pkdocs.schema import is_plain_text


class Purpose(StrEnum):
    """What an anchor may vouch for."""

    PERSONS = "persons"
    TIMESTAMPS = "timestamps"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A certificate (DER) that is believed without another; ``training`` marks every verdict under it *uji*."""

    certificate: bytes
    purposes: frozenset[Purpose]
    training: bool


@dataclass(frozen=True, slots=True)
class LowestHead:
    """The oldest head of the register that is still accepted; ``digest`` of its content, in hexadecimal."""

    version: int
    digest: str


ALGORITHMS: Final = ("sha256", "sha384", "sha512", "secp256r1", "secp384r1", "secp521r1", "rsa-3000", "rsa-2048")
"""What the policy of algorithms has a day for (verification/algorithms.py)."""


@dataclass(frozen=True, slots=True)
class AlgorithmDates:
    """Other last days than those of the policy: ``sooner`` tightens it, ``later`` extends it and is said in verdicts.

    Pairs of name and day. Each of them can do nothing but what its name says.

    Raises:
        TrustError: a name that the policy does not have, or one twice.
    """

    sooner: tuple[tuple[str, date], ...] = ()
    later: tuple[tuple[str, date], ...] = ()

    def __post_init__(self) -> None:
        names = [name for name, _ in (*self.sooner, *self.later)]
        if len(set(names)) != len(names) or not set(names) <= set(ALGORITHMS):
            refuse("algorithms")


@dataclass(frozen=True, slots=True)
class Trust:
    """What verdicts rest on, besides the files.

    ``organisation`` and ``root_position`` (the key of the root's position) are empty where nobody has
    been enrolled yet; ``organisation_code`` also where there is none. ``crls`` and ``registrars`` are DER,
    ``threshold`` counts registrars. ``qr_address`` is the base of the address in QR codes (empty: none),
    ``earlier_qr_addresses`` are those that pages signed before may still show, ``algorithms`` other last days than the
    policy's. ``digest`` is SHA-256 of the
    file's bytes, empty before there is one.

    Raises:
        TrustError: no anchor, one twice or without purpose, or a threshold that cannot be reached.
    """

    organisation: str
    organisation_code: str
    root_position: str
    anchors: tuple[Anchor, ...]
    crls: tuple[bytes, ...]
    registrars: tuple[bytes, ...]
    threshold: int
    lowest_head: LowestHead | None
    qr_address: str
    zone: Zone
    earlier_qr_addresses: tuple[str, ...] = ()
    digest: str = ""
    algorithms: AlgorithmDates = AlgorithmDates()

    def __post_init__(self) -> None:
        if not self.anchors:
            raise TrustError("TRUST_WITHOUT_ANCHOR")
        if any(not anchor.purposes for anchor in self.anchors):
            refuse("anchors.purposes")
        if len({anchor.certificate for anchor in self.anchors}) != len(self.anchors):
            refuse("anchors")
        if self.threshold < 1 or (self.registrars and self.threshold > len(self.registrars)):
            raise TrustError("TRUST_THRESHOLD", threshold=self.threshold, registrars=len(self.registrars))
        if len(set(self.registrars)) != len(self.registrars):
            refuse("registrars")
        if len(set(self.qr_addresses)) != len(self.qr_addresses):
            refuse("earlier_qr_addresses")
        texts = (self.organisation, self.organisation_code, self.root_position, *self.qr_addresses)
        if not all(map(is_plain_text, texts)):
            refuse("organisation, organisation_code, root_position, qr_address, earlier_qr_addresses")

    @property
    def qr_addresses(self) -> tuple[str, ...]:
        """All addresses that a QR code may lead to, today's first."""
        return (self.qr_address, *self.earlier_qr_addresses)


def refuse(field: str) -> NoReturn:
    """Stop because of one entry of the trust file.

    Raises:
        TrustError: names it.
    """
    raise TrustError("TRUST_ENTRY", field=field)
