"""The register, ready to be asked: who held what, whose a certificate is, which agreements there are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from pkdocs.register.head import Head
from pkdocs.register.lines import (
    AgreementLine,
    AssignmentLine,
    CertificateLine,
    Line,
    PositionLine,
    State,
    TemplateLine,
    subject_of,
)


@dataclass(frozen=True, slots=True)
class Register:
    """A believed head with the lines that it covers; of each subject the last one that is not void.

    ``agreements`` holds lines by content digest, ``voided`` the digests of drafts that were taken back, ``signed_on``
    the day on which a content's signed bytes were entered.
    """

    head: Head
    positions: Mapping[str, tuple[PositionLine, ...]]
    assignments: Mapping[str, tuple[AssignmentLine, ...]]
    certificates: Mapping[str, CertificateLine]
    templates: frozenset[str]
    agreements: Mapping[str, AgreementLine]
    voided: frozenset[str]
    signed_on: Mapping[str, date]

    @classmethod
    def of(cls, head: Head, lines: Iterable[Line]) -> "Register":
        """Return the register of ``head`` and the lines that it covers, in their order."""
        last: dict[object, Line] = {}
        signed_on: dict[str, date] = {}
        for line in lines:
            last[subject_of(line)] = line
            if isinstance(line, AgreementLine) and line.signed is not None:
                signed_on.setdefault(line.content, line.entered)
        held = [line for line in last.values() if not line.void]
        positions: dict[str, list[PositionLine]] = defaultdict(list)
        assignments: dict[str, list[AssignmentLine]] = defaultdict(list)
        for line in held:
            if isinstance(line, PositionLine):
                positions[line.key].append(line)
            elif isinstance(line, AssignmentLine):
                assignments[line.position].append(line)
        return cls(
            head=head,
            positions={key: tuple(found) for key, found in positions.items()},
            assignments={key: tuple(found) for key, found in assignments.items()},
            certificates={line.certificate: line for line in held if isinstance(line, CertificateLine)},
            templates=frozenset(line.digest for line in held if isinstance(line, TemplateLine)),
            agreements={line.content: line for line in held if isinstance(line, AgreementLine)},
            voided=frozenset(line.content for line in last.values() if isinstance(line, AgreementLine) and line.void),
            signed_on=signed_on,
        )

    def is_in_office(self, person: str, position: str, day: date) -> bool:
        """Tell whether ``person`` holds ``position`` on ``day``, be it acting."""
        return any(line.person == person and line.holds_on(day) for line in self.assignments.get(position, ()))

    def of_id(self, identity: str) -> tuple[AgreementLine, ...]:
        """Return the lines of an id, compared without case: several where a draft was made anew."""
        wanted = identity.casefold()
        return tuple(line for line in self.agreements.values() if line.id.casefold() == wanted)

    @property
    def standing(self) -> tuple[AgreementLine, ...]:
        """The agreements that are awaited or in force."""
        return tuple(line for line in self.agreements.values() if line.state is not State.SUPERSEDED)
