"""The fonts of this machine, and which of them stand in for fonts of Word that it lacks."""

import hashlib
import subprocess
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from pkdocs.errors import OfficeError

_FORMAT: Final = "%{family}|%{style}|%{fontversion}\t%{postscriptname},%{fullname}\t%{fontformat}\t%{charset}\n"
_USED: Final = frozenset({b"TrueType", b"CFF"})
"""Formats that LibreOffice takes (since 5.3)."""
_ALL: Final = ((0, 0x10FFFF),)
_NON_BREAKING_HYPHEN: Final = "\u2011"


@dataclass(frozen=True, slots=True)
class Twin:
    """A family ``instead`` of another, ``family``, with the Debian package that has it.

    A symbol font's signs stand at places of their own, which LibreOffice knows; ``symbols`` says that it is one.
    """

    family: str
    instead: str
    package: str
    symbols: bool = False


TWINS: Final = (
    Twin("Arial", "Liberation Sans", "fonts-liberation"),
    Twin("Times New Roman", "Liberation Serif", "fonts-liberation"),
    Twin("Courier New", "Liberation Mono", "fonts-liberation"),
    Twin("Calibri", "Carlito", "fonts-crosextra-carlito"),
    Twin("Cambria", "Caladea", "fonts-crosextra-caladea"),
    Twin("Bookman Old Style", "URW Bookman", "fonts-urw-base35"),
    Twin("Helvetica", "Nimbus Sans", "fonts-urw-base35"),
    Twin("Times", "Nimbus Roman", "fonts-urw-base35"),
    Twin("Courier", "Nimbus Mono PS", "fonts-urw-base35"),
    Twin("Symbol", "OpenSymbol", "fonts-opensymbol", symbols=True),
    Twin("Symbol", "Standard Symbols PS", "fonts-urw-base35", symbols=True),
    Twin("Wingdings", "OpenSymbol", "fonts-opensymbol", symbols=True),
)
"""What may stand in for what; docs/fonts.md lists the same."""


@dataclass(frozen=True, slots=True)
class Face:
    """One face: its families, and the letters that it has, as ranges of code points with both ends."""

    families: frozenset[str]
    ranges: tuple[tuple[int, int], ...]

    def has(self, letter: str) -> bool:
        """Tell whether there is a glyph for ``letter``, or for what it is composed of.

        Of spaces, format controls and the hyphen that does not break no glyph of its own is asked for.
        """
        if letter.isspace() or unicodedata.category(letter) == "Cf" or letter == _NON_BREAKING_HYPHEN:
            return True
        return self._covers(letter) or all(map(self._covers, unicodedata.normalize("NFD", letter)))

    def _covers(self, letter: str) -> bool:
        return any(first <= ord(letter) <= last for first, last in self.ranges)


@dataclass(frozen=True, slots=True)
class Installed:
    """The fonts that are there: ``faces`` by :func:`face_key`."""

    faces: Mapping[str, Face] = field(default_factory=dict)

    def has(self, family: str) -> bool:
        """Tell whether ``family`` itself is there."""
        return bool(self._faces(family))

    def faces_for(self, family: str) -> Mapping[str, Face]:
        """Return the faces in which text that names ``family`` may be set: its own and its twins'."""
        faces = self._faces(family)
        for twin in twins(family):
            found = self._faces(twin.instead)
            # signs at places of their own
            faces |= {key: replace(face, ranges=_ALL) for key, face in found.items()} if twin.symbols else found
        return faces

    def family_of(self, face: str) -> str:
        """Return a family of ``face``; the face itself where it is unknown."""
        known = self.faces.get(face_key(face))
        return min(known.families, key=len) if known else face

    def replacements(self) -> Iterator[tuple[str, str]]:
        """Yield each family that is not there with the one that LibreOffice is told to take instead."""
        for twin in TWINS:
            if not twin.symbols and not self.has(twin.family) and self.has(twin.instead):
                yield twin.family, twin.instead

    def _faces(self, family: str) -> dict[str, Face]:
        wanted = family_key(family)
        return {key: face for key, face in self.faces.items() if wanted in map(family_key, face.families)}


def twins(family: str) -> tuple[Twin, ...]:
    """Return what may stand in for ``family``."""
    return tuple(twin for twin in TWINS if family_key(twin.family) == family_key(family))


def family_key(family: str) -> str:
    """Return ``family`` as names of families are compared: without case."""
    return " ".join(family.casefold().split())


def face_key(name: str) -> str:
    """Return a face's name as such are compared: LibreOffice writes ``URWBookmanDemi`` for ``URW Bookman Demi``."""
    return "".join(character for character in name.casefold() if character.isalnum())


def list_fonts(environment: Mapping[str, str]) -> tuple[str, Installed]:
    """Return SHA-256 of names and versions of all fonts that fontconfig lists, and the fonts.

    Raises:
        OfficeError: it cannot be asked; says what to install.
    """
    command = ["fc-list", "--format", _FORMAT]
    try:
        listed = subprocess.run(command, capture_output=True, check=True, timeout=60, env=environment)  # noqa: S603  constant
    except (OSError, subprocess.SubprocessError) as fault:
        raise OfficeError("OFFICE_NO_FONTS", command="apt-get install fontconfig") from fault
    lines = [line.split(b"\t") for line in listed.stdout.splitlines() if line.count(b"\t") == _FORMAT.count("\t")]
    faces: dict[str, Face] = {}
    for described, names, kind, ranges in lines:
        if kind in _USED:
            face = Face(frozenset(_listed(described.partition(b"|")[0])), tuple(_ranges(ranges)))
            faces |= {face_key(name): face for name in _listed(names)}
    return hashlib.sha256(b"\n".join(sorted({line[0] for line in lines}))).hexdigest(), Installed(faces)


def _listed(column: bytes) -> list[str]:
    return [name for name in column.decode(errors="replace").split(",") if name]


def _ranges(column: bytes) -> Iterator[tuple[int, int]]:
    for stretch in column.split():
        first, _, last = stretch.partition(b"-")
        yield int(first, 16), int(last or first, 16)
