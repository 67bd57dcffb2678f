"""What the authors' guide says of the names is what there is."""

import dataclasses
import re
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from pkdocs.document.names import FILTERS
from pkdocs.page import Page
from pkdocs.roster import Level, Status
from tests.document.word import TEMPLATES

README = (TEMPLATES / "README.md").read_text(encoding="utf-8")
QUOTED = set(re.findall(r"`([^`]+)`", README))


def names(kind: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the names of a dataclass and of all that it holds, each with the last part of its holder's name."""
    for name, found in typing.get_type_hints(kind).items():
        yield prefix, name
        for inner in (found, *typing.get_args(found)):
            if dataclasses.is_dataclass(inner):
                yield from names(inner, name)


def test_every_name_of_the_page_is_there() -> None:
    known = {name.rpartition(".")[2] for name in QUOTED}
    assert {f"{prefix}.{name}" for prefix, name in names(Page) if name not in known} == set()


def test_no_name_is_there_that_the_page_does_not_have() -> None:
    real = {name for _, name in names(Page)} | {"first", "last", "index", "length"}
    dotted = {name for name in QUOTED if re.fullmatch(r"(?:[sidb]|loop)\.[a-z_]+", name)}
    assert len(dotted) > 20
    assert {name for name in dotted if name.partition(".")[2] not in real} == set()


def test_levels_statuses_and_filters_are_there() -> None:
    assert [level for level in Level if level not in README] == []
    assert [status for status in Status if status is not Status.VACANT and status not in README] == []
    assert set(FILTERS) <= QUOTED


def test_every_shipped_template_is_there() -> None:
    assert {file.name for file in TEMPLATES.glob("*.docx")} <= QUOTED


def test_the_own_keys_are_a_mapping_so_that_any_name_is_allowed() -> None:
    assert typing.get_origin(typing.get_type_hints(Page)["profil"]) is Mapping
