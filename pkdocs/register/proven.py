"""What a proof is worth beside a believed head: the register of the lines that it shows, and what it does not show."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from pkdocs.register.account import Account
from pkdocs.register.book import Register
from pkdocs.register.head import Head
from pkdocs.register.lines import Line, parse_line, subject_of
from pkdocs.register.merkle import has_grown, root_by_path
from pkdocs.register.proof import HeadMark, Proof, ProvenLine, parse_proof
from pkdocs.schema import NewerSchemaError, SchemaError, demand
from pkdocs.verification import Finding, Step, Weight, find

_QUOTED: Final = 120


def open_proof(believed: Head | None, wrong: Iterable[Finding], data: bytes | None) -> tuple[Account, Proof | None]:
    """Return what a head (None: not believed) and the bytes of a proof (None: absent) are worth, and the proof.

    ``wrong`` are the findings of the head. The register has the proven lines and no others.
    """
    if believed is None:
        return Account(None, tuple(wrong)), None
    try:
        proof = parse_proof(data or b"")
    except NewerSchemaError as fault:
        found = find("PROOF_NEWER", Step.SET, Weight.UNKNOWN, found=fault.found, known=fault.known)
        return Account(None, (*wrong, found)), None
    except SchemaError as fault:
        return Account(None, (*wrong, _fail("PROOF_UNREADABLE", why=str(fault)[:_QUOTED]))), None
    register, findings = _open(believed, proof)
    return Account(register, (*wrong, *findings)), proof


def _open(head: Head, proof: Proof) -> tuple[Register | None, tuple[Finding, ...]]:
    if proof.head != HeadMark.of(head):
        weight = Weight.FAIL if proof.head.digest == head.digest else Weight.UNKNOWN
        params = {"proven": proof.head.version, "version": head.version}
        return None, (Finding.of("PROOF_OF_ANOTHER_HEAD", Step.SET, weight, params),)
    if head.in_force is None:
        return None, (find("PROOF_HEAD_EARLIER", Step.SET, Weight.UNKNOWN, version=head.version),)
    try:
        in_force = _read(proof.in_force, head.in_force.size, head.in_force.root_hash)
        _demand_in_force(in_force)
        listed = _read(proof.listed, head.size, head.root_hash)
    except NewerSchemaError as fault:
        return None, (find("PROOF_NEWER", Step.SET, Weight.UNKNOWN, found=fault.found, known=fault.known),)
    except SchemaError as fault:
        return None, (_fail("PROOF_WRONG", why=str(fault)[:_QUOTED]),)
    late = [line.entered for line in (*in_force, *listed) if line.entered > head.dated]
    if late:
        return None, (_fail("LIST_LATER", entered=late[0].isoformat()),)
    places = zip((line.index for line in proof.listed), listed, strict=True)
    return Register.stating(head, in_force, places, whole=False), ()


def _read(proven: Sequence[ProvenLine], size: int, root: str) -> tuple[Line, ...]:
    """Return the lines, all of which lead to ``root``.

    Raises:
        SchemaError: one does not, is no line, or they are not in the order of the list.
    """
    for before, after in pairwise(proven):
        if before.index >= after.index:
            raise SchemaError("not in order")
    return tuple(_read_one(line, size, root) for line in proven)


def _demand_in_force(lines: Sequence[Line]) -> None:
    """Pass lines that can be in force together: of each subject one, and none that is void.

    Raises:
        SchemaError: the head signs what a list cannot give.
    """
    demand(not any(line.void for line in lines), "a void line in force")
    demand(len(set(map(subject_of, lines))) == len(lines), "two lines of one subject in force")


def _read_one(proven: ProvenLine, size: int, root: str) -> Line:
    written = proven.line.encode("utf-8")
    found = root_by_path(written, proven.index, size, proven.digests)
    if found is None or found.hex() != root:
        raise SchemaError(f"line {proven.index}: not in the tree")
    return parse_line(written)


def growth_findings(head: Head, proof: Proof | None, older: Iterable[Head]) -> Iterator[Finding]:
    """Yield where ``proof`` (None: none that can be read) does not show that ``head`` continues an ``older`` one."""
    for one in older:
        if one.digest == head.digest:
            continue
        if proof is None or proof.since is None or proof.since.older != HeadMark.of(one):
            yield find("HEAD_GROWTH_UNPROVEN", Step.SET, Weight.UNKNOWN, version=one.version)
        elif not has_grown(_tree_of(one), _tree_of(head), proof.since.digests):
            yield _fail("LIST_REWRITTEN", version=one.version)


def _tree_of(head: Head) -> tuple[int, bytes]:
    return head.size, bytes.fromhex(head.root_hash)


def _fail(code: str, **params: str | int) -> Finding:
    return Finding.of(code, Step.SET, Weight.FAIL, params)
