"""Sheet ``Paparan``: the review of a position's promises before signing."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from pkdocs.plan import Review
from pkdocs.problem import EVERYTHING, Problem
from pkdocs.workbook.entry import Choices, Entry, entries
from pkdocs.workbook.table import SheetSpec, Table

SPEC: Final = SheetSpec("Paparan", ("Kode Jabatan", "Hasil"), ("Tanggal", "Penelaah", "Catatan"))


class Result(StrEnum):
    """What the review came to."""

    ACCEPTED = "Diterima"
    RETURNED = "Dikembalikan"


RESULTS: Final = Choices.of(Result)


def read_reviews(tables: Iterable[Table]) -> tuple[tuple[Review, ...], list[Problem]]:
    """Return the rows without errors, in their order."""
    reviews: list[Review] = []
    problems: list[Problem] = []
    for entry in entries(tables):
        review = _read_review(entry)
        if not entry.failed:
            reviews.append(review)
        problems += entry.problems()
    return tuple(reviews), problems


def _read_review(entry: Entry) -> Review:
    position = entry.key("Kode Jabatan", required=True)
    entry.touches = {position} if position else EVERYTHING
    return Review(
        place=entry.place,
        position=position,
        day=entry.day("Tanggal"),
        reviewer=entry.text("Penelaah"),
        accepted=entry.choice("Hasil", RESULTS, required=True) is Result.ACCEPTED,
        remark=entry.text("Catatan"),
    )
