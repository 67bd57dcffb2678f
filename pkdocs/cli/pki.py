"""``pkdocs pki``: the training PKI."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import click

from pkdocs.cli.base import (
    Command,
    Group,
    argument,
    json_option,
    option,
    person_key_option,
    print_json,
    read_key,
    say,
    warn,
    words,
)
from pkdocs.pipeline.enrolment import issue_for_workbook
from pkdocs.pki import KeyKind, Reason, init_pki, open_services, refresh, revoke, serving
from pkdocs.pki.server import LOOPBACK
from pkdocs.pki.services import PATHS
from pkdocs.transport import demand_address, is_loopback

_FOLDER = click.Path(file_okay=False, path_type=Path)
_PRESENT = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group("pki", cls=Group, code="PKI")
def command() -> None:
    """Lead to the commands."""


@command.command("init", cls=Command, code="PKI_INIT")
@argument("folder", metavar="DIR", type=_FOLDER)
@option(
    "--key",
    type=click.Choice([kind.value for kind in KeyKind]),
    default=KeyKind.P256.value,
    show_default=True,
    code="OPTION_KEY_KIND",
)
@option("--registrar", "registrars", multiple=True, metavar="PERSON_ID", code="OPTION_REGISTRAR")
@option("--address", default="", metavar="URL", code="OPTION_PKI_ADDRESS")
@json_option
@click.pass_context
def init_command(ctx: click.Context, *, folder: Path, key: str, registrars: tuple[str, ...], address: str) -> None:
    """Make a training PKI."""
    if address:
        demand_address(address)
    init_pki(folder, key=KeyKind(key), registrars=registrars, address=address, at=datetime.now(UTC))
    say(ctx, words(ctx, "PKI_MADE", folder=folder))
    print_json(ctx, {"folder": str(folder)})


@command.command("issue", cls=Command, code="PKI_ISSUE")
@argument("folder", metavar="DIR", type=_PRESENT)
@option("--workbook", required=True, type=click.Path(exists=True, path_type=Path), code="OPTION_WORKBOOK")
@person_key_option
@option("--renew", is_flag=True, code="OPTION_RENEW")
@json_option
@click.pass_context
def issue_command(ctx: click.Context, folder: Path, workbook: Path, person_key: Path | None, *, renew: bool) -> None:
    """Give certificates to all who sign."""
    key = read_key(ctx, person_key)
    done = issue_for_workbook(folder, workbook, person_key=key, at=datetime.now(UTC), renew=renew)
    say(ctx, words(ctx, "PKI_ISSUED", added=len(done.added), kept=len(done.kept), folder=folder))
    print_json(ctx, {"added": len(done.added), "kept": len(done.kept)})


@command.command("revoke", cls=Command, code="PKI_REVOKE")
@argument("folder", metavar="DIR", type=_PRESENT)
@argument("person_id")
@option(
    "--reason",
    type=click.Choice([reason.value for reason in Reason]),
    default=Reason.UNSPECIFIED.value,
    show_default=True,
    code="OPTION_REASON",
)
@json_option
@click.pass_context
def revoke_command(ctx: click.Context, *, folder: Path, person_id: str, reason: str) -> None:
    """Revoke somebody's certificates."""
    count = revoke(folder, person_id, Reason(reason), datetime.now(UTC))
    say(ctx, words(ctx, "PKI_REVOKED", count=count))
    print_json(ctx, {"revoked": count})


@command.command("refresh", cls=Command, code="PKI_REFRESH")
@argument("folder", metavar="DIR", type=_PRESENT)
@json_option
@click.pass_context
def refresh_command(ctx: click.Context, folder: Path) -> None:
    """Make a new revocation list."""
    refresh(folder, datetime.now(UTC))
    say(ctx, words(ctx, "PKI_REFRESHED", folder=folder))
    print_json(ctx, {"folder": str(folder)})


@command.command("serve", cls=Command, code="PKI_SERVE")
@argument("folder", metavar="DIR", type=_PRESENT)
@option("--host", default=LOOPBACK, show_default=True, metavar="HOST", code="OPTION_PKI_HOST")
@option("--port", type=click.IntRange(0, 65535), default=8318, show_default=True, metavar="N", code="OPTION_PKI_PORT")
@json_option
@click.pass_context
def serve_command(ctx: click.Context, *, folder: Path, host: str, port: int) -> None:
    """Answer for the training PKI until the program is ended."""

    def tell(method: str, path: str, status: int) -> None:
        say(ctx, f"{datetime.now():%H:%M:%S} {method} {path} {status}")  # noqa: DTZ005  # of the one who watches

    services = open_services(folder, datetime.now(UTC))
    with _until_ended(), serving(services, host=host, port=port, listener=tell) as address:
        say(ctx, words(ctx, "PKI_SERVING", address=address))
        if not is_loopback(address):
            warn(words(ctx, "PKI_SERVING_OPEN"))
        print_json(ctx, {"address": address} | {path.strip("/"): address + path for path in PATHS})
        threading.Event().wait()


@contextmanager
def _until_ended() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the block in order; here neither is an error."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)
