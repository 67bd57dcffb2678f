"""The organisation's seal on everything in a folder that nobody has signed, before the ceremony."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from cryptography import x509
from cryptography.x509.oid import NameOID

from pkdocs.errors import ConflictError, CredentialError, PkdocsError, SigningError
from pkdocs.files import digest, pdf_files, read_regular, replace_unchanged
from pkdocs.index import find_index
from pkdocs.messages import reason_of
from pkdocs.outcome import Outcome, demand
from pkdocs.pipeline.ceremony import NOT_REACHED
from pkdocs.pki import is_training
from pkdocs.profile import Zone
from pkdocs.signing import Holder, Task, read_form
from pkdocs.signing.seal import seal_task

Progress = Callable[[int, int], None]
Planned: TypeAlias = tuple[str, Path, str]
"""The id of a file that will be sealed, where it lies, and SHA-256 of its bytes."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file with the seal; ``digest`` is SHA-256 of it as it is now."""

    id: str
    file: Path
    digest: str


@dataclass(frozen=True, slots=True)
class Unsealed:
    """A file that was not sealed, and why."""

    id: str
    error: PkdocsError


@dataclass(frozen=True, slots=True)
class Sealing:
    """What became of the files; ``kept`` were sealed before."""

    sealed: tuple[Sealed, ...]
    kept: tuple[str, ...]
    refused: tuple[Unsealed, ...]

    @property
    def exit_code(self) -> int:
        """0 all sealed; 1 some refused; where none was, 6 if the key was, 8 if somebody else changed all, else 7."""
        if not self.refused:
            return 0
        if self.sealed or self.kept:
            return PkdocsError.exit_code
        codes = {one.error.exit_code for one in self.refused if one.error.code != NOT_REACHED}
        return codes.pop() if len(codes) == 1 else SigningError.exit_code


@dataclass(frozen=True, slots=True)
class Sealable:
    """What will be sealed; what was sealed before, and what cannot be."""

    files: tuple[Planned, ...]
    kept: tuple[str, ...]
    refused: tuple[Unsealed, ...]


def plan_sealing(paths: Iterable[Path], holder: Holder) -> Sealable:
    """Return what of ``paths`` can be sealed.

    Raises:
        CredentialError: the certificate is another organisation's.
    """
    files: list[Planned] = []
    kept: list[str] = []
    refused: list[Unsealed] = []
    for file, named in pdf_files(paths):
        try:
            data = read_regular(file)
            form = read_form(data, owners=None)
        except PkdocsError as error:
            if named or error.code != "SIGN_NOT_ISSUED" or _is_listed(file):
                refused.append(Unsealed(file.stem, error))
            continue
        except OSError as fault:
            refused.append(Unsealed(file.stem, _system_error(file, fault)))
            continue
        demand_organisation(holder, form.content.organisation.name)
        if form.seal:
            kept.append(form.content.id)
        elif form.signatures or form.stamps or form.evidence:
            refused.append(Unsealed(form.content.id, SigningError("SEAL_TOO_LATE", id=form.content.id)))
        else:
            files.append((form.content.id, file, digest(data)))
    return Sealable(tuple(files), tuple(kept), tuple(refused))


def _is_listed(file: Path) -> bool:
    """Tell whether the folder's index has an agreement there, whatever lies there now."""
    found = find_index(file)
    return found is not None and file.resolve().relative_to(found[0]).as_posix() in found[1].entries


def demand_organisation(holder: Holder, organisation: str) -> None:
    """Pass a key that is of ``organisation``, as its certificate says.

    Raises:
        CredentialError: it names another, or none.
    """
    subject = x509.load_der_x509_certificate(holder.certificate).subject
    named = [str(entry.value) for entry in subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)]
    if organisation not in named or holder.person:
        raise CredentialError("SEAL_ORGANISATION", named=", ".join(named) or "-", organisation=organisation)


def seal_files(planned: Sealable, holder: Holder, *, at: Callable[[], datetime], progress: Progress) -> Sealing:
    """Seal what is planned; one that cannot be does not stop the rest, a refused key stops all."""
    work = _Work(holder, at, is_training(holder.certificate), list(planned.refused))
    size, total = max(1, holder.batch), len(planned.files)
    for done in range(0, total, size):
        if not work.seal(planned.files[done : done + size]):
            work.leave(planned.files[done + size :])
            break
        progress(min(done + size, total), total)
    return Sealing(tuple(work.sealed), planned.kept, tuple(work.refused))


@dataclass(slots=True)
class _Work:
    holder: Holder
    at: Callable[[], datetime]
    training: bool
    refused: list[Unsealed]
    sealed: list[Sealed] = field(default_factory=list)

    def seal(self, group: Sequence[Planned]) -> bool:
        """Seal what is handed over together; tell whether to go on, or the key was refused."""
        prepared = list(self._prepare(group))
        outcomes = self.holder.sign([task for _, task in prepared])
        for place, ((planned, _), outcome) in enumerate(zip(prepared, outcomes, strict=True), 1):
            self._conclude(planned, outcome)
            if isinstance(outcome.error, CredentialError):
                # a holder may be lazy: asking it for the next one would try the key again
                self.leave([left for left, _ in prepared[place:]])
                return False
        return True

    def leave(self, files: Sequence[Planned]) -> None:
        """Say that these are as they were: the key was refused before their turn."""
        self.refused += [Unsealed(identity, SigningError(NOT_REACHED, id=identity)) for identity, _, _ in files]

    def _prepare(self, group: Sequence[Planned]) -> Iterator[tuple[Planned, Task]]:
        for planned in group:
            identity, file, expected = planned
            try:
                yield planned, _task(file, expected, self.at(), training=self.training)
            except PkdocsError as error:
                self.refused.append(Unsealed(identity, error))

    def _conclude(self, planned: Planned, outcome: Outcome[Task, bytes]) -> None:
        identity, file, expected = planned
        try:
            sealed = demand(outcome)
            replace_unchanged(file, sealed, expected=expected)
        except PkdocsError as error:
            self.refused.append(Unsealed(identity, error))
        except OSError as fault:
            self.refused.append(Unsealed(identity, _system_error(file, fault)))
        else:
            self.sealed.append(Sealed(identity, file, digest(sealed)))


def _task(file: Path, expected: str, at: datetime, *, training: bool) -> Task:
    try:
        data = read_regular(file)
    except OSError as fault:
        raise _system_error(file, fault) from fault
    if digest(data) != expected:
        raise ConflictError("FILE_CHANGED", file=file.name)
    found = find_index(file)
    zone = found[1].zone if found else Zone.WIB
    return seal_task(read_form(data), data, at=at, zone=zone, training=training)


def _system_error(file: Path, fault: OSError) -> SigningError:
    return SigningError("SYSTEM", file=file.name, reason=reason_of(fault))
