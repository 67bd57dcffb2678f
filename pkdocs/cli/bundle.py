"""``pkdocs bundle``: agreements packed as they are, or one unit's for the printer."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from pkdocs.cli.base import (
    Command,
    argument,
    json_option,
    language,
    named,
    option,
    print_json,
    progress,
    say,
    warn,
    words,
)
from pkdocs.content import Role
from pkdocs.errors import UsageError
from pkdocs.inventory import Item, Mark
from pkdocs.pipeline.bundling import Bundle, bundle
from pkdocs.pipeline.listed import LeftOut
from pkdocs.pipeline.printing import Print, Printed, print_unit

_ELECTRONIC = "PRINT_ELECTRONIC"
_EXIT_LACKING = 1
_SAID = {Mark.SIGNED: "signed", Mark.AWAITED: "awaited", Mark.PAPER: "paper"}


@click.command("bundle", cls=Command, code="BUNDLE")
@argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@option("--out", required=True, metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), code="OPTION_BUNDLE")
@option("--unit", "units", multiple=True, metavar="UNIT", code="OPTION_BUNDLE_UNIT")
@option("--print", "printed", metavar="UNIT", code="OPTION_PRINT")
@option("--duplex", is_flag=True, code="OPTION_DUPLEX")
@option("--all", "everyone", is_flag=True, code="OPTION_PRINT_ALL")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    *,
    folder: Path,
    out: Path,
    units: tuple[str, ...],
    printed: str | None,
    duplex: bool,
    everyone: bool,
) -> None:
    """Pack agreements, or join one unit's for the printer."""
    if printed is None and (duplex or everyone):
        raise UsageError("PRINT_OPTION")
    if printed is not None and units:
        raise UsageError("PRINT_OR_UNIT")
    if printed is None:
        is_whole = _pack(ctx, folder, out, units)
    else:
        is_whole = _print(ctx, folder, out, printed, duplex=duplex, everyone=everyone)
    ctx.exit(0 if is_whole else _EXIT_LACKING)


def _pack(ctx: click.Context, folder: Path, out: Path, units: Sequence[str]) -> bool:
    with progress(ctx, words(ctx, "BUNDLE_PROGRESS")) as bar:
        made = bundle(folder, out, units=units, progress=bar)
    _show_left_out(ctx, made.left_out)
    for file in made.unlisted:
        say(ctx, words(ctx, "BUNDLE_UNLISTED", file=file), fg="yellow")
    counts = {"count": len(made.items), "left_out": len(made.left_out), "unlisted": len(made.unlisted)}
    say(ctx, words(ctx, "BUNDLE_DONE", file=made.file, **counts), bold=True)
    print_json(ctx, _bundle_json(ctx, made))
    return made.is_whole


def _print(ctx: click.Context, folder: Path, out: Path, unit: str, *, duplex: bool, everyone: bool) -> bool:
    with progress(ctx, words(ctx, "PRINT_PROGRESS")) as bar:
        made = print_unit(folder, unit, out, everyone=everyone, duplex=duplex, progress=bar)
    for entry in made.printed:
        say(ctx, "  " + _line(ctx, entry))
    _show_left_out(ctx, [absent for absent in made.left_out if absent.error.code != _ELECTRONIC])
    pages = sum(entry.pages for entry in made.printed)
    counts = {"count": len(made.printed), "pages": pages, "left_out": len(made.left_out)}
    say(ctx, words(ctx, "PRINT_DONE", file=made.file, **counts), bold=True)
    if any(not entry.paper for entry in made.printed):
        warn(words(ctx, "PRINT_NOT_SIGNED_HERE"))
    print_json(ctx, _print_json(ctx, made))
    return made.is_whole


def _line(ctx: click.Context, entry: Printed) -> str:
    roles = ", ".join(words(ctx, f"ROLE_{role.name}") for role in entry.paper) or "-"
    return words(ctx, "PRINT_LINE", id=entry.id, first=entry.page, last=entry.page + entry.pages - 1, roles=roles)


def _show_left_out(ctx: click.Context, left_out: Sequence[LeftOut]) -> None:
    for absent in left_out:
        colour = "red" if absent.is_fault else "yellow"
        say(ctx, f"✗ {named(absent.entry.id, absent.error.message(language(ctx)))}", fg=colour)


def _bundle_json(ctx: click.Context, made: Bundle) -> dict[str, Any]:
    return {
        "bundle": str(made.file),
        "agreements": [_item_json(item) for item in made.items],
        "left_out": _left_out_json(ctx, made.left_out),
        "unlisted": [str(file) for file in made.unlisted],
    }


def _item_json(item: Item) -> dict[str, Any]:
    signatures = {role.value: _SAID[item.signatories[role].mark] for role in Role if role in item.signatories}
    return {"id": item.id, "unit": item.unit, "file": item.place, "sha256": item.digest, "signatures": signatures}


def _print_json(ctx: click.Context, made: Print) -> dict[str, Any]:
    printed = [
        {
            "id": entry.id,
            "page": entry.page,
            "pages": entry.pages,
            "paper": [role.value for role in entry.paper],
        }
        for entry in made.printed
    ]
    return {"print": str(made.file), "agreements": printed, "left_out": _left_out_json(ctx, made.left_out)}


def _left_out_json(ctx: click.Context, left_out: Sequence[LeftOut]) -> list[dict[str, Any]]:
    return [
        {"id": absent.entry.id, "code": absent.error.code, "message": absent.error.message(language(ctx))}
        for absent in left_out
    ]
