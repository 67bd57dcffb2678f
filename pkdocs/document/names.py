"""What a template's Jinja may say: names that the page has, a few filters, no way to run or load anything.

Checked before anything is rendered, on the syntax tree, with the types of the page's fields.
"""

import dataclasses
import difflib
import types
import typing
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final, NoReturn, Union, get_args, get_origin

from jinja2 import nodes

from pkdocs.errors import TemplateError
from pkdocs.page import Page

MAX_NODES: Final = 20_000
MAX_DEPTH: Final = 8
MAX_BRANCHES: Final = 20
MAX_EXPRESSION_NODES: Final = 60

TEXT_FILTERS: Final = frozenset({"upper", "lower", "title", "capitalize", "trim", "default"})
LIST_FILTERS: Final = frozenset({"length", "first", "last", "join"})
FILTERS: Final = TEXT_FILTERS | LIST_FILTERS
TESTS: Final = frozenset({"defined", "none"})


@dataclasses.dataclass(frozen=True, slots=True)
class Loop:
    """What ``loop`` knows."""

    index: int
    index0: int
    revindex: int
    length: int
    first: bool
    last: bool


def check_names(tree: nodes.Template, part: str, template: str) -> frozenset[str]:
    """Return the page's own names that ``tree`` uses.

    Raises:
        TemplateError: a name, filter, test or construct that is not allowed; it says which, and what exists.
    """
    checker = _Checker(part, template)
    checker.check(tree)
    return frozenset(checker.used)


class _Checker:
    """One part's check; ``used`` are the page's names met so far."""

    def __init__(self, part: str, template: str) -> None:
        self._where = {"part": part, "template": template}
        self._page = typing.get_type_hints(Page)
        self.used: set[str] = set()

    def check(self, tree: nodes.Template) -> None:
        if sum(1 for _ in tree.find_all(nodes.Node)) > MAX_NODES:
            self._refuse("TEMPLATE_TOO_LARGE")
        self._statements(tree.body, {}, 0)

    def _refuse(self, code: str, **params: object) -> NoReturn:
        raise TemplateError(code, {**self._where, **params})

    def _statements(self, body: Iterable[nodes.Node], scope: Mapping[str, Any], depth: int) -> None:
        if depth > MAX_DEPTH:
            self._refuse("TEMPLATE_DEPTH", depth=MAX_DEPTH, branches=MAX_BRANCHES)
        for node in body:
            if isinstance(node, nodes.Output):
                for printed in node.nodes:
                    self._printed(printed, scope)
            elif isinstance(node, nodes.If):
                self._condition(node, scope, depth)
            elif isinstance(node, nodes.For):
                self._loop(node, scope, depth + 1)
            else:
                self._refuse("TEMPLATE_CONSTRUCT", construct=_word(node))

    def _condition(self, node: nodes.If, scope: Mapping[str, Any], depth: int) -> None:
        if len(node.elif_) > MAX_BRANCHES:
            self._refuse("TEMPLATE_DEPTH", depth=MAX_DEPTH, branches=MAX_BRANCHES)
        self._expression(node.test, scope)
        self._statements(node.elif_, scope, depth)
        for branch in (node.body, node.else_):
            self._statements(branch, scope, depth + 1)

    def _loop(self, node: nodes.For, scope: Mapping[str, Any], depth: int) -> None:
        kind = self._expression(node.iter, scope)
        if node.recursive or not isinstance(node.target, nodes.Name):
            self._refuse("TEMPLATE_CONSTRUCT", construct="for")
        if get_origin(kind) is not tuple:
            self._refuse("TEMPLATE_NOT_A_LIST", name=_spell(node.iter))
        inner = {**scope, node.target.name: get_args(kind)[0], "loop": Loop}
        if node.test is not None:
            self._expression(node.test, inner)
        self._statements(node.body, inner, depth)
        self._statements(node.else_, scope, depth)

    def _printed(self, node: nodes.Node, scope: Mapping[str, Any]) -> None:
        if isinstance(node, nodes.TemplateData):
            return
        if not _is_text(self._expression(node, scope)):
            self._refuse("TEMPLATE_NOT_TEXT", name=_spell(node))

    def _expression(self, node: nodes.Node, scope: Mapping[str, Any]) -> Any:
        if sum(1 for _ in node.find_all(nodes.Node)) > MAX_EXPRESSION_NODES:
            self._refuse("TEMPLATE_CONSTRUCT", construct=_spell(node)[:40])
        return self._kind(node, scope)

    def _kind(self, node: nodes.Node | None, scope: Mapping[str, Any]) -> Any:
        if isinstance(node, nodes.Name):
            return self._name(node.name, scope)
        if isinstance(node, nodes.Getattr | nodes.Getitem):
            return self._attribute(node, scope)
        if isinstance(node, nodes.Filter):
            return self._filter(node, scope)
        return self._literal(node, scope) if isinstance(node, nodes.Literal) else self._operation(node, scope)

    def _literal(self, node: nodes.Literal, scope: Mapping[str, Any]) -> Any:
        if isinstance(node, nodes.Const):
            return type(node.value)
        if not isinstance(node, nodes.List | nodes.Tuple):
            self._refuse("TEMPLATE_CONSTRUCT", construct=_word(node))
        kinds = {self._kind(item, scope) for item in node.items}
        return types.GenericAlias(tuple, (kinds.pop() if len(kinds) == 1 else object, ...))

    def _operation(self, node: nodes.Node | None, scope: Mapping[str, Any]) -> type:
        match node:
            case nodes.CondExpr():
                return self._choice(node, scope)
            case nodes.Compare():
                self._comparison(node, scope)
            case nodes.Concat(nodes=operands):
                return self._concatenation(operands, scope)
            case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
                self._kind(left, scope)
                self._kind(right, scope)
            case nodes.Not(node=inner):
                self._kind(inner, scope)
            case nodes.Test(name=name, node=inner) if name in TESTS:
                self._kind(inner, scope)
            case _:
                self._refuse("TEMPLATE_CONSTRUCT", construct=_word(node))
        return bool

    def _name(self, name: str, scope: Mapping[str, Any]) -> Any:
        if name in scope:
            return scope[name]
        if name not in self._page:
            self._unknown(name, name, (*self._page, *scope))
        self.used.add(name)
        return self._page[name]

    def _attribute(self, node: nodes.Getattr | nodes.Getitem, scope: Mapping[str, Any]) -> Any:
        base = _without_none(self._kind(node.node, scope))
        attribute = node.attr if isinstance(node, nodes.Getattr) else _constant(node.arg)
        if attribute is not None and get_origin(base) is Mapping:
            return get_args(base)[1]
        fields = typing.get_type_hints(base) if dataclasses.is_dataclass(base) else {}
        if attribute not in fields or isinstance(node, nodes.Getitem):
            self._unknown(_spell(node), attribute or "", fields)
        return fields[attribute]

    def _unknown(self, name: str, wrong: str, known: Iterable[str]) -> NoReturn:
        names = sorted(known)
        nearest = difflib.get_close_matches(wrong, names, n=1, cutoff=0.0)
        self._refuse("TEMPLATE_NAME", name=name, nearest="".join(nearest) or "-", known=", ".join(names) or "-")

    def _filter(self, node: nodes.Filter, scope: Mapping[str, Any]) -> Any:
        if node.name not in FILTERS or node.kwargs or node.dyn_args or node.dyn_kwargs or node.node is None:
            self._refuse("TEMPLATE_FILTER", filter=node.name, known=", ".join(sorted(FILTERS)))
        kind = self._kind(node.node, scope)
        for argument in node.args:
            self._kind(argument, scope)
        if node.name in TEXT_FILTERS:
            fits = _is_text(kind)
        else:
            fits = get_origin(kind) is tuple and (node.name != "join" or _is_text(get_args(kind)[0]))
        if not fits:
            self._refuse("TEMPLATE_FILTER_KIND", filter=node.name, name=_spell(node.node))
        if node.name in {"first", "last"}:
            return get_args(kind)[0]
        return int if node.name == "length" else str

    def _choice(self, node: nodes.CondExpr, scope: Mapping[str, Any]) -> type:
        self._kind(node.test, scope)
        return self._concatenation([choice for choice in (node.expr1, node.expr2) if choice], scope)

    def _comparison(self, node: nodes.Compare, scope: Mapping[str, Any]) -> None:
        kind = self._kind(node.expr, scope)
        for operand in node.ops:
            self._kind(operand.expr, scope)
            if isinstance(kind, type) and issubclass(kind, StrEnum):
                self._check_values(_spell(node.expr), kind, operand.expr)

    def _check_values(self, name: str, kind: type[StrEnum], compared: nodes.Expr) -> None:
        for constant in (compared, *compared.find_all(nodes.Const)):
            if isinstance(constant, nodes.Const) and constant.value not in {str(member) for member in kind}:
                known = ", ".join(f'"{member}"' for member in kind)
                self._refuse("TEMPLATE_VALUE", name=name, value=constant.value, known=known)

    def _concatenation(self, operands: Iterable[nodes.Node], scope: Mapping[str, Any]) -> type:
        for operand in operands:
            if not _is_text(self._kind(operand, scope)):
                self._refuse("TEMPLATE_NOT_TEXT", name=_spell(operand))
        return str


def _is_text(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, str | int) and kind is not bool


def _without_none(kind: Any) -> Any:
    if get_origin(kind) in {Union, types.UnionType}:
        return next(option for option in get_args(kind) if option is not type(None))
    return kind


def _constant(node: nodes.Node) -> str | None:
    return str(node.value) if isinstance(node, nodes.Const) else None


def _word(node: nodes.Node | None) -> str:
    return type(node).__name__.lower()


def _spell(node: nodes.Node | None) -> str:
    match node:
        case nodes.Name(name=name):
            return str(name)
        case nodes.Getattr(node=base, attr=attribute):
            return f"{_spell(base)}.{attribute}"
        case nodes.Getitem(node=base, arg=nodes.Const(value=value)):
            return f"{_spell(base)}[{value!r}]"
        case nodes.Const(value=value):
            return repr(value)
        case nodes.Filter(node=base, name=name):
            return f"{_spell(base)} | {name}"
    return _word(node)
