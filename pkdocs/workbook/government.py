"""Sheet ``Profil``: the local government's own choices, one key a row."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from pkdocs.nip import clean_number
from pkdocs.problem import EVERYTHING, Place, Problem, error, note, warning
from pkdocs.profile import DEFAULT_SHOWS, Ground, Kind, Paper, Profile, Shown, Zone
from pkdocs.workbook.cells import Cell, Fault
from pkdocs.workbook.entry import KEY, Choices, Entry, entries, parse_day
from pkdocs.workbook.names import nearest, plain
from pkdocs.workbook.table import SheetSpec, Table

SPEC: Final = SheetSpec("Profil", ("Kunci", "Nilai"))

REQUIRED: Final = ("Pemerintah Daerah", "Tahun", "Tempat", "Tanggal Perjanjian")
SHOWS: Final[Mapping[str, str]] = MappingProxyType({f"Tampil {group}": group for group in DEFAULT_SHOWS})
OPTIONAL: Final = (
    "Kode Pemerintah Daerah", "Tanggal DPA", "Jenis Dokumen", "Alasan", "Sebutan Pihak Pertama", "Sebutan Pihak Kedua",
    "Judul", "Kode Sekretaris Daerah", "Label NI PPPK", "Ketua Tim Pihak Kedua", "Wajib Paparan", "NIP Pengecualian",
    "Kertas", "Zona Waktu", "Alamat Verifikasi", "Kata Tanda Tangan", "Gambar Tanda Tangan", *SHOWS,
)  # fmt: skip

GROUNDS: Final = Choices.of(Ground)
GENERAL_GROUNDS: Final = Choices.of(ground for ground in Ground if ground is not Ground.WITHDRAWAL)
"""What may be said of all agreements: one is withdrawn, never all."""
KINDS: Final = Choices.of(Kind)
PAPERS: Final = Choices.of(Paper)
ZONES: Final = Choices.of(Zone)
LABELS: Final = ("NI PPPK.", "NIPPPK.", "NIP.")
_SHOWN: Final = Choices.of(Shown)
_LABELS: Final = {label.casefold().rstrip("."): label for label in LABELS}
_CODE = re.compile(r"[A-Za-z0-9.-]{1,20}")
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:-]+/(?:\S*[/=#])?")
_PICTURE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}\.(?i:png)")
_MOST_WORDS: Final = 120
_SEPARATORS = re.compile(r"\s*[,;]\s*")
_EARLIEST, _LATEST = 2000, 2100


@dataclass(frozen=True, slots=True)
class Frame:
    """What of ``Profil`` the other sheets are read by; None where it could not be read."""

    year: int | None = None
    day: date | None = None
    kind: Kind = Kind.ORIGINAL
    ground: Ground | None = None
    exceptions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Government:
    """The profile, if it has no errors, and the frame in any case."""

    profile: Profile | None
    frame: Frame
    problems: tuple[Problem, ...]


class _Keys(Entry):
    """All rows of ``Profil`` as one entry, whose columns are the keys."""

    def __init__(self, cells: Mapping[str, Cell], places: Mapping[str, Place]) -> None:
        names = (*REQUIRED, *OPTIONAL)
        index = {name: position for position, name in enumerate(names)}
        super().__init__(Place(SPEC.name), [cells.get(name, "") for name in names], index, {})
        self.touches = EVERYTHING
        self._places = places

    def at(self, column: str) -> Place:
        """Return the place of a key's value."""
        return self._places.get(column, self.place)


def read_government(tables: Iterable[Table]) -> Government:
    """Return the profile that the sheets of all files make; every error in it stops every agreement."""
    cells, places, extra, problems = _gather(tables)
    keys = _Keys(cells, places)
    frame = _read_frame(keys)
    profile = _read_profile(keys, frame, extra)
    problems += keys.problems()
    for name in REQUIRED:
        if cells.get(name, "") == "":
            problems.append(error("PROFILE_MISSING", keys.at(name), EVERYTHING, key=name))
    if cells.get("Kode Pemerintah Daerah", "") == "":
        problems.append(note("PROFILE_NO_CODE", Place(SPEC.name)))
    if frame.year and frame.day and frame.day.year != frame.year:
        place = keys.at("Tanggal Perjanjian")
        problems.append(warning("DATE_OTHER_YEAR", place, year=frame.year, date=frame.day.isoformat()))
    return Government(
        None if keys.failed or any(_stops(problem) for problem in problems) else profile, frame, tuple(problems)
    )


def _stops(problem: Problem) -> bool:
    return bool(problem.touches)


def _gather(tables: Iterable[Table]) -> tuple[dict[str, Cell], dict[str, Place], dict[str, str], list[Problem]]:
    """Return the cells and places of known keys, the texts of others, and what is wrong with the rows."""
    known = {plain(name): name for name in (*REQUIRED, *OPTIONAL)}
    rows: dict[str, list[tuple[Entry, str]]] = {}
    problems: list[Problem] = []
    for entry in entries(tables):
        entry.touches = EVERYTHING
        written = entry.text("Kunci", required=True)
        problems += entry.problems()
        if written:
            rows.setdefault(plain(written), []).append((entry, written))
    cells: dict[str, Cell] = {}
    places: dict[str, Place] = {}
    extra: dict[str, str] = {}
    for name, found in rows.items():
        problems += _contradictions(found)
        filled = next((entry for entry, _ in found if entry.cell("Nilai") != ""), found[0][0])
        if name in known:
            cells[known[name]], places[known[name]] = filled.cell("Nilai"), filled.at("Nilai")
        else:
            problems += _keep_extra(filled, found[0][1], extra)
    return cells, places, extra, problems


def _contradictions(found: list[tuple[Entry, str]]) -> Iterator[Problem]:
    """Yield an error at each row that differs from most, and at the first of those."""
    groups: dict[str, list[Entry]] = {}
    for entry, _ in found:
        if entry.cell("Nilai") != "":
            groups.setdefault(_meaning(entry), []).append(entry)
    if len(groups) > 1:
        usual, *others = sorted(groups.values(), key=len, reverse=True)
        yield _contradiction(found[0][1], usual[0], others[0][0])
        yield from (_contradiction(found[0][1], entry, usual[0]) for group in others for entry in group)


def _contradiction(key: str, entry: Entry, other: Entry) -> Problem:
    values = {"value": _meaning(entry)[:60], "other": _meaning(other)[:60]}
    return error("PROFILE_CONTRADICTS", entry.at("Nilai"), EVERYTHING, key=key, place=other.place.label, **values)


def _meaning(entry: Entry) -> str:
    """Return what a value says, however it is typed: a date cell and a date in words are the same."""
    cell = entry.cell("Nilai")
    if isinstance(cell, Fault):
        return cell.shown
    return str(cell if isinstance(cell, date) else parse_day(cell) or cell)


def _keep_extra(entry: Entry, name: str, extra: dict[str, str]) -> list[Problem]:
    near = nearest(name, (*REQUIRED, *OPTIONAL))
    place = entry.at("Kunci")
    code = "PROFILE_EXTRA_NEAR" if near else "PROFILE_EXTRA"
    extra[name] = entry.text("Nilai")
    return [note(code, place, key=name[:60], near=near), *(problem for problem in entry.problems())]


def _read_frame(keys: _Keys) -> Frame:
    return Frame(
        year=keys.integer("Tahun", _EARLIEST, _LATEST, required=True),
        day=keys.day("Tanggal Perjanjian", required=True),
        kind=keys.choice("Jenis Dokumen", KINDS) or Kind.ORIGINAL,
        ground=keys.choice("Alasan", GENERAL_GROUNDS),
        exceptions=frozenset(
            number for entry in keys.identifier("NIP Pengecualian").split(";") if (number := clean_number(entry))
        ),
    )


def _read_profile(keys: _Keys, frame: Frame, extra: Mapping[str, str]) -> Profile | None:
    usual = Profile("", 0, "", date.min)
    made = Profile(
        organisation=keys.text("Pemerintah Daerah", required=True),
        year=frame.year or 0,
        place=keys.text("Tempat", required=True),
        agreement_date=frame.day or date.min,
        code=keys.code("Kode Pemerintah Daerah", _CODE),
        dpa_date=keys.day("Tanggal DPA"),
        kind=frame.kind,
        ground=frame.ground,
        first_label=keys.text("Sebutan Pihak Pertama") or usual.first_label,
        second_label=keys.text("Sebutan Pihak Kedua") or usual.second_label,
        heading=keys.text("Judul"),
        secretary_code=keys.code("Kode Sekretaris Daerah", KEY),
        shows=_read_shows(keys),
        pppk_label=_read_label(keys) or usual.pppk_label,
        team_lead_signs=keys.answer("Ketua Tim Pihak Kedua"),
        review_required=keys.answer("Wajib Paparan"),
        number_exceptions=frame.exceptions,
        paper=keys.choice("Kertas", PAPERS) or usual.paper,
        zone=keys.choice("Zona Waktu", ZONES) or usual.zone,
        address=_read_address(keys),
        signature_words=_read_words(keys),
        signature_picture=_read_picture(keys),
        extra=MappingProxyType(dict(extra)),
    )
    return None if keys.failed else made


def _read_shows(keys: _Keys) -> Mapping[str, frozenset[Shown]]:
    return MappingProxyType(
        dict(DEFAULT_SHOWS)
        | {group: frozenset(_read_shown(keys, name)) for name, group in SHOWS.items() if keys.cell(name) != ""}
    )


def _read_shown(keys: _Keys, name: str) -> Iterable[Shown]:
    written = keys.text(name)
    for word in _SEPARATORS.split(written) if written else ():
        shown = _SHOWN.find(word)
        if shown:
            yield shown
        else:
            keys.error(name, "CELL_CHOICE", value=word[:60], choices=f"{_SHOWN} · -")


def _read_label(keys: _Keys) -> str:
    written = keys.text("Label NI PPPK")
    label = _LABELS.get(plain(written).rstrip("."), "")
    if written and not label:
        keys.error("Label NI PPPK", "CELL_CHOICE", value=written[:60], choices=" · ".join(LABELS))
    return label


def _read_address(keys: _Keys) -> str:
    written = keys.text("Alamat Verifikasi")
    if written and not _ADDRESS.fullmatch(written):
        keys.error("Alamat Verifikasi", "PROFILE_ADDRESS", value=written[:80])
    return written


def _read_words(keys: _Keys) -> str:
    written = keys.text("Kata Tanda Tangan")
    if len(written) > _MOST_WORDS:
        keys.error("Kata Tanda Tangan", "PROFILE_SIGNATURE_WORDS", count=len(written), most=_MOST_WORDS)
    return written


def _read_picture(keys: _Keys) -> str:
    written = keys.text("Gambar Tanda Tangan")
    if written and not _PICTURE.fullmatch(written):
        keys.error("Gambar Tanda Tangan", "PROFILE_SIGNATURE_PICTURE", value=written[:80])
    return written
