"""Secrets as they come in: by prompt, from a file, or from an open descriptor; never as an argument."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from pkdocs.cli.base import words
from pkdocs.errors import CredentialError, SigningError, UsageError

_MAX_BYTES: Final = 8192


@dataclass(frozen=True, slots=True)
class Source:
    """Where one secret comes from: a ``file``, a ``descriptor``, else somebody who is asked. Not the secret itself."""

    file: Path | None = None
    descriptor: int | None = None

    @property
    def can_be_read(self) -> bool:
        """Whether it comes without asking, or somebody can be asked."""
        return self.file is not None or self.descriptor is not None or sys.stdin.isatty()


def read_secret(
    ctx: click.Context, source: Source, prompt: str, *, may_be_empty: bool = False, **params: object
) -> str:
    """Return a secret; where somebody is asked, ``prompt`` is the code of the question, and nothing typed is shown.

    An empty one is refused here, unless ``may_be_empty``: a service would count it as a wrong one.

    Raises:
        UsageError: nobody can be asked, or the descriptor is not open.
        CredentialError: not text, or empty.
    """
    secret = _read(ctx, source, prompt, params)
    if not (secret or may_be_empty):
        raise CredentialError("SECRET_EMPTY", what=words(ctx, prompt, **params))
    return secret


def _read(ctx: click.Context, source: Source, prompt: str, params: Mapping[str, object]) -> str:
    try:
        if source.file is not None:
            return source.file.read_text(encoding="utf-8").rstrip("\r\n")
        if source.descriptor is not None:
            return _read_descriptor(source.descriptor).decode().rstrip("\r\n")
    except UnicodeDecodeError:
        # the bytes that are wrong would stand in its cause
        raise CredentialError("PASSPHRASE_FILE") from None
    if not sys.stdin.isatty():
        if prompt == "PASSPHRASE_PROMPT":
            raise UsageError("PASSPHRASE_NEEDED")
        raise UsageError("SECRET_NEEDED", what=words(ctx, prompt, **params))
    with consent():
        # click asks again until something is typed, unless there is something to fall back on
        asked = words(ctx, prompt, **params)
        return str(click.prompt(asked, default="", show_default=False, hide_input=True, err=True))


def _read_descriptor(descriptor: int) -> bytes:
    data = b""
    try:
        while len(data) < _MAX_BYTES and (more := os.read(descriptor, _MAX_BYTES - len(data))):
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
