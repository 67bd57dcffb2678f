"""What is wrong with a call, in the language of the call: click's own sentences are English alone."""

from collections.abc import Sequence
from difflib import get_close_matches

import click

from pkdocs.cli.speech import words
from pkdocs.cli.spoken import Option


def misuse(ctx: click.Context, error: click.UsageError) -> str:
    """Return what is wrong and, where that helps, what would be right."""
    where = error.ctx or ctx
    match error:
        case click.MissingParameter(param=click.Parameter() as missing):
            return _missing(where, missing)
        case click.NoSuchOption() | click.NoSuchCommand():
            return _unknown(where, error)
        case click.BadOptionUsage():
            return _option(where, error.option_name)
        case _ if type(error) is click.UsageError and _known(where):
            # a group without its command has no type of its own
            return words(where, "MISUSE_COMMAND_MISSING") + _commands(where)
        case _:
            # said in the language of the call already, or not by click
            return error.format_message()


def _missing(ctx: click.Context, missing: click.Parameter) -> str:
    if isinstance(missing, Option):
        return words(ctx, "MISUSE_OPTION_MISSING", name=missing.called, help=words(ctx, missing.code))
    return words(ctx, "MISUSE_ARGUMENT_MISSING", name=missing.human_readable_name)


def _option(ctx: click.Context, name: str) -> str:
    named = next(option for option in ctx.command.get_params(ctx) if name in option.opts)
    if isinstance(named, Option) and not named.is_flag:
        return words(ctx, "MISUSE_OPTION_EMPTY", name=name, help=words(ctx, named.code))
    return words(ctx, "MISUSE_OPTION_FLAG", name=name)


def _unknown(ctx: click.Context, error: click.NoSuchOption | click.NoSuchCommand) -> str:
    if isinstance(error, click.NoSuchOption):
        return words(ctx, "MISUSE_OPTION_UNKNOWN", name=error.option_name) + _meant(ctx, error.possibilities)
    name = error.command_name
    near = get_close_matches(name, _known(ctx))
    return words(ctx, "MISUSE_COMMAND_UNKNOWN", name=name) + _meant(ctx, near) + _commands(ctx)


def _meant(ctx: click.Context, possible: Sequence[str] | None) -> str:
    return " " + words(ctx, "MISUSE_MEANT", name=possible[0]) if possible else ""


def _commands(ctx: click.Context) -> str:
    return " " + words(ctx, "MISUSE_COMMANDS", known=", ".join(_known(ctx)))


def _known(ctx: click.Context) -> Sequence[str]:
    return ctx.command.list_commands(ctx) if isinstance(ctx.command, click.Group) else ()
