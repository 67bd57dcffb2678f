"""Documents signed with a raw key, wherever it is: the one holder of whatever is a ``Signer``."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pkdocs.errors import PkdocsError
from pkdocs.outcome import Outcome
from pkdocs.signing.holder import Task
from pkdocs.signing.revision import append_signature
from pkdocs.signing.signer import Signer


@dataclass(frozen=True, slots=True)
class Keyed:
    """Makes the whole signature but its raw value, for which it asks ``signer``."""

    signer: Signer

    @property
    def certificate(self) -> bytes:
        """The signer's certificate, DER."""
        return self.signer.certificate

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The certificates above it, DER."""
        return self.signer.chain

    @property
    def person(self) -> str:
        """Whom the certificate names."""
        return self.signer.person

    @property
    def friendly_name(self) -> str:
        """The local name of the key."""
        return self.signer.friendly_name

    @property
    def origin(self) -> str:
        """Where the key is."""
        return self.signer.origin

    @property
    def batch(self) -> int:
        """How many documents to prepare before raw signatures are asked for."""
        return self.signer.batch

    @property
    def is_remote(self) -> bool:
        """Whether an outcome can stay unknown."""
        return self.signer.is_remote

    def sign(self, tasks: Sequence[Task]) -> Iterator[Outcome[Task, bytes]]:
        """Yield each document with its signature appended, or why there is none."""
        for task in tasks:
            try:
                yield Outcome(task, self._sign(task))
            except PkdocsError as error:
                yield Outcome(task, error=error)

    def _sign(self, task: Task) -> bytes:
        return append_signature(
            task.pdf, task.field, self.signer, task.stamp, location=task.location, reason=task.reason
        )
