"""The page of limits says what the code does."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from pkdocs.messages import catalogue

PAGE = Path("docs/limits.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| `([\w.]+)` \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("what", "limit", "beyond", "place"), ROWS, ids=[row[3] for row in ROWS])
def test_a_limit_is_what_the_page_says(what: str, limit: str, beyond: str, place: str) -> None:
    module, _, name = place.rpartition(".")
    value = getattr(import_module(f"pkdocs.{module}"), name)
    assert re.match(rf"{value:,.0f}(?![\d,])", limit), (what, value)


def test_every_code_of_the_page_has_a_sentence() -> None:
    codes = set(re.findall(r"`([A-Z]+_[A-Z_]+)`", PAGE)) - {"MINUTES"}
    assert len(ROWS) > 30
    assert codes <= catalogue().keys()


def test_what_an_archive_may_be_refused_for_is_documented() -> None:
    codes = [code for code in catalogue() if code.startswith("ARCHIVE_")]
    for name in ("limits", "verification", "inspect"):
        page = Path(f"docs/{name}.md").read_text(encoding="utf-8")
        assert [code for code in codes if f"`{code}`" not in page] == []
