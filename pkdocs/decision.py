"""``DIR/keputusan.jsonl``: agreements that a party has rejected or the office has withdrawn before they were complete.

Lines are only ever added; the last one about a content holds. A decision is about one content: an agreement that is
made anew under its id, with another content, has none. Who decided is a role, so no person stands here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from pkdocs.content import DIGEST, Role, is_agreement_id
from pkdocs.errors import ConflictError
from pkdocs.files import digest, read_regular, replace_unchanged
from pkdocs.schema import NewerSchemaError, SchemaError, canonical, demand, is_plain_text, parse_canonical

SCHEMA: Final = "pkdocs-decision/1"
FILE_NAME: Final = "keputusan.jsonl"
MAX_REASON: Final = 500


class Kind(StrEnum):
    """What was decided; ``LIFTED`` takes the decision before it back."""

    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LIFTED = "lifted"


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision about the agreement ``id`` whose content has the digest ``content``, at a moment (ISO 8601, UTC).

    ``role`` is that of the party who rejected; None where the office decided.
    """

    id: str
    content: str
    kind: Kind
    reason: str
    at: str
    role: Role | None = None
    schema: str = SCHEMA

    def __post_init__(self) -> None:
        demand(is_agreement_id(self.id), "not an id")
        demand(DIGEST.fullmatch(self.content), "not a digest")
        demand(self.reason and len(self.reason) <= MAX_REASON and is_plain_text(self.reason), "not a reason")
        demand(_is_moment(self.at), "not a moment")


def _is_moment(written: str) -> bool:
    try:
        return datetime.fromisoformat(written).utcoffset() is not None
    except ValueError:
        return False


def moment(at: datetime) -> str:
    """Return ``at`` as decisions write it."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def read_decisions(folder: Path) -> Mapping[str, Decision]:
    """Return the decisions in force in ``folder``, by the digest of the content.

    Raises:
        ConflictError: the file is damaged, or of a newer pkdocs.
    """
    return in_force(_parse(folder, _read(folder)))


def in_force(decisions: Iterable[Decision]) -> Mapping[str, Decision]:
    """Return of each content the last decision, without those taken back."""
    last = {decision.content: decision for decision in decisions}
    return {content: decision for content, decision in last.items() if decision.kind is not Kind.LIFTED}


def add_decision(folder: Path, decision: Decision) -> None:
    """Add a line; the file is written whole, and what somebody else added meanwhile stands.

    Raises:
        ConflictError: the file is damaged, of a newer pkdocs, or was changed at the same moment.
        OSError: it cannot be written.
    """
    before = _read(folder)
    _parse(folder, before)
    expected = digest(before) if before else ""
    replace_unchanged(folder / FILE_NAME, before + canonical(decision) + b"\n", expected=expected)


def _read(folder: Path) -> bytes:
    try:
        return read_regular(folder / FILE_NAME)
    except FileNotFoundError:
        return b""
    except OSError as fault:
        raise ConflictError("DECISIONS_DAMAGED", file=str(folder / FILE_NAME), line=0) from fault


def _parse(folder: Path, data: bytes) -> list[Decision]:
    decisions: list[Decision] = []
    for number, line in enumerate(data.splitlines(), 1):
        try:
            decisions.append(parse_canonical(Decision, line, schema=SCHEMA))
        except NewerSchemaError as fault:
            raise ConflictError("SCHEMA_NEWER", fault.params, file=FILE_NAME) from fault
        except SchemaError as fault:
            raise ConflictError("DECISIONS_DAMAGED", file=str(folder / FILE_NAME), line=number) from fault
    return decisions
