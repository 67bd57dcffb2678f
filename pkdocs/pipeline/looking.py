"""One file under audit, looked at in a process of its own or in one that lasts; what comes of it goes to the parent."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pkdocs.files import read_regular
from pkdocs.messages import Said, reason_of
from pkdocs.verification import Facts, examine_pdf, unread_facts
from pkdocs.verification.layout import MAX_FILE_BYTES
from pkdocs.verification.parcel import pack


def examine_file(file: Path) -> Facts:
    """Return the facts of a file; one that cannot be read counts as such."""
    try:
        return examine_pdf(_read(file))
    except OSError as fault:
        return unread_facts(reason_of(fault))


def lost_file(_file: Path) -> Facts:
    """Return the facts of a file whose process did not come to an end."""
    return unread_facts(Said("EXAMINATION_LOST"))


def _read(file: Path) -> bytes:
    return read_regular(file, limit=MAX_FILE_BYTES)


@dataclass(frozen=True, slots=True)
class Look:
    """How files are looked at; what is found comes packed.

    ``quick`` gives the facts of a file whose bytes are exactly in our own form and that the register lists, without
    a library that could be led astray; None of any other.
    """

    quick: Callable[[bytes], Facts | None]

    def quickly(self, file: Path) -> bytes | None:
        """Return the facts of a file that ``quick`` knows; None of any other, and of one that cannot be read."""
        try:
            facts = self.quick(_read(file))
        except OSError:
            return None
        return None if facts is None else pack(facts)

    def strictly(self, file: Path) -> bytes:
        """Return the facts of any file."""
        return pack(examine_file(file))

    def lost(self, file: Path) -> bytes:
        """Return the facts of a file whose process did not come to an end."""
        return pack(lost_file(file))
