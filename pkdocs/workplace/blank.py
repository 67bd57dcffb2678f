"""The workbook to fill in, as ``.xlsx``."""

from datetime import date
from itertools import zip_longest
from typing import Final

from pkdocs.messages import Language, text
from pkdocs.spreadsheet import Cell, Column, Days, ListOf, Rule, Sheet, Style, Whole, write_spreadsheet
from pkdocs.workbook import LISTS, government
from pkdocs.workplace.field import CodeOf, Field, Need, Way
from pkdocs.workplace.forms import PROFILE, SHEETS, Form
from pkdocs.workplace.guide import guide_sheet
from pkdocs.workplace.listing import LISTINGS, Listing

FILTERED: Final = 5_000
"""Rows that the filters of a header reach: more than a city's officials."""

_FIRST_DAY, _LAST_DAY = date(1950, 1, 1), date(2100, 12, 31)
_MOST_RUPIAH: Final = 999_999_999_999_999
_KEY, _VALUE, _EXPLAINED = 32, 46, 90


def blank_workbook(language: Language, day: date) -> bytes:
    """Return a workbook of all sheets without rows; what has a usual value in ``Profil`` has it.

    Sheets, headers and choices are as the reader knows them, explanations in ``language``. Closed lists refuse
    what is not on them; codes of other sheets drop down too, but others may be typed. Cells of identifiers and
    targets wait as text, so that nothing typed there becomes a number or a date. ``day`` is that of the file.
    """
    sheets = [guide_sheet(language), _profile(language), *(_form(form, language) for form in SHEETS), _lists()]
    return write_spreadsheet(sheets, day)


def _profile(language: Language) -> Sheet:
    """Return ``Profil``; the third column explains, and for want of a header the reader does not see it."""
    key, value = government.SPEC.columns
    columns = (
        Column(_KEY, key, Style.REQUIRED_HEADER),
        Column(_VALUE, value, Style.REQUIRED_HEADER),
        Column(_EXPLAINED, style=Style.PLAIN),
    )
    rows = []
    for field in PROFILE.fields:
        is_required = field.need_in(PROFILE.required) is Need.ALWAYS
        rows.append(
            [
                Cell(field.name, Style.LABEL if is_required else Style.PROSE),
                Cell(field.usual or None, Style.PROSE, field.format, _rule(PROFILE, field, language), is_required),
                Cell(_explained(PROFILE, field, language), Style.REMARK),
            ]
        )
    return Sheet(PROFILE.name, columns, rows)


def _form(form: Form, language: Language) -> Sheet:
    columns = tuple(
        Column(
            field.column_width,
            field.name,
            Style.REQUIRED_HEADER if field.name in form.required else Style.HEADER,
            field.format,
            _rule(form, field, language),
            is_wrapped=field.kind is Way.PROSE,
        )
        for field in form.fields
    )
    return Sheet(form.name, columns, filtered=FILTERED)


def _lists() -> Sheet:
    columns = tuple(Column(max(map(len, (entry.name, *entry.values))) + 2, entry.name) for entry in LISTINGS)
    return Sheet(LISTS, columns, zip_longest(*(entry.values for entry in LISTINGS)))


def _explained(form: Form, field: Field, language: Language) -> str:
    meaning = field.meaning(form.name, language)
    if isinstance(field.kind, Listing):
        return meaning
    return f"{meaning} {text('FILL_EXAMPLE', language, {'example': field.example})}"


def _rule(form: Form, field: Field, language: Language) -> Rule:
    return Rule(field.name, _explained(form, field, language), *_allowed(field, language))


def _allowed(field: Field, language: Language) -> tuple[ListOf | Whole | Days | None, str, bool]:
    """Return what may be typed, how anything else is refused, and whether one may insist on it."""
    match field.kind:
        case Listing() as kind:
            cells = ListOf(LISTS, LISTINGS.index(kind) + 1, len(kind.values))
            return cells, text("REFUSE_LISTING", language, {"sheet": LISTS}), False
        case CodeOf() as kind:
            known = {"sheet": kind.sheet, "column": kind.column}
            return ListOf(kind.sheet, _place(kind)), text("REFUSE_CODE", language, known), True
        case Whole() as kind:
            return kind, text("REFUSE_WHOLE", language, {"low": kind.low, "high": kind.high}), False
        case Way.DAY:
            return Days(_FIRST_DAY, _LAST_DAY), text("REFUSE_DAY", language), False
        case Way.AMOUNT:
            return Whole(0, _MOST_RUPIAH), text("REFUSE_AMOUNT", language), False
        case _:
            return None, "", False


def _place(kind: CodeOf) -> int:
    (fields,) = (form.fields for form in SHEETS if form.name == kind.sheet)
    return 1 + [field.name for field in fields].index(kind.column)
