"""The same workbook gives the same bytes, whatever the number of workers, and on another day."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pkdocs.office import Pool, process
from pkdocs.pipeline import making
from pkdocs.pipeline.generation import generate
from tests.city import KEYS, Town, ignore, snapshot, wishes

EAST, WEST = "Etc/GMT-14", "Etc/GMT+12"
"""Zones whose calendars never show the same day."""


@pytest.fixture(params=[(1, EAST), (3, WEST)], ids=["1 worker, east", "3 workers, west"])
def jobs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A number of workers, on the day that it is at one end of the world: for this process and for LibreOffice."""
    number, zone = request.param
    usual = process.environment
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(process, "environment", lambda home: {**usual(home), "TZ": zone})
        patch.setattr(making, "Pool", Pool)
        patch.setenv("TZ", zone)
        time.tzset()
        yield number
    time.tzset()


def test_on_another_day_any_number_of_workers_makes_the_same_bytes(town: Town, tmp_path: Path, jobs: int) -> None:
    assert generate(town.workbook, tmp_path / "lagi", wishes(jobs=jobs), ignore).made == len(KEYS)
    again, first = snapshot(tmp_path / "lagi"), snapshot(town.out)
    assert again.keys() == first.keys()
    assert [name for name in first if again[name][2] != first[name][2]] == []
