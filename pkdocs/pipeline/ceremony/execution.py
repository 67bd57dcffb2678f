"""Signing what is planned: each step noted before it is taken, each file replaced whole by itself."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from pkdocs.content import Role
from pkdocs.decision import read_decisions
from pkdocs.errors import ConflictError, CredentialError, PkdocsError, SigningError, UnknownOutcomeError
from pkdocs.files import digest, read_regular, replace_unchanged
from pkdocs.outcome import Outcome
from pkdocs.pipeline.augmenting import Raising, Unraised
from pkdocs.pipeline.ceremony.journal import Begun, Event, Line
from pkdocs.pipeline.ceremony.ledger import INTERRUPTED, Ledger, begun_line, open_ledger, planned_line, told
from pkdocs.pipeline.ceremony.planning import (
    Candidate,
    Refused,
    SigningPlan,
    demand_known,
    demand_undecided,
    system_error,
)
from pkdocs.pipeline.ceremony.result import NOT_REACHED, Signed, SigningResult
from pkdocs.pki import is_training
from pkdocs.profile import Zone
from pkdocs.receipt import describe_certificate
from pkdocs.signing import Holder, Level, Task, make_task
from pkdocs.signing.holder import Hash

Progress: TypeAlias = Callable[[int, int], None]
Clock: TypeAlias = Callable[[], datetime]
Raise: TypeAlias = Callable[[Sequence[Path]], Raising]
"""Brings signed files up to a level."""


def sign_plan(
    plan: SigningPlan,
    holder: Holder,
    *,
    at: Clock,
    progress: Progress,
    level: Level = Level.B,
    owners: Mapping[bytes, str] | None = None,
    raising: Raise | None = None,
    receipts: Path | None = None,
) -> SigningResult:
    """Sign what is planned, as many at a time as ``holder`` takes; ``at`` gives the claimed time of each.

    A batch that was interrupted goes on under its name. One document that cannot be signed does not stop the rest; a
    key that is refused does. What somebody else changed since the plan is left as it is. After the last signature
    ``raising`` brings all that the batch has signed up to the level. The receipt of the whole batch is written to
    ``receipts``, else to ``tanda-terima`` beside the index.

    Raises:
        ConflictError: another run of this person is going on, or a journal is damaged.
        OSError: journal or receipt cannot be written; what was signed stays signed.
    """
    with open_ledger(plan.homes, plan.signatory.person) as ledger:
        ledger.look_again(owners or {}, at())
        run = _Run(plan, holder, ledger, at, _begun(plan, holder, level))
        run.sign(progress)
        if raising:
            run.bring_up(raising)
        written = ledger.close(receipts, at())
    return SigningResult(
        batch=run.batch,
        signed=tuple(run.signed),
        waiting=plan.waiting,
        refused=(*plan.refused, *run.refused),
        unknown=tuple(run.unknown),
        receipt=written.get(run.batch) or next(reversed(written.values()), None),
    )


def _begun(plan: SigningPlan, holder: Holder, level: Level) -> Begun:
    first = plan.candidates[0] if plan.candidates else None
    return Begun(
        name=plan.name,
        certificate=describe_certificate(holder.certificate),
        origin=holder.origin,
        level=level,
        zone=first.zone if first else Zone.WIB,
        organisation=first.content.organisation.name if first else "",
    )


@dataclass(slots=True)
class _Run:
    plan: SigningPlan
    holder: Holder
    ledger: Ledger
    at: Clock
    begun: Begun
    batch: str = field(init=False)
    signed: list[Signed] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    unknown: list[Refused] = field(default_factory=list)
    _training: bool = field(init=False)

    def __post_init__(self) -> None:
        self.batch = self.ledger.batch_for(self.begun)
        self._training = is_training(self.holder.certificate)

    def sign(self, progress: Progress) -> None:
        candidates = self._begin()
        size, total, done = max(1, self.holder.batch), len(candidates), 0
        while done < total:
            group = candidates[done : done + size]
            if self._sign_group(group):
                done += len(group)
                progress(done, total)
            else:
                self._leave(candidates[done + len(group) :])
                return

    def bring_up(self, raising: Raise) -> None:
        """Bring up what the batch has signed, in earlier runs too; what cannot be brought up is signed all the same."""
        documents = [document for document in self.ledger.documents(self.batch) if document.last.event is Event.SIGNED]
        if not documents:
            return
        done = raising(list(dict.fromkeys(document.file for document in documents)))
        digests = {one.file: one.digest for one in done.raised}
        errors = {one.file: one.error.code for one in done.refused}
        for document in documents:
            after, code = digests.get(document.file, document.last.after), errors.get(document.file)
            if (after, code) != (document.last.after, None):
                line = told(document.planned, Event.SIGNED, self.at(), after=after, code=code)
                self.ledger.note(document.folder, line, durable=self.holder.is_remote)
        self.signed = [replace(one, digest=digests.get(one.file.resolve(), one.digest)) for one in self.signed]
        self.refused += [Refused(one.id, _later(one, self.begun.level)) for one in done.refused]

    def _begin(self) -> list[Candidate]:
        """Note the plan, and return what of it may be signed."""
        unknown = self.ledger.open
        candidates = [candidate for candidate in self.plan.candidates if self._is_known(candidate, unknown)]
        for home in dict.fromkeys(candidate.home for candidate in candidates):
            here = [candidate for candidate in candidates if candidate.home == home]
            begun = begun_line(self.begun, self.batch, self.at())
            self.ledger.note(home, begun, *(self._line(candidate) for candidate in here))
        return candidates

    def _is_known(self, candidate: Candidate, unknown: Mapping[tuple[str, Role], Line]) -> bool:
        try:
            demand_known(candidate, unknown)
        except SigningError as error:
            self.refused.append(Refused(candidate.content.id, error))
            return False
        return True

    def _line(self, candidate: Candidate) -> Line:
        return planned_line(candidate, self.batch, self.at())

    def _sign_group(self, group: Sequence[Candidate]) -> bool:
        """Sign what is handed over together; tell whether to go on, or the key was refused."""
        prepared = [(candidate, task) for candidate in group if (task := self._prepare(candidate))]
        self._note_sent([candidate for candidate, _ in prepared])
        outcomes = iter(self.holder.sign([task for _, task in prepared]))
        for place, (candidate, task) in enumerate(prepared):
            outcome = next(outcomes, None)
            if outcome is None:
                self._never_answered([left for left, _ in prepared[place:]])
                break
            self._conclude(candidate, task, outcome)
            if isinstance(outcome.error, CredentialError):
                # a holder may be lazy: asking it for the next one would try the key again
                self._leave([left for left, _ in prepared[place + 1 :]])
                return False
        return True

    def _prepare(self, candidate: Candidate) -> Task | None:
        """Return what the holder is asked for; None where it is refused."""
        party = candidate.content.party(candidate.role)
        try:
            # the plan may have been looked at for long: a rejection meanwhile counts
            demand_undecided(candidate.content, read_decisions(candidate.home))
            data, hashed = _read_unchanged(candidate)
        except PkdocsError as error:
            self._refuse(candidate, error)
            return None
        if party is None:
            raise ValueError("a role without a party is not planned")
        return make_task(
            data,
            candidate.content,
            candidate.role,
            party,
            at=self.at(),
            zone=candidate.zone,
            training=self._training,
            hashed=hashed,
            words=candidate.dress.words,
            emblem=candidate.dress.emblem,
        )

    def _note_sent(self, candidates: Sequence[Candidate]) -> None:
        if not self.holder.is_remote:
            return
        for home in dict.fromkeys(candidate.home for candidate in candidates):
            here = [candidate for candidate in candidates if candidate.home == home]
            lines = [told(self._line(candidate), Event.SENT, self.at()) for candidate in here]
            self.ledger.note(home, *lines, durable=True)

    def _conclude(self, candidate: Candidate, task: Task, outcome: Outcome[Task, bytes]) -> None:
        if isinstance(outcome.error, UnknownOutcomeError):
            self._lose(candidate, outcome.error)
        elif outcome.value is None:
            self._refuse(candidate, outcome.error or SigningError(NOT_REACHED, id=task.id))
        else:
            self._put(candidate, task.pdf, outcome.value)

    def _put(self, candidate: Candidate, before: bytes, after: bytes) -> None:
        try:
            put_signed(candidate.file, before, after)
        except PkdocsError as error:
            self._refuse(candidate, error)
        else:
            self._note(candidate, told(self._line(candidate), Event.SIGNED, self.at(), after=digest(after)))
            self.signed.append(Signed(candidate.content.id, candidate.file, candidate.role, digest(after)))

    def _refuse(self, candidate: Candidate, error: PkdocsError) -> None:
        self._note(candidate, told(self._line(candidate), Event.REFUSED, self.at(), code=error.code))
        self.refused.append(Refused(candidate.content.id, error))

    def _lose(self, candidate: Candidate, error: PkdocsError) -> None:
        number = error.params.get("document")
        line = told(self._line(candidate), Event.UNKNOWN, self.at(), code=error.code, number=str(number or "") or None)
        self._note(candidate, line)
        self.unknown.append(Refused(candidate.content.id, error))

    def _note(self, candidate: Candidate, line: Line) -> None:
        # what a service has done is on the disk before anything else is asked of it
        self.ledger.note(candidate.home, line, durable=self.holder.is_remote)

    def _never_answered(self, candidates: Sequence[Candidate]) -> None:
        """Note what a holder has said nothing about, though it should."""
        for candidate in candidates:
            if self.holder.is_remote:
                self._lose(candidate, UnknownOutcomeError(INTERRUPTED, id=candidate.content.id))
            else:
                self._refuse(candidate, SigningError(NOT_REACHED, id=candidate.content.id))

    def _leave(self, candidates: Sequence[Candidate]) -> None:
        """Note that these are as they were: the key was refused before their turn."""
        for candidate in candidates:
            # the plan alone says so: neither sent nor refused
            self.ledger.note(candidate.home, self._line(candidate))
            self.refused.append(Refused(candidate.content.id, SigningError(NOT_REACHED, id=candidate.content.id)))


def _later(unraised: Unraised, level: Level) -> SigningError:
    return SigningError("SIGN_LEVEL_LATER", id=unraised.id, level=level.value, cause=unraised.error.code)


def _read_unchanged(candidate: Candidate) -> tuple[bytes, Hash]:
    """Return the bytes that the plan has looked at, and SHA-256 that has taken them in.

    Raises:
        ConflictError: somebody changed or removed them.
        SigningError: they cannot be read.
    """
    try:
        data = read_regular(candidate.file)
    except FileNotFoundError:
        data = b""
    except OSError as fault:
        raise system_error(candidate.file, fault) from fault
    hashed = hashlib.sha256(data)
    if hashed.hexdigest() != candidate.digest:
        raise ConflictError("FILE_CHANGED", file=candidate.file.name)
    return data, hashed


def put_signed(file: Path, before: bytes, after: bytes) -> None:
    """Put ``after`` in the place of ``file``, which must still be ``before``, and which ``after`` must go on from.

    Raises:
        ConflictError: somebody else changed the file meanwhile; theirs stands.
        SigningError: the signed bytes are not those that were handed over, or the file cannot be written.
    """
    if len(after) <= len(before) or not after.startswith(before):
        raise SigningError("SIGN_REWRITTEN", file=file.name)
    try:
        replace_unchanged(file, after, expected=digest(before))
    except OSError as fault:
        raise system_error(file, fault) from fault
