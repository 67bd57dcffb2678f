"""The longest section of the page: each unit, its agreements in the order of the tree, their findings."""

from collections.abc import Iterator
from typing import Final

from pkdocs.chain import AgreementVerdict, SetVerdict
from pkdocs.content import Role
from pkdocs.messages import Language, text
from pkdocs.report.html.completeness import RESULTS, level_table
from pkdocs.report.html.markup import Html, element, join
from pkdocs.report.html.parts import anchor, badge, code, facts, findings, link, section, small, style, unit_anchor
from pkdocs.report.outline import CAUSES, Entry, Unit, by_level, tally, units, unread
from pkdocs.report.wording import MARKS, number
from pkdocs.roster import Level
from pkdocs.verification import Result

_DEEPEST_INDENT: Final = 6


def agreements_section(verdict: SetVerdict, language: Language) -> Html:
    """Return all units with their agreements; where something is wrong the unit is open."""
    return section(
        "agreements",
        language,
        _filter(language),
        *(_unit(place, unit, language) for place, unit in enumerate(units(verdict), start=1)),
    )


def _filter(language: Language) -> Html:
    """Return the controls, which are hidden until a script makes them work."""
    everything = element("option", text("REPORT_FILTER_ALL", language), value="")
    results = (element("option", f"{MARKS[result]} {result}", value=result) for result in RESULTS)
    levels = (element("option", level, value=level) for level in Level)
    counted = text("REPORT_SHOWN", language, {"shown": "{shown}", "total": "{total}"})
    return element(
        "form",
        element("label", text("REPORT_FILTER_WORDS", language), element("input", type="search", name="words")),
        element(
            "label", text("REPORT_COLUMN_RESULT", language), element("select", everything, *results, name="result")
        ),
        element("label", text("REPORT_COLUMN_LEVEL", language), element("select", everything, *levels, name="level")),
        element("button", text("REPORT_OPEN_ALL", language), type="button", name="open"),
        element("button", text("REPORT_CLOSE_ALL", language), type="button", name="close"),
        element("output", "", data_counted=counted, aria_live="polite"),
        class_="filter",
        aria_label=text("REPORT_FILTER", language),
        hidden=True,
    )


def _unit(place: int, unit: Unit, language: Language) -> Html:
    top = min(entry.agreement.depth for entry in unit.entries)
    return element(
        "details",
        element("summary", element("h3", unit.name), " ", _unit_counts(unit, language)),
        _levels(unit, language),
        *(_entry(entry, entry.agreement.depth - top, language) for entry in unit.entries),
        class_="unit",
        id=unit_anchor(place),
        open=any(entry.agreement.own is not Result.PASSED for entry in unit.entries),
    )


def _levels(unit: Unit, language: Language) -> Html:
    """Return the unit's table by level; with one level alone its heading says as much."""
    if len(by_level(unit.entries)) == 1:
        return join()
    return level_table(text("REPORT_LEVELS_OF", language, {"unit": unit.name}), unit.entries, language)


def _unit_counts(unit: Unit, language: Language) -> Html:
    counted = tally(unit.entries)
    agreements = text("REPORT_UNIT_COUNT", language, {"count": number(counted.agreements, language)})
    results = [
        f"{MARKS[result]} {number(count, language)} {text(f'REPORT_RESULT_{result.name}', language)}"
        for result in RESULTS
        if (count := counted.results[result])
    ]
    return small(" · ".join((agreements, *results)))


def _entry(entry: Entry, indent: int, language: Language) -> Html:
    agreement, content = entry.agreement, entry.content
    party = content.parties.first
    counted = {"signed": len(agreement.signed), "required": len(content.roles)}
    return element(
        "details",
        element(
            "summary",
            badge(agreement.result),
            " ",
            element("b", content.id),
            " ",
            small(text("REPORT_SIGNATURES", language, counted)),
            *_codes(agreement),
            " ",
            element("span", f"{party.office} ({party.name})", class_="who"),
        ),
        facts(_facts(entry, language)),
        findings(agreement.findings, language),
        class_=f"agreement in{min(indent, _DEEPEST_INDENT)}",
        id=anchor(entry.place),
        data_result=agreement.result,
        data_level=content.position.level,
    )


def _codes(agreement: AgreementVerdict) -> Iterator[str]:
    for found in dict.fromkeys(finding.code for finding in agreement.findings if finding.weight in CAUSES):
        yield " "
        yield code(found)


def _facts(entry: Entry, language: Language) -> Iterator[tuple[str, str]]:
    agreement, content = entry.agreement, entry.content
    yield text("REPORT_COLUMN_LEVEL", language), content.position.level
    for role in content.roles:
        yield text(f"ROLE_{role.name}", language), _party(entry, role, language)
    if agreement.parent is not None:
        yield text("REPORT_PARENT", language), _parent(entry.above, agreement.parent, language)
    yield text("REPORT_OWN", language), badge(agreement.own)
    yield text("REPORT_FILE", language), code(agreement.file)
    yield _digest(agreement)


def _party(entry: Entry, role: Role, language: Language) -> str:
    party = entry.content.party(role)
    signed = text("REPORT_INTACT" if role in entry.agreement.signed else "REPORT_NOT_SIGNED", language)
    return f"{party.office}, {party.name}: {signed}" if party else signed


def _parent(above: int | None, parent: str, language: Language) -> str:
    return link(above, parent) if above else text("REPORT_PARENT_NOT_HERE", language, {"parent": parent})


def _digest(agreement: AgreementVerdict) -> tuple[str, str]:
    return "SHA-256", code(agreement.sha256)


def unread_section(verdict: SetVerdict, language: Language) -> Html:
    """Return the files that could not be read as agreements."""
    files = unread(verdict)
    return section(
        "unread",
        language,
        element("p", text("REPORT_UNREAD_LEAD" if files else "REPORT_NO_CAUSES", language)),
        *(_unread(place, agreement, language) for place, agreement in files),
    )


def _unread(place: int, agreement: AgreementVerdict, language: Language) -> Html:
    return element(
        "article",
        element("h3", badge(agreement.result), " ", code(agreement.file)),
        facts([_digest(agreement)]),
        findings(agreement.findings, language),
        class_=style(agreement.result),
        id=anchor(place),
    )
