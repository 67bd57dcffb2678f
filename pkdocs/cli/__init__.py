"""The command line: arguments in, pipeline call, text and exit code out. It decides nothing.

Commands are loaded when they are called, so that ``pkdocs --help`` answers at once.
"""

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from io import TextIOWrapper
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NoReturn

import click

from pkdocs import __version__
from pkdocs.cli.base import JSON, LANGUAGE, Group, Option, option, print_error, settings, warn, words
from pkdocs.cli.misuse import misuse
from pkdocs.cli.runlog import META, RunLog
from pkdocs.errors import PkdocsError, UsageError
from pkdocs.messages import LANGUAGES, Language, reason_of
from pkdocs.settings import read_settings

COMMANDS: Final = (
    "init",
    "sample",
    "check",
    "generate",
    "preview",
    "pki",
    "seal",
    "sign",
    "reject",
    "withdraw",
    "augment",
    "status",
    "bundle",
    "register",
    "verify",
    "report",
    "inspect",
    "trust",
)

_LOG_FILE: Final = "pkdocs.log.file"


class _Group(Group):
    """Finds commands by name without loading the others; the one place where errors end."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"pkdocs.cli.{cmd_name}").command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # known before anything is parsed, so that help and what cannot be parsed are said as they were asked for
        ctx.meta[JSON] = "--json" in args
        ctx.meta[LANGUAGE] = _wanted_language(args)
        if isinstance(sys.stdout, TextIOWrapper):
            # names of files need not be text; in JSON this is the escape of such characters
            sys.stdout.reconfigure(errors="backslashreplace")
        with _errors_end(ctx):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        with _logged(ctx), _errors_end(ctx):
            return super().invoke(ctx)


@contextmanager
def _logged(ctx: click.Context) -> Iterator[None]:
    """Log how the run ends; without a file to log to, what modules tell ``logging`` is not heard."""

    def unwritable(file: Path, fault: OSError) -> None:
        warn(words(ctx, "LOG_UNWRITABLE", file=file, reason=reason_of(fault)))

    log = ctx.meta[META] = RunLog(ctx.meta.get(_LOG_FILE) or settings(ctx).log, unwritable)
    logger = logging.getLogger("pkdocs")
    logger.addHandler(log)
    try:
        yield
        log.end(0)
    except (click.exceptions.Exit, click.ClickException) as done:
        log.end(done.exit_code)
        raise
    except BaseException as fault:
        log.end(1, fault)
        raise
    finally:
        logger.removeHandler(log)


@contextmanager
def _errors_end(ctx: click.Context) -> Iterator[None]:
    try:
        yield
    except PkdocsError as error:
        _stop(ctx, error)
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        where = error.ctx or ctx
        if not ctx.meta[JSON]:
            click.echo(f"{where.get_usage()}\n", err=True)
        _stop(ctx, UsageError("USAGE", reason=misuse(ctx, error), command=where.command_path))
    except BrokenPipeError:
        raise
    except OSError as error:
        _stop(ctx, PkdocsError("SYSTEM", file=error.filename or "-", reason=reason_of(error)))
    except (click.Abort, KeyboardInterrupt):
        _stop(ctx, PkdocsError("INTERRUPTED"))


def _stop(ctx: click.Context, error: PkdocsError) -> NoReturn:
    print_error(ctx, error)
    ctx.exit(error.exit_code)


def _wanted_language(args: Sequence[str]) -> Language:
    """Return the language of ``--lang``, else that of the settings; wrong ones are reported later."""
    named = [given for name, given in pairwise(args) if name == "--lang"]
    named += [arg.partition("=")[2] for arg in args if arg.startswith("--lang=")]
    with suppress(PkdocsError):
        named.append(read_settings(Path()).lang)
    return next((language for given in named for language in LANGUAGES if language == given), "id")


def _set_language(ctx: click.Context, _option: click.Parameter, value: Language | None) -> None:
    ctx.obj = read_settings(Path())
    ctx.meta[LANGUAGE] = value or ctx.obj.lang


def _set_log(ctx: click.Context, _option: click.Parameter, value: Path | None) -> None:
    ctx.meta[_LOG_FILE] = value


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@option(
    "--lang",
    type=click.Choice(LANGUAGES),
    is_eager=True,
    expose_value=False,
    callback=_set_language,
    code="OPTION_LANG",
)
@option(
    "--log",
    type=click.Path(dir_okay=False, path_type=Path),
    expose_value=False,
    callback=_set_log,
    code="OPTION_LOG",
)
@click.version_option(
    __version__, prog_name="pkdocs", message="%(prog)s %(version)s", cls=Option, code="OPTION_VERSION"
)
def main() -> None:
    """Lead to the commands."""
