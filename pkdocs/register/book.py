"""The register, ready to be asked: who held what, whose a certificate is, which agreements there are."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from pkdocs.register.head import Head
from pkdocs.register.lines import (
    AgreementLine,
    AssignmentLine,
    CertificateLine,
    Line,
    PositionLine,
    TemplateLine,
    valid_lines,
)


@dataclass(frozen=True, slots=True)
class Proven:
    """That a list of ``size`` lines was there ``at`` that time at the latest, by the timestamps of its head."""

    size: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Register:
    """A believed head with lines that it covers; of each subject the one in force.

    ``whole`` tells that these are all: else they were proven one by one, and what is not among them may be there.
    ``agreements`` holds lines by content digest, ``ids`` their ids without case, ``voided`` the digests of drafts that
    were taken back, ``signed_on`` the day on which a content's signed bytes, as they are listed now, were entered,
    ``signed_at`` the place of that line in the list. ``vouched`` has by issue digest the content and the length of the
    pages that were issued again and compared. ``proven`` are the times of this head and of older ones of its list.
    """

    head: Head
    positions: Mapping[str, tuple[PositionLine, ...]]
    assignments: Mapping[str, tuple[AssignmentLine, ...]]
    certificates: Mapping[str, CertificateLine]
    templates: frozenset[str]
    agreements: Mapping[str, AgreementLine]
    ids: frozenset[str]
    voided: frozenset[str]
    signed_on: Mapping[str, date]
    signed_at: Mapping[str, int]
    vouched: Mapping[str, tuple[str, int]]
    proven: tuple[Proven, ...] = ()
    whole: bool = True

    @classmethod
    def of(cls, head: Head, lines: Iterable[Line]) -> "Register":
        """Return the register of ``head`` and all lines that it covers, in their order."""
        lines = tuple(lines)
        return cls.stating(head, valid_lines(lines), enumerate(lines), whole=True)

    @classmethod
    def stating(
        cls, head: Head, in_force: Iterable[Line], listed: Iterable[tuple[int, Line]], *, whole: bool
    ) -> "Register":
        """Return the register in which the lines ``in_force`` hold; ``listed`` are lines with their places, in order.

        What is only listed says since when something was so, and that a draft was taken back; nothing else.
        """
        in_force, listed = tuple(in_force), tuple(listed)
        agreements = {line.content: line for line in in_force if isinstance(line, AgreementLine)}
        signed_on: dict[str, date] = {}
        signed_at: dict[str, int] = {}
        drafted: set[str] = set()
        for place, line in listed:
            if not isinstance(line, AgreementLine):
                continue
            drafted.add(line.content)
            # what was listed before other bytes took its place proves nothing of these
            last = agreements.get(line.content)
            if last is not None and line.signed is not None and line.signed == last.signed:
                signed_on.setdefault(line.content, line.entered)
                signed_at.setdefault(line.content, place)
        for line in agreements.values():
            if line.signed is not None:
                signed_on.setdefault(line.content, line.entered)
        since = _entered_first(line for _, line in listed if isinstance(line, AssignmentLine))
        positions: dict[str, list[PositionLine]] = defaultdict(list)
        assignments: dict[str, list[AssignmentLine]] = defaultdict(list)
        for held in in_force:
            if isinstance(held, PositionLine):
                positions[held.key].append(held)
            elif isinstance(held, AssignmentLine):
                # one that was only ended later has been known since its first line
                first = since.get(held.subject, held.entered)
                assignments[held.position].append(replace(held, entered=first))
        return cls(
            head=head,
            positions={key: tuple(found) for key, found in positions.items()},
            assignments={key: tuple(found) for key, found in assignments.items()},
            certificates={line.certificate: line for line in in_force if isinstance(line, CertificateLine)},
            templates=frozenset(line.digest for line in in_force if isinstance(line, TemplateLine)),
            agreements=agreements,
            ids=frozenset(line.id.casefold() for line in agreements.values()),
            voided=frozenset(drafted - agreements.keys()),
            signed_on=signed_on,
            signed_at=signed_at,
            vouched={
                line.issued.digest: (line.content, line.issued.length) for line in agreements.values() if line.compared
            },
            whole=whole,
        )

    def is_in_office(self, person: str, position: str, day: date) -> bool:
        """Tell whether ``person`` holds ``position`` on ``day``, be it acting."""
        return any(self.held(person, position, day))

    def held(self, person: str, position: str, day: date) -> Iterator[AssignmentLine]:
        """Yield the lines by which ``person`` holds ``position`` on ``day``."""
        return (line for line in self.assignments.get(position, ()) if line.person == person and line.holds_on(day))

    def listed_by(self, content: str) -> datetime | None:
        """Return when the signed bytes of a content were listed at the latest, by timestamps; None: none shows it."""
        place = self.signed_at.get(content)
        covering = (one.at for one in self.proven if place is not None and place < one.size)
        return min(covering, default=None)


def _entered_first(lines: Iterable[AssignmentLine]) -> Mapping[Hashable, date]:
    """Return since when the list has each assignment; what was taken back in between counts from when it came again."""
    since: dict[Hashable, date] = {}
    for line in lines:
        if line.void:
            since.pop(line.subject, None)
        else:
            since.setdefault(line.subject, line.entered)
    return since
