"""The language of a call, and what is said in it."""

from typing import Final, cast

import click

from pkdocs.messages import Language, text

LANGUAGE: Final = "pkdocs.language"
"""Where the context of a call has it."""


def language(ctx: click.Context) -> Language:
    """Return the language of this call."""
    return cast(Language, ctx.meta.get(LANGUAGE, "id"))


def words(ctx: click.Context, code: str, /, **params: object) -> str:
    """Return a sentence of the catalogue in the language of this call."""
    return text(code, language(ctx), params)
