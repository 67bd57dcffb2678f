"""``pkdocs sign``: an official signs all that waits."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from pkdocs.cli.base import (
    Command,
    argument,
    confirm,
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
from pkdocs.errors import CredentialError, SigningError, UsageError
from pkdocs.files import read_regular
from pkdocs.pipeline.ceremony import SigningPlan, SigningResult, demand_person, plan_signing, sign_plan
from pkdocs.signing import Signer, load_pkcs12

_SHOWN = 20

passphrase_option = option(
    "--passphrase-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), code="OPTION_PASSPHRASE_FILE"
)


@click.command("sign", cls=Command, code="SIGN")
@argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@option("--p12", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), code="OPTION_P12")
@option("--as", "person", metavar="PERSON_ID", code="OPTION_AS")
@passphrase_option
@option("--role", type=click.Choice([role.value for role in Role]), code="OPTION_ROLE")
@option("--any-order", is_flag=True, code="OPTION_ANY_ORDER")
@option("--yes", is_flag=True, code="OPTION_YES")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    *,
    paths: tuple[Path, ...],
    p12: Path,
    person: str | None,
    passphrase_file: Path | None,
    role: str | None,
    any_order: bool,
    yes: bool,
) -> None:
    """Sign what waits."""
    signer = load_pkcs12(read_regular(p12), read_passphrase(ctx, passphrase_file))
    if person:
        demand_person(signer, person)
    chosen = Role(role) if role else None
    plan = plan_signing(paths, signer, role=chosen, any_order=any_order, at=datetime.now(UTC))
    _show_plan(ctx, plan, signer)
    if plan.candidates and not yes:
        demand_consent(ctx, "SIGN_CONFIRM", count=len(plan.candidates))
    with progress(ctx, words(ctx, "SIGN_PROGRESS")) as bar:
        result = sign_plan(plan, signer, at=lambda: datetime.now(UTC), progress=bar)
    _show_result(ctx, result)
    print_json(ctx, _as_json(ctx, result))
    ctx.exit(result.exit_code)


def read_passphrase(ctx: click.Context, file: Path | None) -> str:
    """Return what unlocks a key: from ``file``, else asked for without showing it."""
    if file:
        try:
            return file.read_text(encoding="utf-8").rstrip("\r\n")
        except UnicodeDecodeError as fault:
            raise CredentialError("PASSPHRASE_FILE") from fault
    if not sys.stdin.isatty():
        raise UsageError("PASSPHRASE_NEEDED")
    with _consent():
        return str(click.prompt(words(ctx, "PASSPHRASE_PROMPT"), hide_input=True, err=True))


def demand_consent(ctx: click.Context, code: str, *, count: int = 1) -> None:
    """Ask whether ``count`` documents shall be signed, in the words of ``code``."""
    if not sys.stdin.isatty():
        raise UsageError("SIGN_NEEDS_YES", count=count)
    with _consent():
        if not confirm(ctx, words(ctx, code, count=count)):
            raise SigningError("SIGN_DECLINED")


@contextmanager
def _consent() -> Iterator[None]:
    try:
        yield
    except click.Abort as fault:
        raise SigningError("SIGN_DECLINED") from fault


def _show_plan(ctx: click.Context, plan: SigningPlan, signer: Signer) -> None:
    if plan.nobody_named:
        warn(words(ctx, "SIGN_NOBODY_NAMED"))
    if not plan.candidates and not plan.refused:
        say(ctx, words(ctx, "SIGN_NOTHING"))
    if plan.candidates:
        party = plan.candidates[0].content.party(plan.candidates[0].role)
        name = party.name if party else signer.person
        say(ctx, words(ctx, "SIGN_PLAN", count=len(plan.candidates), name=name), bold=True)
    for candidate in plan.candidates[:_SHOWN]:
        content = candidate.content
        line = {
            "id": content.id,
            "office": content.parties.first.office,
            "role": words(ctx, f"ROLE_{candidate.role.name}"),
        }
        say(ctx, "  " + words(ctx, "SIGN_PLAN_LINE", **line))
    if len(plan.candidates) > _SHOWN:
        say(ctx, "  " + words(ctx, "AND_MORE", count=len(plan.candidates) - _SHOWN))


def _show_result(ctx: click.Context, result: SigningResult) -> None:
    for waiting in result.waiting:
        say(ctx, words(ctx, "SIGN_WAITS", id=waiting.id, role=words(ctx, f"ROLE_{waiting.awaited.name}")))
    for refused in result.refused:
        say(ctx, f"✗ {named(refused.id, refused.error.message(language(ctx)))}", fg="red")
    counts = {"signed": len(result.signed), "waiting": len(result.waiting), "refused": len(result.refused)}
    say(ctx, words(ctx, "SIGN_DONE", **counts), bold=True)


def _as_json(ctx: click.Context, result: SigningResult) -> dict[str, Any]:
    return {
        "batch": result.batch,
        "signed": [
            {"id": entry.id, "file": str(entry.file), "role": entry.role.value, "sha256": entry.digest}
            for entry in result.signed
        ],
        "waiting": [{"id": entry.id, "for": entry.awaited.value} for entry in result.waiting],
        "refused": [
            {"id": entry.id, "code": entry.error.code, "message": entry.error.message(language(ctx))}
            for entry in result.refused
        ],
    }
