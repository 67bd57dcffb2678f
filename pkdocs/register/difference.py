"""What changed from one version of the register to another, and whether it was only added to."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pkdocs.register.head import Head
from pkdocs.register.lines import AgreementLine, AssignmentLine, Line, State, valid_lines
from pkdocs.register.making import list_root, standing


@dataclass(frozen=True, slots=True)
class Moved:
    """An agreement whose state changed; None: it was not in force in that version."""

    id: str
    before: State | None
    after: State | None


@dataclass(frozen=True, slots=True)
class Difference:
    """From ``older`` to ``newer``. ``continues`` tells that every older line is still there, at its place.

    ``added`` are the newer lines that follow, all of them where it does not continue; ``moved`` agreements by content;
    ``came`` and ``left`` who holds an office in one version only.
    """

    older: Head
    newer: Head
    continues: bool
    added: tuple[Line, ...]
    moved: tuple[Moved, ...]
    came: tuple[AssignmentLine, ...]
    left: tuple[AssignmentLine, ...]

    @property
    def by_kind(self) -> Mapping[str, int]:
        """How many lines were added of which schema, without its number; those that void others as ``void``."""
        counted = Counter("void" if line.void else line.schema.partition("/")[0] for line in self.added)
        return dict(sorted(counted.items()))


def compare_versions(older: Head, before: Sequence[Line] | None, newer: Head, lines: Sequence[Line]) -> Difference:
    """Return what changed from ``older`` to ``newer``, whose lines are ``lines``.

    ``before`` are the older one's lines (None: not at hand). Where ``lines`` begins with them they need not be: the
    older head's root shows that. Else nothing is said of agreements and people unless they are at hand.
    """
    continues = older.size <= len(lines) and list_root(lines[: older.size]) == older.root_hash
    known = lines[: older.size] if continues else before
    return Difference(
        older=older,
        newer=newer,
        continues=continues,
        added=tuple(lines[older.size :] if continues else lines),
        moved=() if known is None else tuple(_moved(known, lines)),
        came=() if known is None else _only_in(lines, known),
        left=() if known is None else _only_in(known, lines),
    )


def _moved(before: Iterable[Line], after: Iterable[Line]) -> list[Moved]:
    old, new = _by_content(before), _by_content(after)
    return [
        Moved(new.get(content, line).id, _state(old.get(content)), _state(new.get(content)))
        for content, line in {**old, **new}.items()
        if _state(old.get(content)) is not _state(new.get(content))
    ]


def _by_content(lines: Iterable[Line]) -> dict[str, AgreementLine]:
    return {line.content: line for line in standing(lines)}


def _state(line: AgreementLine | None) -> State | None:
    return line.state if line else None


def _only_in(lines: Iterable[Line], others: Iterable[Line]) -> tuple[AssignmentLine, ...]:
    """Return offices held by the first that are not by the others, whatever their days."""
    seen = {line.subject for line in valid_lines(others) if isinstance(line, AssignmentLine) and line.ends is None}
    held = (line for line in valid_lines(lines) if isinstance(line, AssignmentLine) and line.ends is None)
    return tuple(line for line in held if line.subject not in seen)
