"""``pkdocs reject``: a party does not accept an agreement."""

from pathlib import Path

import click

from pkdocs.cli.base import Command, given_key, json_option, option, person_key_option
from pkdocs.cli.withdraw import folder_option, id_argument, note, reason_option, undo_option
from pkdocs.decision import Kind
from pkdocs.pipeline.standing import find_person


@click.command("reject", cls=Command, code="REJECT")
@id_argument
@reason_option
@option("--as", "person", required=True, metavar="PERSON_ID", code="OPTION_REJECT_AS")
@folder_option
@undo_option
@person_key_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    *,
    identity: str,
    reason: str,
    person: str,
    folder: Path,
    undo: bool,
    person_key: Path | None,
) -> None:
    """Note that a party rejects an agreement."""
    found = find_person(folder, person, given_key(ctx, person_key))
    note(ctx, folder, identity, Kind.LIFTED if undo else Kind.REJECTED, reason, person=found)
