"""The agreements of a folder, each as its index has it, or why it is to be left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pkdocs.errors import ConflictError, PkdocsError, UsageError
from pkdocs.files import read_regular
from pkdocs.index import JOURNAL_NAME, Entry, Index, demand_index
from pkdocs.messages import reason_of
from pkdocs.signing import SignedForm, read_form

FAULTS: Final = frozenset({"STATUS_NO_PDF", "LISTED_CHANGED", "SYSTEM"})
"""Why an agreement is left out that should be there; the other reasons are rules."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An agreement's file: genuine as issued, with signatures of its parties alone, if any."""

    entry: Entry
    form: SignedForm
    pdf: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An agreement of the index that was left out, and why."""

    entry: Entry
    error: PkdocsError

    @property
    def is_fault(self) -> bool:
        """Whether something is wrong in the folder, so that it must be put right; else a rule leaves it out."""
        return self.error.code in FAULTS


def read_finished(folder: Path) -> Index:
    """Return the index of a folder in which no run of ``generate`` is under way or was interrupted.

    Raises:
        ConflictError: one is, or there is no index, or a damaged one.
    """
    index = demand_index(folder)
    if (folder / JOURNAL_NAME).exists():
        raise ConflictError("FOLDER_UNFINISHED", folder=str(folder))
    return index


def choose_units(index: Index, units: Sequence[str]) -> list[Entry]:
    """Return the agreements of ``units`` (names or folders; none: all), those of one unit together, else in order.

    Raises:
        UsageError: a unit has no agreement here.
    """
    for unit in units:
        if not any(entry.is_of(unit) for entry in index.agreements):
            known = "; ".join(dict.fromkeys(entry.unit for entry in index.agreements))
            raise UsageError("UNIT_ABSENT", unit=unit, known=known)
    chosen = [entry for entry in index.agreements if not units or any(entry.is_of(unit) for unit in units)]
    order = {unit: place for place, unit in enumerate(dict.fromkeys(entry.unit for entry in chosen))}
    return sorted(chosen, key=lambda entry: order[entry.unit])


def read_listed(folder: Path, entries: Sequence[Entry]) -> Iterator[Listed | LeftOut]:
    """Yield each agreement's file, or why it is left out: absent, changed by somebody, or held by the review.

    Certificates are not judged; that is for ``verify``.
    """
    for entry in entries:
        try:
            yield _listed(folder, entry)
        except PkdocsError as error:
            yield LeftOut(entry, error)


def _listed(folder: Path, entry: Entry) -> Listed:
    if entry.held:
        raise ConflictError("SIGN_HELD", id=entry.id)
    pdf = _read(folder, entry)
    try:
        form = read_form(pdf, owners=None)
    except PkdocsError as fault:
        raise ConflictError("LISTED_CHANGED", id=entry.id) from fault
    if (form.content.id, form.issue_digest) != (entry.id, entry.issue_digest):
        raise ConflictError("LISTED_CHANGED", id=entry.id)
    return Listed(entry, form, pdf)


def _read(folder: Path, entry: Entry) -> bytes:
    if entry.pdf is None:
        raise ConflictError("STATUS_NO_PDF", id=entry.id)
    try:
        return read_regular(folder / entry.pdf)
    except FileNotFoundError as fault:
        raise ConflictError("STATUS_NO_PDF", id=entry.id) from fault
    except OSError as fault:
        raise ConflictError("SYSTEM", file=entry.pdf, reason=reason_of(fault)) from fault
