"""What inspecting one signed PDF concludes: is it intact, and which signatures does it bear (docs/inspect.md)."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from pkdocs.messages import Said
from pkdocs.verification.finding import Finding, Result, Step, Weight, find, result_of


class Integrity(StrEnum):
    """Whether what was signed is what is there, whoever signed it and whenever."""

    INTACT = "intact"
    NOT_INTACT = "not-intact"
    CANNOT_SAY = "cannot-say"


class Coverage(StrEnum):
    """What a signature covers: the whole file, its whole revision with others after it, or less."""

    FILE = "file"
    REVISION = "revision"
    PART = "part"


class Level(StrEnum):
    """The PAdES level of which a file holds the parts (EN 319 142-1, 6); ``NONE`` for other forms of signature."""

    NONE = "none"
    B = "B-B"
    T = "B-T"
    LT = "B-LT"
    LTA = "B-LTA"


_MAX_SHOWN: Final = 120
_INTEGRITIES: Final = {Result.FAILED: Integrity.NOT_INTACT, Result.INDETERMINATE: Integrity.CANNOT_SAY}


@dataclass(frozen=True, slots=True)
class InspectedSignature:
    """One signature. ``findings`` are about its integrity, ``identity`` about who made it.

    ``signer`` is whose it claims to be, whether it holds or not. ``end`` is the length of the file when it was
    signed, 0 where that cannot be told. ``signed_at`` is said by a timestamp whose own signature holds where
    ``is_timed``, else claimed. ``certificate`` and ``chain`` (DER) and the name of the ``digest`` are for judging;
    None and empty where the signature itself does not hold.
    """

    field: str
    signer: str
    covers: Coverage
    level: Level = Level.NONE
    signed_at: datetime | None = None
    is_timed: bool = False
    end: int = 0
    findings: tuple[Finding, ...] = ()
    identity: tuple[Finding, ...] = ()
    digest: str = ""
    certificate: bytes | None = dataclasses.field(default=None, repr=False)
    chain: tuple[bytes, ...] = dataclasses.field(default=(), repr=False)

    @property
    def integrity(self) -> Integrity:
        """Whether the signature holds, and nothing that it covers was changed later."""
        return integrity_of(self.findings)

    @property
    def is_sealed(self) -> bool:
        """Whether the file's first ``end`` bytes are what was signed, whatever was added behind them."""
        heavy = {finding.step for finding in self.findings if finding.weight in {Weight.FAIL, Weight.UNKNOWN}}
        return self.end > 0 and not heavy & {Step.FILE, Step.SIGNATURES}

    @property
    def result(self) -> Result:
        """Integrity and, as far as it was judged, identity."""
        return result_of((*self.findings, *self.identity))


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found in one file. ``findings`` and ``identity`` are those of no signature in particular.

    ``sha256`` is empty where it could not be read. ``attachments`` are what the file carries for machines, by name.
    """

    sha256: str
    findings: tuple[Finding, ...] = ()
    signatures: tuple[InspectedSignature, ...] = ()
    identity: tuple[Finding, ...] = ()
    attachments: Mapping[str, bytes] = dataclasses.field(default_factory=dict, repr=False)

    @property
    def integrity(self) -> Integrity:
        """The worst of the file and of all its signatures; it depends on neither trust nor dates."""
        return integrity_of((*self.findings, *(one for signature in self.signatures for one in signature.findings)))

    @property
    def result(self) -> Result:
        """The worst of everything that was judged."""
        return result_of(self.reasons)

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """Every finding, each once: the file's, then those of the signatures in their order."""
        of_signatures = (one for signature in self.signatures for one in (*signature.findings, *signature.identity))
        return tuple(dict.fromkeys((*self.findings, *self.identity, *of_signatures)))


def shown(text: str) -> str:
    """Return what a file says of itself fit for a terminal: one line, no control or direction characters."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text[:_MAX_SHOWN])


def integrity_of(findings: tuple[Finding, ...]) -> Integrity:
    """Return what the heaviest of ``findings`` says of integrity."""
    return _INTEGRITIES.get(result_of(findings), Integrity.INTACT)


def uninspected(reason: str | Said, *, code: str = "INSPECT_NOT_READ") -> Inspection:
    """Return what can be said of a file that could not be looked at: nothing."""
    return Inspection("", (find(code, Step.FILE, Weight.UNKNOWN, reason=reason),))
