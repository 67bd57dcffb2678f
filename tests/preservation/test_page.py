"""docs/preservation.md names every finding about records, and each test that it names is there."""

import re
from pathlib import Path

import pytest

from pkdocs.messages import catalogue

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "preservation.md").read_text(encoding="utf-8")
FILES = {
    "records": "tests/preservation/test_records.py",
    "judging": "tests/preservation/test_judging.py",
    "preserving": "tests/pipeline/test_preserving.py",
}
NAMED = re.findall(r"`(records|judging|preserving)`: ([^|;]+?) *(?=[|;])", PAGE)


def test_every_finding_is_on_the_page() -> None:
    codes = {code for code in catalogue() if code.startswith("RECORD_")} - {"RECORD_OF_NO_FILE"}
    assert {code for code in codes if not re.search(rf"\| `{code}` \| (?:warning|note) \|", PAGE)} == set()


@pytest.mark.parametrize(("file", "sentence"), NAMED, ids=[f"{file}: {sentence}" for file, sentence in NAMED])
def test_each_test_on_the_page_is_there(file: str, sentence: str) -> None:
    name = re.sub(r"\W+", "_", sentence)
    assert f"def test_{name}(" in (ROOT / FILES[file]).read_text(encoding="utf-8")


def test_the_page_names_tests() -> None:
    assert len(NAMED) > 25
