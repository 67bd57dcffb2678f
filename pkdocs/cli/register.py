"""``pkdocs register``: the list of a year and its signed head."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from pkdocs.cli.base import (
    Command,
    Group,
    argument,
    given_key,
    json_option,
    language,
    option,
    person_key_option,
    print_json,
    progress,
    read_key,
    say,
    settings,
    warn,
    words,
)
from pkdocs.cli.holders import passphrase_option
from pkdocs.cli.preserve import reseal_command, seal_command
from pkdocs.cli.proving import diff_command, prove_command, verify_command
from pkdocs.cli.secret import Source, read_secret
from pkdocs.cli.sign import demand_consent
from pkdocs.content import Role
from pkdocs.errors import UsageError
from pkdocs.files import read_regular
from pkdocs.numerals import format_date
from pkdocs.persons import PSEUDONYM, TRIAL_KEY, pseudonym
from pkdocs.pipeline.augmenting import open_timestamper, raise_level
from pkdocs.pipeline.keeping import read_kept, sign_kept
from pkdocs.pipeline.pinning import read_trust_file
from pkdocs.pipeline.registering import Built, HeadWishes, build_register
from pkdocs.register import AgreementLine, CertificateLine, Head, Line, State, standing, valid_lines
from pkdocs.schema import to_json
from pkdocs.settings import default_templates
from pkdocs.signing import load_pkcs12
from pkdocs.signing.augmentation import check_level
from pkdocs.signing.gathering import Gatherer
from pkdocs.signing.level import Level
from pkdocs.signing.timestamp import HttpTimestamper, SampledTimestamper

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("register", cls=Group, code="REGISTER")
def command() -> None:
    """Lead to the commands."""


command.add_command(seal_command)
command.add_command(reseal_command)


@command.command("build", cls=Command, code="REGISTER_BUILD")
@argument("folder", metavar="DIR", type=_FOLDER)
@option("--workbook", required=True, type=click.Path(exists=True, path_type=Path), code="OPTION_WORKBOOK")
@option("--enrolment", required=True, type=_FILE, code="OPTION_ENROLMENT")
@option("--templates", metavar="DIR", type=_FOLDER, code="OPTION_TEMPLATES")
@option("--without-pages", is_flag=True, code="OPTION_WITHOUT_PAGES")
@option("--next-by", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", code="OPTION_NEXT_BY")
@option("--threshold", type=click.IntRange(1, 8), metavar="N", code="OPTION_THRESHOLD")
@option("--close", "closed", is_flag=True, code="OPTION_CLOSE")
@option("--jobs", type=click.IntRange(1, 64), metavar="N", code="OPTION_JOBS")
@person_key_option
@json_option
@click.pass_context
def build_command(
    ctx: click.Context,
    *,
    folder: Path,
    workbook: Path,
    enrolment: Path,
    templates: Path | None,
    without_pages: bool,
    next_by: datetime | None,
    threshold: int | None,
    closed: bool,
    jobs: int | None,
    person_key: Path | None,
) -> None:
    """Make list and head."""
    chosen = templates or settings(ctx).templates or default_templates()
    wishes = HeadWishes(
        person_key=read_key(ctx, person_key),
        templates=None if without_pages else chosen,
        next_by=next_by.date() if next_by else None,
        threshold=threshold,
        closed=closed,
        jobs=jobs or settings(ctx).jobs,
    )
    with (
        progress(ctx, words(ctx, "REGISTER_PROGRESS")) as bar,
        progress(ctx, words(ctx, "REGISTER_COMPARING")) as again,
    ):
        built = build_register(folder, workbook, enrolment, wishes, at=datetime.now(UTC), progress=bar, comparing=again)
    _show_built(ctx, built)
    found = {"added": built.added, "agreements": _states(built), "compared": built.compared}
    print_json(ctx, {**_head_json(built.file, built.head), **found})


def _show_built(ctx: click.Context, built: Built) -> None:
    head = built.head
    if built.is_new:
        facts = {"version": head.version, "added": built.added, "size": head.size, "file": built.file}
        say(ctx, words(ctx, "REGISTER_BUILT", digest=head.digest, **facts), bold=True)
    else:
        say(ctx, words(ctx, "REGISTER_SAME", version=head.version), bold=True)
    say(ctx, words(ctx, "REGISTER_STATES", **_states(built)))
    total = sum(built.states.values())
    if built.compared < total:
        warn(words(ctx, "REGISTER_NOT_COMPARED", count=total - built.compared, total=total))
    names = "; ".join(one.name for one in head.keepers.registrars)
    if built.is_new:
        say(ctx, words(ctx, "REGISTER_AWAITS", threshold=head.keepers.threshold, names=names))
    if head.keepers.threshold == 1:
        warn(words(ctx, "REGISTER_ONE_KEEPER"))


def _states(built: Built) -> dict[str, int]:
    """Return how many are how far; those that ended only where there are any."""
    counts = {state: built.states.get(state, 0) for state in State}
    return {state.value: count for state, count in counts.items() if count or not state.is_ended}


def _head_json(file: Path, head: Head) -> dict[str, Any]:
    return {"head": str(file), "version": head.version, "digest": head.digest, "size": head.size}


@command.command("sign", cls=Command, code="REGISTER_SIGN")
@argument("head", metavar="HEAD", type=_FILE)
@option("--p12", required=True, type=_FILE, code="OPTION_P12")
@passphrase_option
@option("--level", type=click.Choice([one.value for one in Level]), default=Level.B.value, code="OPTION_HEAD_LEVEL")
@option("--tsa", metavar="URL", code="OPTION_TSA")
@option("--trust", type=_FILE, code="OPTION_HEAD_TRUST")
@option("--service-authorities", metavar="FILE", type=_FILE, code="OPTION_SERVICE_AUTHORITIES")
@option("--yes", is_flag=True, code="OPTION_YES")
@json_option
@click.pass_context
def sign_command(
    ctx: click.Context,
    *,
    head: Path,
    p12: Path,
    passphrase_file: Path | None,
    level: str,
    tsa: str | None,
    trust: Path | None,
    service_authorities: Path | None,
    yes: bool,
) -> None:
    """Sign the head."""
    kept, wanted = read_kept(head), Level(level)
    stamper = _stamper(ctx, wanted, tsa, service_authorities)
    pinned = trust or settings(ctx).trust
    gatherer = Gatherer(read_trust_file(pinned)) if pinned and wanted.is_long else None
    secret = read_secret(ctx, Source(passphrase_file), "PASSPHRASE_PROMPT", may_be_empty=True)
    signer = load_pkcs12(read_regular(p12), secret)
    check_level(wanted, [(signer.certificate, signer.chain)], gatherer, stamper, at=datetime.now(UTC))
    say(ctx, words(ctx, "REGISTER_SIGN_PLAN", **_headline(ctx, kept.head)), bold=True)
    if not yes:
        demand_consent(ctx, "REGISTER_SIGN_CONFIRM")
    kept = sign_kept(kept, signer, at=lambda: datetime.now(UTC), stamper=stamper)
    if wanted.is_long and gatherer:
        _raise(ctx, head, wanted, gatherer, stamper)
    threshold = kept.head.keepers.threshold
    signed = {"signed": len(kept.signed), "threshold": threshold}
    say(ctx, words(ctx, "REGISTER_SIGNED", version=kept.head.version, **signed), bold=True)
    print_json(ctx, {**_head_json(head, kept.head), "signed": list(kept.signed), "threshold": threshold})


def _stamper(ctx: click.Context, level: Level, tsa: str | None, authorities: Path | None) -> HttpTimestamper | None:
    if not level.is_stamped:
        return None
    address = tsa or settings(ctx).tsa
    if address is None:
        raise UsageError("LEVEL_NEEDS_TSA")
    return open_timestamper(address, authorities or settings(ctx).service_authorities)


def _raise(
    ctx: click.Context, head: Path, level: Level, gatherer: Gatherer, stamper: SampledTimestamper | None
) -> None:
    """Bring the signed head up to its level; the signature stays whatever comes of that."""
    raising = raise_level([head], level, gatherer, stamper, at=datetime.now(UTC), progress=lambda _done, _all: None)
    for refused in raising.refused:
        raise refused.error
    say(ctx, words(ctx, "REGISTER_RAISED", level=raising.raised[0].level.value))


def _headline(ctx: click.Context, head: Head) -> dict[str, object]:
    written = format_date if language(ctx) == "id" else date.isoformat
    return {
        "organisation": head.organisation.name,
        "year": head.year,
        "version": head.version,
        "digest": head.digest,
        "size": head.size,
        "dated": written(head.dated),
        "next_by": written(head.next_by),
        "agreements": sum(unit.agreements for unit in head.units),
        "complete": sum(unit.complete for unit in head.units),
    }


@command.command("show", cls=Command, code="REGISTER_SHOW")
@argument("head", metavar="HEAD", type=_FILE)
@option("--person", metavar="ID", code="OPTION_SHOW_PERSON")
@person_key_option
@json_option
@click.pass_context
def show_command(ctx: click.Context, head: Path, person: str | None, person_key: Path | None) -> None:
    """Show what the register says."""
    kept = read_kept(head)
    say(ctx, words(ctx, "REGISTER_HEADLINE", **_headline(ctx, kept.head)), bold=True)
    names = "; ".join(kept.signed) or "-"
    say(ctx, words(ctx, "REGISTER_SIGNERS", names=names, threshold=kept.head.keepers.threshold))
    if in_force := kept.head.in_force:
        say(ctx, words(ctx, "REGISTER_COMPARED", compared=in_force.compared, total=len(standing(kept.lines))))
    if kept.head.closed:
        say(ctx, words(ctx, "REGISTER_CLOSED"))
    asked = _person(ctx, person, person_key) if person else None
    lines = kept.of_person(asked) if asked else valid_lines(kept.lines)
    shown = [line for line in lines if person or isinstance(line, AgreementLine)]
    for line in shown:
        say(ctx, "  " + _line(ctx, line, asked))
    keeper = next((one for one in kept.head.keepers.registrars if one.person == asked), None)
    if keeper:
        code = "REGISTER_KEEPER_SIGNED" if keeper.name in kept.signed else "REGISTER_KEEPER"
        say(ctx, "  " + words(ctx, code, version=kept.head.version))
    if asked and not (shown or keeper):
        warn(words(ctx, "REGISTER_NOBODY", version=kept.head.version))
    found = {"signed": list(kept.signed), "registrar": bool(keeper), "lines": [to_json(line) for line in shown]}
    print_json(ctx, {**_head_json(head, kept.head), **found})


def _person(ctx: click.Context, written: str, person_key: Path | None) -> str:
    if PSEUDONYM.fullmatch(written):
        return written
    return pseudonym(given_key(ctx, person_key) or TRIAL_KEY, written)


def _line(ctx: click.Context, line: Line, person: str | None) -> str:
    """Return a line for people; of an agreement also the role of ``person``, if one is asked for."""
    written = _written(ctx, line, person)
    return words(ctx, "REGISTER_LINE_VOID", line=written, entered=line.entered.isoformat()) if line.void else written


def _written(ctx: click.Context, line: Line, person: str | None) -> str:
    if isinstance(line, AgreementLine):
        state = words(ctx, f"STATE_{line.state.name}")
        shown = words(ctx, "REGISTER_LINE_AGREEMENT", id=line.id, state=state, entered=line.entered.isoformat())
        roles = [role for role, one in zip(Role, line.persons, strict=False) if one == person]
        return ", ".join([shown, *(words(ctx, f"ROLE_{role.name}") for role in roles)])
    fields = {name: "…" if value is None else value for name, value in to_json(line).items()}
    days = {name: fields.get(name, "…") for name in ("begins", "ends")}
    kind = "CERTIFICATE" if isinstance(line, CertificateLine) else "ASSIGNMENT"
    return words(ctx, f"REGISTER_LINE_{kind}", **{**fields, **days})


command.add_command(prove_command)
command.add_command(verify_command)
command.add_command(diff_command)
