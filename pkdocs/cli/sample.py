"""``pkdocs sample``: a workbook for trials."""

from datetime import date, datetime
from pathlib import Path

import click

from pkdocs.cli.base import Command, argument, json_option, option, print_json, say, words
from pkdocs.errors import ConflictError
from pkdocs.files import write_atomic
from pkdocs.profile import Zone
from pkdocs.sample import build_sample, ceremony_day, usual_day


@click.command("sample", cls=Command, code="SAMPLE")
@argument("out", type=click.Path(dir_okay=False, path_type=Path))
@option("--people", type=int, required=True, metavar="N", code="OPTION_PEOPLE")
@option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", code="OPTION_SAMPLE_DATE")
@json_option
@click.pass_context
def command(ctx: click.Context, out: Path, people: int, day: datetime | None) -> None:
    """Write a workbook for trials."""
    chosen: date = ceremony_day(day.date()) if day else usual_day(datetime.now(Zone.WIB.info).date())
    data = build_sample(people, chosen)
    if out.exists() and out.read_bytes() != data:
        raise ConflictError("SAMPLE_EXISTS", file=str(out))
    write_atomic(out, data)
    say(ctx, words(ctx, "SAMPLE_MADE", file=out, people=people, day=chosen.isoformat()))
    print_json(ctx, {"file": str(out), "people": people})
