"""The register shown to others on disk: proofs of single lines, one head judged by itself, two versions compared."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pkdocs.errors import ConflictError, UsageError
from pkdocs.executor import cores
from pkdocs.files import digest, read_regular, replace_unchanged
from pkdocs.pipeline.accounting import Reading, read_register
from pkdocs.pipeline.keeping import Kept, read_head, read_kept
from pkdocs.pipeline.pinning import read_trust_file
from pkdocs.pipeline.sources import Source
from pkdocs.register import (
    MAX_PROOF_BYTES,
    PROOF_SCHEMA,
    Difference,
    Head,
    HeadMark,
    HeadVerdict,
    Line,
    Proof,
    compare_versions,
    list_root,
    parse_proof,
    prove_growth,
    prove_lines,
)
from pkdocs.schema import SchemaError
from pkdocs.verification import Finding, Result, Step, Weight, find, result_of

_LIGHT = frozenset({Weight.WARNING, Weight.NOTE})


@dataclass(frozen=True, slots=True)
class Judged:
    """A register judged without any agreement: what weighs on it, and the verdict on its head."""

    result: Result
    findings: tuple[Finding, ...]
    verdict: HeadVerdict


def write_proof(file: Path, out: Path, *, ids: Sequence[str], since: Path | None) -> Proof:
    """Write what shows that agreements stand in the register, that an older head's list is still in it, or both.

    Raises:
        UsageError: neither was asked for.
        ConflictError: register or older head is damaged, an agreement is not in force in it, its head is of an earlier
            pkdocs, or the older list is not the beginning of this one; or ``out`` is there and no earlier proof.
        OSError: it cannot be written.
    """
    if not ids and since is None:
        raise UsageError("PROVE_NOTHING")
    earlier = _replaceable(out)
    kept = read_kept(file)
    if ids and kept.head.in_force is None:
        raise ConflictError("PROVE_EARLIER", version=kept.head.version)
    proof = _prove(kept, ids, read_head(since).head if since else None)
    replace_unchanged(out, proof.canonical, expected=earlier)
    return proof


def _replaceable(out: Path) -> str:
    """Return the digest of the proof that is there, nothing if there is no file."""
    if not out.exists():
        return ""
    data = read_regular(out, limit=MAX_PROOF_BYTES)
    try:
        parse_proof(data)
    except SchemaError as fault:
        raise ConflictError("PROVE_IN_THE_WAY", file=str(out)) from fault
    return digest(data)


def _prove(kept: Kept, ids: Sequence[str], older: Head | None) -> Proof:
    growth = None
    if older is not None:
        if not _continues(kept, older):
            raise ConflictError("PROVE_NOT_OLDER", older=older.version, version=kept.head.version)
        growth = prove_growth(kept.lines, older)
    if not ids:
        return Proof(PROOF_SCHEMA, HeadMark.of(kept.head), since=growth)
    try:
        return prove_lines(kept.head, kept.lines, ids, since=growth)
    except KeyError as fault:
        raise ConflictError("PROVE_ABSENT", id=str(fault.args[0]).upper(), version=kept.head.version) from fault


def _continues(kept: Kept, older: Head) -> bool:
    is_older = older.version < kept.head.version and older.size <= kept.head.size
    return is_older and list_root(kept.lines[: older.size]) == older.root_hash


def judge_register(named: Path, trust_file: Path, *, since: Sequence[Path], proof: Path | None, at: datetime) -> Judged:
    """Return what head and list are worth by the trust file alone, and whether they continue the heads ``since``.

    With ``proof`` the list is not looked at: only what the proof shows is known.

    Raises:
        TrustError: the trust file cannot be used.
    """
    trust = read_trust_file(trust_file)
    reading = read_register(named, [Source.of(file) for file in since], trust, at=at, jobs=cores(), proof=proof)
    account = reading.account
    unknown = () if account.register else (find("REGISTER_NOT_BELIEVED", Step.SET, Weight.UNKNOWN),)
    partial = account.register is not None and not account.register.whole
    shown = (find("SET_NOT_PROVEN", Step.SET, Weight.NOTE),) if partial else ()
    findings = (*account.findings, *unknown, *shown, *_since_findings(reading))
    return Judged(result_of(findings), findings, reading.verdict)


def _since_findings(reading: Reading) -> Iterator[Finding]:
    """Yield which of the older heads prove nothing, so that nothing is shown about what follows them."""
    named = reading.verdict.head
    for file, verdict in reading.others:
        head = verdict.head
        if head is None or not verdict.believed:
            cause = next((one.code for one in verdict.findings if one.weight not in _LIGHT), "-")
            yield find("HEAD_OLDER_NOT_BELIEVED", Step.SET, Weight.UNKNOWN, file=file.path.name, cause=cause)
        elif named and (
            (head.organisation, head.year) != (named.organisation, named.year) or head.version >= named.version
        ):
            yield find("HEAD_OLDER_OTHER", Step.SET, Weight.UNKNOWN, file=file.path.name)


def diff_registers(older: Path, newer: Path) -> Difference:
    """Return what changed from one head to another; nobody's trust is asked.

    The list beside the newer one is enough, as long as it continues the older.

    Raises:
        ConflictError: a head, or the newer one's list, is damaged; or they are not two versions of one register.
    """
    old, new = read_head(older).head, read_kept(newer)
    same = (old.organisation, old.year) == (new.head.organisation, new.head.year)
    if not same or old.version >= new.head.version:
        raise ConflictError("DIFF_NOT_OLDER", older=old.version, version=new.head.version)
    return compare_versions(old, _lines_beside(older), new.head, new.lines)


def _lines_beside(file: Path) -> Sequence[Line] | None:
    try:
        return read_kept(file).lines
    except ConflictError:
        # the list that lies there is another head's by now
        return None
