"""PDF files that pkdocs makes beside agreements, and that say in their catalog what they are.

They are never judged or taken for agreements, and only reports are ever signed. An issued file cannot say so: its
catalog is closed (docs/chain.md, section 2), so nobody gains by a file that only looks like one of these.
"""

from datetime import date
from enum import StrEnum
from typing import Final

from pkdocs.issue.metadata import pdf_date

BEGINNING_BYTES: Final = 1024
"""How far into the file the catalog is looked for, which its writer puts first."""


class Companion(StrEnum):
    """What such a file is."""

    PRINT = "pkdocs-cetak"
    INVENTORY = "pkdocs-daftar"
    RECEIPT = "pkdocs-tanda-terima"
    REPORT = "pkdocs-laporan"


def piece_info(kind: Companion, day: date) -> str:
    """Return the catalog's ``/PieceInfo`` (ISO 32000-2, 14.5) of a file of that kind; ``day`` stands for its change."""
    return f"<< /pkdocs << /LastModified ({pdf_date(day)}) /Private /{kind} >> >>"


def companion_kind(beginning: bytes) -> Companion | None:
    """Tell by the first ``BEGINNING_BYTES`` of a file what it says it is; None for all others."""
    said = beginning[:BEGINNING_BYTES]
    return next((kind for kind in Companion if f"/Private /{kind} ".encode() in said), None)
