"""What the pages of a report say, all of it taken from its JSON, for people to read before they sign."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final, TypeAlias

from pkdocs.drawing import LEFT, RIGHT, Column, Row, Sheets, Side, Slot, Text
from pkdocs.messages import Language, text
from pkdocs.profile import Zone
from pkdocs.report.outline import CAUSES, REMARKS, heaviest
from pkdocs.report.wording import TALLIES, UNKNOWN, number, visible
from pkdocs.verification import Result, Weight

Json: TypeAlias = Mapping[str, Any]

FIELD: Final = "pemeriksa"
"""The name of the field that the auditor signs."""

_LARGE, _MIDDLE, _SMALL, _TINY = 16, 11, 7.5, 6
_GAP, _STEP = 16, 4
_TOGETHER: Final = 90
_SLOT: Final = 140
_GREY: Final = (0.34, 0.38, 0.41)
_INKS: Final = {
    Result.PASSED: (0.09, 0.39, 0.23),
    Result.FAILED: (0.64, 0.08, 0.11),
    Result.INDETERMINATE: (0.48, 0.29, 0.0),
    Result.INCOMPLETE: (0.48, 0.29, 0.0),
    Result.NOT_JUDGED: _GREY,
}
"""Colour only repeats what the word says."""

_FACTS: Final = (Column(LEFT, LEFT + 144), Column(LEFT + 150, RIGHT))
_SOURCES: Final = (Column(LEFT, LEFT + 90), Column(LEFT + 96, LEFT + 270), Column(LEFT + 276, RIGHT))
_COUNTS: Final = (Column(LEFT, LEFT + 100), Column(LEFT + 106, RIGHT - 60), Column(RIGHT - 54, RIGHT, Side.RIGHT))
_WIDTHS: Final = (32, 30, 58, 58, 34, 34, 38, 46)
_AGREEMENTS: Final = (Column(LEFT, LEFT + 214), Column(LEFT + 222, LEFT + 384), Column(LEFT + 392, RIGHT))
_CASES: Final = (Column(LEFT, LEFT + 130), Column(LEFT + 138, RIGHT))
_KINDS: Final = (Column(LEFT, LEFT + 150), Column(LEFT + 156, LEFT + 216), Column(LEFT + 222, RIGHT))
_SIGNER: Final = (Column(LEFT, RIGHT - 206), Column(RIGHT - 198, RIGHT))
_MOST_CASES: Final = 20
_MOST_MISSING: Final = 200
_LIMITS: Final = ("TIME", "KEYS", "AUTHORITIES", "TRAINING", "GOALS")


def write_report(report: Json, language: Language, sheets: Sheets) -> None:
    """Write all sections of ``report`` on ``sheets``, and at the end a place for the auditor to sign."""
    writer = _Writer(report, language, sheets)
    for section in (
        writer.title,
        writer.basis,
        writer.results,
        writer.completeness,
        writer.missing,
        writer.causes,
        writer.agreements,
        writer.remarks,
        writer.limits,
        writer.signature,
    ):
        section()


class _Writer:
    """Writes section after section of one report."""

    def __init__(self, report: Json, language: Language, sheets: Sheets) -> None:
        self._report = report
        self._language: Language = language
        self._sheets = sheets
        self._zone = Zone(report["zone"]).info
        agreements: list[Json] = report["agreements"]
        self._all = agreements
        self._read = [one for one in agreements if one["id"] is not None]
        self._unread = [one for one in agreements if one["id"] is None]

    def _say(self, code: str, **params: object) -> str:
        return text(code, self._language, params)

    def _number(self, count: int) -> str:
        return number(count, self._language)

    def _moment(self, written: str) -> str:
        return f"{datetime.fromisoformat(written).astimezone(self._zone):%Y-%m-%d %H:%M:%S %Z}"

    def _heading(self, code: str, *lead: str) -> None:
        self._sheets.add_space(_GAP)
        self._sheets.keep(_TOGETHER)
        self._sheets.add_paragraph("H2", Text(self._say(code), _MIDDLE, bold=True))
        for words in lead:
            self._sheets.add_paragraph("P", Text(words, 8, ink=_GREY))
        self._sheets.add_space(_STEP)

    def _subheading(self, words: str) -> None:
        self._sheets.add_space(_GAP / 2)
        self._sheets.keep(_TOGETHER)
        self._sheets.add_paragraph("H3", Text(visible(words), bold=True))
        self._sheets.add_space(_STEP)

    def _header(self, *codes: str) -> tuple[tuple[Text, ...], ...]:
        return tuple((Text(self._say(code), _SMALL, ink=_GREY),) for code in codes)

    def title(self) -> None:
        """Write whose report it is and what came of it."""
        report, sheets = self._report, self._sheets
        organisation = Text(visible(report["organisation"]), _MIDDLE, ink=_GREY)
        sheets.add_paragraph("P", organisation)
        sheets.add_paragraph("H1", Text(self._say("REPORT_TITLE"), _LARGE, bold=True))
        sheets.add_space(_STEP)
        if report["training"]:
            sheets.add_paragraph("P", Text(self._say("REPORT_TRAINING"), bold=True, ink=_INKS[Result.INCOMPLETE]))
            sheets.add_space(_STEP)
        result = heaviest([*(one["result"] for one in self._all), report["set"]["result"]])
        counted = {"passed": self._number(report["summary"][Result.PASSED]), "total": self._number(len(self._all))}
        headline = Text(self._say(f"REPORT_HEADLINE_{result.name}"), 13, bold=True, ink=_INKS[result])
        sheets.add_space(_STEP)
        sheets.add_paragraph("P", headline, Text(self._say("REPORT_PASSED_OF", **counted)))
        sheets.add_space(_GAP)
        sheets.add_paragraph("P", Text(self._say("REPORT_PDF_BINDING")))

    def basis(self) -> None:
        """Write what was judged, when, and by what."""
        self._heading("REPORT_PART_BASIS")
        self._sheets.add_table(_FACTS, (_row(self._say(term), fact) for term, fact in self._facts()))
        header = self._header("REPORT_COLUMN_USE", "REPORT_COLUMN_FILE", "REPORT_COLUMN_DIGEST")
        rows = (
            ((Text(self._say(f"REPORT_USE_{one['use'].upper()}")),), _small(one["file"]), _tiny(one["sha256"]))
            for one in self._report["sources"]
        )
        if self._report["sources"]:
            self._sheets.add_space(_STEP)
            self._sheets.add_table(_SOURCES, rows, header)

    def _facts(self) -> Iterator[tuple[str, str]]:
        report = self._report
        yield "REPORT_AT", self._moment(report["at"])
        counted = {"count": self._number(len(self._all)), "unread": self._number(len(self._unread))}
        yield "REPORT_FILES", self._say("REPORT_FILES_UNREAD", **counted) if self._unread else counted["count"]
        register = report["register"]
        absent = "REPORT_REGISTER_ABSENT" if report["set"]["result"] == Result.NOT_JUDGED else "REGISTER_NOT_BELIEVED"
        yield "REPORT_REGISTER", self._say("REPORT_REGISTER_USED", **register) if register else self._say(absent)
        yield "REPORT_PROGRAM", report["program"]
        yield "REPORT_POLICY", report["policy"]

    def results(self) -> None:
        """Write how many files have which result, and what is said of the set."""
        self._heading("REPORT_PART_SUMMARY")
        header = self._header("REPORT_COLUMN_RESULT", "REPORT_COLUMN_SENTENCE", "REPORT_COLUMN_FILES")
        counts: Json = self._report["summary"]
        rows = (
            (
                (self._result(name),),
                _small(self._say(f"REPORT_MEANING_{Result(name).name}")),
                (Text(self._number(count), bold=True),),
            )
            for name, count in counts.items()
        )
        self._sheets.add_table(_COUNTS, rows, header)
        whole: Json = self._report["set"]
        self._subheading(self._say("REPORT_ABOUT_SET"))
        meaning = Text(self._say(f"REPORT_MEANING_{Result(whole['result']).name}"))
        self._sheets.add_paragraph("P", self._result(whole["result"]), meaning)
        if whole["findings"]:
            self._sheets.add_table(_CASES, map(self._finding, whole["findings"]))

    def _result(self, name: str, size: float = 9) -> Text:
        return Text(name, size, bold=True, ink=_INKS[Result(name)])

    def _finding(self, finding: Json) -> Row:
        weight = self._say(f"REPORT_WEIGHT_{finding['weight'].upper()}")
        return (Text(weight, _SMALL, bold=True), Text(finding["code"], _TINY)), (Text(visible(finding["message"])),)

    def completeness(self) -> None:
        """Write what must be there, what is there, and what it came to: by level and by unit."""
        known = self._report["missing"] is not None
        lead = self._say("REPORT_REQUIRED_LEAD" if known else "REPORT_UNKNOWN_LEAD")
        self._heading("REPORT_PART_COMPLETENESS", self._say("REPORT_SIGNED_LEAD"), lead)
        for column, caption in (("level", "REPORT_BY_LEVEL"), ("unit", "REPORT_BY_UNIT")):
            self._subheading(self._say(caption))
            header = self._header(f"REPORT_COLUMN_{column.upper()}", *TALLIES)
            self._sheets.add_table(_TALLIES, self._tallies(column), header)

    def _tallies(self, column: str) -> Iterator[Row]:
        rows: list[Json] = self._report["completeness"]
        groups: dict[str | None, list[Json]] = {}
        for row in rows:
            groups.setdefault(row[column], []).append(row)
        for name, group in groups.items():
            yield self._tally(Text(visible(name or UNKNOWN), _SMALL), group)
        yield self._tally(Text(self._say("REPORT_TOTAL"), _SMALL, bold=True), rows)

    def _tally(self, label: Text, rows: Sequence[Json]) -> Row:
        counts = [[row[name] for row in rows] for name in _COLUMNS]
        return (label,), *((Text(self._sum(column), _SMALL, label.bold),) for column in counts)

    def _sum(self, counts: Sequence[int | None]) -> str:
        known = [count for count in counts if count is not None]
        return self._number(sum(known)) if len(known) == len(counts) and known else UNKNOWN

    def missing(self) -> None:
        """Write what must be there and is not."""
        absent: Sequence[Json] = self._report["missing"] or ()
        if not absent:
            return
        self._heading("REPORT_NOT_THERE")
        rows = (
            (_small(one["id"]), _small(", ".join(filter(None, (one["unit"], one["level"])))))
            for one in absent[:_MOST_MISSING]
        )
        self._sheets.add_table(_CASES, rows, self._header("REPORT_COLUMN_ID", "REPORT_COLUMN_UNIT"))
        self._more(len(absent) - _MOST_MISSING)

    def _more(self, count: int) -> None:
        if count > 0:
            more = self._say("REPORT_MORE_ATTACHED", count=self._number(count))
            self._sheets.add_paragraph("P", Text(more, _SMALL, ink=_GREY))

    def causes(self) -> None:
        """Write the first causes by kind."""
        kinds = self._kinds(CAUSES)
        self._heading("REPORT_PART_CAUSES", self._say("REPORT_CAUSES_LEAD" if kinds else "REPORT_NO_CAUSES"))
        for (weight, code), cases in kinds.items():
            count = self._say("REPORT_KIND_COUNT", count=self._number(len(cases)))
            self._subheading(f"{code} · {self._say(f'REPORT_WEIGHT_{weight.name}')} · {count}")
            rows = (
                (_small(one["id"] or one["file"]), _small(finding["message"])) for one, finding in cases[:_MOST_CASES]
            )
            self._sheets.add_table(_CASES, rows, self._header("REPORT_COLUMN_ID", "REPORT_COLUMN_SENTENCE"))
            self._more(len(cases) - _MOST_CASES)

    def _kinds(self, weights: Iterable[Weight]) -> Mapping[tuple[Weight, str], list[tuple[Json, Json]]]:
        found: dict[tuple[Weight, str], list[tuple[Json, Json]]] = {}
        for agreement in self._all:
            for finding in agreement["findings"]:
                weight = Weight(finding["weight"])
                if weight in weights and not finding["inherited"]:
                    found.setdefault((weight, finding["code"]), []).append((agreement, finding))
        order = list(Weight)
        return dict(sorted(found.items(), key=lambda kind: (order.index(kind[0][0]), kind[0][1])))

    def agreements(self) -> None:
        """Write a row for each agreement, by unit, and for each file that could not be read."""
        self._heading("REPORT_PART_AGREEMENTS", self._say("REPORT_EXTRACT_PDF"))
        header = self._header("REPORT_COLUMN_AGREEMENT", "REPORT_COLUMN_SIGNATURES", "REPORT_COLUMN_RESULT")
        in_order = sorted(self._read, key=_first_of(self._read))
        for unit, group in groupby(in_order, key=lambda one: one["unit"]):
            self._subheading(unit)
            self._sheets.add_table(_AGREEMENTS, map(self._agreement, group), header)
        if self._unread:
            self._subheading(self._say("REPORT_PART_UNREAD"))
            self._sheets.add_table(_AGREEMENTS, map(self._agreement, self._unread), header)

    def _agreement(self, agreement: Json) -> Row:
        parties = {party["role"]: party for party in agreement["parties"]}
        first = next(iter(parties.values()), None)
        told = [Text(visible(agreement["id"] or agreement["file"]), bold=True)]
        told += [Text(visible(f"{first['office']}, {first['name']}"), _SMALL)] if first else []
        told += [Text(agreement["sha256"], _TINY, ink=_GREY)]
        signed = [words for one in agreement["signatures"] for words in self._signature(one)]
        missing = parties.keys() - {one["role"] for one in agreement["signatures"]}
        signed += [Text(f"{self._role(role)}: {self._say('REPORT_NOT_SIGNED')}", _SMALL) for role in sorted(missing)]
        return told, signed or (Text(UNKNOWN),), self._outcome(agreement)

    def _signature(self, one: Json) -> Iterator[Text]:
        signer = one["signer"] or self._say("REPORT_BROKEN")
        yield Text(f"{self._role(one['role'])}: {visible(signer)}", _SMALL)
        when = self._say("REPORT_BORNE_UNPROVEN")
        if one["proven"]:
            when = self._say("REPORT_PDF_PROVEN", at=self._moment(one["proven"]), source=one["proven_by"])
        yield Text(f"{one['level']}, {when}", _TINY, ink=_GREY)

    def _role(self, role: str | None) -> str:
        return self._say(f"REPORT_ROLE_{role.upper().replace('-', '_')}") if role else UNKNOWN

    def _outcome(self, agreement: Json) -> Sequence[Text]:
        causes = [one["code"] for one in agreement["findings"] if Weight(one["weight"]) in CAUSES]
        told = [self._result(agreement["result"], 8)]
        if agreement["late"]:
            told.append(Text(self._say("REPORT_COLUMN_LATE"), _TINY, bold=True))
        return (*told, *(Text(code, _TINY) for code in dict.fromkeys(causes)))

    def remarks(self) -> None:
        """Write warnings and notes, each kind once."""
        kinds = self._kinds(REMARKS)
        self._heading("REPORT_PART_REMARKS", self._say("REPORT_REMARKS_LEAD" if kinds else "REPORT_NO_CAUSES"))
        rows = (
            (
                (Text(code, _TINY),),
                (Text(f"{self._number(len(cases))} {self._say(f'REPORT_WEIGHT_{weight.name}')}", _SMALL),),
                _small(cases[0][1]["message"]),
            )
            for (weight, code), cases in kinds.items()
        )
        if kinds:
            columns = ("REPORT_COLUMN_CODE", "REPORT_COLUMN_COUNT", "REPORT_COLUMN_SENTENCE")
            self._sheets.add_table(_KINDS, rows, self._header(*columns))

    def limits(self) -> None:
        """Write what no report can show."""
        self._heading("REPORT_PART_LIMITS")
        for limit in _LIMITS:
            self._sheets.add_paragraph("P", Text(f"· {self._say(f'REPORT_LIMIT_{limit}')}"))

    def signature(self) -> None:
        """Write what the auditor states, and the place to sign."""
        self._sheets.keep(_SLOT)
        self._heading("REPORT_PART_SIGNATURE")
        stated = (Text(self._say("REPORT_SIGNED_STATEMENT")), Text(self._say("REPORT_SIGNED_WHO"), _SMALL, ink=_GREY))
        self._sheets.add_table(_SIGNER, [(stated, Slot(FIELD, self._say("REPORT_SIGNED_SLOT")))])


_COLUMNS: Final = ("required", "present", "signed_by_one", "signed_by_all", "valid", "wrong", "open", "late")


def _columns() -> tuple[Column, ...]:
    left = float(RIGHT - sum(_WIDTHS))
    columns = [Column(LEFT, left)]
    for width in _WIDTHS:
        columns.append(Column(left + 4, left + width, Side.RIGHT))
        left += width
    return tuple(columns)


_TALLIES: Final = _columns()


def _row(label: str, fact: str) -> Row:
    return (Text(label, ink=_GREY),), (Text(visible(fact)),)


def _small(words: str) -> tuple[Text, ...]:
    return (Text(visible(words), _SMALL),)


def _tiny(words: str) -> tuple[Text, ...]:
    return (Text(visible(words), _TINY),)


def _first_of(agreements: Iterable[Json]) -> Callable[[Json], int]:
    """Return what sorts by unit, the units in the order in which the tree comes to them."""
    places: dict[str, int] = {}
    for agreement in agreements:
        places.setdefault(agreement["unit"], len(places))
    return lambda agreement: places[agreement["unit"]]
