"""Commands and parameters that say everything in the language of the call: click has its own words in English alone."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import click

from pkdocs.cli.runlog import run_log
from pkdocs.cli.speech import words
from pkdocs.cli.values import value_fault

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


class Misuse(click.UsageError):
    """A call that cannot work, already said in the language of the call."""


class _Spoken(click.Command):
    """What click says of every command, from the catalogue: click itself has it in English alone."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; log and errors know the command that they are about."""
        if log := run_log(ctx):
            log.command = " ".join(ctx.command_path.split()[1:])
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return the parts of the line of usage."""
        spoken = {"[OPTIONS]": "USAGE_OPTIONS", "COMMAND [ARGS]...": "USAGE_COMMAND"}
        return [words(ctx, spoken[part]) if part in spoken else part for part in super().collect_usage_pieces(ctx)]

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the line of usage."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=f"{words(ctx, 'USAGE_LINE')} ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, each with its help, by group; those without a group come last."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for entry in self.get_params(ctx):
            if isinstance(entry, click.Option) and (record := entry.get_help_record(ctx)):
                groups.setdefault(getattr(entry, "group", ""), []).append(record)
        others = groups.pop("", [])
        for title, records in (*groups.items(), ("HELP_OTHER_OPTIONS" if groups else "HELP_OPTIONS", others)):
            with formatter.section(words(ctx, title)):
                formatter.write_dl(records)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return ``--help``."""
        found = super().get_help_option(ctx)
        if found is not None:
            found.help = words(ctx, "OPTION_HELP")
        return found


class Command(_Spoken):
    """A command whose help stands in the catalogue: ``HELP_<code>`` and ``HELP_<code>_SHORT``."""

    def __init__(self, *args: Any, code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code = code
        # what is too much is refused here, in the language of the call
        self.allow_extra_args = True

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments, and refuse those that nobody asked for."""
        rest = super().parse_args(ctx, args)
        if rest and not ctx.resilient_parsing:
            raise Misuse(words(ctx, "MISUSE_EXTRA", arguments=" ".join(rest)), ctx)
        return rest

    def invoke(self, ctx: click.Context) -> Any:
        """Do what the command does, and note its beginning."""
        if log := run_log(ctx):
            given = (entry.called for entry in self.params if isinstance(entry, Option) and _is_given(ctx, entry))
            log.start(sorted(given))
        return super().invoke(ctx)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help of the language of this call."""
        self.help = words(ctx, f"HELP_{self.code}_SHORT") + "\n\n" + words(ctx, f"HELP_{self.code}")
        super().format_help_text(ctx, formatter)


class Group(_Spoken, click.Group):
    """Commands under one name; its help is ``HELP_<code>`` (of the whole program: ``HELP``), and theirs begin so."""

    def __init__(self, *args: Any, code: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code = "_".join(filter(None, ("HELP", code)))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help of the language of this call."""
        self.help = words(ctx, self.code)
        super().format_help_text(ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the commands."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what each command does, without loading it."""
        with formatter.section(words(ctx, "HELP_COMMANDS")):
            names = self.list_commands(ctx)
            formatter.write_dl([(name, words(ctx, f"{self.code}_{name.upper()}_SHORT")) for name in names])


class _Valued(click.Parameter):
    """What takes a value, and says in the language of the call what is wrong with it."""

    @property
    def called(self) -> str:
        """The name by which people know it."""
        return max(self.opts, key=len) if isinstance(self, click.Option) else self.human_readable_name

    def type_cast_value(self, ctx: click.Context, value: Any) -> Any:
        """Return ``value`` as what it stands for."""
        try:
            return super().type_cast_value(ctx, value)
        except click.BadParameter as error:
            raise Misuse(f"{self.called}: {self._fault(ctx, value) or error.message}", ctx) from error

    def _fault(self, ctx: click.Context, value: Any) -> str | None:
        for item in value if isinstance(value, tuple | list) else (value,):
            try:
                self.type(item, self, ctx)
            except click.BadParameter:
                fault = value_fault(self.type, item)
                return words(ctx, fault[0], **fault[1]) if fault else None
        return None


class Argument(_Valued, click.Argument):
    """An argument; the help of its command explains it."""


class Option(_Valued, click.Option):
    """An option whose help stands in the catalogue under ``code``; ``group`` is the code of the heading above it."""

    def __init__(self, *args: Any, code: str, group: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code = code
        self.group = group

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option's line of help in the language of this call."""
        record = super().get_help_record(ctx)
        return record and (record[0], " ".join((words(ctx, self.code), *self._more(ctx))))

    def _more(self, ctx: click.Context) -> Iterator[str]:
        extra = self.get_help_extra(ctx)
        if self.required:
            yield words(ctx, "HELP_REQUIRED")
        if isinstance(self.type, click.IntRange) and self.type.max is not None:
            yield f"[{self.type.min}-{self.type.max}]"
        if "default" in extra:
            yield words(ctx, "HELP_DEFAULT", value=extra["default"])


def option(*names: str, code: str, **kwargs: Any) -> Callable[[Decorated], Decorated]:
    """Return the decorator of an option with its help in the catalogue."""
    return click.option(*names, cls=Option, code=code, **kwargs)


def argument(*names: str, **kwargs: Any) -> Callable[[Decorated], Decorated]:
    """Return the decorator of an argument."""
    return click.argument(*names, cls=Argument, **kwargs)


def _is_given(ctx: click.Context, entry: click.Parameter) -> bool:
    return ctx.get_parameter_source(str(entry.name)) is click.core.ParameterSource.COMMANDLINE
