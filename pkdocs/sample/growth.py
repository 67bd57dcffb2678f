"""Kota Wanasari grown to any size: further groups of officials below the reference city's agencies."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, cycle
from typing import Final

from pkdocs.sample.agencies import CYCLE, PLACES
from pkdocs.sample.kind import Course, Kind, Measure, Staff
from pkdocs.sample.people import LEADS, STAFF, Role, person
from pkdocs.sample.sheets import City, Row, Sheet

_SPREAD: Final = 5
"""Targets differ by up to this many steps from one holder to the next."""


@dataclass(frozen=True, slots=True)
class _Group:
    """The ``number``-th group of its kind and the ``order``-th of all, counted from 0, with ``size`` people.

    ``first`` is the number of people in the groups before.
    """

    kind: Kind
    number: int
    order: int
    first: int
    size: int

    @property
    def code(self) -> str:
        return f"{self.kind.superior}.{self.kind.code}{self.number:03d}"

    def named(self, pattern: str) -> str:
        return pattern.format(name=self._name)

    @property
    def _name(self) -> str:
        if self.kind.numbered:
            return str(self.number)
        round_, place = divmod(self.number - 1, len(PLACES))
        return PLACES[place] if round_ == 0 else f"{PLACES[place]} {round_ + 1}"


@dataclass(frozen=True, slots=True)
class _Member:
    """One of a group's staff: the ``number``-th holder of the shared code, ``index`` of all people."""

    staff: Staff
    number: int
    index: int


def grow(city: City, people: int) -> City:
    """Return the city with exactly ``people`` more officials, in groups; the last group may be smaller.

    Each has two to four indicators that answer to those of the superior, with quarterly targets that fit.
    """
    units = {row["Kode Jabatan"]: row["Unit"] for row in city["Pejabat"].rows}
    groups = tuple(_groups(people))
    added: Mapping[str, Iterable[Row]] = {
        "Pejabat": (row for group in groups for row in _officials(group, units[group.kind.superior])),
        "Indikator": (row for group in groups for row in _indicators(group)),
        "Anggaran": (row for group in groups for row in _budget(group)),
    }
    return {name: Sheet(sheet.columns, (*sheet.rows, *added.get(name, ()))) for name, sheet in city.items()}


def _groups(people: int) -> Iterator[_Group]:
    numbers = {kind.place: count(1) for kind in CYCLE}
    first = 0
    for order, kind in enumerate(cycle(CYCLE)):
        if first >= people:
            return
        size = min(1 + kind.size, people - first)
        yield _Group(kind, next(numbers[kind.place]), order, first, size)
        first += size


def _members(group: _Group) -> Iterator[_Member]:
    kinds = group.kind.staff
    for position in range(group.size - 1):
        turn, which = divmod(position, len(kinds))
        yield _Member(kinds[which], turn + 1, group.first + 1 + position)


def _officials(group: _Group, unit: str) -> Iterator[Row]:
    kind = group.kind
    lead = {"Kode Jabatan": group.code, "Atasan": kind.superior}
    if kind.assignment:
        lead["Peran"] = group.named(kind.assignment)
    yield {**lead, **_seat(group, kind.lead, unit), **person(group.order, kind.lead, LEADS)}
    for member in _members(group):
        code, role = f"{group.code}.{member.staff.suffix}", member.staff.role
        own = {"Kode Jabatan": code, "Nomor": str(member.number), "Atasan": group.code}
        yield {**own, **_seat(group, role, unit), **person(member.index, role, STAFF)}


def _seat(group: _Group, role: Role, unit: str) -> Row:
    return {
        "Jabatan": group.named(role.title),
        "Unit": unit,
        "Unit Kerja": group.named(group.kind.place),
        "Jenjang": role.level,
        "Status": "Definitif",
    }


def _indicators(group: _Group) -> Iterator[Row]:
    kind = group.kind
    codes = [f"{group.code}-{number}" for number in range(1, len(kind.measures) + 1)]
    for code, measure, parent in zip(codes, kind.measures, kind.parents, strict=True):
        row = {"Kode": code, "Kode Jabatan": group.code, "Sasaran": kind.goal, "Induk": parent}
        yield {**row, **_promise(measure, group.order)}
    for member in _members(group):
        promised = member.staff.measures[: 2 + member.index % 3]
        for position, measure in enumerate(promised):
            row = {
                "Kode Jabatan": f"{group.code}.{member.staff.suffix}.{member.number}",
                "Sasaran": member.staff.goal,
                "Induk": codes[position % len(codes)],
            }
            yield {**row, **_promise(measure, member.index)}


def _budget(group: _Group) -> Iterator[Row]:
    if outlay := group.kind.outlay:
        yield {
            "Kode Jabatan": group.code,
            "Kode": outlay.code,
            "Tingkat": "Sub Kegiatan",
            "Uraian": outlay.label,
            "Anggaran": str(outlay.amount),
            "Keterangan": "PAD",
            "Sasaran": "1",
        }


def _promise(measure: Measure, index: int) -> Row:
    """Return the indicator's columns; targets differ a little from one ``index`` to the next."""
    polarity, mode, before, target, quarters = _run(measure.course, measure.size, index % _SPREAD)
    return {
        "Indikator": measure.text,
        "Satuan": measure.unit,
        "Target": str(target),
        "Polaritas": polarity,
        "Mode": mode,
        "Realisasi Tahun Lalu": str(before),
        **{f"TW{number}": str(quarter) for number, quarter in enumerate(quarters, 1)},
        "Rencana Aksi": measure.action,
    }


def _run(course: Course, size: int, step: int) -> tuple[str, str, int, int, Sequence[int]]:
    """Return direction, mode, last year's value, target, and quarterly targets that make it."""
    match course:
        case Course.COUNT:
            return "Naik", "Kumulatif", 4 * size, 4 * (size + step), [size + step] * 4
        case Course.SHARE:
            return "Naik", "Rata-rata", size - step, size, [size] * 4
        case Course.RISING:
            return "Naik", "Akhir", size, size + step, [size - 3, size - 2, size - 1, size + step]
        case Course.WHOLE:
            return "Maksimum", "Rata-rata", size - step, size, [size] * 4
        case Course.NONE:
            return "Nol", "Kumulatif", 0, 0, [0] * 4
        case Course.WAIT:
            return "Turun", "Rata-rata", size + step, size, [size] * 4
