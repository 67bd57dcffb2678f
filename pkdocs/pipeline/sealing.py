"""The organisation's seal on everything in a folder that nobody has signed, before the ceremony."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import NameOID

from pkdocs.errors import ConflictError, CredentialError, PkdocsError, SigningError
from pkdocs.files import digest, pdf_files, read_regular, replace_unchanged
from pkdocs.index import find_index
from pkdocs.messages import reason_of
from pkdocs.pki import is_training
from pkdocs.profile import Zone
from pkdocs.signing import Holder, Task, read_form
from pkdocs.signing.seal import seal_task

Progress = Callable[[int, int], None]


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
        """0 all sealed; 1 some refused; where none was, 8 if somebody else changed them all, else 7."""
        if not self.refused:
            return 0
        if self.sealed or self.kept:
            return PkdocsError.exit_code
        codes = {refused.error.exit_code for refused in self.refused}
        return codes.pop() if len(codes) == 1 else SigningError.exit_code


@dataclass(frozen=True, slots=True)
class Sealable:
    """Files that will be sealed, with the digests of their bytes; what was sealed before, and what cannot be."""

    files: tuple[tuple[str, Path, str], ...]
    kept: tuple[str, ...]
    refused: tuple[Unsealed, ...]


def plan_sealing(paths: Iterable[Path], holder: Holder) -> Sealable:
    """Return what of ``paths`` can be sealed.

    Raises:
        CredentialError: the certificate is another organisation's.
    """
    files: list[tuple[str, Path, str]] = []
    kept: list[str] = []
    refused: list[Unsealed] = []
    for file, named in pdf_files(paths):
        try:
            data = read_regular(file)
            form = read_form(data)
        except PkdocsError as error:
            if named or error.code != "SIGN_NOT_ISSUED":
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
    sealed: list[Sealed] = []
    refused = list(planned.refused)
    waiting = iter(planned.files)
    training = is_training(holder.certificate)
    done = 0
    while group := list(islice(waiting, holder.batch)):
        tasks: list[Task] = []
        places: dict[int, tuple[str, Path, str]] = {}
        for identity, file, expected in group:
            try:
                tasks.append(_task(file, expected, at(), training=training))
                places[id(tasks[-1])] = (identity, file, expected)
            except PkdocsError as error:
                refused.append(Unsealed(identity, error))
        for outcome in holder.sign(tasks):
            identity, file, expected = places[id(outcome.key)]
            try:
                sealed.append(_write(identity, file, expected, outcome.value, outcome.error))
            except PkdocsError as error:
                refused.append(Unsealed(identity, error))
        done += len(group)
        progress(done, len(planned.files))
    return Sealing(tuple(sealed), planned.kept, tuple(refused))


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


def _write(identity: str, file: Path, expected: str, data: bytes | None, error: PkdocsError | None) -> Sealed:
    if error:
        raise error
    written = data or b""
    try:
        replace_unchanged(file, written, expected=expected)
    except OSError as fault:
        raise _system_error(file, fault) from fault
    return Sealed(identity, file, digest(written))


def _system_error(file: Path, fault: OSError) -> SigningError:
    return SigningError("SYSTEM", file=file.name, reason=reason_of(fault))
