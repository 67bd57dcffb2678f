"""``pkdocs withdraw`` and what it shares with ``pkdocs reject``: an agreement that ends before it is complete."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from pkdocs.cli.base import Command, argument, json_option, option, print_json, say, words
from pkdocs.decision import Decision, Kind
from pkdocs.pipeline.deciding import decide

id_argument = argument("identity", metavar="ID")
reason_option = option("--reason", required=True, metavar="TEXT", code="OPTION_DECISION_REASON")
folder_option = option(
    "--in",
    "folder",
    metavar="DIR",
    default=".",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    code="OPTION_DECISION_FOLDER",
)
undo_option = option("--undo", is_flag=True, code="OPTION_DECISION_UNDO")


@click.command("withdraw", cls=Command, code="WITHDRAW")
@id_argument
@reason_option
@folder_option
@undo_option
@json_option
@click.pass_context
def command(ctx: click.Context, *, identity: str, reason: str, folder: Path, undo: bool) -> None:
    """Note that the office withdraws an agreement."""
    note(ctx, folder, identity, Kind.LIFTED if undo else Kind.WITHDRAWN, reason, person=None)


def note(ctx: click.Context, folder: Path, identity: str, kind: Kind, reason: str, *, person: str | None) -> None:
    """Note a decision, and say what it does."""
    done = decide(folder, identity, kind, reason, person=person, at=datetime.now(UTC))
    say(ctx, words(ctx, f"DECISION_{kind.name}", id=done.decision.id))
    print_json(ctx, {"id": done.decision.id, "file": str(done.file), **decision_json(done.decision)})


def decision_json(decision: Decision) -> dict[str, Any]:
    """Return what was decided, by which role (None: the office), why and when."""
    return {
        "decision": decision.kind.value,
        "role": decision.role.value if decision.role else None,
        "reason": decision.reason,
        "at": decision.at,
    }
