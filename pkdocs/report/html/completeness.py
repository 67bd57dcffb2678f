"""Tables of what must be there, what is there and what it came to: by level, by unit; and what is not there."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pkdocs.chain import Expected, SetVerdict
from pkdocs.messages import Language, text
from pkdocs.report.completeness import Part, by_unit, missing, whole
from pkdocs.report.html.markup import Html, element, join
from pkdocs.report.html.parts import section, table, unit_anchor
from pkdocs.report.wording import TALLIES, level_name, number, tally_words

_MOST_MISSING: Final = 500


def completeness_section(verdict: SetVerdict, language: Language) -> Html:
    """Return the tables of all levels and of all units; a unit's name leads to its agreements."""
    found, everything = by_unit(verdict), whole(verdict)
    rows = [*_linked(found), (text("REPORT_TOTAL", language), everything)]
    return section(
        "completeness",
        language,
        element("p", text("REPORT_SIGNED_LEAD", language)),
        element("p", text("REPORT_REQUIRED_LEAD" if verdict.expected is not None else "REPORT_UNKNOWN_LEAD", language)),
        _undated(everything, language),
        level_table(text("REPORT_BY_LEVEL", language), everything, language),
        _table(text("REPORT_BY_UNIT", language), "REPORT_COLUMN_UNIT", rows, language),
        _missing_table(missing(verdict), language),
    )


def _linked(found: Mapping[str, Part]) -> Iterator[tuple[str, Part]]:
    for place, (name, part) in enumerate(found.items(), start=1):
        yield element("a", name, href=f"#{unit_anchor(place)}") if part.entries else name, part


def _undated(everything: Part, language: Language) -> Html:
    undated = everything.tally.undated
    counted = {"count": number(undated, language)}
    return element("p", text("REPORT_UNDATED", language, counted)) if undated else join()


def level_table(caption: str, part: Part, language: Language) -> Html:
    """Return the table of ``part`` by level."""
    levels = ((level_name(level), below) for level, below in part.levels.items())
    return _table(caption, "REPORT_COLUMN_LEVEL", [*levels, (text("REPORT_TOTAL", language), part)], language)


def _table(caption: str, heading: str, rows: Iterable[tuple[str, Part]], language: Language) -> Html:
    columns = (text(column, language) for column in (heading, *TALLIES))
    cells = ((label, *tally_words(part.tally, language)) for label, part in rows)
    return table(caption, columns, cells, class_="wide counts totalled")


def _missing_table(absent: tuple[Expected, ...], language: Language) -> Html:
    if not absent:
        return join()
    columns = ("REPORT_COLUMN_ID", "REPORT_COLUMN_UNIT", "REPORT_COLUMN_LEVEL")
    rows = ((one.id, one.unit, level_name(one.level)) for one in absent[:_MOST_MISSING])
    more = len(absent) - _MOST_MISSING
    return join(
        table(text("REPORT_NOT_THERE", language), (text(column, language) for column in columns), rows),
        element("p", text("AND_MORE", language, {"count": number(more, language)})) if more > 0 else "",
    )
