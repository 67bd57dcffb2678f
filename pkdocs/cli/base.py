"""What every command shares: language, JSON, errors, progress."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast

import click

from pkdocs.cli.runlog import run_log
from pkdocs.cli.speech import LANGUAGE, language, words
from pkdocs.cli.spoken import Argument, Command, Group, Option, argument, option
from pkdocs.errors import PkdocsError, UsageError
from pkdocs.files import read_regular
from pkdocs.persons import TRIAL_KEY, read_person_key
from pkdocs.settings import Settings

__all__ = [
    "JSON",
    "LANGUAGE",
    "Argument",
    "Command",
    "Group",
    "Option",
    "Progress",
    "argument",
    "confirm",
    "given_key",
    "json_option",
    "language",
    "named",
    "option",
    "person_key_option",
    "print_error",
    "print_json",
    "print_json_parts",
    "progress",
    "read_key",
    "say",
    "settings",
    "warn",
    "words",
]

JSON: Final = "pkdocs.json"

_ANSWERS: Final = {"y": True, "ya": True, "yes": True, "t": False, "tidak": False, "n": False, "no": False, "": False}


def settings(ctx: click.Context) -> Settings:
    """Return the settings of this workplace."""
    return cast(Settings, ctx.find_root().obj)


def _set_json(ctx: click.Context, _option: click.Parameter, value: bool) -> None:  # noqa: FBT001  # click's form
    ctx.meta[JSON] = value


json_option = option("--json", is_flag=True, is_eager=True, expose_value=False, callback=_set_json, code="OPTION_JSON")


person_key_option = option(
    "--person-key", type=click.Path(exists=True, dir_okay=False, path_type=Path), code="OPTION_PERSON_KEY"
)


def read_key(ctx: click.Context, file: Path | None) -> bytes:
    """Return the key that names persons: the file's, the workplace's, or with a warning the public one for trials."""
    key = given_key(ctx, file)
    if key is None:
        warn(words(ctx, "TRIAL_KEY_USED"))
        return TRIAL_KEY
    return key


def given_key(ctx: click.Context, file: Path | None) -> bytes | None:
    """Return the key that names persons: the file's, or the workplace's; None if there is neither."""
    chosen = file or settings(ctx).person_key
    return read_person_key(read_regular(chosen)) if chosen else None


def read_moment(written: str | None) -> datetime:
    """Return the time that was written (ISO 8601 with a zone); now if none was.

    Raises:
        UsageError: no time, or one without a zone.
    """
    if written is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(written)
    except ValueError as fault:
        raise UsageError("AT_WITHOUT_ZONE", written=written) from fault
    if moment.tzinfo is None:
        raise UsageError("AT_WITHOUT_ZONE", written=written)
    return moment


def say(ctx: click.Context, line: str = "", **style: Any) -> None:
    """Print a line for people: on standard output, or on standard error where that belongs to JSON."""
    click.secho(line, err=bool(ctx.meta.get(JSON)), **style)


def warn(line: str) -> None:
    """Print a line that must be seen, on standard error."""
    click.secho(line, err=True, fg="yellow")


def confirm(ctx: click.Context, question: str) -> bool:
    """Ask ``question`` until it is answered; nothing typed is a no."""
    prompt = f"{question} {words(ctx, 'CONFIRM_CHOICE')}"
    while True:
        answer = click.prompt(prompt, default="", show_default=False, err=bool(ctx.meta.get(JSON)))
        meant = _ANSWERS.get(answer.strip().lower())
        if meant is not None:
            return meant
        warn(words(ctx, "CONFIRM_AGAIN"))


def named(identity: str, message: str) -> str:
    """Return ``message`` with the agreement's id before it, unless it says it itself."""
    return message if message.startswith(identity) else f"{identity}: {message}"


def print_json(ctx: click.Context, value: object) -> None:
    """Print ``value`` alone on standard output, if JSON was asked for; the log counts what is in it."""
    if log := run_log(ctx):
        log.gave(value)
    if ctx.meta.get(JSON):
        click.echo(json.dumps(value, ensure_ascii=False, indent=1))


def print_json_parts(ctx: click.Context, parts: Iterator[str], *, given: object) -> None:
    """Print JSON that comes piece by piece, if JSON was asked for; the log counts what is in ``given``."""
    if log := run_log(ctx):
        log.gave(given)
    if ctx.meta.get(JSON):
        for part in parts:
            click.echo(part, nl=False)


def print_error(ctx: click.Context, error: PkdocsError) -> None:
    """Print what stopped the command, and log it."""
    if log := run_log(ctx):
        log.stopped(error)
    message = error.message(language(ctx))
    if ctx.meta.get(JSON):
        stopped = {"code": error.code, "message": message, "exit": error.exit_code}
        click.echo(json.dumps({"error": stopped}, ensure_ascii=False))
    click.secho(f"{words(ctx, 'STOPPED')} {message}", err=True, fg="red")


class Progress:
    """A bar with rate and remaining time on standard error; silent where nobody watches."""

    def __init__(self, ctx: click.Context, label: str) -> None:
        self._ctx = ctx
        self._label = label
        self._bar: Any = None
        self._started = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` are through."""
        if not sys.stderr.isatty():
            return
        if self._bar is None:
            self._bar = click.progressbar(
                length=total,
                label=self._label,
                file=sys.stderr,
                show_pos=True,
                show_eta=True,
                item_show_func=lambda _item: self._rate(),
            )
            self._started = time.monotonic()
        self._bar.update(done - self._bar.pos)

    def _rate(self) -> str:
        elapsed = time.monotonic() - self._started
        rate = self._bar.pos / elapsed if self._bar and elapsed > 0 else 0.0
        return words(self._ctx, "PROGRESS_RATE", rate=f"{rate:.1f}")

    def close(self) -> None:
        """End the bar's line."""
        if self._bar is not None:
            self._bar.render_finish()


@contextmanager
def progress(ctx: click.Context, label: str) -> Iterator[Progress]:
    """Give a progress bar that ends its line whatever happens."""
    bar = Progress(ctx, label)
    try:
        yield bar
    finally:
        bar.close()
