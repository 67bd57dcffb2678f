"""What the pages of a report say, all of it taken from its JSON, for people to read before they sign."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from pkdocs.drawing import LEFT, RIGHT, Column, Row, Sheets, Side, Slot, Text
from pkdocs.messages import Language
from pkdocs.report.outline import CAUSES, REMARKS, heaviest
from pkdocs.report.pdf.writer import GAP, GREY, INKS, LARGE, MIDDLE, SMALL, STEP, TINY, Json, Writer
from pkdocs.report.wording import MOST_RECORDS, TALLIES, UNKNOWN, visible
from pkdocs.verification import Result, Weight
from pkdocs.verification.basis import Use

FIELD: Final = "pemeriksa"
"""The name of the field that the auditor signs."""

_SLOT: Final = 140
"""What a place to sign takes with its heading, in points."""

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
    page = Writer(report, language, sheets)
    for write in (
        _title,
        _basis,
        _results,
        _completeness,
        _missing,
        _causes,
        _agreements,
        _remarks,
        _limits,
        _place_to_sign,
    ):
        write(page)


def _title(page: Writer) -> None:
    """Write whose report it is and what came of it."""
    report, sheets = page.report, page.sheets
    organisation = Text(visible(report["organisation"]), MIDDLE, ink=GREY)
    sheets.add_paragraph("P", organisation)
    sheets.add_paragraph("H1", Text(page.say("REPORT_TITLE"), LARGE, bold=True))
    sheets.add_space(STEP)
    if report["training"]:
        sheets.add_paragraph("P", Text(page.say("REPORT_TRAINING"), bold=True, ink=INKS[Result.INCOMPLETE]))
        sheets.add_space(STEP)
    result = heaviest([*(one["result"] for one in page.all), report["set"]["result"]])
    counted = {"passed": page.number(report["summary"][Result.PASSED]), "total": page.number(len(page.all))}
    headline = Text(page.say(f"REPORT_HEADLINE_{result.name}"), 13, bold=True, ink=INKS[result])
    sheets.add_space(STEP)
    sheets.add_paragraph("P", headline, Text(page.say("REPORT_PASSED_OF", **counted)))
    sheets.add_space(GAP)
    sheets.add_paragraph("P", Text(page.say("REPORT_PDF_BINDING")))


def _basis(page: Writer) -> None:
    """Write what was judged, when, and by what."""
    page.heading("REPORT_PART_BASIS")
    page.sheets.add_table(_FACTS, (_row(page.say(term), fact) for term, fact in _facts(page)))
    header = page.header("REPORT_COLUMN_USE", "REPORT_COLUMN_FILE", "REPORT_COLUMN_DIGEST")
    sources: Sequence[Json] = page.report["sources"]
    records = [one for one in sources if one["use"] == Use.RECORD]
    shown = [one for one in sources if one["use"] != Use.RECORD] + records[:MOST_RECORDS]
    rows = (
        ((Text(page.say(f"REPORT_USE_{Use(one['use']).name}")),), _small(one["file"]), _tiny(one["sha256"]))
        for one in shown
    )
    if shown:
        page.sheets.add_space(STEP)
        page.sheets.add_table(_SOURCES, rows, header)
        page.more(len(records) - MOST_RECORDS)


def _facts(page: Writer) -> Iterator[tuple[str, str]]:
    report = page.report
    yield "REPORT_AT", page.moment(report["at"])
    counted = {"count": page.number(len(page.all)), "unread": page.number(len(page.unread))}
    yield "REPORT_FILES", page.say("REPORT_FILES_UNREAD", **counted) if page.unread else counted["count"]
    register = report["register"]
    absent = "REPORT_REGISTER_ABSENT" if report["set"]["result"] == Result.NOT_JUDGED else "REGISTER_NOT_BELIEVED"
    yield "REPORT_REGISTER", page.say("REPORT_REGISTER_USED", **register) if register else page.say(absent)
    yield "REPORT_PROGRAM", report["program"]
    yield "REPORT_POLICY", report["policy"]
    yield "REPORT_LOOK", page.say("REPORT_LOOK_THOROUGH" if report["thorough"] else "REPORT_LOOK_USUAL")


def _results(page: Writer) -> None:
    """Write how many files have which result, and what is said of the set."""
    page.heading("REPORT_PART_SUMMARY")
    header = page.header("REPORT_COLUMN_RESULT", "REPORT_COLUMN_SENTENCE", "REPORT_COLUMN_FILES")
    counts: Json = page.report["summary"]
    rows = (
        (
            (page.result(name),),
            _small(page.say(f"REPORT_MEANING_{Result(name).name}")),
            (Text(page.number(count), bold=True),),
        )
        for name, count in counts.items()
    )
    page.sheets.add_table(_COUNTS, rows, header)
    if states := page.states():
        page.sheets.add_space(STEP)
        page.sheets.add_paragraph("P", Text(f"{page.say('REPORT_STATE')}: ", bold=True), Text(states))
    whole: Json = page.report["set"]
    page.subheading(page.say("REPORT_ABOUT_SET"))
    meaning = Text(page.say(f"REPORT_MEANING_{Result(whole['result']).name}"))
    page.sheets.add_paragraph("P", page.result(whole["result"]), meaning)
    if whole["findings"]:
        page.sheets.add_table(_CASES, (_finding(page, one) for one in whole["findings"]))


def _finding(page: Writer, finding: Json) -> Row:
    weight = page.say(f"REPORT_WEIGHT_{finding['weight'].upper()}")
    return (Text(weight, SMALL, bold=True), Text(finding["code"], TINY)), (Text(visible(finding["message"])),)


def _completeness(page: Writer) -> None:
    """Write what must be there, what is there, and what it came to: by level and by unit."""
    known = page.report["missing"] is not None
    lead = page.say("REPORT_REQUIRED_LEAD" if known else "REPORT_UNKNOWN_LEAD")
    page.heading("REPORT_PART_COMPLETENESS", page.say("REPORT_SIGNED_LEAD"), lead)
    for column, caption in (("level", "REPORT_BY_LEVEL"), ("unit", "REPORT_BY_UNIT")):
        page.subheading(page.say(caption))
        header = page.header(f"REPORT_COLUMN_{column.upper()}", *TALLIES)
        page.sheets.add_table(_TALLIES, _tallies(page, column), header)


def _tallies(page: Writer, column: str) -> Iterator[Row]:
    rows: list[Json] = page.report["completeness"]
    groups: dict[str | None, list[Json]] = {}
    for row in rows:
        groups.setdefault(row[column], []).append(row)
    for name, group in groups.items():
        yield _tally(page, Text(visible(name or UNKNOWN), SMALL), group)
    yield _tally(page, Text(page.say("REPORT_TOTAL"), SMALL, bold=True), rows)


def _tally(page: Writer, label: Text, rows: Sequence[Json]) -> Row:
    counts = [[row[name] for row in rows] for name in _COLUMNS]
    return (label,), *((Text(_sum(page, column), SMALL, label.bold),) for column in counts)


def _sum(page: Writer, counts: Sequence[int | None]) -> str:
    known = [count for count in counts if count is not None]
    return page.number(sum(known)) if len(known) == len(counts) and known else UNKNOWN


def _missing(page: Writer) -> None:
    """Write what must be there and is not."""
    absent: Sequence[Json] = page.report["missing"] or ()
    if not absent:
        return
    page.heading("REPORT_NOT_THERE")
    rows = (
        (_small(one["id"]), _small(", ".join(filter(None, (one["unit"], one["level"])))))
        for one in absent[:_MOST_MISSING]
    )
    page.sheets.add_table(_CASES, rows, page.header("REPORT_COLUMN_ID", "REPORT_COLUMN_UNIT"))
    page.more(len(absent) - _MOST_MISSING)


def _causes(page: Writer) -> None:
    """Write the first causes by kind."""
    kinds = page.kinds(CAUSES)
    page.heading("REPORT_PART_CAUSES", page.say("REPORT_CAUSES_LEAD" if kinds else "REPORT_NO_CAUSES"))
    for (weight, code), cases in kinds.items():
        count = page.say("REPORT_KIND_COUNT", count=page.number(len(cases)))
        page.subheading(f"{code} · {page.say(f'REPORT_WEIGHT_{weight.name}')} · {count}")
        rows = ((_small(one["id"] or one["file"]), _small(finding["message"])) for one, finding in cases[:_MOST_CASES])
        page.sheets.add_table(_CASES, rows, page.header("REPORT_COLUMN_ID", "REPORT_COLUMN_SENTENCE"))
        page.more(len(cases) - _MOST_CASES)


def _agreements(page: Writer) -> None:
    """Write a row for each agreement, by unit, and for each file that could not be read."""
    page.heading("REPORT_PART_AGREEMENTS", page.say("REPORT_EXTRACT_PDF"))
    header = page.header("REPORT_COLUMN_AGREEMENT", "REPORT_COLUMN_SIGNATURES", "REPORT_COLUMN_RESULT")
    in_order = sorted(page.read, key=_first_of(page.read))
    for unit, group in groupby(in_order, key=lambda one: one["unit"]):
        page.subheading(unit)
        page.sheets.add_table(_AGREEMENTS, (_agreement(page, one) for one in group), header)
    if page.unread:
        page.subheading(page.say("REPORT_PART_UNREAD"))
        page.sheets.add_table(_AGREEMENTS, (_agreement(page, one) for one in page.unread), header)


def _agreement(page: Writer, agreement: Json) -> Row:
    parties = {party["role"]: party for party in agreement["parties"]}
    first = next(iter(parties.values()), None)
    told = [Text(visible(agreement["id"] or agreement["file"]), bold=True)]
    told += [Text(visible(f"{first['office']}, {first['name']}"), SMALL)] if first else []
    told += [Text(agreement["sha256"], TINY, ink=GREY)]
    signed = [words for one in agreement["signatures"] for words in _signature(page, one)]
    missing = parties.keys() - {one["role"] for one in agreement["signatures"]}
    signed += [Text(f"{page.role(role)}: {page.say('REPORT_NOT_SIGNED')}", SMALL) for role in sorted(missing)]
    return told, signed or (Text(UNKNOWN),), _outcome(page, agreement)


def _signature(page: Writer, one: Json) -> Iterator[Text]:
    signer = one["signer"] or page.say("REPORT_BROKEN")
    yield Text(f"{page.role(one['role'])}: {visible(signer)}", SMALL)
    when = page.say("REPORT_BORNE_UNPROVEN")
    if one["proven"]:
        when = page.say("REPORT_PDF_PROVEN", at=page.moment(one["proven"]), source=page.source(one["proven_by"]))
    yield Text(f"{one['level']}, {when}", TINY, ink=GREY)


def _outcome(page: Writer, agreement: Json) -> Sequence[Text]:
    causes = [one["code"] for one in agreement["findings"] if Weight(one["weight"]) in CAUSES]
    told = [page.result(agreement["result"], 8)]
    if agreement["state"]:
        told.append(Text(page.state(agreement), TINY))
    if agreement["late"]:
        told.append(Text(page.say("REPORT_COLUMN_LATE"), TINY, bold=True))
    return (*told, *(Text(code, TINY) for code in dict.fromkeys(causes)))


def _remarks(page: Writer) -> None:
    """Write warnings and notes, each kind once."""
    kinds = page.kinds(REMARKS)
    page.heading("REPORT_PART_REMARKS", page.say("REPORT_REMARKS_LEAD" if kinds else "REPORT_NO_CAUSES"))
    rows = (
        (
            (Text(code, TINY),),
            (Text(f"{page.number(len(cases))} {page.say(f'REPORT_WEIGHT_{weight.name}')}", SMALL),),
            _small(cases[0][1]["message"]),
        )
        for (weight, code), cases in kinds.items()
    )
    if kinds:
        columns = ("REPORT_COLUMN_CODE", "REPORT_COLUMN_COUNT", "REPORT_COLUMN_SENTENCE")
        page.sheets.add_table(_KINDS, rows, page.header(*columns))


def _limits(page: Writer) -> None:
    """Write what no report can show."""
    page.heading("REPORT_PART_LIMITS")
    for limit in _LIMITS:
        page.sheets.add_paragraph("P", Text(f"· {page.say(f'REPORT_LIMIT_{limit}')}"))


def _place_to_sign(page: Writer) -> None:
    """Write what the auditor states, and the place to sign."""
    page.sheets.keep(_SLOT)
    page.heading("REPORT_PART_SIGNATURE")
    stated = (Text(page.say("REPORT_SIGNED_STATEMENT")), Text(page.say("REPORT_SIGNED_WHO"), SMALL, ink=GREY))
    page.sheets.add_table(_SIGNER, [(stated, Slot(FIELD, page.say("REPORT_SIGNED_SLOT")))])


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
    return (Text(label, ink=GREY),), (Text(visible(fact)),)


def _small(words: str) -> tuple[Text, ...]:
    return (Text(visible(words), SMALL),)


def _tiny(words: str) -> tuple[Text, ...]:
    return (Text(visible(words), TINY),)


def _first_of(agreements: Iterable[Json]) -> Callable[[Json], int]:
    """Return what sorts by unit, the units in the order in which the tree comes to them."""
    places: dict[str, int] = {}
    for agreement in agreements:
        places.setdefault(agreement["unit"], len(places))
    return lambda agreement: places[agreement["unit"]]
