"""Reading and checking a workbook against python-calamine, which only reads its cells, side by side in one run.

Usage: python benchmarks/workbook.py [PEOPLE]; it needs benchmarks/requirements.txt.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from python_calamine import CalamineWorkbook

from pkdocs.pipeline.checking import check
from pkdocs.sample import build_sample

DAY = date(2026, 1, 22)
ROUNDS = 3


def theirs(workbook: Path) -> list[list[list[object]]]:
    """Read all cells of all sheets (no formats, and errors count as empty)."""
    book = CalamineWorkbook.from_path(str(workbook))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def seconds(read: Callable[[Path], object], workbook: Path) -> tuple[float, float]:
    """Return the time of one call on the wall and on the processor, without letting go what it gives."""
    wall, processor = time.perf_counter(), time.process_time()
    kept = read(workbook)
    taken = time.perf_counter() - wall, time.process_time() - processor
    del kept
    return taken


def main(people: int) -> None:
    """Print the best of three runs of both, in turn, and their ratio; the wall's counts what else the machine does."""
    with tempfile.TemporaryDirectory() as folder:
        workbook = Path(folder) / "sample.xlsx"
        workbook.write_bytes(build_sample(people, DAY))
        print(f"{people} people, {len(check(workbook).workbook.plan.indicators)} indicators")
        runs = [(seconds(theirs, workbook), seconds(check, workbook)) for _ in range(ROUNDS)]
    for clock, name in enumerate(("wall", "processor")):
        cells, checked = (min(times[clock] for times in each) for each in zip(*runs, strict=True))
        print(f"{name}: python-calamine, cells alone {cells:.2f} s; pkdocs, read and checked {checked:.2f} s")
        print(f"{name}: ratio {checked / cells:.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
