"""The options that choose a key holder, and the holder that they choose. Secrets come by prompt, file or descriptor."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from pkdocs.cli.base import option, words
from pkdocs.errors import CredentialError, SigningError, UsageError
from pkdocs.files import read_regular
from pkdocs.signing import Holder, Keyed, Level, load_pkcs12

_MAX_SECRET_BYTES: Final = 4096

passphrase_option = option(
    "--passphrase-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), code="OPTION_PASSPHRASE_FILE"
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the options say of the key; nothing in it is secret."""

    p12: Path | None
    passphrase_file: Path | None
    passphrase_fd: int | None
    level: Level = Level.B

    @property
    def is_given(self) -> bool:
        """Whether a key was chosen at all."""
        return self.p12 is not None


def holder_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that choose a key holder; ``chosen_of`` takes their values."""
    command = option("--passphrase-fd", type=click.IntRange(min=0), metavar="FD", code="OPTION_PASSPHRASE_FD")(command)
    command = passphrase_option(command)
    return option("--p12", type=click.Path(exists=True, dir_okay=False, path_type=Path), code="OPTION_P12")(command)


def chosen_of(options: dict[str, Any]) -> Chosen:
    """Take the values of ``holder_options`` out of a command's options."""
    return Chosen(*(options.pop(name) for name in ("p12", "passphrase_file", "passphrase_fd")))


def open_holder(ctx: click.Context, chosen: Chosen) -> Holder:
    """Return the key holder that was chosen, unlocked.

    Raises:
        UsageError: none was chosen, or its secret cannot be asked for here.
        CredentialError: the key or its secret is not the right one.
    """
    if chosen.p12 is None:
        raise UsageError("HOLDER_NEEDED")
    secret = read_passphrase(ctx, chosen.passphrase_file, chosen.passphrase_fd)
    return Keyed(load_pkcs12(read_regular(chosen.p12), secret))


def read_passphrase(ctx: click.Context, file: Path | None, descriptor: int | None = None) -> str:
    """Return what unlocks a key: from ``file`` or an open ``descriptor``, else asked for without showing it."""
    try:
        if file:
            return file.read_text(encoding="utf-8").rstrip("\r\n")
        if descriptor is not None:
            return _read_descriptor(descriptor).decode().rstrip("\r\n")
    except UnicodeDecodeError:
        # the bytes that are wrong would stand in its cause
        raise CredentialError("PASSPHRASE_FILE") from None
    if not sys.stdin.isatty():
        raise UsageError("PASSPHRASE_NEEDED")
    with consent():
        return str(click.prompt(words(ctx, "PASSPHRASE_PROMPT"), hide_input=True, err=True))


def _read_descriptor(descriptor: int) -> bytes:
    data = b""
    try:
        while len(data) < _MAX_SECRET_BYTES and (more := os.read(descriptor, _MAX_SECRET_BYTES - len(data))):
            data += more
    except OSError as fault:
        raise UsageError("PASSPHRASE_FD", descriptor=descriptor) from fault
    return data


@contextmanager
def consent() -> Iterator[None]:
    """Take an answer that is refused, by interrupting, for a no."""
    try:
        yield
    except click.Abort as fault:
        raise SigningError("SIGN_DECLINED") from fault
