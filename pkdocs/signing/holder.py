"""Where somebody's key lives, seen from a batch: documents in, signed documents out."""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from pkdocs.outcome import Outcome
from pkdocs.signing.appearance import Stamp


class Hash(Protocol):
    """SHA-256 under way, as ``hashlib`` has it."""

    def copy(self) -> "Hash":
        """Return another that goes on from here."""

    def update(self, data: bytes, /) -> None:
        """Take in more."""

    def digest(self) -> bytes:
        """Return the digest of all so far."""

    def hexdigest(self) -> str:
        """Return it in hexadecimal."""


@dataclass(frozen=True, slots=True)
class Task:
    """One signature to be made: in ``field`` of ``pdf``, showing ``stamp``, saying ``location`` and ``reason``.

    ``id`` names the document. That this person may sign there has been asked. ``hashed`` is the SHA-256 of ``pdf``
    where somebody has taken it already.
    """

    id: str
    pdf: bytes = dataclasses.field(repr=False)
    field: str
    stamp: Stamp
    location: str | None
    reason: str
    hashed: Hash | None = dataclasses.field(default=None, repr=False, compare=False)


class Holder(Protocol):
    """A key holder; one implementation a module: files, tokens, remote services.

    It was unlocked when it was made. Nothing in its ``repr`` is secret.
    """

    @property
    def certificate(self) -> bytes:
        """The signer's certificate, DER."""

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The certificates above it as far as they are known, DER."""

    @property
    def person(self) -> str:
        """Whom the certificate names: its subject ``serialNumber``; empty where it has none."""

    @property
    def friendly_name(self) -> str:
        """The local name of the key, in the training PKI the NIP; never written to a document or a log."""

    @property
    def origin(self) -> str:
        """Where the key is, for plan and receipt: the kind, and for a service its host. No name of a person."""

    @property
    def batch(self) -> int:
        """How many documents to hand over at once; more at a time would gain nothing, or are not taken."""

    @property
    def is_remote(self) -> bool:
        """Whether an outcome can stay unknown: then what is handed over is noted before."""

    def sign(self, tasks: Sequence[Task]) -> Iterator[Outcome[Task, bytes]]:
        """Yield each document with its signature appended, or why there is none, in the order of ``tasks``.

        An ``UnknownOutcomeError`` says that nobody knows; it is never tried again here. A ``CredentialError`` says
        that the key is locked or refused: what follows it was not tried.
        """
