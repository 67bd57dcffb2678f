"""Names that only look like others: letters of another alphabet where Latin ones are expected (Unicode TR 39).

Nobody is known by a name, so this is a warning: a reader who compares by eye would be misled.
"""

import unicodedata
from collections.abc import Iterator
from typing import Final

from pkdocs.content import Content
from pkdocs.verification import Finding, Step, Weight, find

_MISLEADING: Final = ("CYRILLIC ", "GREEK ", "ARMENIAN ", "CHEROKEE ", "FULLWIDTH ", "MATHEMATICAL ", "LISU ")
"""Alphabets with letters that look like Latin ones."""


def lookalike_findings(content: Content) -> Iterator[Finding]:
    """Yield the first name in ``content`` (of a person, office, unit or the organisation) with such a letter."""
    for name in dict.fromkeys(_names(content)):
        letter = next(filter(_misleads, name), None) if not name.isascii() else None
        if letter is not None:
            shown = f"U+{ord(letter):04X} {unicodedata.name(letter)}"
            yield find("NAME_LOOKALIKE", Step.CONTENT, Weight.WARNING, name=name, letter=shown)
            return


def _names(content: Content) -> Iterator[str]:
    for party in (content.parties.first, content.parties.second):
        if party is not None:
            yield from (party.name, party.office, party.number or "")
    seat = content.position
    yield from (seat.title, seat.unit, seat.subunit or "", content.organisation.name)


def _misleads(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(_MISLEADING)
