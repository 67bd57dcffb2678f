"""Tables of how far signing has come and what it came to: by level, by unit."""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from pkdocs.chain import SetVerdict
from pkdocs.messages import Language, text
from pkdocs.report.html.markup import Html, element
from pkdocs.report.html.parts import section, table, unit_anchor
from pkdocs.report.outline import Entry, by_level, tally, units
from pkdocs.report.wording import MARKS, number
from pkdocs.verification import Result

RESULTS: Final = tuple(result for result in Result if result is not Result.NOT_JUDGED)

_SIGNED: Final = ("REPORT_COLUMN_UNSIGNED", "REPORT_COLUMN_PARTLY", "REPORT_COLUMN_FULLY")


def completeness_section(verdict: SetVerdict, language: Language) -> Html:
    """Return the tables of all levels and of all units; a unit's name leads to its agreements."""
    found = units(verdict)
    total = text("REPORT_TOTAL", language), [entry for unit in found for entry in unit.entries]
    linked = [
        (element("a", unit.name, href=f"#{unit_anchor(place)}"), unit.entries)
        for place, unit in enumerate(found, start=1)
    ]
    return section(
        "completeness",
        language,
        element("p", text("REPORT_SIGNED_LEAD", language)),
        level_table(text("REPORT_BY_LEVEL", language), total[1], language),
        _table(text("REPORT_BY_UNIT", language), "REPORT_COLUMN_UNIT", [*linked, total], language),
    )


def level_table(caption: str, entries: Collection[Entry], language: Language) -> Html:
    """Return the table of ``entries`` by level."""
    rows = [*by_level(entries).items(), (text("REPORT_TOTAL", language), entries)]
    return _table(caption, "REPORT_COLUMN_LEVEL", rows, language)


def _table(caption: str, heading: str, rows: Iterable[tuple[str, Collection[Entry]]], language: Language) -> Html:
    columns = [text(column, language) for column in (heading, "REPORT_COLUMN_AGREEMENTS", *_SIGNED)]
    results = [f"{MARKS[result]} {text(f'REPORT_RESULT_{result.name}', language)}" for result in RESULTS]
    return table(caption, [*columns, *results], (_row(*row, language) for row in rows), class_="wide counts totalled")


def _row(label: str, entries: Collection[Entry], language: Language) -> Iterator[str]:
    counted = tally(entries)
    yield label
    for count in (counted.agreements, counted.unsigned, counted.partly, counted.fully):
        yield number(count, language)
    for result in RESULTS:
        yield number(counted.results[result], language)
