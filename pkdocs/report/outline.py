"""The verdict in the order in which it is read: by unit, by level, by kind of finding."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from pkdocs.chain import AgreementVerdict, SetVerdict
from pkdocs.content import Content
from pkdocs.verification import Finding, Result, Weight, heavier

CAUSES: Final = frozenset({Weight.FAIL, Weight.UNKNOWN, Weight.MISSING})
REMARKS: Final = frozenset({Weight.WARNING, Weight.NOTE})

_HEAVIEST_FIRST: Final = tuple(Weight)


@dataclass(frozen=True, slots=True)
class Entry:
    """One agreement that could be read.

    ``place`` is its place in the verdict, from 1; ``above`` that of its parent, None if it is not there.
    """

    place: int
    agreement: AgreementVerdict
    content: Content
    above: int | None


@dataclass(frozen=True, slots=True)
class Unit:
    """All agreements of one unit, in the order of the tree."""

    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A finding and the agreement where it stands, with its place in the verdict."""

    place: int
    agreement: AgreementVerdict
    finding: Finding


@dataclass(frozen=True, slots=True)
class Kind:
    """All cases of one code and weight, at least one."""

    code: str
    weight: Weight
    cases: tuple[Case, ...]

    @property
    def example(self) -> Finding:
        """The first of them."""
        return self.cases[0].finding


def numbered(verdict: SetVerdict) -> Iterator[tuple[int, AgreementVerdict]]:
    """Yield each agreement with its place, from 1."""
    return enumerate(verdict.agreements, start=1)


def units(verdict: SetVerdict) -> tuple[Unit, ...]:
    """Return the units in the order in which the tree comes to them, each once."""
    grouped: dict[str, list[Entry]] = {}
    line: dict[int, int] = {}
    for place, agreement in numbered(verdict):
        if agreement.content is not None:
            # children follow their parent, so it is the last one of the depth above
            line[agreement.depth] = place
            entry = Entry(place, agreement, agreement.content, line.get(agreement.depth - 1))
            grouped.setdefault(agreement.content.position.unit, []).append(entry)
    return tuple(Unit(name, tuple(entries)) for name, entries in grouped.items())


def unread(verdict: SetVerdict) -> tuple[tuple[int, AgreementVerdict], ...]:
    """Return the files that could not be read as agreements, with their places."""
    return tuple((place, agreement) for place, agreement in numbered(verdict) if agreement.content is None)


def kinds(verdict: SetVerdict, weights: Collection[Weight]) -> tuple[Kind, ...]:
    """Return the findings on agreements of ``weights`` by kind: the heaviest first, then by step and code.

    What is inherited is left out: its cause is another agreement's.
    """
    grouped: dict[tuple[Weight, str], list[Case]] = {}
    for place, agreement in numbered(verdict):
        for finding in agreement.findings:
            if finding.weight in weights and not finding.inherited:
                grouped.setdefault((finding.weight, finding.code), []).append(Case(place, agreement, finding))
    found = (Kind(code, weight, tuple(cases)) for (weight, code), cases in grouped.items())
    return tuple(sorted(found, key=_rank))


def _rank(kind: Kind) -> tuple[int, int, str]:
    return heaviest_first(kind.example), kind.example.step, kind.code


def heaviest_first(finding: Finding) -> int:
    """Return what puts the heaviest findings first when sorting."""
    return _HEAVIEST_FIRST.index(finding.weight)


def overall(verdict: SetVerdict) -> Result:
    """Return the heaviest result of agreements and set; a set that was not judged has no say."""
    return heaviest((*(agreement.result for agreement in verdict.agreements), verdict.result))


def heaviest(results: Iterable[str]) -> Result:
    """Return the heaviest of the named results; NOT-JUDGED has no say."""
    return heavier(*({Result(name) for name in results} - {Result.NOT_JUDGED}))
