"""Documents signed with a raw key, wherever it is: the one holder of whatever is a ``Signer``."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Final

from pkdocs.errors import CredentialError, PkdocsError, SigningError
from pkdocs.outcome import Outcome, demand
from pkdocs.signing.appearance import Stamp
from pkdocs.signing.cms import Parts, parts_of
from pkdocs.signing.holder import Task
from pkdocs.signing.revision import Unsigned, prepare_signature
from pkdocs.signing.signer import Signer, sign_each
from pkdocs.signing.timestamp import Timestamper

_STAMPED_AT_ONCE: Final = 32
_SPARE_BYTES: Final = 64
"""A timestamp's serial number and fraction of a second vary in length (RFC 3161, 2.4.2)."""


# without slots, so that it can keep the size that it has measured
@dataclass(frozen=True)
class Keyed:
    """Makes the whole signature but its raw value, for which it asks ``signer``.

    With a ``stamper`` the level is PAdES B-T, without one B-B: its timestamp is the only unsigned attribute.
    """

    signer: Signer
    stamper: Timestamper | None = None

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
        """How many documents to hand over at once: a timestamp authority is asked for several in one go."""
        if self.stamper is None or self.signer.is_remote:
            return self.signer.batch
        return max(self.signer.batch, _STAMPED_AT_ONCE)

    @property
    def is_remote(self) -> bool:
        """Whether an outcome can stay unknown."""
        return self.signer.is_remote

    @cached_property
    def size(self) -> int:
        """How many bytes to keep for a signature; what a timestamp takes is measured with one over nothing.

        Raises:
            ServiceError, UnknownOutcomeError: the timestamp authority was not reached, or gave no usable token.
        """
        parts = parts_of(self.signer.certificate, self.signer.chain)
        if self.stamper is None:
            return parts.size()
        (token,) = self.stamper.stamp([hashlib.sha256().digest()])
        return parts.size(len(token) + _SPARE_BYTES)

    def sign(self, tasks: Sequence[Task]) -> Iterator[Outcome[Task, bytes]]:
        """Yield each document with its signature appended, or why there is none, in the order of ``tasks``.

        Signatures and timestamps are asked for once for every ``batch`` documents.
        """
        stopped: CredentialError | None = None
        for start in range(0, len(tasks), self.batch):
            for outcome in self._sign(tasks[start : start + self.batch], stopped):
                if isinstance(outcome.error, CredentialError):
                    stopped = outcome.error
                yield outcome

    def _sign(self, tasks: Sequence[Task], stopped: CredentialError | None) -> Iterator[Outcome[Task, bytes]]:
        try:
            if stopped is not None:
                raise stopped
            prepared = [_prepare(task, self.size) for task in tasks]
        except PkdocsError as error:
            yield from (Outcome(task, error=error) for task in tasks)
            return
        containers = self.containers([one.value.digest for one in prepared if one.value is not None])
        for one in prepared:
            yield (
                Outcome(one.key, error=one.error)
                if one.value is None
                else _filled(one.key, one.value, next(containers))
            )

    def containers(self, digests: Sequence[bytes]) -> Iterator[Outcome[bytes, bytes]]:
        """Yield the CMS over each of ``digests``, or why there is none: as soon as it is signed and stamped."""
        parts = parts_of(self.signer.certificate, self.signer.chain)
        signed = sign_each(self.signer, [parts.covered(digest) for digest in digests])
        step = 1 if self.stamper is None else _STAMPED_AT_ONCE
        while some := list(islice(signed, step)):
            yield from self._joined(parts, some)

    def _joined(self, parts: Parts, signed: Sequence[Outcome[bytes, bytes]]) -> Iterator[Outcome[bytes, bytes]]:
        signatures = [one.value for one in signed if one.value is not None]
        try:
            tokens = iter(self._tokens(signatures))
        except PkdocsError as error:
            yield from (one if one.value is None else Outcome(one.key, error=error) for one in signed)
            return
        for one in signed:
            if one.value is None:
                yield one
            else:
                yield Outcome(one.key, parts.join(one.key, one.value, next(tokens)))

    def _tokens(self, signatures: Sequence[bytes]) -> Sequence[bytes | None]:
        if self.stamper is None or not signatures:
            return [None] * len(signatures)
        return self.stamper.stamp([hashlib.sha256(signature).digest() for signature in signatures])


def _prepare(task: Task, size: int) -> Outcome[Task, Unsigned]:
    try:
        return Outcome(task, prepare_signature(task, size=size))
    except PkdocsError as error:
        return Outcome(task, error=error)


def _filled(task: Task, unsigned: Unsigned, container: Outcome[bytes, bytes]) -> Outcome[Task, bytes]:
    if container.value is None:
        return Outcome(task, error=container.error)
    try:
        return Outcome(task, unsigned.fill(container.value))
    except ValueError as fault:
        error = SigningError("TIMESTAMP_TOO_LARGE", id=task.id)
        error.__cause__ = fault
        return Outcome(task, error=error)


def append_signature(
    pdf: bytes,
    field: str,
    signer: Signer,
    stamp: Stamp,
    *,
    location: str | None,
    reason: str,
    stamper: Timestamper | None = None,
) -> bytes:
    """Return ``pdf`` with a signature in its ``field`` appended (PAdES B-B, or B-T by ``stamper``, EN 319 142-1).

    Whether this signer may sign there is for the caller to ask.

    Raises:
        CredentialError: the key is locked, or refuses.
        SigningError: the file is damaged, or has no such field that is empty.
        ServiceError: the timestamp authority does not answer.
    """
    (outcome,) = Keyed(signer, stamper).sign([Task(field, pdf, field, stamp, location, reason)])
    return demand(outcome)
