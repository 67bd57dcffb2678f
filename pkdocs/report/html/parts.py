"""What several sections of the page are made of: results, findings, tables, lists of facts."""

from collections.abc import Iterable

from pkdocs.messages import Language, text
from pkdocs.report.html.markup import Html, element, join
from pkdocs.report.wording import MARKS
from pkdocs.verification import Finding, Result, Step, Weight


def section(name: str, language: Language, *children: str) -> Html:
    """Return a section under its heading; ``name`` is what links lead to."""
    return element("section", element("h2", section_title(name, language)), *children, id=name)


def section_title(name: str, language: Language) -> str:
    """Return the heading of a section."""
    return text(f"REPORT_PART_{name.upper()}", language)


def badge(result: Result) -> Html:
    """Return mark and name of a result."""
    return element("span", f"{MARKS[result]} {result}", class_=f"result {style(result)}")


def style(result: Result) -> str:
    """Return the class that gives a result its colour."""
    return result.name.lower().replace("_", "-")


def code(written: str) -> Html:
    """Return a code, digest or file name."""
    return element("code", written)


def link(place: int, label: str) -> Html:
    """Return a link to the agreement at ``place`` of the verdict."""
    return element("a", label, href=f"#{anchor(place)}")


def anchor(place: int) -> str:
    """Return the id of the agreement at ``place``; nothing that a file says becomes an id."""
    return f"a{place}"


def unit_anchor(place: int) -> str:
    """Return the id of the unit at ``place`` among the units."""
    return f"u{place}"


def facts(rows: Iterable[tuple[str, str]]) -> Html:
    """Return pairs of term and value."""
    return element("dl", *(element("div", element("dt", term), element("dd", value)) for term, value in rows))


def table(caption: str, columns: Iterable[str], rows: Iterable[Iterable[str]], *, class_: str = "wide") -> Html:
    """Return a table that a narrow screen moves sideways; the first cell of each row heads it."""
    head = element("thead", element("tr", *(element("th", column, scope="col") for column in columns)))
    body = element("tbody", *(_row(*cells) for cells in rows))
    whole = element("table", element("caption", caption), head, body)
    return element("div", whole, class_=class_, role="region", aria_label=caption, tabindex="0")


def _row(heading: str, *cells: str) -> Html:
    return element("tr", element("th", heading, scope="row"), *(element("td", cell) for cell in cells))


def findings(found: Iterable[Finding], language: Language) -> Html:
    """Return findings in full, or nothing if there are none."""
    listed = [_finding(finding, language) for finding in found]
    return element("ul", *listed, class_="findings") if listed else join()


def _finding(finding: Finding, language: Language) -> Html:
    said = [step_name(finding.step, language)]
    if finding.inherited:
        said.append(text("REPORT_INHERITED", language))
    if finding.sub:
        said.append(str(finding.sub))
    return element(
        "li",
        element("p", weight_label(finding.weight, language), " ", code(finding.code), " ", small(" · ".join(said))),
        element("p", finding.message(language)),
        class_=str(finding.weight),
    )


def small(written: str) -> Html:
    """Return a side remark."""
    return element("small", written)


def weight_label(weight: Weight, language: Language) -> Html:
    """Return how heavy a finding weighs, in words."""
    return element("b", text(f"REPORT_WEIGHT_{weight.name}", language))


def step_name(step: Step, language: Language) -> str:
    """Return number and name of a step of judging."""
    return text("REPORT_STEP", language, {"step": int(step), "name": text(f"REPORT_STEP_{step.name}", language)})
