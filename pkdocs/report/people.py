"""The verdict by person: in which agreements somebody is a party, and what signed them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from pkdocs.chain import Borne, SetVerdict
from pkdocs.content import Party, Role
from pkdocs.report.outline import Entry, units


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the agreements, by pseudonym, with what each agreement says of them, in the order of the tree.

    ``parts`` are the agreements with the role there, ``signed`` what they bear in that role, whoever made it.
    """

    person: str
    name: str
    parts: list[tuple[Entry, Role, Party]] = field(default_factory=list)
    signed: list[Borne] = field(default_factory=list)

    def count(self, role: Role) -> int:
        """Return in how many agreements the person has that role."""
        return sum(own is role for _, own, _ in self.parts)

    @property
    def awaited(self) -> int:
        """How many agreements lack an intact signature in the person's role."""
        return sum(role not in entry.agreement.signed for entry, role, _ in self.parts)

    @property
    def proven(self) -> tuple[datetime, ...]:
        """The proven times of the signatures, earliest first."""
        return tuple(sorted(one.proven.at for one in self.signed if one.proven is not None))


def people(verdict: SetVerdict) -> tuple[Person, ...]:
    """Return everybody who is a party, by name."""
    found: dict[str, Person] = {}
    for entry, role, party in _parts(verdict):
        person = found.setdefault(party.person, Person(party.person, party.name))
        person.parts.append((entry, role, party))
        person.signed.extend(one for one in entry.agreement.borne if one.role is role)
    return tuple(sorted(found.values(), key=lambda one: (one.name, one.person)))


def _parts(verdict: SetVerdict) -> Iterator[tuple[Entry, Role, Party]]:
    for unit in units(verdict):
        for entry in unit.entries:
            for role in entry.content.roles:
                if party := entry.content.party(role):
                    yield entry, role, party
