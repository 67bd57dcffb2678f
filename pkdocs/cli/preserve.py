"""``pkdocs register seal`` and ``reseal``: a ceremony kept provable by one timestamp, and by another years later."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

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
    settings,
    warn,
    words,
)
from pkdocs.errors import UsageError
from pkdocs.pipeline.augmenting import open_timestamper
from pkdocs.pipeline.pinning import read_trust_file
from pkdocs.pipeline.preserving import Believed, Preservation, RootStamper, reseal, seal
from pkdocs.register import HEAD_NAME
from pkdocs.verification.ers import ALGORITHMS

_HEAD: Final = click.Path(exists=True, path_type=Path)
_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


def _stamping(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command what both have: the register's head, the timestamp authority, JSON."""
    function = click.pass_context(function)
    for decorate in (
        json_option,
        option("--service-authorities", metavar="FILE", type=_FILE, code="OPTION_SERVICE_AUTHORITIES"),
        option("--trust", type=_FILE, code="OPTION_PRESERVE_TRUST"),
        option("--tsa", metavar="URL", code="OPTION_TSA"),
        argument("head", metavar="HEAD", type=_HEAD),
    ):
        function = decorate(function)
    return function


@click.command("seal", cls=Command, code="REGISTER_SEAL")
@_stamping
def seal_command(
    ctx: click.Context, *, head: Path, tsa: str | None, trust: Path | None, service_authorities: Path | None
) -> None:
    """Seal what is complete."""
    stamper = _stamper(ctx, tsa, trust, service_authorities)
    with progress(ctx, words(ctx, "PRESERVE_PROGRESS")) as bar:
        done = seal(_head_in(head), stamper, progress=bar)
    _show(ctx, done, "PRESERVE_SEALED")


@click.command("reseal", cls=Command, code="REGISTER_RESEAL")
@option("--hash", "hashing", type=click.Choice(list(ALGORITHMS)), code="OPTION_PRESERVE_HASH")
@_stamping
def reseal_command(
    ctx: click.Context,
    *,
    head: Path,
    tsa: str | None,
    trust: Path | None,
    service_authorities: Path | None,
    hashing: str | None,
) -> None:
    """Renew what is sealed."""
    stamper = _stamper(ctx, tsa, trust, service_authorities)
    with progress(ctx, words(ctx, "PRESERVE_PROGRESS")) as bar:
        done = reseal(_head_in(head), stamper, at=datetime.now(UTC), progress=bar, hashing=hashing)
    if done.lapsed:
        warn(words(ctx, "PRESERVE_LAPSED", count=len(done.lapsed)))
    _show(ctx, done, "PRESERVE_RENEWED")


def _head_in(path: Path) -> Path:
    return path / HEAD_NAME if path.is_dir() else path


def _stamper(ctx: click.Context, tsa: str | None, trust: Path | None, authorities: Path | None) -> RootStamper:
    pinned = trust or settings(ctx).trust
    address = tsa or settings(ctx).tsa
    if not address:
        raise UsageError("PRESERVE_NEEDS_TSA")
    stamper = open_timestamper(address, authorities or settings(ctx).service_authorities)
    return Believed(stamper, read_trust_file(pinned), datetime.now(UTC)) if pinned else stamper


def _show(ctx: click.Context, done: Preservation, code: str) -> None:
    for refused in done.refused:
        say(ctx, f"✗ {named(refused.id, refused.error.message(language(ctx)))}", fg="red")
    counts = {"made": len(done.made), "kept": len(done.kept), "refused": len(done.refused), "tokens": done.tokens}
    say(ctx, words(ctx, code, **counts), bold=True)
    print_json(ctx, _as_json(ctx, done))
    ctx.exit(done.exit_code)


def _as_json(ctx: click.Context, done: Preservation) -> dict[str, Any]:
    return {
        "made": done.made,
        "kept": done.kept,
        "lapsed": done.lapsed,
        "refused": [
            {"id": one.id, "code": one.error.code, "message": one.error.message(language(ctx))} for one in done.refused
        ],
        "timestamps": done.tokens,
    }
