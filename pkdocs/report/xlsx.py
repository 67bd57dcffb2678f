"""The report as a spreadsheet: what was judged by what, completeness, agreements, findings, people, what is missing."""

from collections.abc import Iterator, Sequence
from typing import Final

from pkdocs.chain import AgreementVerdict, Borne, SetVerdict
from pkdocs.content import Role
from pkdocs.messages import Language, text
from pkdocs.report.completeness import by_unit_and_level, missing
from pkdocs.report.json import PROGRAM
from pkdocs.report.outline import CAUSES, Entry, numbered, overall, units
from pkdocs.report.people import Person, people
from pkdocs.report.wording import TALLIES, level_name, moment, register_line, states_line, tally_words, visible
from pkdocs.spreadsheet import Cell, Column, Sheet, Style, Value, write_spreadsheet
from pkdocs.verification import Finding, Result

COMMENT: Final = b"pkdocs-report/1"
"""The archive's comment, by which an earlier report is known."""

_MOST: Final = 32_000
"""Characters of a cell; Excel takes 32,767 (ECMA-376)."""
_COUNTS: Final = (14,) * len(TALLIES)
Row = Sequence[Value | Cell]


def render_xlsx(verdict: SetVerdict, language: Language) -> bytes:
    """Return the workbook: the same verdict and language give the same bytes. Texts stay texts, never formulas."""
    book = _Book(verdict, language)
    return write_spreadsheet(book.sheets(), verdict.at.date(), comment=COMMENT)


class _Book:
    """The sheets of one verdict."""

    def __init__(self, verdict: SetVerdict, language: Language) -> None:
        self._verdict = verdict
        self._language: Language = language

    def sheets(self) -> Iterator[Sheet]:
        """Yield the sheets in their order."""
        yield Sheet(
            self._say("REPORT_SHEET_COVER"),
            (Column(34), Column(44, is_wrapped=True), Column(68)),
            tuple(self._cover()),
            has_header=False,
        )
        places = (("REPORT_COLUMN_UNIT", 40), ("REPORT_COLUMN_LEVEL", 18))
        yield self._sheet("COMPLETENESS", (*places, *zip(TALLIES, _COUNTS, strict=True)), self._completeness())
        yield self._sheet("AGREEMENTS", _AGREEMENTS, self._agreements())
        yield self._sheet("FINDINGS", _FINDINGS, self._findings())
        yield self._sheet("PEOPLE", _PEOPLE, map(self._person, people(self._verdict)))
        yield self._sheet("MISSING", _MISSING, self._missing())

    def _say(self, code: str, **params: object) -> str:
        return text(code, self._language, params)

    def _sheet(self, name: str, columns: Sequence[tuple[str, int]], rows: Iterator[Row]) -> Sheet:
        filled = tuple(tuple(map(_shown, row)) for row in rows)
        drawn = tuple(Column(width, self._say(code), is_wrapped=width > _NARROW) for code, width in columns)
        return Sheet(self._say(f"REPORT_SHEET_{name}"), drawn, filled, filtered=len(filled) + 1)

    def _cover(self) -> Iterator[Row]:
        verdict, result = self._verdict, overall(self._verdict)
        yield (Cell(self._say("REPORT_TITLE"), Style.TITLE),)
        yield (_shown(verdict.organisation),)
        if verdict.training:
            yield (Cell(self._say("REPORT_TRAINING"), Style.LABEL),)
        yield ()
        yield self._heading("REPORT_PART_SUMMARY")
        yield Cell(str(result), Style.LABEL), self._say(f"REPORT_HEADLINE_{result.name}")
        yield from ((str(name), count) for name, count in verdict.summary.items())
        if states := states_line((one.phase for one in verdict.agreements), self._language):
            yield self._say("REPORT_STATE"), states
        yield self._say("REPORT_ABOUT_SET"), str(verdict.result)
        yield from ((finding.code, _shown(finding.message(self._language))) for finding in verdict.findings)
        yield ()
        yield self._heading("REPORT_PART_BASIS")
        yield self._say("REPORT_AT"), moment(verdict.at), verdict.at.isoformat()
        yield self._say("REPORT_FILES"), len(verdict.agreements)
        yield self._say("REPORT_PROGRAM"), PROGRAM
        yield self._say("REPORT_POLICY"), verdict.policy
        look = "REPORT_LOOK_THOROUGH" if verdict.thorough else "REPORT_LOOK_USUAL"
        yield self._say("REPORT_LOOK"), self._say(look)
        if verdict.register:
            yield self._say("REPORT_REGISTER"), register_line(verdict.register, self._language)
        for one in verdict.sources:
            yield self._say(f"REPORT_USE_{one.use.name}"), _shown(one.file), one.sha256
        yield ()
        lead = "REPORT_REQUIRED_LEAD" if verdict.expected is not None else "REPORT_UNKNOWN_LEAD"
        for code in ("REPORT_XLSX_BINDING", "REPORT_EXTRACT", "REPORT_EXTRACT_COMMAND", "REPORT_SIGNED_LEAD", lead):
            yield (None, Cell(self._say(code), Style.REMARK))

    def _heading(self, code: str) -> Row:
        return Cell(self._say(code), Style.HEADING), Cell(None, Style.HEADING), Cell(None, Style.HEADING)

    def _completeness(self) -> Iterator[Row]:
        for unit, level, counted in by_unit_and_level(self._verdict):
            required: Value = counted.required if counted.required is not None else tally_words(counted, "id")[0]
            results = counted.results[Result.PASSED], counted.results[Result.FAILED]
            rest = (counted.present, counted.partly, counted.fully, *results, counted.open, counted.late)
            yield unit, level_name(level), required, *rest

    def _agreements(self) -> Iterator[Row]:
        read = {entry.place: entry for unit in units(self._verdict) for entry in unit.entries}
        for place, agreement in numbered(self._verdict):
            entry = read.get(place)
            yield (
                agreement.id,
                str(agreement.result),
                str(agreement.own),
                self._say(f"REPORT_PHASE_{agreement.phase.name}") if agreement.phase else None,
                agreement.counts_from and agreement.counts_from.isoformat(),
                agreement.superseded_by,
                *(self._content(entry) if entry else (None,) * 6),
                *(cell for role in Role for cell in self._borne(agreement, role)),
                moment(agreement.completed) if agreement.completed else None,
                self._late(agreement),
                ", ".join(dict.fromkeys(one.code for one in agreement.findings if one.weight in CAUSES)) or None,
                agreement.parent,
                agreement.file,
                agreement.sha256,
            )

    def _content(self, entry: Entry) -> Iterator[Value]:
        position = entry.content.position
        yield position.unit
        yield str(position.level)
        for role in Role:
            party = entry.content.party(role)
            yield party.office if party else None
            yield party.name if party else None

    def _borne(self, agreement: AgreementVerdict, role: Role) -> tuple[Value, ...]:
        one = next((one for one in agreement.borne if one.role is role), None)
        if one is None:
            return (None,) * 4
        signer = one.signer or self._say("REPORT_BROKEN")
        return signer, str(one.level), self._proven(one), moment(one.claimed) if one.claimed else None

    def _proven(self, one: Borne) -> str | None:
        proof = one.proven
        return f"{moment(proof.at)} ({self._say(f'PROVEN_BY_{proof.source.name}')})" if proof else None

    def _late(self, agreement: AgreementVerdict) -> str | None:
        late = agreement.is_late
        return None if late is None else self._say("REPORT_YES" if late else "REPORT_NO")

    def _findings(self) -> Iterator[Row]:
        for finding in self._verdict.findings:
            yield None, None, None, *self._finding(finding)
        for agreement in self._verdict.agreements:
            unit = agreement.content.position.unit if agreement.content else None
            for finding in agreement.findings:
                yield agreement.id, unit, agreement.file, *self._finding(finding)

    def _finding(self, finding: Finding) -> tuple[Value, ...]:
        return (
            int(finding.step),
            self._say(f"REPORT_STEP_{finding.step.name}"),
            self._say(f"REPORT_WEIGHT_{finding.weight.name}"),
            finding.code,
            self._say(f"ROLE_{finding.role.name}") if finding.role else None,
            self._say("REPORT_YES") if finding.inherited else None,
            str(finding.sub) if finding.sub else None,
            finding.message(self._language),
        )

    def _person(self, person: Person) -> Row:
        proven = person.proven
        return (
            person.name,
            person.person,
            _joined(party.office for _, _, party in person.parts),
            _joined(entry.content.position.unit for entry, _, _ in person.parts),
            person.count(Role.FIRST),
            person.count(Role.SECOND),
            len(person.parts) - person.awaited,
            person.awaited,
            _joined(one.signer for one in person.signed if one.signer),
            _joined(one.certificate for one in person.signed if one.certificate),
            _joined(str(one.level) for one in person.signed),
            moment(proven[0]) if proven else None,
            moment(proven[-1]) if proven else None,
        )

    def _missing(self) -> Iterator[Row]:
        for one in missing(self._verdict):
            yield self._say("REPORT_FILE"), one.id, one.unit, level_name(one.level), None, None, None
        for unit in units(self._verdict):
            for entry in unit.entries:
                yield from self._unsigned(entry)

    def _unsigned(self, entry: Entry) -> Iterator[Row]:
        content = entry.content
        for role in content.roles:
            party = content.party(role)
            if role not in entry.agreement.signed and party is not None:
                place = content.id, content.position.unit, str(content.position.level)
                named = self._say(f"ROLE_{role.name}"), party.office, party.name
                yield self._say("REPORT_SIGNATURE"), *place, *named


def _shown(value: Value | Cell) -> Value | Cell:
    return visible(value)[:_MOST] if isinstance(value, str) else value


def _joined(words: Iterator[str]) -> str | None:
    return "; ".join(dict.fromkeys(words)) or None


_NARROW: Final = 30
_AGREEMENTS: Final = (
    ("REPORT_COLUMN_ID", 28),
    ("REPORT_COLUMN_RESULT", 18),
    ("REPORT_OWN", 18),
    ("REPORT_STATE", 24),
    ("REPORT_COLUMN_COUNTS_FROM", 14),
    ("REPORT_COLUMN_SUPERSEDED_BY", 28),
    ("REPORT_COLUMN_UNIT", 36),
    ("REPORT_COLUMN_LEVEL", 16),
    ("REPORT_COLUMN_FIRST_OFFICE", 36),
    ("REPORT_COLUMN_FIRST_NAME", 28),
    ("REPORT_COLUMN_SECOND_OFFICE", 36),
    ("REPORT_COLUMN_SECOND_NAME", 28),
    ("REPORT_COLUMN_FIRST_SIGNER", 28),
    ("REPORT_COLUMN_FIRST_REACHED", 10),
    ("REPORT_COLUMN_FIRST_PROVEN", 28),
    ("REPORT_COLUMN_FIRST_CLAIMED", 24),
    ("REPORT_COLUMN_SECOND_SIGNER", 28),
    ("REPORT_COLUMN_SECOND_REACHED", 10),
    ("REPORT_COLUMN_SECOND_PROVEN", 28),
    ("REPORT_COLUMN_SECOND_CLAIMED", 24),
    ("REPORT_COMPLETED", 24),
    ("REPORT_COLUMN_LATE", 10),
    ("REPORT_COLUMN_CODE", 28),
    ("REPORT_PARENT", 28),
    ("REPORT_FILE", 44),
    ("REPORT_COLUMN_DIGEST", 68),
)
_FINDINGS: Final = (
    ("REPORT_COLUMN_ID", 28),
    ("REPORT_COLUMN_UNIT", 32),
    ("REPORT_FILE", 40),
    ("REPORT_COLUMN_STEP", 8),
    ("REPORT_COLUMN_STEP_NAME", 16),
    ("REPORT_COLUMN_WEIGHT", 13),
    ("REPORT_COLUMN_CODE", 28),
    ("REPORT_COLUMN_ROLE", 16),
    ("REPORT_INHERITED", 10),
    ("REPORT_COLUMN_SUB", 28),
    ("REPORT_COLUMN_SENTENCE", 100),
)
_PEOPLE: Final = (
    ("REPORT_COLUMN_NAME", 32),
    ("REPORT_COLUMN_PERSON", 30),
    ("REPORT_COLUMN_OFFICE", 44),
    ("REPORT_COLUMN_UNIT", 36),
    ("REPORT_COLUMN_AS_FIRST", 14),
    ("REPORT_COLUMN_AS_SECOND", 14),
    ("REPORT_COLUMN_SIGNED", 14),
    ("REPORT_COLUMN_AWAITED", 14),
    ("REPORT_COLUMN_SIGNER", 32),
    ("REPORT_COLUMN_CERTIFICATE", 68),
    ("REPORT_COLUMN_REACHED", 12),
    ("REPORT_COLUMN_EARLIEST", 24),
    ("REPORT_COLUMN_LATEST", 24),
)
_MISSING: Final = (
    ("REPORT_COLUMN_ABSENT", 16),
    ("REPORT_COLUMN_ID", 30),
    ("REPORT_COLUMN_UNIT", 40),
    ("REPORT_COLUMN_LEVEL", 18),
    ("REPORT_COLUMN_ROLE", 16),
    ("REPORT_COLUMN_OFFICE", 44),
    ("REPORT_COLUMN_NAME", 32),
)
