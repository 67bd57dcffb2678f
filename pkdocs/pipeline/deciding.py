"""An agreement rejected by a party, or withdrawn by the office, while it is not complete (docs/chain.md, section 3)."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pkdocs.content import Role
from pkdocs.decision import MAX_REASON, Decision, Kind, add_decision, moment, read_decisions
from pkdocs.errors import ConflictError, CredentialError, SigningError, UsageError
from pkdocs.files import read_regular
from pkdocs.index import Entry, demand_index
from pkdocs.issue import electronic_roles
from pkdocs.schema import SchemaError
from pkdocs.signing import SignedForm, read_form


@dataclass(frozen=True, slots=True)
class Decided:
    """What was noted, and of which file."""

    decision: Decision
    file: Path


def decide(folder: Path, identity: str, kind: Kind, reason: str, *, person: str | None = None, at: datetime) -> Decided:
    """Note that the agreement ``identity`` in ``folder`` is rejected, withdrawn, or that this is taken back.

    ``person`` (the content's) is who rejects: a party, before or after its own signature. Without one the office
    decides. Whoever rejected takes it back himself; the office takes back what it decided.

    Raises:
        UsageError: no such agreement, or a reason that is empty or too long.
        CredentialError: ``person`` is no party.
        SigningError: it is complete, or there is nothing to take back, or it was decided before.
        ConflictError: no index, or index, file or decisions are damaged.
    """
    form, entry = _read(folder, identity)
    content = form.content
    role = _role(form, person) if person else None
    known = read_decisions(folder).get(content.digest)
    if kind is Kind.LIFTED:
        if known is None or known.role is not role:
            raise SigningError("DECISION_NOT_THERE", id=content.id)
    elif known is not None:
        raise SigningError("DECISION_KNOWN", id=content.id, at=known.at, reason=known.reason)
    elif not form.open and len(electronic_roles(content)) == len(content.roles):
        raise SigningError("DECISION_COMPLETE", id=content.id)
    try:
        decision = Decision(content.id, content.digest, kind, " ".join(reason.split()), moment(at), role)
    except SchemaError as fault:
        raise UsageError("DECISION_REASON", most=MAX_REASON) from fault
    add_decision(folder, decision)
    return Decided(decision, folder / str(entry.pdf))


def _read(folder: Path, identity: str) -> tuple[SignedForm, Entry]:
    found = [entry for entry in demand_index(folder).agreements if entry.id.casefold() == identity.casefold()]
    if not found:
        raise UsageError("DECISION_UNKNOWN_ID", id=identity[:80], folder=str(folder))
    [entry] = found
    try:
        return read_form(read_regular(folder / str(entry.pdf)), owners=None), entry
    except OSError as fault:
        raise ConflictError("STATUS_NO_PDF", id=entry.id) from fault


def _role(form: SignedForm, person: str) -> Role:
    content = form.content
    for role in content.roles:
        if (party := content.party(role)) and party.person == person:
            return role
    raise CredentialError("DECISION_NO_PARTY", id=content.id)
