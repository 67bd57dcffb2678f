"""Jinja with nothing to reach for: escaped, strict, counted."""

import re
import time
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Final

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, Undefined, nodes, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from pkdocs.document.names import FILTERS, TESTS
from pkdocs.errors import TemplateError

MAX_OUTPUT_CHARACTERS: Final = 20_000_000
MAX_ITERATIONS: Final = 200_000
MAX_RENDER_S: Final = 10.0

_TAGS: Final = re.compile(r"<[^>]*>")
_SPECIAL: Final = re.compile("[&<>\"'{}]")
_PIECES: Final = 100
"""That are counted at once."""
_COUNTED: Final = "_counted"
_BUDGET: Final = "_budget"


class LimitError(Exception):
    """A template printed, repeated or took too much."""


class Budget:
    """What one rendering may still spend."""

    def __init__(self) -> None:
        self._iterations = MAX_ITERATIONS
        self._characters = MAX_OUTPUT_CHARACTERS
        self._deadline_s = time.monotonic() + MAX_RENDER_S

    def spend(self, *, iterations: int = 0, characters: int = 0) -> None:
        """Take from what is left.

        Raises:
            LimitError: nothing is left, or the time is over.
        """
        self._iterations -= iterations
        self._characters -= characters
        if min(self._iterations, self._characters) < 0 or time.monotonic() > self._deadline_s:
            raise LimitError


def print_value(value: object) -> object:
    """Return ``value`` escaped for XML, braces too.

    docxtpl gives ``{_{`` a meaning in what Jinja has printed, so no brace of a value may reach it.

    Raises:
        UndefinedError: there is no such value.
        TypeError: not a text; a method of a mapping, for example.
    """
    if isinstance(value, Undefined):
        return str(value)
    if not isinstance(value, str | int):
        raise TypeError(f"{type(value).__name__} is not text")
    text = str(value)
    if _SPECIAL.search(text):
        text = str(escape(text)).replace("{", "&#123;").replace("}", "&#125;")
    return Markup(text)  # noqa: S704  escaped just now; braces are character references


class _Sandbox(ImmutableSandboxedEnvironment):
    """What the page has can be read; nothing can be called, whatever the check of names has let through."""

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:  # noqa: ARG002  Jinja's signature
        return not attr.startswith("_") and not callable(value)


@pass_context
def _count(context: Context, items: Sequence[object]) -> Sequence[object]:
    context[_BUDGET].spend(iterations=len(items))
    return items


def sandbox() -> _Sandbox:
    """Return the environment in which templates are parsed and rendered."""
    environment = _Sandbox(autoescape=True, undefined=StrictUndefined, finalize=print_value)
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in FILTERS} | {_COUNTED: _count}
    environment.tests = {name: environment.tests[name] for name in TESTS}
    return environment


def compile_counted(environment: ImmutableSandboxedEnvironment, tree: nodes.Template) -> Template:
    """Return ``tree`` ready to render, each loop counted by the budget of the rendering."""
    for loop in tree.find_all(nodes.For):
        loop.iter = nodes.Filter(loop.iter, _COUNTED, [], [], None, None, lineno=loop.lineno)
    code = environment.compile(tree)
    return Template.from_code(environment, code, environment.make_globals(None))


def render_counted(template: Template, context: Mapping[str, object]) -> str:
    """Return what ``template`` prints.

    Raises:
        LimitError: too much, too often, or too long.
    """
    budget = Budget()
    stream = template.generate({**context, _BUDGET: budget})
    printed = []
    while piece := "".join(islice(stream, _PIECES)):
        budget.spend(characters=len(piece))
        printed.append(piece)
    return "".join(printed)


def parse(environment: ImmutableSandboxedEnvironment, source: str, part: str, template: str) -> nodes.Template:
    """Return the syntax tree of ``source``.

    Raises:
        TemplateError: a tag that is not closed or not understood, with the text around it.
    """
    try:
        return environment.parse(source)
    except TemplateSyntaxError as fault:
        line = source.splitlines()[fault.lineno - 1 : fault.lineno]
        text = " ".join(_TAGS.sub(" ", "".join(line)).split())[:120]
        raise TemplateError(
            "TEMPLATE_SYNTAX", template=template, part=part, text=text, detail=fault.message or ""
        ) from fault
    except (RecursionError, ValueError) as fault:
        # nested without end, or a number of thousands of digits
        raise TemplateError("TEMPLATE_TOO_LARGE", template=template) from fault
