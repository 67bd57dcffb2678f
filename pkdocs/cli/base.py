"""What every command shares: language, JSON, errors, progress."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import click

from pkdocs.cli.values import value_fault
from pkdocs.errors import PkdocsError
from pkdocs.files import read_regular
from pkdocs.messages import Language, text
from pkdocs.persons import TRIAL_KEY, read_person_key
from pkdocs.settings import Settings

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

LANGUAGE: Final = "pkdocs.language"
JSON: Final = "pkdocs.json"

_ANSWERS: Final = {"y": True, "ya": True, "yes": True, "t": False, "tidak": False, "n": False, "no": False, "": False}


def language(ctx: click.Context) -> Language:
    """Return the language of this call."""
    return cast(Language, ctx.meta.get(LANGUAGE, "id"))


def words(ctx: click.Context, code: str, /, **params: object) -> str:
    """Return a sentence of the catalogue in the language of this call."""
    return text(code, language(ctx), params)


def settings(ctx: click.Context) -> Settings:
    """Return the settings of this workplace."""
    return cast(Settings, ctx.find_root().obj)


class Misuse(click.UsageError):
    """A call that cannot work, already said in the language of the call."""


class _Spoken(click.Command):
    """What click says of every command, from the catalogue: click itself has it in English alone."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; an error knows the command that it is about."""
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
        """Write the options, each with its help."""
        options = (entry for entry in self.get_params(ctx) if isinstance(entry, click.Option))
        with formatter.section(words(ctx, "HELP_OPTIONS")):
            formatter.write_dl([record for entry in options if (record := entry.get_help_record(ctx))])

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
    """An option whose help stands in the catalogue under ``code``."""

    def __init__(self, *args: Any, code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code = code

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option's line of help in the language of this call."""
        record = super().get_help_record(ctx)
        return record and (record[0], " ".join((words(ctx, self.code), *self._more(ctx))))

    def _more(self, ctx: click.Context) -> Iterator[str]:
        extra = self.get_help_extra(ctx)
        if self.required:
            yield words(ctx, "HELP_REQUIRED")
        if isinstance(self.type, click.IntRange):
            yield f"[{self.type.min}-{self.type.max}]"
        if "default" in extra:
            yield words(ctx, "HELP_DEFAULT", value=extra["default"])


def option(*names: str, code: str, **kwargs: Any) -> Callable[[Decorated], Decorated]:
    """Return the decorator of an option with its help in the catalogue."""
    return click.option(*names, cls=Option, code=code, **kwargs)


def argument(*names: str, **kwargs: Any) -> Callable[[Decorated], Decorated]:
    """Return the decorator of an argument."""
    return click.argument(*names, cls=Argument, **kwargs)


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
    """Print ``value`` alone on standard output, if JSON was asked for."""
    if ctx.meta.get(JSON):
        click.echo(json.dumps(value, ensure_ascii=False, indent=1))


def print_error(ctx: click.Context, error: PkdocsError) -> None:
    """Print what stopped the command."""
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
