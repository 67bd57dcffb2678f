"""``pkdocs preview``: one agreement as a draft, with pictures of its pages."""

from pathlib import Path

import click

from pkdocs.cli.base import (
    Command,
    argument,
    json_option,
    language,
    option,
    person_key_option,
    print_json,
    read_key,
    say,
    settings,
    words,
)
from pkdocs.pipeline.generation import Wishes
from pkdocs.pipeline.preview import preview
from pkdocs.settings import default_templates

_PRESENT = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("preview", cls=Command, code="PREVIEW")
@argument("workbook", type=click.Path(exists=True, path_type=Path))
@option("--only", required=True, metavar="KEY", code="OPTION_PREVIEW_ONLY")
@option("--templates", metavar="DIR", type=_PRESENT, code="OPTION_TEMPLATES")
@option("--out", metavar="FILE.pdf", type=click.Path(dir_okay=False, path_type=Path), code="OPTION_PREVIEW_OUT")
@person_key_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    *,
    workbook: Path,
    only: str,
    templates: Path | None,
    out: Path | None,
    person_key: Path | None,
) -> None:
    """Show one agreement as a draft."""
    chosen = templates or settings(ctx).templates or default_templates()
    wishes = Wishes(templates=chosen, person_key=read_key(ctx, person_key), only=(only,), jobs=1)
    made = preview(workbook, wishes, out=out)
    said = language(ctx)
    say(ctx, words(ctx, "PREVIEW_DONE", id=made.id, template=made.template, pages=len(made.pages)), bold=True)
    for file in (made.pdf, *made.pages):
        say(ctx, f"  {file}")
    if made.unfit:
        say(ctx, words(ctx, "PREVIEW_UNFIT", reason=made.unfit.message(said)), fg="red")
    failed = [{"id": made.id, "code": made.unfit.code, "message": made.unfit.message(said)}] if made.unfit else []
    pages = [str(page) for page in made.pages]
    print_json(ctx, {"id": made.id, "template": made.template, "pdf": str(made.pdf), "pages": pages, "failed": failed})
    ctx.exit(1 if made.unfit else 0)
