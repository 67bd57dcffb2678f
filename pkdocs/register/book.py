"""The register, ready to be asked: who held what, whose a certificate is, which agreements there are."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

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
class Register:
    """A believed head with the lines that it covers; of each subject the last one that is not void.

    ``agreements`` holds lines by content digest, ``ids`` their ids without case, ``voided`` the digests of drafts that
    were taken back, ``signed_on`` the day on which a content's signed bytes, as they are listed now, were entered.
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

    @classmethod
    def of(cls, head: Head, lines: Iterable[Line]) -> "Register":
        """Return the register of ``head`` and the lines that it covers, in their order."""
        lines = tuple(lines)
        held = valid_lines(lines)
        listed = [line for line in lines if isinstance(line, AgreementLine)]
        agreements = {line.content: line for line in held if isinstance(line, AgreementLine)}
        signed_on: dict[str, date] = {}
        for line in listed:
            # what was listed before other bytes took its place proves nothing of these
            last = agreements.get(line.content)
            if last is not None and line.signed is not None and line.signed == last.signed:
                signed_on.setdefault(line.content, line.entered)
        since = _entered_first(line for line in lines if isinstance(line, AssignmentLine))
        positions: dict[str, list[PositionLine]] = defaultdict(list)
        assignments: dict[str, list[AssignmentLine]] = defaultdict(list)
        for held_line in held:
            if isinstance(held_line, PositionLine):
                positions[held_line.key].append(held_line)
            elif isinstance(held_line, AssignmentLine):
                # one that was only ended later has been known since its first line
                first = replace(held_line, entered=since[held_line.subject])
                assignments[held_line.position].append(first)
        return cls(
            head=head,
            positions={key: tuple(found) for key, found in positions.items()},
            assignments={key: tuple(found) for key, found in assignments.items()},
            certificates={line.certificate: line for line in held if isinstance(line, CertificateLine)},
            templates=frozenset(line.digest for line in held if isinstance(line, TemplateLine)),
            agreements=agreements,
            ids=frozenset(line.id.casefold() for line in agreements.values()),
            voided=frozenset(line.content for line in listed) - agreements.keys(),
            signed_on=signed_on,
        )

    def is_in_office(self, person: str, position: str, day: date) -> bool:
        """Tell whether ``person`` holds ``position`` on ``day``, be it acting."""
        return any(self.held(person, position, day))

    def held(self, person: str, position: str, day: date) -> Iterator[AssignmentLine]:
        """Yield the lines by which ``person`` holds ``position`` on ``day``."""
        return (line for line in self.assignments.get(position, ()) if line.person == person and line.holds_on(day))


def _entered_first(lines: Iterable[AssignmentLine]) -> Mapping[Hashable, date]:
    """Return since when the list has each assignment; what was taken back in between counts from when it came again."""
    since: dict[Hashable, date] = {}
    for line in lines:
        if line.void:
            since.pop(line.subject, None)
        else:
            since.setdefault(line.subject, line.entered)
    return since
