"""The longest section of the page: from each unit to its levels, their agreements, and what was found of each."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pkdocs.chain import AgreementVerdict, Borne, SetVerdict
from pkdocs.content import Role
from pkdocs.messages import Language, text
from pkdocs.report.completeness import Part, by_unit
from pkdocs.report.html.completeness import level_table
from pkdocs.report.html.markup import Html, element, join
from pkdocs.report.html.parts import anchor, badge, code, facts, findings, link, section, small, style, unit_anchor
from pkdocs.report.outline import CAUSES, Entry, unread
from pkdocs.report.wording import MARKS, borne_words, level_name, moment, number, state_of
from pkdocs.roster import Level
from pkdocs.verification import Result

RESULTS: Final = tuple(result for result in Result if result is not Result.NOT_JUDGED)


def agreements_section(verdict: SetVerdict, language: Language) -> Html:
    """Return all units with their agreements; where something is wrong the unit is open."""
    parts = by_unit(verdict)
    return section(
        "agreements",
        language,
        element("p", text("REPORT_EXTRACT", language), " ", code(text("REPORT_EXTRACT_COMMAND", language))),
        _filter(verdict, parts, language),
        *(
            _unit(place, name, part, language)
            for place, (name, part) in enumerate(parts.items(), start=1)
            if part.entries
        ),
    )


def _filter(verdict: SetVerdict, parts: Mapping[str, Part], language: Language) -> Html:
    """Return the controls, which are hidden until a script makes them work."""
    levels = {entry.content.position.level for part in parts.values() for entry in part.entries}
    found = {finding.code for agreement in verdict.agreements for finding in agreement.findings}
    choices = {
        "result": ((result, f"{MARKS[result]} {result}") for result in RESULTS),
        "unit": ((unit_anchor(place), name) for place, name in enumerate(parts, start=1) if parts[name].entries),
        "level": ((level, level) for level in Level if level in levels),
        "code": ((one, one) for one in sorted(found)),
    }
    counted = text("REPORT_SHOWN", language, {"shown": "{shown}", "total": "{total}"})
    return element(
        "form",
        element("label", text("REPORT_FILTER_WORDS", language), element("input", type="search", name="words")),
        *(_choice(name, options, language) for name, options in choices.items()),
        element("button", text("REPORT_OPEN_ALL", language), type="button", name="open"),
        element("button", text("REPORT_CLOSE_ALL", language), type="button", name="close"),
        element("output", "", data_counted=counted, aria_live="polite"),
        class_="filter",
        aria_label=text("REPORT_FILTER", language),
        hidden=True,
    )


def _choice(name: str, options: Iterable[tuple[str, str]], language: Language) -> Html:
    everything = element("option", text("REPORT_FILTER_ALL", language), value="")
    offered = (element("option", label, value=value) for value, label in options)
    label = text(f"REPORT_COLUMN_{name.upper()}", language)
    return element("label", label, element("select", everything, *offered, name=name))


def _unit(place: int, name: str, part: Part, language: Language) -> Html:
    return element(
        "details",
        element("summary", element("h3", name), " ", _counts(part, language)),
        _levels(name, part, language),
        *(_level(level, below, language) for level, below in part.levels.items() if below.entries),
        class_="unit",
        id=unit_anchor(place),
        open=_is_wrong(part),
    )


def _is_wrong(part: Part) -> bool:
    return any(entry.agreement.own is not Result.PASSED for entry in part.entries)


def _levels(name: str, part: Part, language: Language) -> Html:
    """Return the unit's table by level; with one level alone its heading says as much."""
    if len(part.levels) == 1:
        return join()
    return level_table(text("REPORT_LEVELS_OF", language, {"unit": name}), part, language)


def _level(level: Level | None, part: Part, language: Language) -> Html:
    return element(
        "details",
        element("summary", element("h4", level_name(level)), " ", _counts(part, language)),
        *(_entry(entry, language) for entry in part.entries),
        class_="level",
        open=_is_wrong(part),
    )


def _counts(part: Part, language: Language) -> Html:
    counted = part.tally
    agreements = text("REPORT_UNIT_COUNT", language, {"count": number(counted.present, language)})
    results = [
        f"{MARKS[result]} {number(count, language)} {text(f'REPORT_RESULT_{result.name}', language)}"
        for result in RESULTS
        if (count := counted.results[result])
    ]
    return small(" · ".join((agreements, *results)))


def _entry(entry: Entry, language: Language) -> Html:
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
        class_="agreement",
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
    for role in content.roles:
        yield text(f"ROLE_{role.name}", language), _party(entry, role, language)
    for one in agreement.borne:
        if one.role not in content.roles:
            yield text(f"ROLE_{one.role.name}", language) if one.role else one.field, _borne(one, language)
    if state := state_of(agreement, language):
        yield text("REPORT_STATE", language), state
    if agreement.completed is not None and agreement.due is not None:
        late, days = agreement.is_late, {"at": moment(agreement.completed), "due": agreement.due.isoformat()}
        yield text("REPORT_COMPLETED", language), text("REPORT_LATE" if late else "REPORT_IN_TIME", language, days)
    if agreement.parent is not None:
        yield text("REPORT_PARENT", language), _parent(entry.above, agreement.parent, language)
    yield text("REPORT_OWN", language), badge(agreement.own)
    yield text("REPORT_FILE", language), code(agreement.file)
    yield _digest(agreement)


def _party(entry: Entry, role: Role, language: Language) -> str:
    party = entry.content.party(role)
    named = f"{party.office}, {party.name}" if party else ""
    told = [_borne(one, language) for one in entry.agreement.borne if one.role is role]
    return join(named, *(told or [element("p", text("REPORT_NOT_SIGNED", language))]))


def _borne(one: Borne, language: Language) -> Html:
    signed = text("REPORT_BORNE_SIGNED", language, {"length": number(one.length, language)})
    return element("p", borne_words(one, language), " ", small(signed), " ", code(one.sha256), class_="borne")


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
