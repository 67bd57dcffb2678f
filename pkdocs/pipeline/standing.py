"""Who has signed and who is awaited, in a folder that ``generate`` made."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pkdocs.content import Party, PersonScheme, Role
from pkdocs.decision import Decision, read_decisions
from pkdocs.errors import ConflictError, PkdocsError, UsageError
from pkdocs.files import read_regular
from pkdocs.index import Entry, demand_index
from pkdocs.persons import PSEUDONYM, TRIAL_KEY, pseudonym
from pkdocs.signing import read_form


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one agreement has come. ``error`` says why it could not be told; ``awaits`` is the next signer.

    Where a ``decision`` is in force (rejected, withdrawn), nobody is awaited.
    """

    id: str
    unit: str
    signed: tuple[Role, ...] = ()
    decision: Decision | None = None
    awaits: tuple[Role, Party] | None = None
    error: PkdocsError | None = None


def find_person(folder: Path, written: str, key: bytes | None) -> str:
    """Return the content's person of a number, or of what names a person already; ``key`` is the folder's, if known.

    Raises:
        UsageError: the number alone does not tell, since the folder's agreements were made with a key of their own.
        ConflictError: the folder has no index, or a damaged one.
    """
    if PSEUDONYM.fullmatch(written):
        return written
    if key is None and demand_index(folder).person_scheme is not PersonScheme.TRIAL:
        raise UsageError("STATUS_NEEDS_KEY")
    return pseudonym(key or TRIAL_KEY, written)


def read_standing(folder: Path, *, unit: str | None = None, person: str | None = None) -> Iterator[Standing]:
    """Yield the standing of each agreement of the index, in its order.

    ``unit`` is a unit's name or folder, ``person`` the content's person: those that await this person.

    Raises:
        ConflictError: the folder has no index, or a damaged one.
    """
    index, decisions = demand_index(folder), read_decisions(folder)
    for entry in index.agreements:
        if unit and not entry.is_of(unit):
            continue
        standing = _standing(folder, entry, decisions)
        if person is None or (standing.awaits and standing.awaits[1].person == person):
            yield standing


def _standing(folder: Path, entry: Entry, decisions: Mapping[str, Decision]) -> Standing:
    if entry.pdf is None:
        return Standing(entry.id, entry.unit, error=ConflictError("STATUS_NO_PDF", id=entry.id))
    try:
        form = read_form(read_regular(folder / entry.pdf), owners=None)
    except PkdocsError as error:
        return Standing(entry.id, entry.unit, error=error)
    except OSError:
        return Standing(entry.id, entry.unit, error=ConflictError("STATUS_NO_PDF", id=entry.id))
    if decision := decisions.get(form.content.digest):
        return Standing(entry.id, entry.unit, form.signed, decision=decision)
    awaited = ((role, party) for role in form.open if (party := form.content.party(role)))
    return Standing(entry.id, entry.unit, form.signed, awaits=next(awaited, None))
