"""``pkdocs init``: a workplace."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from pkdocs.cli.base import Command, argument, json_option, language, print_json, say, words
from pkdocs.pipeline.workplace import init_workplace
from pkdocs.profile import Zone
from pkdocs.workbook import GUIDE


@click.command("init", cls=Command, code="INIT")
@argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@json_option
@click.pass_context
def command(ctx: click.Context, folder: Path) -> None:
    """Prepare a workplace."""
    made = init_workplace(folder, language=language(ctx), day=datetime.now(Zone.WIB.info).date())
    names = {"readme": made.readme.name, "key": made.person_key.name, "workbook": made.workbook.name, "guide": GUIDE}
    say(ctx, words(ctx, "WORKPLACE_MADE", folder=made.folder, **names))
    print_json(ctx, {name: str(path) for name, path in asdict(made).items()})
