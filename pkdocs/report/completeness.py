"""How complete a set is, by unit and by level: what must be there, what is there, and what it came to."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pkdocs.chain import Expected, SetVerdict
from pkdocs.report.outline import Entry, units
from pkdocs.roster import Level
from pkdocs.verification import Result
from pkdocs.verification.finding import heaviness

_OPEN: Final = (Result.INDETERMINATE, Result.INCOMPLETE)


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of some agreements. ``required`` and ``missing`` are None where nothing says what must be there.

    ``unsigned``, ``partly``, ``fully``: nobody, some, all parties have signed intactly, whoever they are. ``late`` are
    proven to be complete only after they were due, ``undated`` are signed by all without proof since when.
    """

    required: int | None
    present: int
    missing: int | None
    unsigned: int
    partly: int
    fully: int
    results: Mapping[Result, int]
    late: int
    undated: int

    @property
    def open(self) -> int:
        """How many are neither valid nor wrong: a proof or a signature is not there."""
        return sum(self.results[result] for result in _OPEN)


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the set: what is there of it, and what must be (None: nothing says so)."""

    entries: tuple[Entry, ...]
    expected: tuple[Expected, ...] | None

    @property
    def tally(self) -> Tally:
        """Their counts; an agreement of which several files are there counts once, as the worst of them."""
        return _tally(_one_each(self.entries), self.expected)

    @property
    def levels(self) -> Mapping[Level | None, "Part"]:
        """The same by level, the highest first; levels without any are left out, None is for unknown ones."""
        found: set[Level | None] = {entry.content.position.level for entry in self.entries}
        found |= {one.level for one in self.expected or ()}
        return {level: self._of(level) for level in (*Level, None) if level in found}

    def _of(self, level: Level | None) -> "Part":
        entries = tuple(entry for entry in self.entries if entry.content.position.level == level)
        expected = self.expected
        return Part(entries, None if expected is None else tuple(one for one in expected if one.level == level))


def whole(verdict: SetVerdict) -> Part:
    """Return all of the set."""
    return Part(tuple(entry for unit in units(verdict) for entry in unit.entries), verdict.expected)


def by_unit(verdict: SetVerdict) -> Mapping[str, Part]:
    """Return the parts by unit, in the order of the tree; units of which nothing is there come last."""
    entries = {unit.name: unit.entries for unit in units(verdict)}
    expected: dict[str, list[Expected]] = {}
    for one in verdict.expected or ():
        expected.setdefault(one.unit, []).append(one)
    named = dict.fromkeys((*entries, *expected))
    is_known = verdict.expected is not None
    return {name: Part(entries.get(name, ()), tuple(expected.get(name, ())) if is_known else None) for name in named}


def by_unit_and_level(verdict: SetVerdict) -> Iterator[tuple[str, Level | None, Tally]]:
    """Yield the counts of each level of each unit."""
    for name, part in by_unit(verdict).items():
        for level, below in part.levels.items():
            yield name, level, below.tally


def missing(verdict: SetVerdict) -> tuple[Expected, ...]:
    """Return what must be there and is not, in the order in which register or workbook have it."""
    return tuple(_missing(whole(verdict).entries, verdict.expected or ()))


def _missing(entries: Iterable[Entry], expected: Iterable[Expected]) -> Iterator[Expected]:
    there = {entry.content.id.casefold() for entry in entries}
    return (one for one in expected if one.id.casefold() not in there)


def _one_each(entries: Iterable[Entry]) -> Collection[Entry]:
    """Return one entry of each id: copies of one agreement do not make up for another that is not there."""
    worst: dict[str, Entry] = {}
    for entry in entries:
        name = entry.content.id.casefold()
        held = worst.setdefault(name, entry)
        if _standing(entry) < _standing(held):
            worst[name] = entry
    return worst.values()


def _standing(entry: Entry) -> tuple[int, int]:
    """Return how good a file is: its result, and by how many it is signed."""
    return -heaviness(entry.agreement.result), len(entry.agreement.signed)


def _tally(entries: Collection[Entry], expected: Collection[Expected] | None) -> Tally:
    unsigned = sum(not entry.agreement.signed for entry in entries)
    full = [entry for entry in entries if set(entry.content.roles) <= set(entry.agreement.signed)]
    return Tally(
        required=None if expected is None else len(expected),
        present=len(entries),
        missing=None if expected is None else sum(1 for _ in _missing(entries, expected)),
        unsigned=unsigned,
        partly=len(entries) - unsigned - len(full),
        fully=len(full),
        results=Counter(entry.agreement.result for entry in entries),
        late=sum(entry.agreement.is_late is True for entry in entries),
        undated=sum(entry.agreement.is_late is None for entry in full),
    )
