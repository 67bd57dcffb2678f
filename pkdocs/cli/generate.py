"""``pkdocs generate``: all agreements of a workbook."""

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
    person_key_option,
    print_json,
    progress,
    read_key,
    say,
    settings,
    words,
)
from pkdocs.errors import UsageError
from pkdocs.index import Entry
from pkdocs.pipeline.drafting import make_drafts
from pkdocs.pipeline.generation import Format, Generated, Wishes, generate
from pkdocs.settings import default_templates

_FOLDER = click.Path(file_okay=False, path_type=Path)
_PRESENT = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("generate", cls=Command, code="GENERATE")
@argument("workbook", type=click.Path(exists=True, path_type=Path))
@option("--out", required=True, metavar="DIR", type=_FOLDER, code="OPTION_OUT")
@option("--templates", metavar="DIR", type=_PRESENT, code="OPTION_TEMPLATES")
@option("--only", multiple=True, metavar="KEY", code="OPTION_ONLY")
@option(
    "--format",
    "wanted",
    type=click.Choice([kind.value for kind in Format]),
    default=Format.BOTH.value,
    show_default=True,
    code="OPTION_FORMAT",
)
@option("--jobs", type=click.IntRange(1, 64), metavar="N", code="OPTION_JOBS")
@person_key_option
@option("--prune", is_flag=True, code="OPTION_PRUNE")
@option("--draft", is_flag=True, code="OPTION_DRAFT")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    *,
    workbook: Path,
    out: Path,
    templates: Path | None,
    only: tuple[str, ...],
    wanted: str,
    jobs: int | None,
    person_key: Path | None,
    prune: bool,
    draft: bool,
) -> None:
    """Make all agreements."""
    if draft and wanted == Format.DOCX:
        raise UsageError("DRAFT_IS_PDF")
    chosen = settings(ctx)
    wishes = Wishes(
        templates=templates or chosen.templates or default_templates(),
        person_key=read_key(ctx, person_key),
        only=only,
        format=Format(wanted),
        jobs=jobs or chosen.jobs,
        prune=prune,
    )
    make = make_drafts if draft else generate
    with progress(ctx, words(ctx, "DRAFT_PROGRESS" if draft else "GENERATE_PROGRESS")) as bar:
        done = make(workbook, out, wishes, bar)
    _show(ctx, done, ending="DRAFT_DONE" if draft else "GENERATE_DONE")
    print_json(ctx, _as_json(ctx, done))
    ctx.exit(1 if done.failed else 0)


def _show(ctx: click.Context, done: Generated, *, ending: str) -> None:
    for failure in done.failed:
        say(ctx, f"✗ {named(failure.id, failure.error.message(language(ctx)))}", fg="red")
    for file in done.pruned:
        say(ctx, words(ctx, "GENERATE_PRUNED", file=file))
    for file in done.leftover:
        say(ctx, words(ctx, "GENERATE_LEFTOVER", file=file), fg="yellow")
    counts = {"total": len(done.agreements), "made": done.made, "failed": len(done.failed)}
    say(ctx, words(ctx, ending, folder=done.folder, **counts), bold=True)


def _as_json(ctx: click.Context, done: Generated) -> dict[str, Any]:
    def place(relative: str | None) -> str | None:
        return str(done.folder / relative) if relative else None

    def agreement(entry: Entry) -> dict[str, Any]:
        return {
            "id": entry.id,
            "key": entry.key,
            "unit": entry.unit,
            "position": entry.position,
            "docx": place(entry.docx),
            "pdf": place(entry.pdf),
            "content_digest": entry.content_digest,
            "issue_digest": entry.issue_digest,
        }

    failed = [
        {"id": entry.id, "code": entry.error.code, "message": entry.error.message(language(ctx))}
        for entry in done.failed
    ]
    return {
        "agreements": [agreement(entry) for entry in done.agreements],
        "failed": failed,
        "leftover": [str(file) for file in done.leftover],
    }
