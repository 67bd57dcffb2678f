"""``pkdocs verify``: signatures and the chain, offline, trusting only what is named."""

from pathlib import Path

import click

from pkdocs.cli.base import (
    Command,
    argument,
    json_option,
    language,
    option,
    print_json,
    progress,
    read_moment,
    say,
    settings,
    words,
)
from pkdocs.pipeline.audit import Means, verify
from pkdocs.pipeline.reporting import demand_place, write_report
from pkdocs.report import as_json, overall, tree_lines
from pkdocs.verification import Result

_COLOURS = {
    Result.PASSED: "green",
    Result.FAILED: "red",
    Result.INDETERMINATE: "yellow",
    Result.INCOMPLETE: "yellow",
    Result.NOT_JUDGED: None,
}
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_EXITS = {Result.PASSED: 0, Result.INCOMPLETE: 10, Result.INDETERMINATE: 10, Result.FAILED: 9}


@click.command("verify", cls=Command, code="VERIFY")
@argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@option("--trust", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), code="OPTION_TRUST")
@option(
    "--register", metavar="HEAD", type=click.Path(exists=True, dir_okay=False, path_type=Path), code="OPTION_REGISTER"
)
@option("--templates", metavar="DIR", type=_FOLDER, code="OPTION_VERIFY_TEMPLATES")
@option("--workbook", type=click.Path(exists=True, path_type=Path), code="OPTION_VERIFY_WORKBOOK")
@option("--at", "moment", metavar="TIME", code="OPTION_AT")
@option("--report", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), code="OPTION_REPORT")
@option(
    "--records",
    metavar="PATH",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    code="OPTION_RECORDS",
)
@option("--jobs", type=click.IntRange(1, 64), metavar="N", code="OPTION_VERIFY_JOBS")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    *,
    paths: tuple[Path, ...],
    trust: Path,
    register: Path | None,
    templates: Path | None,
    workbook: Path | None,
    moment: str | None,
    report: Path | None,
    records: tuple[Path, ...],
    jobs: int | None,
) -> None:
    """Verify files."""
    at = read_moment(moment)
    if report:
        demand_place(report)
    means = Means(register, templates, workbook, jobs or settings(ctx).jobs, records)
    with progress(ctx, words(ctx, "VERIFY_PROGRESS")) as bar:
        verdict = verify(paths, trust, at=at, means=means, progress=bar)
    for line in tree_lines(verdict, language(ctx)):
        say(ctx, line.text, fg=_COLOURS[line.result] if line.result else None)
    if report:
        write_report(verdict, report, language(ctx))
        say(ctx, words(ctx, "REPORT_WRITTEN", file=report))
    print_json(ctx, as_json(verdict, language(ctx)))
    ctx.exit(_EXITS[overall(verdict)])
