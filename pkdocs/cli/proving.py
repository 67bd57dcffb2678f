"""``pkdocs register prove``, ``verify``, ``diff``: the register for those who do not keep it."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from pkdocs.cli.base import (
    Command,
    argument,
    json_option,
    language,
    option,
    print_json,
    read_moment,
    say,
    words,
)
from pkdocs.pipeline.proving import Judged, diff_registers, judge_register, write_proof
from pkdocs.register import Difference, Head, Moved
from pkdocs.report import finding_json
from pkdocs.schema import to_json
from pkdocs.verification import Result

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_EXITS = {Result.PASSED: 0, Result.INDETERMINATE: 10, Result.FAILED: 9}
_CONTINUED, _REWRITTEN = 0, 9
_MARKS = {Result.PASSED: "✓", Result.INDETERMINATE: "?", Result.FAILED: "✗"}


@click.command("prove", cls=Command, code="REGISTER_PROVE")
@argument("head", metavar="HEAD", type=_FILE)
@option("--agreement", "ids", metavar="ID", multiple=True, code="OPTION_PROVE_AGREEMENT")
@option("--since", metavar="OLDER", type=_FILE, code="OPTION_PROVE_SINCE")
@option(
    "--out", required=True, metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), code="OPTION_PROVE_OUT"
)
@json_option
@click.pass_context
def prove_command(ctx: click.Context, head: Path, ids: tuple[str, ...], since: Path | None, out: Path) -> None:
    """Write a proof."""
    proof = write_proof(head, out, ids=ids, since=since)
    counts = {"in_force": len(proof.in_force), "listed": len(proof.listed)}
    older = proof.since.older.version if proof.since else None
    if ids:
        say(ctx, words(ctx, "REGISTER_PROVEN", version=proof.head.version, file=out, **counts), bold=True)
    if older:
        say(ctx, words(ctx, "REGISTER_GROWTH_PROVEN", version=proof.head.version, older=older, file=out), bold=True)
    named = {"file": str(out), "version": proof.head.version, "digest": proof.head.digest}
    print_json(ctx, {**named, "since": older, **counts})


@click.command("verify", cls=Command, code="REGISTER_VERIFY")
@argument("head", metavar="HEAD", type=_FILE)
@option("--trust", required=True, type=_FILE, code="OPTION_TRUST")
@option("--since", metavar="OLDER", type=_FILE, multiple=True, code="OPTION_REGISTER_SINCE")
@option("--proof", metavar="FILE", type=_FILE, code="OPTION_VERIFY_PROOF")
@option("--at", "moment", metavar="TIME", code="OPTION_AT")
@json_option
@click.pass_context
def verify_command(
    ctx: click.Context, *, head: Path, trust: Path, since: tuple[Path, ...], proof: Path | None, moment: str | None
) -> None:
    """Judge head and list."""
    judged = judge_register(head, trust, since=since, proof=proof, at=read_moment(moment))
    _show_judged(ctx, judged)
    print_json(ctx, _judged_json(ctx, judged, head))
    ctx.exit(_EXITS[judged.result])


def _show_judged(ctx: click.Context, judged: Judged) -> None:
    found = judged.verdict.head
    if found is not None:
        named = {"organisation": found.organisation.name, "year": found.year, "version": found.version}
        say(ctx, words(ctx, "REGISTER_JUDGED", digest=found.digest, size=found.size, **named), bold=True)
        names = "; ".join(one.name for one in judged.verdict.signed_by) or "-"
        say(ctx, words(ctx, "REGISTER_SIGNED_BY", names=names))
    if judged.verdict.proven:
        say(ctx, words(ctx, "REGISTER_PROVEN_AT", proven=_written(judged.verdict.proven)))
    for finding in judged.findings:
        say(ctx, f"  {finding.code}: {finding.message(language(ctx))}")
    say(ctx, f"{_MARKS[judged.result]} {judged.result}", bold=True)


def _judged_json(ctx: click.Context, judged: Judged, file: Path) -> dict[str, Any]:
    head, proven = judged.verdict.head, judged.verdict.proven
    return {
        "head": str(file),
        "result": str(judged.result),
        "version": head.version if head else None,
        "digest": head.digest if head else None,
        "size": head.size if head else None,
        "signed_by": [one.name for one in judged.verdict.signed_by],
        "proven": _written(proven) if proven else None,
        "training": judged.verdict.training,
        "findings": [finding_json(finding, language(ctx)) for finding in judged.findings],
    }


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


@click.command("diff", cls=Command, code="REGISTER_DIFF")
@argument("older", metavar="OLDER", type=_FILE)
@argument("newer", metavar="NEWER", type=_FILE)
@json_option
@click.pass_context
def diff_command(ctx: click.Context, older: Path, newer: Path) -> None:
    """Show what changed."""
    found = diff_registers(older, newer)
    _show_difference(ctx, found)
    print_json(ctx, _difference_json(found))
    ctx.exit(_CONTINUED if found.continues else _REWRITTEN)


def _show_difference(ctx: click.Context, found: Difference) -> None:
    versions = {"older": found.older.version, "newer": found.newer.version}
    code = "REGISTER_CONTINUES" if found.continues else "REGISTER_REWRITTEN"
    say(ctx, words(ctx, code, count=len(found.added), **versions), bold=True, fg=None if found.continues else "red")
    for kind, count in found.by_kind.items():
        say(ctx, f"  {words(ctx, _kind_code(kind), count=count)}")
    for moved in found.moved:
        before, after = (words(ctx, f"STATE_{state.name}") if state else "-" for state in (moved.before, moved.after))
        say(ctx, f"  {moved.id}: {before} → {after}")
    for sign, lines in (("+", found.came), ("-", found.left)):
        for line in lines:
            say(ctx, f"  {sign} {line.person} {line.position} ({line.status})")


def _kind_code(kind: str) -> str:
    return f"REGISTER_ADDED_{kind.removeprefix('pkdocs-').upper()}"


def _difference_json(found: Difference) -> dict[str, Any]:
    return {
        "older": _mark_json(found.older),
        "newer": _mark_json(found.newer),
        "continues": found.continues,
        "added": dict(found.by_kind),
        "lines": [to_json(line) for line in found.added],
        "agreements": [_moved_json(moved) for moved in found.moved],
        "came": [to_json(line) for line in found.came],
        "left": [to_json(line) for line in found.left],
    }


def _mark_json(head: Head) -> dict[str, Any]:
    return {"version": head.version, "digest": head.digest, "size": head.size}


def _moved_json(moved: Moved) -> dict[str, Any]:
    return {"id": moved.id, "before": moved.before, "after": moved.after}
