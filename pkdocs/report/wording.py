"""How every form writes results, moments, numbers, and text that somebody else has written."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from pkdocs.chain import AgreementVerdict, Borne, Phase, RegisterMark
from pkdocs.messages import Language, text
from pkdocs.numerals import format_number
from pkdocs.report.completeness import Tally
from pkdocs.roster import Level
from pkdocs.schema import is_plain_text
from pkdocs.verification import Result

MARKS: Final[Mapping[Result, str]] = {
    Result.PASSED: "✓",
    Result.FAILED: "✗",
    Result.INDETERMINATE: "?",
    Result.INCOMPLETE: "…",
    Result.NOT_JUDGED: "-",
}
"""So that no result is said by its colour alone."""


TALLIES: Final = (
    "REPORT_COLUMN_REQUIRED",
    "REPORT_COLUMN_PRESENT",
    "REPORT_COLUMN_PARTLY",
    "REPORT_COLUMN_FULLY",
    "REPORT_COLUMN_VALID",
    "REPORT_COLUMN_WRONG",
    "REPORT_COLUMN_OPEN",
    "REPORT_COLUMN_LATE",
)
"""The columns of every table of completeness."""

UNKNOWN: Final = "–"

MOST_RECORDS: Final = 5
"""Of evidence records that are named to people; the JSON names them all."""


def tally_words(counted: Tally, language: Language) -> tuple[str, ...]:
    """Return the cells of ``TALLIES``."""
    required = UNKNOWN if counted.required is None else number(counted.required, language)
    results = counted.results[Result.PASSED], counted.results[Result.FAILED]
    shown = (counted.present, counted.partly, counted.fully, *results, counted.open, counted.late)
    return required, *(number(count, language) for count in shown)


def level_name(level: Level | None) -> str:
    """Return how a level of positions is called."""
    return UNKNOWN if level is None else str(level)


def borne_words(one: Borne, language: Language) -> str:
    """Return one signature in a sentence: whose, of which level, since when and by what."""
    if one.signer is None:
        return text("REPORT_BORNE_BROKEN", language)
    proof, claimed = one.proven, one.claimed
    source = text(f"PROVEN_BY_{proof.source.name}", language) if proof else ""
    known = {"at": moment(proof.at), "source": source} if proof else {}
    when = text("REPORT_BORNE_PROVEN", language, known) if proof else text("REPORT_BORNE_UNPROVEN", language)
    said = text("REPORT_BORNE_CLAIMED", language, {"at": moment(claimed)}) if claimed else ""
    return text("REPORT_BORNE", language, {"signer": one.signer, "level": one.level, "when": when}) + said


def state_words(phase: Phase, since: str, successor: str | None, language: Language) -> str:
    """Return how far an agreement has come: from when it counts, and what counts in its place."""
    return text(f"REPORT_STATE_{phase.name}", language, {"since": since, "successor": successor or UNKNOWN})


def states_line(phases: Iterable[Phase | None], language: Language) -> str:
    """Return how many agreements have come how far; '' if that is known of none."""
    counted = Counter(phases)
    told = (
        f"{number(counted[phase], language)} {text(f'REPORT_PHASE_{phase.name}', language)}"
        for phase in Phase
        if counted[phase]
    )
    return ", ".join(told)


def state_of(agreement: AgreementVerdict, language: Language) -> str | None:
    """Return the same of one verdict; None without content."""
    if agreement.phase is None or agreement.counts_from is None:
        return None
    return state_words(agreement.phase, agreement.counts_from.isoformat(), agreement.superseded_by, language)


def visible(written: str) -> str:
    """Return ``written`` with the escape (``\\u202e``) of each character that nobody sees.

    Names of files and texts of judged documents may hold what steers a terminal, turns the direction of a line or
    is no character at all.
    """
    if is_plain_text(written):
        return written
    return "".join(
        character if is_plain_text(character) else character.encode("unicode_escape").decode("ascii")
        for character in written
    )


def moment(at: datetime) -> str:
    """Return ``2026-01-22 09:15:00 WIB``, in the zone that ``at`` has."""
    return f"{at:%Y-%m-%d %H:%M:%S %Z}"


def register_line(mark: RegisterMark, language: Language) -> str:
    """Return which head of the register was believed, for people to compare."""
    facts = {"version": mark.version, "dated": mark.dated.isoformat(), "digest": mark.digest}
    return text("REPORT_REGISTER_USED", language, facts)


def number(count: int, language: Language) -> str:
    """Return ``3.000``, in English ``3,000``."""
    return format_number(Decimal(count)) if language == "id" else f"{count:,d}"
