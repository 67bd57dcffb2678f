"""``pkdocs sign``: an official signs all that waits, here or elsewhere."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from pkdocs.cli.base import (
    Command,
    argument,
    confirm,
    given_key,
    json_option,
    option,
    person_key_option,
    print_json,
    progress,
    say,
    settings,
    words,
)
from pkdocs.cli.ceremony import (
    plan_json,
    receipt_json,
    refused_json,
    result_json,
    show_candidates,
    show_plan,
    show_refused,
    show_resolution,
    show_result,
)
from pkdocs.cli.holders import (
    FILE,
    Around,
    Chosen,
    bsre_service,
    chosen_of,
    holder_options,
    open_holder,
    read_bsre_account,
    timestamper_of,
)
from pkdocs.cli.owners import enrolment_option, owners_of
from pkdocs.cli.secret import consent
from pkdocs.content import Role
from pkdocs.errors import SigningError, UsageError
from pkdocs.pipeline.augmenting import Raising, raise_level
from pkdocs.pipeline.ceremony import (
    OpenOutcome,
    Raise,
    SigningResult,
    Wishes,
    demand_person,
    export_waiting,
    home_of,
    import_signed,
    plan_for,
    plan_signing,
    resolve,
    sign_plan,
)
from pkdocs.pipeline.pinning import read_trust_file
from pkdocs.pipeline.standing import find_person
from pkdocs.signing import Holder, Signatory
from pkdocs.signing.augmentation import check_level
from pkdocs.signing.bsre import fetch_signed
from pkdocs.signing.gathering import Gatherer

_PATH = click.Path(exists=True, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)

_what = partial(option, group="HELP_GROUP_WHAT")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked for, whoever holds the key."""

    paths: tuple[Path, ...]
    wishes: Wishes
    person: str | None
    person_key: Path | None
    receipts: Path | None


@click.command("sign", cls=Command, code="SIGN")
@argument("paths", metavar="PATH...", nargs=-1, required=True, type=_PATH)
@_what("--as", "person", metavar="PERSON_ID", code="OPTION_AS")
@_what("--role", type=click.Choice([role.value for role in Role]), code="OPTION_ROLE")
@_what("--any-order", is_flag=True, code="OPTION_ANY_ORDER")
@_what("--until", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", code="OPTION_SIGN_UNTIL")
@_what("--export", type=_FOLDER, metavar="DIR", code="OPTION_EXPORT")
@_what("--import", "incoming", type=_PATH, multiple=True, metavar="PATH", code="OPTION_IMPORT")
@_what("--resolve", "settle", is_flag=True, code="OPTION_RESOLVE")
@_what("--not-signed", "unsigned", multiple=True, metavar="ID", code="OPTION_NOT_SIGNED")
@holder_options
@enrolment_option
@option("--trust", type=FILE, code="OPTION_SIGN_TRUST")
@option("--receipt", "receipts", type=_FOLDER, metavar="DIR", code="OPTION_RECEIPT")
@option("--yes", is_flag=True, code="OPTION_YES")
@person_key_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    paths: tuple[Path, ...],
    person: str | None,
    role: str | None,
    any_order: bool,
    until: datetime | None,
    enrolment: Path | None,
    trust: Path | None,
    receipts: Path | None,
    export: Path | None,
    incoming: tuple[Path, ...],
    settle: bool,
    unsigned: tuple[str, ...],
    yes: bool,
    person_key: Path | None,
    **options: Any,
) -> None:
    """Sign what waits."""
    chosen = chosen_of(options)
    if sum(map(bool, (export, incoming, settle))) > 1 or (unsigned and not settle):
        raise UsageError("SIGN_ONE_WAY")
    pinned = trust or settings(ctx).trust
    believed = read_trust_file(pinned) if pinned else None
    only = Role(role) if role else None
    wishes = Wishes(only, any_order, owners_of(ctx, enrolment, person_key), believed, settles=bool(incoming))
    asked = _Asked(paths, wishes, person, person_key, receipts)
    if export:
        _export(ctx, asked, export)
    elif incoming:
        _import(ctx, asked, incoming)
    elif settle:
        _resolve(ctx, asked, chosen, unsigned)
    else:
        _sign(ctx, asked, chosen, until, yes=yes)


def _sign(ctx: click.Context, asked: _Asked, chosen: Chosen, until: datetime | None, *, yes: bool) -> None:
    owners, trust = asked.wishes.owners, asked.wishes.trust
    holder = open_holder(ctx, chosen, Around(owners, lambda: _person(ctx, asked), trust))
    if asked.person and not chosen.options["bsre"]:
        demand_person(holder, asked.person, owners)
    raise_to = _raising(ctx, chosen, holder, asked.wishes)
    crls = trust.crls if trust else ()
    day = until.date() if until else None
    plan = plan_signing(asked.paths, holder, asked.wishes, at=datetime.now(UTC), until=day, crls=crls)
    show_plan(ctx, plan, holder, [anchor.certificate for anchor in trust.anchors] if trust else ())
    if plan.candidates and not yes:
        demand_consent(ctx, "SIGN_CONFIRM", count=len(plan.candidates))
    with progress(ctx, words(ctx, "SIGN_PROGRESS")) as bar:
        result = sign_plan(
            plan,
            holder,
            at=lambda: datetime.now(UTC),
            progress=bar,
            level=chosen.level,
            owners=owners,
            raising=raise_to,
            receipts=asked.receipts,
        )
    show_result(ctx, result)
    print_json(ctx, {**result_json(ctx, result), "plan": plan_json(plan, holder, chosen)})
    ctx.exit(result.exit_code)


def _raising(ctx: click.Context, chosen: Chosen, holder: Holder, wishes: Wishes) -> Raise | None:
    """Return what brings signed files up to the level; whether it can be given is asked now, before anything is signed.

    Raises:
        UsageError, ServiceError, SigningError: it cannot.
    """
    level, timestamper = chosen.level, timestamper_of(ctx, chosen)
    gatherer = Gatherer(wishes.trust) if wishes.trust else None
    check_level(level, [(holder.certificate, holder.chain)], gatherer, timestamper, at=datetime.now(UTC))
    if not level.is_long or gatherer is None:
        return None

    def up(files: Sequence[Path]) -> Raising:
        with progress(ctx, words(ctx, "AUGMENT_PROGRESS")) as bar:
            at = datetime.now(UTC)
            return raise_level(files, level, gatherer, timestamper, at=at, progress=bar, owners=wishes.owners)

    return up


def demand_consent(ctx: click.Context, code: str, *, count: int = 1) -> None:
    """Ask whether ``count`` documents shall be signed, in the words of ``code``."""
    if not sys.stdin.isatty():
        raise UsageError("SIGN_NEEDS_YES", count=count)
    with consent():
        if not confirm(ctx, words(ctx, code, count=count)):
            raise SigningError("SIGN_DECLINED")


def _person(ctx: click.Context, asked: _Asked) -> str:
    if not asked.person:
        raise UsageError("SIGN_NEEDS_AS")
    first = asked.paths[0]
    folder = home_of(first / "-" if first.is_dir() else first)
    return find_person(folder, asked.person, given_key(ctx, asked.person_key))


def _export(ctx: click.Context, asked: _Asked, folder: Path) -> None:
    plan = plan_for(asked.paths, Signatory(_person(ctx, asked)), asked.wishes)
    show_candidates(ctx, plan)
    if plan.candidates:
        export_waiting(plan, folder)
        say(ctx, words(ctx, "EXPORT_DONE", count=len(plan.candidates), folder=folder), bold=True)
    result = SigningResult("", (), plan.waiting, plan.refused)
    show_refused(ctx, result)
    exported = [{"id": one.content.id, "role": one.role.value, "sha256": one.digest} for one in plan.candidates]
    refused = result_json(ctx, result)
    print_json(ctx, {"exported": exported, "waiting": refused["waiting"], "refused": refused["refused"]})
    ctx.exit(1 if plan.candidates and plan.refused else result.exit_code)


def _import(ctx: click.Context, asked: _Asked, incoming: tuple[Path, ...]) -> None:
    person = _person(ctx, asked)
    at = datetime.now(UTC)
    result = import_signed(asked.paths, incoming, person, asked.wishes, at=at, receipts=asked.receipts)
    show_result(ctx, result)
    print_json(ctx, result_json(ctx, result))
    ctx.exit(result.exit_code)


def _resolve(ctx: click.Context, asked: _Asked, chosen: Chosen, unsigned: tuple[str, ...]) -> None:
    def is_unsigned(outcome: OpenOutcome) -> bool:
        said = {"id": outcome.id, "at": outcome.at, "origin": outcome.origin}
        say(ctx, words(ctx, "RESOLVE_OPEN", role=words(ctx, f"ROLE_{outcome.role.name}"), **said))
        if unsigned or not sys.stdin.isatty():
            return outcome.id.casefold() in {identity.casefold() for identity in unsigned}
        return confirm(ctx, words(ctx, "RESOLVE_CONFIRM", id=outcome.id))

    done = resolve(
        asked.paths,
        _person(ctx, asked),
        is_unsigned=is_unsigned,
        fetch=_fetching(ctx, chosen) if chosen.options["bsre"] else None,
        wishes=asked.wishes,
        at=datetime.now(UTC),
        receipts=asked.receipts,
    )
    show_resolution(ctx, done)
    counts = {"signed": list(done.signed), "unsigned": list(done.unsigned), "open": list(done.open)}
    refused = refused_json(ctx, done.refused)
    print_json(ctx, {**counts, "refused": refused, "receipts": [receipt_json(written) for written in done.receipts]})
    ctx.exit(SigningError.exit_code if done.open else 0)


def _fetching(ctx: click.Context, chosen: Chosen) -> Callable[[str], bytes]:
    service, account = bsre_service(ctx, chosen), read_bsre_account(ctx, chosen)
    return lambda number: fetch_signed(service, account, number)
