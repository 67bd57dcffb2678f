"""``pkdocs check``: everything that is wrong with a workbook."""

from collections import Counter
from pathlib import Path
from typing import Any

import click

from pkdocs.cli.base import Command, argument, json_option, language, option, print_json, say, words
from pkdocs.errors import WorkbookError
from pkdocs.pipeline.checking import Checked, check
from pkdocs.problem import Problem, Severity

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
_SHOWN_OF_A_KIND = 5


@click.command("check", cls=Command, code="CHECK")
@argument("workbook", type=click.Path(exists=True, path_type=Path))
@option("--all", "everything", is_flag=True, code="OPTION_ALL_PROBLEMS")
@json_option
@click.pass_context
def command(ctx: click.Context, workbook: Path, *, everything: bool) -> None:
    """Check a workbook."""
    checked = check(workbook)
    print_problems(ctx, checked, limit=None if everything else _SHOWN_OF_A_KIND)
    print_json(ctx, {"findings": [as_json(ctx, entry) for entry in checked.problems], "counts": dict(checked.counts)})
    ctx.exit(WorkbookError.exit_code if checked.errors else 0)


def as_json(ctx: click.Context, problem: Problem) -> dict[str, Any]:
    """Return a problem as the contract's finding."""
    place = problem.place
    return {
        "severity": str(problem.severity),
        "code": problem.code,
        "file": place.file,
        "sheet": place.sheet,
        "row": place.row,
        "column": place.column,
        "message": problem.message(language(ctx)),
    }


def print_problems(ctx: click.Context, checked: Checked, *, limit: int | None) -> None:
    """Print errors all, warnings and notes up to ``limit`` of a kind, then the counts."""
    shown: Counter[str] = Counter()
    for problem in checked.problems:
        shown[problem.code] += 1
        if problem.severity is Severity.ERROR or limit is None or shown[problem.code] <= limit:
            kind = words(ctx, f"SEVERITY_{problem.severity.name}")
            line = f"{kind} {problem.place.label}: {problem.message(language(ctx))} [{problem.code}]"
            say(ctx, line, fg=_COLOURS[problem.severity])
    for code, count in sorted(shown.items()):
        say(ctx, f"  {count:5d} × {code}")
    counts = checked.counts
    made, stopped = len(checked.cascade.agreements), len(checked.cascade.stopped)
    say(ctx, words(ctx, "CHECK_COUNTS", **counts, made=made, stopped=stopped), bold=True)
