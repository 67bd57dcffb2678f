"""``pkdocs status``: who has signed, who is awaited."""

from pathlib import Path
from typing import Any

import click

from pkdocs.cli.base import (
    Command,
    argument,
    given_key,
    json_option,
    language,
    named,
    option,
    person_key_option,
    print_json,
    say,
    words,
)
from pkdocs.cli.withdraw import decision_json
from pkdocs.pipeline.standing import Standing, find_person, read_standing


@click.command("status", cls=Command, code="STATUS")
@argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@option("--unit", metavar="UNIT", code="OPTION_UNIT")
@option("--person", metavar="ID", code="OPTION_PERSON")
@option("--waiting", is_flag=True, code="OPTION_WAITING")
@person_key_option
@json_option
@click.pass_context
def command(
    ctx: click.Context, folder: Path, unit: str | None, person: str | None, person_key: Path | None, *, waiting: bool
) -> None:
    """Show how far the agreements have come."""
    wanted = find_person(folder, person, given_key(ctx, person_key)) if person else None
    found = list(read_standing(folder, unit=unit, person=wanted))
    shown = [entry for entry in found if entry.awaits or entry.error or not waiting]
    for entry in shown:
        say(ctx, _line(ctx, entry), fg=_colour(entry))
    ended = sum(1 for entry in found if entry.decision)
    complete = sum(1 for entry in found if not entry.awaits and not entry.error and not entry.decision)
    counts = {"total": len(found), "complete": complete, "open": len(found) - complete - ended}
    say(ctx, words(ctx, "STATUS_COUNTS", **counts), bold=True)
    if ended:
        say(ctx, words(ctx, "STATUS_ENDED", count=ended))
    print_json(ctx, {"agreements": [_as_json(entry) for entry in shown]})


def _colour(entry: Standing) -> str:
    if entry.error or entry.decision:
        return "red"
    return "yellow" if entry.awaits else "green"


def _line(ctx: click.Context, entry: Standing) -> str:
    if entry.error:
        return f"! {named(entry.id, entry.error.message(language(ctx)))}"
    if entry.decision:
        return "✗ " + words(ctx, f"STATUS_{entry.decision.kind.name}", id=entry.id, reason=entry.decision.reason)
    if entry.awaits:
        role, party = entry.awaits
        return "… " + words(ctx, "STATUS_AWAITS", id=entry.id, role=words(ctx, f"ROLE_{role.name}"), name=party.name)
    return "✓ " + words(ctx, "STATUS_COMPLETE", id=entry.id)


def _as_json(entry: Standing) -> dict[str, Any]:
    awaits = None
    if entry.awaits:
        role, party = entry.awaits
        awaits = {"role": role.value, "person": party.person, "name": party.name}
    signed = [role.value for role in entry.signed]
    ended = {"decision": decision_json(entry.decision)} if entry.decision else {}
    return {"id": entry.id, "unit": entry.unit, "signed": signed, "awaits": awaits, **ended}
