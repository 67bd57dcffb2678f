"""What every section of a report's pages is written with: words, numbers and times, headings, tables' headers."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

from pkdocs.chain import Phase
from pkdocs.drawing import Sheets, Text
from pkdocs.messages import Language, text
from pkdocs.profile import Zone
from pkdocs.report.wording import UNKNOWN, number, state_words, states_line, visible
from pkdocs.verification import Result, Weight
from pkdocs.verification.proof import Source

Json: TypeAlias = Mapping[str, Any]

LARGE, MIDDLE, SMALL, TINY = 16, 11, 7.5, 6
GAP, STEP = 16, 4
GREY: Final = (0.34, 0.38, 0.41)
INKS: Final = {
    Result.PASSED: (0.09, 0.39, 0.23),
    Result.FAILED: (0.64, 0.08, 0.11),
    Result.INDETERMINATE: (0.48, 0.29, 0.0),
    Result.INCOMPLETE: (0.48, 0.29, 0.0),
    Result.NOT_JUDGED: GREY,
}
"""Colour only repeats what the word says."""

_TOGETHER: Final = 90
"""What follows a heading on its sheet at least: the table's header and a row, in points."""


class Writer:
    """Writes one report on its sheets. ``read`` are its agreements, ``unread`` the other files, ``all`` both."""

    def __init__(self, report: Json, language: Language, sheets: Sheets) -> None:
        self.report = report
        self.language: Language = language
        self.sheets = sheets
        self._zone = Zone(report["zone"]).info
        agreements: list[Json] = report["agreements"]
        self.all = agreements
        self.read = [one for one in agreements if one["id"] is not None]
        self.unread = [one for one in agreements if one["id"] is None]

    def say(self, code: str, **params: object) -> str:
        """Return the sentence of ``code``."""
        return text(code, self.language, params)

    def number(self, count: int) -> str:
        """Return a count as people write it."""
        return number(count, self.language)

    def moment(self, written: str) -> str:
        """Return a time in the zone of the report."""
        return f"{datetime.fromisoformat(written).astimezone(self._zone):%Y-%m-%d %H:%M:%S %Z}"

    def heading(self, code: str, *lead: str) -> None:
        """Begin a section, with what leads into it."""
        self.sheets.add_space(GAP)
        self.sheets.keep(_TOGETHER)
        self.sheets.add_paragraph("H2", Text(self.say(code), MIDDLE, bold=True))
        for words in lead:
            self.sheets.add_paragraph("P", Text(words, 8, ink=GREY))
        self.sheets.add_space(STEP)

    def subheading(self, words: str) -> None:
        """Begin a part of a section."""
        self.sheets.add_space(GAP / 2)
        self.sheets.keep(_TOGETHER)
        self.sheets.add_paragraph("H3", Text(visible(words), bold=True))
        self.sheets.add_space(STEP)

    def header(self, *codes: str) -> tuple[tuple[Text, ...], ...]:
        """Return the header of a table."""
        return tuple((Text(self.say(code), SMALL, ink=GREY),) for code in codes)

    def more(self, count: int) -> None:
        """Say how many are not listed here, if any."""
        if count > 0:
            more = self.say("REPORT_MORE_ATTACHED", count=self.number(count))
            self.sheets.add_paragraph("P", Text(more, SMALL, ink=GREY))

    def kinds(self, weights: Iterable[Weight]) -> Mapping[tuple[Weight, str], list[tuple[Json, Json]]]:
        """Return own findings of ``weights`` with their agreements, by kind, the heaviest first."""
        found: dict[tuple[Weight, str], list[tuple[Json, Json]]] = {}
        for agreement in self.all:
            for finding in agreement["findings"]:
                weight = Weight(finding["weight"])
                if weight in weights and not finding["inherited"]:
                    found.setdefault((weight, finding["code"]), []).append((agreement, finding))
        order = list(Weight)
        return dict(sorted(found.items(), key=lambda kind: (order.index(kind[0][0]), kind[0][1])))

    def result(self, name: str, size: float = 9) -> Text:
        """Return a result, in its colour."""
        return Text(name, size, bold=True, ink=INKS[Result(name)])

    def source(self, source: str) -> str:
        """Return what proves a time."""
        return self.say(f"PROVEN_BY_{Source(source).name}")

    def state(self, agreement: Json) -> str:
        """Return how far an agreement has come, in one sentence."""
        phase, successor = Phase(agreement["state"]), agreement["superseded_by"]
        return visible(state_words(phase, agreement["in_force_from"], successor, self.language))

    def states(self) -> str:
        """Return how many agreements have come how far; '' if that is known of none."""
        return states_line((Phase(one["state"]) for one in self.all if one["state"]), self.language)

    def role(self, role: str | None) -> str:
        """Return what a role is called."""
        return self.say(f"REPORT_ROLE_{role.upper().replace('-', '_')}") if role else UNKNOWN
