"""Signing on disk: the plan first, then each file replaced whole by itself with one signature more."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from pkdocs.content import Content, Role
from pkdocs.decision import Decision, Kind, read_decisions
from pkdocs.errors import ConflictError, CredentialError, PkdocsError, SigningError
from pkdocs.files import digest, pdf_files, read_regular, replace_unchanged
from pkdocs.index import Entry, Index, find_index
from pkdocs.messages import reason_of
from pkdocs.pki import is_training
from pkdocs.profile import Zone
from pkdocs.signing import Signatory, SignedForm, Signer, check_certificate, demand_turn, read_form, sign_pdf

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that will be signed in ``role``; ``digest`` is that of the bytes that were looked at."""

    file: Path
    digest: str
    content: Content
    role: Role
    zone: Zone


@dataclass(frozen=True, slots=True)
class Waiting:
    """An agreement that waits for somebody else first."""

    id: str
    awaited: Role


@dataclass(frozen=True, slots=True)
class Refused:
    """An agreement that was not signed, and why."""

    id: str
    error: PkdocsError


@dataclass(frozen=True, slots=True)
class SigningPlan:
    """What one person would sign; ``nobody_named``: no agreement that was looked at names this person."""

    candidates: tuple[Candidate, ...]
    waiting: tuple[Waiting, ...]
    refused: tuple[Refused, ...]
    nobody_named: bool = False


@dataclass(frozen=True, slots=True)
class Signed:
    """An agreement with one signature more; ``digest`` is SHA-256 of the file as it is now."""

    id: str
    file: Path
    role: Role
    digest: str


@dataclass(frozen=True, slots=True)
class SigningResult:
    """What became of the plan; ``batch`` names this run."""

    batch: str
    signed: tuple[Signed, ...]
    waiting: tuple[Waiting, ...]
    refused: tuple[Refused, ...]

    @property
    def exit_code(self) -> int:
        """0 all signed or nothing waits; 1 some refused; where nothing was signed, why (docs/contracts.md)."""
        if not self.refused:
            return 0
        if self.signed:
            return PkdocsError.exit_code
        codes = {_nothing_signed(refused.error) for refused in self.refused}
        return max(codes) if len(codes) == 1 or ConflictError.exit_code in codes else SigningError.exit_code


def _nothing_signed(error: PkdocsError) -> int:
    return CredentialError.exit_code if error.code == "SIGN_WRONG_PERSON" else error.exit_code


def demand_person(signer: Signer, wanted: str) -> None:
    """Pass a key that is that of ``wanted``: its local name (the NIP), or the content's person.

    Raises:
        CredentialError: it is somebody else's.
    """
    if wanted not in {signer.friendly_name, signer.person}:
        raise CredentialError("SIGNER_IS_ANOTHER")


def plan_signing(
    paths: Iterable[Path], signer: Signer, *, role: Role | None, any_order: bool, at: datetime
) -> SigningPlan:
    """Return what of ``paths`` waits for this signer.

    In a folder only what names the person counts; a file named itself is refused if it does not.

    Raises:
        CredentialError: the certificate is not in date.
        ConflictError: a folder's index is damaged.
    """
    check_certificate(signer, at)
    planning = _Planning(signer, role, any_order=any_order)
    for file, named in pdf_files(paths):
        planning.look_at(file, named=named)
    nobody_named = not planning.is_named and not planning.refused
    return SigningPlan(tuple(planning.candidates), tuple(planning.waiting), tuple(planning.refused), nobody_named)


@dataclass(slots=True)
class _Planning:
    signer: Signer
    role: Role | None
    any_order: bool = field(kw_only=True)
    candidates: list[Candidate] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    is_named: bool = False
    _indexes: dict[Path, tuple[Path, Index] | None] = field(default_factory=dict)
    _decided: dict[Path, Mapping[str, Decision]] = field(default_factory=dict)

    def look_at(self, file: Path, *, named: bool) -> None:
        found = self._index(file)
        entry = found[1].entries.get(file.resolve().relative_to(found[0]).as_posix()) if found else None
        if not named and entry and self.signer.person not in entry.persons.values():
            return
        self.is_named |= entry is not None and self.signer.person in entry.persons.values()
        try:
            data = read_regular(file)
            form = read_form(data)
        except PkdocsError as error:
            if named or entry or error.code != "SIGN_NOT_ISSUED":
                self.refused.append(Refused(file.stem, error))
            return
        except OSError as fault:
            self.refused.append(Refused(file.stem, _system_error(file, fault)))
            return
        zone = found[1].zone if found else Zone.WIB
        try:
            if found:
                _demand_listed(form, entry)
                _demand_undecided(form.content, self._decisions(found[0]))
            for role in self._roles(form, named=named):
                self._decide(Candidate(file, digest(data), form.content, role, zone), form)
        except PkdocsError as error:
            self.refused.append(Refused(form.content.id, error))

    def _index(self, file: Path) -> tuple[Path, Index] | None:
        folder = file.resolve().parent
        if folder not in self._indexes:
            self._indexes[folder] = find_index(file)
        return self._indexes[folder]

    def _decisions(self, root: Path) -> Mapping[str, Decision]:
        if root not in self._decided:
            self._decided[root] = read_decisions(root)
        return self._decided[root]

    def _roles(self, form: SignedForm, *, named: bool) -> Iterator[Role]:
        """The roles to sign in; of a file that was named itself those too that must be refused with a reason."""
        content = form.content
        mine = [role for role in content.roles if (party := content.party(role)) and party.person == self.signer.person]
        self.is_named |= bool(mine)
        wanted = [role for role in (mine or content.roles if named else mine) if self.role in {None, role}]
        waiting = [role for role in wanted if role in form.open]
        yield from waiting or (wanted[:1] if named else ())

    def _decide(self, candidate: Candidate, form: SignedForm) -> None:
        demand_turn(form, candidate.role, Signatory(self.signer.person, self.signer.certificate))
        if candidate.role is Role.SECOND and Role.FIRST in form.open and not self.any_order:
            self.waiting.append(Waiting(candidate.content.id, Role.FIRST))
        else:
            self.candidates.append(candidate)


def _demand_listed(form: SignedForm, entry: Entry | None) -> None:
    """Pass what the folder's index still has, as it was issued and accepted."""
    identity = form.content.id
    if entry is None or entry.id != identity:
        raise SigningError("SIGN_UNLISTED", id=identity)
    if entry.issue_digest != form.issue_digest:
        raise SigningError("SIGN_OTHER_ISSUE", id=identity)
    if entry.held:
        raise SigningError("SIGN_HELD", id=identity)


def _demand_undecided(content: Content, decisions: Mapping[str, Decision]) -> None:
    """Pass what neither a party has rejected nor the office withdrawn."""
    if decision := decisions.get(content.digest):
        code = "SIGN_REJECTED" if decision.kind is Kind.REJECTED else "SIGN_WITHDRAWN"
        raise SigningError(code, id=content.id, reason=decision.reason)


def sign_plan(plan: SigningPlan, signer: Signer, *, at: Callable[[], datetime], progress: Progress) -> SigningResult:
    """Sign what is planned, one after the other; ``at`` gives the claimed time of each.

    One document that cannot be signed does not stop the rest. What somebody else changed since the plan
    is left as it is.
    """
    training = is_training(signer.certificate)
    signed: list[Signed] = []
    refused = list(plan.refused)
    for done, candidate in enumerate(plan.candidates, 1):
        try:
            signed.append(_sign(candidate, signer, at(), training=training))
        except PkdocsError as error:
            refused.append(Refused(candidate.content.id, error))
        except OSError as fault:
            refused.append(Refused(candidate.content.id, _system_error(candidate.file, fault)))
        progress(done, len(plan.candidates))
    return SigningResult(str(uuid4()), tuple(signed), plan.waiting, tuple(refused))


def _system_error(file: Path, fault: OSError) -> SigningError:
    return SigningError("SYSTEM", file=file.name, reason=reason_of(fault))


def _sign(candidate: Candidate, signer: Signer, at: datetime, *, training: bool) -> Signed:
    data = candidate.file.read_bytes() if candidate.file.is_file() else b""
    if digest(data) != candidate.digest:
        raise ConflictError("FILE_CHANGED", file=candidate.file.name)
    result = sign_pdf(data, candidate.role, signer, at=at, zone=candidate.zone, training=training)
    replace_unchanged(candidate.file, result, expected=candidate.digest)
    return Signed(candidate.content.id, candidate.file, candidate.role, digest(result))
