"""``pkdocs augment``: timestamps and validation data for what is signed, and archive timestamps renewed."""

from datetime import UTC, datetime
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
    say,
    settings,
    words,
)
from pkdocs.cli.owners import enrolment_option, owners_of
from pkdocs.errors import UsageError
from pkdocs.pipeline.augmenting import Raised, Raising, augment_paths, open_timestamper
from pkdocs.pipeline.pinning import read_trust_file
from pkdocs.signing.gathering import Gatherer
from pkdocs.signing.level import Level

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("augment", cls=Command, code="AUGMENT")
@argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@option(
    "--level",
    required=True,
    type=click.Choice([level.value for level in Level if level.is_stamped]),
    code="OPTION_AUGMENT_LEVEL",
)
@option("--tsa", metavar="URL", code="OPTION_TSA")
@option("--trust", type=_FILE, code="OPTION_TRUST")
@option("--service-authorities", metavar="FILE", type=_FILE, code="OPTION_SERVICE_AUTHORITIES")
@enrolment_option
@option("--renew", is_flag=True, code="OPTION_AUGMENT_RENEW")
@person_key_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    *,
    paths: tuple[Path, ...],
    level: str,
    tsa: str | None,
    trust: Path | None,
    service_authorities: Path | None,
    enrolment: Path | None,
    renew: bool,
    person_key: Path | None,
) -> None:
    """Bring signed files up."""
    chosen = settings(ctx)
    pinned = trust or chosen.trust
    if pinned is None:
        raise UsageError("LEVEL_NEEDS_TRUST")
    address = tsa or chosen.tsa
    authorities = service_authorities or chosen.service_authorities
    timestamper = open_timestamper(address, authorities) if address else None
    gatherer, owners = Gatherer(read_trust_file(pinned)), owners_of(ctx, enrolment, person_key)
    with progress(ctx, words(ctx, "AUGMENT_PROGRESS")) as bar:
        raising = augment_paths(
            paths, Level(level), gatherer, timestamper, at=datetime.now(UTC), progress=bar, renew=renew, owners=owners
        )
    _show(ctx, raising)
    print_json(ctx, _as_json(ctx, raising, level))
    ctx.exit(raising.exit_code)


def _show(ctx: click.Context, raising: Raising) -> None:
    for raised in raising.raised:
        say(ctx, f"✓ {words(ctx, _code(raised), id=raised.id, level=raised.level.value)}")
    for refused in raising.refused:
        say(ctx, f"✗ {named(refused.id, refused.error.message(language(ctx)))}", fg="red")
    changed = sum(1 for raised in raising.raised if raised.changed)
    counts = {"changed": changed, "same": len(raising.raised) - changed, "refused": len(raising.refused)}
    say(ctx, words(ctx, "AUGMENT_DONE", **counts), bold=True)


def _code(raised: Raised) -> str:
    if not raised.own_timestamps:
        return "AUGMENT_BY_DOCUMENT"
    return "AUGMENT_RAISED" if raised.changed else "AUGMENT_SAME"


def _as_json(ctx: click.Context, raising: Raising, level: str) -> dict[str, Any]:
    return {
        "level": level,
        "files": [
            {
                "id": raised.id,
                "file": str(raised.file),
                "level": raised.level.value,
                "own_timestamps": raised.own_timestamps,
                "archived": raised.archived.isoformat() if raised.archived else None,
                "changed": raised.changed,
                "sha256": raised.digest,
            }
            for raised in raising.raised
        ],
        "refused": [
            {
                "id": refused.id,
                "file": str(refused.file),
                "code": refused.error.code,
                "message": refused.error.message(language(ctx)),
            }
            for refused in raising.refused
        ],
    }
