"""A proof: the lines of a register that judge a few agreements, each with its way to the head (RFC 6962, 2.1)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pkdocs.content import DIGEST
from pkdocs.register.head import Head
from pkdocs.register.lines import (
    MAX_LINE_BYTES,
    AgreementLine,
    AssignmentLine,
    CertificateLine,
    Line,
    PositionLine,
    TemplateLine,
    last_lines,
)
from pkdocs.register.merkle import Tree
from pkdocs.schema import SchemaError, canonical, demand, parse_canonical

PROOF_SCHEMA: Final = "pkdocs-proof/1"
MAX_PROOF_BYTES: Final = 64_000_000
_LONGEST_PATH: Final = 64


@dataclass(frozen=True, slots=True)
class HeadMark:
    """Which head is meant: version and digest, and the list that it signs."""

    version: int
    digest: str
    size: int
    root_hash: str

    def __post_init__(self) -> None:
        demand(self.version >= 1 and self.size >= 1, "not a head")
        demand(DIGEST.fullmatch(self.digest) and DIGEST.fullmatch(self.root_hash), "not a digest")

    @classmethod
    def of(cls, head: Head) -> "HeadMark":
        """Return what is said of ``head``."""
        return cls(head.version, head.digest, head.size, head.root_hash)


@dataclass(frozen=True, slots=True)
class ProvenLine:
    """A line as it is written, its ``index`` in the tree, and the digests (hexadecimal) from it to the root."""

    index: int
    line: str
    path: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        demand(self.index >= 0 and 0 < len(self.line) <= MAX_LINE_BYTES, "not a line")
        _demand_path(self.path)

    @property
    def digests(self) -> tuple[bytes, ...]:
        """The path as bytes."""
        return tuple(map(bytes.fromhex, self.path))


@dataclass(frozen=True, slots=True)
class Growth:
    """That the list of an ``older`` head is the beginning of this one's: its consistency proof."""

    older: HeadMark
    path: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _demand_path(self.path)

    @property
    def digests(self) -> tuple[bytes, ...]:
        """The path as bytes."""
        return tuple(map(bytes.fromhex, self.path))


@dataclass(frozen=True, slots=True)
class Proof:
    """What is shown of one head without its list.

    ``in_force`` are lines in the tree of those that hold, ``listed`` in that of the whole list: since when something
    was so. ``since`` shows that nothing of an older list is gone.
    """

    schema: str
    head: HeadMark
    in_force: tuple[ProvenLine, ...] = ()
    listed: tuple[ProvenLine, ...] = ()
    since: Growth | None = None

    def __post_init__(self) -> None:
        demand(self.schema == PROOF_SCHEMA, f"schema is not {PROOF_SCHEMA}")
        demand(self.in_force or self.since, "a proof of nothing")
        demand(self.in_force or not self.listed, "listed without what holds")
        for lines in (self.in_force, self.listed):
            demand(len({line.index for line in lines}) == len(lines), "a line twice")

    @property
    def canonical(self) -> bytes:
        """The canonical bytes: the file."""
        return canonical(self)


def _demand_path(path: Sequence[str]) -> None:
    demand(len(path) <= _LONGEST_PATH and all(map(DIGEST.fullmatch, path)), "not a path")


def parse_proof(data: bytes) -> Proof:
    """Return the proof of canonical bytes.

    Raises:
        NewerSchemaError: made by a newer pkdocs.
        SchemaError: too large, not canonical, or not a proof.
    """
    if len(data) > MAX_PROOF_BYTES:
        raise SchemaError("too large")
    return parse_canonical(Proof, data, schema=PROOF_SCHEMA)


def prove_lines(head: Head, lines: Sequence[Line], ids: Collection[str], *, since: Growth | None = None) -> Proof:
    """Return the proof of what judges the agreements ``ids`` (without case), and all above them up to the root.

    That are the agreements of every position on the way up, the position's lines, who held it and whose certificates
    these persons have, and all templates; and of each signed agreement the line with which its bytes came in.
    ``lines`` are those that ``head`` covers; ``since`` goes into the same file.

    Raises:
        KeyError: the list has no agreement of such an id; it names one.
        SchemaError: a head of the earlier schema, which does not say what is in force.
    """
    if head.in_force is None:
        raise SchemaError("the head does not say what is in force")
    held = [(place, line) for place, line in last_lines(lines) if not line.void]
    valid = [line for _, line in held]
    needed = _needed(valid, ids)
    written = [canonical(line) for line in lines]
    in_force = Tree.of(written[place] for place, _ in held)
    wanted = [index for index, line in enumerate(valid) if line in needed]
    whole = Tree.of(written)
    entries = sorted(_entries(lines, [line for line in needed if isinstance(line, AgreementLine)]))
    return Proof(
        schema=PROOF_SCHEMA,
        head=HeadMark.of(head),
        in_force=tuple(_proven(in_force, index, written[held[index][0]]) for index in wanted),
        listed=tuple(_proven(whole, place, written[place]) for place in entries),
        since=since,
    )


def prove_growth(lines: Iterable[Line], older: Head) -> Growth:
    """Return the proof that the list of ``older`` is the beginning of ``lines``.

    Raises:
        IndexError: it has more lines. Whether they are the same is not asked: then the proof does not hold.
    """
    path = Tree.of(map(canonical, lines)).growth(older.size)
    return Growth(HeadMark.of(older), tuple(map(bytes.hex, path)))


def _proven(tree: Tree, index: int, written: bytes) -> ProvenLine:
    return ProvenLine(index, written.decode("utf-8"), tuple(map(bytes.hex, tree.path(index))))


def _needed(valid: Sequence[Line], ids: Collection[str]) -> frozenset[Line]:
    agreements = [line for line in valid if isinstance(line, AgreementLine)]
    asked = {identity.casefold() for identity in ids}
    named = [line for line in agreements if line.id.casefold() in asked]
    if absent := asked - {line.id.casefold() for line in named}:
        raise KeyError(min(absent))
    keys = _way_up({line.position for line in named}, [line for line in valid if isinstance(line, PositionLine)])
    on_the_way = [line for line in agreements if line.position in keys]
    persons = {person for line in on_the_way for person in line.persons}
    return frozenset(
        line
        for line in valid
        if isinstance(line, TemplateLine)
        or (isinstance(line, AgreementLine | AssignmentLine) and line.position in keys)
        or (isinstance(line, PositionLine) and line.key in keys)
        or (isinstance(line, CertificateLine) and line.person in persons)
    )


def _way_up(keys: set[str], positions: Sequence[PositionLine]) -> frozenset[str]:
    above: dict[str, set[str]] = defaultdict(set)
    for line in positions:
        above[line.key] |= {key for key in (line.superior, line.signs_with) if key}
    found, waiting = set(keys), set(keys)
    while waiting:
        waiting = {key for below in waiting for key in above[below]} - found
        found |= waiting
    return frozenset(found)


def _entries(lines: Sequence[Line], agreements: Iterable[AgreementLine]) -> Iterator[int]:
    """Yield the places at which the signed bytes of ``agreements`` came into the list."""
    waiting = {line.content: line.signed for line in agreements if line.signed}
    for place, line in enumerate(lines):
        if isinstance(line, AgreementLine) and line.signed and waiting.get(line.content) == line.signed:
            del waiting[line.content]
            yield place
