"""``pkdocs verify``: signatures and the chain, offline, trusting only what is named."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

import click

from pkdocs.cli.base import (
    Command,
    argument,
    json_option,
    language,
    option,
    print_json_parts,
    progress,
    read_moment,
    say,
    settings,
    words,
)
from pkdocs.errors import UsageError
from pkdocs.pipeline.audit import Means, verify
from pkdocs.pipeline.reporting import demand_place, write_report
from pkdocs.report import counts_json, json_parts, overall, tree_lines
from pkdocs.verification import Result

COLOURS: Final = {
    Result.PASSED: "green",
    Result.FAILED: "red",
    Result.INDETERMINATE: "yellow",
    Result.INCOMPLETE: "yellow",
    Result.NOT_JUDGED: None,
}
EXITS: Final = {Result.PASSED: 0, Result.INCOMPLETE: 10, Result.INDETERMINATE: 10, Result.FAILED: 9}

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_ANY = click.Path(exists=True, path_type=Path)
_Command = TypeVar("_Command", bound=Callable[..., object])


def means_options(command: _Command) -> _Command:
    """Give a command the options by what it judges."""
    for declare in (
        option("--jobs", type=click.IntRange(1, 64), metavar="N", code="OPTION_VERIFY_JOBS"),
        option("--at", "moment", metavar="TIME", code="OPTION_AT"),
        option("--records", metavar="PATH", multiple=True, type=_ANY, code="OPTION_RECORDS"),
        option("--workbook", type=click.Path(exists=True, path_type=Path), code="OPTION_VERIFY_WORKBOOK"),
        option("--templates", metavar="DIR", type=_FOLDER, code="OPTION_VERIFY_TEMPLATES"),
        option("--proof", metavar="FILE", type=_FILE, code="OPTION_VERIFY_PROOF"),
        option("--register", metavar="HEAD", type=_FILE, code="OPTION_REGISTER"),
        option("--trust", required=True, type=_FILE, code="OPTION_TRUST"),
    ):
        command = declare(command)
    return command


def demand_head(register: Path | None, proof: Path | None) -> None:
    """Pass a proof with the head that it is of.

    Raises:
        UsageError: the head is not named.
    """
    if proof and not register:
        raise UsageError("PROOF_NEEDS_HEAD")


@click.command("verify", cls=Command, code="VERIFY")
@argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@means_options
@option("--thorough", is_flag=True, code="OPTION_THOROUGH")
@option(
    "--report",
    "reports",
    metavar="FILE",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    code="OPTION_REPORT",
)
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    *,
    paths: tuple[Path, ...],
    trust: Path,
    register: Path | None,
    proof: Path | None,
    templates: Path | None,
    workbook: Path | None,
    records: tuple[Path, ...],
    moment: str | None,
    jobs: int | None,
    thorough: bool,
    reports: tuple[Path, ...],
) -> None:
    """Verify files."""
    at = read_moment(moment)
    for report in reports:
        demand_place(report)
    demand_head(register, proof)
    means = Means(register, templates, workbook, proof, records, jobs or settings(ctx).jobs, thorough)
    with progress(ctx, words(ctx, "VERIFY_PROGRESS")) as bar:
        verdict = verify(paths, trust, at=at, means=means, progress=bar)
    for line in tree_lines(verdict, language(ctx)):
        say(ctx, line.text, fg=COLOURS[line.result] if line.result else None)
    for report in dict.fromkeys(reports):
        write_report(verdict, report, language(ctx))
        say(ctx, words(ctx, "REPORT_WRITTEN", file=report))
    print_json_parts(ctx, json_parts(verdict, language(ctx)), given=counts_json(verdict))
    ctx.exit(EXITS[overall(verdict)])
