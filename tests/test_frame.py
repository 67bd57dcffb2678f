"""Laws of the whole tree: the catalogue, the errors, the start, the version, and what no file may say."""

import ast
import importlib
import json
import pickle
import pkgutil
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import NamedTuple

import pytest

import pkdocs
from pkdocs.errors import PkdocsError
from pkdocs.messages import LANGUAGES, catalogue
from pkdocs.verification import Sub

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "pkdocs"

CODE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
SPEAKERS = {"error": 0, "warning": 0, "note": 0, "text": 0, "words": 1, "find": 0, "Said": 0}
"""Functions that take a code, and as which argument; each error takes it first."""

PRINTERS = {"say", "warn", "progress", "confirm", "Line"}
"""Functions that give to people what they are given; so do those of click."""

FOREIGN = {"PERSON_ID", "LC_ALL", "SAL_USE_VCLPLUGIN", "SAL_DISABLE_OPENCL", "OOO_DISABLE_RECOVERY"}
"""What looks like a code and is a placeholder of the help, or a name of the environment."""

HEAVY = {"docx", "docxtpl", "jinja2", "lxml", "openpyxl", "pikepdf", "pyhanko", "pyhanko_certvalidator", "uno"}

# Written as patterns, so that this file says neither itself.
REGISTRY = re.compile(rb"(?:pypi|pythonhosted|npmjs|anaconda|(?:deb|security|ftp)\.debian)\.(?:org|com|io)\b")
MACHINE_PATH = re.compile(rb"(?<![\w.*-])/(?:work|root|home/\w+|tmp/w|opt/(?:pypi|wheels))/")
ADDRESS = re.compile(r"\w://|--(?:extra-)?index-url|--find-links|--trusted-host")


class Call(NamedTuple):
    """A place in the source that names a code, and the fields that it fills (None: not to be seen there)."""

    place: str
    code: str
    fields: frozenset[str] | None


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def subclasses(base: type[PkdocsError]) -> Iterator[type[PkdocsError]]:
    yield base
    for below in base.__subclasses__():
        yield from subclasses(below)


def import_everything() -> None:
    for module in pkgutil.walk_packages(pkdocs.__path__, "pkdocs."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def calls(speakers: dict[str, int]) -> Iterator[Call]:
    """Yield each call of a speaker that gives its code as it stands."""
    for path, tree in trees():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in speakers):
                continue
            match node.args[speakers[node.func.id] :]:
                case [ast.Constant(value=str(code)), *rest]:
                    named = {keyword.arg for keyword in node.keywords}
                    hidden = None in named or (rest and node.func.id not in {"error", "warning", "note"})
                    filled = None if hidden else frozenset(str(field) for field in named)
                    yield Call(f"{path.relative_to(ROOT)}:{node.lineno}", code, filled)


def composed(string: ast.JoinedStr) -> str:
    """Return the pattern of the codes that an f-string may make: its own words, something in place of its fields."""
    return "".join(
        re.escape(part.value) if isinstance(part, ast.Constant) and isinstance(part.value, str) else "[A-Z0-9_]+"
        for part in string.values
    )


def used() -> set[str]:
    """Return the codes that the source has as a string, as a name in a table, or as the result of an f-string."""
    found: set[str] = set()
    for _, tree in trees():
        for node in ast.walk(tree):
            match node:
                case ast.Constant(value=str(word)) | ast.Name(id=word) | ast.Attribute(attr=word):
                    found.add(word)
                case ast.JoinedStr(values=[ast.Constant(value=str(word)), *_]) if re.match("[A-Z]+_", word):
                    found.update(code for code in catalogue() if re.fullmatch(composed(node), code))
                case _:
                    pass
    return found


@pytest.fixture(scope="module")
def speakers() -> dict[str, int]:
    import_everything()
    return SPEAKERS | {error.__name__: 0 for error in subclasses(PkdocsError)}


@pytest.fixture(scope="module")
def files() -> list[Path]:
    """What git tracks or would take in."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a git working tree")
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def test_each_sentence_is_there_in_every_language_and_in_nothing_else() -> None:
    assert {code: set(texts) for code, texts in catalogue().items() if set(texts) != set(LANGUAGES)} == {}


def test_no_sentence_is_empty() -> None:
    assert [code for code, texts in catalogue().items() if not all(text.strip() for text in texts.values())] == []


def test_both_languages_have_the_same_fields_and_all_are_named() -> None:
    different = [code for code, texts in catalogue().items() if fields(texts["id"]) != fields(texts["en"])]
    unnamed = [
        code for code, texts in catalogue().items() if any(not name.isidentifier() for name in fields(texts["id"]))
    ]
    assert (different, unnamed) == ([], [])


def test_each_code_is_spelled_like_a_code() -> None:
    assert [code for code in catalogue() if not CODE.fullmatch(code)] == []


def test_each_code_is_used() -> None:
    assert sorted(catalogue().keys() - used()) == []


def test_each_code_in_the_source_is_in_the_catalogue(speakers: dict[str, int]) -> None:
    assert [call for call in calls(speakers) if call.code not in catalogue()] == []


def test_each_sentence_gets_the_fields_it_asks_for(speakers: dict[str, int]) -> None:
    lacking = [
        call
        for call in calls(speakers)
        if call.code in catalogue() and call.fields is not None and fields(catalogue()[call.code]["en"]) - call.fields
    ]
    assert lacking == []


def words_in(node: ast.AST) -> Iterator[str]:
    """Yield the literals with a word in them that `node` is made of; what a function gives is its own affair."""
    match node:
        case ast.Constant(value=str(literal)) if re.search(r"[^\W\d_]{2}", literal):
            yield literal
        case ast.Call() | ast.Subscript():
            pass
        case ast.FormattedValue(value=inner):
            yield from words_in(inner)
        case _:
            for inner in ast.iter_child_nodes(node):
                yield from words_in(inner)


def is_printer(called: ast.expr) -> bool:
    match called:
        case ast.Name(id=name):
            return name in PRINTERS
        case ast.Attribute(value=ast.Name(id="click"), attr="echo" | "secho" | "style" | "prompt" | "confirm"):
            return True
        case _:
            return False


def test_no_words_for_people_stand_in_the_code() -> None:
    found = []
    for path, tree in trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            shown: list[ast.expr] = list(node.args) if is_printer(node.func) else []
            shown += [more.value for more in node.keywords if more.arg in {"help", "short_help", "epilog", "prompt"}]
            found += [(f"{path.relative_to(ROOT)}:{node.lineno}", word) for part in shown for word in words_in(part)]
    assert found == []


def test_no_sentence_is_put_together_in_what_talks_to_people() -> None:
    """Where texts are printed, a literal with a word beside a space is a sentence that escaped the catalogue."""
    clicks = {"COMMAND [ARGS]...", "%(prog)s %(version)s"}
    found = []
    for path, tree in trees():
        if path.parent.name != "cli" and path.name != "report.py":
            continue
        prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        found += [
            (f"{path.relative_to(ROOT)}:{node.lineno}", node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose
            if re.search(r"[^\W\d_]{2}\s|\s[^\W\d_]{2}", node.value) and node.value not in clicks
        ]
    assert found == []


def names_a_code(word: str, taken: set[str]) -> bool:
    spoken = {word, f"HELP_{word}", f"GUIDE_{word}"}
    return not spoken.isdisjoint(catalogue()) or word in taken | FOREIGN


def test_what_looks_like_a_code_is_in_the_catalogue() -> None:
    """Findings, problems and errors reach their sentences through many functions; their codes are all literals."""
    taken = {str(sub) for sub in Sub} | {name for path, tree in trees() for name in exported(tree)}
    strange = [
        (f"{path.relative_to(ROOT)}:{node.lineno}", node.value)
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if "_" in node.value and CODE.fullmatch(node.value) and not names_a_code(node.value, taken)
    ]
    assert strange == []


def exported(tree: ast.Module) -> Iterator[str]:
    """Yield what the module lists in `__all__`."""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=names)):
                yield from (name.value for name in names if isinstance(name, ast.Constant))
            case _:
                pass


def test_what_modules_log_is_a_literal() -> None:
    """The log of runs takes it as it stands; only numbers and names of exceptions are filled in."""
    told = [
        (f"{path.relative_to(ROOT)}:{node.lineno}", node.args[0])
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if isinstance(node.func.value, ast.Name) and node.func.value.id == "_LOG"
    ]
    assert told
    assert [place for place, first in told if not isinstance(first, ast.Constant)] == []


def test_every_error_survives_pickling() -> None:
    import_everything()
    for kind in subclasses(PkdocsError):
        error = kind("PERSON_KEY_DAMAGED", length=31, expected=32)
        again = pickle.loads(pickle.dumps(error))  # noqa: S301 - made one line above
        assert (type(again), again.code, again.params, str(again)) == (kind, error.code, error.params, str(error))


def test_every_error_has_an_exit_code_of_the_contract() -> None:
    import_everything()
    assert {kind.__name__ for kind in subclasses(PkdocsError) if kind.exit_code not in range(1, 9)} == set()


def test_help_loads_none_of_the_heavy_libraries() -> None:
    program = """
import json, sys
from pkdocs.cli import main
sys.argv = ["pkdocs", "--help"]
try:
    main()
except SystemExit as stop:
    assert not stop.code, stop.code
json.dump(sorted(sys.modules), sys.stderr)
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    loaded = {name.partition(".")[0] for name in json.loads(run.stderr)}
    assert "pkdocs" in loaded
    assert loaded & HEAVY == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_explains_itself(language: str) -> None:
    import click
    from click.testing import CliRunner

    from pkdocs.cli import main

    def names(group: click.Group, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
        context = click.Context(group)
        for name in group.list_commands(context):
            yield (*above, name)
            command = group.get_command(context, name)
            if isinstance(command, click.Group):
                yield from names(command, (*above, name))

    for name in names(main):
        run = CliRunner().invoke(main, ["--lang", language, *name, "--help"])
        assert (name, run.exit_code, run.exception) == (name, 0, None)


def test_the_change_log_begins_with_this_version_or_what_is_not_yet_released() -> None:
    headings = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] in {"Unreleased", pkdocs.__version__}


def test_no_file_names_a_registry_or_a_path_of_one_machine(files: list[Path]) -> None:
    assert [where for path in files for where in told(path)] == []


def told(path: Path) -> Iterator[str]:
    """Yield what `path` (a Word file, an archive: its parts) says of registries and machines."""
    name = path.relative_to(ROOT)
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            parts = {f"{name}!{part}": archive.read(part) for part in archive.namelist()}
    else:
        parts = {str(name): path.read_bytes()}
    for part, data in parts.items():
        for pattern in (REGISTRY, MACHINE_PATH):
            yield from (f"{part}: {found.decode(errors='replace')}" for found in pattern.findall(data))


@pytest.mark.parametrize("name", ["requirements.lock", "Makefile", ".ci/setup", ".ci/run"])
def test_set_up_gives_no_address(name: str) -> None:
    options_that_keep_addresses_out = re.compile(r"--no-emit-[\w-]+")
    text = options_that_keep_addresses_out.sub("", (ROOT / name).read_text(encoding="utf-8"))
    assert ADDRESS.findall(text) == []


def test_each_locked_requirement_has_one_version_and_hashes() -> None:
    lock = re.sub(r"\\\n", "", (ROOT / "requirements.lock").read_text(encoding="utf-8"))
    requirements = [line for line in lock.splitlines() if line and not line.startswith("#")]
    odd = [
        line for line in requirements if not re.fullmatch(r"[a-z0-9-]+==\S+(?:\s+--hash=sha256:[0-9a-f]{64})+\s*", line)
    ]
    assert requirements
    assert odd == []
