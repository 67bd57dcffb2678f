"""Sheet ``Pejabat``: one row for each holder of each position, valid in itself."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from pkdocs.problem import Problem
from pkdocs.profile import Ground, Kind
from pkdocs.roster import Assignment, Broken, Level, Means, Roster, Status
from pkdocs.workbook.colleagues import Holding, judge_together
from pkdocs.workbook.entry import Choices, Entry, entries
from pkdocs.workbook.government import GROUNDS, Frame
from pkdocs.workbook.officer import read_officer, warn_of_level
from pkdocs.workbook.table import SheetSpec, Table
from pkdocs.workbook.units import Units

SPEC: Final = SheetSpec(
    "Pejabat",
    ("Kode Jabatan", "Jabatan", "Unit", "Jenjang", "NIP", "Nama", "Jenis Pegawai", "Status"),
    (
        "Nomor", "Unit Kerja", "Templat", "Atasan", "Pihak Kedua", "Gelar Depan", "Gelar Belakang", "Pangkat",
        "Golongan", "Nomor SK", "TMT", "Berakhir", "Peran", "Surel", "Tanggal Perjanjian", "Nomor Perjanjian",
        "Berlaku Mulai", "Cara Tanda Tangan", "Versi", "Alasan", "Uraian Alasan",
    ),
)  # fmt: skip

LEVELS: Final = Choices.of(
    Level,
    {
        **dict.fromkeys(("I", "I.a", "I.b", "Eselon I", "Eselon I.a", "Eselon I.b"), Level.JPT_MADYA),
        "Jabatan Pimpinan Tinggi Madya": Level.JPT_MADYA,
        **dict.fromkeys(("II", "II.a", "II.b", "Eselon II", "Eselon II.a", "Eselon II.b"), Level.JPT_PRATAMA),
        "Jabatan Pimpinan Tinggi Pratama": Level.JPT_PRATAMA,
        **dict.fromkeys(("III", "III.a", "III.b", "Eselon III", "Eselon III.a", "Eselon III.b"), Level.ADMINISTRATOR),
        "Jabatan Administrator": Level.ADMINISTRATOR,
        **dict.fromkeys(("IV", "IV.a", "IV.b", "Eselon IV", "Eselon IV.a", "Eselon IV.b"), Level.SUPERVISOR),
        "Jabatan Pengawas": Level.SUPERVISOR,
        **dict.fromkeys(("JF", "JFT", "Jabatan Fungsional", "Fungsional Tertentu"), Level.FUNCTIONAL),
        **dict.fromkeys(("JFU", "Jabatan Pelaksana", "Fungsional Umum"), Level.EXECUTIVE),
        "BUMD": Level.BUMD,
    },
)
STATUSES: Final = Choices.of(Status)
MEANS: Final = Choices.of(Means)

_CODE = re.compile(r"[A-Za-z0-9._-]{1,40}")
_TEMPLATE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,59}")
_ACTING_TITLE = re.compile(r"(?:plt|plh|pjs|pj)\b[. ]|(?:pelaksana tugas|pelaksana harian|penjabat)\b", re.IGNORECASE)
_ASSIGNMENT_TITLE = re.compile(r"(?:ketua tim|sub[ -]?koordinator)\b", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True)
class Officials:
    """The roster, what is wrong, and which positions each unit has."""

    roster: Roster
    problems: tuple[Problem, ...]
    units: Mapping[str, frozenset[str]]


def read_officials(tables: Iterable[Table], frame: Frame, units: Units) -> Officials:
    """Return the rows of ``Pejabat``; one with errors that names its code is Broken.

    How positions hang together (superiors, two holders on one day, circles) is not judged here.
    """
    holdings = [_read_holding(entry, frame, units) for entry in entries(tables)]
    judge_together(holdings, frame.day)
    made = tuple(holding.assignment for holding in holdings if not holding.entry.failed)
    broken = tuple(
        Broken(holding.entry.place, holding.assignment.code, holding.assignment.key, holding.assignment.superior)
        for holding in holdings
        if holding.entry.failed and holding.assignment.code
    )
    positions: dict[str, set[str]] = {}
    for holding in holdings:
        positions.setdefault(holding.assignment.unit, set()).update(holding.entry.touches)
    problems = tuple(problem for holding in holdings for problem in holding.entry.problems())
    return Officials(Roster(made, broken), problems, {unit: frozenset(keys) for unit, keys in positions.items()})


def _read_holding(entry: Entry, frame: Frame, units: Units) -> Holding:
    """Read a row to its end, so that all its errors are found; what it makes counts only if there are none."""
    code = entry.code("Kode Jabatan", _CODE, required=True)
    number = entry.integer("Nomor", 1, 9999)
    entry.touches = {code if number is None else f"{code}.{number}"} if code else ()
    status = entry.choice("Status", STATUSES, required=True)
    level = entry.choice("Jenjang", LEVELS, required=True)
    begins, ends = _read_time(entry, status)
    version = entry.integer("Versi", 1, 9999) or (2 if frame.kind is Kind.AMENDMENT else 1)
    assignment = Assignment(
        place=entry.place,
        code=code,
        title=_read_title(entry),
        unit=_read_unit(entry, units),
        # stands in for what could not be read, in a row that has failed
        level=level or Level.EXECUTIVE,
        status=status or Status.DEFINITIVE,
        person=read_officer(entry, frame, status, level),
        number=number,
        subunit=entry.text("Unit Kerja"),
        template=_read_template(entry),
        superior=entry.key("Atasan", required=level not in {None, Level.HEAD_OF_REGION}),
        second=entry.key("Pihak Kedua"),
        decree=_read_decree(entry, status),
        begins=begins,
        ends=ends,
        role=entry.text("Peran"),
        email=_read_email(entry),
        agreement_date=_read_agreement_date(entry, frame),
        agreement_number=entry.text("Nomor Perjanjian"),
        first_day=_read_first_day(entry, frame),
        means=entry.choice("Cara Tanda Tangan", MEANS) or Means.ELECTRONIC,
        version=version,
        ground=_read_ground(entry, frame, version),
        reason=_read_reason(entry, version),
    )
    warn_of_level(entry, assignment)
    return Holding(entry, assignment, status)


def _read_title(entry: Entry) -> str:
    title = entry.text("Jabatan", required=True)
    if _ACTING_TITLE.match(title):
        entry.error("Jabatan", "TITLE_ACTING", value=title[:60])
    elif _ASSIGNMENT_TITLE.match(title):
        entry.warn("Jabatan", "TITLE_ASSIGNMENT", value=title[:60])
    return title


def _read_unit(entry: Entry, units: Units) -> str:
    written = entry.text("Unit", required=True)
    return units.match(entry, written) if written else ""


def _read_time(entry: Entry, status: Status | None) -> tuple[date | None, date | None]:
    begins = entry.day("TMT", required=status is not None and status.is_acting)
    ends = entry.day("Berakhir")
    if begins and ends and ends < begins:
        entry.error("Berakhir", "TERM_BACKWARDS", begins=begins.isoformat(), ends=ends.isoformat())
    return begins, ends


def _read_template(entry: Entry) -> str:
    written = entry.text("Templat")
    if written and not _TEMPLATE.fullmatch(written):
        entry.error("Templat", "TEMPLATE_CHOICE", value=written[:60])
    return written


def _read_decree(entry: Entry, status: Status | None) -> str:
    decree = entry.text("Nomor SK")
    if status is not None and status.is_acting and entry.cell("Nomor SK") in {"", "-"}:
        entry.warn("Nomor SK", "DECREE_MISSING", status=status)
    return decree


def _read_email(entry: Entry) -> str:
    written = entry.text("Surel")
    if written and not _EMAIL.fullmatch(written):
        entry.warn("Surel", "EMAIL_MALFORMED", value=written[:60])
        return ""
    return written


def _read_agreement_date(entry: Entry, frame: Frame) -> date | None:
    day = entry.day("Tanggal Perjanjian")
    if day and frame.year and day.year != frame.year:
        entry.warn("Tanggal Perjanjian", "DATE_OTHER_YEAR", year=frame.year, date=day.isoformat())
    return day


def _read_first_day(entry: Entry, frame: Frame) -> date | None:
    day = entry.day("Berlaku Mulai")
    if day and frame.year and day.year != frame.year:
        entry.error("Berlaku Mulai", "FIRST_DAY_OTHER_YEAR", year=frame.year, date=day.isoformat())
    return day


def _read_ground(entry: Entry, frame: Frame, version: int) -> Ground | None:
    ground = entry.choice("Alasan", GROUNDS)
    if version > 1 and ground is None and frame.ground is None and entry.cell("Alasan") in {"", "-"}:
        entry.error("Alasan", "GROUND_MISSING", version=version)
    if version == 1 and ground is Ground.WITHDRAWAL:
        entry.error("Versi", "WITHDRAWAL_FIRST")
    elif version == 1 and ground:
        entry.warn("Alasan", "GROUND_UNUSED", ground=ground)
    if ground is Ground.WITHDRAWAL and entry.cell("Uraian Alasan") in {"", "-"}:
        entry.error("Uraian Alasan", "WITHDRAWAL_REASON")
    return ground


def _read_reason(entry: Entry, version: int) -> str:
    written = entry.text("Uraian Alasan")
    if written and version == 1:
        entry.warn("Uraian Alasan", "REASON_UNUSED")
        return ""
    return written
