"""``pkdocs seal``: the organisation's invisible seal before all signatures."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from pkdocs.cli.base import Command, argument, json_option, language, named, option, print_json, progress, say, words
from pkdocs.cli.holders import Around, chosen_of, holder_options, open_holder, timestamper_of
from pkdocs.cli.sign import demand_consent
from pkdocs.errors import UsageError
from pkdocs.pipeline.sealing import Sealing, plan_sealing, seal_files
from pkdocs.profile import Zone
from pkdocs.signing.augmentation import check_level
from pkdocs.signing.preflight import demand_ready


@click.command("seal", cls=Command, code="SEAL")
@argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@holder_options
@option("--yes", is_flag=True, code="OPTION_YES")
@json_option
@click.pass_context
def command(ctx: click.Context, /, *, paths: tuple[Path, ...], yes: bool, **options: Any) -> None:
    """Seal what nobody has signed."""
    chosen = chosen_of(options)
    if chosen.options["bsre"]:
        raise UsageError("SEAL_BY_BSRE")
    if chosen.level.is_long:
        raise UsageError("SEAL_LEVEL", level=chosen.level.value)
    holder, now = open_holder(ctx, chosen, Around({}, lambda: "", None)), datetime.now(UTC)
    demand_ready(holder, at=now, zone=Zone.WIB)
    check_level(chosen.level, [(holder.certificate, holder.chain)], None, timestamper_of(ctx, chosen), at=now)
    planned = plan_sealing(paths, holder)
    if planned.files:
        say(ctx, words(ctx, "SEAL_PLAN", count=len(planned.files)), bold=True)
        if not yes:
            demand_consent(ctx, "SEAL_CONFIRM", count=len(planned.files))
    with progress(ctx, words(ctx, "SEAL_PROGRESS")) as bar:
        done = seal_files(planned, holder, at=lambda: datetime.now(UTC), progress=bar)
    _show(ctx, done)
    print_json(ctx, _as_json(ctx, done))
    ctx.exit(done.exit_code)


def _show(ctx: click.Context, done: Sealing) -> None:
    for refused in done.refused:
        say(ctx, f"✗ {named(refused.id, refused.error.message(language(ctx)))}", fg="red")
    counts = {"sealed": len(done.sealed), "kept": len(done.kept), "refused": len(done.refused)}
    say(ctx, words(ctx, "SEAL_DONE", **counts), bold=True)


def _as_json(ctx: click.Context, done: Sealing) -> dict[str, Any]:
    return {
        "sealed": [{"id": one.id, "file": str(one.file), "sha256": one.digest} for one in done.sealed],
        "kept": list(done.kept),
        "refused": [
            {"id": one.id, "code": one.error.code, "message": one.error.message(language(ctx))} for one in done.refused
        ],
    }
