"""The sheet ``Petunjuk``: how to fill in the workbook, for people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pkdocs.messages import Language, text
from pkdocs.spreadsheet import Cell, Column, Format, Sheet, Style
from pkdocs.workbook import GUIDE
from pkdocs.workplace.field import Need
from pkdocs.workplace.forms import PROFILE, SHEETS, Form

WORKBOOK: Final = "buku-kerja.xlsx"
"""The workbook's file in a workplace."""

_WIDTHS: Final = (30, 84, 26, 36, 26)
"""Column or subject, what belongs there, when, example, source."""

_BEFORE: Final[Mapping[str, Sequence[str]]] = {"WORK": ("PURPOSE", "ORDER", "MARKS", "HELP", "KEEP", "SHARE")}
_AFTER: Final[Mapping[str, Sequence[str]]] = {
    "CODES": ("POSITION_CODE", "HOLDER_NUMBER", "INDICATOR_CODE", "PARENT"),
    "PEOPLE": ("TEAM_LEAD", "ACTING", "STAND_IN", "PENJABAT", "VACANT", "HIMSELF", "SUCCESSOR", "NO_NIP"),
    "MISTAKES": (
        "PASTE", "NIP", "NIK", "DECIMALS", "DATES", "TITLES", "NAMES", "SPELLING", "DIRECTION", "QUARTERS", "FORMULAS",
    ),
    "CHECK": ("CHECK_RUN", "CHECK_READ", "CHECK_NEXT"),
}  # fmt: skip
"""Sections with their subjects, before and after the sheets; a subject's first line is its name."""


def guide_sheet(language: Language) -> Sheet:
    """Return the sheet; it has no header, and the reader passes it over."""
    rows = [[Cell(text("GUIDE_TITLE", language), Style.TITLE)]]
    for section, subjects in _BEFORE.items():
        rows += _section(section, subjects, language)
    for form in (PROFILE, *SHEETS):
        rows += _form(form, language)
    for section, subjects in _AFTER.items():
        rows += _section(section, subjects, language)
    return Sheet(GUIDE, tuple(Column(width) for width in _WIDTHS), rows, has_header=False)


def _section(section: str, subjects: Sequence[str], language: Language) -> Iterator[list[Cell]]:
    yield from _heading(text(f"GUIDE_{section}", language))
    for subject in subjects:
        name, _, said = text(f"GUIDE_{subject}", language, {"workbook": WORKBOOK}).partition("\n")
        yield [Cell(name, Style.LABEL), Cell(said, Style.PROSE)]


def _form(form: Form, language: Language) -> Iterator[list[Cell]]:
    yield from _heading(text("GUIDE_SHEET", language, {"sheet": form.name}))
    yield [Cell(), Cell(text(f"GUIDE_SHEET_{form.name.upper()}", language), Style.PROSE)]
    titles = (text(f"GUIDE_HEADER_{title}", language) for title in ("FIELD", "MEANING", "NEED", "EXAMPLE", "SOURCE"))
    yield [Cell(title, Style.HEADER) for title in titles]
    for field in form.fields:
        need = field.need_in(form.required)
        yield [
            Cell(field.name, Style.LABEL),
            Cell(field.meaning(form.name, language), Style.PROSE),
            Cell(text(f"NEED_{need}", language), Style.LABEL if need is Need.ALWAYS else Style.PROSE),
            Cell(field.example, Style.PROSE, Format.TEXT),
            Cell(text(f"SOURCE_{field.source}", language), Style.PROSE),
        ]


def _heading(title: str) -> Iterator[list[Cell]]:
    yield []
    yield [Cell(title, Style.HEADING), *(Cell(style=Style.HEADING) for _ in _WIDTHS[1:])]
