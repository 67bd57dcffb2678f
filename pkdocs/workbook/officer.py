"""The person in a row of ``Pejabat``: number, name, golongan and pangkat."""

import re
from typing import Final

from pkdocs.nip import check_number, clean_number, has_local_id
from pkdocs.rank import RANKS, is_below, is_rank_of, parse_contract_grade, parse_grade, without_grade
from pkdocs.roster import Assignment, Employment, Level, Person, Status
from pkdocs.workbook.entry import Choices, Entry
from pkdocs.workbook.government import Frame

EMPLOYMENTS: Final = Choices.of(Employment)
COLUMNS: Final = ("Gelar Depan", "Nama", "Gelar Belakang", "Jenis Pegawai", "Pangkat", "Golongan")
"""The personal columns, which agree wherever the same number stands."""

USUAL_LOWEST: Final = {
    Level.JPT_MADYA: "IV/c",
    Level.JPT_PRATAMA: "IV/a",
    Level.ADMINISTRATOR: "III/c",
    Level.SUPERVISOR: "III/a",
}
"""Below these a definitive holder is likely a slip."""

_PERSON = ("NIP", "Nama", "Gelar Depan", "Gelar Belakang", "Pangkat", "Golongan")
_ASN = frozenset({Employment.PNS, Employment.CPNS, Employment.PPPK, Employment.PPPK_PART_TIME})
_EMPLOYMENT_OF = {
    Level.HEAD_OF_REGION: frozenset({Employment.STATE_OFFICIAL}),
    Level.NON_ASN: frozenset({Employment.NON_ASN}),
    Level.BUMD: frozenset(Employment),
}
_SERVANTS = frozenset({Employment.PNS, Employment.CPNS})
_DEGREE = re.compile(r",|^(?:drs?a?|ir|h|hj|prof|drg)\.\s", re.IGNORECASE)


def read_officer(entry: Entry, frame: Frame, status: Status | None, level: Level | None) -> Person | None:
    """Return the person of a row; None if the position is vacant, or the row has failed in who it is."""
    if status is Status.VACANT:
        for column in _PERSON:
            if entry.text(column):
                entry.error(column, "VACANT_PERSON")
        return None
    employment = entry.choice("Jenis Pegawai", EMPLOYMENTS, required=True)
    number = _read_number(entry, frame, employment, level)
    name = _read_name(entry)
    before, after = entry.text("Gelar Depan"), entry.text("Gelar Belakang").lstrip(", ")
    grade, rank = _read_grade(entry, employment)
    if status is Status.PJ and employment not in {None, Employment.PNS}:
        entry.warn("Jenis Pegawai", "PJ_NOT_PNS", employment=employment)
    if employment is None or not number or not name:
        return None
    return Person(number, name, employment, before, after, grade, rank)


def _read_number(entry: Entry, frame: Frame, employment: Employment | None, level: Level | None) -> str:
    number = clean_number(entry.identifier("NIP", required=True))
    if not number or employment is None:
        return ""
    functional, issued = level is Level.FUNCTIONAL, number in frame.exceptions
    fault = check_number(number, employment, frame.year, functional=functional, issued=issued)
    if fault:
        entry.error("NIP", fault, employment=employment)
        return ""
    if has_local_id(employment) and not check_number(number, Employment.PNS, frame.year):
        entry.warn("Jenis Pegawai", "NIP_OF_SERVANT", employment=employment)
    return number


def _read_name(entry: Entry) -> str:
    name = entry.text("Nama", required=True)
    if _DEGREE.search(name):
        entry.warn("Nama", "NAME_WITH_DEGREE")
    return name


def _read_grade(entry: Entry, employment: Employment | None) -> tuple[str, str]:
    """Return golongan and pangkat; an empty pangkat follows from the golongan."""
    if employment in _SERVANTS:
        return _read_servant_grade(entry, required=employment is Employment.PNS)
    written, rank = entry.text("Golongan"), entry.text("Pangkat")
    if employment is None:
        return "", ""
    if has_local_id(employment):
        if written or rank:
            entry.warn("Golongan" if written else "Pangkat", "RANK_UNUSED", employment=employment)
        return "", ""
    if rank:
        entry.error("Pangkat", "RANK_OF_PPPK")
    grade = parse_contract_grade(written)
    if written and not grade:
        entry.error("Golongan", "GRADE_OF_PPPK", value=written[:30])
    return grade or "", ""


def _read_servant_grade(entry: Entry, *, required: bool) -> tuple[str, str]:
    written = entry.text("Golongan", required=required)
    rank, rank_grade = without_grade(entry.text("Pangkat"))
    grade = parse_grade(written)
    if not grade:
        if written:
            entry.error("Golongan", "GRADE_UNKNOWN", value=written[:30])
        return "", rank
    if (rank and not is_rank_of(rank, grade)) or rank_grade not in {None, grade}:
        entry.error("Pangkat", "RANK_NOT_OF_GRADE", rank=rank[:40], grade=grade, expected=RANKS[grade])
    return grade, rank or RANKS[grade]


def warn_of_level(entry: Entry, assignment: Assignment) -> None:
    """Warn of likely slips between a position's level and its definitive holder."""
    person = assignment.person
    if person is None or assignment.status is not Status.DEFINITIVE or entry.failed:
        return
    lowest = USUAL_LOWEST.get(assignment.level)
    if lowest and person.employment is Employment.PNS and is_below(person.grade, lowest):
        entry.warn("Golongan", "GRADE_LOW", grade=person.grade, level=assignment.level, lowest=lowest)
    expected = _EMPLOYMENT_OF.get(assignment.level, _ASN)
    if person.employment not in expected:
        entry.warn("Jenis Pegawai", "LEVEL_EMPLOYMENT", employment=person.employment, level=assignment.level)
