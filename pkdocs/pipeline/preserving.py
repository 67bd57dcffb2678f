"""Preservation on disk: an evidence record beside each file of a ceremony, and one timestamp for all of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from cryptography import x509

from pkdocs.errors import ConflictError, PkdocsError, SigningError
from pkdocs.files import digest, read_regular, replace_unchanged
from pkdocs.messages import reason_of
from pkdocs.pipeline.ceremonial import Object, objects_of
from pkdocs.pipeline.pending import Pending, forget_pending, read_pending, write_pending
from pkdocs.preservation import HashTree, Renewal, first_record, renewal_of
from pkdocs.signing.timestamp import read_stamped
from pkdocs.trust import Trust
from pkdocs.verification.attestation import Attestation, Beginnings, RecordError, read_record
from pkdocs.verification.authority import AuthorityJudge
from pkdocs.verification.certificates import When
from pkdocs.verification.ers import EvidenceRecord, hashed, parse_record
from pkdocs.verification.evidence import Library

FRESH: Final = timedelta(days=1)
"""What was stamped less than that ago need not be renewed: a run that was cut off goes on."""

_HASHING: Final = "sha256"

Progress = Callable[[int, int], None]


class RootStamper(Protocol):
    """Gives one timestamp; ``HttpTimestamper`` is one."""

    def stamp_root(self, digest: bytes, hashing: str) -> bytes:
        """Return a token over ``digest``, that of an algorithm by asn1crypto's name.

        Raises:
            ServiceError: there was none to be had.
        """


@dataclass(frozen=True, slots=True)
class Refused:
    """What has no new record, and why; ``id`` is an agreement's, or the name of the register's head or list."""

    id: str
    error: PkdocsError


@dataclass(slots=True)
class Preservation:
    """What became of a ceremony: ids with new records, those that had what was wanted, and the others.

    ``tokens`` were asked for; ``lapsed`` are those whose last timestamp had lapsed before it was renewed.
    """

    made: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    lapsed: list[str] = field(default_factory=list)
    tokens: int = 0

    @property
    def exit_code(self) -> int:
        """0 all have what was wanted; 1 some have not; where none has, why (docs/contracts.md)."""
        if not self.refused:
            return 0
        if self.made or self.kept:
            return PkdocsError.exit_code
        is_conflict = any(isinstance(one.error, ConflictError) for one in self.refused)
        return ConflictError.exit_code if is_conflict else SigningError.exit_code


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A record to be written: of ``before`` (its digest; '' where there is none) and a tree that has ``leaf``."""

    about: Object
    hashing: str
    leaf: bytes
    before: str
    make: Callable[[HashTree, bytes], EvidenceRecord]


def seal(head: Path, stamper: RootStamper, *, progress: Progress) -> Preservation:
    """Write an evidence record for each complete agreement that ``head`` lists, its list, and itself; one timestamp.

    A file that has a record keeps it, though it may have grown since: what was proven stays so. A run that is
    killed is finished by the next one, with the timestamp that it had.

    Raises:
        ConflictError: no sound head that its keepers have signed.
        ServiceError: no timestamp was to be had; nothing was written.
    """
    return _preserve(head, stamper, _first, progress)


def reseal(
    head: Path, stamper: RootStamper, *, at: datetime, progress: Progress, hashing: str | None = None
) -> Preservation:
    """Renew the evidence records of what ``seal`` has sealed, by the digest algorithm ``hashing`` (None: their own).

    One timestamp for all that have one algorithm. What was renewed less than a day ago stays as it is.

    Raises:
        ConflictError: as ``seal``.
        ServiceError: as ``seal``.
    """
    return _preserve(head, stamper, _Renewing(at, hashing), progress, earlier=True)


_Plan = Callable[[Object, bytes, Preservation], _Wanted | None]


def _preserve(
    head: Path, stamper: RootStamper, plan: _Plan, progress: Progress, *, earlier: bool = False
) -> Preservation:
    folder, done = head.parent, Preservation()
    objects = objects_of(head, earlier=earlier)
    wanted: list[_Wanted] = []
    for count, one in enumerate(objects, 1):
        try:
            planned = plan(one, one.read(), done)
        except PkdocsError as error:
            done.refused.append(Refused(one.id, error))
        except OSError as fault:
            done.refused.append(Refused(one.id, _system_error(one.place, fault)))
        else:
            wanted += [planned] if planned else []
        progress(count, len(objects))
    counted, begun = _Counted(stamper), _begun(folder, stamper)
    for hashing in dict.fromkeys(planned.hashing for planned in wanted):
        group = [planned for planned in wanted if planned.hashing == hashing]
        for planned, record in _records(folder, hashing, group, counted, begun):
            _write(planned, record, done)
    if len(done.made) == len(wanted):
        forget_pending(folder)
    done.tokens = counted.tokens
    return done


@dataclass(frozen=True, slots=True)
class Believed:
    """A stamper whose authority must be believed by ``trust`` at the moment ``at``: else its records prove nothing."""

    stamper: RootStamper
    trust: Trust
    at: datetime

    def stamp_root(self, digest: bytes, hashing: str) -> bytes:
        """Return a token over ``digest``.

        Raises:
            ServiceError: there was none to be had.
            SigningError: its authority is not believed, or whether it is cannot be said.
        """
        token = self.stamper.stamp_root(digest, hashing)
        if cause := self.doubt(token, digest, hashing):
            raise SigningError("PRESERVE_NOT_BELIEVED", cause=cause)
        return token

    def doubt(self, token: bytes, digest: bytes, hashing: str) -> str | None:
        """Return why the authority of ``token``, which is over ``digest``, is not believed; None if it is."""
        judge = AuthorityJudge(self.trust, self.at, Library())
        return judge.doubt(read_stamped(token, digest, hashing), When())


def _begun(folder: Path, stamper: RootStamper) -> Pending | None:
    """Return what a run that was cut off has left; not if its timestamp is of an authority that is not believed."""
    left = read_pending(folder)
    if left and isinstance(stamper, Believed) and stamper.doubt(left.token, left.tree.root, left.tree.hashing):
        return None
    return left


@dataclass(slots=True)
class _Counted:
    """Counts the timestamps that are had from ``stamper``."""

    stamper: RootStamper
    tokens: int = 0

    def stamp_root(self, digest: bytes, hashing: str) -> bytes:
        token = self.stamper.stamp_root(digest, hashing)
        self.tokens += 1
        return token


def _first(one: Object, data: bytes, done: Preservation) -> _Wanted | None:
    """Return the first record that ``one`` is to have; None if it has one."""
    if _known(one, data):
        done.kept.append(one.id)
        return None
    leaf = hashed(_HASHING, data)
    return _Wanted(one, _HASHING, leaf, "", lambda tree, token: first_record(tree, leaf, token))


@dataclass(frozen=True, slots=True)
class _Renewing:
    at: datetime
    hashing: str | None

    def __call__(self, one: Object, data: bytes, done: Preservation) -> _Wanted | None:
        """Return the renewed record that ``one`` is to have; None if it has it."""
        found = _known(one, data)
        if found is None:
            raise SigningError("PRESERVE_NO_RECORD", id=one.id)
        encoded, attested = found
        last = attested.chains[-1]
        is_other = self.hashing not in {None, last.hashing}
        if not is_other and last.tokens[-1].time > self.at - FRESH:
            done.kept.append(one.id)
            return None
        if x509.load_der_x509_certificate(last.tokens[-1].certificate).not_valid_after_utc < self.at:
            done.lapsed.append(one.id)
        # a file may have grown since: what was sealed is renewed
        renewal: Renewal = renewal_of(parse_record(encoded), data[: attested.end], self.hashing)
        return _Wanted(one, renewal.hashing, renewal.leaf, digest(encoded), renewal.done)


def _known(one: Object, data: bytes) -> tuple[bytes, Attestation] | None:
    """Return the record that ``one`` has, and what it proves; None if there is none.

    Raises:
        ConflictError: something else is in its place, or it does not hold.
    """
    if not one.place.exists():
        return None
    encoded = read_regular(one.place)
    try:
        try:
            return encoded, read_record(encoded, one.place.name, Beginnings.of(data))
        except RecordError as fault:
            if fault.code != "RECORD_OTHER":
                raise
            return encoded, read_record(encoded, one.place.name, Beginnings.by_revision(data))
    except RecordError as fault:
        raise ConflictError("PRESERVE_RECORD_WRONG", id=one.id, file=one.place.name, cause=fault.code) from fault


def _records(
    folder: Path, hashing: str, group: Sequence[_Wanted], stamper: RootStamper, begun: Pending | None
) -> Iterator[tuple[_Wanted, EvidenceRecord]]:
    """Yield the records of ``group``; first those for which a run that was cut off had a timestamp."""
    left = begun.tree if begun and begun.tree.hashing == hashing else HashTree(hashing, ())
    for one in group:
        if begun and one.leaf in left:
            yield one, one.make(left, begun.token)
    rest = [one for one in group if one.leaf not in left]
    if rest:
        tree = HashTree(hashing, (one.leaf for one in rest))
        token = stamper.stamp_root(tree.root, hashing)
        write_pending(folder, Pending(tree, token))
        for one in rest:
            yield one, one.make(tree, token)


def _write(one: _Wanted, record: EvidenceRecord, done: Preservation) -> None:
    try:
        replace_unchanged(one.about.place, record.encoded, expected=one.before)
    except PkdocsError as error:
        done.refused.append(Refused(one.about.id, error))
    except OSError as fault:
        done.refused.append(Refused(one.about.id, _system_error(one.about.place, fault)))
    else:
        done.made.append(one.about.id)


def _system_error(file: Path, fault: OSError) -> SigningError:
    return SigningError("SYSTEM", file=file.name, reason=reason_of(fault))
