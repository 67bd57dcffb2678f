"""Sections of findings by kind: what keeps agreements from passing, and what is only worth knowing."""

from typing import Final

from pkdocs.chain import SetVerdict
from pkdocs.messages import Language, text
from pkdocs.report.html.markup import Html, element
from pkdocs.report.html.parts import code, link, section, small, step_name, table, weight_label
from pkdocs.report.outline import CAUSES, REMARKS, Case, Kind, kinds
from pkdocs.report.wording import number

_MOST_OF_A_KIND: Final = 20


def causes_section(verdict: SetVerdict, language: Language) -> Html:
    """Return the first causes by kind, each with what to do."""
    causes = [_cause(kind, language) for kind in kinds(verdict, CAUSES)]
    return section(
        "causes",
        language,
        element("p", text("REPORT_CAUSES_LEAD" if causes else "REPORT_NO_CAUSES", language)),
        *causes,
    )


def _cause(kind: Kind, language: Language) -> Html:
    step, more = kind.example.step, len(kind.cases) - _MOST_OF_A_KIND
    count = text("REPORT_KIND_COUNT", language, {"count": number(len(kind.cases), language)})
    return element(
        "article",
        element(
            "h3",
            weight_label(kind.weight, language),
            " ",
            code(kind.code),
            " ",
            small(f"{step_name(step, language)} · {count}"),
        ),
        element("ul", *(_case(case, language) for case in kind.cases[:_MOST_OF_A_KIND])),
        element("p", text("AND_MORE", language, {"count": number(more, language)})) if more > 0 else "",
        element("p", element("b", text("REPORT_ADVICE", language), ": "), text(f"REPORT_ADVICE_{step.name}", language)),
        class_=str(kind.weight),
    )


def _case(case: Case, language: Language) -> Html:
    named = case.agreement.id or case.agreement.file
    return element("li", link(case.place, named), ": ", case.finding.message(language))


def remarks_section(verdict: SetVerdict, language: Language) -> Html:
    """Return warnings and notes, each kind once."""
    remarks = kinds(verdict, REMARKS)
    columns = ("REPORT_COLUMN_CODE", "REPORT_COLUMN_WEIGHT", "REPORT_COLUMN_COUNT", "REPORT_COLUMN_SENTENCE")
    rows = (
        (
            code(kind.code),
            text(f"REPORT_WEIGHT_{kind.weight.name}", language),
            number(len(kind.cases), language),
            kind.example.message(language),
        )
        for kind in remarks
    )
    return section(
        "remarks",
        language,
        element("p", text("REPORT_REMARKS_LEAD" if remarks else "REPORT_NO_CAUSES", language)),
        table(text("REPORT_BY_KIND", language), (text(column, language) for column in columns), rows)
        if remarks
        else "",
    )
