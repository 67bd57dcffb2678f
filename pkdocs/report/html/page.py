"""The report as one page of HTML that needs nothing else: no network, no other file, no script to be read."""

import base64
import hashlib
from importlib.resources import files
from typing import Final

from pkdocs.chain import SetVerdict
from pkdocs.messages import Language, text
from pkdocs.report.html.agreements import agreements_section, unread_section
from pkdocs.report.html.completeness import completeness_section
from pkdocs.report.html.kinds import causes_section, remarks_section
from pkdocs.report.html.markup import Html, element, join
from pkdocs.report.html.parts import section, section_title
from pkdocs.report.html.summary import basis_section, summary_section

OPENING: Final = b"<!DOCTYPE html>\n<!-- pkdocs-report/1 -->\n"
"""With which every file of this form begins."""

_LIMITS: Final = ("TIME", "KEYS", "AUTHORITIES", "TRAINING", "GOALS")
_SECTIONS: Final = ("summary", "basis", "causes", "completeness", "agreements", "unread", "remarks", "limits")


def render_html(verdict: SetVerdict, language: Language) -> bytes:
    """Return the page: the same verdict and language give the same bytes.

    Its own script only filters, opens and closes. The policy in its head (Content Security Policy, W3C) allows that
    script and style by their digests and nothing else, whatever a judged file may have smuggled into a text.
    """
    return OPENING + element("html", _head(language), _body(verdict, language), lang=language).encode()


def _head(language: Language) -> Html:
    style = _resource("page.css")
    sources = f"style-src {_source(style)}; script-src {_source(_resource('page.js'))}"
    policy = f"default-src 'none'; {sources}; base-uri 'none'; form-action 'none'"
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", text("REPORT_TITLE", language)),
        element("style", style),
    )


def _resource(name: str) -> Html:
    return Html(files(__package__).joinpath(name).read_text(encoding="utf-8"))


def _source(inline: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'"


def _body(verdict: SetVerdict, language: Language) -> Html:
    sections = (
        summary_section(verdict, language),
        basis_section(verdict, language),
        causes_section(verdict, language),
        completeness_section(verdict, language),
        agreements_section(verdict, language),
        unread_section(verdict, language),
        remarks_section(verdict, language),
        _limits_section(language),
    )
    return element(
        "body",
        element("a", text("REPORT_SKIP", language), href="#report", class_="skip"),
        _header(verdict, language),
        _contents(language),
        element("main", *sections, id="report"),
        element("script", _resource("page.js")),
        class_="training" if verdict.training else False,
    )


def _header(verdict: SetVerdict, language: Language) -> Html:
    training = element("p", text("REPORT_TRAINING", language), class_="uji") if verdict.training else join()
    return element(
        "header",
        element("p", verdict.organisation, class_="organisation"),
        element("h1", text("REPORT_TITLE", language)),
        training,
    )


def _contents(language: Language) -> Html:
    links = (element("a", section_title(name, language), href=f"#{name}") for name in _SECTIONS)
    return element(
        "nav", element("ol", *(element("li", one) for one in links)), aria_label=text("REPORT_CONTENTS", language)
    )


def _limits_section(language: Language) -> Html:
    limits = (element("li", text(f"REPORT_LIMIT_{limit}", language)) for limit in _LIMITS)
    return section("limits", language, element("ul", *limits))
