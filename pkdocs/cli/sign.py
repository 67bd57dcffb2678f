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
    language,
    named,
    option,
    person_key_option,
    print_json,
    progress,
    say,
    settings,
    warn,
    words,
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
from pkdocs.messages import Said
from pkdocs.pipeline.augmenting import Raising, raise_level
from pkdocs.pipeline.ceremony import (
    OpenOutcome,
    Raise,
    Resolution,
    SigningPlan,
    SigningResult,
    Wishes,
    Written,
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
from pkdocs.receipt import Fate, describe_certificate
from pkdocs.schema import to_json
from pkdocs.signing import Holder, Signatory
from pkdocs.signing.augmentation import check_level
from pkdocs.signing.bsre import fetch_signed
from pkdocs.signing.gathering import Gatherer

_SHOWN = 20
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
    _show_plan(ctx, plan, holder)
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
    _show_result(ctx, result)
    print_json(ctx, {**_as_json(ctx, result), "plan": _plan_json(plan, holder, chosen)})
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
    _show_candidates(ctx, plan)
    if plan.candidates:
        export_waiting(plan, folder)
        say(ctx, words(ctx, "EXPORT_DONE", count=len(plan.candidates), folder=folder), bold=True)
    result = SigningResult("", (), plan.waiting, plan.refused)
    _show_refused(ctx, result)
    exported = [{"id": one.content.id, "role": one.role.value, "sha256": one.digest} for one in plan.candidates]
    refused = _as_json(ctx, result)
    print_json(ctx, {"exported": exported, "waiting": refused["waiting"], "refused": refused["refused"]})
    ctx.exit(1 if plan.candidates and plan.refused else result.exit_code)


def _import(ctx: click.Context, asked: _Asked, incoming: tuple[Path, ...]) -> None:
    person = _person(ctx, asked)
    at = datetime.now(UTC)
    result = import_signed(asked.paths, incoming, person, asked.wishes, at=at, receipts=asked.receipts)
    _show_result(ctx, result)
    print_json(ctx, _as_json(ctx, result))
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
    _show_resolution(ctx, done)
    counts = {"signed": list(done.signed), "unsigned": list(done.unsigned), "open": list(done.open)}
    print_json(ctx, {**counts, "receipts": [_receipt_json(written) for written in done.receipts]})
    ctx.exit(SigningError.exit_code if done.open else 0)


def _fetching(ctx: click.Context, chosen: Chosen) -> Callable[[str], bytes]:
    service, account = bsre_service(ctx, chosen), read_bsre_account(ctx, chosen)
    return lambda number: fetch_signed(service, account, number)


def _show_resolution(ctx: click.Context, done: Resolution) -> None:
    for code, identities in (("SIGNED", done.signed), ("UNSIGNED", done.unsigned), ("STAYS", done.open)):
        for identity in identities:
            say(ctx, words(ctx, f"RESOLVE_{code}", id=identity))
    if not (done.signed or done.unsigned or done.open):
        say(ctx, words(ctx, "RESOLVE_NOTHING"))


def _show_plan(ctx: click.Context, plan: SigningPlan, holder: Holder) -> None:
    if plan.nobody_named:
        warn(words(ctx, "SIGN_NOBODY_NAMED"))
    if not plan.candidates and not plan.refused:
        say(ctx, words(ctx, "SIGN_NOTHING"))
    _show_candidates(ctx, plan)
    if plan.candidates:
        certificate = describe_certificate(holder.certificate)
        said = {name: getattr(certificate, name) for name in ("subject", "issuer", "begins", "ends", "sha256")}
        say(ctx, words(ctx, "SIGN_PLAN_KEY", origin=holder.origin, digest=plan.digest, **said))
    _warn_of(ctx, plan.warning)


def _show_candidates(ctx: click.Context, plan: SigningPlan) -> None:
    if plan.candidates:
        say(ctx, words(ctx, "SIGN_PLAN", count=len(plan.candidates), name=plan.name), bold=True)
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


def _warn_of(ctx: click.Context, warning: Said | None) -> None:
    if warning:
        warn(warning.message(language(ctx)))


def _show_result(ctx: click.Context, result: SigningResult) -> None:
    _show_refused(ctx, result)
    for unknown in result.unknown:
        say(ctx, "? " + words(ctx, "SIGN_UNKNOWN_LINE", id=unknown.id), fg="red")
    counts = {"signed": len(result.signed), "waiting": len(result.waiting), "refused": len(result.refused)}
    say(ctx, words(ctx, "SIGN_DONE", **counts), bold=True)
    if result.receipt:
        receipt = result.receipt.receipt
        batch = {"signed": receipt.count(Fate.SIGNED), "total": len(receipt.documents), "file": result.receipt.pdf}
        say(ctx, words(ctx, "SIGN_RECEIPT", **batch))


def _show_refused(ctx: click.Context, result: SigningResult) -> None:
    for waiting in result.waiting:
        say(ctx, words(ctx, "SIGN_WAITS", id=waiting.id, role=words(ctx, f"ROLE_{waiting.awaited.name}")))
    for refused in result.refused:
        say(ctx, f"✗ {named(refused.id, refused.error.message(language(ctx)))}", fg="red")


def _as_json(ctx: click.Context, result: SigningResult) -> dict[str, Any]:
    lists = {"refused": result.refused, "unknown": result.unknown}
    return {
        "batch": result.batch,
        "signed": [
            {"id": entry.id, "file": str(entry.file), "role": entry.role.value, "sha256": entry.digest}
            for entry in result.signed
        ],
        "waiting": [{"id": entry.id, "for": entry.awaited.value} for entry in result.waiting],
        **{
            name: [
                {"id": one.id, "code": one.error.code, "message": one.error.message(language(ctx))} for one in entries
            ]
            for name, entries in lists.items()
        },
        "receipt": _receipt_json(result.receipt) if result.receipt else None,
    }


def _receipt_json(written: Written) -> dict[str, str]:
    return {"batch": written.receipt.batch, "json": str(written.json), "pdf": str(written.pdf)}


def _plan_json(plan: SigningPlan, holder: Holder, chosen: Chosen) -> dict[str, Any]:
    return {
        "documents": len(plan.candidates),
        "digest": plan.digest,
        "person": plan.signatory.person,
        "certificate": to_json(describe_certificate(holder.certificate)),
        "origin": holder.origin,
        "level": chosen.level.value,
    }
