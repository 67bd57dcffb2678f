"""What pages take from the workbook beside their contents, so that making and comparing them word them alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pkdocs.content import Content, agreement_id
from pkdocs.page import Letterhead, Wording
from pkdocs.pipeline.checking import Checked, check
from pkdocs.pipeline.templates import level_named
from pkdocs.profile import Paper
from pkdocs.roster import Level
from pkdocs.workbook import Unit


@dataclass(frozen=True, slots=True)
class Wordings:
    """The wording of all pages: paper and own keys, forms of other levels by agreement, letterheads by unit.

    ``is_known`` says that it came from the workbook: without one, a page that differs proves nothing.
    """

    paper: Paper = Paper.A4
    extra: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, Level | None] = field(default_factory=dict)
    letterheads: Mapping[str, Letterhead] = field(default_factory=dict)
    is_known: bool = False

    def of(self, content: Content) -> Wording:
        """Return the wording of one page."""
        return Wording(self.extra, self.forms.get(content.id), self.letterheads.get(content.position.unit))


def gather_wordings(checked: Checked) -> Wordings:
    """Return the wordings of a workbook.

    Raises:
        WorkbookError: it has no complete profile.
    """
    profile, workbook = checked.profile, checked.workbook
    forms = {
        agreement_id(profile.year, row.key, row.version): level_named(row.template)
        for row in workbook.roster.assignments
    }
    # a stand-in has the holder's key, but makes no agreement
    forms |= {made.id: level_named(made.assignment.template) for made in checked.cascade.agreements}
    letterheads = {unit.name: _letterhead(unit) for unit in workbook.units}
    return Wordings(profile.paper, profile.extra, forms, letterheads, is_known=True)


def read_wordings(workbook: Path) -> Wordings:
    """Return the wordings of the workbook at a place.

    Raises:
        WorkbookError: it cannot be read, or has no complete profile.
    """
    return gather_wordings(check(workbook))


def _letterhead(unit: Unit) -> Letterhead:
    return Letterhead(
        nama=unit.letterhead or unit.name,
        alamat=unit.address,
        telepon=unit.telephone,
        surel=unit.email,
        laman=unit.website,
    )
