"""What files were judged by: what each is for, where it lay, and its digest, so that a report is bound to them."""

from dataclasses import dataclass
from enum import StrEnum


class Use(StrEnum):
    """What a file was for.

    ``HEAD``: a head that was compared with the one that was named; ``RECORD``: an evidence record.
    """

    TRUST = "trust"
    REGISTER = "register"
    LIST = "list"
    PROOF = "proof"
    HEAD = "head"
    RECORD = "record"
    WORKBOOK = "workbook"
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class Basis:
    """A file as it was read: ``sha256`` in hexadecimal, '' for one that could not be read."""

    use: Use
    file: str
    sha256: str
