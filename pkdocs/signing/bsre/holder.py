"""A person's key at BSrE, seen from a batch: whole documents go to the client service and come back signed."""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NoReturn, TypeAlias

from cryptography import x509

from pkdocs.errors import CredentialError, PkdocsError, SigningError
from pkdocs.outcome import Outcome
from pkdocs.signing.bsre.account import Account, Signatory
from pkdocs.signing.bsre.call import Call, Shown
from pkdocs.signing.bsre.client import Client
from pkdocs.signing.bsre.picture import Appearance, draw_stamp
from pkdocs.signing.bsre.slot import place, read_slot
from pkdocs.signing.bsre.state import demand_certificate
from pkdocs.signing.bsre.v1 import sign_one
from pkdocs.signing.bsre.v2 import sign_several
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
    """A person who may sign now; made by ``open_bsre``. Once refused, it asks for nothing more."""

    certificate: bytes
    person: str
    batch: int
    _client: Client
    _version: Version
    _signatory: Signatory
    _appearance: Appearance
    _accept: Acceptance
    _appends: bool
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
        """A local name does not exist: the NIK is none to be shown."""
        return ""

    @property
    def origin(self) -> str:
        """Where the key is; it says so where the pass phrase goes over the network in the clear."""
        service = self._client.service
        return f"BSrE {self._version} ({service.host}{', http tanpa penyandian' if service.is_plain else ''})"

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

        A document that nothing is known of is never sent again. After a refusal of the person or the account nothing
        is sent: each further document yields that refusal.
        """
        for start in range(0, len(tasks), self.batch):
            yield from self._sign_together(tasks[start : start + self.batch])

    def _sign_together(self, tasks: Sequence[Task]) -> Iterator[Outcome[Task, bytes]]:
        if self._refused:
            yield from (Outcome(task, error=self._refused) for task in tasks)
            return
        prepared = [self._prepare(task) for task in tasks]
        answered = iter(self._ask([outcome.value for outcome in prepared if outcome.value]))
        for outcome in prepared:
            yield Outcome(outcome.key, error=outcome.error) if outcome.error else self._judge(next(answered))

    def _prepare(self, task: Task) -> Outcome[Task, Call]:
        try:
            return Outcome(task, self._call(task))
        except PkdocsError as error:
            return Outcome(task, error=error)

    def _call(self, task: Task) -> Call:
        slot = read_slot(task.pdf, task.field)
        if not (slot.is_signed or self._appends):
            raise SigningError("BSRE_SEAL_FIRST", id=task.id)
        if not self._appearance.is_visible:
            return Call(task, None)
        box = place(slot, self._version)
        picture = draw_stamp(task.stamp, self._appearance, width=box.width, height=box.height)
        return Call(task, Shown(box, picture))

    def _ask(self, calls: Sequence[Call]) -> list[Outcome[Task, bytes]]:
        if not calls:
            return []
        if self._version is Version.V1:
            answered = [sign_one(self._client, self._signatory, call) for call in calls]
        else:
            answered = sign_several(self._client, self._signatory, calls)
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


def open_bsre(
    service: Service,
    *,
    version: Version,
    account: Account,
    nik: str,
    passphrase: str,
    certificates: Collection[bytes],
    person: str,
    appearance: Appearance,
    accept: Acceptance,
    appends: bool,
    at: datetime,
    files_a_call: int = FILES_A_CALL,
    pause: Callable[[float], None] = time.sleep,
) -> BsreHolder:
    """Return the holder of ``person``, whose certificate the service says may sign.

    ``certificates`` (DER) are those that enrolment has of this person; the newest in date ``at`` that moment is shown,
    while ``accept`` decides which a signature may have. ``appends``: the service is known to append to files that bear
    no signature; otherwise such a file is refused before it is sent. v1 takes one file a call whatever
    ``files_a_call`` says. ``pause`` waits for some seconds, where the service says that it is busy.

    Raises:
        CredentialError: a NIK that is none, no certificate enrolled, the account refused, or a certificate that may
            not sign: expired, suspended, revoked, not there.
        ServiceError: not reached, or no answer that says the state.
    """
    signatory = Signatory(nik, passphrase)
    client = Client(service, account, pause)
    certificate = _current(certificates, at)
    demand_certificate(client, version, signatory)
    return BsreHolder(
        certificate=certificate,
        person=person,
        batch=1 if version is Version.V1 else files_a_call,
        _client=client,
        _version=version,
        _signatory=signatory,
        _appearance=appearance,
        _accept=accept,
        _appends=appends,
    )


def _current(certificates: Collection[bytes], at: datetime) -> bytes:
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
