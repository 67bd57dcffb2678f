"""The command line: arguments in, pipeline call, text and exit code out. It decides nothing.

Commands are loaded when they are called, so that ``pkdocs --help`` answers at once.
"""

import sys
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final, NoReturn

import click

from pkdocs import __version__
from pkdocs.cli.base import JSON, LANGUAGE, print_error, words
from pkdocs.errors import PkdocsError, UsageError
from pkdocs.messages import LANGUAGES
from pkdocs.settings import Settings, read_settings

COMMANDS: Final = ("sample", "check", "generate", "pki", "sign", "status", "verify", "inspect")


class _Group(click.Group):
    """Finds commands by name without loading the others; the one place where errors end."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"pkdocs.cli.{cmd_name}").command
        return command

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.help = words(ctx, "HELP")
        super().format_help_text(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(words(ctx, "HELP_COMMANDS")):
            formatter.write_dl([(name, words(ctx, f"HELP_{name.upper()}_SHORT")) for name in COMMANDS])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # known before anything is parsed, so that what cannot be parsed is said in JSON too
        ctx.meta[JSON] = "--json" in args
        if isinstance(sys.stdout, TextIOWrapper):
            # names of files need not be text; in JSON this is the escape of such characters
            sys.stdout.reconfigure(errors="backslashreplace")
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            _stop_usage(ctx, error)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except PkdocsError as error:
            print_error(ctx, error)
            ctx.exit(error.exit_code)
        except BrokenPipeError:
            raise
        except OSError as error:
            stopped = PkdocsError("SYSTEM", file=error.filename or "-", reason=error.strerror or str(error))
            print_error(ctx, stopped)
            ctx.exit(stopped.exit_code)
        except click.UsageError as error:
            _stop_usage(ctx, error)
        except (click.Abort, KeyboardInterrupt):
            stopped = PkdocsError("INTERRUPTED")
            print_error(ctx, stopped)
            ctx.exit(stopped.exit_code)


def _stop_usage(ctx: click.Context, error: click.UsageError) -> NoReturn:
    if not ctx.meta.get(JSON):
        raise error
    print_error(ctx, UsageError("USAGE", reason=error.format_message()))
    ctx.exit(UsageError.exit_code)


def _settings(ctx: click.Context) -> Settings:
    try:
        return read_settings(Path())
    except PkdocsError as error:
        print_error(ctx, error)
        ctx.exit(error.exit_code)


def _language(ctx: click.Context, _option: click.Parameter, value: str | None) -> None:
    ctx.obj = _settings(ctx)
    ctx.meta[LANGUAGE] = value or ctx.obj.lang


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    is_eager=True,
    expose_value=False,
    callback=_language,
    help="id: Bahasa Indonesia; en: English.",
)
@click.version_option(__version__, prog_name="pkdocs")
def main() -> None:
    """Lead to the commands."""
