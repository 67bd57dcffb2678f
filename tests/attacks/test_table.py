"""The table of attacks in docs/verification.md: every number, what names it, and a test that asks for that."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from pkdocs.messages import catalogue

REPOSITORY = Path(__file__).parents[2]
DOCS = REPOSITORY / "docs"
FINDERS = ("verification", "vouched", "chain", "register")
"""The packages that judge."""
SPOKEN = ("inspect.md", "preservation.md", "register.md", "verification.md")
"""Where findings are explained."""
PARTS = ("PROVEN_BY_", "CLAIMED_", "SUPERSEDED_", "STATE_", "ROLE_", "PAGE_HIDDEN", "HEAD_PRINT")
"""Beginnings of what is said inside other sentences."""


@cache
def rows() -> dict[int, list[str]]:
    """Return the cells of each row by its number: the attack, what names it, the tests."""
    page = (DOCS / "verification.md").read_text(encoding="utf-8").partition("\n## Attacks\n")[2]
    found = re.findall(r"^\| (\d+) \|(.*)\|$", page, re.MULTILINE)
    assert [int(number) for number, _ in found] == list(range(1, 101))
    return {int(number): [cell.strip() for cell in cells.split("|")] for number, cells in found}


@cache
def module(file: str) -> tuple[str, ast.Module]:
    source = (REPOSITORY / file).read_text(encoding="utf-8")
    return source, ast.parse(source)


def text_of(file: str, name: str) -> str:
    """Return a test as it stands in its file, with its parameters and the tables that it names."""
    source, tree = module(file)
    (test,) = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == name)
    own = "\n".join(lines_of(source, one) for one in (*test.decorator_list, test))
    tables = (node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign))
    return own + "".join(lines_of(source, node) for node in tables if re.search(rf"\b{target_of(node)}\b", own))


def lines_of(source: str, node: ast.stmt | ast.expr) -> str:
    return "\n".join(source.splitlines()[node.lineno - 1 : node.end_lineno])


def target_of(node: ast.Assign | ast.AnnAssign) -> str:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    return target.id if isinstance(target, ast.Name) else "-"


def codes_of(cell: str) -> list[str]:
    return re.findall(r"`([A-Z][A-Z0-9_]+)`", cell)


def named_tests(cell: str) -> list[tuple[str, str]]:
    return re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", cell)


@pytest.mark.parametrize("number", range(1, 101))
def test_each_attack_has_what_names_it_and_a_test_that_asks_for_it(number: int) -> None:
    attack, named, tested = rows()[number]
    assert attack
    codes, tests = codes_of(named), named_tests(tested)
    assert codes, "what names it"
    assert tests, "its tests"
    assert set(codes) <= set(catalogue())
    texts = [text_of(*test) for test in tests]
    for code in codes:
        assert any(f'"{code}"' in text for text in texts), f"no test of {number} asks for {code}"
    for test, text in zip(tests, texts, strict=True):
        assert any(f'"{code}"' in text for code in codes), f"{test} asks for nothing of {number}"


def finding_codes() -> set[str]:
    """Return the codes that the judging packages make findings of, as they are written there."""
    made: set[str] = set()
    for package in FINDERS:
        for file in (REPOSITORY / "pkdocs" / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute) and node.args:
                    name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                    first = node.args[0]
                    if name in {"find", "of", "_fail", "_warn", "_unknown", "_finding"} and isinstance(
                        first, ast.Constant
                    ):
                        made.add(str(first.value))
    return made & set(catalogue())


def test_every_finding_is_explained() -> None:
    # the table of attacks explains nothing
    page = "".join((DOCS / name).read_text(encoding="utf-8").partition("\n## Attacks\n")[0] for name in SPOKEN)
    assert len(finding_codes()) > 60
    assert {code for code in finding_codes() if f"`{code}`" not in page} == set()
