"""What became of a batch."""

from dataclasses import dataclass
from pathlib import Path

from pkdocs.content import Role
from pkdocs.errors import ConflictError, CredentialError, PkdocsError, SigningError
from pkdocs.pipeline.ceremony.planning import Refused, Waiting
from pkdocs.receipt import Receipt

NOT_REACHED = "SIGN_NOT_REACHED"
"""Of documents that were left as they are, because the key was refused before."""


@dataclass(frozen=True, slots=True)
class Signed:
    """An agreement with one signature more; ``digest`` is SHA-256 of the file as it is now."""

    id: str
    file: Path
    role: Role
    digest: str


@dataclass(frozen=True, slots=True)
class Written:
    """A receipt, and where it lies."""

    receipt: Receipt
    json: Path
    pdf: Path


@dataclass(frozen=True, slots=True)
class SigningResult:
    """What became of the plan in this run; the receipt is of the whole batch, absent where nothing was to be done.

    ``unknown`` are those of which nobody knows whether a service has signed them.
    """

    batch: str
    signed: tuple[Signed, ...]
    waiting: tuple[Waiting, ...]
    refused: tuple[Refused, ...]
    unknown: tuple[Refused, ...] = ()
    receipt: Written | None = None

    @property
    def exit_code(self) -> int:
        """0 all signed or nothing waits; 1 some refused or unknown; why, where nothing was signed (contracts.md)."""
        if not self.refused and not self.unknown:
            return 0
        if self.signed:
            return PkdocsError.exit_code
        if self.unknown:
            return SigningError.exit_code
        codes = {_nothing_signed(one.error) for one in self.refused if one.error.code != NOT_REACHED}
        return max(codes) if len(codes) == 1 or ConflictError.exit_code in codes else SigningError.exit_code


def _nothing_signed(error: PkdocsError) -> int:
    return CredentialError.exit_code if error.code == "SIGN_WRONG_PERSON" else error.exit_code
