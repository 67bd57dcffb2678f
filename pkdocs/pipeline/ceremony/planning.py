"""What one person would sign: which agreements, in which role, as they lie there now."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from pkdocs.content import Content, Role
from pkdocs.decision import Decision, Kind, read_decisions
from pkdocs.errors import CredentialError, PkdocsError, SigningError
from pkdocs.files import digest, pdf_files, read_regular
from pkdocs.index import Entry, Index, find_index
from pkdocs.messages import Said, reason_of
from pkdocs.pipeline.ceremony.journal import Line, journal_folders, open_outcomes
from pkdocs.pipeline.looks import PLAIN_DRESS, Dress, dress_of
from pkdocs.pki import is_training
from pkdocs.profile import Zone
from pkdocs.receipt import Planned, plan_digest
from pkdocs.signing import Holder, Signatory, SignedForm, demand_turn, read_form, read_known
from pkdocs.signing.preflight import demand_ready, demand_until
from pkdocs.trust import Trust


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that will be signed in ``role``; ``digest`` is that of the bytes that were looked at.

    ``home`` is the folder whose journal knows it, ``dress`` what its signatures show beside what is usual.
    """

    file: Path
    digest: str
    content: Content
    role: Role
    zone: Zone
    home: Path
    dress: Dress = PLAIN_DRESS

    @property
    def planned(self) -> Planned:
        """What the plan's digest says of it."""
        return Planned(self.content.id, self.role, self.content.digest, self.digest)


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
    """What one person would sign; ``nobody_named``: no agreement that was looked at names this person.

    ``homes`` are the folders whose journals concern it, ``warning`` is worth a word beforehand.
    """

    candidates: tuple[Candidate, ...]
    waiting: tuple[Waiting, ...]
    refused: tuple[Refused, ...]
    signatory: Signatory
    homes: frozenset[Path] = frozenset()
    nobody_named: bool = False
    warning: Said | None = None

    @property
    def digest(self) -> str:
        """SHA-256 over exactly what will be signed (``pkdocs.receipt.plan_digest``)."""
        return plan_digest(candidate.planned for candidate in self.candidates)

    @property
    def name(self) -> str:
        """The person's name as the first agreement prints it; the pseudonym where there is none."""
        parties = (candidate.content.party(candidate.role) for candidate in self.candidates[:1])
        return next((party.name for party in parties if party), self.signatory.person)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked for: one ``role`` alone, the superior before the subordinate (``any_order``).

    ``owners`` says whose certificates (DER) are; those of a training PKI name their person themselves. By ``trust``, if
    there is one, certificates of files that were signed elsewhere are judged. With ``settles``
    documents whose outcome is unknown are planned too: what comes is the answer that was missing.
    """

    role: Role | None = None
    any_order: bool = False
    owners: Mapping[bytes, str] = field(default_factory=dict)
    trust: Trust | None = None
    settles: bool = False


def signatory_of(holder: Holder, owners: Mapping[bytes, str]) -> Signatory:
    """Return who signs with ``holder``: whom enrolment names, else whom a training certificate names.

    Raises:
        CredentialError: nobody has said whose certificate it is.
    """
    own = holder.person if is_training(holder.certificate) else ""
    person = owners.get(holder.certificate) or own
    if not person:
        raise CredentialError("SIGNER_NOT_ENROLLED")
    return Signatory(person, holder.certificate)


def demand_person(holder: Holder, wanted: str, owners: Mapping[bytes, str]) -> None:
    """Pass a key that is that of ``wanted``: its local name (the NIP), or the content's person.

    Raises:
        CredentialError: it is somebody else's.
    """
    if wanted not in {holder.friendly_name, signatory_of(holder, owners).person}:
        raise CredentialError("SIGNER_IS_ANOTHER")


def plan_signing(
    paths: Iterable[Path],
    holder: Holder,
    wishes: Wishes,
    *,
    at: datetime,
    until: date | None = None,
    crls: Iterable[bytes] = (),
) -> SigningPlan:
    """Return what of ``paths`` waits for the owner of this key.

    In a folder only what names the person counts; a file named itself is refused if it does not. The certificate must
    last until the day ``until`` is over, else until the latest day printed on what is signed; ``crls`` (DER) are those
    of the trust file at hand.

    Raises:
        CredentialError: the key is not for signing, not in date now or on that day, revoked, or nobody's.
        ConflictError: a folder's index or journal is damaged.
        OSError: a journal cannot be read.
    """
    warning = demand_ready(holder, at=at, zone=Zone.WIB, crls=crls)
    plan = plan_for(paths, signatory_of(holder, wishes.owners), wishes, warning)
    days = [candidate.content.dated for candidate in plan.candidates] if until is None else [until]
    if days:
        zone = plan.candidates[0].zone if plan.candidates else Zone.WIB
        demand_until(holder.certificate, max(days), zone)
    return plan


def plan_for(paths: Iterable[Path], signatory: Signatory, wishes: Wishes, warning: Said | None = None) -> SigningPlan:
    """Return what of ``paths`` waits for a person, whatever key that person has.

    Raises:
        ConflictError: a folder's index or journal is damaged.
        OSError: a journal cannot be read.
    """
    paths = tuple(paths)
    planning = _Planning(signatory, wishes)
    for file, named in pdf_files(paths):
        planning.look_at(file, named=named)
    homes = {candidate.home for candidate in planning.candidates} | journal_folders(paths, signatory.person)
    return SigningPlan(
        tuple(planning.candidates),
        tuple(planning.waiting),
        tuple(planning.refused),
        signatory,
        frozenset(homes),
        nobody_named=not planning.is_named and not planning.refused,
        warning=warning,
    )


@dataclass(slots=True)
class _Planning:
    signatory: Signatory
    wishes: Wishes
    candidates: list[Candidate] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    is_named: bool = False
    _indexes: dict[Path, tuple[Path, Index] | None] = field(default_factory=dict)
    _dresses: dict[Path, Dress] = field(default_factory=dict)
    _decided: dict[Path, Mapping[str, Decision]] = field(default_factory=dict)
    _open: dict[Path, Mapping[tuple[str, Role], Line]] = field(default_factory=dict)

    def look_at(self, file: Path, *, named: bool) -> None:
        person = self.signatory.person
        found = self._index(file)
        entry = found[1].entries.get(file.resolve().relative_to(found[0]).as_posix()) if found else None
        if not named and entry and person not in entry.persons.values():
            return
        self.is_named |= entry is not None and person in entry.persons.values()
        try:
            data = read_regular(file)
            form = self._form(data, entry)
        except PkdocsError as error:
            if named or entry or error.code != "SIGN_NOT_ISSUED":
                self.refused.append(Refused(file.stem, error))
            return
        except OSError as fault:
            self.refused.append(Refused(file.stem, system_error(file, fault)))
            return
        zone, home = (found[1].zone, found[0]) if found else (Zone.WIB, file.resolve().parent)
        try:
            if found:
                _demand_listed(form, entry)
                demand_undecided(form.content, self._decisions(home))
            dress = self._dress(home, found[1] if found else None)
            for role in self._roles(form, named=named):
                self._decide(Candidate(file, digest(data), form.content, role, zone, home, dress), form)
        except PkdocsError as error:
            self.refused.append(Refused(form.content.id, error))

    def _index(self, file: Path) -> tuple[Path, Index] | None:
        folder = file.resolve().parent
        if folder not in self._indexes:
            self._indexes[folder] = find_index(file)
        return self._indexes[folder]

    def _form(self, data: bytes, entry: Entry | None) -> SignedForm:
        """Return how far a file has come; one whose issue the index knows is mostly recognised at one stroke."""
        owners = self.wishes.owners
        known = read_known(data, entry.issue_digest, owners=owners) if entry and entry.issue_digest else None
        return known.form if known else read_form(data, owners=owners)

    def _dress(self, home: Path, index: Index | None) -> Dress:
        if home not in self._dresses:
            self._dresses[home] = dress_of(home, index)
        return self._dresses[home]

    def _decisions(self, home: Path) -> Mapping[str, Decision]:
        if home not in self._decided:
            self._decided[home] = read_decisions(home)
        return self._decided[home]

    def _unknown(self, home: Path) -> Mapping[tuple[str, Role], Line]:
        if home not in self._open:
            self._open[home] = open_outcomes(home, self.signatory.person)
        return self._open[home]

    def _roles(self, form: SignedForm, *, named: bool) -> Iterator[Role]:
        """The roles to sign in; of a file that was named itself those too that must be refused with a reason."""
        content, person, only = form.content, self.signatory.person, self.wishes.role
        mine = [role for role in content.roles if (party := content.party(role)) and party.person == person]
        self.is_named |= bool(mine)
        wanted = [role for role in (mine or content.roles if named else mine) if only in {None, role}]
        waiting = [role for role in wanted if role in form.open]
        yield from waiting or (wanted[:1] if named else ())

    def _decide(self, candidate: Candidate, form: SignedForm) -> None:
        demand_turn(form, candidate.role, self.signatory)
        if not self.wishes.settles:
            demand_known(candidate, self._unknown(candidate.home))
        if candidate.role is Role.SECOND and Role.FIRST in form.open and not self.wishes.any_order:
            self.waiting.append(Waiting(candidate.content.id, Role.FIRST))
        else:
            self.candidates.append(candidate)


def demand_known(candidate: Candidate, unknown: Mapping[tuple[str, Role], Line]) -> None:
    """Pass a file of which everybody's signatures are known.

    Raises:
        SigningError: a service was asked for one, and nobody knows whether it was made.
    """
    if any((candidate.content.id, role) in unknown for role in Role):
        raise SigningError("SIGN_OUTCOME_UNKNOWN", id=candidate.content.id)


def _demand_listed(form: SignedForm, entry: Entry | None) -> None:
    """Pass what the folder's index still has, as it was issued and accepted."""
    identity = form.content.id
    if entry is None or entry.id != identity:
        raise SigningError("SIGN_UNLISTED", id=identity)
    if entry.issue_digest != form.issue_digest:
        raise SigningError("SIGN_OTHER_ISSUE", id=identity)
    if entry.held:
        raise SigningError("SIGN_HELD", id=identity)


def demand_undecided(content: Content, decisions: Mapping[str, Decision]) -> None:
    """Pass what neither a party has rejected nor the office withdrawn."""
    if decision := decisions.get(content.digest):
        code = "SIGN_REJECTED" if decision.kind is Kind.REJECTED else "SIGN_WITHDRAWN"
        raise SigningError(code, id=content.id, reason=decision.reason)


def system_error(file: Path, fault: OSError) -> SigningError:
    """Return what the system refused about ``file``, as the error of that one document."""
    return SigningError("SYSTEM", file=file.name, reason=reason_of(fault))
