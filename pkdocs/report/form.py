"""The forms in which a report is written to a file, by the suffix of its name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from pkdocs.chain import SetVerdict
from pkdocs.messages import Language
from pkdocs.report import html, json


@dataclass(frozen=True, slots=True)
class Form:
    """How the file is made, and the bytes with which every file of this form begins, made by whichever version."""

    render: Callable[[SetVerdict, Language], bytes]
    opening: bytes


FORMS: Final[Mapping[str, Form]] = {
    ".html": Form(html.render_html, html.OPENING),
    ".json": Form(json.render_json, json.OPENING),
}
