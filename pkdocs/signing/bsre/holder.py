"""A key at BSrE, seen from a batch: whole documents go to the client service and come back signed."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NoReturn, TypeAlias

from cryptography import x509

from pkdocs.errors import CredentialError, PkdocsError
from pkdocs.outcome import Outcome
from pkdocs.signing.bsre.call import Call
from pkdocs.signing.bsre.version import Version
from pkdocs.signing.holder import Task
from pkdocs.signing.level import Level
from pkdocs.transport import Service

Acceptance: TypeAlias = Callable[[Task, bytes], object]
"""Passes a file that came back for a task, or raises a ``PkdocsError`` that says why it is not kept."""

FILES_A_CALL: Final = 20
HIGHEST_LEVEL: Final = Level.B
"""What can be promised: the service decides by itself whether it adds a timestamp."""


@dataclass(slots=True, repr=False)
class BsreHolder:
    """A person or an organisation that may sign now. Once refused, it asks for nothing more.

    ``_prepare`` makes a call of a task, or raises; ``_send`` hands several over together and gives an outcome for each.
    """

    certificate: bytes
    person: str
    origin: str
    batch: int
    _prepare: Callable[[Task], Call]
    _send: Callable[[Sequence[Call]], Sequence[Outcome[Task, bytes]]]
    _accept: Acceptance
    _refused: CredentialError | None = field(default=None, init=False)

    def __repr__(self) -> str:
        return f"BsreHolder({self.origin})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a pass phrase is not handed to other processes")

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The service shows its certificates in the files alone."""
        return ()

    @property
    def friendly_name(self) -> str:
        """There is no local name: the NIK is none to be shown."""
        return ""

    @property
    def is_remote(self) -> bool:
        """It is asked over a network."""
        return True

    @property
    def highest_level(self) -> Level:
        """The highest level that can be promised; what is beyond is for a later ``augment``."""
        return HIGHEST_LEVEL

    def sign(self, tasks: Sequence[Task]) -> Iterator[Outcome[Task, bytes]]:
        """Yield each document as the service signed it and as it was accepted, or why there is none, in order.

        A document that nothing is known of is never sent again. After a refusal of the signer or the account nothing
        is sent: each further document yields that refusal.
        """
        for start in range(0, len(tasks), self.batch):
            yield from self._sign_together(tasks[start : start + self.batch])

    def _sign_together(self, tasks: Sequence[Task]) -> Iterator[Outcome[Task, bytes]]:
        if self._refused:
            yield from (Outcome(task, error=self._refused) for task in tasks)
            return
        prepared = [self._call(task) for task in tasks]
        answered = iter(self._ask([outcome.value for outcome in prepared if outcome.value]))
        for outcome in prepared:
            yield Outcome(outcome.key, error=outcome.error) if outcome.error else self._judge(next(answered))

    def _call(self, task: Task) -> Outcome[Task, Call]:
        try:
            return Outcome(task, self._prepare(task))
        except PkdocsError as error:
            return Outcome(task, error=error)

    def _ask(self, calls: Sequence[Call]) -> Sequence[Outcome[Task, bytes]]:
        answered = self._send(calls) if calls else ()
        refusals = (outcome.error for outcome in answered if isinstance(outcome.error, CredentialError))
        self._refused = next(refusals, None)
        return answered

    def _judge(self, outcome: Outcome[Task, bytes]) -> Outcome[Task, bytes]:
        if outcome.value is None:
            return outcome
        try:
            self._accept(outcome.key, outcome.value)
        except PkdocsError as error:
            return Outcome(outcome.key, error=error)
        return outcome


def origin_of(service: Service, version: Version) -> str:
    """Return where keys at ``service`` are; it says so where secrets go over the network in the clear."""
    return f"BSrE {version} ({service.place})"


def current(certificates: Collection[bytes], at: datetime) -> bytes:
    """Return the certificate that is in date and began last; where none is in date, the one that began last.

    Raises:
        CredentialError: there is none, or one is damaged.
    """
    if not certificates:
        raise CredentialError("BSRE_NOT_ENROLLED")
    try:
        return max(certificates, key=lambda der: _rank(x509.load_der_x509_certificate(der), at))
    except ValueError as fault:
        raise CredentialError("BSRE_CERTIFICATE_DAMAGED") from fault


def _rank(certificate: x509.Certificate, at: datetime) -> tuple[bool, datetime]:
    begins = certificate.not_valid_before_utc
    return begins <= at <= certificate.not_valid_after_utc, begins
