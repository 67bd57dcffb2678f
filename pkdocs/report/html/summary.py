"""The first sections of the page: what came out, and what it rests on."""

from collections.abc import Iterator

from pkdocs.chain import SetVerdict
from pkdocs.messages import Language, text
from pkdocs.report.html.markup import Html, element, join
from pkdocs.report.html.parts import badge, code, facts, findings, section, small, style, table
from pkdocs.report.json import PROGRAM
from pkdocs.report.outline import heaviest_first, overall, unread
from pkdocs.report.wording import MARKS, MOST_RECORDS, moment, number, register_line, states_line
from pkdocs.verification import Result
from pkdocs.verification.basis import Use


def summary_section(verdict: SetVerdict, language: Language) -> Html:
    """Return the headline, the four counts, and what is said of the set."""
    return section(
        "summary",
        language,
        _headline(verdict, language),
        _counts(verdict, language),
        *_states(verdict, language),
        element("h3", text("REPORT_ABOUT_SET", language)),
        element("p", badge(verdict.result), " ", text(f"REPORT_MEANING_{verdict.result.name}", language)),
        findings(sorted(verdict.findings, key=heaviest_first), language),
    )


def _headline(verdict: SetVerdict, language: Language) -> Html:
    result = overall(verdict)
    passed, total = verdict.summary[Result.PASSED], len(verdict.agreements)
    counted = {"passed": number(passed, language), "total": number(total, language)}
    return element(
        "div",
        element("p", MARKS[result], class_="mark", aria_hidden="true"),
        element("p", element("strong", text(f"REPORT_HEADLINE_{result.name}", language))),
        element("p", text("REPORT_PASSED_OF", language, counted)),
        class_=f"headline {style(result)}",
    )


def _counts(verdict: SetVerdict, language: Language) -> Html:
    columns = (text("REPORT_COLUMN_RESULT", language), text("REPORT_COLUMN_FILES", language))
    rows = (
        (join(badge(result), small(text(f"REPORT_MEANING_{result.name}", language))), number(count, language))
        for result, count in verdict.summary.items()
    )
    return table(text("REPORT_RESULTS", language), columns, rows, class_="wide counts results")


def _states(verdict: SetVerdict, language: Language) -> Iterator[Html]:
    if states := states_line((one.phase for one in verdict.agreements), language):
        yield element("p", element("b", text("REPORT_STATE", language), ": "), states)


def basis_section(verdict: SetVerdict, language: Language) -> Html:
    """Return what was judged, when, by whom trusted and by which program."""
    binding = text("REPORT_BINDING", language, {"at": verdict.at.isoformat()})
    return section(
        "basis",
        language,
        facts((text(term, language), value) for term, value in _basis(verdict, language)),
        _sources(verdict, language),
        element("p", binding),
    )


def _basis(verdict: SetVerdict, language: Language) -> Iterator[tuple[str, str]]:
    yield "REPORT_ORGANISATION", verdict.organisation or "-"
    yield "REPORT_AT", element("time", moment(verdict.at), datetime=verdict.at.isoformat())
    yield "REPORT_FILES", _files(verdict, language)
    yield "REPORT_TRUST", code(verdict.trust)
    absent = "REPORT_REGISTER_ABSENT" if verdict.result is Result.NOT_JUDGED else "REGISTER_NOT_BELIEVED"
    yield "REPORT_REGISTER", register_line(verdict.register, language) if verdict.register else text(absent, language)
    yield "REPORT_PROGRAM", PROGRAM
    yield "REPORT_POLICY", verdict.policy
    yield "REPORT_LOOK", text("REPORT_LOOK_THOROUGH" if verdict.thorough else "REPORT_LOOK_USUAL", language)


def _sources(verdict: SetVerdict, language: Language) -> Html:
    columns = ("REPORT_COLUMN_USE", "REPORT_COLUMN_FILE", "REPORT_COLUMN_DIGEST")
    records = [one for one in verdict.sources if one.use is Use.RECORD]
    shown = [one for one in verdict.sources if one.use is not Use.RECORD] + records[:MOST_RECORDS]
    rows = ((text(f"REPORT_USE_{one.use.name}", language), code(one.file), code(one.sha256)) for one in shown)
    listed = table(text("REPORT_SOURCES", language), (text(column, language) for column in columns), rows)
    more = {"count": number(len(records) - MOST_RECORDS, language)}
    return (
        join(listed, element("p", text("REPORT_MORE_RECORDS", language, more)))
        if len(records) > MOST_RECORDS
        else listed
    )


def _files(verdict: SetVerdict, language: Language) -> str:
    count, lost = number(len(verdict.agreements), language), len(unread(verdict))
    return text("REPORT_FILES_UNREAD", language, {"count": count, "unread": number(lost, language)}) if lost else count
