"""Secrets as they come in: asked, or read, and an empty one is sent nowhere."""

import os
import sys
from pathlib import Path

import click
import pytest

from pkdocs.cli.secret import Source, read_secret
from pkdocs.errors import CredentialError, UsageError


@pytest.fixture
def ctx() -> click.Context:
    return click.Context(click.Command("sign"))


def descriptor_of(data: bytes) -> int:
    reading, writing = os.pipe()
    os.write(writing, data)
    os.close(writing)
    return reading


def test_an_empty_secret_is_refused_before_it_counts_as_a_wrong_one(ctx: click.Context, tmp_path: Path) -> None:
    (tmp_path / "pin").write_bytes(b"\n")
    for source in (Source(tmp_path / "pin"), Source(descriptor=descriptor_of(b""))):
        with pytest.raises(CredentialError, match="SECRET_EMPTY"):
            read_secret(ctx, source, "PIN_PROMPT")


def test_a_pin_that_is_typed_at_the_reader_may_be_left_empty(
    ctx: click.Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(click.termui, "visible_prompt_func", lambda _: "")
    monkeypatch.setattr(click.termui, "hidden_prompt_func", lambda _: "")
    assert read_secret(ctx, Source(), "PIN_PROMPT", may_be_empty=True) == ""
    with pytest.raises(CredentialError, match="SECRET_EMPTY"):
        read_secret(ctx, Source(), "PIN_PROMPT")


def test_a_secret_comes_from_a_descriptor_without_its_line_end(ctx: click.Context) -> None:
    assert read_secret(ctx, Source(descriptor=descriptor_of(b"rahasia\n")), "PIN_PROMPT") == "rahasia"


def test_what_is_no_text_is_not_repeated(ctx: click.Context) -> None:
    with pytest.raises(CredentialError) as stop:
        read_secret(ctx, Source(descriptor=descriptor_of(b"\xff\xfe")), "PIN_PROMPT")
    assert (stop.value.__cause__, stop.value.__suppress_context__) == (None, True)


def test_a_descriptor_that_is_not_open_is_named(ctx: click.Context) -> None:
    closed = descriptor_of(b"")
    os.close(closed)
    with pytest.raises(UsageError, match="PASSPHRASE_FD"):
        read_secret(ctx, Source(descriptor=closed), "PIN_PROMPT")
