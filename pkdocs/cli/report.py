"""``pkdocs report``: an auditor's report, signed, checked against the files, and the schema of its JSON."""

from datetime import UTC, datetime
from pathlib import Path

import click

from pkdocs.cli.base import (
    Command,
    Group,
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
from pkdocs.cli.holders import passphrase_option
from pkdocs.cli.secret import Source, read_secret
from pkdocs.cli.sign import demand_consent
from pkdocs.cli.verify import COLOURS, EXITS, demand_head, means_options
from pkdocs.files import read_regular
from pkdocs.pipeline.audit import Means
from pkdocs.pipeline.rechecking import Rechecked, check_report, read_report, sign_report
from pkdocs.report.json import finding_json
from pkdocs.report.outline import heaviest, heaviest_first
from pkdocs.report.shape import schema_text
from pkdocs.report.wording import visible
from pkdocs.signing import load_pkcs12

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("report", cls=Group, code="REPORT")
def command() -> None:
    """Lead to the commands."""


@command.command("sign", cls=Command, code="REPORT_SIGN")
@argument("report", metavar="FILE", type=_FILE)
@option("--p12", required=True, type=_FILE, code="OPTION_P12")
@passphrase_option
@option("--yes", is_flag=True, code="OPTION_YES")
@json_option
@click.pass_context
def sign_command(ctx: click.Context, report: Path, p12: Path, passphrase_file: Path | None, *, yes: bool) -> None:
    """Sign a report."""
    facts = read_report(report)
    secret = read_secret(ctx, Source(passphrase_file), "PASSPHRASE_PROMPT", may_be_empty=True)
    signer = load_pkcs12(read_regular(p12), secret)
    if facts.report is not None:
        told = facts.report
        result = heaviest([*(one["result"] for one in told["agreements"]), told["set"]["result"]])
        shown = {"at": told["at"], "files": len(told["agreements"]), "trust": told["trust"], "result": result}
        say(ctx, words(ctx, "REPORT_SIGN_PLAN", file=report, **shown), bold=True)
    if not yes:
        demand_consent(ctx, "REPORT_SIGN_CONFIRM")
    name = sign_report(report, signer, at=lambda: datetime.now(UTC))
    say(ctx, words(ctx, "REPORT_SIGNED", file=report, name=visible(name)), bold=True)
    print_json(ctx, {"report": str(report), "signer": name})


@command.command("check", cls=Command, code="REPORT_CHECK")
@argument("report", metavar="FILE", type=_FILE)
@argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@means_options
@option("--signer-trust", metavar="FILE", type=_FILE, code="OPTION_SIGNER_TRUST")
@json_option
@click.pass_context
def check_command(
    ctx: click.Context,
    *,
    report: Path,
    paths: tuple[Path, ...],
    trust: Path,
    register: Path | None,
    proof: Path | None,
    templates: Path | None,
    workbook: Path | None,
    records: tuple[Path, ...],
    moment: str | None,
    jobs: int | None,
    signer_trust: Path | None,
) -> None:
    """Check a report."""
    demand_head(register, proof)
    means = Means(register, templates, workbook, proof, records, jobs or settings(ctx).jobs)
    with progress(ctx, words(ctx, "VERIFY_PROGRESS")) as bar:
        at = read_moment(moment)
        found = check_report(report, paths, trust, at=at, means=means, progress=bar, signer_trust=signer_trust)
    _show(ctx, report, found)
    print_json(
        ctx,
        {
            "report": str(report),
            "sha256": found.sha256,
            "at": found.report["at"] if found.report else None,
            "signed": list(found.signers),
            "result": str(found.result),
            "findings": [finding_json(finding, language(ctx)) for finding in found.findings],
        },
    )
    ctx.exit(EXITS[found.result])


def _show(ctx: click.Context, report: Path, found: Rechecked) -> None:
    for finding in sorted(found.findings, key=heaviest_first):
        say(ctx, f"{finding.code}: {visible(finding.message(language(ctx)))}")
    for name in found.signers:
        say(ctx, words(ctx, "REPORT_SIGNED_BY", name=visible(name)))
    said = words(ctx, f"REPORT_CHECKED_{found.result.name}", file=report)
    say(ctx, said, fg=COLOURS[found.result], bold=True)


@command.command("schema", cls=Command, code="REPORT_SCHEMA")
def schema_command() -> None:
    """Print the schema."""
    click.echo(schema_text(), nl=False)
