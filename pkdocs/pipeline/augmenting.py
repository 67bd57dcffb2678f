"""Levels on disk: signed files brought up, each replaced whole by itself with one revision more."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from pkdocs.errors import ConflictError, PkdocsError, ServiceError, SigningError
from pkdocs.files import digest, pdf_files, read_regular, replace_unchanged
from pkdocs.index import Index, find_index
from pkdocs.messages import reason_of
from pkdocs.register import is_head, preserve_head
from pkdocs.signing.archive import Draft
from pkdocs.signing.augmentation import check_augmenting, draft, fill_all, find_lack
from pkdocs.signing.gathering import Gatherer
from pkdocs.signing.known import read_known
from pkdocs.signing.level import Level
from pkdocs.signing.preserved import Preserved, preserve_known, read_preserved
from pkdocs.signing.timestamp import HttpTimestamper, SampledTimestamper
from pkdocs.transport import Service
from pkdocs.verification.inspection import Level as Reached

TOGETHER: Final = 32
"""Files whose timestamps are asked for at once; what a killed run loses is no more than these."""

_TIMEOUT_S: Final = 30.0
_SKIPPED: Final = frozenset({"SIGN_NOT_ISSUED", "AUGMENT_UNSIGNED"})
"""What is no matter of concern in a folder."""

_NOBODY: Final[Mapping[bytes, str]] = {}


Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Raised:
    """A file as it is now: the ``level`` that all its signatures have reached, and whether it ``changed``.

    ``own_timestamps``: each signature has one itself, without which validators of AdES see level B only.
    ``archived`` is when the last timestamp over the document was made, ``digest`` SHA-256 of the file.
    """

    id: str
    file: Path
    level: Reached
    own_timestamps: bool
    archived: datetime | None
    digest: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Unraised:
    """A file that stays as it was, and why."""

    id: str
    file: Path
    error: PkdocsError


@dataclass(frozen=True, slots=True)
class Raising:
    """What became of a batch of files."""

    raised: tuple[Raised, ...]
    refused: tuple[Unraised, ...]

    @property
    def exit_code(self) -> int:
        """0 all are up; 1 some are not; where none is, why (docs/contracts.md)."""
        if not self.refused:
            return 0
        if self.raised:
            return PkdocsError.exit_code
        is_conflict = any(isinstance(one.error, ConflictError) for one in self.refused)
        return ConflictError.exit_code if is_conflict else SigningError.exit_code


def open_timestamper(address: str, authorities: Path | None = None) -> HttpTimestamper:
    """Return the timestamp authority at ``address``.

    Plain http is taken too: a digest goes out, and what comes back is signed and names the request.

    Raises:
        UsageError: no such address.
    """
    service = Service(address, timeout_s=_TIMEOUT_S, authorities=authorities, unsafe_plain_http=True)
    return HttpTimestamper(service)


def augment_paths(
    paths: Iterable[Path],
    level: Level,
    gatherer: Gatherer,
    timestamper: SampledTimestamper | None,
    *,
    at: datetime,
    progress: Progress,
    renew: bool = False,
    owners: Mapping[bytes, str] = _NOBODY,
) -> Raising:
    """Bring the files at and below ``paths`` up to ``level``; in a folder what nobody has signed is left out.

    Raises:
        UsageError: level B, or a timestamp authority is needed and none named.
    """
    files = pdf_files(paths)
    named = {file for file, is_named in files if is_named}
    raising = raise_level(
        [file for file, _ in files], level, gatherer, timestamper, at=at, progress=progress, renew=renew, owners=owners
    )
    refused = (one for one in raising.refused if one.file in named or one.error.code not in _SKIPPED)
    return Raising(raising.raised, tuple(refused))


def raise_level(
    files: Sequence[Path],
    level: Level,
    gatherer: Gatherer,
    timestamper: SampledTimestamper | None,
    *,
    at: datetime,
    progress: Progress,
    renew: bool = False,
    owners: Mapping[bytes, str] = _NOBODY,
) -> Raising:
    """Bring signed ``files`` up to ``level``; what is up already stays as it is, so a killed run goes on.

    To be called after the last signature of a batch, with one time ``at`` for all: validation data are then asked
    for once, and newer than every signature. One bad file does not stop the others; when the timestamp authority
    fails, the rest is not asked for.

    Raises:
        UsageError: level B, or a timestamp authority is needed and none named.
    """
    check_augmenting(level, timestamper)
    work = _Work(level, gatherer, timestamper, at, renew, owners)
    pending = iter(files)
    while batch := list(islice(pending, TOGETHER)):
        work.do(batch)
        progress(len(work.raised) + len(work.refused), len(files))
    return Raising(tuple(work.raised), tuple(work.refused))


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A file, the digest of what was read of it, and what it will be."""

    file: Path
    digest: str
    before: Preserved
    after: Preserved | Draft


@dataclass(slots=True)
class _Work:
    level: Level
    gatherer: Gatherer
    timestamper: SampledTimestamper | None
    at: datetime
    renew: bool
    owners: Mapping[bytes, str]
    raised: list[Raised] = field(default_factory=list)
    refused: list[Unraised] = field(default_factory=list)
    stopped: ServiceError | None = None
    indexes: dict[Path, tuple[Path, Index] | None] = field(default_factory=dict)

    def do(self, files: Iterable[Path]) -> None:
        """Bring up a few files, their timestamps at once."""
        prepared = list(self._prepare_all(files))
        try:
            results = fill_all([one.after for one in prepared], self.timestamper)
        except ServiceError as error:
            self.stopped = error
            self.refused.extend(Unraised(one.before.id, one.file, error) for one in prepared)
            return
        for one, result in zip(prepared, results, strict=True):
            self._keep(one, result)

    def _prepare_all(self, files: Iterable[Path]) -> Iterator[_Prepared]:
        for file in files:
            name = file.stem
            try:
                data = read_regular(file)
                before = self._read(file, data)
                name = before.id
                yield _Prepared(file, digest(data), before, self._after(before))
            except PkdocsError as error:
                self.refused.append(Unraised(name, file, error))
            except OSError as fault:
                self.refused.append(Unraised(name, file, _system_error(file, fault)))

    def _read(self, file: Path, data: bytes) -> Preserved:
        """Return what the file holds; of a file as the folder's index has it that is known at once."""
        if is_head(data):
            return preserve_head(data)
        digest_of_issue = self._issue_digest(file)
        known = read_known(data, digest_of_issue, owners=self.owners) if digest_of_issue else None
        return (known and preserve_known(data, known.form)) or read_preserved(data, self.owners)

    def _issue_digest(self, file: Path) -> str | None:
        folder = file.resolve().parent
        if folder not in self.indexes:
            self.indexes[folder] = find_index(file)
        found = self.indexes[folder]
        entry = found[1].entries.get(file.resolve().relative_to(found[0]).as_posix()) if found else None
        return entry.issue_digest if entry else None

    def _after(self, before: Preserved) -> Preserved | Draft:
        lack = find_lack(before, self.level, self.gatherer, at=self.at, renew=self.renew)
        if not lack:
            return before
        if lack.stamp and self.stopped:
            raise self.stopped
        try:
            return draft(before, lack, self.gatherer, self.timestamper, at=self.at)
        except ServiceError as error:
            self.stopped = error
            raise

    def _keep(self, prepared: _Prepared, after: Preserved) -> None:
        identity, changed = after.id, after is not prepared.before
        try:
            demand_level(after, self.level)
            if changed:
                replace_unchanged(prepared.file, after.pdf, expected=prepared.digest)
        except PkdocsError as error:
            self.refused.append(Unraised(identity, prepared.file, error))
        except OSError as fault:
            self.refused.append(Unraised(identity, prepared.file, _system_error(prepared.file, fault)))
        else:
            self.raised.append(_raised(prepared.file, after, changed=changed))


def demand_level(preserved: Preserved, level: Level) -> None:
    """Pass a file whose signatures have all reached ``level``.

    Raises:
        SigningError: one has not.
    """
    order = list(Reached)
    if order.index(preserved.level) < order.index(Reached(f"B-{level.upper()}")):
        raise SigningError("AUGMENT_NOT_REACHED", id=preserved.id, level=preserved.level.value)


def _raised(file: Path, after: Preserved, *, changed: bool) -> Raised:
    return Raised(
        id=after.id,
        file=file,
        level=after.level,
        own_timestamps=after.is_stamped,
        archived=after.archived_at,
        digest=digest(after.pdf),
        changed=changed,
    )


def _system_error(file: Path, fault: OSError) -> SigningError:
    return SigningError("SYSTEM", file=file.name, reason=reason_of(fault))
